package gen

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
)

// resolve finds what a Go type is on the wire. It returns nil after it has
// reported at pos, as what, why that cannot be.
func (g *generator) resolve(t types.Type, pos token.Pos, what string) *typ {
	t = types.Unalias(t)
	if r := g.special(t, pos, what); r != nil {
		return r.typ
	}
	if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != g.types {
		if t = g.real(n, pos, what); t == nil {
			return nil
		}
	}
	named, _ := t.(*types.Named)
	if named != nil && g.owner(named).pojoEnum(named) {
		c := g.enum(named, pos, what)
		if c == nil {
			return nil
		}
		return &typ{kind: kindEnum, goType: g.text(named), java: c.javaName, class: c}
	}
	if _, ok := t.Underlying().(*types.Struct); !ok && named != nil {
		if g.resolving[named] {
			g.add(pos, "%s: %s contains itself without a struct between; put a struct with a Java class there", what, g.text(t))
			return nil
		}
		g.resolving[named] = true
		defer delete(g.resolving, named)
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return g.basic(named, u, pos, what)
	case *types.Pointer:
		if named != nil {
			g.add(pos, "%s: a pointer type with a name is not supported; write %s for %s", what, g.text(u), g.text(t))
			return nil
		}
		elem := g.resolve(u.Elem(), pos, what)
		if elem == nil {
			return nil
		}
		return g.pointer(elem, pos, what)
	case *types.Slice:
		if b, ok := types.Unalias(u.Elem()).(*types.Basic); ok && b.Kind() == types.Uint8 {
			return &typ{kind: kindBytes, goType: g.text(t), java: "byte[]"}
		}
		elem := g.resolve(u.Elem(), pos, what)
		if elem == nil {
			return nil
		}
		return &typ{kind: kindSlice, goType: g.text(t), java: "java.util.List", elem: elem}
	case *types.Map:
		key := g.resolve(u.Key(), pos, what)
		if key == nil {
			return nil
		}
		if !key.isKey(u.Key()) {
			g.add(pos, "%s: a map's key cannot be %s; use a string, a number, an enum, a date or a pointer to a struct, or hessian.Pairs for the map", what, key.goType)
			return nil
		}
		if s, ok := types.Unalias(u.Elem()).(*types.Struct); ok && s.NumFields() == 0 {
			return &typ{kind: kindSet, goType: g.text(t), java: "java.util.Set", listClass: listClasses["java.util.Set"], elem: key}
		}
		elem := g.resolve(u.Elem(), pos, what)
		if elem == nil {
			return nil
		}
		return &typ{kind: kindMap, goType: g.text(t), java: "java.util.Map", key: key, elem: elem}
	case *types.Struct:
		c := g.class(named, pos, what)
		if c == nil {
			return nil
		}
		return &typ{kind: kindStruct, goType: g.text(t), java: c.javaName, class: c}
	case *types.Interface:
		if u.Empty() && named == nil {
			return &typ{kind: kindAny, goType: "any", java: "java.lang.Object"}
		}
		if _, ok := g.listeners[named]; ok {
			g.add(pos, "%s: %s is a listener, which can only be a parameter of a service's method", what, g.text(t))
			return nil
		}
		if r := g.union(named); r != nil {
			return &typ{kind: kindUnion, goType: g.text(t), java: r.javaName, union: r}
		}
		if named != nil {
			g.add(pos, "%s: interface %s has no Java name; write e.g. %s above it, for a listener that is called back %scallback and its Java name, or use any or a struct with a Java class", what, g.text(t), grammar["interface"].example, directive)
			return nil
		}
		g.add(pos, "%s: %s cannot travel; use any, or an interface with a name and a Java name", what, g.text(t))
	case *types.Array:
		g.add(pos, "%s: arrays like %s are not supported; use the slice []%s", what, g.text(t), g.text(u.Elem()))
	case *types.Chan:
		g.add(pos, "%s: a channel cannot travel; use a slice", what)
	case *types.Signature:
		g.add(pos, "%s: a func cannot travel; what is to be called back is an interface with %scallback", what, directive)
	default:
		g.add(pos, "%s: %s cannot travel", what, g.text(t))
	}
	return nil
}

// settled is the end of resolving a special type; typ is nil if it was refused.
type settled struct{ typ *typ }

// special handles types that their name decides; nil leaves t to its
// underlying type.
func (g *generator) special(t types.Type, pos token.Pos, what string) *settled {
	if b, ok := t.(*types.Basic); ok && b.Kind() == types.Invalid {
		g.invalid(pos, what)
		return &settled{}
	}
	if p, ok := t.(*types.Pointer); ok {
		if n, ok := types.Unalias(p.Elem()).(*types.Named); ok && is(n, apiPkg, "Pipe") {
			g.add(pos, "%s: streams (*api.Pipe) are not supported yet; use a slice", what)
			return &settled{}
		} else if ok && is(n, "math/big", "Int") {
			return &settled{&typ{kind: kindBigInt, goType: "*big.Int", java: "java.math.BigInteger"}}
		}
		return nil
	}
	n, ok := t.(*types.Named)
	if !ok {
		if _, ok := t.(*types.TypeParam); ok {
			g.add(pos, "%s: type parameters are not supported; Java has no generic methods on the wire, name the type", what)
			return &settled{}
		}
		return nil
	}
	if n.TypeParams().Len() > 0 && n.Obj().Pkg() == g.types {
		name := upperFirst(n.Obj().Name())
		g.add(pos, "%s: a generic type like %s has no code of its own; declare type %sOf… %s and use that", what, g.text(t), name, g.text(t))
		return &settled{}
	}
	pk := n.Obj().Pkg()
	switch {
	case pk == nil: // error
		return &settled{&typ{kind: kindError, goType: "error", java: "java.lang.Throwable"}}
	case pk == g.types:
		return nil
	case is(n, "time", "Time"):
		return &settled{&typ{kind: kindTime, goType: "time.Time", java: "java.util.Date"}}
	case is(n, "time", "Duration"):
		return &settled{&typ{kind: kindDuration, goType: "time.Duration", java: "java.time.Duration"}}
	case is(n, "math/big", "Int"):
		g.add(pos, "%s: big.Int cannot be copied; write *big.Int", what)
	case is(n, hessianPkg, "Pairs"):
		return &settled{g.pairs(n, pos, what)}
	case is(n, "iter", "Seq"), is(n, "iter", "Seq2"), is(n, apiPkg, "Pipe"):
		g.add(pos, "%s: streams (%s) are not supported yet; use a slice", what, g.text(t))
	case is(n, "context", "Context"):
		g.add(pos, "%s: context.Context can only be the first parameter", what)
	case n.TypeParams().Len() > 0:
		g.add(pos, "%s: generic type %s of another package is not supported; declare type %s… %s in this package and use that", what, g.text(t), upperFirst(n.Obj().Name()), g.text(t))
	case pk.Path() == hessianPkg:
		if v := g.value(n); v != nil {
			return &settled{v}
		}
		g.add(pos, "%s: %s cannot be declared; use any, which holds it", what, g.text(n))
	default:
		return nil
	}
	return &settled{}
}

// pairs returns what hessian.Pairs of two types is.
func (g *generator) pairs(n *types.Named, pos token.Pos, what string) *typ {
	key, elem := g.resolve(n.TypeArgs().At(0), pos, what), g.resolve(n.TypeArgs().At(1), pos, what)
	if key == nil || elem == nil {
		return nil
	}
	return &typ{kind: kindPairs, goType: g.text(n), java: "java.util.Map", listClass: mapClasses["java.util.LinkedHashMap"], key: key, elem: elem}
}

// is reports whether n is the type with that name.
func is(n *types.Named, pkg, name string) bool {
	o := n.Obj()
	return o.Pkg() != nil && o.Pkg().Path() == pkg && o.Name() == name
}

// invalid reports a type that the type checker could not make out, in its own
// words if it said something about the line.
func (g *generator) invalid(pos token.Pos, what string) {
	at := g.fset.Position(pos)
	for _, e := range g.failed {
		if p := g.fset.Position(e.Pos); p.Filename == at.Filename && p.Line == at.Line {
			g.add(e.Pos, "%s: %s", what, e.Msg)
			return
		}
	}
	g.add(pos, "%s: its type is not declared", what)
}

var basicKinds = map[types.BasicKind]kind{
	types.Bool: kindBool, types.Int8: kindInt8, types.Int16: kindInt16, types.Int32: kindInt32, types.Int64: kindInt64, types.Int: kindInt,
	types.Float32: kindFloat32, types.Float64: kindFloat64, types.String: kindString,
}

var insteadOf = map[types.BasicKind]string{
	types.Uint8: "int16 (Java's byte is signed), or []byte for bytes", types.Uint16: "int32", types.Uint32: "int64", types.Uint: "int64", types.Uint64: "int64, or a string for larger values",
	types.Uintptr: "int64", types.Complex64: "a struct of two doubles", types.Complex128: "a struct of two doubles", types.UnsafePointer: "a value",
}

func (g *generator) basic(named *types.Named, b *types.Basic, pos token.Pos, what string) *typ {
	if b.Kind() == types.Invalid { // the declaration of named is wrong
		g.invalid(named.Obj().Pos(), what)
		return nil
	}
	k, ok := basicKinds[b.Kind()]
	if !ok {
		g.add(pos, "%s: Java has no %s; use %s", what, b.Name(), insteadOf[b.Kind()])
		return nil
	}
	if named == nil {
		return &typ{kind: k, goType: b.Name(), java: scalars[k].java}
	}
	if k == kindString {
		if c := g.enum(named, pos, what); c != nil {
			return &typ{kind: kindEnum, goType: g.text(named), java: c.javaName, class: c}
		}
	}
	return &typ{kind: k, goType: g.text(named), java: scalars[k].java}
}

func (g *generator) pointer(elem *typ, pos token.Pos, what string) *typ {
	t := &typ{kind: kindPointer, goType: "*" + elem.goType, java: elem.java, elem: elem, class: elem.class}
	switch elem.kind {
	case kindStruct:
	case kindValue:
		if box := boxes[elem.java]; box != "" {
			t.java = box
		}
	case kindEnum:
		if elem.class.pojo {
			break // its zero value is a constant
		}
		g.add(pos, "%s: a pointer to the enum %s says nothing more; use %s, whose \"\" is null", what, elem.goType, elem.goType)
		return nil
	default:
		t.java = scalars[elem.kind].boxed
		if t.java == "" {
			g.add(pos, "%s: %s is not supported; %s can be nil itself", what, t.goType, elem.goType)
			return nil
		}
	}
	return t
}

// enum returns the enum that a string type with a directive, or a type of
// dubbo-go's users, stands for; nil for none.
func (g *generator) enum(n *types.Named, pos token.Pos, what string) *class {
	if o := g.owner(n); o != g {
		c := o.enum(n, pos, what)
		if c != nil && !g.coded(o, c.goName, pos, what) {
			return nil
		}
		return c
	}
	if c, ok := g.classes[n]; ok {
		return c
	}
	c := &class{owner: g, pos: n.Obj().Pos(), goName: n.Obj().Name(), file: g.file(n.Obj().Pos()), enum: true, pojo: g.pojoEnum(n)}
	if w := g.take(g.docs[n.Obj().Pos()], "enum"); w != nil {
		c.javaName = w.name
	} else if java, ok := g.pojoClass(n); !ok {
		return nil
	} else if c.javaName = java; java == "" {
		g.classes[n] = nil
		return nil
	}
	g.exported(n, "enum")
	if c.pojo { // its methods know the names of the constants
		g.classes[n] = c
		return c
	}
	before := len(g.list)
	g.classes[n] = c
	values := make(map[string]string)
	var consts []*types.Const
	for _, name := range g.types.Scope().Names() {
		if k, ok := g.types.Scope().Lookup(name).(*types.Const); ok && types.Unalias(k.Type()) == types.Type(n) {
			consts = append(consts, k)
		}
	}
	slices.SortFunc(consts, func(a, b *types.Const) int { return g.order(a.Pos(), b.Pos()) })
	for _, k := range consts {
		if k.Val().Kind() != constant.String {
			g.invalid(k.Pos(), "constant "+k.Name())
			continue
		}
		v := constant.StringVal(k.Val())
		switch {
		case v == "":
			continue // null
		case !javaMethod.MatchString(v) || keywords[v]:
			g.add(k.Pos(), "constant %s: %q is no name of a Java enum constant; write e.g. %q", k.Name(), v, "LOW")
		case values[v] != "":
			g.add(k.Pos(), "constants %s and %s are both %q; keep one", values[v], k.Name(), v)
		default:
			values[v] = k.Name()
			c.constants = append(c.constants, k.Name())
		}
	}
	if len(c.constants) == 0 && len(g.list) == before {
		g.add(c.pos, `enum %s has no constants; write e.g. const %sLow %s = "LOW"`, c.goName, c.goName, c.goName)
	}
	return c
}
