package gen

import "fmt"

// uses says whether t or what it holds is of kind k.
func (t *typ) uses(k kind) bool {
	return t != nil && (t.kind == k || t.elem.uses(k) || t.key.uses(k))
}

// zero returns an expression of t's zero value.
func (t *typ) zero() string {
	switch t.kind {
	case kindBool:
		return "false"
	case kindString, kindEnum:
		return `""`
	case kindInt8, kindInt16, kindInt32, kindInt64, kindInt, kindFloat32, kindFloat64:
		return "0"
	case kindTime, kindStruct:
		return t.goType + "{}"
	}
	return "nil"
}

// convert returns expr, of type from, as an expression of type to.
func convert(expr, from, to string) string {
	if from == to {
		return expr
	}
	return to + "(" + expr + ")"
}

// encode adds statements that write expr, which must be addressable where t is
// a struct. depth makes the names of local variables differ.
func (w *source) encode(t *typ, expr string, depth int) {
	switch t.kind {
	case kindEnum, kindStruct:
		w.p("%s.EncodeHessian(e)", expr)
	case kindListener:
		w.p("e.Null()")
	case kindPointer:
		if t.elem.kind == kindStruct {
			w.p("%s.EncodeHessian(e)", expr)
			return
		}
		w.p("if %s == nil {\ne.Null()\n} else {", expr)
		w.encode(t.elem, "*"+expr, depth)
		w.p("}")
	case kindSlice:
		i := fmt.Sprintf("i%d", depth)
		w.p("if %s == nil {\ne.Null()\n} else {\ne.List(%q, len(%s))", expr, t.listClass, expr)
		w.p("for %s := range %s {", i, expr)
		w.encode(t.elem, expr+"["+i+"]", depth+1)
		w.p("}\n}")
	case kindMap:
		k, v := fmt.Sprintf("k%d", depth), fmt.Sprintf("v%d", depth)
		w.p("if %s == nil {\ne.Null()\n} else {\ne.Map(%q)", expr, t.listClass)
		w.p("for %s, %s := range %s {", k, v, expr)
		w.encode(t.key, k, depth+1)
		w.encode(t.elem, v, depth+1)
		w.p("}\ne.MapEnd()\n}")
	default:
		s := scalars[t.kind]
		w.p("e.%s(%s)", s.method, convert(expr, t.goType, s.wire))
	}
}

// decode adds statements that read into target. Null leaves it as it is, which
// is its zero value.
func (w *source) decode(t *typ, target string, depth int) {
	if t.elem.uses(kindTime) {
		w.use("time") // for the variables below
	}
	switch t.kind {
	case kindListener:
		w.p("d.Skip()")
	case kindEnum:
		w.p("%s = %s(d.Enum(&%s))", target, t.goType, t.class.varName())
	case kindStruct:
		w.p("if p, _ := d.Object(&%s).(*%s); p != nil {\n%s = *p\n}", t.class.varName(), t.goType, target)
	case kindPointer:
		if t.elem.kind == kindStruct {
			w.p("%s, _ = d.Object(&%s).(%s)", target, t.class.varName(), t.goType)
			return
		}
		p := fmt.Sprintf("p%d", depth)
		w.p("if !d.Null() {\nvar %s %s", p, t.elem.goType)
		w.decode(t.elem, p, depth+1)
		w.p("%s = &%s\n}", target, p)
	case kindSlice:
		n, s, i := fmt.Sprintf("n%d", depth), fmt.Sprintf("s%d", depth), fmt.Sprintf("i%d", depth)
		w.p("if %s, ok := d.List(); ok {", n)
		w.p("%s := hessian.MakeSlice[%s](d, %s)", s, t.elem.goType, n)
		w.p("for %s := 0; d.More(%s, %s); %s++ {", i, i, n, i)
		if r := w.read(t.elem); r != "" {
			w.p("%s = append(%s, %s)", s, s, r)
		} else {
			v := fmt.Sprintf("v%d", depth)
			w.p("var %s %s", v, t.elem.goType)
			w.decode(t.elem, v, depth+1)
			w.p("%s = append(%s, %s)", s, s, v)
		}
		w.p("}\n%s = %s\n}", target, s)
	case kindMap:
		m, k, v := fmt.Sprintf("m%d", depth), fmt.Sprintf("k%d", depth), fmt.Sprintf("v%d", depth)
		w.p("if d.Map() {\n%s := make(map[%s]%s)\nfor d.MapMore() {", m, t.key.goType, t.elem.goType)
		w.p("var %s %s", k, t.key.goType)
		w.decode(t.key, k, depth+1)
		w.p("var %s %s", v, t.elem.goType)
		w.decode(t.elem, v, depth+1)
		w.p("%s[%s] = %s\n}\n%s = %s\n}", m, k, v, target, m)
	default:
		if r := w.read(t); r != "" {
			w.p("%s = %s", target, r)
			return
		}
		// A number that Java has room for and Go has not.
		w.use("fmt")
		s := scalars[t.kind]
		w.p("if n := d.%s(); %s(%s(n)) == n {\n%s = %s(n)", s.method, s.wire, s.goType, target, t.goType)
		w.p("} else {\nd.Fail(fmt.Errorf(\"%%d does not fit in %s\", n))\n}", s.goType)
	}
}

// read returns an expression that reads a t, "" if it takes statements.
func (w *source) read(t *typ) string {
	switch t.kind {
	case kindEnum, kindStruct, kindPointer, kindSlice, kindMap, kindInt8, kindInt16, kindInt:
		return ""
	}
	s := scalars[t.kind]
	return convert("d."+s.method+"()", s.wire, t.goType)
}
