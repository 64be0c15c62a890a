package drift

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/internal/javaapi"
)

const (
	jar      = "../../javaapi/testdata/shop.jar"
	contract = "../fromjar/testdata/shop.go.txt" // what the jar says, in Go
)

// compare compares Java with the contract after replacements in it, each an old
// and a new text.
func compare(t *testing.T, replacements ...string) *Report {
	t.Helper()
	b, err := os.ReadFile(contract)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for pair := range slices.Chunk(replacements, 2) {
		if !strings.Contains(text, pair[0]) {
			t.Fatalf("%s has no %q", contract, pair[0])
		}
		text = strings.Replace(text, pair[0], pair[1], 1)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "shop.go"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	lib, err := javaapi.Open(jar)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Compare(lib, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Differences {
		r.Differences[i].Pos.Filename = filepath.Base(r.Differences[i].Pos.Filename)
	}
	return r
}

func TestTheyAgree(t *testing.T) {
	r := compare(t)
	if len(r.Differences) > 0 || r.Services != 2 || r.Methods != 33 || r.Classes < 8 || r.Members < 35 {
		t.Errorf("%+v", *r)
	}
}

// Each way in which the two can drift apart is one line that names the Go place
// and the Java member.
func TestEachDrift(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"a method that Java lacks", "//gubbo:method stock\n\tStock(", "//gubbo:method stocks\n\tStock(",
			"com.acme.shop.StockService.stocks: Java has no such method; Go has StockService.Stock(java.lang.String)"},
		{"a method that Go lacks", "\t//gubbo:method stock\n\tStock(ctx context.Context, article string) (int32, error)\n", "",
			"com.acme.shop.StockService.stock(java.lang.String): Go's StockService has no such method"},
		{"a parameter", "Stock(ctx context.Context, article string)", "Stock(ctx context.Context, article int64)",
			"com.acme.shop.StockService.stock(java.lang.String): Go's StockService.Stock has the parameters (long)"},
		{"a parameter's element", "Groups(ctx context.Context, users []*UserUser)", "Groups(ctx context.Context, users []string)",
			"com.acme.user.UserService.groups(java.util.List): parameter 1 of UserService.Groups is []string, which is java.util.List; Java has java.util.List<com.acme.user.User>"},
		{"an overload", "//gubbo:method find throws=NotFoundException\n\tFind(ctx context.Context, id int64)", "//gubbo:method find throws=NotFoundException\n\tFind(ctx context.Context, id int32)",
			"com.acme.user.UserService.find(long): Go's UserService.Find has the parameters (int)"},
		{"a result", "article string) (int32, error)", "article string) (int64, error)",
			"com.acme.shop.StockService.stock(java.lang.String): StockService.Stock returns int64, which is long; Java returns int"},
		{"a result's element", "map[string][]int32, error", "map[string][]int64, error",
			"UserService.Groups returns map[string][]int64, which is java.util.Map; Java returns java.util.Map<java.lang.String, java.util.List<java.lang.Integer>>"},
		{"no result", "article string) (int32, error)", "article string) error", "StockService.Stock has no result; Java returns int"},
		{"a result too many", "Nothing(ctx context.Context) error", "Nothing(ctx context.Context) (string, error)", "UserService.Nothing returns string; Java returns nothing"},
		{"an exception that is not declared", "//gubbo:method find throws=NotFoundException\n\tFind(", "//gubbo:method find\n\tFind(",
			"com.acme.user.UserService.find(long): Java declares the exception com.acme.user.NotFoundException; name its Go type in throws="},
		{"an exception too many", "//gubbo:method level\n", "//gubbo:method level throws=NotFoundException\n", "throws= names com.acme.user.NotFoundException, which Java does not declare"},
		{"a field that Go lacks", "\tNumber int32\n", "", "com.acme.shop.Page.number: Go's Page has no such field; Java's is a int"},
		{"a field that Java lacks", "\tNumber int32\n", "\tNumber int32\n\tTotal int64\n", "com.acme.shop.Page.total: Java has no such field that travels; Go has Page.Total"},
		{"a field's type", "\tNumber int32\n", "\tNumber *int32\n", "com.acme.shop.Page.number: Go's Page.Number is *int32, which is java.lang.Integer; Java has int"},
		{"a field of the superclass", "Created  time.Time\n", "Created  string\n", "com.acme.base.Entity.created: Go's UserUser.Created is string, which is java.lang.String; Java has java.util.Date"},
		{"a field's element", "Friends  []*UserUser", "Friends  []*Page", "com.acme.user.User.friends: Go's UserUser.Friends is []*Page, which is java.util.List; Java has java.util.List<com.acme.user.User>"},
		{"a constant that Go lacks", "\tLevelHigh Level = \"HIGH\"\n", "", "com.acme.user.Level.HIGH: Go's Level has no such constant"},
		{"a constant that Java lacks", `= "HIGH"`, `= "HIGHEST"`, "com.acme.user.Level.HIGHEST: Java has no such constant; Go has LevelHigh"},
		{"a class", "`java:\"com.acme.shop.Circle\"`", "`java:\"com.acme.shop.Cirlce\"`", "com.acme.shop.Cirlce: class com.acme.shop.Cirlce is not in " + jar + "; add its jar with --from, or mend the name"},
		{"a service", "//gubbo:service com.acme.shop.StockService", "//gubbo:service com.acme.shop.Stocks", "com.acme.shop.Stocks: class com.acme.shop.Stocks is not in"},
		{"no exception", "`java:\"com.acme.user.NotFoundException\"`", "`java:\"com.acme.shop.Bag\"`", "com.acme.shop.Bag: Go's NotFoundException is an error; Java has a class of a collection or the like"},
		{"a class that Go's interface lacks", "func (*Admin) isEntity()    {}\n", "", "com.acme.user.Admin: Java's class is a com.acme.base.Entity; Go's Entity has no such type"},
		{"a class of Go's interface that Java's is not", "func (*Circle) isShape() {}\n", "func (*Circle) isShape() {}\nfunc (*Page) isShape() {}\n",
			"com.acme.shop.Page: Java's class is no com.acme.shop.Shape; Go's Page is one of Shape"},
		{"a class that Java cannot make", "func (*Admin) isEntity()    {}\n", "func (*Admin) isEntity()    {}\nfunc (*Base) isEntity()    {}\n\ntype Base struct {\n\t_ hessian.Class `java:\"com.acme.base.Entity\"`\n\tOther *Base\n}\n",
			"com.acme.base.Entity: Go's Base is a struct; Java has an interface or abstract class, which cannot travel itself"},
		{"a service that is a class", "//gubbo:service com.acme.shop.StockService", "//gubbo:service com.acme.shop.Bag", "com.acme.shop.Bag: Go's StockService is a service; Java has a class"},
		{"a superclass", "\tGrantedBy int64\n", "\tGrantedBy int64\n\tCircle\n", "com.acme.user.Admin: Go's Admin embeds Circle, which is com.acme.shop.Circle; Java's class extends com.acme.user.User, com.acme.base.Entity"},
		{"a parameter's type variable", "from *int64", "from *int32",
			"com.acme.base.Crud.size(java.io.Serializable): parameter 1 of UserService.Size is *int32, which is java.io.Serializable; Java has java.lang.Long"},
		{"a field's type variable", "*int64        `java:\"id,", "*int32        `java:\"id,", "com.acme.base.Entity.id: Go's Admin.ID is *int32, which is java.io.Serializable; Java has java.lang.Long"},
		{"an enum", "//gubbo:enum com.acme.user.User$Kind", "//gubbo:enum com.acme.shop.Bag", "com.acme.shop.Bag: Go's UserKind is an enum; Java has a class of a collection or the like"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := compare(t, c.old, c.new)
			for _, d := range r.Differences {
				if s := d.String(); strings.HasPrefix(s, "shop.go:") && strings.Contains(s, c.want) {
					return
				}
			}
			t.Errorf("no line has %q, only %s", c.want, r.Differences)
		})
	}
}

// What a generic class holds is compared where it is used; Java's page of
// anything, which is the parameter, takes any.
func TestGenericClass(t *testing.T) {
	generic := []string{
		"(ctx context.Context, after *Page) (*Page, error)", "(ctx context.Context, after *UserPage) (*UserPage, error)",
		"type Page struct {", "type UserPage Page[*UserUser]\n\ntype Page[T any] struct {",
		"\tItems  []any\n\tFirst  any\n", "\tItems  []T\n\tFirst  T\n",
	}
	if r := compare(t, generic...); len(r.Differences) > 0 {
		t.Errorf("%s", r.Differences)
	}
	const want = "com.acme.user.UserService.page(com.acme.shop.Page): UserService.Page returns *UserPage, which is com.acme.shop.Page; Java returns com.acme.shop.Page<com.acme.user.User>"
	for _, of := range []string{"string", "*Circle", "int64", "[]*UserUser", "*UserPage"} {
		r := compare(t, append(generic, "Page[*UserUser]", "Page["+of+"]")...)
		if len(r.Differences) != 1 || !strings.HasSuffix(r.Differences[0].String(), want) {
			t.Errorf("pages of %s: %s", of, r.Differences)
		}
	}
}

func TestSkip(t *testing.T) {
	lib, err := javaapi.Open(jar)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	b, err := os.ReadFile(contract)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(b), "\tNumber int32\n", "", 1)
	if err := os.WriteFile(filepath.Join(dir, "shop.go"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := Compare(lib, dir, func(member string) bool {
		return member == "com.acme.shop.Page.number" || member == "com.acme.shop.StockService"
	})
	if err != nil || len(r.Differences) > 0 || r.Services != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}
