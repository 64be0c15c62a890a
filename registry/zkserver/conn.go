package zkserver

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

const (
	// handshakeTime is how long a connection may take for its first frame.
	handshakeTime = 10 * time.Second
	// farewellTime is how long a connection that is being closed may take to
	// read what it is owed.
	farewellTime = time.Second
)

// conn is the shell's side of one connection: one goroutine reads, one writes.
type conn struct {
	server *Server
	nc     net.Conn
	client *client
	began  time.Time
	// outstanding has one entry per request that is read and not yet answered;
	// while it is full, nothing is read.
	outstanding chan struct{}

	mu      sync.Mutex
	outbox  []byte        // frames to write; beyond Limits.Outbox the connection is closed; guarded by mu
	ending  bool          // close when outbox is written; guarded by mu
	pending chan struct{} // holds one entry when outbox or ending has news
}

func newConn(s *Server, nc net.Conn) *conn {
	c := &conn{
		server:      s,
		nc:          nc,
		began:       time.Now(),
		outstanding: make(chan struct{}, s.cfg.Limits.Outstanding),
		pending:     make(chan struct{}, 1),
	}
	peer := nc.RemoteAddr().String()
	host, _, err := net.SplitHostPort(peer)
	if err != nil {
		host = peer
	}
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
	// The machine ends the connection, so that what came before is answered.
	c.server.push(ctx, input{kind: inGone, conn: c})
}

func (c *conn) readFrames(ctx context.Context) error {
	if err := c.nc.SetReadDeadline(time.Now().Add(handshakeTime)); err != nil {
		return err
	}
	r := bufio.NewReaderSize(c.nc, 2048)
	var head [4]byte
	for first := true; ; first = false {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return err
		}
		if first && isWord(head[:]) {
			c.server.push(ctx, input{kind: inWord, conn: c, frame: head[:]})
			_, err := io.Copy(io.Discard, r) // until it is answered and closed
			return err
		}
		n := int32(binary.BigEndian.Uint32(head[:]))
		if n < 0 || int(n) > c.server.cfg.Limits.Frame {
			c.server.cfg.Logger.Warn("zkserver: frame length out of bounds, closing the connection",
				"peer", c.client.peer, "length", n, "limit", c.server.cfg.Limits.Frame)
			return fmt.Errorf("zkserver: frame of %d bytes, the limit is %d", n, c.server.cfg.Limits.Frame)
		}
		frame, err := readFrame(r, int(n))
		if err != nil {
			return err
		}
		if first {
			if err := c.nc.SetReadDeadline(time.Time{}); err != nil {
				return err
			}
		}
		select {
		case c.outstanding <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		if !c.server.push(ctx, input{kind: inFrame, conn: c, frame: frame, at: time.Now()}) {
			return ctx.Err()
		}
	}
}

// readFrame reads n bytes. Memory grows with what arrives, not with what a
// length field promises.
func readFrame(r io.Reader, n int) ([]byte, error) {
	const step = 16 << 10
	frame := make([]byte, 0, min(n, step))
	for len(frame) < n {
		have := len(frame)
		more := min(n-have, max(step, have))
		if cap(frame) < have+more {
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

// send queues frames, which are its own from then on; with end the connection
// is closed once they are written. It reports false when the client does not
// read what it is owed: then the connection is closed at once.
func (c *conn) send(frames []byte, end bool) bool {
	c.mu.Lock()
	if end && !c.ending {
		c.ending = true
		_ = c.nc.SetWriteDeadline(time.Now().Add(farewellTime))
	}
	if len(c.outbox) > 0 && len(c.outbox)+len(frames) > c.server.cfg.Limits.Outbox {
		c.mu.Unlock()
		c.server.cfg.Logger.Warn("zkserver: client does not read its replies, closing the connection",
			"peer", c.client.peer, "limit", c.server.cfg.Limits.Outbox)
		_ = c.nc.Close()
		return false
	}
	if len(c.outbox) == 0 {
		c.outbox = frames
	} else {
		c.outbox = append(c.outbox, frames...)
		c.server.buffers.put(frames)
	}
	c.mu.Unlock()
	select {
	case c.pending <- struct{}{}:
	default:
	}
	return true
}

// write writes what is queued until the connection ends.
func (c *conn) write(ctx context.Context) {
	defer c.nc.Close()
	for {
		c.mu.Lock()
		out, end := c.outbox, c.ending
		c.outbox = nil
		c.mu.Unlock()
		if len(out) > 0 {
			if _, err := c.nc.Write(out); err != nil {
				return // the reader learns of it too
			}
			c.server.buffers.put(out)
			continue
		}
		if end {
			return
		}
		select {
		case <-c.pending:
		case <-ctx.Done():
			return
		}
	}
}

// buffers are what frames are gathered in. A connection that owes nothing
// holds none.
type buffers struct{ pool sync.Pool } // of *[]byte

func (b *buffers) get() []byte {
	if p, ok := b.pool.Get().(*[]byte); ok {
		return *p
	}
	return nil
}

func (b *buffers) put(p []byte) {
	if cap(p) <= 2*batchBytes { // a larger one is rare, and must not stay for ever
		p = p[:0]
		b.pool.Put(&p)
	}
}
