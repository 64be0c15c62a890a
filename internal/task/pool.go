package task

import (
	"context"
	"sync"
	"time"
)

const (
	// idleLimit is after how long a goroutine that had nothing to do ends; it
	// may take twice as long.
	idleLimit = 10 * time.Second
	// maxIdle is how many goroutines at most wait for a function; those beyond
	// end with the one they ran.
	maxIdle = 1024
)

// Pool is a Group for many short functions: its goroutines run one after the
// other, because a goroutine starts with a small stack, and growing it again
// for each function costs more than a short function itself. No function waits
// for another one: where no goroutine is idle, Go starts one.
//
// The zero value is ready to use. It must not be copied. Its methods may be
// called from many goroutines; Wait must not be called from a function of the
// Pool.
type Pool struct {
	workers Group

	mu      sync.Mutex
	running tally       // of functions; guarded by mu
	idle    []*worker   // who waits longest is first, and used last; guarded by mu
	unused  int         // the fewest that were idle at once since the last sweep; guarded by mu
	sweeper *time.Timer // armed while workers are idle, else nil; guarded by mu
}

// worker is a goroutine of a Pool.
type worker struct {
	pool *Pool
	next chan func(context.Context) // of 1, empty while the worker is idle; closed to end it
}

// Go runs f in a goroutine and reports whether it does: after Stop it returns
// false and f never runs. The ctx that f gets ends with Stop.
func (p *Pool) Go(f func(ctx context.Context)) bool {
	p.mu.Lock()
	p.running.n++
	if n := len(p.idle) - 1; n >= 0 {
		w := p.idle[n]
		p.idle[n] = nil
		p.idle = p.idle[:n]
		p.unused = min(p.unused, n)
		p.mu.Unlock()
		w.next <- f
		return true
	}
	p.mu.Unlock()
	w := &worker{pool: p, next: make(chan func(context.Context), 1)}
	w.next <- f
	ok := p.workers.Go(w.work)
	if !ok {
		p.ended()
	}
	return ok
}

// work is a worker's whole life.
func (w *worker) work(ctx context.Context) {
	busy := false
	defer func() {
		if busy { // the function has ended its goroutine
			w.pool.ended()
		}
	}()
	for f := range w.next {
		busy = true
		f(ctx)
		busy = false
		if !w.pool.park(ctx, w) {
			return
		}
	}
}

// park ends the run of a function and reports whether w waits for another one.
func (p *Pool) park(ctx context.Context, w *worker) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running.end()
	// Stop cancels ctx first and then ends whom it finds here.
	if ctx.Err() != nil || len(p.idle) >= maxIdle {
		return false
	}
	p.idle = append(p.idle, w)
	if p.sweeper == nil {
		p.unused = 0
		p.sweeper = time.AfterFunc(idleLimit, p.sweep)
	}
	return true
}

func (p *Pool) ended() {
	p.mu.Lock()
	p.running.end()
	p.mu.Unlock()
}

// sweep ends the workers that nobody needed since the last sweep.
func (p *Pool) sweep() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sweeper == nil {
		return // stopped meanwhile
	}
	p.dismissLocked(p.unused)
	p.unused = len(p.idle)
	if p.unused > 0 {
		p.sweeper.Reset(idleLimit)
	} else {
		p.sweeper = nil
	}
}

// dismissLocked ends the n workers that have been idle longest.
func (p *Pool) dismissLocked(n int) {
	for _, w := range p.idle[:n] {
		close(w.next)
	}
	kept := copy(p.idle, p.idle[n:])
	clear(p.idle[kept:])
	p.idle = p.idle[:kept]
}

// Stop refuses new functions, cancels the ctx of those that run and ends the
// idle goroutines. It does not wait. It may be called more than once.
func (p *Pool) Stop() {
	p.workers.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dismissLocked(len(p.idle))
	if p.sweeper != nil {
		p.sweeper.Stop()
		p.sweeper = nil
	}
}

// Wait returns when no goroutine of the Pool is left. It must be called after
// Stop.
func (p *Pool) Wait() { p.workers.Wait() }

// Idle returns a channel that is closed as soon as no function runs; it is
// closed already if none does now.
func (p *Pool) Idle() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running.idle()
}

// Running returns how many functions run now.
func (p *Pool) Running() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.running.n
}
