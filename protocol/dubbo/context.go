package dubbo

import (
	"context"
	"sync"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// callContext is the context of a call on the server. It costs one small
// object: channel, timer and the link to the connection's context are made only
// when somebody asks for Done. Its AfterFunc is what package context looks for,
// so that contexts derived from it start no goroutine.
//
// It ends with the first of: the deadline of the wire, the end of the
// connection, the end of the call.
type callContext struct {
	inv      *api.Invocation // nil once the call has ended
	deadline time.Time
	parent   context.Context // the connection's

	mu    sync.Mutex
	err   error
	done  chan struct{}
	timer *time.Timer
	stop  func() bool // ends the link to parent
	after map[*func()]struct{}
}

func newCallContext(parent context.Context, inv *api.Invocation) *callContext {
	return &callContext{inv: inv, deadline: inv.Deadline, parent: parent}
}

// Deadline returns the deadline that the wire told.
func (c *callContext) Deadline() (time.Time, bool) { return c.deadline, !c.deadline.IsZero() }

// Value returns the call for protocol.CallKey.
func (c *callContext) Value(key any) any {
	if _, ok := key.(protocol.CallKey); ok {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.inv != nil {
			return c.inv
		}
	}
	return nil
}

// Done returns a channel that is closed when the context ends.
func (c *callContext) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done != nil {
		return c.done
	}
	c.done = make(chan struct{})
	if c.err != nil {
		close(c.done)
		return c.done
	}
	if !c.deadline.IsZero() {
		c.timer = time.AfterFunc(time.Until(c.deadline), func() { c.end(context.DeadlineExceeded) })
	}
	c.stop = context.AfterFunc(c.parent, func() { c.end(context.Canceled) })
	return c.done
}

// Err returns why the context ended, nil if it has not.
func (c *callContext) Err() error {
	c.mu.Lock()
	err, made := c.err, c.done != nil
	c.mu.Unlock()
	if err != nil || made {
		return err
	}
	// Nobody watches for us, so look.
	if !c.deadline.IsZero() && !time.Now().Before(c.deadline) {
		c.end(context.DeadlineExceeded)
	} else if c.parent.Err() != nil {
		c.end(context.Canceled)
	} else {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// AfterFunc runs f once the context has ended; stop reports whether it keeps f
// from running.
func (c *callContext) AfterFunc(f func()) (stop func() bool) {
	c.Done()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		// In a goroutine of its own, since package context holds a lock of the
		// child now that f takes.
		time.AfterFunc(0, f)
		return func() bool { return false }
	}
	key := &f
	if c.after == nil {
		c.after = make(map[*func()]struct{})
	}
	c.after[key] = struct{}{}
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		_, ok := c.after[key]
		delete(c.after, key)
		return ok
	}
}

// end ends the context, unless it has ended.
func (c *callContext) end(err error) {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return
	}
	c.err = err
	if c.done != nil {
		close(c.done)
	}
	timer, stop, after := c.timer, c.stop, c.after
	c.after = nil
	c.mu.Unlock()
	if timer != nil {
		timer.Stop()
	}
	if stop != nil {
		stop()
	}
	// Package context hands over functions that do not block and that start
	// goroutines for what may.
	for f := range after {
		(*f)()
	}
}

// finish ends the context because its call has ended.
func (c *callContext) finish() {
	c.end(context.Canceled)
	c.mu.Lock()
	c.inv = nil
	c.mu.Unlock()
}
