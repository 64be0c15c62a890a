package dubbo

import (
	"context"
	"errors"
	"time"

	"github.com/gubbo/gubbo/protocol"
)

// partAfter is for how long a connection to a leaving peer must have carried no
// call before it is closed.
const partAfter = 500 * time.Millisecond

var errParted = errors.New("dubbo: the peer is leaving, and the connection was idle")

// part closes the connection to a leaving peer as soon as nobody needs it: a
// Java provider that leaves waits for that, 10 s as a rule.
func (c *client) part(ctx context.Context, cn *conn) {
	look := time.NewTicker(partAfter)
	defer look.Stop()
	last := int64(-1)
	idle := func() bool { // now, and since it was asked last
		made := cn.calling().next.Load()
		same := made == last
		last = made
		return same && cn.idle()
	}
	ended := false // cn takes no more calls
	for {
		select {
		case <-look.C:
		case <-cn.ctx.Done():
			return
		case <-ctx.Done():
			if ended {
				c.hangUp(cn) // Close does not see it any more
			}
			return
		}
		if !idle() {
			continue
		}
		if !ended {
			if c.State() != protocol.Draining || !c.o.Spare() {
				continue
			}
			ended = true
			c.withdraw(cn)
			cn.w.end()
			if !idle() { // a call came first; the others find the writer closed and go elsewhere
				continue
			}
		}
		select {
		case <-cn.w.idle(): // a oneway request may have waited
		case <-cn.ctx.Done():
		case <-ctx.Done():
		}
		cn.giveUp(errParted)
		return
	}
}

// withdraw takes cn from new calls, which are refused until the client connects
// again.
func (c *client) withdraw(cn *conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live.CompareAndSwap(cn, nil) { // else the keeper is further on
		c.parted = true
	}
}

// idle reports whether no call is under way in either direction, and none may
// come because the peer has a listener of ours.
func (c *conn) idle() bool {
	return c.calling().empty() && c.underWay.Load() == 0 && c.ours.empty()
}

func (s *listeners) empty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.byID) == 0
}
