package dubbo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// caller sends requests and waits for their responses: those of a client and,
// where its peers have listeners, those of a server.
type caller struct {
	max         int            // limit of a body
	limits      hessian.Limits // of what answers hold
	application string         // what the caller calls itself; "" gives no name

	// leave is DialOptions.Leave.
	leave func(inv *api.Invocation, e *api.Error) error

	templates cache[templateKey, *requestTemplate]
	waiters   sync.Pool // of *waiter
}

// errEnded is inside the client only: the connection took nothing of the call,
// so that another connection may.
var errEnded = errors.New("dubbo: connection ended before the request was queued")

// bodyOf returns the arguments of inv as what can be encoded; nil for none.
func bodyOf(inv *api.Invocation) (hessian.Body, error) {
	args, ok := inv.Args.(hessian.Body)
	if !ok && inv.Args != nil {
		return nil, api.NewError(api.Codec, api.SentNo, fmt.Sprintf("dubbo: arguments of %s have type %T, which does not implement hessian.Body; generate it with gubbo-gen", callName(inv), inv.Args), nil)
	}
	return args, nil
}

// waiter returns one for a call; put takes it back.
func (c *caller) waiter() *waiter {
	if w, _ := c.waiters.Get().(*waiter); w != nil {
		return w
	}
	return newWaiter()
}

// put takes back the waiter of a call that has ended. ours is what call said.
func (c *caller) put(w *waiter, ours bool) {
	w.timer.Stop() // before the waiter may be another call's
	if ours {
		w.trim()
		c.waiters.Put(w)
	}
}

// call sends the request over cn and waits for its response. ours says that
// nobody else has w any more.
func (c *caller) call(ctx context.Context, cn *conn, w *waiter, inv *api.Invocation, args hessian.Body) (ours bool, err error) {
	pending := cn.calling()
	now := time.Now()
	var timeout time.Duration
	if !inv.Deadline.IsZero() {
		if timeout = inv.Deadline.Sub(now); timeout <= 0 {
			return true, timeoutError(inv, api.SentNo)
		}
	}
	w.out, err = appendRequest(w.out[:0], &w.enc, c.template(inv), args, timeout, &inv.Attachments)
	if err != nil {
		return true, api.NewError(api.Codec, api.SentNo, "dubbo: request to "+callName(inv), err)
	}
	if n := len(w.out) - headerSize; n > c.max {
		return true, tooLarge(api.SentNo, "request to "+callName(inv), n, c.max)
	}
	inv.BytesOut = len(w.out)
	if first := w.watch.start(cn, now, timeout, len(w.out)); first > 0 {
		w.timer.Reset(first)
	}
	h := header{flag: flagRequest | codecHessian2, length: len(w.out) - headerSize}
	if inv.Method.Oneway {
		h.id = pending.newID()
	} else {
		h.flag |= flagTwoway
		w.end, w.err = 0, nil
		pending.add(w)
		h.id = w.id
	}
	putHeader(w.out, h)
	for {
		full, ok := cn.w.append(w.out, &w.end)
		if ok && full == nil {
			break
		}
		if !ok {
			err = errEnded
		} else {
			select {
			case <-full:
				continue
			case <-ctx.Done():
				err = contextError(inv, ctx.Err(), api.SentNo)
			case <-w.timer.C:
				if err = c.strike(cn, w, inv, api.SentNo); err == nil {
					continue
				}
			}
		}
		if !inv.Method.Oneway && !pending.remove(w) {
			<-w.done
		}
		return false, err
	}
	if inv.Method.Oneway {
		if inv.AwaitSent {
			err = awaitSent(ctx, cn, w, inv)
		}
		return true, err
	}
	for err == nil {
		select {
		case <-w.done:
			return true, c.receive(w, inv)
		case <-ctx.Done():
			err = contextError(inv, ctx.Err(), api.SentMaybe)
		case <-w.timer.C:
			err = c.strike(cn, w, inv, api.SentMaybe)
		}
	}
	if pending.remove(w) {
		return false, err // the reader may be looking at w
	}
	// The response came at the same moment.
	<-w.done
	return true, c.receive(w, inv)
}

// awaitSent waits until the connection has taken the oneway request of w.
func awaitSent(ctx context.Context, cn *conn, w *waiter, inv *api.Invocation) error {
	w.timer.Stop()
	if !inv.Deadline.IsZero() {
		w.timer.Reset(time.Until(inv.Deadline))
	}
	select {
	case <-cn.w.passed(w.end):
	case <-ctx.Done():
		return contextError(inv, ctx.Err(), api.SentMaybe)
	case <-w.timer.C:
		return timeoutError(inv, api.SentMaybe)
	}
	if err := cn.w.lost(w.end); err != nil {
		return api.NewError(api.Disconnected, api.SentNo, "dubbo: connection to "+cn.peer+" ended", err)
	}
	return nil
}

// receive decodes what was delivered to w, in the caller's goroutine.
func (c *caller) receive(w *waiter, inv *api.Invocation) error {
	if w.err != nil {
		return w.err
	}
	inv.BytesIn = headerSize + len(w.body)
	if w.header.status != statusOK {
		return statusError(inv, w.header, w.body, &w.dec)
	}
	if w.header.codec() != codecHessian2 {
		return codecError(inv, unknownCodec(w.header))
	}
	return decodeResponse(inv, &w.dec, w.body, c.limits)
}

func (c *caller) template(inv *api.Invocation) *requestTemplate {
	key := templateKey{inv.Service, inv.Method}
	if t := c.templates.all()[key]; t != nil {
		return t
	}
	t := newRequestTemplate(inv.Service, inv.Method, c.application)
	c.templates.add(key, t)
	return t
}
