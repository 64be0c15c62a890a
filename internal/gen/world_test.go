package gen

import (
	"errors"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const marker = "import \"" + hessianPkg + "\"\n"

// writeModule writes the files of a module example.com/m and returns where.
func writeModule(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	files = maps.Clone(files)
	files["go.mod"] = "module example.com/m // of a test\n\ngo 1.26\n"
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const (
	modelSource = "package model\n\n" + marker + `
type User struct {
	_     hessian.Class ` + "`java:\"a.User\"`" + `
	Name  string
	Level Level
	Tags  Tags
}

type Tags []string

type private struct{ A int64 }

type Hidden []private

type Other = User

type Bare struct{ A int64 }

//gubbo:enum a.Level
type Level string

const Low Level = "LOW"
`
	shopSource = "package shop\n\n" + `
import (
	"context"

	"example.com/m/model"
)

//gubbo:service a.Shop
type Shop interface {
	Get(ctx context.Context, model string) (*model.User, error)
	Put(ctx context.Context, u model.Other, l []model.Level, t model.Tags) error
}
`
)

func TestTypesOfOtherPackagesNeedTheirCode(t *testing.T) {
	root := writeModule(t, map[string]string{"model/model.go": modelSource, "shop/shop.go": shopSource})
	shop, model := filepath.Join(root, "shop"), filepath.Join(root, "model")
	_, err := Generate(shop)
	if err == nil || !strings.Contains(err.Error(), "model.User has no generated code; put //go:generate go tool gubbo-gen . into package \"example.com/m/model\" and run go generate in "+model+" first") {
		t.Fatalf("without the other package's code: %v", err)
	}
	// Both in one run, in any order.
	if err := Run(Options{Dirs: []string{shop, model}}); err != nil {
		t.Fatal(err)
	}
	if err := Run(Options{Dirs: []string{shop}, Check: true}); err != nil {
		t.Errorf("alone, with the other package's code: %v", err)
	}
	code, err := os.ReadFile(filepath.Join(shop, "shop_gubbo.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"example.com/m/model"`,
		`hessian.NewTypes((*model.User)(nil).HessianClass(), model.Level("").HessianClass())`,
		`Desc: "La/User;Ljava/util/List;Ljava/util/List;"`,
		`Get(ctx context.Context, model_ string)`,
	} {
		if !strings.Contains(string(code), want) {
			t.Errorf("the code lacks %s", want)
		}
	}
}

// Packages may be called like those that the code imports anyway, or like each
// other.
func TestPackagesOfOneName(t *testing.T) {
	class := func(java string) string {
		return "package api\n\n" + marker + "type User struct{ _ hessian.Class `java:\"" + java + "\"` }\n"
	}
	root := writeModule(t, map[string]string{
		"one/api/a.go": class("a.One"), "two/api/a.go": class("a.Two"),
		"shop/shop.go": "package shop\n\nimport (\n\"context\"\n\none \"example.com/m/one/api\"\n\"example.com/m/two/api\"\n)\n\n//gubbo:service a.Shop\ntype Shop interface {\nGet(ctx context.Context, u *one.User) (*api.User, error)\n}\n",
	})
	if err := Run(Options{Dirs: []string{root + "/..."}}); err != nil {
		t.Fatal(err)
	}
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "shop", "shop_gubbo.go"), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range f.Imports {
		name := ""
		if s.Name != nil {
			name = s.Name.Name + " "
		}
		got = append(got, name+s.Path.Value)
	}
	for _, want := range []string{`api2 "example.com/m/one/api"`, `api3 "example.com/m/two/api"`, `"` + apiPkg + `"`} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not imported, only %s", want, got)
		}
	}
}

func TestWhatAnotherPackageCannotGive(t *testing.T) {
	for _, c := range []struct{ typ, want string }{
		{"model.Nobody", `package "example.com/m/model" has no type Nobody`},
		{"model.Hidden", "model.private is not exported by its package; call it Private there"},
		{"model.Bare", "type model.Bare of another package has no Java class; give it one there, with a field of type hessian.Class, or declare a struct in this package"},
		{"broken.User", `package "example.com/m/broken", which broken.User is of, cannot be read: `},
		{"missing.User", `package "example.com/m/missing", which missing.User is of, cannot be read: `},
		{"box.Box[int64]", "generic type box.Box[int64] of another package is not supported; declare type Box… box.Box[int64] in this package and use that"},
	} {
		name, _, _ := strings.Cut(c.typ, ".")
		root := writeModule(t, map[string]string{
			"model/model.go": modelSource, "broken/broken.go": "package broken\n\nfunc {", "box/box.go": "package box\n\ntype Box[T any] struct{ V T }\n",
			"shop/shop.go": "package shop\n\nimport (\n\"context\"\n\n\"example.com/m/" + name + "\"\n)\n\n//gubbo:service a.Shop\ntype Shop interface {\nGet(ctx context.Context, v " + c.typ + ") error\n}\n",
		})
		shop := filepath.Join(root, "shop")
		_, err := Generate(shop, filepath.Join(root, "model"))
		list, ok := errors.AsType[SourceErrors](err)
		place := filepath.Join(shop, "shop.go") + ":11:"
		if !ok || len(list) != 1 || !strings.HasPrefix(err.Error(), place) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s … %s", c.typ, err, place, c.want)
		}
	}
}
