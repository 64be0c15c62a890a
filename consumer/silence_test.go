package consumer_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/dubbo"
)

// These tests stop providers as SIGSTOP does: their connections stay, and
// nothing moves on them. Time is that of package synctest.

// stoppable is a provider behind a pipe. It is its own listener.
type stoppable struct {
	address string
	conns   chan net.Conn
	done    chan struct{}
	stopped atomic.Pointer[chan struct{}] // closed when it goes on; nil while it runs
	calls   atomic.Int64
}

func (s *stoppable) Accept() (net.Conn, error) {
	select {
	case c := <-s.conns:
		return &stoppableConn{c, s}, nil
	case <-s.done:
		return nil, net.ErrClosed
	}
}
func (s *stoppable) Close() error {
	select {
	case <-s.done:
	default:
		close(s.done)
	}
	return nil
}
func (s *stoppable) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 1} }

func (s *stoppable) stop() {
	c := make(chan struct{})
	s.stopped.Store(&c)
}

func (s *stoppable) resume() {
	if c := s.stopped.Swap(nil); c != nil {
		close(*c)
	}
}

func (s *stoppable) run() {
	if c := s.stopped.Load(); c != nil {
		<-*c
	}
}

type stoppableConn struct {
	net.Conn
	s *stoppable
}

func (c *stoppableConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.s.run()
	return n, err
}

func (c *stoppableConn) Write(b []byte) (int, error) {
	c.s.run()
	return c.Conn.Write(b)
}

// stoppables starts n providers, in a bubble of synctest, and refers to them.
func stoppables(t *testing.T, n int, opts ...consumer.Option) ([]*stoppable, *consumer.Reference) {
	t.Helper()
	var list []*stoppable
	var urls []string
	byAddress := make(map[string]*stoppable)
	for i := range n {
		s := &stoppable{address: net.JoinHostPort("10.0.0."+string(rune('1'+i)), "1"), conns: make(chan net.Conn), done: make(chan struct{})}
		srv, err := dubbo.New().Serve(s, countingHandler{&s.calls}, protocol.ServeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			s.resume()
			srv.Close()
		})
		list, urls = append(list, s), append(urls, "dubbo://"+s.address)
		byAddress[s.address] = s
	}
	c, err := consumer.New(consumer.Config{Application: "test", Dial: func(ctx context.Context, _, address string) (net.Conn, error) {
		s := byAddress[address]
		ours, theirs := net.Pipe()
		select {
		case s.conns <- theirs:
			return ours, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	r, err := c.Refer(&echoDesc, append([]consumer.Option{consumer.Direct(urls...)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait() // all are connected
	return list, r
}

// countingHandler is echoHandler, whose calls are counted.
type countingHandler struct{ calls *atomic.Int64 }

func (h countingHandler) Find(t protocol.Target) (*protocol.Endpoint, error) {
	h.calls.Add(1)
	return echoHandler{}.Find(t)
}

// spread makes n calls a millisecond apart and waits for all of them; failed
// is told of each failure.
func spread(t *testing.T, r *consumer.Reference, method, n int, failed func(error)) {
	t.Helper()
	done := make(chan error)
	for range n {
		go func() {
			_, err := echo(context.Background(), r, method, "0s")
			done <- err
		}()
		time.Sleep(time.Millisecond)
	}
	for range n {
		if err := <-done; err != nil {
			failed(err)
		}
	}
}

// ran sums the calls that reached the providers.
func ran(list []*stoppable) (n int64) {
	for _, s := range list {
		n += s.calls.Load()
	}
	return n
}

func connection(r *consumer.Reference, address string) string {
	for _, p := range r.Explain("").Providers {
		if p.Address == address {
			return p.Connection
		}
	}
	return ""
}

// One of four stops: no idempotent call fails, new ones soon avoid it, and when
// it goes on it has its share again at once.
func TestStoppedProviderFailsNoIdempotentCall(t *testing.T) {
	for _, timeout := range []time.Duration{500 * time.Millisecond, time.Second, time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			list, r := stoppables(t, 4, consumer.Timeout(timeout))
			failed := func(err error) { t.Errorf("timeout %v: %v", timeout, err) }
			spread(t, r, again, 1000, failed)
			list[2].stop()
			spread(t, r, again, 1000, failed)
			if c := connection(r, list[2].address); c != "silent" {
				t.Errorf("the connection of the stopped provider is %q", c)
			}
			var info consumer.CallInfo
			for range 1000 {
				if _, err := echo(context.Background(), r.With(consumer.Capture(&info)), again, ""); err != nil || len(info.Attempts) != 1 || info.Peer == list[2].address {
					t.Fatalf("%v, %d tries, at %s", err, len(info.Attempts), info.Peer)
				}
			}
			list[2].resume()
			synctest.Wait()
			before := list[2].calls.Load()
			spread(t, r, again, 1000, failed)
			if n := list[2].calls.Load() - before; n < 150 {
				t.Errorf("after it went on the provider got %d of 1000 calls", n)
			}
		})
	}
}

// Calls that may not be made twice wait for their provider, as do those that
// are told not to be: it may go on in time.
func TestCallsThatMayNotLeaveAStoppedProvider(t *testing.T) {
	for _, tt := range []struct {
		method int
		opts   []consumer.Option
	}{
		{once, nil},
		{again, []consumer.Option{consumer.Retries(0)}},
		{again, []consumer.Option{consumer.Cluster(consumer.Failfast)}},
		{once, []consumer.Option{consumer.RetryOn(func(e *api.Error) bool { return e.Code == api.Timeout })}},
	} {
		synctest.Test(t, func(t *testing.T) {
			list, r := stoppables(t, 4, append(tt.opts, consumer.Timeout(5*time.Second))...)
			list[0].stop()
			time.AfterFunc(3*time.Second, list[0].resume)
			spread(t, r, tt.method, 1000, func(err error) { t.Errorf("method %d: %v", tt.method, err) })
			if n := ran(list); n != 1000 {
				t.Errorf("1000 calls ran %d times", n)
			}
		})
	}
}

// Where nobody answers suspicion tells nothing: calls go on as ever, and none
// is given up that another provider would not take either.
func TestAllProvidersStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list, r := stoppables(t, 3, consumer.Timeout(5*time.Second))
		failed := func(err error) { t.Error(err) }
		for _, s := range list {
			s.stop()
			time.AfterFunc(4*time.Second, s.resume)
		}
		waiting := make(chan struct{})
		go func() {
			defer close(waiting)
			spread(t, r, once, 100, failed)
		}()
		time.Sleep(time.Second)
		for _, s := range list {
			if c := connection(r, s.address); c != "silent" {
				t.Errorf("the connection to %s is %q", s.address, c)
			}
		}
		spread(t, r, again, 2000, failed)
		<-waiting
		for _, s := range list {
			if n := s.calls.Load(); n < 400 {
				t.Errorf("%s got %d of 2100 calls", s.address, n)
			}
		}
		if n := ran(list); n != 2100 {
			t.Errorf("2100 calls ran %d times", n)
		}
	})
}

// A rule may let calls leave that are not idempotent.
func TestRuleForStoppedProviders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list, r := stoppables(t, 4, consumer.RetryOn(func(e *api.Error) bool { return e.Code == api.Disconnected }))
		failed := func(err error) { t.Error(err) }
		spread(t, r, once, 1000, failed)
		list[1].stop()
		spread(t, r, once, 1000, failed)
	})
}

// Where the retry budget does not suffice the calls stay and wait.
func TestStoppedProviderAndNoBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list, r := stoppables(t, 2, consumer.Timeout(5*time.Second))
		list[0].stop()
		time.AfterFunc(3*time.Second, list[0].resume)
		spread(t, r, again, 500, func(err error) { t.Error(err) })
		if n := ran(list) - 500; n < 50 || n > 141 { // 10, a fifth of 500, 10 per second for 3 s
			t.Errorf("%d of 500 calls left", n)
		}
	})
}
