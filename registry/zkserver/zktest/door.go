package zktest

import (
	"context"
	"net"
	"sync"
)

// door is a listener without a socket: one run of the server gets its
// connections through it, and with Pipe so does the faultListener.
type door struct {
	conns chan net.Conn
	shut  chan struct{}
	once  sync.Once
	addr  net.Addr
}

func newDoor(addr net.Addr) *door {
	return &door{conns: make(chan net.Conn), shut: make(chan struct{}), addr: addr}
}

// dial hands the door one end of a pipe and returns the other.
func (d *door) dial(ctx context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	var err error
	select {
	case d.conns <- theirs:
		return ours, nil
	case <-d.shut:
		err = net.ErrClosed
	case <-ctx.Done():
		err = ctx.Err()
	}
	_ = ours.Close()
	_ = theirs.Close()
	return nil, &net.OpError{Op: "dial", Net: "pipe", Addr: d.addr, Err: err}
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
