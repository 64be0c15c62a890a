package gen

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"
)

// union is an interface that has a Java name: an abstract Java type, and the
// classes that may stand for it.
type union struct {
	owner    *generator
	pos      token.Pos
	goName   string
	javaName string
	classes  []*class
}

// union returns what an interface type with a directive stands for, nil if it
// has none.
func (g *generator) union(n *types.Named) *union {
	if n == nil {
		return nil
	}
	if o := g.owner(n); o != g {
		return o.union(n)
	}
	if u, ok := g.unions[n]; ok {
		return u
	}
	w := g.take(g.docs[n.Obj().Pos()], "interface")
	if w == nil {
		return nil
	}
	u := &union{owner: g, pos: n.Obj().Pos(), goName: n.Obj().Name(), javaName: w.name}
	g.unions[n] = u
	g.exported(n, "interface")
	if !g.plain(n) {
		return u
	}
	before := len(g.list)
	if names := w.list("classes"); names != nil {
		for _, name := range names {
			if c := g.member(n, name, w); c != nil && !slices.Contains(u.classes, c) {
				u.classes = append(u.classes, c)
			}
		}
	} else {
		u.classes = g.members(n)
	}
	if len(u.classes) == 0 && len(g.list) == before {
		g.add(u.pos, "interface %s has no classes; let a struct with a Java class have its methods, or list them, e.g. %sinterface %s classes=Dog,Cat", u.goName, directive, w.name)
	}
	return u
}

// member returns the class that classes= calls name.
func (g *generator) member(n *types.Named, name string, w *words) *class {
	what := "classes=" + name
	m := g.lookup(name, w.pos)
	if m == nil {
		g.add(w.pos, "%s: there is no type %s; declare it in this package, or import its package", what, name)
		return nil
	}
	if m.Obj().Pkg() == g.types && !g.implements(m, n) {
		missing, _ := types.MissingMethod(types.NewPointer(m), n.Underlying().(*types.Interface), true)
		lacks := ""
		if missing != nil {
			lacks = "; it lacks the method " + missing.Name()
		}
		g.add(w.pos, "%s: %s is no %s%s", what, name, n.Obj().Name(), lacks)
		return nil
	}
	return g.classOrEnum(m, w.pos, what)
}

// classOrEnum returns the class that a named type stands for.
func (g *generator) classOrEnum(n *types.Named, pos token.Pos, what string) *class {
	if _, ok := n.Underlying().(*types.Struct); ok && !g.owner(n).pojoEnum(n) {
		return g.class(n, pos, what)
	}
	if c := g.enum(n, pos, what); c != nil {
		return c
	}
	g.add(pos, "%s: %s is neither a struct with a Java class nor an enum", what, g.text(n))
	return nil
}

// members returns the classes and enums of the package that implement n.
func (g *generator) members(n *types.Named) []*class {
	var list []*class
	if n.Underlying().(*types.Interface).Empty() {
		return nil // everything would
	}
	for _, m := range g.named() {
		if m.TypeParams().Len() > 0 || !g.implements(m, n) {
			continue
		}
		if c := g.declared(m); c != nil {
			list = append(list, c)
		}
	}
	return list
}

// implements reports whether n, by value for an enum and by pointer for a
// struct, is an iface.
func (g *generator) implements(n, iface *types.Named) bool {
	t := types.Type(n)
	if _, ok := n.Underlying().(*types.Struct); ok && !g.pojoEnum(n) {
		t = types.NewPointer(n)
	}
	return types.Implements(t, iface.Underlying().(*types.Interface))
}

// named returns the types that the package declares, in the order of the
// source.
func (g *generator) named() []*types.Named {
	var list []*types.Named
	for _, name := range g.types.Scope().Names() {
		if t, ok := g.types.Scope().Lookup(name).(*types.TypeName); ok && !t.IsAlias() {
			if n, ok := t.Type().(*types.Named); ok {
				list = append(list, n)
			}
		}
	}
	slices.SortFunc(list, func(a, b *types.Named) int { return g.order(a.Obj().Pos(), b.Obj().Pos()) })
	return list
}

// lookup returns the type that a directive at pos calls name, of the package
// or, as in "model.User", of one that the file imports; nil for none.
func (g *generator) lookup(name string, pos token.Pos) *types.Named {
	scope := g.types.Scope()
	if pkg, rest, ok := strings.Cut(name, "."); ok {
		o := g.imported(pkg, pos)
		if o == nil {
			return nil
		}
		scope, name = o.types.Scope(), rest
	}
	t, ok := scope.Lookup(name).(*types.TypeName)
	if !ok {
		return nil
	}
	n, _ := types.Unalias(t.Type()).(*types.Named)
	return n
}

// imported returns the package that the file at pos calls name.
func (g *generator) imported(name string, pos token.Pos) *generator {
	var file *ast.File
	for _, f := range g.files {
		if f.FileStart <= pos && pos < f.FileEnd {
			file = f
		}
	}
	if file == nil {
		return nil
	}
	for _, spec := range file.Imports {
		pth := strings.Trim(spec.Path.Value, "\"`")
		if spec.Name != nil && spec.Name.Name != name || spec.Name == nil && path.Base(pth) != name {
			continue
		}
		if o, err := g.foreign(pth, g.pkg); err == nil {
			return o
		}
	}
	return nil
}

// coded reports a type of another package that has no generated code.
func (g *generator) coded(o *generator, name string, pos token.Pos, what string) bool {
	if o == g || o.done[name] || slices.Contains(g.also, o.dir) {
		return true
	}
	g.add(pos, "%s: %s.%s has no generated code; put //go:generate go tool gubbo-gen . into package %q and run go generate in %s first", what, o.types.Name(), name, o.types.Path(), o.dir)
	return false
}

// encodeUnion adds statements that write expr, which is a u.
func (w *source) encodeUnion(u *union, expr string, depth int) {
	x := fmt.Sprintf("x%d", depth)
	w.p("switch %s := %s.(type) {\ncase nil:\ne.Null()", x, expr)
	var names []string
	for _, c := range u.classes {
		name := w.g.name(c)
		if !c.enum {
			name = "*" + name
		}
		names = append(names, name)
		w.p("case %s:\n%s.EncodeHessian(e)", name, x)
	}
	w.p("default:\ne.Fail(fmt.Errorf(\"%s cannot be a %%T, only %s\", %s))\n}", u.javaName, strings.Join(names, ", "), x)
}
