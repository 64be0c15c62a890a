package zktest

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/gubbo/gubbo/internal/task"
)

// faultListener owns the address. The server gets a door to it that may be
// closed and opened again while the address stays taken, so that no other
// process can have it in between.
type faultListener struct {
	net   net.Listener
	tasks task.Group // the accepting goroutine, and those with delayed events

	mu      sync.Mutex
	door    *door // nil while the server is stopped; guarded by mu
	refused bool  // guarded by mu
	faults  faults
	conns   map[*faultConn]struct{} // guarded by mu
}

// faults are what connections look at before they read or write.
type faults struct {
	mu      sync.Mutex
	changed chan struct{} // closed and replaced at each change; guarded by mu
	knobs   knobs         // guarded by mu
}

type knobs struct {
	frozen      bool
	cut         bool          // every byte is lost, both ways
	delay       time.Duration // of each write
	rate        int           // bytes a second of each connection each way; 0 is no limit
	dropEvents  bool
	delayEvents time.Duration
}

func newFaultListener(ln net.Listener) *faultListener {
	l := &faultListener{
		net:    ln,
		conns:  map[*faultConn]struct{}{},
		faults: faults{changed: make(chan struct{})},
	}
	l.tasks.Go(l.accept)
	return l
}

func (l *faultListener) accept(context.Context) {
	for {
		nc, err := l.net.Accept()
		if err != nil {
			return
		}
		l.mu.Lock()
		d := l.door
		if d == nil || l.refused {
			l.mu.Unlock()
			reset(nc)
			continue
		}
		c := &faultConn{Conn: nc, l: l, closed: make(chan struct{})}
		l.conns[c] = struct{}{}
		l.mu.Unlock()
		select {
		case d.conns <- c:
		case <-d.shut:
			c.reset()
		}
	}
}

// reset closes so that the peer sees a reset, not an orderly end.
func reset(nc net.Conn) {
	if tcp, ok := nc.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = nc.Close()
}

func (l *faultListener) open() net.Listener {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.door = newDoor(l.net.Addr())
	return l.door
}

func (l *faultListener) shut() {
	l.mu.Lock()
	d := l.door
	l.door = nil
	l.mu.Unlock()
	if d != nil {
		_ = d.Close()
	}
}

func (l *faultListener) close() {
	l.shut()
	_ = l.net.Close()
	l.drop() // one that is accepted after this finds the door shut
	l.tasks.Wait()
}

func (l *faultListener) refuse(on bool) {
	l.mu.Lock()
	l.refused = on
	l.mu.Unlock()
}

func (l *faultListener) drop() {
	l.mu.Lock()
	conns := make([]*faultConn, 0, len(l.conns))
	for c := range l.conns {
		conns = append(conns, c)
	}
	l.mu.Unlock()
	for _, c := range conns {
		c.reset()
	}
}

func (l *faultListener) partition(on bool) {
	l.faults.change(func(k *knobs) { k.cut = on })
	if !on {
		l.mu.Lock()
		var lost []*faultConn
		for c := range l.conns {
			if c.lostBytes() {
				lost = append(lost, c)
			}
		}
		l.mu.Unlock()
		for _, c := range lost {
			c.reset()
		}
	}
}

func (f *faults) change(set func(*knobs)) {
	f.mu.Lock()
	set(&f.knobs)
	close(f.changed)
	f.changed = make(chan struct{})
	f.mu.Unlock()
}
