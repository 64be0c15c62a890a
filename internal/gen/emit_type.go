package gen

import "fmt"

// zero returns an expression of t's zero value.
func (t *typ) zero() string {
	switch t.kind {
	case kindBool:
		return "false"
	case kindString, kindEnum:
		if t.kind == kindEnum && t.class.pojo {
			return "0"
		}
		return `""`
	case kindInt8, kindInt16, kindInt32, kindInt64, kindInt, kindFloat32, kindFloat64, kindDuration:
		return "0"
	case kindValue:
		return "*new(" + t.goType + ")"
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
	case kindUnion:
		w.encodeUnion(t.union, expr, depth)
	case kindEnum, kindStruct, kindValue:
		w.p("%s.EncodeHessian(e)", expr)
	case kindListener:
		w.p("e.Null()")
	case kindPointer:
		if t.elem.kind == kindStruct {
			w.p("%s.EncodeHessian(e)", expr)
			return
		}
		if t.elem.kind == kindValue || t.elem.kind == kindEnum {
			w.p("if %s == nil {\ne.Null()\n} else {\n%s.EncodeHessian(e)\n}", expr, expr)
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
	case kindSet:
		k := fmt.Sprintf("k%d", depth)
		w.p("if %s == nil {\ne.Null()\n} else {\ne.List(%q, len(%s))", expr, t.listClass, expr)
		w.p("for %s := range %s {", k, expr)
		w.encode(t.elem, k, depth+1)
		w.p("}\n}")
	case kindPairs:
		i := fmt.Sprintf("i%d", depth)
		w.p("if %s == nil {\ne.Null()\n} else {\ne.Map(%q)\nfor %s := range %s {", expr, t.listClass, i, expr)
		w.encode(t.key, expr+"["+i+"].Key", depth+1)
		w.encode(t.elem, expr+"["+i+"].Value", depth+1)
		w.p("}\ne.MapEnd()\n}")
	default:
		if t.wrap != "" {
			w.p(t.wrap+".EncodeHessian(e)", expr)
			return
		}
		s := scalars[t.kind]
		w.p("e.%s(%s)", s.method, convert(expr, t.goType, s.wire))
	}
}

// decode adds statements that read into target. Null leaves it as it is, which
// is its zero value.
func (w *source) decode(t *typ, target string, depth int) {
	switch t.kind {
	case kindListener:
		w.p("d.Skip()")
	case kindEnum:
		if t.class.pojo {
			name := fmt.Sprintf("name%d", depth)
			w.p("if %s := d.Enum(%s); %s != \"\" {\n%s = %s(%s.EnumValue(%s))\n}", name, w.g.desc(t.class), name, target, t.goType, target, name)
			return
		}
		w.p("%s = %s(d.Enum(%s))", target, t.goType, w.g.desc(t.class))
	case kindStruct:
		w.p("if p, _ := d.Object(%s).(*%s); p != nil {\n%s = *p\n}", w.g.desc(t.class), t.goType, target)
	case kindPointer:
		if t.elem.kind == kindStruct {
			w.p("%s, _ = d.Object(%s).(%s)", target, w.g.desc(t.class), t.goType)
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
	case kindSet:
		n, m, i, k := fmt.Sprintf("n%d", depth), fmt.Sprintf("m%d", depth), fmt.Sprintf("i%d", depth), fmt.Sprintf("k%d", depth)
		w.p("if %s, ok := d.List(); ok {\n%s := hessian.MakeSet[%s](d, %s)", n, m, t.elem.goType, n)
		w.p("for %s := 0; d.More(%s, %s); %s++ {\nvar %s %s", i, i, n, i, k, t.elem.goType)
		w.decode(t.elem, k, depth+1)
		w.p("%s[%s] = struct{}{}\n}\n%s = %s\n}", m, k, target, m)
	case kindPairs:
		s, v := fmt.Sprintf("s%d", depth), fmt.Sprintf("v%d", depth)
		w.p("if d.Map() {\n%s := %s{}\nfor d.MapMore() {\nvar %s hessian.Pair[%s, %s]", s, t.goType, v, t.key.goType, t.elem.goType)
		w.decode(t.key, v+".Key", depth+1)
		w.decode(t.elem, v+".Value", depth+1)
		w.p("%s = append(%s, %s)\n}\n%s = %s\n}", s, s, v, target, s)
	case kindValue:
		w.p("%s.DecodeHessian(d)", target)
	default:
		if r := w.read(t); r != "" {
			w.p("%s = %s", target, r)
			return
		}
		// A number that Java has room for and Go has not.
		s := scalars[t.kind]
		w.p("if n := d.%s(); %s(%s(n)) == n {\n%s = %s(n)", s.method, s.wire, s.goType, target, t.goType)
		w.p("} else {\nd.Fail(fmt.Errorf(\"%%d does not fit in %s\", n))\n}", s.goType)
	}
}

// read returns an expression that reads a t, "" if it takes statements.
func (w *source) read(t *typ) string {
	switch t.kind {
	case kindUnion:
		return fmt.Sprintf("hessian.One[%s](d)", t.goType)
	case kindEnum, kindStruct, kindValue, kindPointer, kindSlice, kindMap, kindSet, kindPairs, kindInt8, kindInt16, kindInt:
		return ""
	}
	s := scalars[t.kind]
	return convert("d."+s.method+"()", s.wire, t.goType)
}
