package dubbo

import (
	"cmp"
	"net"
	"runtime"
	"sync"
)

// maxBatch bounds the bytes that wait for the flusher. A frame that finds more
// waits for space; since a frame is taken whole, the batch may exceed the bound
// by one frame.
const maxBatch = 1 << 20

// keepBuffer is the largest buffer that is kept for reuse.
const keepBuffer = 64 << 10

// writer coalesces frames: whoever has one appends it to the batch and goes
// on, and one flusher goroutine hands all that came together to the connection
// in one write. So the number of system calls falls as the number of callers
// rises, and a caller is never stuck in a write for others.
type writer struct {
	nc   net.Conn
	wake chan struct{} // of 1; tells the flusher that buf is no longer empty

	mu      sync.Mutex
	buf     []byte // frames that wait; guarded by mu
	queued  uint64 // all bytes ever appended; guarded by mu
	written uint64 // all bytes the connection took; guarded by mu
	asleep  bool   // the flusher waits for wake; guarded by mu
	closing bool   // no more frames, the flusher ends when buf is empty; guarded by mu
	closed  bool   // no more frames, the flusher ends at once; guarded by mu
	failure error  // of the write that ended the flusher; guarded by mu

	// Each is nil if nobody waits; guarded by mu.
	space   chan struct{} // closed when buf was taken
	next    chan struct{} // closed when what is in buf was written, or was given up
	current chan struct{} // the same for the batch that the flusher writes
}

// rouse closes a channel that somebody may wait for.
func rouse(c *chan struct{}) {
	if *c != nil {
		close(*c)
		*c = nil
	}
}

func newWriter(nc net.Conn) *writer {
	return &writer{nc: nc, wake: make(chan struct{}, 1), asleep: true}
}

// append adds a whole frame to the batch. If the batch is full it takes
// nothing and returns a channel that is closed when trying again makes sense.
// ok is false if the connection takes no more. With ok and no channel the frame
// is queued, and *end, unless end is nil, is where it ends in the stream; it is
// set before anybody who closes the writer can look.
func (w *writer) append(frame []byte, end *uint64) (full <-chan struct{}, ok bool) {
	w.mu.Lock()
	if w.closing || w.closed {
		w.mu.Unlock()
		return nil, false
	}
	if len(w.buf) >= maxBatch {
		if w.space == nil {
			w.space = make(chan struct{})
		}
		full = w.space
		w.mu.Unlock()
		return full, true
	}
	w.buf = append(w.buf, frame...)
	w.queued += uint64(len(frame))
	if end != nil {
		*end = w.queued
	}
	asleep := w.asleep
	w.asleep = false
	w.mu.Unlock()
	if asleep {
		w.wake <- struct{}{} // never blocks: the flusher sleeps, and only one finds it asleep
	}
	return nil, true
}

// flush writes batches until the writer is closed or a write fails. It is the
// flusher's whole life.
func (w *writer) flush() error {
	var batch []byte
	for {
		<-w.wake
		for {
			// Whoever else is ready to append gets the chance to join the batch. One
			// yield cuts the CPU of a busy connection to a quarter.
			runtime.Gosched()
			w.mu.Lock()
			if w.closed || len(w.buf) == 0 {
				end := w.closed || w.closing
				w.asleep = !end
				w.mu.Unlock()
				if end {
					return nil
				}
				break
			}
			batch, w.buf = w.buf, batch[:0]
			w.current, w.next = w.next, nil
			rouse(&w.space)
			w.mu.Unlock()
			n, err := w.nc.Write(batch)
			w.mu.Lock()
			w.written += uint64(n)
			w.failure = err
			rouse(&w.current)
			w.mu.Unlock()
			if err != nil {
				return err
			}
			if cap(batch) > keepBuffer && len(batch) < cap(batch)/4 {
				batch = nil // a burst is over
			}
		}
	}
}

// end lets the flusher write what is queued and return; nothing more is taken.
func (w *writer) end() { w.stop(false) }

// close lets the flusher return as soon as its write does. Frames that wait are
// dropped.
func (w *writer) close() { w.stop(true) }

func (w *writer) stop(now bool) {
	w.mu.Lock()
	w.closing = true
	if now {
		w.closed = true
		rouse(&w.space)
		rouse(&w.next)
	}
	asleep := w.asleep
	w.asleep = false
	w.mu.Unlock()
	if asleep {
		w.wake <- struct{}{}
	}
}

// passed returns a channel that is closed as soon as the connection has taken
// the stream up to end, or never will: see lost.
func (w *writer) passed(end uint64) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	wait, over := &w.next, w.closed
	if end <= w.queued-uint64(len(w.buf)) {
		wait, over = &w.current, end <= w.written || w.failure != nil
	}
	if over {
		closed := make(chan struct{})
		close(closed)
		return closed
	}
	if *wait == nil {
		*wait = make(chan struct{})
	}
	return *wait
}

// idle returns a channel that is closed as soon as all that was queued is
// written, or will never be.
func (w *writer) idle() <-chan struct{} {
	w.mu.Lock()
	end := w.queued
	w.mu.Unlock()
	return w.passed(end)
}

// lost returns why the connection did not take the stream up to end, nil if it
// did. passed must have told.
func (w *writer) lost(end uint64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if end <= w.written {
		return nil
	}
	return cmp.Or(w.failure, net.ErrClosed)
}

// sentBytes returns how much of the stream the connection took. It is final
// once the flusher has returned.
func (w *writer) sentBytes() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.written
}
