package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/gubbo/gubbo/internal/zkclient"
)

const (
	firstPause = 100 * time.Millisecond
	// longestPause bounds how late a server that serves again is found.
	longestPause = time.Second

	// What a server may take to answer the handshake, and to show that it keeps
	// a session that it takes back. It is doubled after each time that it did
	// not: a server that starts may take a connection and forget it.
	firstHandshake = time.Second
	firstProof     = 500 * time.Millisecond
)

// session keeps a ZooKeeper session: it connects, goes on with the same session
// on any server after a loss, and begins a new one when a server says that the
// old one has expired.
//
// Cut off from all servers for longer than the session's timeout, it counts as
// lost (see alive) but is still offered to the next server, which alone knows:
// a whole ensemble that was down gives each session a fresh timeout.
type session struct {
	address address
	dial    func(ctx context.Context, network, address string) (net.Conn, error)
	limit   int // of a frame, in bytes
	events  func(zkclient.Event)
	changed func(*zkclient.Conn) // a new connection, or nil for none

	// Of run alone.
	id       int64
	password []byte
	zxid     int64

	mu      sync.Mutex
	conn    *zkclient.Conn // nil while there is none
	lost    time.Time      // when there was none for the last time
	back    time.Time      // when there was one again; zero at the first
	timeout time.Duration  // as granted
	err     error          // of the last attempt
	ids     []int64        // the sessions that were ours, newest last
}

// run connects until ctx ends; then it closes the session.
func (s *session) run(ctx context.Context) {
	servers := slices.Clone(s.address.servers)
	rand.Shuffle(len(servers), func(i, j int) { servers[i], servers[j] = servers[j], servers[i] })
	failures, silences, lagging := 0, 0, false
	var round time.Time // when the first server of the round was asked
	for i := 0; ctx.Err() == nil; {
		if failures%len(servers) == 0 {
			round = time.Now()
		}
		conn, err := s.connect(ctx, servers[i%len(servers)], silences)
		switch {
		case err == nil:
			failures, silences, lagging = 0, 0, false
			s.serve(ctx, conn)
			i++
			pause(ctx, rand.N(firstPause)) // a whole fleet lost this server just now
		case errors.Is(err, zkclient.ErrExpired) && s.id != 0:
			s.id, s.password = 0, nil
		default:
			s.note(fmt.Errorf("zookeeper: %s: %w", servers[i%len(servers)], err))
			i++
			failures++
			if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
				silences++
			}
			lagging = lagging || errors.Is(err, zkclient.ErrNotServing)
			if failures%len(servers) > 0 {
				continue
			}
			wait := backoff(failures/len(servers)-1, firstPause, longestPause)
			// No server has seen what we saw: the ensemble was wiped, and takes
			// who does not ask for more than it has.
			if lagging && s.zxid != 0 {
				s.zxid, lagging = 0, false
				wait = rand.N(firstPause)
			}
			if errors.Is(err, zkclient.ErrAuthFailed) {
				wait += longestPause // a login does not become right by itself
			}
			pause(ctx, wait-time.Since(round)) // silence was pause enough
		}
	}
}

// backoff returns the n-th pause: doubled each time, the last half at random.
func backoff(n int, first, longest time.Duration) time.Duration {
	d := min(first<<min(n, 20), longest)
	return d/2 + rand.N(d/2+1)
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// connect makes one attempt at one server. A server that takes the connection
// and does not answer must not use up the session: it gets a third of it at
// most, and less until it was silent some times in a row.
func (s *session) connect(ctx context.Context, server string, silences int) (*zkclient.Conn, error) {
	s.mu.Lock()
	session := s.timeout
	s.mu.Unlock()
	if session == 0 {
		session = s.address.session
	}
	most := min(s.address.connect, max(session/3, time.Second))
	patience := min(firstHandshake<<min(silences, 10), most)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	nc, err := s.dial(ctx, "tcp", server)
	if err != nil {
		return nil, err
	}
	return zkclient.Open(ctx, nc, zkclient.Config{
		Timeout: s.address.session, SessionID: s.id, Password: s.password, LastZxid: s.zxid,
		Login: s.address.login, Handshake: patience, Proof: min(firstProof<<min(silences, 10), patience),
		MaxFrame: s.limit, Events: s.events,
	})
}

// serve offers the connection until it ends or ctx does.
func (s *session) serve(ctx context.Context, conn *zkclient.Conn) {
	s.mu.Lock()
	s.conn, s.timeout, s.err = conn, conn.Timeout(), nil
	if len(s.ids) > 0 {
		s.back = time.Now()
	}
	if s.id != conn.SessionID() {
		s.ids = append(s.ids[max(0, len(s.ids)-15):len(s.ids):len(s.ids)], conn.SessionID())
	}
	s.mu.Unlock()
	s.id, s.password = conn.SessionID(), conn.Password()
	s.changed(conn)
	select {
	case <-conn.Done():
		conn.Close()
	case <-ctx.Done():
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		_ = conn.CloseSession(ctx) // else it ends by its timeout
		cancel()
	}
	s.zxid = conn.Zxid()
	s.mu.Lock()
	s.conn, s.lost = nil, time.Now()
	s.err = fmt.Errorf("zookeeper: connection lost: %w", conn.Err())
	s.mu.Unlock()
	s.changed(nil)
}

func (s *session) note(err error) {
	s.mu.Lock()
	s.err = err
	s.mu.Unlock()
}

// owns tells whether id is a session that was ours.
func (s *session) owns(id int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.ids, id)
}

// current returns the connection, or why there is none.
func (s *session) current() (*zkclient.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.conn != nil:
		return s.conn, nil
	case s.err != nil:
		return nil, s.err
	}
	return nil, errNotYet
}

var errNotYet = errors.New("zookeeper: not connected yet")

// state tells whether there is a connection, and what the last attempt said
// (never nil without a connection).
func (s *session) state() (connected bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.err
	if err == nil && s.conn == nil {
		err = errNotYet
	}
	return s.conn != nil, err
}

// alive tells whether the session id is the newest and may still live: without
// a connection for longer than its timeout it counts as lost.
func (s *session) alive(id int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ids) == 0 || s.ids[len(s.ids)-1] != id {
		return false
	}
	return s.conn != nil || time.Since(s.lost) < s.timeout
}

// reconnected tells when the connection came after a loss; zero at the first.
func (s *session) reconnected() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.back
}
