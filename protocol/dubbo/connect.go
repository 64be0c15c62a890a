package dubbo

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

const (
	dialTimeout = 3 * time.Second
	// Between attempts the keeper waits minBackoff, then twice as long each
	// time, up to maxBackoff; each wait is shortened at random by up to half.
	minBackoff = 100 * time.Millisecond
	maxBackoff = 5 * time.Second
	// stableAfter is how long a connection must have lived for its loss to be
	// followed by a new attempt at once.
	stableAfter = time.Second
	// leftPause is the least wait after a peer that said it is leaving: what
	// still listens there takes connections and serves no call.
	leftPause = time.Second
)

var errClosed = errors.New("dubbo: the client was closed")

// State tells what the client knows of its peer.
func (c *client) State() protocol.State { return protocol.State(c.state.Load()) }

// setState is called by the keeper alone.
func (c *client) setState(s protocol.State, failure error) {
	c.mu.Lock()
	if c.State() == s {
		c.mu.Unlock()
		return
	}
	c.state.Store(uint32(s))
	switch s {
	case protocol.Connecting:
		c.parted = false
	case protocol.Failed:
		c.failure = failure
		c.attempts++
	}
	close(c.changed)
	c.changed = make(chan struct{})
	c.mu.Unlock()
	if c.o.OnState != nil {
		c.o.OnState(s)
	}
}

// startLocked starts the keeper; c.mu is held.
func (c *client) startLocked() {
	if !c.started {
		c.started = true
		c.tasks.Go(c.keep)
	}
}

// await returns a live connection as soon as there is one.
func (c *client) await(ctx context.Context, inv *api.Invocation) (*conn, error) {
	var expired <-chan time.Time
	if !inv.Deadline.IsZero() {
		timer := time.NewTimer(time.Until(inv.Deadline))
		defer timer.Stop()
		expired = timer.C
	}
	for {
		c.mu.Lock()
		if c.closed {
			c.mu.Unlock()
			return nil, c.unavailable(errClosed)
		}
		c.startLocked()
		state, failure, changed, parted := c.State(), c.failure, c.changed, c.parted
		c.mu.Unlock()
		if cn := c.live.Load(); cn != nil {
			return cn, nil
		}
		if parted {
			return nil, c.unavailable(errParted)
		}
		if state == protocol.Failed {
			return nil, c.unavailable(failure)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, contextError(inv, ctx.Err(), api.SentNo)
		case <-expired:
			return nil, timeoutError(inv, api.SentNo)
		}
	}
}

func (c *client) unavailable(cause error) error {
	return api.NewError(api.Unavailable, api.SentNo, "dubbo: no connection to "+c.address, cause)
}

// Connect makes the keeper try now, even between attempts, and waits for the
// outcome.
func (c *client) Connect(ctx context.Context) error {
	c.mu.Lock()
	attempts := c.attempts
	if c.State().Connected() {
		attempts++ // the end of a connection that stands, or that just ended, is none
	}
	c.mu.Unlock()
	for {
		c.mu.Lock()
		if c.closed {
			c.mu.Unlock()
			return c.unavailable(errClosed)
		}
		c.startLocked()
		state, failure, changed := c.State(), c.failure, c.changed
		failed := state == protocol.Failed && c.attempts > attempts
		c.mu.Unlock()
		// A connection is live a moment before the state says so. Who is told that
		// the client is connected must find it so.
		live := c.live.Load() != nil
		if live && state.Connected() {
			return nil
		}
		if failed {
			return c.unavailable(failure)
		}
		if state == protocol.Failed && !live {
			select {
			case c.kick <- struct{}{}:
			default:
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return api.NewError(api.CodeOf(ctx.Err()), api.SentNo, "dubbo: connecting to "+c.address, ctx.Err())
		}
	}
}

// keep is the keeper: it connects, reads until the connection ends, and
// connects again, until the client is closed.
func (c *client) keep(ctx context.Context) {
	backoff := minBackoff
	for ctx.Err() == nil {
		c.setState(protocol.Connecting, nil)
		began := time.Now()
		err := c.connectOnce(ctx, &began)
		if ctx.Err() != nil {
			break
		}
		if time.Since(began) >= stableAfter {
			backoff = minBackoff
			if !c.left {
				continue
			}
		}
		c.setState(protocol.Failed, err)
		pause := backoff - rand.N(backoff/2)
		if c.left {
			pause = max(pause, leftPause)
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-c.kick:
		case <-ctx.Done():
		}
		timer.Stop()
		backoff = min(2*backoff, maxBackoff)
	}
	c.setState(protocol.Closed, nil)
}

// connectOnce is the life of one connection, from dialling on. *began becomes
// when it was established, or now if it was not.
func (c *client) connectOnce(ctx context.Context, began *time.Time) error {
	left := c.left
	c.left = false
	nc, err := c.dial(ctx)
	*began = time.Now()
	if err != nil {
		return err
	}
	select {
	case <-c.kick: // meant for the attempt that just succeeded
	default:
	}
	cn := newConn(nc, c.max, c.heartbeat, true, &c.drops)
	cn.calls = c.calls
	leaving := false
	show := func() {
		switch {
		case leaving:
			c.setState(protocol.Draining, nil)
		case cn.r.silence.silent.Load():
			c.setState(protocol.Suspect, nil)
		default:
			c.setState(protocol.Ready, nil)
		}
	}
	cn.onDrain = func(l bool) {
		if c.live.Load() != cn { // part has withdrawn it: that it stays comes too late
			return
		}
		leaving = l
		show()
		if l && c.o.Spare != nil && !cn.parting.Swap(true) {
			c.tasks.Go(func(ctx context.Context) { c.part(ctx, cn) })
		}
	}
	if c.mute { // who was stopped, or leaves, takes connections, too
		cn.r.silence.presume()
		cn.sendHeartbeat()
	}
	cn.r.silence.tell = func(silent bool) {
		show()
		if silent {
			cn.nudge()
		}
	}
	cn.onEnd = func() { c.live.CompareAndSwap(cn, nil) }
	c.live.Store(cn)
	if ctx.Err() != nil {
		cn.giveUp(errClosed) // Close may have looked before cn was live
	} else {
		show()
	}
	err = cn.run(&c.tasks)
	silent := cn.r.silence.silent.Load()
	c.left = leaving || left && silent
	c.mute = c.left || silent
	if c.calls != nil && ctx.Err() == nil {
		c.endListeners(cn, err)
	}
	return err
}

func (c *client) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	dial := c.o.Dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	return dial(ctx, "tcp", c.address)
}

// Close ends the connection and the client; see protocol.Client.
func (c *client) Close() error {
	c.mu.Lock()
	c.closed = true
	c.startLocked() // a client that was never used still says that it is closed
	c.mu.Unlock()
	c.tasks.Stop()
	if cn := c.live.Load(); cn != nil {
		c.hangUp(cn)
	}
	c.tasks.Wait()
	if c.calls != nil {
		c.calls.close()
	}
	return nil
}

// hangUp closes cn for Close, after the calls to our listeners under way.
func (c *client) hangUp(cn *conn) {
	if c.calls != nil {
		c.calls.drain(cn)
	}
	cn.giveUp(errClosed)
}
