package dubbo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/protocol"
)

// server serves the connections of one listener.
type server struct {
	ln        net.Listener
	max       int
	heartbeat time.Duration
	calls     callRunner
	tasks     task.Group // the accepter and two goroutines for each connection
	drops     drops      // answers of peers' listeners

	mu       sync.Mutex
	conns    map[*conn]struct{} // guarded by mu
	draining bool               // new connections hear it at once; guarded by mu
}

// Serve serves the connections that ln accepts; see protocol.Protocol.
func (p Protocol) Serve(ln net.Listener, h protocol.Handler, o protocol.ServeOptions) (protocol.Server, error) {
	if ln == nil || h == nil {
		return nil, errors.New("dubbo: Serve needs a listener and a handler")
	}
	s := &server{
		ln: ln, max: maxMessage(o.MaxMessage), heartbeat: p.heartbeat(),
		conns: make(map[*conn]struct{}),
		calls: callRunner{
			handler: h, onError: o.OnError, reader: requestReader{limits: p.Limits},
			back: &backCaller{caller: caller{max: maxMessage(o.MaxMessage), limits: p.Limits, application: o.Application}, calls: task.NewGate()},
		},
	}
	s.tasks.Go(s.accept)
	return s, nil
}

func (s *server) accept(ctx context.Context) {
	wait := 5 * time.Millisecond
	for {
		nc, err := s.ln.Accept()
		if err == nil {
			wait = 5 * time.Millisecond
			if !s.tasks.Go(func(context.Context) { s.serve(nc) }) {
				nc.Close()
			}
			continue
		}
		if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
			return
		}
		// Most likely no file is left; others close theirs.
		s.calls.report(s.ln.Addr().String(), fmt.Errorf("dubbo: accept: %w", err))
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
			wait = min(2*wait, time.Second)
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// serve is the life of one connection.
func (s *server) serve(nc net.Conn) {
	c := newConn(nc, s.max, s.heartbeat, false, &s.drops)
	c.calls = &s.calls
	s.mu.Lock()
	s.conns[c] = struct{}{}
	if s.draining {
		c.sendReadonly()
	}
	s.mu.Unlock()
	if s.tasks.Context().Err() != nil {
		c.giveUp(net.ErrClosed) // Close may have looked before we were listed
	}
	err := c.run(&s.tasks)
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
	if !ordinaryEnd(err) {
		s.calls.report(c.peer, err)
	}
}

// Drops tells which answers of listeners came for nobody; see
// protocol.DropCounter.
func (s *server) Drops() protocol.Drops { return s.drops.counts() }

// Drain tells the peers to go elsewhere and waits for the calls under way, until
// their answers are written, and for those to the peers' listeners; once none
// of the former runs, no new one of the latter begins.
func (s *server) Drain(ctx context.Context) error {
	s.mu.Lock()
	s.draining = true
	for c := range s.conns {
		c.sendReadonly()
	}
	s.mu.Unlock()
	select {
	case <-s.calls.tasks.Idle():
	case <-ctx.Done():
		return fmt.Errorf("dubbo: %d calls are still under way: %w", s.calls.tasks.Running(), ctx.Err())
	}
	select {
	case <-s.calls.back.calls.Close():
	case <-ctx.Done():
		return fmt.Errorf("dubbo: %d calls to listeners are still under way: %w", s.calls.back.calls.Inside(), ctx.Err())
	}
	s.mu.Lock()
	conns := slices.Collect(maps.Keys(s.conns))
	s.mu.Unlock()
	for _, c := range conns {
		select {
		case <-c.w.idle():
		case <-ctx.Done():
			return fmt.Errorf("dubbo: peer %s has not taken all answers: %w", c.peer, ctx.Err())
		}
	}
	return nil
}

// Close ends everything; see protocol.Server.
func (s *server) Close() error {
	s.tasks.Stop()
	err := s.ln.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	s.mu.Lock()
	for c := range s.conns {
		c.giveUp(net.ErrClosed)
	}
	s.mu.Unlock()
	s.tasks.Wait()
	s.calls.close()
	return err
}

var (
	_ protocol.Server      = (*server)(nil)
	_ protocol.DropCounter = (*server)(nil)
)
