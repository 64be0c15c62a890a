// Package archtest keeps the floors of the house: the table below says which
// packages of ours a package may import, and an import that points up fails
// the test. docs/architecture.md draws it.
package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/gubbo/gubbo"

// allowed maps a package, by its path below the module, to the packages of
// ours that its code (tests excepted) may import. "x/..." stands for x and all
// below it. The first row that matches a package counts.
var allowed = []struct {
	pkg string
	may []string
}{
	{"api", nil},
	{"internal/...", []string{"internal/..."}},
	{"protocol", []string{"api"}},
	{"protocol/hessian", nil},
	{"protocol/dubbo", []string{"api", "protocol", "protocol/hessian", "internal/..."}},
	{"protocol/triple", []string{"api", "protocol", "protocol/hessian", "internal/..."}},
	{"registry", []string{"api"}},
	{"registry/registrytest", []string{"api", "registry", "internal/..."}},
	{"registry/zookeeper", []string{"api", "registry", "internal/..."}},
	{"registry/zkserver/zktest", []string{"registry/zkserver", "internal/..."}},
	{"registry/zkserver/...", []string{"internal/..."}},
	{"provider/...", []string{"api", "protocol/...", "registry", "internal/...", "provider/..."}},
	{"consumer/...", []string{"api", "protocol/...", "registry", "internal/...", "consumer/..."}},
	{"monitor/report", []string{"api", "registry", "protocol/hessian", "consumer", "monitor/...", "internal/..."}},
	{"monitor/statistics", []string{"api", "protocol/hessian", "consumer", "provider", "monitor"}},
	{"monitor/dashboard", []string{"api", "registry", "consumer", "monitor/...", "internal/..."}},
	{"monitor/node", []string{"api", "registry", "protocol/hessian", "provider", "monitor/...", "internal/..."}},
	{"monitor/...", []string{"api", "registry", "protocol/hessian", "monitor/...", "internal/..."}},
	{"cmd/...", []string{"..."}},
	{"examples/...", []string{"api", "protocol/...", "registry/...", "provider/...", "consumer/...", "monitor/...", "examples/..."}},
}

// stdOnly are packages that may import the standard library and ours, but no
// module of others.
var stdOnly = []string{"api", "protocol", "protocol/hessian", "protocol/dubbo", "registry", "registry/zookeeper", "registry/zkserver/...", "provider/...", "consumer/...", "internal/..."}

func matches(pattern, pkg string) bool {
	if pattern == "..." {
		return true
	}
	if base, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == base || strings.HasPrefix(pkg, base+"/")
	}
	return pkg == pattern
}

func anyMatches(patterns []string, pkg string) bool {
	for _, p := range patterns {
		if matches(p, pkg) {
			return true
		}
	}
	return false
}

// check returns why pkg may not import path, "" if it may.
func check(pkg, path string) string {
	if path == module || strings.HasPrefix(path, module+"/") {
		target := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
		for _, row := range allowed {
			if matches(row.pkg, pkg) {
				if anyMatches(row.may, target) {
					return ""
				}
				return "may import of ours only " + strings.Join(row.may, ", ")
			}
		}
		return "has no row in the table of allowed imports; add one that points down"
	}
	first, _, _ := strings.Cut(path, "/")
	if strings.Contains(first, ".") && anyMatches(stdOnly, pkg) {
		return "may import no other module"
	}
	return ""
}

func TestImportsPointDown(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	err = filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if file == root {
			return nil // whatever the checkout is called
		}
		if d.IsDir() {
			switch d.Name() {
			case ".git", "testdata", "interop", "bench", "node_modules", ".cache":
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		seen++
		for _, imp := range f.Imports {
			path, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			if why := check(pkg, path); why != "" {
				t.Errorf("%s imports %q, but %s %s", filepath.ToSlash(file[len(root)+1:]), path, pkg, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 5 {
		t.Fatalf("only %d files were read: the walk is wrong", seen)
	}
}

func TestCheckKnowsWrongDirections(t *testing.T) {
	for _, c := range []struct {
		pkg, path string
		ok        bool
	}{
		{"api", module + "/registry", false},
		{"api", "github.com/spf13/cobra", false},
		{"provider", module + "/consumer", false},
		{"consumer", module + "/monitor", false},
		{"protocol/dubbo", module + "/protocol/triple", false},
		{"protocol/dubbo", module + "/registry", false},
		{"registry", module + "/protocol", false},
		{"consumer", module + "/api", true},
		{"cmd/gubbo", module + "/monitor/node", true},
		{"monitor/store", "modernc.org/sqlite", true},
		{"newroom", module + "/api", false},
	} {
		if got := check(c.pkg, c.path) == ""; got != c.ok {
			t.Errorf("check(%s, %s) allowed = %v, want %v", c.pkg, c.path, got, c.ok)
		}
	}
}
