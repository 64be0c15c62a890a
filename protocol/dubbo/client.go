package dubbo

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/protocol"
)

// client calls one provider address over one connection, which its keeper
// (connect.go) makes and makes again.
type client struct {
	caller
	address   string
	heartbeat time.Duration
	o         protocol.DialOptions
	tasks     task.Group
	calls     *callRunner // calls of the provider to our listeners; nil refuses them
	drops     drops

	live  atomic.Pointer[conn] // what calls use; nil if there is none
	state atomic.Uint32        // a protocol.State; changed by the keeper only, under mu
	kick  chan struct{}        // of 1; ends the keeper's wait between attempts
	mute  bool                 // the last connection ended silent or left: the peer of the next one must speak first; the keeper's
	left  bool                 // the last connection ended after its peer had said that it leaves, or none spoke since; the keeper's

	mu       sync.Mutex
	started  bool          // the keeper runs; guarded by mu
	closed   bool          // guarded by mu
	parted   bool          // no call may wait for the end of the last connection; guarded by mu
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
		caller:  caller{max: maxMessage(o.MaxMessage), limits: p.Limits, application: o.Application, leave: o.Leave},
		address: address, heartbeat: p.heartbeat(), o: o,
		kick: make(chan struct{}, 1), changed: make(chan struct{}),
	}
	if o.Listen != nil {
		c.calls = &callRunner{reader: requestReader{limits: p.Limits}}
	}
	return c, nil
}

// Drops tells which responses came for nobody; see protocol.DropCounter.
func (c *client) Drops() protocol.Drops {
	return c.drops.counts()
}

// Invoke runs one call. While there is no connection it waits for one, up to
// the call's deadline, but fails at once while the client waits between two
// attempts to connect.
func (c *client) Invoke(ctx context.Context, inv *api.Invocation) error {
	args, err := bodyOf(inv)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return contextError(inv, err, api.SentNo)
	}
	inv.Peer = c.address
	for {
		cn := c.live.Load()
		if cn == nil {
			if cn, err = c.await(ctx, inv); err != nil {
				return err
			}
		}
		var brought []*ourListener
		if len(inv.Method.Callbacks) > 0 {
			if brought, err = c.bring(cn, inv); err != nil {
				return err
			}
		}
		w := c.waiter()
		ours, err := c.call(ctx, cn, w, inv, args)
		c.put(w, ours)
		if brought != nil {
			cn.ours.settle(brought, inv.Method.Callbacks, err)
		}
		if err != errEnded { //nolint:errorlint // it is never wrapped
			return err
		}
	}
}

var (
	_ protocol.Client      = (*client)(nil)
	_ protocol.DropCounter = (*client)(nil)
)
