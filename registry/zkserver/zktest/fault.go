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
	tcp   net.Listener
	tasks task.Group // the accepting goroutine

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
	frozen  bool          // guarded by mu
	cut     bool          // guarded by mu
	delay   time.Duration // guarded by mu
}

func newFaultListener(tcp net.Listener) *faultListener {
	l := &faultListener{
		tcp:    tcp,
		conns:  map[*faultConn]struct{}{},
		faults: faults{changed: make(chan struct{})},
	}
	l.tasks.Go(l.accept)
	return l
}

func (l *faultListener) accept(context.Context) {
	for {
		nc, err := l.tcp.Accept()
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
	l.door = &door{conns: make(chan net.Conn), shut: make(chan struct{}), addr: l.tcp.Addr()}
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
	_ = l.tcp.Close()
	l.tasks.Wait()
	l.drop()
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

func (l *faultListener) freeze(on bool) { l.faults.change(func(f *faults) { f.frozen = on }) }

func (l *faultListener) delay(d time.Duration) { l.faults.change(func(f *faults) { f.delay = d }) }

func (l *faultListener) partition(on bool) {
	l.faults.change(func(f *faults) { f.cut = on })
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

func (f *faults) change(set func(*faults)) {
	f.mu.Lock()
	set(f)
	close(f.changed)
	f.changed = make(chan struct{})
	f.mu.Unlock()
}

// door is the listener that one run of the server gets.
type door struct {
	conns chan net.Conn
	shut  chan struct{}
	once  sync.Once
	addr  net.Addr
}

func (d *door) Accept() (net.Conn, error) {
	select {
	case c := <-d.conns:
		return c, nil
	case <-d.shut:
		return nil, net.ErrClosed
	}
}

func (d *door) Close() error {
	d.once.Do(func() { close(d.shut) })
	return nil
}

func (d *door) Addr() net.Addr { return d.addr }

// faultConn is a connection that the faults of its listener act on.
type faultConn struct {
	net.Conn
	l      *faultListener
	once   sync.Once
	closed chan struct{}

	mu   sync.Mutex
	lost bool // bytes went nowhere while the network was cut; guarded by mu
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

// thawed waits while the server is frozen and returns whether the network is
// cut, and how long a write is to be held back.
func (c *faultConn) thawed() (cut bool, delay time.Duration, err error) {
	for {
		f := &c.l.faults
		f.mu.Lock()
		frozen, changed := f.frozen, f.changed
		cut, delay = f.cut, f.delay
		f.mu.Unlock()
		if !frozen {
			return cut, delay, nil
		}
		select {
		case <-changed:
		case <-c.closed:
			return false, 0, net.ErrClosed
		}
	}
}

func (c *faultConn) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		cut, _, closed := c.thawed()
		if closed != nil {
			return 0, closed
		}
		if !cut || err != nil {
			return n, err
		}
		c.lose()
	}
}

func (c *faultConn) Write(p []byte) (int, error) {
	cut, delay, err := c.thawed()
	if err != nil {
		return 0, err
	}
	if cut {
		c.lose()
		return len(p), nil
	}
	if delay > 0 {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-c.closed:
			return 0, net.ErrClosed
		}
	}
	return c.Conn.Write(p)
}

// Close is the server's. While the network is cut the client cannot see it:
// the socket stays until Heal resets it.
func (c *faultConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	f := &c.l.faults
	f.mu.Lock()
	cut := f.cut
	f.mu.Unlock()
	if cut {
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
