package gen

import (
	"fmt"
	"strings"
)

func emitClass(w *source, c *class) {
	var fields []string
	for _, f := range c.fields {
		fields = append(fields, fmt.Sprintf("%q", f.javaName))
	}
	list := "[]string{" + strings.Join(fields, ", ") + "}"
	first := 0 // index of the first field of our own
	if c.exception {
		first = 4
		list = "append(hessian.ThrowableFields(), " + strings.Join(fields, ", ") + ")"
		if len(fields) == 0 {
			list = "hessian.ThrowableFields()"
		}
	}
	also := ""
	for _, a := range c.also() {
		also += fmt.Sprintf("%q: %q, ", a[0], a[1])
	}
	if also != "" {
		also = "\nAlso: map[string]string{" + strings.TrimSuffix(also, ", ") + "},"
	}
	w.p("\nvar %s = hessian.ClassDesc{\nName: %q,\nFields: %s,%s\nNew: func() any { return new(%s) },\n}", c.varName(), c.javaName, list, also, c.goName)

	w.p("\n// %s describes %s.", classMethod, c.javaName)
	w.p("func (*%s) %s() *hessian.ClassDesc { return &%s }", c.goName, classMethod, c.varName())
	w.p("\n// EncodeHessian writes v as %s, null for nil.", c.javaName)
	w.p("func (v *%s) EncodeHessian(e *hessian.Encoder) {", c.goName)
	w.p("if v == nil {\ne.Null()\nreturn\n}\nif e.Ref(v) || !e.Enter() {\nreturn\n}\ne.Object(&%s)", c.varName())
	if c.exception {
		message, cause := "v.Error()", "nil"
		if c.message != "" {
			message = "v." + c.message
		}
		if c.cause != "" {
			cause = "v." + c.cause
		}
		w.p("e.Throwable(%s, %s)", message, cause)
	}
	for _, f := range c.fields {
		w.encode(f.typ, "v."+f.goName, 0)
	}
	w.p("e.Leave()\n}")

	w.p("\n// DecodeHessianField reads one field.")
	w.p("func (v *%s) DecodeHessianField(d *hessian.Decoder, field int) {", c.goName)
	w.p("switch field {")
	if c.exception {
		if c.causeType != "" {
			w.p("case 2:\nif x, ok := d.Cause(v).(%s); ok {\nv.%s = x\n}", c.causeType, c.cause)
		} else if c.cause != "" {
			w.p("case 2:\nv.%s = d.Cause(v)", c.cause)
		}
		if c.message != "" {
			w.p("case 3:\nv.%s = d.String()", c.message)
		}
	}
	for i, f := range c.fields {
		w.p("case %d:", first+i)
		w.decode(f.typ, "v."+f.goName, 0)
	}
	w.p("default:\nd.Skip()\n}\n}")
}

func emitEnum(w *source, c *class) {
	if c.pojo {
		emitPojoEnum(w, c)
		return
	}
	w.p("\nvar %s = hessian.ClassDesc{\nName: %q,\nEnum: func(name string) any { return %s(name) },\n}", c.varName(), c.javaName, c.goName)
	w.p("\n// %s describes %s.", classMethod, c.javaName)
	w.p("func (%s) %s() *hessian.ClassDesc { return &%s }", c.goName, classMethod, c.varName())
	w.p("\n// EncodeHessian writes v as a constant of %s, null for \"\". Java could not", c.javaName)
	w.p("// read a constant that it does not have, so that is an error.")
	w.p("func (v %s) EncodeHessian(e *hessian.Encoder) {", c.goName)
	w.p("switch v {\ncase \"\", %s:\ne.Enum(&%s, string(v))", strings.Join(c.constants, ", "), c.varName())
	w.p("default:\ne.Fail(fmt.Errorf(\"enum %s has no constant %%q\", string(v)))\n}\n}", c.javaName)
}

// emitPojoEnum writes code for an int32 type that knows its constants' names.
func emitPojoEnum(w *source, c *class) {
	w.p("\nvar %s = hessian.ClassDesc{\nName: %q,\nEnum: func(name string) any {\nvar v %s\nreturn %s(v.EnumValue(name))\n},\n}", c.varName(), c.javaName, c.goName, c.goName)
	w.p("\n// %s describes %s.", classMethod, c.javaName)
	w.p("func (%s) %s() *hessian.ClassDesc { return &%s }", c.goName, classMethod, c.varName())
	w.p("\n// EncodeHessian writes v as the constant of %s that it is called.", c.javaName)
	w.p("func (v %s) EncodeHessian(e *hessian.Encoder) { e.Enum(&%s, v.String()) }", c.goName, c.varName())
}
