package consumer

import (
	"context"
	"time"

	"github.com/gubbo/gubbo/api"
)

// Reference is a service as one consumer sees it: what a generated client
// calls. It lives until its Client is closed and may be used by many
// goroutines, unless it has Capture.
type Reference struct {
	client  *Client
	dir     *Directory
	chain   api.Invoker // the filters, then the cluster mode
	service *api.Service
	call    callSettings
	err     error // a bad option of With: what every call returns
}

// With returns a reference to the same providers whose calls differ by opts; see
// Option for those that may. It is cheap enough to be made
// for one call. With any other option the calls fail and say so.
func (r *Reference) With(opts ...Option) *Reference {
	next := *r
	s := settings{call: &next.call}
	if err := s.apply(opts); err != nil {
		next.err = api.NewError(api.Internal, api.SentNo, r.service.Key()+": bad option", err)
	}
	return &next
}

// Invoke makes the call that inv describes: Method, Args and, unless the
// method is oneway, Reply are set, and attachments may be. It returns when
// inv.Reply is filled, or with an error, which is an *api.Error unless a
// filter returned its own.
func (r *Reference) Invoke(ctx context.Context, inv *api.Invocation) error {
	if r.err != nil {
		return r.err
	}
	start := time.Now()
	inv.Service, inv.Owner = r.service, r
	inv.Peer, inv.PeerApplication, inv.Attempt, inv.BytesOut, inv.BytesIn = "", "", 0, 0, 0
	if len(r.call.attachments) > 0 || len(r.call.objects) > 0 {
		r.attach(inv)
	}
	inv.Deadline = start.Add(r.timeout(inv.Method))
	if d, ok := ctx.Deadline(); ok && d.Before(inv.Deadline) {
		inv.Deadline = d
	}
	if len(r.client.cfg.Observers) == 0 && r.call.capture == nil {
		return r.chain.Invoke(ctx, inv)
	}
	return r.invokeObserved(ctx, inv, start)
}

// invokeObserved is the rest of Invoke for those who want to watch.
func (r *Reference) invokeObserved(ctx context.Context, inv *api.Invocation, start time.Time) error {
	if !r.client.calls.Enter() { // the observers are being closed
		return api.NewError(api.Unavailable, api.SentNo, "consumer: "+r.service.Key()+"."+inv.Method.Name+": the client is closed", nil)
	}
	defer r.client.calls.Exit()
	if r.call.capture != nil {
		r.call.capture.reset()
	}
	o := r.client.observe(api.Observation{
		Side: api.ConsumerSide, Scope: api.CallScope, Service: r.service, Method: inv.Method, Start: start,
	})
	err := r.chain.Invoke(ctx, inv)
	o.Attempts = inv.Attempt
	elapsed := r.client.observed(o, inv, err)
	if r.call.capture != nil {
		r.call.capture.finish(inv, elapsed)
	}
	return err
}

// attach sets the reference's attachments. Where inv has none yet they are
// shared, which costs nothing: a Set copies them first.
func (r *Reference) attach(inv *api.Invocation) {
	if inv.Attachments.Len() == 0 && len(inv.Attachments.Objects()) == 0 {
		inv.Attachments = api.AttachmentsOf(r.call.attachments)
	} else {
		for _, a := range r.call.attachments {
			if inv.Attachments.Object(a.Key) == nil {
				inv.Attachments.Set(a.Key, a.Value)
			}
		}
	}
	for _, o := range r.call.objects {
		if inv.Attachments.Object(o.Key) == nil {
			inv.Attachments.SetObject(o.Key, o.Value)
		}
	}
}

// timeout is the first that is set of: option, the method's directive, the
// providers' URLs, Config.
func (r *Reference) timeout(m *api.Method) time.Duration {
	if r.call.timeout > 0 {
		return r.call.timeout
	}
	if m.Timeout > 0 {
		return m.Timeout
	}
	if d := r.dir.current.Load().view(m).timeout; d > 0 {
		return d
	}
	return r.client.cfg.Timeout
}

// Service returns the service that is asked for.
func (r *Reference) Service() api.Service { return *r.service }
