package consumer

import (
	"sync"
	"sync/atomic"
)

// gate counts who is inside and, once shut, tells when the last one left. Its
// two counters only grow, so that their difference is what runs and started
// is also the number of all that ever ran.
type gate struct {
	_       [64]byte // the counters change per call; their neighbours are read per call
	started atomic.Uint64
	ended   atomic.Uint64
	shut    atomic.Bool
	_       [64]byte
	once    sync.Once
	idle    chan struct{} // closed when shut and nobody is inside
}

func newGate() *gate { return &gate{idle: make(chan struct{})} }

// enter reports whether the caller is inside; if so it must call exit.
func (g *gate) enter() bool {
	g.started.Add(1)
	if g.shut.Load() {
		g.exit()
		return false
	}
	return true
}

func (g *gate) exit() {
	g.ended.Add(1)
	if g.shut.Load() {
		g.settle()
	}
}

// settle reads ended first: it never exceeds started, so equality means that
// nobody was inside when started was read.
func (g *gate) settle() {
	if ended := g.ended.Load(); ended == g.started.Load() {
		g.once.Do(func() { close(g.idle) })
	}
}

// close lets nobody in any more and returns a channel that is closed when all
// are out. It may be called twice.
func (g *gate) close() <-chan struct{} {
	g.shut.Store(true)
	g.settle()
	return g.idle
}

// inside returns how many are inside.
func (g *gate) inside() int {
	ended := g.ended.Load()
	return int(g.started.Load() - ended)
}
