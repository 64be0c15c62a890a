package gen

import (
	"cmp"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Contract is what the annotated source of a package says about Java. It is
// for those who compare it with Java; the generator itself does not read it.
type Contract struct {
	// Package is the name of the Go package.
	Package string
	// Services, Classes and Unions stand in the order of the source.
	Services []ServiceContract
	Classes  []ClassContract
	Unions   []UnionContract
}

// ServiceContract is an interface with a service or callback directive.
type ServiceContract struct {
	Pos      token.Position
	Go, Java string
	Methods  []MethodContract
}

// MethodContract is a method of a service.
type MethodContract struct {
	Pos      token.Position
	Go, Java string
	// Desc is the JVM descriptor of the parameters, without parentheses.
	Desc   string
	Params []TypeContract
	// Result is nil for void.
	Result *TypeContract
	// Throws are the Java classes of throws=.
	Throws []string
}

// ClassContract is a struct with a Java class, or an enum.
type ClassContract struct {
	Pos      token.Position
	Go, Java string
	Enum     bool
	// Exception is set for a struct that is an error.
	Exception bool
	// Instance is set for one use of a generic type: in Java the fields that
	// are its type parameters are Objects.
	Instance bool
	// Constants are those of an enum; none for one of dubbo-go's, whose
	// methods know them.
	Constants []ConstantContract
	// Methods is set for an enum whose methods know the constants.
	Methods bool
	// Fields hold those of embedded structs too, but not what an exception has
	// of Throwable.
	Fields []FieldContract
	// Supers are the embedded structs that have a Java class, at any depth.
	Supers []NameContract
}

// UnionContract is a Go interface that stands for an abstract Java type.
type UnionContract struct {
	Pos      token.Position
	Go, Java string
	// Classes are those that may stand for it.
	Classes []NameContract
}

// NameContract is a Go type by its name, and the class that it is in Java.
type NameContract struct {
	Pos      token.Position
	Go, Java string
}

// ConstantContract is a constant of an enum.
type ConstantContract struct {
	Pos      token.Position
	Go, Java string
}

// FieldContract is a field of a class.
type FieldContract struct {
	Pos      token.Position
	Go, Java string
	Type     TypeContract
}

// TypeContract is a Go type and what it is in Java.
type TypeContract struct {
	// Go is the type as the package writes it.
	Go string
	// Java is the erased Java type: "long", "java.util.List", "long[]"; Own is
	// what it is where no directive or tag says so.
	Java, Own string
	// Key is nil but for a map, Elem but for a map, a set or a slice.
	Key, Elem *TypeContract
}

// Describe returns the contract of the package in dir. An error of the
// annotated source is a SourceErrors.
func Describe(dir string) (*Contract, error) {
	g, err := analysed(dir)
	if err != nil {
		return nil, err
	}
	c := &Contract{Package: g.types.Name()}
	for _, s := range g.services {
		sc := ServiceContract{Pos: g.fset.Position(s.pos), Go: s.goName, Java: s.iface}
		for _, m := range s.methods {
			sc.Methods = append(sc.Methods, g.describeMethod(m))
		}
		c.Services = append(c.Services, sc)
	}
	for _, cl := range g.sorted {
		c.Classes = append(c.Classes, g.describeClass(cl))
	}
	for _, u := range g.unions {
		uc := UnionContract{Pos: g.fset.Position(u.pos), Go: u.goName, Java: u.javaName}
		for _, cl := range u.classes {
			uc.Classes = append(uc.Classes, NameContract{cl.owner.fset.Position(cl.pos), cl.goName, cl.javaName})
		}
		c.Unions = append(c.Unions, uc)
	}
	slices.SortFunc(c.Unions, func(a, b UnionContract) int {
		return cmp.Or(strings.Compare(a.Pos.Filename, b.Pos.Filename), cmp.Compare(a.Pos.Line, b.Pos.Line))
	})
	return c, nil
}

func (g *generator) describeMethod(m *method) MethodContract {
	c := MethodContract{Pos: g.fset.Position(m.pos), Go: m.goName, Java: m.javaName, Desc: m.desc}
	for _, p := range m.params {
		c.Params = append(c.Params, *p.typ.describe())
	}
	c.Result = m.result.describe()
	for _, t := range m.throws {
		c.Throws = append(c.Throws, t.javaName)
	}
	return c
}

func (g *generator) describeClass(cl *class) ClassContract {
	c := ClassContract{Pos: g.fset.Position(cl.pos), Go: cl.goName, Java: cl.javaName, Enum: cl.enum, Exception: cl.exception, Instance: cl.instance, Methods: cl.enum && cl.pojo}
	for _, name := range cl.constants {
		k := g.types.Scope().Lookup(name).(*types.Const)
		c.Constants = append(c.Constants, ConstantContract{g.fset.Position(k.Pos()), name, constant.StringVal(k.Val())})
	}
	for _, f := range cl.fields {
		if cl.pojo && f.javaName == "serialVersionUID" {
			continue // dubbo-go's exceptions send it; Java's is static
		}
		c.Fields = append(c.Fields, FieldContract{g.fset.Position(f.pos), f.goName, f.javaName, *f.typ.describe()})
	}
	for _, s := range cl.supers {
		c.Supers = append(c.Supers, NameContract{g.fset.Position(s.pos), s.goName, s.javaName})
	}
	return c
}

func (t *typ) describe() *TypeContract {
	if t == nil {
		return nil
	}
	c := &TypeContract{Go: t.goType, Java: t.java, Own: cmp.Or(t.own, t.java)}
	if t.kind == kindSlice || t.kind == kindMap || t.kind == kindSet || t.kind == kindPairs {
		c.Key, c.Elem = t.key.describe(), t.elem.describe()
	}
	return c
}

// JavaName returns the Java name that a Go name stands for where no tag and no
// directive says another: "GetUser" is "getUser", "ID" is "id".
func JavaName(goName string) string { return lowerFirst(goName) }

// Expand replaces "dir/..." among args by the directories there that have
// directives; none is ".".
func Expand(args []string) ([]string, error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	return expand(args)
}
