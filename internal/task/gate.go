package task

import (
	"sync"
	"sync/atomic"
)

// Gate counts who is inside and, once closed, tells when the last one left:
// for calls on goroutines of others, where a Group is for goroutines of our
// own. Its methods may be called from many goroutines. Make it with NewGate.
//
// Its two counters only grow, so that their difference is what runs and
// started is also the number of all that ever ran.
type Gate struct {
	_       [64]byte // the counters change per call; their neighbours are read per call
	started atomic.Uint64
	ended   atomic.Uint64
	shut    atomic.Bool
	_       [64]byte
	once    sync.Once
	idle    chan struct{} // closed when shut and nobody is inside
}

// NewGate returns an open Gate.
func NewGate() *Gate { return &Gate{idle: make(chan struct{})} }

// Enter reports whether the caller is inside; if so it must call Exit.
func (g *Gate) Enter() bool {
	g.started.Add(1)
	if g.shut.Load() {
		g.Exit()
		return false
	}
	return true
}

// Exit takes back an Enter that reported true.
func (g *Gate) Exit() {
	g.ended.Add(1)
	if g.shut.Load() {
		g.settle()
	}
}

// settle reads ended first: it never exceeds started, so equality means that
// nobody was inside when started was read.
func (g *Gate) settle() {
	if ended := g.ended.Load(); ended == g.started.Load() {
		g.once.Do(func() { close(g.idle) })
	}
}

// Close lets nobody in any more and returns a channel that is closed when all
// are out. It may be called twice.
func (g *Gate) Close() <-chan struct{} {
	g.shut.Store(true)
	g.settle()
	return g.idle
}

// Inside returns how many are inside.
func (g *Gate) Inside() int {
	ended := g.ended.Load()
	return int(g.started.Load() - ended)
}

// Started returns how many have ever asked to enter.
func (g *Gate) Started() uint64 { return g.started.Load() }
