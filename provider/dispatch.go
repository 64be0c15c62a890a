package provider

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/gubbo/gubbo/api"
)

// entry is where a call enters from the protocol: it tells the observers. The
// filters and then a target come after it.
type entry struct {
	next      api.Invoker
	observers []api.Observer
	token     string // "" asks for none
	log       *slog.Logger
}

// Invoke runs one call.
func (e *entry) Invoke(ctx context.Context, inv *api.Invocation) error {
	if len(e.observers) == 0 {
		return e.run(ctx, inv)
	}
	seen := &api.Observation{
		Side: api.ProviderSide, Scope: api.CallScope, Service: inv.Service, Method: inv.Method, Start: time.Now(),
		Peer: inv.Peer, PeerApplication: inv.PeerApplication,
	}
	for _, o := range e.observers {
		o.Begin(seen)
	}
	err := e.run(ctx, inv)
	seen.Elapsed = time.Since(seen.Start)
	seen.BytesIn, seen.BytesOut = inv.BytesIn, inv.BytesOut
	seen.Attempts = 1
	seen.Err = err
	for _, o := range e.observers {
		o.End(seen)
	}
	return err
}

func (e *entry) run(ctx context.Context, inv *api.Invocation) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(e.log, "filter", inv, p)
		}
	}()
	if e.token != "" && subtle.ConstantTimeCompare([]byte(e.token), []byte(inv.Attachments.Get("token"))) == 0 {
		return api.NewError(api.Forbidden, api.SentNo, fmt.Sprintf("provider: call of %q has no valid token; call through the registry, which knows it", inv.Service.Key()), nil)
	}
	return e.next.Invoke(ctx, inv)
}

// target is the end of the chain: the user's method.
type target struct {
	call func(context.Context, *api.Invocation) error
	log  *slog.Logger
}

// Invoke runs the method and hands its result to the protocol before anybody
// else can change it.
func (t *target) Invoke(ctx context.Context, inv *api.Invocation) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(t.log, "method", inv, p)
		}
	}()
	if err := t.call(ctx, inv); err != nil {
		return failure(ctx, err)
	}
	if inv.Sink == nil {
		return nil
	}
	err = inv.Sink.EncodeReply(inv.Reply)
	if _, ok := err.(*api.Error); err != nil && !ok {
		err = api.NewError(api.Codec, api.SentMaybe, fmt.Sprintf("provider: the result of %s.%s cannot be encoded", inv.Service.Interface, inv.Method.Name), err)
	}
	return err
}

// failure turns what a method returned into the one error that the filters
// and the caller see. It is a Business error even if the method returns an
// *api.Error that it got from a call of its own: "no provider was reached"
// there must not read as "not run" here, or failover would run it twice. Only
// the end of this call's own context keeps its meaning.
func failure(ctx context.Context, err error) error {
	if e, ok := err.(*api.Error); ok && e.Code == api.Business {
		return err
	}
	if over := ctx.Err(); over != nil && errors.Is(err, over) {
		code := api.Canceled
		if over == context.DeadlineExceeded {
			code = api.Timeout
		}
		return api.NewError(code, api.SentMaybe, "", err)
	}
	return api.NewError(api.Business, api.SentMaybe, "", err)
}

func panicked(log *slog.Logger, what string, inv *api.Invocation, p any) error {
	log.Error("provider: a "+what+" panicked", "service", inv.Service.Key(), "method", inv.Method.Name, "panic", p, "stack", string(debug.Stack()))
	return api.NewError(api.Internal, api.SentMaybe, fmt.Sprintf("provider: %s %s.%s panicked; its log has the stack", what, inv.Service.Interface, inv.Method.Name), nil)
}
