package provider

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/protocol"
)

const (
	// defaultCallbacks is Dubbo's limit of listeners per connection and
	// interface.
	defaultCallbacks = 1
	// callbackTimeout bounds a call to a listener whose method has no timeout of
	// its own, as Dubbo does.
	callbackTimeout = time.Second
)

// Callbacks is how many listeners of one interface a consumer may have
// registered over one connection; the default is 1, as in Dubbo. All references
// of a consumer share their connection to a provider.
func Callbacks(n int) ServiceOption {
	return func(s *service) {
		if n < 1 {
			s.fail("option Callbacks(%d) must be at least 1", n)
		}
		s.callbacks = n
		s.set("callbacks", strconv.Itoa(n))
	}
}

// ListenerDone returns a channel that is closed when listener, which a method
// of a service was given as an argument, can be called no more: its consumer
// took it back, or the connection that brought it has ended. Who keeps
// listeners drops it then; the consumer hands it over again when it is back.
// For any other value it is nil, which is never closed.
func ListenerDone(listener any) <-chan struct{} {
	stub, ok := listener.(interface{ CallbackInvoker() api.Invoker })
	if !ok {
		return nil
	}
	if b, ok := stub.CallbackInvoker().(*callback); ok {
		return b.to.Done()
	}
	return nil
}

// publishCallbacks tells consumers which parameters are listeners.
func (s *service) publishCallbacks() {
	said := make(map[string]string)
	for i := range s.desc.Methods {
		m := &s.desc.Methods[i]
		for _, cb := range m.Callbacks {
			key := fmt.Sprintf("%s.%d.callback", m.Name, cb.Param)
			value := strconv.FormatBool(!cb.Release)
			if said[key] != "" && said[key] != value {
				s.fail("overloads of method %q hand over and take back the listener that is argument %d, and a URL cannot tell them apart; give one another Java name", m.Name, cb.Param)
			}
			said[key] = value
			s.set(key, value)
		}
	}
}

// newCallbacks returns what the protocol needs for the listeners of m; nil if m
// takes none.
func newCallbacks(s *service, m *api.Method, c *Config, back *task.Gate) *protocol.Callbacks {
	if len(m.Callbacks) == 0 {
		return nil
	}
	services := make(map[*api.ListenerDesc]*api.Service)
	for _, cb := range m.Callbacks {
		// Dubbo does not tell versions of listeners apart.
		services[cb.Listener] = &api.Service{Interface: cb.Listener.Interface, Group: s.Group}
	}
	limit := s.callbacks
	if limit == 0 {
		limit = defaultCallbacks
	}
	return &protocol.Callbacks{
		Limit: limit,
		Bind: func(l *api.ListenerDesc, to protocol.Listener) any {
			return l.Stub(&callback{to: to, service: services[l], token: s.token, observers: c.Observers, open: back})
		},
	}
}

// callback is what a stub calls: it completes the call and tells the observers,
// for whom this process is the consumer of the listener's interface.
type callback struct {
	to        protocol.Listener
	service   *api.Service
	token     string
	observers []api.Observer
	open      *task.Gate // of the observers
}

// Invoke runs one call to the listener.
func (c *callback) Invoke(ctx context.Context, inv *api.Invocation) error {
	start := time.Now()
	inv.Service, inv.Attempt = c.service, 1
	timeout := inv.Method.Timeout
	if timeout == 0 {
		timeout = callbackTimeout
	}
	inv.Deadline = start.Add(timeout)
	if d, ok := ctx.Deadline(); ok && d.Before(inv.Deadline) {
		inv.Deadline = d
	}
	if c.token != "" {
		inv.Attachments.Set("token", c.token)
	}
	if len(c.observers) == 0 {
		return c.to.Invoke(ctx, inv)
	}
	if !c.open.Enter() { // the observers are being closed
		return api.NewError(api.GoingAway, api.SentNo, "provider: "+c.service.Interface+"."+inv.Method.Name+": this provider has left", nil)
	}
	defer c.open.Exit()
	// A consumer's call has attempts, and this one has one.
	call := &api.Observation{Side: api.ConsumerSide, Scope: api.CallScope, Service: c.service, Method: inv.Method, Start: start}
	attempt := new(api.Observation)
	*attempt = *call
	attempt.Scope = api.AttemptScope
	for _, o := range c.observers {
		o.Begin(call)
		o.Begin(attempt)
	}
	err := c.to.Invoke(ctx, inv)
	for _, seen := range [...]*api.Observation{attempt, call} {
		seen.Peer, seen.PeerApplication = inv.Peer, inv.PeerApplication
		seen.Elapsed, seen.Attempts, seen.Err = time.Since(start), 1, err
		seen.BytesOut, seen.BytesIn = inv.BytesOut, inv.BytesIn
		for _, o := range c.observers {
			o.End(seen)
		}
	}
	return err
}
