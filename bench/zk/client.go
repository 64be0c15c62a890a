package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
)

// client is one session over one connection, for both servers alike: it costs
// so little that the server is what is measured.
type client struct {
	nc     net.Conn
	r      *bufio.Reader
	out    []byte
	xid    int32
	events int // that came so far
}

const (
	opCreate, opDelete, opExists, opGetData, opSetData, opGetChildren2 = 1, 2, 3, 4, 5, 12
	opPing, opCheck, opMulti, opClose                                  = 11, 13, 14, -11
)

func connect(addr string) (*client, error) {
	nc, err := net.DialTimeout("tcp", addr, 10*time.Second)
	if err != nil {
		return nil, err
	}
	c := &client{nc: nc, r: bufio.NewReaderSize(nc, 16<<10)}
	b, start := jute.BeginFrame(nil)
	b = jute.AppendLong(jute.AppendInt(b, 0), 0)
	b = jute.AppendLong(jute.AppendInt(b, 40_000), 0)
	b = jute.AppendBool(jute.AppendBuffer(b, make([]byte, 16)), false)
	if _, err = nc.Write(jute.EndFrame(b, start)); err == nil {
		var frame []byte
		if frame, err = c.frame(); err == nil && (len(frame) < 16 || binary.BigEndian.Uint64(frame[8:]) == 0) {
			err = fmt.Errorf("%s gives no session", addr)
		}
	}
	if err != nil {
		_ = nc.Close()
		return nil, err
	}
	return c, nil
}

func (c *client) close() {
	c.add(opClose, nil)
	_ = c.roundTrip(1)
	_ = c.nc.Close()
}

// add appends a request to what the next roundTrip sends.
func (c *client) add(op int32, body []byte) {
	c.xid++
	xid := c.xid
	if op == opPing {
		xid = -2
	}
	var start int
	c.out, start = jute.BeginFrame(c.out)
	c.out = append(jute.AppendInt(jute.AppendInt(c.out, xid), op), body...)
	c.out = jute.EndFrame(c.out, start)
}

// roundTrip sends what was added, n requests, and takes their replies.
func (c *client) roundTrip(n int) error {
	_ = c.nc.SetDeadline(time.Now().Add(time.Minute))
	if _, err := c.nc.Write(c.out); err != nil {
		return err
	}
	c.out = c.out[:0]
	for range n {
		if err := c.reply(); err != nil {
			return err
		}
	}
	return nil
}

// reply takes one reply and the events before it.
func (c *client) reply() error {
	for {
		frame, err := c.frame()
		if err != nil {
			return err
		}
		if len(frame) < 16 {
			return fmt.Errorf("a frame of %d bytes", len(frame))
		}
		if int32(binary.BigEndian.Uint32(frame)) == -1 {
			c.events++
			continue
		}
		if code := int32(binary.BigEndian.Uint32(frame[12:])); code != 0 {
			return fmt.Errorf("the server answers %d", code)
		}
		return nil
	}
}

// event waits for one.
func (c *client) event() error {
	_ = c.nc.SetDeadline(time.Now().Add(time.Minute))
	_, err := c.frame()
	c.events++
	return err
}

// frame returns the next one; it is valid until the frame after it.
func (c *client) frame() ([]byte, error) {
	head, err := c.r.Peek(4)
	if err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(head))
	_, _ = c.r.Discard(4)
	if n <= c.r.Size() {
		frame, err := c.r.Peek(n)
		_, _ = c.r.Discard(len(frame))
		return frame, err
	}
	frame := make([]byte, n)
	_, err = io.ReadFull(c.r, frame)
	return frame, err
}

// Bodies of requests.

func path(p string) []byte { return jute.AppendString(nil, p) }

func create(p string, data []byte, flags int32) []byte {
	b := jute.AppendInt(jute.AppendBuffer(path(p), data), 1)
	b = jute.AppendString(jute.AppendString(jute.AppendInt(b, 31), "world"), "anyone")
	return jute.AppendInt(b, flags)
}

func remove(p string) []byte { return jute.AppendInt(path(p), -1) }

func set(p string, data []byte) []byte { return jute.AppendInt(jute.AppendBuffer(path(p), data), -1) }

func get(p string, watch bool) []byte { return jute.AppendBool(path(p), watch) }

// multi is one of entries of an operation and its body.
func multi(entries ...any) []byte {
	var b []byte
	for i := 0; i < len(entries); i += 2 {
		b = jute.AppendInt(jute.AppendBool(jute.AppendInt(b, int32(entries[i].(int))), false), -1)
		b = append(b, entries[i+1].([]byte)...)
	}
	return jute.AppendInt(jute.AppendBool(jute.AppendInt(b, -1), true), -1)
}
