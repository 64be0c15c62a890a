package consumer

import (
	"context"
	"errors"
	"time"

	"github.com/gubbo/gubbo/api"
)

// ClusterMode says what happens around the tries of a call.
type ClusterMode interface {
	// Bind is called once per reference. The Invoker that it returns takes
	// every call, picks providers from d and tries them by Provider.Try.
	Bind(d *Directory) api.Invoker
	// String is the mode's name in Dubbo's URLs.
	String() string
}

// Failover tries another provider when a call failed and another try cannot do
// harm, which is so if it
//
//   - surely did not run: the provider could not be reached, or rejected it
//     because it is leaving, busy, or does not have it, or
//   - failed for a technical reason and its method is idempotent, or
//   - is one that a RetryOn rule wants to see again.
//
// What the user's service answered, an exception included, is never retried,
// nor is what this side cannot encode, or a call that was cancelled. Providers
// already tried are avoided. All tries share the call's deadline, and there
// are no more than 1 + Retries of them, within the retry budget (20 % of the
// calls plus 10 per second and reference). Going on from a provider that could
// not even be reached to one that is connected is free of both.
var Failover ClusterMode = failover{}

// Failfast makes one try.
var Failfast ClusterMode = failfast{}

type failover struct{}

type failfast struct{}

func (failover) String() string { return "failover" }

func (failover) Bind(d *Directory) api.Invoker {
	d.goesOn = true
	return &failoverInvoker{d}
}

func (failfast) String() string                { return "failfast" }
func (failfast) Bind(d *Directory) api.Invoker { return &failfastInvoker{d} }

type failfastInvoker struct{ d *Directory }

func (f *failfastInvoker) Invoke(ctx context.Context, inv *api.Invocation) error {
	var tried Tried
	p, err := f.d.Pick(ctx, inv, &tried)
	if err != nil {
		return err
	}
	if err = p.Try(ctx, inv); err == nil {
		return nil
	}
	if e := asError(err); e != nil {
		return f.d.explain(inv, e, e.Sent, "")
	}
	return err
}

type failoverInvoker struct{ d *Directory }

func (f *failoverInvoker) Invoke(ctx context.Context, inv *api.Invocation) error {
	var tried Tried
	p, err := f.d.Pick(ctx, inv, &tried)
	if err != nil {
		return err
	}
	attachments := inv.Attachments
	if err = p.Try(ctx, inv); err == nil {
		return nil
	}
	return f.again(ctx, inv, &tried, attachments, err)
}

// again goes on after a first failure.
func (f *failoverInvoker) again(ctx context.Context, inv *api.Invocation, tried *Tried, attachments api.Attachments, err error) error {
	r, _ := inv.Owner.(*Reference)
	left := DefaultRetries
	if r != nil {
		left = r.call.retries
	}
	past := newHistory()
	for {
		e := asError(err)
		if e == nil { // a filter's own error: nothing is known of it
			return err
		}
		past.add(inv.Peer, e)
		v := judge(e, inv.Method, r)
		p, why := (*Provider)(nil), v.why
		switch {
		case v.kind == stop:
		case ctx.Err() != nil || !time.Now().Before(inv.Deadline):
			why = "no time is left to retry"
		case v.kind == goOn:
			if p = f.d.PickOther(inv, tried, false); p == nil {
				why = "no other provider can be reached"
			}
		case left == 0:
			why = "all tries are used up"
		case !errors.Is(e, errLeft) && !f.d.spend():
			why = "the retry budget is used up"
		default:
			left--
			if p = f.d.PickOther(inv, tried, true); p == nil {
				why = "no other provider can be reached"
			}
		}
		if p == nil {
			return f.d.explain(inv, e, past.sent, past.note(why))
		}
		inv.Attachments = attachments // what a try's filters set is that try's own
		if err = p.Try(ctx, inv); err == nil {
			return nil
		}
	}
}

// spend takes a retry from the budget.
func (d *Directory) spend() bool {
	var n uint64
	for _, p := range d.current.Load().providers {
		n += p.calls.Started()
	}
	return d.budget.take(time.Now(), n)
}

// verdict is what may follow a failed try.
type verdict struct {
	kind verdictKind
	why  string // of stop: why, and what would change it; "" if it goes without saying
}

type verdictKind uint8

const (
	stop  verdictKind = iota
	goOn              // another provider may be asked at no charge
	retry             // another try is allowed
)

// judge decides from the failure, the method and the call's rule alone.
func judge(e *api.Error, m *api.Method, r *Reference) verdict {
	switch e.Code {
	case api.Business, api.Canceled, api.NoProvider:
		return verdict{}
	}
	if e.Sent == api.SentNo {
		switch e.Code {
		case api.Unavailable, api.Disconnected, api.GoingAway, api.Timeout:
			return verdict{kind: goOn}
		case api.Overloaded, api.NotFound:
			return verdict{kind: retry}
		}
	}
	if r != nil && r.call.retryOn != nil && r.call.retryOn(e) {
		return verdict{kind: retry}
	}
	if e.Sent == api.SentNo {
		return verdict{}
	}
	switch e.Code {
	case api.Unavailable, api.Disconnected, api.GoingAway, api.Timeout, api.Overloaded, api.Internal:
		if m.Idempotent {
			return verdict{kind: retry}
		}
		return verdict{why: "not retried: the provider may have run it and the method is not marked idempotent; consumer.RetryOn(consumer.AnyFailure) retries it all the same"}
	}
	return verdict{}
}
