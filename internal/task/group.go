// Package task runs goroutines that have an owner, a stop and a wait. Library
// code of gubbo starts goroutines through a Group only, so that the Close of
// whatever owns the Group can promise that nothing is left running.
package task

import (
	"context"
	"sync"
)

// Group is a set of goroutines with one stop and one wait. The zero value is
// ready to use. It must not be copied. Its methods may be called from many
// goroutines; Wait must not be called from a goroutine of the Group.
type Group struct {
	mu      sync.Mutex
	ctx     context.Context    // made on first need; guarded by mu
	cancel  context.CancelFunc // guarded by mu
	stopped bool               // guarded by mu
	running tally              // of goroutines; guarded by mu

	runners sync.Pool // of *runner
}

// runner carries one function to its goroutine. start is run bound to the
// runner once, so that a recycled runner starts a goroutine without allocating.
type runner struct {
	g     *Group
	f     func(context.Context)
	ctx   context.Context
	start func()
}

func (r *runner) run() {
	g, f, ctx := r.g, r.f, r.ctx
	r.f, r.ctx = nil, nil
	g.runners.Put(r)
	defer g.done()
	f(ctx)
}

func (g *Group) done() {
	g.mu.Lock()
	g.running.end()
	g.mu.Unlock()
}

// contextLocked returns the context of the Group; g.mu is held.
func (g *Group) contextLocked() context.Context {
	if g.ctx == nil {
		g.ctx, g.cancel = context.WithCancel(context.Background())
	}
	return g.ctx
}

// Context returns the context that Stop cancels.
func (g *Group) Context() context.Context {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.contextLocked()
}

// Go runs f in a goroutine of its own and reports whether it did: after Stop
// it returns false and f never runs. The ctx that f gets ends with Stop.
func (g *Group) Go(f func(ctx context.Context)) bool {
	g.mu.Lock()
	if g.stopped {
		g.mu.Unlock()
		return false
	}
	ctx := g.contextLocked()
	g.running.n++
	g.mu.Unlock()
	r, _ := g.runners.Get().(*runner)
	if r == nil {
		r = &runner{g: g}
		r.start = r.run
	}
	r.f, r.ctx = f, ctx
	go r.start()
	return true
}

// Stop refuses new goroutines and cancels the ctx of those that run. It does
// not wait. It may be called more than once.
func (g *Group) Stop() {
	g.mu.Lock()
	g.contextLocked()
	g.stopped = true
	cancel := g.cancel
	g.mu.Unlock()
	cancel()
}

// Wait returns when no goroutine of the Group runs. Without an earlier Stop
// new ones may start right after.
func (g *Group) Wait() { <-g.Idle() }

// Idle returns a channel that is closed as soon as no goroutine of the Group
// runs; it is closed already if none does now.
func (g *Group) Idle() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.running.idle()
}

// Running returns how many goroutines of the Group run now.
func (g *Group) Running() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.running.n
}
