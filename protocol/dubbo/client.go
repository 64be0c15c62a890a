package dubbo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// client calls one provider address over one connection, which its keeper
// (connect.go) makes and makes again.
type client struct {
	address   string
	max       int
	heartbeat time.Duration
	o         protocol.DialOptions
	tasks     task.Group
	calls     *callRunner // calls of the provider to us; nil refuses them

	templates cache[templateKey, *requestTemplate]
	waiters   sync.Pool // of *waiter

	live  atomic.Pointer[conn] // what calls use; nil if there is none
	state atomic.Uint32        // a protocol.State; changed by the keeper only, under mu
	kick  chan struct{}        // of 1; ends the keeper's wait between attempts

	mu       sync.Mutex
	started  bool          // the keeper runs; guarded by mu
	closed   bool          // guarded by mu
	attempts int           // failed so far; guarded by mu
	failure  error         // of the last attempt or connection; guarded by mu
	changed  chan struct{} // closed and replaced with each change; guarded by mu
}

// Dial makes a client for address; see protocol.Protocol.
func (p Protocol) Dial(address string, o protocol.DialOptions) (protocol.Client, error) {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, fmt.Errorf("dubbo: address %q: %w; write host:port", address, err)
	}
	c := &client{
		address: address, max: maxMessage(o.MaxMessage), heartbeat: p.heartbeat(), o: o,
		kick: make(chan struct{}, 1), changed: make(chan struct{}),
	}
	if o.Reverse != nil {
		c.calls = &callRunner{handler: o.Reverse}
	}
	return c, nil
}

// errEnded is inside the client only: the connection took nothing of the call,
// so that another connection may.
var errEnded = errors.New("dubbo: connection ended before the request was queued")

// Invoke runs one call. While there is no connection it waits for one, up to
// the call's deadline, but fails at once while the client waits between two
// attempts to connect.
func (c *client) Invoke(ctx context.Context, inv *api.Invocation) error {
	args, ok := inv.Args.(hessian.Body)
	if !ok && inv.Args != nil {
		return api.NewError(api.Codec, api.SentNo, fmt.Sprintf("dubbo: arguments of %s have type %T, which does not implement hessian.Body; generate it with gubbo-gen", callName(inv), inv.Args), nil)
	}
	if err := ctx.Err(); err != nil {
		return contextError(inv, err, api.SentNo)
	}
	inv.Peer = c.address
	for {
		cn := c.live.Load()
		if cn == nil {
			var err error
			if cn, err = c.await(ctx, inv); err != nil {
				return err
			}
		}
		w, _ := c.waiters.Get().(*waiter)
		if w == nil {
			w = newWaiter()
		}
		ours, err := c.call(ctx, cn, w, inv, args)
		w.timer.Stop() // before the waiter may be another call's
		if ours {
			c.recycle(w)
		}
		if err != errEnded { //nolint:errorlint // it is never wrapped
			return err
		}
	}
}

// call sends the request over cn and waits for its response. ours says that
// nobody else has w any more.
func (c *client) call(ctx context.Context, cn *conn, w *waiter, inv *api.Invocation, args hessian.Body) (ours bool, err error) {
	var timeout time.Duration
	var expired <-chan time.Time
	if !inv.Deadline.IsZero() {
		if timeout = time.Until(inv.Deadline); timeout <= 0 {
			return true, timeoutError(inv, api.SentNo)
		}
		w.timer.Reset(timeout)
		expired = w.timer.C
	}
	w.out, err = appendRequest(w.out[:0], &w.enc, c.template(inv), args, timeout, inv.Attachments.All())
	if err != nil {
		return true, api.NewError(api.Codec, api.SentNo, "dubbo: arguments of "+callName(inv), err)
	}
	if n := len(w.out) - headerSize; n > c.max {
		return true, api.NewError(api.TooLarge, api.SentNo, fmt.Sprintf("dubbo: request to %s has %d bytes, the limit is %d (MaxMessage)", callName(inv), n, c.max), nil)
	}
	inv.BytesOut = len(w.out)
	h := header{flag: flagRequest | codecHessian2, length: len(w.out) - headerSize}
	if inv.Method.Oneway {
		h.id = cn.pending.newID()
	} else {
		h.flag |= flagTwoway
		w.end, w.err = 0, nil
		cn.pending.add(w)
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
			case <-expired:
				err = timeoutError(inv, api.SentNo)
			}
		}
		if !inv.Method.Oneway && !cn.pending.remove(w) {
			<-w.done
		}
		return false, err
	}
	if inv.Method.Oneway {
		return true, nil
	}
	select {
	case <-w.done:
		return true, c.receive(w, inv)
	case <-ctx.Done():
		err = contextError(inv, ctx.Err(), api.SentMaybe)
	case <-expired:
		err = timeoutError(inv, api.SentMaybe)
	}
	if cn.pending.remove(w) {
		return false, err // the reader may be looking at w
	}
	// The response came at the same moment.
	<-w.done
	return true, c.receive(w, inv)
}

// receive decodes what was delivered to w, in the caller's goroutine.
func (c *client) receive(w *waiter, inv *api.Invocation) error {
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
	return decodeResponse(inv, &w.dec, w.body)
}

func (c *client) recycle(w *waiter) {
	w.trim()
	c.waiters.Put(w)
}

func (c *client) template(inv *api.Invocation) *requestTemplate {
	key := templateKey{inv.Service, inv.Method}
	if t := c.templates.all()[key]; t != nil {
		return t
	}
	t := newRequestTemplate(inv.Service, inv.Method, c.o.Application)
	c.templates.add(key, t)
	return t
}

var _ protocol.Client = (*client)(nil)
