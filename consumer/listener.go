package consumer

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// ListenerEnder is for a listener, an argument that providers call back, that
// wants to hear when the connection that brought it to a provider has ended.
// The provider has forgotten it then, as Dubbo's do, and whoever wants to go on
// listening makes the call again that registered it.
type ListenerEnder interface {
	// ListenerEnded is called once for each such connection, in a goroutine of
	// its own, where it may block and make calls; also if nobody knows whether
	// the call that registered was run. err says why the connection ended. ctx
	// ends when the Client is closed; the end of the connection by Client.Close
	// is not told.
	ListenerEnded(ctx context.Context, err error)
}

// listen makes what takes the calls of a provider to a listener.
func (c *Client) listen(l *api.ListenerDesc, listener any) protocol.ListenerHandler {
	return &listenerHandler{c, l, &api.Service{Interface: l.Interface}, listener}
}

// listenerHandler takes the calls to one listener over one connection.
type listenerHandler struct {
	client   *Client
	desc     *api.ListenerDesc
	service  *api.Service
	listener any
}

// Find implements protocol.Handler.
func (h *listenerHandler) Find(t protocol.Target) (*protocol.Endpoint, error) {
	if t.Method == "$echo" {
		return &protocol.Endpoint{Service: *h.service}, nil
	}
	var names []string
	for i := range h.desc.Methods {
		m := &h.desc.Methods[i]
		if m.Name == t.Method && (m.Desc == t.Desc || !t.DescKnown) {
			return h.endpoint(m, &h.desc.Calls[i]), nil
		}
		names = append(names, m.Name+"("+strings.Join(m.Params, ", ")+")")
	}
	method := t.Method + "(" + t.Desc + ")"
	return nil, api.NewError(api.NotFound, api.SentNo, fmt.Sprintf("consumer: listener %s has no method %.120q; it has %s", h.desc.Interface, method, strings.Join(names, ", ")), nil)
}

func (h *listenerHandler) endpoint(m *api.Method, c *api.ListenerCall) *protocol.Endpoint {
	return &protocol.Endpoint{
		Service: *h.service,
		Method:  m,
		New: func() *api.Invocation {
			inv := c.New()
			inv.Service, inv.Method = h.service, m
			return inv
		},
		Invoker: api.InvokerFunc(func(ctx context.Context, inv *api.Invocation) error { return h.invoke(ctx, inv, c) }),
	}
}

// invoke runs one call and tells the observers, for whom this process is the
// provider of the listener's interface.
func (h *listenerHandler) invoke(ctx context.Context, inv *api.Invocation, c *api.ListenerCall) error {
	if len(h.client.cfg.Observers) == 0 {
		return h.run(ctx, inv, c)
	}
	if !h.client.calls.Enter() { // the observers are being closed
		return api.NewError(api.GoingAway, api.SentNo, "consumer: this consumer is closing", nil)
	}
	defer h.client.calls.Exit()
	o := h.client.observe(api.Observation{
		Side: api.ProviderSide, Scope: api.CallScope, Service: inv.Service, Method: inv.Method, Start: time.Now(),
		Peer: inv.Peer, PeerApplication: inv.PeerApplication,
	})
	o.Attempts = 1
	err := h.run(ctx, inv, c)
	h.client.observed(o, inv, err)
	return err
}

// run calls the listener's method and encodes what it returned.
func (h *listenerHandler) run(ctx context.Context, inv *api.Invocation, c *api.ListenerCall) (err error) {
	defer h.recovered(inv.Method.Name, &err)
	if err := c.Run(ctx, h.listener, inv); err != nil {
		return listenerError(ctx, err)
	}
	err = inv.Sink.EncodeReply(inv.Reply)
	if _, ok := errors.AsType[*api.Error](err); err != nil && !ok {
		err = api.NewError(api.Codec, api.SentMaybe, fmt.Sprintf("consumer: the result of %s.%s cannot be encoded", inv.Service.Interface, inv.Method.Name), err)
	}
	return err
}

// listenerError is what a provider is told of a method's error: a Business
// error also if it is an *api.Error of a call of its own, which does not mean
// that this one has not run. Only the end of this call's own ctx keeps its
// meaning.
func listenerError(ctx context.Context, err error) error {
	code := api.Business
	if over := ctx.Err(); over != nil && errors.Is(err, over) {
		code = api.CodeOf(over)
	}
	return api.NewError(code, api.SentMaybe, "", err)
}

// recovered turns a panic of the listener into an error; defer it.
func (h *listenerHandler) recovered(method string, err *error) {
	p := recover()
	if p == nil {
		return
	}
	h.client.cfg.Logger.Error("consumer: a listener panicked", "listener", h.desc.Interface, "method", method, "panic", p, "stack", string(debug.Stack()))
	*err = api.NewError(api.Internal, api.SentMaybe, fmt.Sprintf("consumer: listener %s.%s panicked; the consumer's log has the stack", h.desc.Interface, method), nil)
}

// Ended implements protocol.ListenerHandler.
func (h *listenerHandler) Ended(ctx context.Context, err error) {
	l, ok := h.listener.(ListenerEnder)
	if !ok {
		return
	}
	var panicked error // it is logged, and nobody else is to be told
	defer h.recovered("ListenerEnded", &panicked)
	l.ListenerEnded(ctx, err)
}

var _ protocol.ListenerHandler = (*listenerHandler)(nil)
