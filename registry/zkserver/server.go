package zkserver

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gubbo/gubbo/internal/task"
)

// Server serves one tree. Its methods may be called from any goroutine.
type Server struct {
	cfg   Config
	ln    net.Listener
	tls   net.Listener // nil without Config.TLS
	began time.Time
	tasks task.Group
	// inbox carries what the connections read to the one goroutine that applies
	// it. While it is full, the connections are not read from.
	inbox chan input
	store *store // nil without Config.Dir; the run goroutine's
	// buffers go from the run goroutine to the connections' writers and back.
	buffers buffers

	// borrowed counts the bytes of requests that connections have read beyond
	// what each may for itself, and not yet answered.
	borrowed atomic.Int64
	// arriving counts the bytes of large requests that are being read, or wait to
	// be applied.
	arriving atomic.Int64
	// unwritten counts the bytes of all outboxes, and those that are being written.
	unwritten atomic.Int64
	// What metrics tell: TLS handshakes that go on, those that failed, and
	// connections beyond the limit.
	handshakes, unsuccessful, rejected atomic.Int64

	mu     sync.Mutex
	conns  map[*conn]struct{} // guarded by mu
	hosts  map[string]int     // how many of them come from where; guarded by mu
	closed bool               // guarded by mu
	err    error              // why it ended by itself; guarded by mu

	m      *machine // the run goroutine's, as is what follows
	count  latencies
	owed   []debt
	onTick *time.Ticker
	// traceMask is kept for gtmk and stmk; there is no trace that it chooses from.
	traceMask int64
}

// input is one thing for the machine to do.
type input struct {
	kind  inputKind
	conn  *conn
	frame []byte
	call  func(*machine) // of inCall
	at    time.Duration  // since the Server began
}

type inputKind uint8

const (
	inFrame   inputKind = iota // a handshake or a request
	inWord                     // a four-letter word
	inWritten                  // all that the connection was owed is written
	inGone                     // the connection ended
	inCall                     // a look at the machine from outside
)

// latencies are those of requests, in milliseconds.
type latencies struct {
	min, max, sum, n, last int64
	at                     time.Duration // when the last was answered, since the Server began
}

// debt is a request of the batch whose reply is not let go yet.
type debt struct {
	to *client
	at time.Duration // when it came
}

// New starts a Server. An address in use, a directory in use or a log that
// cannot be read is an error that names it. The caller must Close the Server.
func New(cfg Config) (*Server, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	s := &Server{
		cfg:       cfg,
		ln:        cfg.Listener,
		inbox:     make(chan input, 1024),
		traceMask: 306, // as a real server has it at first
		conns:     map[*conn]struct{}{},
		hosts:     map[string]int{},
	}
	s.m = newMachine(&s.cfg, newSecret(), time.Now().UnixMilli())
	s.m.relieve = s.relieve
	if cfg.Dir != "" {
		store, err := openStore(&s.cfg, s.m)
		if err != nil {
			return nil, err
		}
		s.store = store
	}
	s.m.restrict(s.cfg.rootACL)
	if err := s.listen(); err != nil {
		if s.store != nil {
			s.store.close()
		}
		return nil, err
	}
	if s.store != nil {
		if err := s.store.commit(s.m); err != nil { // the root's ACL
			s.closeListeners()
			s.store.close()
			return nil, err
		}
	}
	// Timeouts count from here: sessions that the directory brought back have
	// theirs whole, however long the log took to read.
	s.began = time.Now()
	s.onTick = time.NewTicker(s.m.tick)
	s.tasks.Go(s.run)
	s.tasks.Go(func(ctx context.Context) { s.accept(ctx, s.ln) })
	if s.tls != nil {
		s.tasks.Go(func(ctx context.Context) { s.accept(ctx, s.tls) })
	}
	return s, nil
}

func (s *Server) listen() (err error) {
	if s.ln, err = listener(s.cfg.Listener, s.cfg.Listen); err != nil || s.cfg.TLS == nil {
		return err
	}
	ln, err := listener(s.cfg.TLSListener, s.cfg.TLSListen)
	if err != nil {
		_ = s.ln.Close()
		return err
	}
	s.tls = tls.NewListener(ln, s.cfg.TLS)
	return nil
}

func listener(given net.Listener, address string) (net.Listener, error) {
	if given != nil {
		return given, nil
	}
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("zkserver: cannot listen on %q: %w; choose another address or stop what has it", address, err)
	}
	return ln, nil
}

// Addr is the address on which the Server listens.
func (s *Server) Addr() net.Addr { return s.ln.Addr() }

// TLSAddr is the address of the TLS port, nil if there is none.
func (s *Server) TLSAddr() net.Addr {
	if s.tls == nil {
		return nil
	}
	return s.tls.Addr()
}

// Close stops listening, closes every connection and returns when nothing of
// the Server runs any more. With a Dir all acknowledged writes are in it and
// the sessions live on in the next Server over it. It returns why the Server
// had ended by itself before, if it had.
func (s *Server) Close() error {
	s.shut(nil)
	s.tasks.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Done is closed when the Server ended: after Close, or by itself when its log
// could not be written.
func (s *Server) Done() <-chan struct{} { return s.tasks.Idle() }

// shut makes everything end; it does not wait.
func (s *Server) shut(err error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed, s.err = true, err
	conns := s.conns
	s.conns = nil
	s.mu.Unlock()
	s.tasks.Stop()
	s.closeListeners()
	for c := range conns {
		c.cut()
	}
}

func (s *Server) closeListeners() {
	_ = s.ln.Close()
	if s.tls != nil {
		_ = s.tls.Close()
	}
}

// Expire ends the session with this id as if its timeout had passed: its
// ephemerals go, its connection is closed. It reports whether there was one.
func (s *Server) Expire(id int64) (ok bool) {
	s.do(func(m *machine) { ok = m.expire(id) })
	return ok
}

// Sessions returns the ids of the sessions that live.
func (s *Server) Sessions() (ids []int64) {
	s.do(func(m *machine) {
		for id := range m.sessions {
			ids = append(ids, id)
		}
	})
	return ids
}

// do runs f on the machine's goroutine and waits for it; once the Server ends it
// may not run at all.
func (s *Server) do(f func(*machine)) {
	done := make(chan struct{})
	if !s.push(s.tasks.Context(), input{kind: inCall, call: func(m *machine) {
		f(m)
		close(done)
	}}) {
		return
	}
	select {
	case <-done:
	case <-s.tasks.Idle():
	}
}

func (s *Server) push(ctx context.Context, in input) bool {
	select {
	case s.inbox <- in:
		return true
	case <-ctx.Done():
		return false
	}
}

// batch is how many inputs there may be whose effects are let go together.
const batch = 512

// run drives the machine. It is the only goroutine that touches it.
func (s *Server) run(ctx context.Context) {
	defer s.onTick.Stop()
	if s.store != nil {
		defer s.store.close()
	}
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-s.onTick.C:
			s.clock(now)
			for range len(s.inbox) { // a ping that waits counts
				s.apply(<-s.inbox)
			}
			s.m.ticked()
		case in := <-s.inbox:
			s.clock(time.Now())
			s.apply(in)
			s.applyMore()
		}
		if err := s.release(); err != nil {
			s.cfg.Logger.Error("zkserver: the log cannot be written, ending", "error", err)
			s.shut(err)
			return
		}
	}
}

// applyMore applies what else waits until the batch is full.
func (s *Server) applyMore() {
	for range batch - 1 {
		select {
		case in := <-s.inbox:
			s.apply(in)
		default:
			return
		}
	}
}

func (s *Server) clock(now time.Time) {
	s.m.at = instant{mono: now.Sub(s.began), wall: now.UnixMilli()}
}

func (s *Server) apply(in input) {
	switch in.kind {
	case inCall:
		in.call(s.m)
	case inGone:
		for _, held := range in.conn.held { // writes without a wish for an answer
			c := in.conn.client
			owed := len(c.out)
			s.applyFrame(held)
			s.m.owe(c, c.out[:min(owed, len(c.out))])
		}
		in.conn.held = nil
		s.m.drop(in.conn.client)
	case inWord:
		if len(in.frame) > 4 { // stmk
			s.traceMask = int64(binary.BigEndian.Uint64(in.frame[4:]))
		}
		s.answerWord(in.conn, string(in.frame[:4]))
	case inWritten:
		s.m.alive(in.conn.client) // it reads
		held := in.conn.held
		for len(held) > 0 && !in.conn.full() {
			s.applyFrame(held[0])
			held = held[1:]
		}
		in.conn.held = slices.Clone(held) // no larger than what is left
	case inFrame:
		if len(in.conn.held) == 0 && !in.conn.full() {
			s.applyFrame(in)
			return
		}
		s.m.alive(in.conn.client)
		in.conn.held = append(in.conn.held, in)
	}
}

func (s *Server) applyFrame(in input) {
	if n := large(len(in.frame)); n > 0 {
		s.arriving.Add(-n)
	}
	c := in.conn.client
	if c.out == nil {
		c.out = s.buffers.get()
	}
	switch {
	case c.closing:
	case c.session == nil:
		s.m.connect(c, in.frame)
	default:
		s.m.request(c, in.frame)
	}
	c.replied.add(flowOf(len(in.frame)))
	s.owed = append(s.owed, debt{c, in.at})
}

// release commits the log and then lets the frames of the batch go.
func (s *Server) release() error {
	if s.store != nil {
		if err := s.store.commit(s.m); err != nil {
			return err
		}
	}
	for i := 0; i < len(s.m.dirty); i++ { // drop adds to it
		c := s.m.dirty[i]
		c.dirty = false
		out := c.out
		c.out = nil
		s.m.owed -= int64(len(out))
		if !c.conn.send(out, c.replied, c.closing) {
			s.m.drop(c)
		}
		c.replied = flow{}
	}
	s.m.dirty = s.m.dirty[:0]
	s.m.room = s.cfg.Limits.Outboxes - s.unwritten.Load()
	if len(s.owed) == 0 {
		return nil
	}
	now := time.Since(s.began)
	for i, d := range s.owed {
		s.count.add(now-d.at, now)
		d.to.latencies.add(now-d.at, now)
		s.owed[i] = debt{}
	}
	s.owed = s.owed[:0]
	return nil
}

func (l *latencies) add(took, now time.Duration) {
	ms := took.Milliseconds()
	l.last, l.at = ms, now
	if l.n == 0 || ms < l.min {
		l.min = ms
	}
	l.max = max(l.max, ms)
	l.sum += ms
	l.n++
}

// accept takes connections until the listener is closed.
func (s *Server) accept(ctx context.Context, ln net.Listener) {
	for {
		nc, err := ln.Accept()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return
			}
			s.cfg.Logger.Warn("zkserver: accept", "error", err)
			select { // out of descriptors, most likely: let some go first
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
				return
			}
			continue
		}
		c := newConn(s, nc)
		if !s.track(c) {
			_ = nc.Close()
			continue
		}
		if !s.tasks.Go(c.read) {
			_ = nc.Close()
			return
		}
	}
}

// track counts a connection in unless the Server is full or ends.
func (s *Server) track(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	if len(s.conns) >= s.cfg.Limits.Connections {
		s.rejected.Add(1)
		s.cfg.Logger.Warn("zkserver: too many connections, closing the new one", "limit", s.cfg.Limits.Connections, "peer", c.client.peer)
		return false
	}
	if most := s.cfg.Limits.PerAddress; most > 0 && s.hosts[c.host] >= most {
		s.rejected.Add(1)
		s.cfg.Logger.Warn("zkserver: too many connections from one address, closing the new one", "limit", most, "peer", c.client.peer)
		return false
	}
	s.conns[c] = struct{}{}
	s.hosts[c.host]++
	return true
}

// untrack counts a connection out that is not read from any more.
func (s *Server) untrack(c *conn) {
	c.mu.Lock()
	c.release(c.flow) // whatever becomes of their replies
	c.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, in := s.conns[c]; !in { // the Server ends
		return
	}
	delete(s.conns, c)
	if s.hosts[c.host]--; s.hosts[c.host] == 0 {
		delete(s.hosts, c.host)
	}
}
