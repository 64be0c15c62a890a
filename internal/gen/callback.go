package gen

import (
	"fmt"
	"go/types"
	"strings"
)

// A listener is an interface with the directive callback. A method of a service
// takes it as a parameter, and whoever provides the service calls it back.

// listenerType returns t as a listener, nil if it is none.
func (g *generator) listenerType(t types.Type) *typ {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || g.listeners[n] == nil {
		return nil
	}
	l := g.listeners[n]
	return &typ{kind: kindListener, goType: l.goName, java: l.iface, listener: l}
}

// release reads callback= of a method.
func (g *generator) release(w *words) bool {
	switch v := w.value["callback"]; v {
	case "":
		return false
	case "false":
		return true
	default:
		g.add(w.pos, "callback=%s says nothing: a listener is handed over; write callback=false where the method takes it back", v)
		return false
	}
}

// callbacks checks the listeners among the parameters of m.
func (g *generator) callbacks(s *service, m *method, w *words, what string) {
	has := m.callbackFields() != ""
	switch {
	case has && s.listener:
		g.add(m.pos, "%s: a listener's method cannot take a listener; hand it over with a method of a service", what)
	case m.release && !has:
		g.add(w.pos, "callback=false, but %s takes no listener; leave it out", m.goName)
	}
}

// overloads reports methods that a provider's URL cannot tell apart: it names
// listeners by the method and the parameter's index.
func (g *generator) overloads(s *service) {
	release := make(map[string]*method)
	for _, m := range s.methods {
		for i, p := range m.params {
			if p.typ.kind != kindListener {
				continue
			}
			key := fmt.Sprint(m.javaName, " ", i)
			if other := release[key]; other != nil && other.release != m.release {
				g.add(m.pos, "methods %s and %s are both %s in Java, and one of them takes listeners back; give it another name with %smethod", other.goName, m.goName, m.javaName, directive)
			}
			release[key] = m
		}
	}
}

// callbackFields returns the elements of Method.Callbacks, "" for none.
func (m *method) callbackFields() string {
	var list []string
	for i, p := range m.params {
		if p.typ.kind == kindListener {
			f := fmt.Sprintf("{Param: %d, Listener: &%s", i, newNames(p.typ.listener).desc)
			if m.release {
				f += ", Release: true"
			}
			list = append(list, f+"}")
		}
	}
	return strings.Join(list, ", ")
}

// emitSetCallback lets the protocol set the listeners of the arguments a.
func emitSetCallback(w *source, a string, m *method) {
	if m.callbackFields() == "" {
		return
	}
	w.p("\n// SetCallback sets the listener that is argument i.")
	w.p("func (a *%s) SetCallback(i int, listener any) {\nswitch i {", a)
	for i, p := range m.params {
		if p.typ.kind == kindListener {
			w.p("case %d:\na.%s = listener.(%s)", i, p.goName, p.typ.goType)
		}
	}
	w.p("}\n}")
}

func emitListener(w *source, s *service) {
	n := newNames(s)
	w.p("\nvar %s = api.ListenerDesc{\nInterface: %q,\nMethods: []api.Method{", n.desc, s.iface)
	for _, m := range s.methods {
		w.p("{%s},", strings.Join(methodFields(m), ", "))
	}
	w.p("},\nCalls: []api.ListenerCall{")
	for _, m := range s.methods {
		w.p("{")
		emitNew(w, n, m)
		emitRun(w, n, m, "Run: func(ctx context.Context, listener any, %s *api.Invocation) error {", "listener.("+s.goName+")")
		w.p("},")
	}
	w.p("},\nStub: func(to api.Invoker) any { return &%s{to} },\n}", n.client)
	emitTypes(w, s, n)
	w.p("\n// %s is a %s of a consumer's, as providers of services are given it.", n.client, s.goName)
	w.p("type %s struct{ to api.Invoker }", n.client)
	w.p("\nvar _ %s = (*%s)(nil)", s.goName, n.client)
	w.p("\n// CallbackInvoker is for provider.ListenerDone.")
	w.p("func (c *%s) CallbackInvoker() api.Invoker { return c.to }", n.client)
	for i, m := range s.methods {
		emitStub(w, n, m, i, "c.to")
	}
	for _, m := range s.methods {
		emitCall(w, n, m)
	}
}
