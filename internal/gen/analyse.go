package gen

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
)

// generator holds what is known of one package.
type generator struct {
	*pkg
	*world
	used     map[token.Pos]bool // directives that somebody read
	anyIface string             // some Java interface, for hints
	services []*service
	// listeners are those of services that are listeners. They are known by
	// their names before their methods are looked at.
	listeners map[*types.Named]*service
	classes   map[*types.Named]*class // nil for a struct that was reported
	sorted    []*class                // classes in the order of the source
	unions    map[*types.Named]*union
	// resolving are the named types that resolve is inside of.
	resolving map[*types.Named]bool
	// names are what generated code calls the packages that it imports.
	names map[string]string
}

// Generate returns the files that belong to the package in dir. It writes
// nothing. Packages whose types it uses must have their generated code, unless
// they are in also, which get theirs in the same run.
func Generate(dir string, also ...string) ([]File, error) {
	g, err := analysed(dir, also...)
	if err != nil {
		return nil, err
	}
	return g.emit()
}

// analysed returns what the package in dir says, if nothing is wrong with it.
func analysed(dir string, also ...string) (*generator, error) {
	path := filepath.Base(dir)
	if root, mod, err := moduleOf(dir); err == nil {
		if path, err = importPath(root, mod, dir); err != nil {
			return nil, err
		}
	}
	g, err := newWorld(also).open(dir, path)
	if err != nil {
		return nil, err
	}
	g.analyse()
	if err := g.err(); err != nil {
		return nil, err
	}
	if len(g.services) == 0 && len(g.sorted) == 0 {
		return nil, fmt.Errorf("gen: directory %q has no %sservice; write one above an interface, e.g. %s", dir, directive, grammar["service"].example)
	}
	return g, nil
}

func (g *generator) file(pos token.Pos) string { return filepath.Base(g.fset.Position(pos).Filename) }

// order compares places in the source.
func (g *generator) order(a, b token.Pos) int {
	x, y := g.fset.Position(a), g.fset.Position(b)
	return cmp.Or(strings.Compare(x.Filename, y.Filename), cmp.Compare(x.Offset, y.Offset))
}

func (g *generator) analyse() {
	named := g.named()
	type annotated struct {
		*types.Named
		w *words
	}
	var ifaces, listeners []annotated
	for _, n := range named {
		if _, ok := n.Underlying().(*types.Interface); !ok {
			continue
		}
		w := g.take(g.docs[n.Obj().Pos()], "service")
		if w != nil {
			ifaces = append(ifaces, annotated{n, w})
			g.anyIface = cmp.Or(g.anyIface, w.name)
		}
		if l := g.take(g.docs[n.Obj().Pos()], "callback"); l != nil && w == nil {
			listeners = append(listeners, annotated{n, l})
		} else if l != nil {
			g.add(l.pos, "%s is a service already; let the listener be an interface of its own", n.Obj().Name())
		}
	}
	g.listeners = make(map[*types.Named]*service)
	for _, a := range listeners {
		g.listeners[a.Named] = &service{listener: true, goName: a.Obj().Name(), iface: a.w.name}
	}
	// Every class and enum of the package gets its code, reached or not.
	for _, n := range named {
		if _, ok := n.Underlying().(*types.Interface); ok {
			g.union(n)
		} else if n.TypeParams().Len() == 0 { // a generic class has no code of its own, but its uses have
			g.declared(n)
		}
	}
	for _, a := range listeners {
		g.service(a.Named, a.w, true)
	}
	for _, a := range ifaces {
		g.service(a.Named, a.w, false)
	}
	for _, c := range g.classes {
		if c != nil {
			g.sorted = append(g.sorted, c)
		}
	}
	slices.SortFunc(g.sorted, func(a, b *class) int { return g.order(a.pos, b.pos) })
	byJava := make(map[string]*class)
	for _, c := range g.sorted {
		if other := byJava[c.javaName]; other != nil && c.javaName != "" && (!c.instance || !other.instance) {
			g.add(c.pos, "%s and %s are both the Java class %q; one Java class is one Go type", other.goName, c.goName, c.javaName)
		}
		byJava[c.javaName] = c
	}
	g.reach()
	g.shadows()
	g.unused()
	g.collisions()
}

// declared returns the class or enum that n, of the package, says it is; nil
// for none.
func (g *generator) declared(n *types.Named) *class {
	what := "type " + n.Obj().Name()
	switch u := n.Underlying().(type) {
	case *types.Struct:
		if g.pojoEnum(n) {
			return g.enum(n, n.Obj().Pos(), what)
		}
		if g.isClass(n) {
			return g.class(n, n.Obj().Pos(), what)
		}
	case *types.Basic:
		if u.Kind() == types.String || g.pojoEnum(n) {
			return g.enum(n, n.Obj().Pos(), what)
		}
	}
	return nil
}

// plain refuses types with type parameters.
func (g *generator) plain(n *types.Named) bool {
	if n.TypeParams().Len() == 0 {
		return true
	}
	g.add(n.Obj().Pos(), "%s has type parameters, which Java's classes on the wire do not have; write a plain type", n.Obj().Name())
	return false
}

// service takes the interface n, which is a listener or a service.
func (g *generator) service(n *types.Named, w *words, listener bool) {
	s := &service{listener: listener, pos: n.Obj().Pos(), goName: n.Obj().Name(), iface: w.name, group: w.value["group"], version: w.value["version"], file: g.file(n.Obj().Pos())}
	if !n.Obj().Exported() {
		g.add(n.Obj().Pos(), "interface %s is not exported, so nobody could name its client; call it %s", s.goName, upperFirst(s.goName))
	}
	if !g.plain(n) {
		return
	}
	for _, k := range []string{"version", "group"} {
		if v := w.value[k]; v != "" && !urlValue.MatchString(v) {
			g.add(w.pos, "%s=%s cannot stand in a URL; use letters, digits, dots and dashes", k, v)
		}
	}
	if s.version == "0.0.0" {
		s.version = "" // the wire's word for none
	}
	iface := n.Underlying().(*types.Interface)
	for i := range iface.NumEmbeddeds() {
		e, ok := types.Unalias(iface.EmbeddedType(i)).(*types.Named)
		if !ok || e.Obj().Pkg() != g.types {
			g.add(n.Obj().Pos(), "interface %s embeds %s; only interfaces of this package can be embedded", s.goName, g.text(iface.EmbeddedType(i)))
		}
	}
	var methods []*types.Func
	for i := range iface.NumMethods() {
		methods = append(methods, iface.Method(i))
	}
	slices.SortFunc(methods, func(a, b *types.Func) int { return g.order(a.Pos(), b.Pos()) })
	if len(methods) == 0 {
		g.add(n.Obj().Pos(), "interface %s has no methods; add one, e.g. Get(ctx context.Context, id int64) (string, error)", s.goName)
	}
	seen := make(map[string]*method)
	for _, f := range methods {
		m := g.method(s, f)
		if m == nil {
			continue
		}
		if other := seen[m.javaName+"("+m.desc]; other != nil {
			g.add(m.pos, "methods %s and %s are both %s(%s) in Java; give one another name with %smethod, or other parameters with types=", other.goName, m.goName, m.javaName, m.desc, directive)
		}
		seen[m.javaName+"("+m.desc] = m
		s.methods = append(s.methods, m)
	}
	g.overloads(s)
	g.services = append(g.services, s)
}

func (g *generator) method(s *service, f *types.Func) *method {
	what := "method " + s.goName + "." + f.Name()
	if !f.Exported() {
		g.add(f.Pos(), "%s is not exported; only exported methods can be called", what)
		return nil
	}
	w := g.take(g.docs[f.Pos()], "method")
	m := &method{pos: f.Pos(), goName: f.Name(), javaName: lowerFirst(f.Name()), resultJava: "void"}
	if w != nil {
		m.javaName, m.idempotent, m.oneway, m.timeout = w.name, w.has("idempotent"), w.has("oneway"), g.timeout(w)
		m.release = g.release(w)
	}
	before := len(g.list)
	if keywords[m.javaName] {
		g.add(f.Pos(), "%s: %q is a keyword of Java and no method's name; write e.g. %smethod get%s", what, m.javaName, directive, f.Name())
	}
	sig := f.Type().(*types.Signature)
	g.params(m, sig, w, what)
	g.results(m, sig, w, what)
	g.throws(m, w, what)
	g.callbacks(s, m, w, what)
	if len(g.list) > before {
		return nil
	}
	return m
}

func (g *generator) params(m *method, sig *types.Signature, w *words, what string) {
	in := sig.Params()
	if in.Len() == 0 || !isContext(in.At(0).Type()) {
		g.add(m.pos, "%s: the first parameter must be a context.Context; write %s(ctx context.Context, …)", what, m.goName)
		return
	}
	if sig.Variadic() {
		g.add(in.At(in.Len()-1).Pos(), "%s: variadic parameters are not supported; use a slice", what)
		return
	}
	kinds := w.list("types")
	if w != nil && w.value["types"] != "" && len(kinds) != in.Len()-1 {
		g.add(w.pos, "types= names %d Java types, but %s has %d parameters after the context", len(kinds), m.goName, in.Len()-1)
		return
	}
	taken := map[string]bool{"ctx": true}
	for i := 1; i < in.Len(); i++ {
		v := in.At(i)
		name := v.Name()
		if name == "" || name == "_" {
			name = fmt.Sprintf("p%d", i-1)
		}
		t := g.listenerType(v.Type())
		if t == nil {
			t = g.resolve(v.Type(), v.Pos(), what+": parameter "+name)
		}
		if t == nil {
			continue
		}
		if kinds != nil {
			t = g.as(t, kinds[i-1], w, fmt.Sprintf("types=: parameter %s", name))
			if t == nil {
				continue
			}
		}
		for reserved[name] || taken[name] {
			name += "_"
		}
		taken[name] = true
		m.params = append(m.params, &param{name, t})
		m.desc += descriptor(t.java)
	}
}

// reserved are names that generated code uses beside the parameters'.
var reserved = map[string]bool{
	"api": true, "call": true, "consumer": true, "context": true, "hessian": true, "provider": true, "time": true, "fmt": true, "c": true,
	"Len": true, "At": true, "EncodeHessian": true, "DecodeHessian": true, "HessianTypes": true,
}

// as returns t as the Java type that a directive gives it.
func (g *generator) as(t *typ, java string, w *words, what string) *typ {
	kind, ok := parseJava(java)
	if !ok {
		g.add(w.pos, "%s: %q is no Java type; write e.g. long, java.lang.String or java.lang.String[]", what, java)
		return nil
	}
	r, want := t.retype(kind)
	if r == nil {
		g.add(w.pos, "%s: Go's %s cannot be Java's %s; it can be %s", what, t.goType, java, want)
	}
	return r
}

func isContext(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && is(n, "context", "Context")
}

func (g *generator) results(m *method, sig *types.Signature, w *words, what string) {
	out := sig.Results()
	last := out.Len() - 1
	if last >= 0 && streams(out.At(0).Type()) {
		g.add(m.pos, "%s: streams (%s) are not supported yet; return a slice and an error", what, g.text(out.At(0).Type()))
		return
	}
	if last < 0 || last > 1 || !types.Identical(out.At(last).Type(), types.Universe.Lookup("error").Type()) {
		g.add(m.pos, "%s: the results must be (T, error) or error; a call can always fail", what)
		return
	}
	if last == 0 {
		if w != nil && w.value["result"] != "" {
			g.add(w.pos, "result=%s, but %s returns only an error; leave result= out, or return (T, error)", w.value["result"], m.goName)
		}
		return
	}
	if m.oneway {
		g.add(m.pos, "%s: a oneway method gets no answer; let it return only an error", what)
		return
	}
	t := g.resolve(out.At(0).Type(), cmp.Or(out.At(0).Pos(), m.pos), what+": result")
	if t != nil && w != nil && w.value["result"] != "" {
		t = g.as(t, w.value["result"], w, "result=")
	}
	if t != nil {
		m.result, m.resultJava = t, t.java
	}
}

func streams(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && (is(n, "iter", "Seq") || is(n, "iter", "Seq2"))
}

func (g *generator) throws(m *method, w *words, what string) {
	names := w.list("throws")
	if len(names) > 0 && m.oneway {
		g.add(w.pos, "%s: a oneway method gets no answer, so it throws nothing; leave out oneway or throws=", what)
		return
	}
	for _, name := range names {
		name = strings.TrimPrefix(name, "*")
		n := g.lookup(name, w.pos)
		if n == nil {
			g.add(w.pos, "throws=%s: there is no type %s; declare it in this package, with a Java class and an Error method, or import its package", name, name)
			continue
		}
		if _, ok := n.Underlying().(*types.Struct); !ok {
			g.add(w.pos, "throws=%s: %s is no struct; a declared exception is a struct with a Java class and an Error method", name, name)
			continue
		}
		c := g.class(n, w.pos, "throws="+name)
		if c == nil {
			continue
		}
		if !c.exception {
			g.add(w.pos, "throws=%s: %s is no error; add func (e *%s) Error() string", name, name, name)
			continue
		}
		m.throws = append(m.throws, c)
	}
}

// reach finds for each service the classes that may arrive.
func (g *generator) reach() {
	for _, s := range g.services {
		r := reacher{g: g, seen: make(map[*class]bool)}
		for _, m := range s.methods {
			for _, p := range m.params {
				r.typ(p.typ)
			}
			r.typ(m.result)
			for _, c := range m.throws {
				r.class(c)
			}
		}
		for _, c := range g.sorted {
			if r.seen[c] {
				s.types = append(s.types, c)
			}
		}
		s.types = append(s.types, r.others...)
	}
}

// reacher goes through types to the classes that they hold.
type reacher struct {
	g      *generator
	seen   map[*class]bool
	others []*class // those of other packages, as they were met
}

func (r *reacher) class(c *class) {
	if c == nil || r.seen[c] {
		return
	}
	r.seen[c] = true
	if c.owner != r.g {
		r.others = append(r.others, c)
	}
	for _, f := range c.fields {
		r.typ(f.typ)
	}
}

func (r *reacher) typ(t *typ) {
	if t == nil {
		return
	}
	r.class(t.class)
	r.typ(t.key)
	r.typ(t.elem)
	if t.union != nil {
		for _, c := range t.union.classes {
			r.class(c)
		}
	}
	if t.kind == kindAny || t.kind == kindError {
		// What stands for Object may be any class that the package knows.
		for _, c := range r.g.sorted {
			r.class(c)
		}
	}
}

// shadows renames parameters that are called like an imported package, which
// is known only now.
func (g *generator) shadows() {
	packages := make(map[string]bool)
	for _, name := range g.names {
		packages[name] = true
	}
	for _, s := range g.services {
		for _, m := range s.methods {
			taken := make(map[string]bool)
			for _, p := range m.params {
				taken[p.goName] = true
			}
			for _, p := range m.params {
				for packages[p.goName] {
					p.goName += "_"
					for taken[p.goName] {
						p.goName += "_"
					}
				}
				taken[p.goName] = true
			}
		}
	}
}

// collisions reports names that the generated code needs and that something
// else has: a declaration of the package, or other generated code.
func (g *generator) collisions() {
	taken := make(map[string]string)
	free := func(pos token.Pos, by string, names ...string) bool {
		for _, name := range names {
			if obj := g.types.Scope().Lookup(name); obj != nil {
				g.add(obj.Pos(), "%s is the name of something that the generator writes for %s; rename it", name, by)
				return false
			}
			if other := taken[name]; other != "" {
				g.add(pos, "%s is the name of something that the generator writes for %s and for %s; rename one of them", name, other, by)
				return false
			}
			taken[name] = by
		}
		return true
	}
	for _, s := range g.services {
		n := newNames(s)
		declared := []string{n.desc, n.types, n.client, n.construct, n.register}
		if s.listener {
			declared = declared[:3]
		}
		if !free(s.pos, "interface "+s.goName, declared...) {
			continue
		}
		for _, m := range s.methods {
			free(m.pos, "method "+s.goName+"."+m.goName, n.call(m), n.args(m), n.reply(m))
		}
	}
	for _, c := range g.sorted {
		free(c.pos, "type "+c.goName, c.varName())
	}
}
