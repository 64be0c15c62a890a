package zk

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/internal/zkclient"
)

// state is what zkCli shows in its prompt.
type state string

const (
	connecting state = "CONNECTING"
	connected  state = "CONNECTED"
	authFailed state = "AUTH_FAILED"
	closed     state = "CLOSED"
)

func (s state) alive() bool { return s == connecting || s == connected }

// proof is what addauth proved; each new connection proves it again.
type proof struct {
	scheme string
	secret []byte
}

// session is one ZooKeeper session. It connects by itself, and again after a
// connection is lost, until it expires or is closed.
type session struct {
	ensemble ensemble
	dial     func(ctx context.Context, address string) (net.Conn, error)
	timeout  time.Duration
	tell     func(event string) // called from one goroutine, in order

	tasks  task.Group
	events chan struct{} // has something once told has

	proving sync.Mutex // held until it is clear what a proof came to; before mu

	mu      sync.Mutex
	state   state
	ending  bool // close was called
	conn    *zkclient.Conn
	news    chan struct{} // closed and made anew when state or misses change
	misses  int           // how often a server did not take it; only grows
	miss    error         // why, the last time; nil while it is connected
	proofs  []proof
	watches watchTable
	told    []string // events that wait for tell; those beyond maxTold are lost
}

// open begins a session; it does not wait for the connection.
func open(e ensemble, timeout time.Duration, dial func(context.Context, string) (net.Conn, error), proofs []proof, tell func(string)) *session {
	s := &session{
		ensemble: e, timeout: timeout, dial: dial, tell: tell, proofs: slices.Clip(proofs),
		state: connecting, events: make(chan struct{}, 1), news: make(chan struct{}),
	}
	s.tasks.Go(s.keep)
	s.tasks.Go(s.pass)
	return s
}

// close ends the session and returns when all its events are told, of which
// the last says that it is closed.
func (s *session) close() {
	s.mu.Lock()
	alive, conn := s.goesOn(), s.conn
	s.ending = true
	s.mu.Unlock()
	if alive && conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		_ = conn.CloseSession(ctx) // without an answer it ends by its timeout
		cancel()
	}
	if alive {
		s.mu.Lock()
		s.state, s.conn = closed, nil
		s.announce()
		s.queue("state:Closed type:None path:null")
		s.mu.Unlock()
	}
	s.tasks.Stop()
	s.tasks.Wait()
}

// turn changes the state and tells it; it reports false when the session has
// ended.
func (s *session) turn(to state, event string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.goesOn() {
		return false
	}
	s.state = to
	if to != connected {
		s.conn = nil
	}
	s.announce()
	s.queue(event)
	return true
}

// goesOn is false once the session has ended or close was called; mu is held.
func (s *session) goesOn() bool { return s.state.alive() && !s.ending }

func (s *session) announce() {
	close(s.news)
	s.news = make(chan struct{})
}

// maxTold is how many events wait while nobody takes the output.
const maxTold = 100_000

func (s *session) queue(event string) {
	if len(s.told) >= maxTold {
		return
	}
	s.told = append(s.told, "WatchedEvent "+event)
	select {
	case s.events <- struct{}{}:
	default:
	}
}

// pass tells events until the session ends, and then what is left.
func (s *session) pass(ctx context.Context) {
	for ended := false; ; {
		s.mu.Lock()
		told := s.told
		s.told = nil
		s.mu.Unlock()
		for _, event := range told {
			s.tell(event)
		}
		if ended && len(told) == 0 {
			return
		}
		select {
		case <-s.events:
		case <-ctx.Done():
			ended = true
		}
	}
}

// keep connects, again and again.
func (s *session) keep(ctx context.Context) {
	next := zkclient.Config{Timeout: s.timeout, Events: s.event}
	for try := rand.IntN(len(s.ensemble.servers)); ctx.Err() == nil; try++ {
		conn, err := s.connect(ctx, s.ensemble.servers[try%len(s.ensemble.servers)], next)
		switch {
		case errors.Is(err, zkclient.ErrExpired):
			s.turn(closed, "state:Expired type:None path:null")
			return
		case errors.Is(err, zkclient.ErrAuthFailed):
			s.turn(authFailed, "state:AuthFailed type:None path:null")
			return
		case err != nil:
			if !s.missed(fmt.Errorf("cannot connect to %s: %w", s.ensemble.servers[try%len(s.ensemble.servers)], err)) {
				return
			}
			rest(ctx, time.Second) // as Java's client
			continue
		}
		next.SessionID, next.Password = conn.SessionID(), conn.Password()
		select {
		case <-conn.Done():
		case <-ctx.Done():
		}
		conn.Close()
		next.LastZxid = conn.Zxid()
		s.proving.Lock() // a proof that was refused may be why it ended
		goesOn := s.turn(connecting, "state:Disconnected type:None path:null")
		s.proving.Unlock()
		if !goesOn {
			return
		}
		// As Java's client: a server that lets it in and goes each time is not
		// asked in a loop, and not by all clients at once after a fault.
		rest(ctx, rand.N(time.Second))
	}
}

// rest waits until d is over or ctx is done.
func rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (s *session) connect(ctx context.Context, server string, cfg zkclient.Config) (*zkclient.Conn, error) {
	nc, err := s.dial(ctx, server)
	if err != nil {
		return nil, err
	}
	conn, err := zkclient.Open(ctx, nc, cfg)
	if err != nil {
		return nil, err
	}
	s.turn(connected, "state:SyncConnected type:None path:null")
	if err := s.restore(ctx, conn, cfg.LastZxid); err != nil {
		conn.Close()
		if !errors.Is(err, zkclient.ErrAuthFailed) {
			s.turn(connecting, "state:Disconnected type:None path:null")
		}
		return nil, err
	}
	if !s.give(conn) {
		_ = conn.CloseSession(ctx) // close came first and knew of no connection
	}
	return conn, nil
}

// restore gives a connection the identities and the watches of the session,
// whose events come after the one that it is connected.
func (s *session) restore(ctx context.Context, conn *zkclient.Conn, seen int64) error {
	s.mu.Lock()
	proofs := s.proofs
	w, any := s.watches.all(&s.ensemble)
	s.mu.Unlock()
	for _, p := range proofs {
		if err := conn.Authenticate(ctx, p.scheme, p.secret); err != nil {
			return err
		}
	}
	if !any {
		return nil
	}
	return conn.SetWatches(ctx, seen, w)
}

// give lets commands have the connection.
func (s *session) give(conn *zkclient.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.goesOn() {
		return false
	}
	s.conn, s.miss = conn, nil
	s.announce()
	return true
}

func (s *session) missed(why error) (goesOn bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.misses++
	s.miss = why
	s.announce()
	return s.goesOn()
}

// event takes what the server says; the connection's reader calls it.
func (s *session) event(e zkclient.Event) {
	e.Path = s.ensemble.toClient(e.Path)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watches.fired(e) {
		s.queue(fmt.Sprintf("state:SyncConnected type:%s path:%s", eventNames[e.Type], e.Path))
	}
}

var eventNames = map[zkclient.EventType]string{
	zkclient.NodeCreated:         "NodeCreated",
	zkclient.NodeDeleted:         "NodeDeleted",
	zkclient.NodeDataChanged:     "NodeDataChanged",
	zkclient.NodeChildrenChanged: "NodeChildrenChanged",
}

// why is what keeps the session from a connection, or nil.
func (s *session) why() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.miss
}

func (s *session) now() state {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}
