package zkclient

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
	"github.com/gubbo/gubbo/internal/task"
)

// Config says which session a connection carries.
type Config struct {
	// Timeout is the session timeout to ask for; the server answers with its
	// own, see Conn.Timeout. 0 is 15 s.
	Timeout time.Duration
	// SessionID and Password name a session to go on with; 0 is a new one.
	SessionID int64
	Password  []byte
	// LastZxid is the newest transaction seen: a server that lags behind it
	// closes the connection. 0 accepts any server.
	LastZxid int64
	// Login is a digest identity, "user:password"; "" is none. Nodes that are
	// created with a Login belong to it alone.
	Login string
	// Handshake bounds handshake and login; 0 is 3 s.
	Handshake time.Duration
	// MaxFrame is the largest packet accepted, in bytes; 0 is 64 MB, which a
	// list of some 100,000 providers needs.
	MaxFrame int
	// Proof bounds each answer of a server that has just taken a session back; 0
	// is Handshake. One that ends the session at that very moment says welcome
	// and then, at once or after an answer, drops every request without a word
	// (seen on 3.8.0).
	Proof time.Duration
	// Events gets each watch event, in order, before the answer to any later
	// request. It is called by the reader, so it must not block. nil drops them.
	Events func(Event)
}

// MaxFrame is the default of Config.MaxFrame.
const MaxFrame = 64 << 20

// Event says that a watch fired; it is gone then.
type Event struct {
	Type EventType
	Path string
}

// EventType is what happened to a node.
type EventType int32

// The kinds of events.
const (
	NodeCreated         EventType = 1
	NodeDeleted         EventType = 2
	NodeDataChanged     EventType = 3
	NodeChildrenChanged EventType = 4
)

var (
	// ErrExpired is returned by Open for a session that the server does not
	// know any more.
	ErrExpired = errors.New("zkclient: the session has expired")
	// ErrNotServing is returned by Open when the server closed the connection
	// instead of answering: it has no quorum, or it has not seen LastZxid.
	ErrNotServing = errors.New("zkclient: the server closed the connection at the handshake")
	// ErrLost is wrapped by each request whose connection ended before the
	// answer came: it may have been done or not.
	ErrLost = errors.New("zkclient: connection lost")
	// errClosed is why a connection ended by Close.
	errClosed = errors.New("zkclient: closed")
)

// Conn is a connection with a live session. Its methods may be called from
// many goroutines; requests are pipelined.
type Conn struct {
	nc       net.Conn
	maxFrame int
	events   func(Event)
	acls     []ACL

	id       int64
	password []byte
	timeout  time.Duration

	group task.Group
	done  chan struct{} // closed by fail, once

	writing sync.Mutex // held over queueing and writing one request, so that both have one order

	mu       sync.Mutex
	pending  []*call // waiting for answers, oldest first; guarded by mu
	xid      int32   // of the last request; guarded by mu
	zxid     int64   // newest seen; guarded by mu
	received time.Time
	err      error // why it ended; guarded by mu
}

type call struct {
	xid    int32
	sent   time.Time
	answer chan struct{} // closed when body and err are set
	body   []byte
	err    error
}

// Open does the handshake on nc, which it owns from then on, also if it
// fails. The caller ends the connection with Close or CloseSession.
func Open(ctx context.Context, nc net.Conn, cfg Config) (*Conn, error) {
	if cfg.Timeout == 0 {
		cfg.Timeout = 15 * time.Second
	}
	if cfg.Handshake == 0 {
		cfg.Handshake = 3 * time.Second
	}
	if cfg.Proof == 0 {
		cfg.Proof = cfg.Handshake
	}
	if cfg.MaxFrame == 0 {
		cfg.MaxFrame = MaxFrame
	}
	c := &Conn{nc: nc, maxFrame: cfg.MaxFrame, events: cfg.Events, acls: anyone, zxid: cfg.LastZxid, done: make(chan struct{})}
	if cfg.Login != "" {
		c.acls = creator
	}
	in := bufio.NewReaderSize(nc, 16<<10)
	unhook := context.AfterFunc(ctx, func() { _ = nc.SetDeadline(time.Unix(1, 0)) })
	err := nc.SetDeadline(time.Now().Add(cfg.Handshake))
	if err == nil {
		err = c.handshake(in, cfg)
	}
	if err == nil && cfg.SessionID != 0 {
		err = c.prove(in, cfg.Proof)
	}
	if err == nil && cfg.Login != "" {
		err = c.login(in, cfg.Login)
	}
	if !unhook() && err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = nc.SetDeadline(time.Time{})
	}
	if err != nil {
		_ = nc.Close()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, err
	}
	c.received = time.Now()
	c.group.Go(func(context.Context) { c.fail(c.read(in)) })
	c.group.Go(func(ctx context.Context) {
		if cfg.SessionID != 0 {
			c.proveAgain(ctx, cfg.Proof)
		}
		c.keepAlive(ctx)
	})
	return c, nil
}

func (c *Conn) handshake(in *bufio.Reader, cfg Config) error {
	password := cfg.Password
	if len(password) == 0 {
		password = make([]byte, 16)
	}
	b := jute.AppendInt(nil, 0)
	b = jute.AppendLong(b, cfg.LastZxid)
	b = jute.AppendInt(b, int32(min(cfg.Timeout.Milliseconds(), 1<<31-1)))
	b = jute.AppendLong(b, cfg.SessionID)
	b = jute.AppendBuffer(b, password)
	b = jute.AppendBool(b, false)
	if err := writeFrame(c.nc, b); err != nil {
		return err
	}
	body, err := readFrame(in, 1<<10)
	if err != nil {
		if errors.Is(err, io.EOF) {
			return ErrNotServing
		}
		return fmt.Errorf("zkclient: no answer to the handshake: %w", err)
	}
	d := jute.NewDecoder(body)
	d.Int() // protocol version
	timeout := d.Int()
	c.id = d.Long()
	c.password = append(c.password, d.Buffer()...)
	if d.Err() != nil {
		return fmt.Errorf("zkclient: bad answer to the handshake (%d bytes): %w", len(body), d.Err())
	}
	if c.id == 0 || timeout <= 0 {
		return ErrExpired
	}
	c.timeout = time.Duration(timeout) * time.Millisecond
	return nil
}

// prove has the server answer within patience.
func (c *Conn) prove(in *bufio.Reader, patience time.Duration) error {
	late := time.AfterFunc(patience, func() { _ = c.nc.SetDeadline(time.Unix(1, 0)) })
	err := writeFrame(c.nc, pingRecord())
	if err == nil {
		err = c.first(in, xidPing, "first ping of a session taken back")
	}
	if !late.Stop() && err == nil {
		err = os.ErrDeadlineExceeded // and nothing can be read any more
	}
	return err
}

// proveAgain is prove for a session whose end was on its way when the server
// answered the first ping: one more ping, once that end must have come.
func (c *Conn) proveAgain(ctx context.Context, patience time.Duration) {
	const settled = 100 * time.Millisecond
	if !wait(ctx, settled) {
		return
	}
	asked := time.Now()
	if err := c.ping(); err != nil {
		c.fail(err)
		return
	}
	if !wait(ctx, patience) {
		return
	}
	c.mu.Lock()
	silent := c.received.Before(asked)
	c.mu.Unlock()
	if silent {
		c.fail(fmt.Errorf("zkclient: the server took the session back and has been silent for %v", patience))
	}
}

// wait returns false if ctx ended first.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

func (c *Conn) ping() error {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.write(pingRecord())
}

func pingRecord() []byte { return jute.AppendInt(jute.AppendInt(nil, xidPing), opPing) }

func (c *Conn) login(in *bufio.Reader, identity string) error {
	b := jute.AppendInt(jute.AppendInt(nil, xidAuth), opAuth)
	if err := writeFrame(c.nc, append(b, authRecord("digest", []byte(identity))...)); err != nil {
		return err
	}
	return c.first(in, xidAuth, "login")
}

// first reads the answer xid, to what, before the reader of answers runs.
func (c *Conn) first(in *bufio.Reader, xid int32, what string) error {
	body, err := readFrame(in, 1<<10)
	if err != nil {
		return fmt.Errorf("zkclient: no answer to the %s: %w", what, err)
	}
	d := jute.NewDecoder(body)
	got := d.Int()
	d.Long()
	code := ServerError(d.Int())
	switch {
	case d.Err() != nil:
		return d.Err()
	case got != xid:
		return fmt.Errorf("zkclient: answer %d instead of one to the %s", got, what)
	case code != 0:
		return code
	}
	return nil
}

// SessionID returns the session's id.
func (c *Conn) SessionID() int64 { return c.id }

// Password returns what the session can be taken over with.
func (c *Conn) Password() []byte { return c.password }

// Timeout returns the session timeout that the server granted.
func (c *Conn) Timeout() time.Duration { return c.timeout }

// Zxid returns the newest transaction that this connection saw.
func (c *Conn) Zxid() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.zxid
}

// Done is closed when the connection has ended; Err says why.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err returns why the connection ended, nil while it lives.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Close ends the connection and leaves the session to its timeout. It returns
// when the goroutines are gone, so Config.Events must not call it.
func (c *Conn) Close() {
	c.fail(errClosed)
	c.group.Wait()
}

// CloseSession ends the session, which removes its ephemeral nodes, and then
// the connection. The error says whether the server answered.
func (c *Conn) CloseSession(ctx context.Context) error {
	_, err := c.call(ctx, opCloseSession, nil)
	c.Close()
	return err
}

func (c *Conn) fail(err error) {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return
	}
	c.err = err
	pending := c.pending
	c.pending = nil
	c.mu.Unlock()
	_ = c.nc.Close()
	c.group.Stop()
	for _, p := range pending {
		p.err = fmt.Errorf("%w: %w", ErrLost, err)
		close(p.answer)
	}
	close(c.done)
}

// call sends one request and waits for its answer or for ctx; in the latter
// case the request may still be done.
func (c *Conn) call(ctx context.Context, op int32, record []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p := &call{answer: make(chan struct{})}
	c.writing.Lock()
	c.mu.Lock()
	if c.err != nil {
		err := c.err
		c.mu.Unlock()
		c.writing.Unlock()
		return nil, fmt.Errorf("%w: %w", ErrLost, err)
	}
	c.xid++
	if c.xid <= 0 {
		c.xid = 1
	}
	p.xid, p.sent = c.xid, time.Now()
	c.pending = append(c.pending, p)
	c.mu.Unlock()
	frame := make([]byte, 0, 8+len(record))
	frame = append(jute.AppendInt(jute.AppendInt(frame, p.xid), op), record...)
	err := c.write(frame)
	c.writing.Unlock()
	if err != nil {
		c.fail(err)
	}
	select {
	case <-p.answer:
		return p.body, p.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// write sends one frame; c.writing is held.
func (c *Conn) write(body []byte) error {
	if err := c.nc.SetWriteDeadline(time.Now().Add(c.patience())); err != nil {
		return err
	}
	return writeFrame(c.nc, body)
}

// patience is how long a server may be silent before it counts as gone: two
// thirds of the session, so that the last third is left for another server.
func (c *Conn) patience() time.Duration { return c.timeout * 2 / 3 }

// keepAlive pings, and ends the connection when the server is silent or owes
// an answer for too long.
func (c *Conn) keepAlive(ctx context.Context) {
	tick := time.NewTicker(max(c.timeout/6, time.Millisecond))
	defer tick.Stop()
	for even := true; ; even = !even {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		c.mu.Lock()
		silent := time.Since(c.received)
		var owed time.Duration
		if len(c.pending) > 0 {
			owed = time.Since(c.pending[0].sent)
		}
		c.mu.Unlock()
		if silent > c.patience() {
			c.fail(fmt.Errorf("zkclient: the server was silent for %v", silent.Round(time.Millisecond)))
			return
		}
		if owed > c.patience() {
			c.fail(fmt.Errorf("zkclient: the server owes an answer for %v", owed.Round(time.Millisecond)))
			return
		}
		if even {
			if err := c.ping(); err != nil {
				c.fail(err)
				return
			}
		}
	}
}

// read takes in frames until one is wrong or the connection ends.
func (c *Conn) read(in *bufio.Reader) error {
	for {
		body, err := readFrame(in, c.maxFrame)
		if err != nil {
			return err
		}
		if len(body) < replyHeader {
			return fmt.Errorf("zkclient: a reply of %d bytes", len(body))
		}
		d := jute.NewDecoder(body)
		xid, zxid, code := d.Int(), d.Long(), ServerError(d.Int())
		switch xid {
		case xidEvent:
			kind := EventType(d.Int())
			d.Int() // state of the connection: always connected
			path := d.String()
			if d.Err() != nil {
				return d.Err()
			}
			c.touch(0)
			if c.events != nil {
				c.events(Event{kind, path})
			}
		case xidPing, xidAuth:
			c.touch(zxid)
		default:
			c.touch(zxid)
			p := c.oldest(xid)
			if p == nil {
				return fmt.Errorf("zkclient: answer %d to no question", xid)
			}
			if code != 0 {
				p.err = code
			} else {
				p.body = d.Rest()
			}
			close(p.answer)
		}
	}
}

func (c *Conn) touch(zxid int64) {
	c.mu.Lock()
	c.received = time.Now()
	c.zxid = max(c.zxid, zxid)
	c.mu.Unlock()
}

// oldest takes the oldest pending call if it is xid, for answers come in the
// order of the questions.
func (c *Conn) oldest(xid int32) *call {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pending) == 0 || c.pending[0].xid != xid {
		return nil
	}
	p := c.pending[0]
	c.pending[0] = nil
	c.pending = c.pending[1:]
	return p
}

func writeFrame(w io.Writer, body []byte) error {
	frame, start := jute.BeginFrame(make([]byte, 0, 4+len(body)))
	_, err := w.Write(jute.EndFrame(append(frame, body...), start))
	return err
}

// readFrame reads one frame of at most limit bytes. Memory follows the bytes
// that really came, not the length that was promised.
func readFrame(r io.Reader, limit int) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if uint64(n) > uint64(limit) {
		return nil, fmt.Errorf("zkclient: a frame of %d bytes; the limit is %d", n, limit)
	}
	const step = 64 << 10
	body := make([]byte, min(int(n), step))
	read := 0
	for {
		m, err := io.ReadFull(r, body[read:])
		read += m
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		if read == int(n) {
			return body, nil
		}
		grown := make([]byte, min(int(n), 2*len(body)))
		copy(grown, body)
		body = grown
	}
}
