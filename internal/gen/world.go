package gen

import (
	"errors"
	"fmt"
	"go/build"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// world holds the packages that one run reads: the one that gets code and
// those whose types it uses.
type world struct {
	problems
	byPath map[string]*generator
	// unreadable are packages that could not be read, with the reason.
	unreadable map[string]error
	// also are directories that get their code in the same run.
	also []string
}

func newWorld(also []string) *world {
	w := &world{byPath: make(map[string]*generator), unreadable: make(map[string]error)}
	w.fset = token.NewFileSet()
	for _, dir := range also {
		if abs, err := filepath.Abs(dir); err == nil {
			w.also = append(w.also, abs)
		}
	}
	return w
}

// open reads the package in dir, which path imports.
func (w *world) open(dir, path string) (*generator, error) {
	p, err := load(w.fset, dir, path)
	if err != nil {
		return nil, err
	}
	g := &generator{
		pkg: p, world: w,
		used: make(map[token.Pos]bool), classes: make(map[*types.Named]*class), unions: make(map[*types.Named]*union),
		resolving: make(map[*types.Named]bool), names: make(map[string]string),
	}
	w.byPath[path] = g
	return g, nil
}

// foreign returns the package that from imports as path.
func (w *world) foreign(path string, from *pkg) (*generator, error) {
	if g := w.byPath[path]; g != nil {
		return g, nil
	}
	if err := w.unreadable[path]; err != nil {
		return nil, err
	}
	dir, err := importDir(path, from.dir)
	var g *generator
	if err == nil {
		g, err = w.open(dir, path)
	}
	if err != nil {
		w.unreadable[path] = err
	}
	return g, err
}

// errStandard says that a package is of Go's own library.
var errStandard = errors.New("it is of the standard library")

// importDir returns where the source of a package is: in the module around
// from, else where the go command says.
func importDir(path, from string) (string, error) {
	if root, mod, err := moduleOf(from); err == nil {
		rest, ok := strings.CutPrefix(path, mod)
		dir := filepath.Join(root, filepath.FromSlash(rest))
		if s, err := os.Stat(dir); ok && (rest == "" || rest[0] == '/') && err == nil && s.IsDir() {
			return dir, nil
		}
	}
	p, err := build.Import(path, from, build.FindOnly)
	if err != nil {
		return "", err
	}
	if p.Goroot {
		return "", errStandard
	}
	if s, err := os.Stat(p.Dir); err != nil || !s.IsDir() {
		return "", errors.New("no such directory: " + p.Dir)
	}
	return p.Dir, nil
}

// importPath returns what imports dir, which is in the module mod at root.
func importPath(root, mod, dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(root, abs)
	if err != nil {
		return "", err
	}
	return path.Join(mod, filepath.ToSlash(rel)), nil
}

var moduleLine = regexp.MustCompile("(?m)^module[ \\t]+[\"`]?([^\\s\"`]+)")

// moduleOf returns the directory and the path of the module that dir is in.
func moduleOf(dir string) (root, path string, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", "", err
	}
	for root = dir; ; root = filepath.Dir(root) {
		b, err := os.ReadFile(filepath.Join(root, "go.mod"))
		if err == nil {
			m := moduleLine.FindSubmatch(b)
			if m == nil {
				return "", "", fmt.Errorf("%s names no module", filepath.Join(root, "go.mod"))
			}
			return root, string(m[1]), nil
		}
		if root == filepath.Dir(root) {
			return "", "", fmt.Errorf("there is no go.mod in %s or above", dir)
		}
	}
}

// owner returns the package that n is of; n is of a package that was read.
func (g *generator) owner(n *types.Named) *generator {
	if p := n.Obj().Pkg(); p != g.types {
		if o := g.byPath[p.Path()]; o != nil && o.types == p {
			return o
		}
	}
	return g
}

// real returns the type that n, which is of another package, stands for. It
// reads that package, and returns nil after it has reported why that failed.
func (g *generator) real(n *types.Named, pos token.Pos, what string) types.Type {
	if !n.Obj().Exported() {
		g.add(pos, "%s: %s is not exported by its package; call it %s there", what, g.text(n), upperFirst(n.Obj().Name()))
		return nil
	}
	if g.owner(n) != g {
		return n
	}
	name, path := n.Obj().Name(), n.Obj().Pkg().Path()
	o, err := g.foreign(path, g.pkg)
	if errors.Is(err, errStandard) {
		g.add(pos, "%s: Go's %s has no Java type; declare a struct in this package, with a Java class, or use any", what, g.text(n))
		return nil
	} else if err != nil {
		g.add(pos, "%s: package %q, which %s is of, cannot be read: %v", what, path, g.text(n), err)
		return nil
	}
	obj, ok := o.types.Scope().Lookup(name).(*types.TypeName)
	if !ok {
		g.add(pos, "%s: package %q has no type %s", what, path, name)
		return nil
	}
	t := types.Unalias(obj.Type())
	if r, ok := t.(*types.Named); ok && r.Obj().Pkg() != nil && r.Obj().Pkg() != o.types {
		return g.real(r, pos, what)
	}
	return t
}

// fixed are the packages that generated code imports by their own names.
var fixed = map[string]string{
	"context": "context", "fmt": "fmt", "time": "time", "iter": "iter", "math/big": "big",
	apiPkg: "api", hessianPkg: "hessian", module + "/consumer": "consumer", module + "/provider": "provider",
}

// importName returns what generated code calls package p.
func (g *generator) importName(p *types.Package) string {
	if name := fixed[p.Path()]; name != "" {
		return name
	}
	if name := g.names[p.Path()]; name != "" {
		return name
	}
	base := p.Name()
	if o := g.byPath[p.Path()]; o != nil {
		base = o.types.Name()
	}
	taken := map[string]bool{}
	for _, name := range fixed {
		taken[name] = true
	}
	for _, name := range g.names {
		taken[name] = true
	}
	name := base
	for i := 2; taken[name] || reserved[name] || g.types.Scope().Lookup(name) != nil; i++ {
		name = fmt.Sprint(base, i)
	}
	g.names[p.Path()] = name
	return name
}

// text returns t as code of the package writes it.
func (g *generator) text(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == g.types.Path() {
			return ""
		}
		return g.importName(p)
	})
}

// isError reports whether a pointer to n is an error, also by a struct of
// another package that n embeds.
func (g *generator) isError(n *types.Named) bool {
	if types.Implements(types.NewPointer(n), types.Universe.Lookup("error").Type().Underlying().(*types.Interface)) {
		return true
	}
	s, ok := n.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range s.NumFields() {
		f := s.Field(i)
		super, ok := types.Unalias(f.Type()).(*types.Named)
		if !ok || !f.Embedded() || super.Obj().Pkg() == nil {
			continue
		}
		if o := g.owner(super); o == g && super.Obj().Pkg() != g.types {
			real, err := g.foreign(super.Obj().Pkg().Path(), g.pkg)
			if err != nil {
				continue // reported with the field
			}
			obj, _ := real.types.Scope().Lookup(super.Obj().Name()).(*types.TypeName)
			if obj == nil {
				continue
			}
			super, _ = types.Unalias(obj.Type()).(*types.Named)
		}
		if super != nil && g.owner(super).isError(super) {
			return true
		}
	}
	return false
}

// name returns what code of the package calls c.
func (g *generator) name(c *class) string {
	if c.owner == g {
		return c.goName
	}
	return g.importName(c.owner.types) + "." + c.goName
}

// desc returns an expression for the address of c's hessian.ClassDesc.
func (g *generator) desc(c *class) string {
	switch {
	case c.owner == g:
		return "&" + c.varName()
	case c.enum:
		zero := `("").`
		if c.pojo {
			zero = "(0)."
		}
		return g.name(c) + zero + classMethod + "()"
	}
	return "(*" + g.name(c) + ")(nil)." + classMethod + "()"
}
