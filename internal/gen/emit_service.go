package gen

import (
	"fmt"
	"strings"
	"time"
)

func (g *generator) emitService(w *source, s *service) {
	n := newNames(s)
	g.emitDesc(w, s, n)
	emitClient(w, s, n)
	emitRegister(w, s, n)
	for _, m := range s.methods {
		emitCall(w, n, m)
	}
}

func (g *generator) emitDesc(w *source, s *service, n names) {
	w.p("\nvar %s = api.ServiceDesc{", n.desc)
	w.p("Service: api.Service{Interface: %q%s%s},", s.iface, setting(", Group", s.group), setting(", Version", s.version))
	w.p("Methods: []api.Method{")
	for _, m := range s.methods {
		w.p("{%s},", strings.Join(methodFields(m), ", "))
	}
	w.p("},\n}")
	emitTypes(w, s, n)
}

func emitTypes(w *source, s *service, n names) {
	if len(s.types) == 0 {
		w.p("\nvar %s *hessian.Types // none but Java's own", n.types)
		return
	}
	var vars []string
	for _, c := range s.types {
		vars = append(vars, w.g.desc(c))
	}
	w.p("\n// %s are the classes that calls of %s may bring.", n.types, s.goName)
	w.p("var %s = hessian.NewTypes(%s)", n.types, strings.Join(vars, ", "))
}

func setting(key, value string) string {
	if value == "" {
		return ""
	}
	return fmt.Sprintf("%s: %q", key, value)
}

func methodFields(m *method) []string {
	f := []string{fmt.Sprintf("Name: %q, Desc: %q", m.javaName, m.desc)}
	if len(m.params) > 0 {
		var params []string
		for _, p := range m.params {
			params = append(params, fmt.Sprintf("%q", p.typ.java))
		}
		f = append(f, "Params: []string{"+strings.Join(params, ", ")+"}")
	}
	f = append(f, fmt.Sprintf("Result: %q", m.resultJava))
	if m.idempotent {
		f = append(f, "Idempotent: true")
	}
	if m.oneway {
		f = append(f, "Oneway: true")
	}
	if m.timeout > 0 {
		f = append(f, "Timeout: "+durationExpr(m.timeout))
	}
	if c := m.callbackFields(); c != "" {
		f = append(f, "Callbacks: []api.Callback{"+c+"}")
	}
	return f
}

func durationExpr(d time.Duration) string {
	if d%time.Second == 0 {
		return fmt.Sprintf("%d * time.Second", d/time.Second)
	}
	return fmt.Sprintf("%d * time.Millisecond", d/time.Millisecond)
}

func emitClient(w *source, s *service, n names) {
	w.p("\n// %s calls %s; it is a %s that may be used by many goroutines.", n.client, s.iface, s.goName)
	w.p("type %s struct{ ref *consumer.Reference }", n.client)
	w.p("\nvar _ %s = (*%s)(nil)", s.goName, n.client)
	w.p("\n// %s makes a client whose providers come from cli's registry, or from the", n.construct)
	w.p("// option consumer.Direct. See consumer.Client.Refer for when it fails.")
	w.p("func %s(cli *consumer.Client, opts ...consumer.Option) (*%s, error) {", n.construct, n.client)
	w.p("ref, err := cli.Refer(&%s, opts...)\nif err != nil {\nreturn nil, err\n}", n.desc)
	w.p("return &%s{ref}, nil\n}", n.client)
	w.p("\n// With returns a client of the same providers whose calls differ by opts, such")
	w.p("// as consumer.Timeout, consumer.Attach and consumer.Capture.")
	w.p("func (c *%s) With(opts ...consumer.Option) *%s { return &%s{c.ref.With(opts...)} }", n.client, n.client, n.client)
	for i, m := range s.methods {
		emitStub(w, n, m, i, "c.ref")
	}
}

// emitStub writes a method of a client, or of a listener's stub, that calls
// through the Invoker to.
func emitStub(w *source, n names, m *method, index int, to string) {
	params := []string{"ctx context.Context"}
	var values []string
	for _, p := range m.params {
		params = append(params, p.goName+" "+p.typ.goType)
		values = append(values, p.goName+": "+p.goName)
	}
	result := "error"
	if m.result != nil {
		result = "(" + m.result.goType + ", error)"
	}
	w.p("\n// %s calls the Java method %s.", m.goName, m.javaName)
	w.p("func (c *%s) %s(%s) %s {", n.client, m.goName, strings.Join(params, ", "), result)
	w.p("call := &%s{args: %s{%s}}", n.call(m), n.args(m), strings.Join(values, ", "))
	w.p("call.Method, call.Args = &%s.Methods[%d], &call.args", n.desc, index)
	if !m.oneway {
		w.p("call.Reply = &call.reply")
	}
	if m.result == nil {
		w.p("return %s.Invoke(ctx, &call.Invocation)\n}", to)
		return
	}
	// A failed call may have filled part of its reply.
	w.p("if err := %s.Invoke(ctx, &call.Invocation); err != nil {", to)
	w.p("return %s, err\n}", m.result.zero())
	w.p("return call.reply.value, nil\n}")
}

func emitRegister(w *source, s *service, n names) {
	w.p("\n// %s publishes impl on srv. See provider.Server.Register for when it", n.register)
	w.p("// fails.")
	w.p("func %s(srv *provider.Server, impl %s, opts ...provider.ServiceOption) error {", n.register, s.goName)
	w.p("return srv.Register(&%s, []provider.Handler{", n.desc)
	for _, m := range s.methods {
		w.p("{")
		emitNew(w, n, m)
		emitRun(w, n, m, "Call: func(ctx context.Context, %s *api.Invocation) error {", "impl")
		w.p("},")
	}
	w.p("}, opts...)\n}")
}

// emitNew writes the field New of a handler.
func emitNew(w *source, n names, m *method) {
	w.p("New: func() *api.Invocation {")
	w.p("call := new(%s)", n.call(m))
	if m.oneway {
		w.p("call.Args = &call.args")
	} else {
		w.p("call.Args, call.Reply = &call.args, &call.reply")
	}
	w.p("return &call.Invocation\n},")
}

// emitRun writes the field of a handler that calls the user's method of impl.
// signature leaves a place for the name of the Invocation.
func emitRun(w *source, n names, m *method, signature, impl string) {
	values := []string{"ctx"}
	for _, p := range m.params {
		values = append(values, "args."+p.goName)
	}
	call := fmt.Sprintf("%s.%s(%s)", impl, m.goName, strings.Join(values, ", "))
	if len(m.params) == 0 && m.result == nil {
		w.p(signature+" return %s },", "_", call)
		return
	}
	w.p(signature, "inv")
	if len(m.params) > 0 {
		w.p("args := inv.Args.(*%s)", n.args(m))
	}
	if m.result == nil {
		w.p("return %s", call)
	} else {
		w.p("value, err := %s\nif err != nil {\nreturn err\n}", call)
		w.p("inv.Reply.(*%s).value = value\nreturn nil", n.reply(m))
	}
	w.p("},")
}

// emitCall writes the one object that a call allocates, with its arguments and
// its reply.
func emitCall(w *source, n names, m *method) {
	w.p("\ntype %s struct {\napi.Invocation\nargs %s", n.call(m), n.args(m))
	if !m.oneway {
		w.p("reply %s", n.reply(m))
	}
	w.p("}")

	a := n.args(m)
	w.p("\ntype %s struct {", a)
	for _, p := range m.params {
		w.p("%s %s", p.goName, p.typ.goType)
	}
	w.p("}")
	w.p("\nfunc (a *%s) Len() int { return %d }", a, len(m.params))
	if len(m.params) == 0 {
		w.p("\nfunc (a *%s) At(int) any { return nil }", a)
	} else {
		w.p("\nfunc (a *%s) At(i int) any {\nswitch i {", a)
		for i, p := range m.params {
			w.p("case %d:\nreturn a.%s", i, p.goName)
		}
		w.p("}\nreturn nil\n}")
	}
	if len(m.params) == 0 {
		w.p("\nfunc (a *%s) EncodeHessian(*hessian.Encoder) {}", a)
		w.p("\nfunc (a *%s) DecodeHessian(*hessian.Decoder) {}", a)
	} else {
		w.p("\nfunc (a *%s) EncodeHessian(e *hessian.Encoder) {", a)
		for _, p := range m.params {
			w.encode(p.typ, "a."+p.goName, 0)
		}
		w.p("}\n\nfunc (a *%s) DecodeHessian(d *hessian.Decoder) {", a)
		for _, p := range m.params {
			w.decode(p.typ, "a."+p.goName, 0)
		}
		w.p("}")
	}
	w.p("\nfunc (a *%s) HessianTypes() *hessian.Types { return %s }", a, n.types)
	emitSetCallback(w, a, m)
	if m.oneway {
		return
	}
	r := n.reply(m)
	if m.result == nil {
		w.p("\ntype %s struct{}", r)
		w.p("\nfunc (r *%s) EncodeHessian(e *hessian.Encoder) { e.Null() }", r)
		w.p("\nfunc (r *%s) DecodeHessian(d *hessian.Decoder) { d.Skip() }", r)
	} else {
		w.p("\ntype %s struct{ value %s }", r, m.result.goType)
		w.p("\nfunc (r *%s) EncodeHessian(e *hessian.Encoder) {", r)
		w.encode(m.result, "r.value", 0)
		w.p("}\n\nfunc (r *%s) DecodeHessian(d *hessian.Decoder) {", r)
		w.decode(m.result, "r.value", 0)
		w.p("}")
	}
	w.p("\nfunc (r *%s) HessianTypes() *hessian.Types { return %s }", r, n.types)
}
