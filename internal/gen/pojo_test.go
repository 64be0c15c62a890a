package gen

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What a user of dubbo-go has, in a package that imports what it needs of
// dubbo-go-hessian2. That the code is right is shown beside the real one, in
// interop/dubbogo/coded.
const pojoSource = `package pojo

import (
	"time"

	hessian "example.com/m/h2"
)

const java = "a."

type User struct {
	ID     int64
	Name   string ` + "`hessian:\"user_name\"`" + `
	Secret string ` + "`hessian:\"-\"`" + `
	Level  Level
	Best   *Level
	Born   time.Time
	Kind   Kind
}

func (*User) JavaClassName() string { return java + "User" }

type Boss struct {
	_ hessianClass
	User
}

type hessianClass = struct{}

func (Boss) JavaClassName() string { return ("a.Boss") }

type Level hessian.JavaEnum

func (Level) JavaClassName() string                     { return "a.Level" }
func (Level) String() string                            { return "LOW" }
func (Level) EnumValue(name string) hessian.JavaEnum    { return 0 }

type Kind string

func (Kind) JavaClassName() string { return "a.Kind" }

const Good Kind = "GOOD"

type Failed struct {
	SerialVersionUID     int64
	DetailMessage        string
	SuppressedExceptions []hessian.Throwabler
	StackTrace           []hessian.Frame
	Cause                hessian.Throwabler
}

func (f Failed) Error() string       { return f.DetailMessage }
func (Failed) JavaClassName() string { return "a.Failed" }
`

func TestTypesOfDubboGo(t *testing.T) {
	root := writeModule(t, map[string]string{
		"h2/h2.go":     "package h2\n\ntype JavaEnum int32\n\ntype Throwabler interface {\nError() string\nGetStackTrace() []Frame\n}\n\ntype Frame struct{}\n",
		"pojo/pojo.go": pojoSource,
		"shop/shop.go": "package shop\n\nimport (\n\"context\"\n\n\"example.com/m/pojo\"\n)\n\n//gubbo:service a.Shop\ntype Shop interface {\n//gubbo:method get throws=pojo.Failed\nGet(ctx context.Context, l *pojo.Level, k pojo.Kind) (pojo.Boss, error)\n}\n",
	})
	pojo, shop := filepath.Join(root, "pojo"), filepath.Join(root, "shop")
	if err := Run(Options{Dirs: []string{shop, pojo}}); err != nil {
		t.Fatal(err)
	}
	for path, wants := range map[string][]string{
		"pojo/pojo_gubbo.go": {
			`Fields: []string{"iD", "user_name", "level", "best", "born", "kind"}`,
			`"ID": "iD", "id": "iD", "Name": "user_name"`,
			`Name:   "a.Boss"`,
			`e.Enum(&levelClass, v.String())`,
			`v.Level = Level(v.Level.EnumValue(name0))`,
			`case "", Good:`,
			`if x, ok := d.Cause(v).(h2.Throwabler); ok {`,
			`append(hessian.ThrowableFields(), "serialVersionUID")`,
		},
		"shop/shop_gubbo.go": {`Desc: "La/Level;La/Kind;"`, `pojo.Level(0).HessianClass()`, `l *pojo.Level`, `(pojo.Boss, error)`},
	} {
		code, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(code), want) {
				t.Errorf("%s lacks %s", path, want)
			}
		}
		if strings.Contains(string(code), "ecret") || strings.Contains(string(code), "StackTrace") {
			t.Errorf("%s has what does not travel", path)
		}
	}
	c, err := Describe(pojo)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(c.Classes, func(c ClassContract) bool { return c.Java == "a.Level" })
	j := slices.IndexFunc(c.Classes, func(c ClassContract) bool { return c.Java == "a.Failed" })
	if i < 0 || !c.Classes[i].Methods || j < 0 || len(c.Classes[j].Fields) != 0 {
		t.Errorf("the contract is %+v", c.Classes)
	}
}

// A tag or a directive says more than a method.
func TestTagBeforeMethod(t *testing.T) {
	root := writeModule(t, map[string]string{
		"pojo/pojo.go": "package pojo\n\n" + marker + "\ntype User struct {\n_ hessian.Class `java:\"a.Tagged\"`\nID int64\n}\n\nfunc (u *User) JavaClassName() string { return u.java() }\n\nfunc (*User) java() string { return \"a.User\" }\n",
	})
	files, err := Generate(filepath.Join(root, "pojo"))
	if err != nil {
		t.Fatal(err)
	}
	if code := string(files[0].Content); !strings.Contains(code, `"a.Tagged"`) || !strings.Contains(code, `[]string{"id"}`) || strings.Contains(code, "Also") {
		t.Errorf("got\n%s", code)
	}
}
