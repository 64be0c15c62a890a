package gen

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mark stands in the source before the place that the error must name.
const mark = "→"

// The sources below; each error says what to write instead.
var mistakes = []struct{ name, source, want string }{
	// signatures
	{"no context", withMethods(`→Get(id int64) error`), "method S.Get: the first parameter must be a context.Context; write Get(ctx context.Context, …)"},
	{"no parameters", withMethods(`→Get() error`), "the first parameter must be a context.Context"},
	{"a context later", withMethods(`Get(ctx context.Context, →c context.Context) error`), "context.Context can only be the first parameter"},
	{"no error", withMethods(`→Get(ctx context.Context) int64`), "the results must be (T, error) or error"},
	{"no result", withMethods(`→Get(ctx context.Context)`), "the results must be (T, error) or error"},
	{"three results", withMethods(`→Get(ctx context.Context) (int64, int64, error)`), "the results must be (T, error) or error"},
	{"the error first", withMethods(`→Get(ctx context.Context) (error, int64)`), "the results must be (T, error) or error"},
	{"variadic", withMethods(`Get(ctx context.Context, →n ...int64) error`), "variadic parameters are not supported; use a slice"},
	{"not exported", withMethods(`→get(ctx context.Context) error`), "method S.get is not exported; only exported methods can be called"},
	{"keyword", withMethods(`→Int(ctx context.Context) error`), `"int" is a keyword of Java and no method's name; write e.g. //gubbo:method getInt`},
	{"twice", withMethods("Get(ctx context.Context, a int64) error\n//gubbo:method get\n→Put(ctx context.Context, a int) error"), "methods Get and Put are both get(J) in Java; give one another name with //gubbo:method, or other parameters with types="},

	// types
	{"iter.Seq2", withMethods(`→Get(ctx context.Context) iter.Seq2[int64, error]`), "streams (iter.Seq2[int64, error]) are not supported yet; return a slice and an error"},
	{"iter.Seq", withMethods(`Get(ctx context.Context, →in iter.Seq[int64]) error`), "streams (iter.Seq[int64]) are not supported yet; use a slice"},
	{"api.Pipe", withMethods(`Get(ctx context.Context, →p *api.Pipe[int64, string]) error`), "streams (*api.Pipe) are not supported yet; use a slice"},
	{"chan", withMethods(`Get(ctx context.Context, →c chan int) error`), "a channel cannot travel; use a slice"},
	{"func", withMethods(`Get(ctx context.Context, →f func()) error`), "a func cannot travel; what is to be called back is an interface with //gubbo:callback"},
	{"interface", withMethods(`Get(ctx context.Context, →r interface{ Read() }) error`), "interface{Read()} cannot travel; use any, or an interface with a name and a Java name"},
	{"array", withMethods(`Get(ctx context.Context, →a [4]int64) error`), "arrays like [4]int64 are not supported; use the slice []int64"},
	{"uint64", withMethods(`Get(ctx context.Context, →n uint64) error`), "Java has no uint64; use int64, or a string for larger values"},
	{"uint32", withMethods(`Get(ctx context.Context, →n []uint32) error`), "Java has no uint32; use int64"},
	{"byte", withMethods(`Get(ctx context.Context, →n byte) error`), "Java has no byte; use int16 (Java's byte is signed), or []byte for bytes"},
	{"complex", withMethods(`Get(ctx context.Context) (→complex128, error)`), "Java has no complex128; use a struct of two doubles"},
	{"interface without a name in Java", withMethods(`Get(ctx context.Context, →r R) error`) + "type R interface{ Read() }", "interface R has no Java name; write e.g. //gubbo:interface com.example.Animal classes=Dog,Cat above it, for a listener that is called back //gubbo:callback and its Java name, or use any or a struct with a Java class"},
	{"Go's library", withMethods(`Get(ctx context.Context, →u url.URL) error`), "Go's url.URL has no Java type; declare a struct in this package, with a Java class, or use any"},
	{"unknown package", withMethods(`Get(ctx context.Context, →u nowhere.URL) error`), `package "example.com/nowhere", which nowhere.URL is of, cannot be read`},
	{"big.Int by value", withMethods(`Get(ctx context.Context, →n big.Int) error`), "big.Int cannot be copied; write *big.Int"},
	{"hessian.Object", withMethods(`Get(ctx context.Context, →o *hessian.Object) error`), "hessian.Object cannot be declared; use any, which holds it"},
	{"undefined", withMethods(`Get(ctx context.Context, n →Nope) error`), "parameter n: undefined: Nope"},
	{"no name", withMethods(`Get(ctx context.Context, →s struct{ A int64 }) error`), "a struct without a name has no Java class; declare a type"},
	{"generic", withMethods(`Get(ctx context.Context, →b Box[int64]) error`) + "type Box[T any] struct{ V T }", "a generic type like Box[int64] has no code of its own; declare type BoxOf… Box[int64] and use that"},
	{"map key", withMethods(`Get(ctx context.Context, →m map[any]string) error`), "a map's key cannot be any; use a string, a number, an enum, a date or a pointer to a struct, or hessian.Pairs for the map"},
	{"boxed map key", withMethods(`Get(ctx context.Context, →m map[*int64]string) error`), "a map's key cannot be *int64"},
	{"set of any", withMethods(`Get(ctx context.Context, →m map[error]struct{}) error`), "a map's key cannot be error"},
	{"pointer to a slice", withMethods(`Get(ctx context.Context, →p *[]int64) error`), "*[]int64 is not supported; []int64 can be nil itself"},
	{"pointer to a pointer", withMethods(`Get(ctx context.Context, →p **int64) error`), "**int64 is not supported; *int64 can be nil itself"},
	{"pointer to an enum", withMethods(`Get(ctx context.Context, →l *L) error`) + withConstants(`const A L = "A"`), `a pointer to the enum L says nothing more; use L, whose "" is null`},
	{"named pointer", withMethods(`Get(ctx context.Context, →p P) error`) + "type P *int64", "a pointer type with a name is not supported; write *int64 for P"},
	{"slice in itself", withMethods(`Get(ctx context.Context, →l Lists) error`) + "type Lists []Lists", "Lists contains itself without a struct between"},
	{"map in itself", withMethods(`Get(ctx context.Context, →m M) error`) + "type M map[string][]M", "contains itself without a struct between"},

	// structs
	{"no class", withMethods(`Get(ctx context.Context, u *U) error`) + "type →U struct{ A int64 }", "struct U travels (method S.Get: parameter u) but has no Java class; add the field\n\t_ hessian.Class `java:\"com.example.U\"`\nand import \"github.com/gubbo/gubbo/protocol/hessian\""},
	{"empty class", withMethods(`Get(ctx context.Context) error`) + "type →U struct{ _ hessian.Class }", "\"\" is no Java class; write e.g. `java:\"com.example.U\"`"},
	{"unexported struct", withMethods(`Get(ctx context.Context, u *user) error`) + "type →user struct{ _ hessian.Class `java:\"a.User\"` }", "struct user is not exported, so nobody who calls the service could name it; call it User"},
	{"unexported enum", withMethods(`Get(ctx context.Context) error`) + "//gubbo:enum a.B\ntype →b string\nconst X b = \"X\"", "enum b is not exported, so nobody who calls the service could name it; call it B"},
	{"generic class", withMethods(`Get(ctx context.Context, →u *U[int64]) error`) + "type U[T any] struct{ _ hessian.Class `java:\"a.U\"`; V T }", "a generic type like U[int64] has no code of its own; declare type UOf… U[int64] and use that"},
	{"one class twice", withMethods(`Get(ctx context.Context) error`) + "type U struct{ _ hessian.Class `java:\"a.U\"` }\ntype →V struct{ _ hessian.Class `java:\"a.U\"` }", `U and V are both the Java class "a.U"; one Java class is one Go type`},
	{"a struct in itself", withFields("V *V") + "\ntype →V struct {\n_ hessian.Class `java:\"a.V\"`\nV V\n}", "invalid recursive type"},
	{"a field's type", withFields("→C chan int"), "field U.C: a channel cannot travel; use a slice"},
	{"a field's name", withFields("→C int64 `java:\"a b\"`"), "\"a b\" is no name of a Java field; give it one with a tag, e.g. `java:\"value\"`"},
	{"two fields of one name", withFields("A int64; →B int64 `java:\"a\"`"), "A is the Java field \"a\" already; name another one with a tag, e.g. `java:\"a2\"`"},
	{"a field's tag", withFields("→A int64 `java:\"a,omitempty\"`"), "tag option \"omitempty\" is unknown; write e.g. `java:\"a,type=long[]\"`"},
	{"a field's Java type", withFields("→A []int64 `java:\"a,type=int[]\"`"), "[]int64 cannot be the Java type int[]; it can be java.util.List or an array of long"},
	{"embedded pointer", withFields("*→V") + "\ntype V struct{ A int64 }", "only a struct can be embedded, for Java's superclass; give the field a name"},
	{"embedded from elsewhere", withFields("url.→URL"), "Go's url.URL has no Java type"},
	{"own codec", withFields("A int64") + "\nfunc (u *U) →EncodeHessian(e *hessian.Encoder) {}", "struct U has its own EncodeHessian, which the generator writes; remove one"},
	{"detailMessage", withFields("→M int64 `java:\"detailMessage\"`") + "\nfunc (u *U) Error() string { return \"\" }", "Throwable's detailMessage is a string"},
	{"cause", withFields("→C string `java:\"cause\"`") + "\nfunc (u *U) Error() string { return \"\" }", "Throwable's cause is an error"},
	{"stackTrace", withFields("→StackTrace []string") + "\nfunc (u *U) Error() string { return \"\" }", "Throwable's stackTrace does not travel to Go; leave it out"},

	{"a keyword of Java", withFields("→Default int64"), "\"default\" is no name of a Java field; give it one with a tag, e.g. `java:\"value\"`"},

	// interfaces that are types
	{"interface on a struct", "→//gubbo:interface a.A\ntype A struct{}", "//gubbo:interface belongs right above an interface type"},
	{"nobody is an animal", withMethods(`Get(ctx context.Context) error`) + "//gubbo:interface a.A\ntype →A interface{ Bark() }", "interface A has no classes; let a struct with a Java class have its methods, or list them, e.g. //gubbo:interface a.A classes=Dog,Cat"},
	{"everybody is an animal", withMethods(`Get(ctx context.Context) error`) + withFields("") + "//gubbo:interface a.A\ntype →A interface{}", "interface A has no classes"},
	{"no animal", withMethods(`Get(ctx context.Context) error`) + "→//gubbo:interface a.A classes=U\ntype A interface{ Bark() }\n" + withFields(""), "classes=U: U is no A; it lacks the method Bark"},
	{"unknown animal", withMethods(`Get(ctx context.Context) error`) + "→//gubbo:interface a.A classes=U\ntype A interface{ Bark() }", "classes=U: there is no type U; declare it in this package, or import its package"},
	{"animal without a class", withMethods(`Get(ctx context.Context) error`) + "→//gubbo:interface a.A classes=U\ntype A interface{ Bark() }\ntype U int64\nfunc (U) Bark() {}", "classes=U: U is neither a struct with a Java class nor an enum"},
	{"unexported animal", withMethods(`Get(ctx context.Context) error`) + withFields("") + "func (*U) Bark() {}\n//gubbo:interface a.A\ntype →a interface{ Bark() }", "interface a is not exported, so nobody who calls the service could name it; call it A"},

	// enums
	{"no constants", strings.Replace(withConstants(""), "type L", "type →L", 1), `enum L has no constants; write e.g. const LLow L = "LOW"`},
	{"only null", strings.Replace(withConstants(`const A L = ""`), "type L", "type →L", 1), "enum L has no constants"},
	{"no name of a constant", withConstants(`const →A L = "a b"`), `constant A: "a b" is no name of a Java enum constant; write e.g. "LOW"`},
	{"one constant twice", withConstants("const A L = \"A\"\nconst →B L = \"A\""), `constants A and B are both "A"; keep one`},

	// directives
	{"unknown directive", withMethods(`Get(ctx context.Context) error`) + "→//gubbo:servise x\n", `unknown directive "//gubbo:servise"; there are //gubbo:service, //gubbo:method, //gubbo:callback, //gubbo:interface and //gubbo:enum`},
	{"a space too many", withMethods(`Get(ctx context.Context) error`) + "→// gubbo:enum x\ntype L string", `"// gubbo:enum" is no directive; write //gubbo:enum without a space`},
	{"service on a struct", "→//gubbo:service a.S\ntype S struct{}", "//gubbo:service belongs right above an interface type"},
	{"service and a gap", "→//gubbo:service a.S\n\ntype S interface{ Get(ctx context.Context) error }", "//gubbo:service belongs right above an interface type"},
	{"method elsewhere", withMethods(`Get(ctx context.Context) error`) + "→//gubbo:method x\nfunc F() {}", "//gubbo:method belongs right above a method of an interface that has //gubbo:service"},
	{"enum on an int", withMethods(`Get(ctx context.Context) error`) + "→//gubbo:enum a.L\ntype L int", "//gubbo:enum belongs right above a string type"},
	{"two directives", withMethods("//gubbo:method get\n→//gubbo:method put\nGet(ctx context.Context) error"), "two //gubbo:method directives above one declaration; keep one"},
	{"no interface named", "→//gubbo:service version=1\ntype S interface{ Get(ctx context.Context) error }", "//gubbo:service needs the Java interface first; write e.g. //gubbo:service com.example.UserService version=1.0.0"},
	{"no Java name", "→//gubbo:service com/example/S\ntype S interface{ Get(ctx context.Context) error }", `"com/example/S" is no Java name`},
	{"unknown flag", withMethods("→//gubbo:method get twice\nGet(ctx context.Context) error"), `does not know "twice"; it knows idempotent, oneway, timeout=, types=, throws=, result=, callback=`},
	{"unknown key", withMethods("→//gubbo:method get retries=3\nGet(ctx context.Context) error"), `does not know "retries=3"; it knows idempotent`},
	{"unknown key of enum", "→//gubbo:enum a.L x\ntype L string\nconst A L = \"A\"", `//gubbo:enum does not know "x"; it takes nothing more`},
	{"key twice", withMethods("→//gubbo:method get timeout=1s timeout=2s\nGet(ctx context.Context) error"), "//gubbo:method sets timeout twice; keep one"},
	{"key without a value", withMethods("→//gubbo:method get timeout\nGet(ctx context.Context) error"), "timeout needs a value; write timeout=…"},
	{"key with no value", withMethods("→//gubbo:method get timeout=\nGet(ctx context.Context) error"), "timeout= has no value; write timeout=…, or leave it out"},
	{"flag with a value", withMethods("→//gubbo:method get idempotent=true\nGet(ctx context.Context) error"), "idempotent takes no value; write idempotent alone"},
	{"version", "→//gubbo:service a.S version=1/2\ntype S interface{ Get(ctx context.Context) error }", "version=1/2 cannot stand in a URL; use letters, digits, dots and dashes"},
	{"timeout without a unit", withMethods("→//gubbo:method get timeout=5\nGet(ctx context.Context) error"), "timeout=5 is no duration of whole milliseconds; write e.g. timeout=500ms"},
	{"timeout below zero", withMethods("→//gubbo:method get timeout=-1s\nGet(ctx context.Context) error"), "write e.g. timeout=500ms"},
	{"timeout too fine", withMethods("→//gubbo:method get timeout=1500us\nGet(ctx context.Context) error"), "write e.g. timeout=500ms"},
	{"types too few", withMethods("→//gubbo:method get types=long\nGet(ctx context.Context, a, b int64) error"), "types= names 1 Java types, but Get has 2 parameters after the context"},
	{"types no type", withMethods("→//gubbo:method get types=long[\nGet(ctx context.Context, a []int64) error"), `"long[" is no Java type; write e.g. long, java.lang.String or java.lang.String[]`},
	{"types do not fit", withMethods("→//gubbo:method get types=int\nGet(ctx context.Context, a int64) error"), "types=: parameter a: Go's int64 cannot be Java's int; it can be long, java.lang.Long, java.lang.Number"},
	{"types of a slice", withMethods("→//gubbo:method get types=java.util.Date\nGet(ctx context.Context, a []int64) error"), "it can be java.util.List, java.util.Set, another collection of java.util, or an array such as long[]"},
	{"types of a map", withMethods("→//gubbo:method get types=java.util.List\nGet(ctx context.Context, a map[string]int64) error"), "it can be java.util.Map or another map of java.util"},
	{"types of a set", withMethods("→//gubbo:method get types=long[]\nGet(ctx context.Context, a map[int64]struct{}) error"), "it can be java.util.Set or another collection of java.util"},
	{"types of type arguments", withMethods("→//gubbo:method get types=java.util.List<int>\nGet(ctx context.Context, a []int32) error"), "it can be java.util.List<java.lang.Integer>"},
	{"types of a map's arguments", withMethods("→//gubbo:method get types=java.util.Map<java.lang.String>\nGet(ctx context.Context, a map[string]int32) error"), "it can be java.util.Map<java.lang.String,java.lang.Integer>"},
	{"types unbalanced", withMethods("→//gubbo:method get types=java.util.List<java.lang.String\nGet(ctx context.Context, a []string) error"), "is no Java type; write e.g. long"},
	{"types of a value", withMethods("→//gubbo:method get types=java.lang.String\nGet(ctx context.Context, a hessian.UUID) error"), "Go's hessian.UUID cannot be Java's java.lang.String; it can be java.util.UUID"},
	{"byte[] as a list", withMethods("→//gubbo:method get types=byte[]\nGet(ctx context.Context, a []int8) error"), "for byte[] use []byte, which is Java's byte[]"},
	{"result without one", withMethods("→//gubbo:method get result=long\nGet(ctx context.Context) error"), "result=long, but Get returns only an error; leave result= out, or return (T, error)"},
	{"result does not fit", withMethods("→//gubbo:method get result=int\nGet(ctx context.Context) (string, error)"), "result=: Go's string cannot be Java's int; it can be java.lang.String"},
	{"oneway with a result", withMethods("//gubbo:method get oneway\n→Get(ctx context.Context) (string, error)"), "a oneway method gets no answer; let it return only an error"},
	{"oneway throws", withMethods("→//gubbo:method get oneway throws=X\nGet(ctx context.Context) error"), "a oneway method gets no answer, so it throws nothing; leave out oneway or throws="},
	{"throws nobody", withMethods("→//gubbo:method get throws=X\nGet(ctx context.Context) error"), "throws=X: there is no type X; declare it in this package"},
	{"throws no struct", withMethods("→//gubbo:method get throws=X\nGet(ctx context.Context) error") + "type X string", "X is no struct; a declared exception is a struct with a Java class and an Error method"},
	{"throws no error", withMethods("→//gubbo:method get throws=U\nGet(ctx context.Context) error") + "type U struct{ _ hessian.Class `java:\"a.U\"` }", "U is no error; add func (e *U) Error() string"},

	// types of dubbo-go's users
	{"a class that a variable names", "type U struct{ name string }\nfunc (u U) →JavaClassName() string { return u.name }", "U.JavaClassName must do nothing but return a constant string, which the generator reads here; write e.g. return \"com.example.U\", or give the type a field of type hessian.Class"},
	{"a class that a call names", "type U struct{}\nfunc (*U) →JavaClassName() string { return fmt.Sprint(1) }", "U.JavaClassName must do nothing but return a constant string"},
	{"a class by two statements", "type U struct{}\nfunc (*U) →JavaClassName() string { println(); return \"a.U\" }", "U.JavaClassName must do nothing but return a constant string"},
	{"a receiver hides the constant", "const u = \"a.U\"\ntype U string\nfunc (u U) →JavaClassName() string { return string(u) }\nconst A U = \"A\"", "or give the type //gubbo:enum"},
	{"no class", "type U struct{}\nfunc (*U) →JavaClassName() string { return \"not a class\" }", `U.JavaClassName: "not a class" is no Java class; return e.g. "com.example.U"`},
	{"an embedded struct's class", "type U struct{ A int64 }\nfunc (*U) JavaClassName() string { return \"a.U\" }\ntype →V struct{ U }\n" + withMethods("Get(ctx context.Context) (*V, error)"), "struct V travels (method S.Get: result) but has no Java class"},
	{"two names", "type U struct{\nID int64\n→Id int64 `hessian:\"iD\"`\n}\nfunc (*U) JavaClassName() string { return \"a.U\" }", `field U.Id: ID is the Java field "iD" already`},

	// listeners
	{"callback on a struct", "→//gubbo:callback a.L\ntype L struct{}", "//gubbo:callback belongs right above an interface type, which is a listener"},
	{"a listener's version", "→//gubbo:callback a.L version=1\ntype L interface{ Tell(ctx context.Context) error }", `//gubbo:callback does not know "version=1"; it takes nothing more`},
	{"listener and service", "//gubbo:service a.S\n→//gubbo:callback a.S\ntype S interface{ Get(ctx context.Context) error }", "S is a service already; let the listener be an interface of its own"},
	{"a listener as a result", withListener("Get(ctx context.Context) (→L, error)"), "method S.Get: result: L is a listener, which can only be a parameter of a service's method"},
	{"a list of listeners", withListener("Get(ctx context.Context, →l []L) error"), "L is a listener, which can only be a parameter"},
	{"a listener in a struct", withListener("Get(ctx context.Context, u *U) error") + withFields("→L L"), "field U.L: L is a listener, which can only be a parameter"},
	{"a listener of a listener", "//gubbo:callback a.L\ntype L interface {\n→Tell(ctx context.Context, l L) error\n}\n", "method L.Tell: a listener's method cannot take a listener"},
	{"a listener as another type", withListener("→//gubbo:method get types=java.lang.Object\nGet(ctx context.Context, l L) error"), "types=: parameter l: Go's L cannot be Java's java.lang.Object; it can be a.L"},
	{"taking nothing back", withListener("→//gubbo:method get callback=false\nGet(ctx context.Context) error"), "callback=false, but Get takes no listener; leave it out"},
	{"callback is true", withListener("→//gubbo:method get callback=true\nGet(ctx context.Context, l L) error"), "callback=true says nothing: a listener is handed over; write callback=false where the method takes it back"},
	{"overloads of listeners", withListener("//gubbo:method get\nAdd(ctx context.Context, l L, n int32) error\n//gubbo:method get callback=false\n→Remove(ctx context.Context, l L) error"), "methods Add and Remove are both get in Java, and one of them takes listeners back; give it another name with //gubbo:method"},
	{"a listener's stub", withListener("Get(ctx context.Context, l L) error") + "type →lStub int", "lStub is the name of something that the generator writes for interface L; rename it"},

	// interfaces
	{"unexported interface", "//gubbo:service a.S\ntype →s interface{ Get(ctx context.Context) error }", "interface s is not exported, so nobody could name its client; call it S"},
	{"generic interface", "//gubbo:service a.S\ntype →S[T any] interface{ Get(ctx context.Context, v T) error }", "S has type parameters, which Java's classes on the wire do not have; write a plain type"},
	{"no methods", "//gubbo:service a.S\ntype →S interface{}", "interface S has no methods; add one, e.g. Get(ctx context.Context, id int64) (string, error)"},
	{"embeds another package's", "//gubbo:service a.S\ntype →S interface{ fmt.Stringer; Get(ctx context.Context) error }", "interface S embeds fmt.Stringer; only interfaces of this package can be embedded"},
	{"name taken", withMethods(`Get(ctx context.Context) error`) + "type →SClient struct{}", "SClient is the name of something that the generator writes for interface S; rename it"},
	{"names alike", "//gubbo:service a.S\ntype URLs interface{ Get(ctx context.Context) error }\n//gubbo:service a.T\ntype →UrLs interface{ Get(ctx context.Context) error }", "rename one of them"},
	{"syntax", "type →= 3", "expected 'IDENT'"},
}

// withMethods returns an annotated interface with methods.
func withMethods(methods string) string {
	return "//gubbo:service com.example.S\ntype S interface {\n" + methods + "\n}\n"
}

// withListener is withMethods with a listener L.
func withListener(methods string) string {
	return "//gubbo:callback a.L\ntype L interface{ Tell(ctx context.Context) error }\n" + withMethods(methods)
}

// withFields returns a struct with fields.
func withFields(fields string) string {
	return "type U struct {\n_ hessian.Class `java:\"a.U\"`\n" + fields + "\n}\n"
}

// withConstants returns an enum with constants.
func withConstants(constants string) string {
	return "//gubbo:enum a.L\ntype L string\n" + constants + "\n"
}

func TestErrorsNameThePlaceAndTheCure(t *testing.T) {
	for _, c := range mistakes {
		t.Run(c.name, func(t *testing.T) {
			source := "package user\n\nimport (\n" + imports(c.source) + ")\n\n" + c.source
			before, after, ok := strings.Cut(source, mark)
			if !ok || strings.Contains(after, mark) {
				t.Fatal("the source needs one mark")
			}
			path := filepath.Join(t.TempDir(), "user.go")
			if err := os.WriteFile(path, []byte(before+after), 0o666); err != nil {
				t.Fatal(err)
			}
			place := fmt.Sprintf("%s:%d:%d: ", path, strings.Count(before, "\n")+1, len(before)-strings.LastIndexByte(before, '\n'))
			files, err := Generate(filepath.Dir(path))
			list, ok := errors.AsType[SourceErrors](err)
			if !ok || len(files) > 0 {
				t.Fatalf("got %d files and %v, want an error of the source", len(files), err)
			}
			if len(list) != 1 || !strings.HasPrefix(err.Error(), place) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s…%s", err, place, c.want)
			}
		})
	}
}

// imports returns the import lines that source needs.
func imports(source string) string {
	var b strings.Builder
	for _, path := range []string{"context", "fmt", "iter", "math/big", "net/url", "time", "example.com/nowhere", module + "/api", module + "/protocol/hessian"} {
		if strings.Contains(source, filepath.Base(path)+".") {
			fmt.Fprintf(&b, "%q\n", path)
		}
	}
	return b.String()
}
