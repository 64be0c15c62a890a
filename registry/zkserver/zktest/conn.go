package zktest

import (
	"context"
	"encoding/binary"
	"net"
	"sync"
	"time"
)

// faultConn is a connection that the faults of its listener act on.
type faultConn struct {
	net.Conn
	l      *faultListener
	once   sync.Once
	closed chan struct{}

	writing sync.Mutex // one piece goes out at a time

	mu       sync.Mutex
	lost     bool         // bytes went nowhere while the network was cut; guarded by mu
	held     []heldEvents // guarded by mu
	delaying bool         // a goroutine lets held go; guarded by mu
}

// heldEvents are frames of watch events that wait until they are due.
type heldEvents struct {
	frames []byte
	since  time.Time
}

func (c *faultConn) lostBytes() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost
}

func (c *faultConn) lose() {
	c.mu.Lock()
	c.lost = true
	c.mu.Unlock()
}

// knobs returns them as they stand, and what tells of their next change.
func (c *faultConn) knobs() (knobs, <-chan struct{}) {
	f := &c.l.faults
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.knobs, f.changed
}

// thawed waits while the server is frozen.
func (c *faultConn) thawed() (knobs, error) {
	for {
		k, changed := c.knobs()
		if !k.frozen {
			return k, nil
		}
		select {
		case <-changed:
		case <-c.closed:
			return k, net.ErrClosed
		}
	}
}

// sleep is time.Sleep until the connection is closed.
func (c *faultConn) sleep(d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.closed:
		return net.ErrClosed
	}
}

// piece is how many of n bytes go at a time.
func (k *knobs) piece(n int) int {
	if k.rate <= 0 {
		return n
	}
	return min(n, max(k.rate/20, 1))
}

// takes is how long n bytes take.
func (k *knobs) takes(n int) time.Duration {
	if k.rate <= 0 {
		return 0
	}
	return time.Duration(n) * time.Second / time.Duration(k.rate)
}

func (c *faultConn) Read(p []byte) (int, error) {
	for {
		k, _ := c.knobs()
		n, err := c.Conn.Read(p[:k.piece(len(p))])
		k, closed := c.thawed()
		if closed != nil {
			return 0, closed
		}
		if !k.cut || err != nil {
			if closed := c.sleep(k.takes(n)); closed != nil {
				return 0, closed
			}
			return n, err
		}
		c.lose()
	}
}

// Write is the server's, which writes whole frames.
func (c *faultConn) Write(p []byte) (int, error) {
	k, _ := c.knobs()
	rest := p
	if k.dropEvents || k.delayEvents > 0 {
		var events []byte
		if rest, events = sift(p); k.delayEvents > 0 && !k.dropEvents {
			c.hold(events)
		}
	}
	if err := c.send(rest); err != nil {
		return 0, err
	}
	return len(p), nil
}

// sift parts the frames of watch events from the others. What is no frame, as
// the answer to a four-letter word, is no event.
func sift(p []byte) (rest, events []byte) {
	for len(p) >= 4 {
		n := 4 + int(binary.BigEndian.Uint32(p))
		if n > len(p) {
			break
		}
		const xidEvent = 0xffffffff // after the length
		if n >= 20 && binary.BigEndian.Uint32(p[4:]) == xidEvent {
			events = append(events, p[:n]...)
		} else {
			rest = append(rest, p[:n]...)
		}
		p = p[n:]
	}
	return append(rest, p...), events
}

// send writes p as the faults have it.
func (c *faultConn) send(p []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	for first := true; len(p) > 0; first = false {
		k, err := c.thawed()
		if err != nil {
			return err
		}
		if first {
			if err := c.sleep(k.delay); err != nil {
				return err
			}
		}
		if k.cut {
			c.lose()
			return nil
		}
		n := k.piece(len(p))
		if _, err := c.Conn.Write(p[:n]); err != nil {
			return err
		}
		if err := c.sleep(k.takes(n)); err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// hold keeps events back for as long as the knob says.
func (c *faultConn) hold(events []byte) {
	if len(events) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = append(c.held, heldEvents{events, time.Now()})
	if !c.delaying {
		c.delaying = c.l.tasks.Go(c.letGo)
	}
}

// letGo sends held events when they are due, and ends when there are none.
func (c *faultConn) letGo(context.Context) {
	for {
		c.mu.Lock()
		if len(c.held) == 0 {
			c.delaying = false
			c.mu.Unlock()
			return
		}
		next := c.held[0]
		c.held = c.held[1:]
		c.mu.Unlock()
		if c.due(next.since) != nil || c.send(next.frames) != nil {
			return // closed: nobody is to have them
		}
	}
}

// due waits until an event that has been held since then may go, as the knob
// has it by now.
func (c *faultConn) due(since time.Time) error {
	for {
		k, changed := c.knobs()
		left := k.delayEvents - time.Since(since)
		if left <= 0 {
			return nil
		}
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-changed:
		case <-c.closed:
			timer.Stop()
			return net.ErrClosed
		}
		timer.Stop()
	}
}

// Close is the server's. While the network is cut the client cannot see it:
// the socket stays until Heal resets it.
func (c *faultConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	if k, _ := c.knobs(); k.cut {
		c.lose()
		return c.SetReadDeadline(time.Unix(1, 0)) // ends the server's Read
	}
	c.forget()
	return c.Conn.Close()
}

func (c *faultConn) reset() {
	c.once.Do(func() { close(c.closed) })
	c.forget()
	reset(c.Conn)
}

func (c *faultConn) forget() {
	c.l.mu.Lock()
	delete(c.l.conns, c)
	c.l.mu.Unlock()
}
