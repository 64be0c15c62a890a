package dubbo

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/gubbo/gubbo/api"
)

// A process that was stopped, or a host that is gone, keeps its connection: a
// client that waits for the third missed heartbeat would send it calls for
// minutes. So a call that has waited a while for a connection from which nothing
// came has the peer asked by a heartbeat, and a peer that does not answer that
// either is silent: its client is protocol.Suspect until the next byte. Handlers
// that are slow do not make a peer silent, since heartbeats are answered beside
// them.
const (
	// A call first looks after a quarter of its time, within these bounds, then
	// each time that it has waited twice as long, at least every lookEvery.
	// The peer has as long to answer the heartbeat.
	minPatience = 50 * time.Millisecond
	maxPatience = 250 * time.Millisecond
	lookEvery   = 5 * time.Second
	// slowLink is how many bytes of a request a second must get through; a large
	// one is given the time for that.
	slowLink = 1 << 20
	// secondLook is how long a reader that was woken to find the answer overdue
	// reads on: it may be this process that was held up.
	secondLook = 25 * time.Millisecond
)

// patience is how long a call that may take timeout, 0 for ever, waits before
// it has a silent connection asked.
func patience(timeout time.Duration) time.Duration {
	if timeout == 0 {
		return maxPatience
	}
	return min(max(timeout/4, minPatience), maxPatience)
}

// silence is what a client knows of a peer that says nothing. Calls that wait
// raise the question, the connection's reader decides it.
type silence struct {
	born   time.Time
	heard  atomic.Int64 // when bytes came last, in ns since born
	due    atomic.Int64 // when the answer to the heartbeat is due, in ns since born; 0: nobody asked
	silent atomic.Bool  // it did not come; changed by the reader alone

	late bool              // the answer is overdue, and is looked for once more; the reader's
	tell func(silent bool) // called by the reader after each change; nil on a server
}

// presume makes the peer of a new connection silent until it says something.
func (s *silence) presume() {
	s.due.Store(1)
	s.silent.Store(true)
}

// quiet returns how long no byte has come.
func (s *silence) quiet() time.Duration { return time.Since(s.born) - time.Duration(s.heard.Load()) }

// ask reports whether the caller is the first who wants an answer, in d.
func (s *silence) ask(d time.Duration) bool {
	return s.due.CompareAndSwap(0, int64(time.Since(s.born)+d))
}

// deadline returns when the reader must look, if that is before at.
func (s *silence) deadline(due int64, at time.Time) time.Time {
	if t := s.born.Add(time.Duration(due)); due != 0 && !s.silent.Load() && t.Before(at) {
		return t
	}
	return at
}

// hear is called by the reader when bytes came.
func (s *silence) hear(now time.Time) {
	if s.tell == nil {
		return
	}
	s.heard.Store(int64(now.Sub(s.born)))
	if s.due.Load() == 0 {
		return
	}
	s.due.Store(0)
	s.late = false
	if s.silent.Load() {
		s.silent.Store(false)
		s.tell(false)
	}
}

// look is called by the reader when its deadline struck.
func (s *silence) look() {
	now, due := int64(time.Since(s.born)), s.due.Load()
	switch {
	case due == 0 || now < due || s.silent.Load():
	case !s.late:
		s.late = true
		s.due.Store(now + int64(secondLook))
	default:
		s.silent.Store(true)
		s.tell(true)
	}
}

// doubt has the peer asked whether it lives, unless it was already.
func (c *conn) doubt(patience time.Duration) {
	if c.r.silence.ask(patience) {
		c.sendHeartbeat()
		// The reader moves its own deadline only when that strikes. If it does so
		// now, it sees that it was asked.
		_ = c.nc.SetReadDeadline(time.Now().Add(patience))
	}
}

// nudge has every call that waits look at the connection.
func (c *conn) nudge() {
	c.calling().each(func(w *waiter) { w.timer.Reset(0) })
}

// watch is the patience of one call with one connection. A server's calls to
// listeners have none: they only time out.
type watch struct {
	began    time.Time
	patience time.Duration
	first    time.Duration // when to look first, after began
	look     time.Duration // when to look next
}

// start begins the watch of a call that may take timeout, 0 for ever, and
// returns when the timer must strike first; 0 for never.
func (t *watch) start(cn *conn, now time.Time, timeout time.Duration, size int) time.Duration {
	t.began, t.look = now, math.MaxInt64
	if cn.client {
		t.patience = patience(timeout)
		t.first = t.patience + time.Duration(size)*(time.Second/slowLink)
		t.look = t.first
	}
	switch {
	case timeout > 0:
		return min(timeout, t.look)
	case cn.client:
		return t.look
	}
	return 0
}

// strike is called when the timer of a call struck. It returns the error with
// which the call ends, nil if it waits on.
func (c *caller) strike(cn *conn, w *waiter, inv *api.Invocation, sent api.Sent) error {
	now, t := time.Now(), &w.watch
	waited, left := now.Sub(t.began), time.Duration(math.MaxInt64)
	if !inv.Deadline.IsZero() {
		left = inv.Deadline.Sub(now)
	}
	silence := &cn.r.silence
	was := silence.silent.Load()
	switch {
	case !cn.client:
	case was && left > 0 && waited >= t.first && c.leave != nil:
		if err := c.leave(inv, silentError(inv, sent, silence.quiet())); err != nil {
			return err
		}
	case !was && (left <= 0 || waited >= t.look) && silence.quiet() >= min(t.patience, waited)/2:
		cn.doubt(t.patience)
	}
	if left <= 0 {
		return timeoutError(inv, sent)
	}
	if waited >= t.look {
		t.look = waited + min(waited, lookEvery)
	}
	w.timer.Reset(max(min(left, t.look-waited), 0))
	if !was && silence.silent.Load() {
		w.timer.Reset(0) // the nudge may have come just before
	}
	return nil
}
