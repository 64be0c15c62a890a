package provider

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/protocol"
)

// table finds the endpoint that a request asks for. The maps never change
// once the table serves.
type table struct {
	services map[api.Service]*methods // by address: the path in place of the interface
	keys     []string                 // of services, sorted, for messages

	back *task.Gate // calls to listeners that observers see

	phase atomic.Int32 // one of the phases
	late  atomic.Int64 // requests that arrived while draining
}

// The phases of a server's life, as requests see them.
const (
	serving  int32 = iota
	draining       // still answering, but counting who has not heard
	gone           // refusing, so that callers go elsewhere
)

// methods are the endpoints of one service by Java name; several for an
// overloaded name.
type methods struct {
	byName map[string][]*protocol.Endpoint
	names  []string
	echo   *protocol.Endpoint // for Dubbo's "$echo", which every service has
	// generic are the endpoints of "$invoke" and "$invokeAsync"; nil unless the
	// service has the option Generic.
	generic map[string]*protocol.Endpoint
}

var _ protocol.Handler = (*table)(nil)

func newTable(services []*service, c *Config) *table {
	t := &table{services: make(map[api.Service]*methods, len(services)), back: task.NewGate()}
	for _, s := range services {
		m := &methods{byName: make(map[string][]*protocol.Endpoint), names: methodNames(s.desc), echo: &protocol.Endpoint{Service: s.Service}}
		for i := range s.desc.Methods {
			method := &s.desc.Methods[i]
			m.byName[method.Name] = append(m.byName[method.Name], newEndpoint(s, method, s.handlers[i], c, t.back))
		}
		if s.generic {
			m.generic = map[string]*protocol.Endpoint{
				"$invoke": newGenericEndpoint(s, "$invoke", m.byName, c), "$invokeAsync": newGenericEndpoint(s, "$invokeAsync", m.byName, c),
			}
		}
		t.services[s.address()] = m
		t.keys = append(t.keys, s.address().Key())
	}
	slices.Sort(t.keys)
	return t
}

func newEndpoint(s *service, m *api.Method, h Handler, c *Config, back *task.Gate) *protocol.Endpoint {
	next := api.Chain(&target{h.Call, c.Logger}, c.Filters...)
	if s.auth != nil {
		next = s.auth(next)
	}
	return &protocol.Endpoint{
		Service: s.Service,
		Method:  m,
		New: func() *api.Invocation {
			inv := h.New()
			inv.Service, inv.Method, inv.Attempt = &s.Service, m, 1
			return inv
		},
		Invoker: &entry{
			next:      next,
			observers: c.Observers,
			token:     s.token,
			log:       c.Logger,
		},
		Callbacks: newCallbacks(s, m, c, back),
	}
}

// Find implements protocol.Handler.
func (t *table) Find(want protocol.Target) (*protocol.Endpoint, error) {
	if p := t.phase.Load(); p != serving {
		if p == gone {
			return nil, api.NewError(api.GoingAway, api.SentNo, "provider: this provider is leaving; call another one", nil)
		}
		t.late.Add(1)
	}
	s := t.services[api.Service{Interface: want.Path, Group: want.Group, Version: want.Version}]
	if s == nil {
		return nil, t.unknownService(want)
	}
	overloads := s.byName[want.Method]
	if want.DescKnown {
		for _, e := range overloads {
			if e.Method.Desc == want.Desc {
				return e, nil
			}
		}
		if len(overloads) == 1 && guessed(want.Desc, overloads[0].Method.Desc) {
			return overloads[0], nil
		}
	} else if len(overloads) == 1 {
		return overloads[0], nil
	}
	switch want.Method {
	case "$echo":
		return s.echo, nil
	case "$invoke", "$invokeAsync":
		if want.DescKnown && want.Desc != genericDesc {
			break
		}
		if e := s.generic[want.Method]; e != nil {
			return e, nil
		}
		return nil, api.NewError(api.Forbidden, api.SentNo, fmt.Sprintf("provider: service %q takes no generic calls; publish it with the option provider.Generic, or call it by its interface", s.echo.Service.Key()), nil)
	}
	return nil, s.unknownMethod(want, overloads)
}

// guessed tells whether desc is what dubbo-go makes of values for the declared
// parameters: it knows no declared types, and writes V for null, Object for a
// pointer to a string or a struct without a class, an array for a list.
func guessed(desc, declared string) bool {
	for desc != "" && declared != "" {
		var got, want string
		got, desc = cutParam(desc)
		want, declared = cutParam(declared)
		list := strings.HasPrefix(got, "[") && strings.HasPrefix(want, "Ljava/util/")
		if got != want && got != "V" && got != "Ljava/lang/Object;" && !list {
			return false
		}
	}
	return desc == declared
}

// cutParam cuts the first type off a descriptor that is well-formed.
func cutParam(desc string) (param, rest string) {
	n := len(desc) - len(strings.TrimLeft(desc, "[")) + 1
	if n <= len(desc) && desc[n-1] == 'L' {
		n += strings.IndexByte(desc[n:], ';') + 1
	}
	return desc[:min(n, len(desc))], desc[min(n, len(desc)):]
}

func notFound(format string, args ...any) error {
	return api.NewError(api.NotFound, api.SentNo, "provider: "+fmt.Sprintf(format, args...), nil)
}

func (t *table) unknownService(want protocol.Target) error {
	var same []string
	for s, m := range t.services {
		if s.Interface == want.Path || m.echo.Service.Interface == want.Path { // by a path of its own
			same = append(same, s.Key())
		}
	}
	if same != nil {
		slices.Sort(same)
		return notFound("service %q is not here with group %q and version %q; published are %s", clip(want.Path), clip(want.Group), clip(want.Version), list(same))
	}
	return notFound("service %q is not here; published are %s", clip(want.Path), list(t.keys))
}

func (s *methods) unknownMethod(want protocol.Target, overloads []*protocol.Endpoint) error {
	if len(overloads) == 0 {
		return notFound("service %q has no method %q; it has %s", want.Path, clip(want.Method), list(s.names))
	}
	if !want.DescKnown {
		return notFound("method %q of service %q is overloaded; say which of %s is meant", want.Method, want.Path, signatures(overloads))
	}
	return unknownOverload(want.Path, want.Method, want.Desc, overloads)
}

func unknownOverload(service, method, params string, overloads []*protocol.Endpoint) error {
	return notFound("method %q of service %q has no parameters %q; it takes %s", method, service, clip(params), signatures(overloads))
}

// signatures lists the parameters of overloads.
func signatures(overloads []*protocol.Endpoint) string {
	var have []string
	for _, e := range overloads {
		have = append(have, "("+strings.Join(e.Method.Params, ", ")+")")
	}
	return list(have)
}

// clip keeps a peer's text from filling a message.
func clip(s string) string {
	if len(s) > 120 {
		return s[:120] + "…"
	}
	return s
}

// list joins the first names of a list that may be long.
func list(names []string) string {
	if len(names) > 20 {
		return strings.Join(names[:20], ", ") + fmt.Sprintf(" and %d more", len(names)-20)
	}
	return strings.Join(names, ", ")
}
