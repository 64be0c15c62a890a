// Package zktest starts an embedded ZooKeeper for a test and breaks it on
// purpose: sessions expire, connections drop, freeze, slow down or go silent,
// watch events come late or never, the server refuses, restarts or forgets
// everything, all on one address. With the option Pipe there is no socket, and
// a test runs in the time of testing/synctest.
package zktest

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/gubbo/gubbo/registry/zkserver"
)

// Option changes the Config of the server that Start starts.
type Option func(*zkserver.Config)

// Tick sets the unit in which sessions expire, and with it the bounds of their
// timeouts, 2 and 20 ticks. The default is 100 ms, so that sessions from 200 ms
// to 2 s are possible.
func Tick(d time.Duration) Option {
	return func(c *zkserver.Config) { c.Tick, c.MinSession, c.MaxSession = d, 0, 0 }
}

// Dir keeps the server's data in dir, so that Restart brings it back.
func Dir(dir string) Option { return func(c *zkserver.Config) { c.Dir = dir } }

// Pipe serves over pipes in memory instead of a socket: Addr is only a name, and
// clients connect with Dial. So the test may run in testing/synctest's bubble,
// where hours of timeouts pass at once. A pipe has no buffer: a write takes as
// long as the other side takes to read.
func Pipe() Option {
	return func(c *zkserver.Config) {
		// A name that every client can read.
		c.Listener = newDoor(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 2181})
	}
}

// Server is an embedded ZooKeeper on a loopback address that stays the same
// through every fault. Its methods may be called from any goroutine.
type Server struct {
	t   testing.TB
	cfg zkserver.Config
	ln  *faultListener
	tls *faultListener // nil without Config.TLSListen

	mu sync.Mutex
	zk *zkserver.Server // nil while stopped; guarded by mu
}

// Start starts a server on a free port of 127.0.0.1 and stops it when the test
// ends. Without the option Dir its data are in memory and end with Stop.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	s := &Server{t: t}
	s.cfg = zkserver.Config{Tick: 100 * time.Millisecond, Logger: slog.New(slog.DiscardHandler)}
	for _, o := range opts {
		o(&s.cfg)
	}
	ln := s.cfg.Listener
	if ln == nil {
		var err error
		if ln, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	s.ln = newFaultListener(ln)
	if s.cfg.TLSListen != "" {
		secure, err := net.Listen("tcp", s.cfg.TLSListen)
		if err != nil {
			s.ln.close()
			t.Fatal(err)
		}
		s.tls = newFaultListener(secure)
	}
	s.begin()
	t.Cleanup(func() {
		s.Stop()
		s.each((*faultListener).close)
	})
	return s
}

// each calls f for the server's ports.
func (s *Server) each(f func(*faultListener)) {
	f(s.ln)
	if s.tls != nil {
		f(s.tls)
	}
}

// Addr is host:port of the server.
func (s *Server) Addr() string { return s.ln.net.Addr().String() }

// TLSAddr is host:port of the port that speaks TLS, which an option has asked
// for by Config.TLS and Config.TLSListen. It stays the same, too; faults of watch
// events do not reach into its connections, all others do.
func (s *Server) TLSAddr() string { return s.tls.net.Addr().String() }

// Dial connects to the server, over a socket or a pipe, whatever the address.
// Clients that take a dialer take it as it is, as zookeeper.Dial does, or
// nearly so: go-zookeeper's is
//
//	zk.WithDialer(func(network, address string, _ time.Duration) (net.Conn, error) {
//		return s.Dial(t.Context(), network, address)
//	})
func (s *Server) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if d, ok := s.ln.net.(*door); ok {
		return d.dial(ctx)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", s.Addr())
}

// Config is what the server runs with.
func (s *Server) Config() zkserver.Config { return s.cfg }

func (s *Server) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.zk != nil {
		return
	}
	cfg := s.cfg
	cfg.Listener = s.ln.open()
	if s.tls != nil {
		cfg.TLSListen, cfg.TLSListener = "", s.tls.open()
	}
	zk, err := zkserver.New(cfg)
	if err != nil {
		s.each((*faultListener).shut)
		s.t.Errorf("zktest: %v", err)
		return
	}
	s.zk = zk
}

// Stop stops the server; its address refuses until Resume or Restart. Without
// a Dir its data are lost, as with Forget.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.zk == nil {
		return
	}
	s.each((*faultListener).shut)
	if err := s.zk.Close(); err != nil {
		s.t.Errorf("zktest: %v", err)
	}
	s.zk = nil
}

// Resume starts the server again after Stop.
func (s *Server) Resume() { s.begin() }

// Restart stops the server and starts it again on the same address. With a Dir
// its nodes and sessions are there again; without one this is Forget.
func (s *Server) Restart() {
	s.Stop()
	s.begin()
}

// Forget restarts the server empty on the same address: every node and every
// session is gone, whatever Dir says.
func (s *Server) Forget() {
	s.t.Helper()
	s.Stop()
	if s.cfg.Dir != "" {
		if err := zkserver.Wipe(s.cfg.Dir); err != nil {
			s.t.Errorf("zktest: %v", err)
		}
	}
	s.begin()
}

// Expire ends the session with this id now: its ephemerals go and its
// connection is closed; the client learns of it when it connects again.
func (s *Server) Expire(session int64) {
	s.t.Helper()
	if zk := s.server(); zk == nil || !zk.Expire(session) {
		s.t.Errorf("zktest: no session %s to expire", fmt.Sprintf("0x%x", uint64(session)))
	}
}

// ExpireAll ends every session and returns how many there were.
func (s *Server) ExpireAll() (n int) {
	zk := s.server()
	if zk == nil {
		return 0
	}
	for _, id := range zk.Sessions() {
		if zk.Expire(id) {
			n++
		}
	}
	return n
}

// Sessions returns the ids of the sessions that live.
func (s *Server) Sessions() []int64 {
	if zk := s.server(); zk != nil {
		return zk.Sessions()
	}
	return nil
}

func (s *Server) server() *zkserver.Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.zk
}

// DropConnections resets every connection; clients may come back at once.
func (s *Server) DropConnections() { s.each((*faultListener).drop) }

// Refuse resets every connection, and each new one at once, until Accept.
func (s *Server) Refuse() {
	s.each(func(l *faultListener) {
		l.refuse(true)
		l.drop()
	})
}

// Accept ends Refuse.
func (s *Server) Accept() { s.each(func(l *faultListener) { l.refuse(false) }) }

// Freeze makes the server look hung: connections are accepted and stay, but
// nothing is read from them and nothing written to them, until Thaw. Time goes
// on inside, so that sessions expire.
func (s *Server) Freeze() { s.turn(func(k *knobs) { k.frozen = true }) }

// Thaw ends Freeze; what clients sent meanwhile is served then.
func (s *Server) Thaw() { s.turn(func(k *knobs) { k.frozen = false }) }

// Partition makes the network lose every byte both ways, as a cut cable does:
// connections stay, nothing arrives any more, and what was sent is lost for
// ever. Heal lets new connections through; those that lost bytes are reset.
func (s *Server) Partition() { s.each(func(l *faultListener) { l.partition(true) }) }

// Heal ends Partition.
func (s *Server) Heal() { s.each(func(l *faultListener) { l.partition(false) }) }

// Delay holds back each piece that the server writes by d; 0 ends it.
func (s *Server) Delay(d time.Duration) { s.turn(func(k *knobs) { k.delay = d }) }

// Slow lets each connection carry at most so many bytes a second each way, in
// pieces of 50 ms; 0 ends it.
func (s *Server) Slow(bytesPerSecond int) { s.turn(func(k *knobs) { k.rate = bytesPerSecond }) }

// DropWatches makes every watch event that the server sends go nowhere, until
// SendWatches: for the server the watch has fired, and the client never hears
// of it. Replies come as always.
func (s *Server) DropWatches() { s.turn(func(k *knobs) { k.dropEvents = true }) }

// SendWatches ends DropWatches; events that went nowhere are lost for ever.
func (s *Server) SendWatches() { s.turn(func(k *knobs) { k.dropEvents = false }) }

// DelayWatches holds back each watch event by d, in order, while replies go on:
// a client may read what changed before it hears of the change, which no real
// server lets happen. 0 ends it and lets what is held go at once.
func (s *Server) DelayWatches(d time.Duration) { s.turn(func(k *knobs) { k.delayEvents = d }) }

func (s *Server) turn(set func(*knobs)) { s.each(func(l *faultListener) { l.faults.change(set) }) }
