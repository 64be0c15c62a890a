package zkserver

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

const (
	// handshakeTime is how long a connection may take for its first frame.
	handshakeTime = 10 * time.Second
	// handshakeSize is how long that may be; clients send 44 or 45 bytes.
	handshakeSize = 4 << 10
	// frameTime is how long a later frame may take once its length has come.
	frameTime = 30 * time.Second
	// farewellTime is how long a connection that is being closed may take to
	// read what it is owed.
	farewellTime = time.Second
)

// A client that does not read what it asked for costs little more than window
// and own: its next request waits while window bytes are to be written to it,
// or while one batch of requests has it owed burst, and more than own bytes of
// requests are read ahead only while all connections together have borrowed
// less than shared.
const (
	window = 4 << 10
	burst  = 64 << 10
	own    = 4 << 10
	shared = 256 << 10
)

// conn is the shell's side of one connection. One goroutine reads; another
// writes, and lives only while there is something to write.
type conn struct {
	server *Server
	nc     net.Conn
	client *client
	began  time.Time
	host   string  // the peer's address without the port
	held   []input // requests that wait for outbox to be written; the run goroutine's

	mu      sync.Mutex
	space   sync.Cond // requests and bytes have gone down, or closed is set; on mu
	flow    flow      // of the requests that are read and whose replies are not written; guarded by mu
	outbox  []byte    // frames to write; beyond Limits.Outbox the connection is closed; guarded by mu
	replied flow      // of the requests whose replies are in outbox; guarded by mu
	leaving int       // bytes that are being written; guarded by mu
	parting flow      // of the requests that those answer; guarded by mu
	writing bool      // a goroutine writes; guarded by mu
	awaited bool      // the run goroutine wants to be told when all is written; guarded by mu
	ending  bool      // close when outbox is written; guarded by mu
	closed  bool      // guarded by mu
}

// flow counts requests and what they cost.
type flow struct{ requests, bytes int }

// flowOf is one request. A small one costs more than its bytes.
func flowOf(frame int) flow { return flow{1, frame + 200} }

func (f *flow) add(g flow) { f.requests, f.bytes = f.requests+g.requests, f.bytes+g.bytes }
func (f *flow) sub(g flow) { f.requests, f.bytes = f.requests-g.requests, f.bytes-g.bytes }

func newConn(s *Server, nc net.Conn) *conn {
	c := &conn{server: s, nc: nc, began: time.Now()}
	c.space.L = &c.mu
	peer := nc.RemoteAddr().String()
	host, _, err := net.SplitHostPort(peer)
	if err != nil {
		host = peer
	}
	c.host = host
	c.client = s.m.newClient(peer, host)
	c.client.conn = c
	return c
}

// read hands the connection's frames to the machine until it ends.
func (c *conn) read(ctx context.Context) {
	defer c.server.untrack(c)
	err := c.readFrames(ctx)
	if err != nil {
		c.server.cfg.Logger.Debug("zkserver: connection ends", "peer", c.client.peer, "cause", err)
	}
	// The machine ends the connection, so that what came before is answered. Until
	// then it counts, so that a Server that ends meanwhile closes it.
	c.server.push(ctx, input{kind: inGone, conn: c})
	c.awaitClose()
}

func (c *conn) readFrames(ctx context.Context) error {
	if err := c.nc.SetDeadline(time.Now().Add(handshakeTime)); err != nil {
		return err
	}
	if err := c.identify(ctx); err != nil {
		return err
	}
	var r io.Reader = c.nc // a buffer is for those who speak
	var buffer *bufio.Reader
	limit := min(handshakeSize, c.server.cfg.Limits.Frame)
	var head [4]byte
	for first := true; ; first = false {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return err
		}
		if first && isWord(head[:]) {
			word := head[:]
			if string(word) == "stmk" { // a mask follows
				word = append(word, make([]byte, 8)...)
				if _, err := io.ReadFull(r, word[4:]); err != nil {
					return err
				}
			}
			if !c.server.push(ctx, input{kind: inWord, conn: c, frame: word}) {
				return ctx.Err()
			}
			_, err := io.Copy(io.Discard, r) // what is left unread would make the end a reset
			c.awaitClose()
			return err
		}
		n := int32(binary.BigEndian.Uint32(head[:]))
		if n < 0 || int(n) > limit {
			c.server.cfg.Logger.Warn("zkserver: frame length out of bounds, closing the connection",
				"peer", c.client.peer, "length", n, "limit", limit)
			return fmt.Errorf("zkserver: frame of %d bytes, the limit is %d", n, limit)
		}
		slow := !first && buffer.Buffered() < int(n)
		if slow {
			if err := c.nc.SetReadDeadline(time.Now().Add(frameTime)); err != nil {
				return err
			}
		}
		frame, err := c.server.readFrame(r, int(n))
		if err != nil {
			if errors.Is(err, errCrowded) {
				c.server.cfg.Logger.Warn("zkserver: too much of requests waits in all, closing the connection",
					"peer", c.client.peer, "length", n, "limit", c.server.cfg.Limits.Requests)
			}
			return err
		}
		if first {
			if err := c.nc.SetDeadline(time.Time{}); err != nil {
				return err
			}
			buffer = bufio.NewReaderSize(c.nc, 2048)
			r, limit = buffer, c.server.cfg.Limits.Frame
		}
		if slow {
			if err := c.nc.SetReadDeadline(time.Time{}); err != nil {
				return err
			}
		}
		if !c.admit(flowOf(int(n))) {
			c.server.arriving.Add(-large(len(frame)))
			return net.ErrClosed
		}
		if !c.server.push(ctx, input{kind: inFrame, conn: c, frame: frame, at: time.Since(c.server.began)}) {
			return ctx.Err()
		}
	}
}

// identify makes a connection to the TLS port known by its certificate. The
// machine has not heard of the client yet.
func (c *conn) identify(ctx context.Context) error {
	t, ok := c.nc.(*tls.Conn)
	if !ok {
		return nil
	}
	c.server.handshakes.Add(1)
	err := t.HandshakeContext(ctx)
	c.server.handshakes.Add(-1)
	if err != nil {
		c.server.unsuccessful.Add(1)
		return err
	}
	if certs := t.ConnectionState().PeerCertificates; len(certs) > 0 {
		name := subject(certs[0])
		if name != "" && name == c.server.cfg.SuperSubject { // many a certificate has no subject
			c.client.addID(identity{"super", name})
		}
		c.client.addID(identity{"x509", name})
	}
	return nil
}

// step is what a request may take of memory before it counts.
const step = 16 << 10

var errCrowded = errors.New("zkserver: too much of requests waits in all")

// large is what a request of n bytes counts for in arriving.
func large(n int) int64 { return int64(max(0, n-step)) }

// readFrame reads n bytes. Memory grows with what arrives, not with what a
// length field promises, and counts in arriving until the request is applied.
func (s *Server) readFrame(r io.Reader, n int) (frame []byte, err error) {
	var counted int64
	defer func() {
		if err != nil {
			s.arriving.Add(-counted)
		}
	}()
	frame = make([]byte, 0, min(n, step))
	for len(frame) < n {
		have := len(frame)
		more := min(n-have, max(step, have))
		if cap(frame) < have+more {
			grow := large(have+more) - counted
			counted += grow
			if s.arriving.Add(grow) > s.cfg.Limits.Requests {
				return nil, errCrowded
			}
			grown := make([]byte, have, have+more)
			copy(grown, frame)
			frame = grown
		}
		frame = frame[:have+more]
		if _, err := io.ReadFull(r, frame[have:]); err != nil {
			return nil, err
		}
	}
	return frame, nil
}

// admit counts a request in once there is room for it, or returns false when
// the connection is closed. There is room for one in any case.
func (c *conn) admit(request flow) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		have := &c.flow
		more := max(have.bytes+request.bytes, own) - max(have.bytes, own)
		switch {
		case c.closed:
			return false
		case have.requests == 0:
			c.server.borrowed.Add(int64(more))
			have.add(request)
			return true
		case have.requests < c.server.cfg.Limits.Outstanding && c.server.borrow(more):
			have.add(request)
			return true
		}
		c.space.Wait() // for some of its own to be answered
	}
}

// borrow takes n bytes of those that all connections share.
func (s *Server) borrow(n int) bool {
	if n == 0 || s.borrowed.Add(int64(n)) <= shared {
		return true
	}
	s.borrowed.Add(int64(-n))
	return false
}

// answered counts requests out whose replies are written.
func (c *conn) answered(requests flow) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server.unwritten.Add(int64(-c.leaving))
	c.leaving, c.parting = 0, flow{}
	c.release(requests)
}

// release is answered with mu held.
func (c *conn) release(requests flow) {
	before := c.flow.bytes
	c.flow.sub(requests)
	c.server.borrowed.Add(int64(max(c.flow.bytes, own) - max(before, own)))
	c.space.Signal()
}

// full reports whether the next request of the connection has to wait for the
// writing of what it is owed; an input inWritten comes when that is done.
func (c *conn) full() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unwritten() <= window && len(c.client.out) <= burst {
		return false
	}
	c.awaited = true
	return true
}

// debt is how many bytes the client has not read, and those that the kernel
// has not taken.
func (c *conn) debt() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.unwritten() + len(c.client.out)
}

func (c *conn) unwritten() int { return len(c.outbox) + c.leaving }

// send queues frames, which are its own from then on and answer what replied
// counts; with end the connection is closed once they are written. It reports
// false when the client does not read what it is owed: then the connection is
// closed at once.
func (c *conn) send(frames []byte, replied flow, end bool) bool {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		c.server.buffers.put(frames)
		return true
	}
	if end && !c.ending {
		c.ending = true
		_ = c.nc.SetWriteDeadline(time.Now().Add(farewellTime))
	}
	if len(c.outbox) > 0 && len(c.outbox)+len(frames) > c.server.cfg.Limits.Outbox {
		c.mu.Unlock()
		c.server.cfg.Logger.Warn("zkserver: client does not read its replies, closing the connection",
			"peer", c.client.peer, "limit", c.server.cfg.Limits.Outbox)
		c.cut()
		return false
	}
	c.server.unwritten.Add(int64(len(frames)))
	if len(c.outbox) == 0 {
		c.outbox = c.server.buffers.fit(frames)
	} else {
		c.outbox = append(c.outbox, frames...)
		c.server.buffers.put(frames)
	}
	c.replied.add(replied)
	start := !c.writing
	c.writing = true
	c.mu.Unlock()
	if start && !c.server.tasks.Go(c.write) {
		c.close()
	}
	return true
}

// write writes what is queued and ends when all is written.
func (c *conn) write(ctx context.Context) {
	for {
		c.mu.Lock()
		if len(c.outbox) == 0 {
			c.outbox = nil
			c.writing = false
			awaited, end := c.awaited, c.ending
			c.awaited = false
			c.mu.Unlock()
			if awaited {
				c.server.push(ctx, input{kind: inWritten, conn: c})
			}
			if end {
				c.close()
			}
			return
		}
		out, replied := c.outbox, c.replied
		c.outbox = nil
		c.replied, c.leaving, c.parting = flow{}, len(out), replied
		c.mu.Unlock()
		_, err := c.nc.Write(out)
		c.server.buffers.put(out)
		c.answered(replied)
		if err != nil {
			c.close() // the reader learns of it, and writing stays true: nobody writes any more
			return
		}
	}
}

// close closes the connection.
func (c *conn) close() {
	c.end()
	_ = c.nc.Close()
}

// awaitClose returns once the connection is closed.
func (c *conn) awaitClose() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.closed {
		c.space.Wait()
	}
}

// cut is close without the farewell of TLS, which may have to wait for the peer.
func (c *conn) cut() {
	c.end()
	nc := c.nc
	if t, ok := nc.(*tls.Conn); ok {
		nc = t.NetConn()
	}
	_ = nc.Close()
}

func (c *conn) end() {
	c.mu.Lock()
	c.closed = true
	c.server.unwritten.Add(int64(-c.unwritten()))
	c.outbox, c.leaving = nil, 0
	c.space.Signal()
	c.mu.Unlock()
}

// waiting is how many requests have no reply yet.
func (c *conn) waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return max(0, c.flow.requests-c.replied.requests-c.parting.requests)
}

// buffers are what frames are gathered in. A connection that owes nothing
// holds none, and one that cannot be written to none that is much too large.
type buffers struct{ small, large sync.Pool } // of *[]byte, up to window, and beyond

func (b *buffers) get() []byte {
	for _, pool := range []*sync.Pool{&b.large, &b.small} {
		if p, ok := pool.Get().(*[]byte); ok {
			return *p
		}
	}
	return nil
}

// fit returns p, or a copy of it that wastes less.
func (b *buffers) fit(p []byte) []byte {
	if cap(p) <= window || len(p) > cap(p)/2 {
		return p
	}
	var small []byte
	if s, ok := b.small.Get().(*[]byte); ok {
		small = *s
	}
	small = append(small, p...)
	b.put(p)
	return small
}

func (b *buffers) put(p []byte) {
	p = p[:0]
	switch {
	case cap(p) == 0:
	case cap(p) <= window:
		b.small.Put(&p)
	case cap(p) <= 2<<20: // a larger one is rare, and must not stay for ever
		b.large.Put(&p)
	}
}
