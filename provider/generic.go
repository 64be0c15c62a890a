package provider

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/release"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// genericDesc are the parameters of "$invoke" and "$invokeAsync": the method's
// name, the Java types of its parameters, its arguments.
const genericDesc = "Ljava/lang/String;[Ljava/lang/String;[Ljava/lang/Object;"

// Generic lets callers that lack the service's interface call it by way of
// "$invoke" and "$invokeAsync", as Java's GenericService does: with names of
// methods and types, and with maps in place of objects. It is off unless asked
// for. Only classes of the declared signatures are ever built. Of Java's modes
// the default, generic=true, is answered, raw.return, whose results are objects,
// gson, which has JSON in place of values, and bean, which has descriptors of them;
// nativejava and protobuf-json are refused.
func Generic() ServiceOption {
	return func(s *service) {
		s.generic = true
		s.set(release.ParamGeneric, "true")
	}
}

// generic is "$invoke" of one service: it turns the call into one of the
// service's own methods, with their filters and observers, and what comes of
// it into maps.
type generic struct {
	service *service
	method  *api.Method
	byName  map[string][]*protocol.Endpoint
	config  *Config
}

// newGenericEndpoint returns the endpoint for the method called name.
func newGenericEndpoint(s *service, name string, byName map[string][]*protocol.Endpoint, c *Config) *protocol.Endpoint {
	g := &generic{service: s, byName: byName, config: c, method: &api.Method{
		Name: name, Desc: genericDesc, Params: []string{"java.lang.String", "java.lang.String[]", "java.lang.Object[]"}, Result: "java.lang.Object",
	}}
	return &protocol.Endpoint{
		Service: s.Service,
		Method:  g.method,
		New: func() *api.Invocation {
			return &api.Invocation{Service: &s.Service, Method: g.method, Args: new(genericArgs), Reply: new(genericReply), Attempt: 1}
		},
		Invoker: g,
	}
}

// Invoke runs the method that the arguments name.
func (g *generic) Invoke(ctx context.Context, inv *api.Invocation) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(g.config.Logger, "conversion for", inv, p)
		}
	}()
	args := inv.Args.(*genericArgs)
	mode, err := genericModeOf(inv.Attachments.Get("generic"), g.service.Key())
	if err != nil {
		return err
	}
	ep, err := g.find(args)
	if err != nil {
		return err
	}
	inner := ep.New()
	if err := args.decode(inner.Args, mode); err != nil {
		return api.NewError(api.Codec, api.SentNo, fmt.Sprintf("provider: arguments of generic call %s.%s(%s)", g.service.Interface, ep.Method.Name, strings.Join(ep.Method.Params, ", ")), err)
	}
	inner.Attachments, inner.Deadline = inv.Attachments, inv.Deadline
	inner.Peer, inner.PeerApplication, inner.BytesIn = inv.Peer, inv.PeerApplication, inv.BytesIn
	sink := &genericSink{outer: inv, inner: inner, mode: mode, limit: cmp.Or(g.config.MaxMessage, defaultMaxMessage)}
	inner.Sink = sink
	err = ep.Invoker.Invoke(genericContext{ctx, inner}, inner)
	inv.ReplyAttachments = inner.ReplyAttachments
	if err != nil {
		return genericFailure(err)
	}
	if !sink.filled { // a filter answered instead of the method
		return sink.fill(inner.Reply)
	}
	return nil
}

// genericContext is the context of the inner call, which ends with the outer
// one.
type genericContext struct {
	context.Context
	inner *api.Invocation
}

// Value returns the inner call in place of the outer one.
func (c genericContext) Value(key any) any {
	v := c.Context.Value(key)
	if _, ok := key.(protocol.CallKey); ok && v != nil {
		return c.inner
	}
	return v
}

// find returns the method that args name. The messages are those of Java,
// where it has one.
func (g *generic) find(args *genericArgs) (*protocol.Endpoint, error) {
	overloads := g.byName[args.method]
	if len(overloads) == 0 {
		return nil, notFound("no such method %q in service %q; it has %s", clip(args.method), g.service.Key(), list(methodNames(g.service.desc)))
	}
	var found *protocol.Endpoint
	if args.types == nil {
		if len(overloads) > 1 {
			return nil, notFound("Not unique method for method name(%s) in class(%s), find %d methods.", args.method, g.service.Interface, len(overloads))
		}
		found = overloads[0]
	} else {
		desc, err := api.Descriptor(args.types...)
		if err != nil {
			return nil, notFound("no such method %q in service %q: %v", args.method, g.service.Key(), err)
		}
		for _, e := range overloads {
			if e.Method.Desc == desc {
				found = e
			}
		}
	}
	if found == nil {
		return nil, unknownOverload(g.service.Key(), args.method, strings.Join(args.types, ", "), overloads)
	}
	if len(found.Method.Callbacks) > 0 {
		return nil, api.NewError(api.Forbidden, api.SentNo, fmt.Sprintf("provider: %s.%s takes a listener, which a generic call cannot bring; call it by its interface", g.service.Interface, args.method), nil)
	}
	if n := len(found.Method.Params); args.count != n {
		return nil, api.NewError(api.Codec, api.SentNo, fmt.Sprintf("provider: generic call of %s.%s has %d arguments for %d parameters", g.service.Interface, args.method, args.count, n), nil)
	}
	return found, nil
}

// genericArgs are the arguments of "$invoke". The inner ones stay encoded until
// it is known of which types they are.
type genericArgs struct {
	method string
	types  []string // nil for a null list
	count  int      // of the inner arguments
	raw    []byte   // all three

	descriptor string // the caller's class for those of generic=bean
}

// Len returns 3.
func (a *genericArgs) Len() int { return 3 }

// At returns the method's name, its types, and nil: what the arguments are
// the inner call knows.
func (a *genericArgs) At(i int) any {
	switch i {
	case 0:
		return a.method
	case 1:
		return a.types
	}
	return nil
}

// EncodeHessian is for clients, which never have genericArgs.
func (a *genericArgs) EncodeHessian(e *hessian.Encoder) {
	e.Fail(fmt.Errorf("provider: arguments of a generic call are not sent"))
}

// DecodeHessian reads the names and passes over the arguments.
func (a *genericArgs) DecodeHessian(d *hessian.Decoder) {
	a.raw = bytes.Clone(d.Rest())
	a.method = strings.TrimSpace(d.String())
	if n, ok := d.List(); ok {
		a.types = hessian.MakeSlice[string](d, n)
		for i := 0; d.More(i, n); i++ {
			a.types = append(a.types, d.String())
		}
	}
	if n, ok := d.List(); ok {
		for a.count = 0; d.More(a.count, n); a.count++ {
			d.Skip()
		}
	}
}

// HessianTypes is none.
func (a *genericArgs) HessianTypes() *hessian.Types { return nil }

// decode reads the inner arguments into those of a method.
func (a *genericArgs) decode(into api.Args, mode genericMode) (err error) {
	body, ok := into.(hessian.Body)
	if !ok {
		return fmt.Errorf("provider: arguments of type %T do not implement hessian.Body; generate them with gubbo-gen", into)
	}
	d := hessian.NewDecoder(a.raw, body.HessianTypes())
	d.Generic()
	d.Skip() // name and types, but their numbers count for references
	d.Skip()
	n, ok := d.List()
	switch {
	case !ok:
	case mode == genericJSON:
		return decodeJSON(d, n, body)
	case mode == genericBean:
		a.descriptor, err = decodeBeans(d, n, body)
		return err
	default:
		body.DecodeHessian(d)
	}
	return d.Err()
}

// genericReply is the result of "$invoke": what Encoder.Any takes.
type genericReply struct{ value any }

// EncodeHessian writes the value.
func (r *genericReply) EncodeHessian(e *hessian.Encoder) { e.Any(r.value) }

// DecodeHessian is for clients, which never have a genericReply.
func (r *genericReply) DecodeHessian(d *hessian.Decoder) {
	d.Fail(fmt.Errorf("provider: the result of a generic call is not received"))
}

// HessianTypes is none.
func (r *genericReply) HessianTypes() *hessian.Types { return nil }

var (
	_ api.Args     = (*genericArgs)(nil)
	_ hessian.Body = (*genericArgs)(nil)
	_ hessian.Body = (*genericReply)(nil)
)

// genericSink takes the inner call's result for the outer one.
type genericSink struct {
	outer, inner *api.Invocation
	mode         genericMode
	limit        int // bytes of a text or of descriptors
	filled       bool
}

// EncodeReply turns reply into what the mode wants and hands it on.
func (s *genericSink) EncodeReply(reply any) error {
	if err := s.fill(reply); err != nil || s.outer.Sink == nil {
		return err
	}
	err := s.outer.Sink.EncodeReply(s.outer.Reply)
	s.inner.BytesOut = s.outer.BytesOut
	return err
}

func (s *genericSink) fill(reply any) error {
	s.filled = true
	var err error
	to := s.outer.Reply.(*genericReply)
	switch s.mode {
	case genericRaw:
		s.outer.Reply = reply
	case genericJSON:
		to.value, err = replyJSON(reply, s.limit)
	case genericBean:
		to.value, err = replyBean(reply, cmp.Or(s.outer.Args.(*genericArgs).descriptor, descriptor), s.limit)
	default:
		to.value, err = generalize(reply)
	}
	return err
}
