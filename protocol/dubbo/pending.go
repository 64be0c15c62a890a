package dubbo

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// slots is how many calls a connection holds without a lock; a power of two.
const slots = 1024

// waiter is one call that waits for its response, with everything that such a
// call needs again each time, so that calling allocates nothing of ours.
//
// A waiter goes back to its pool only from a call to which it was delivered: the
// reader may still look at one whose caller gave up.
type waiter struct {
	id   int64
	done chan struct{} // of 1; the deliverer sends once it has set the fields below

	// Set by the deliverer, which took the waiter out of the table before.
	header header
	body   []byte // the response's body, a copy
	err    error  // why there is no response

	watch watch // the caller's alone

	end uint64 // where the request ends in the stream; written under writer.mu

	out   []byte // the request's frame
	enc   hessian.Encoder
	dec   hessian.Decoder
	timer *time.Timer // the caller's; the reader may make it strike
}

func newWaiter() *waiter {
	w := &waiter{done: make(chan struct{}, 1), timer: time.NewTimer(time.Hour)}
	w.timer.Stop()
	return w
}

// deliver ends the wait. The caller took w out of the table.
func (w *waiter) deliver(h header, body []byte, owned bool, err error) {
	w.header, w.err = h, err
	if owned {
		w.body = body
	} else {
		w.body = append(w.body[:0], body...)
	}
	w.done <- struct{}{}
}

// trim drops what is too big to keep in a pool.
func (w *waiter) trim() {
	if cap(w.body) > keepBuffer {
		w.body = nil
	}
	if cap(w.out) > keepBuffer {
		w.out = nil
	}
	w.err = nil
	w.enc.Reset(nil)
	w.dec.Reset(nil, nil)
}

// pending finds the waiter of a response. The slot of an id is taken and given
// back with one compare-and-swap each; an id whose slot is still held by a slow
// call is skipped. When nearly all slots are held, the map takes the rest.
type pending struct {
	next  atomic.Int64
	slots [slots]atomic.Pointer[waiter]

	mu    sync.Mutex
	more  map[int64]*waiter // guarded by mu
	nmore atomic.Int32      // len(more), so that the fast path takes no lock
}

// made tells whether an id was given out.
func (p *pending) made(id int64) bool { return 0 <= id && id < p.next.Load() }

// drops counts the responses that no call waited for, over all connections of
// a client or a server.
type drops struct{ late, unknown atomic.Uint64 }

func (d *drops) count(made bool) {
	if made {
		d.late.Add(1)
	} else {
		d.unknown.Add(1)
	}
}

func (d *drops) counts() protocol.Drops {
	return protocol.Drops{Late: d.late.Load(), Unknown: d.unknown.Load()}
}

// newID returns the id for a frame that nobody waits for.
func (p *pending) newID() int64 { return p.next.Add(1) - 1 }

// add gives w an id and a place.
func (p *pending) add(w *waiter) {
	for range 16 {
		w.id = p.newID()
		if p.slots[w.id&(slots-1)].CompareAndSwap(nil, w) {
			return
		}
	}
	p.mu.Lock()
	w.id = p.newID()
	if p.more == nil {
		p.more = make(map[int64]*waiter)
	}
	p.more[w.id] = w
	p.nmore.Store(int32(len(p.more)))
	p.mu.Unlock()
}

// remove takes w out and reports whether it was still there. If it was not, a
// deliverer has it, and done is about to be sent.
func (p *pending) remove(w *waiter) bool {
	if slot := &p.slots[w.id&(slots-1)]; slot.Load() == w {
		return slot.CompareAndSwap(w, nil)
	}
	if p.nmore.Load() == 0 {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.more[w.id] != w {
		return false
	}
	p.drop(w.id)
	return true
}

func (p *pending) drop(id int64) {
	delete(p.more, id)
	p.nmore.Store(int32(len(p.more)))
}

// take removes and returns the waiter with id, nil if nobody waits for it any
// more. Only the connection's reader may call it.
func (p *pending) take(id int64) *waiter {
	slot := &p.slots[id&(slots-1)]
	if w := slot.Load(); w != nil && w.id == id {
		if slot.CompareAndSwap(w, nil) {
			return w
		}
		return nil
	}
	if p.nmore.Load() == 0 {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.more[id]
	if w != nil {
		p.drop(id)
	}
	return w
}

// empty reports whether nobody waits.
func (p *pending) empty() bool {
	for i := range p.slots {
		if p.slots[i].Load() != nil {
			return false
		}
	}
	return p.nmore.Load() == 0
}

// each calls f for every waiter, which stays. Only the connection's reader may
// call it; the caller of a waiter may be giving it up meanwhile.
func (p *pending) each(f func(*waiter)) {
	for i := range p.slots {
		if w := p.slots[i].Load(); w != nil {
			f(w)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.more {
		f(w)
	}
}

// takeAll removes every waiter and calls f for it. Only the connection's reader
// may call it.
func (p *pending) takeAll(f func(*waiter)) {
	for i := range p.slots {
		if w := p.slots[i].Swap(nil); w != nil {
			f(w)
		}
	}
	p.mu.Lock()
	more := p.more
	p.more = nil
	p.nmore.Store(0)
	p.mu.Unlock()
	for _, w := range more {
		f(w)
	}
}
