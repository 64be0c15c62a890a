package zktest_test

import (
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// inBubble runs f in a time of its own with a server that has no socket, whose
// sessions are those of production, and two clients.
func inBubble(t *testing.T, f func(t *testing.T, s *zktest.Server, a, b *client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := zktest.Start(t, zktest.Pipe(), zktest.Tick(2*time.Second))
		f(t, s, pipe(t, s), pipe(t, s))
	})
}

// pipe returns a client over a pipe.
func pipe(t *testing.T, s *zktest.Server) *client {
	t.Helper()
	dial := func(network, address string, _ time.Duration) (net.Conn, error) {
		return s.Dial(t.Context(), network, address)
	}
	conn, events, err := zk.Connect([]string{s.Addr()}, 30*time.Second, zk.WithLogger(quiet{}), zk.WithDialer(dial))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	c := &client{conn, t, events}
	c.until(zk.StateHasSession)
	return c
}

func (c *client) set(path, data string) {
	c.t.Helper()
	if _, err := c.Set(path, []byte(data), -1); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) watch(path string) (data string, changed <-chan zk.Event) {
	c.t.Helper()
	b, _, changed, err := c.GetW(path)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(b), changed
}

func TestSessionsExpireInABubble(t *testing.T) {
	inBubble(t, func(t *testing.T, s *zktest.Server, a, b *client) {
		a.create("/e", zk.FlagEphemeral)
		time.Sleep(time.Hour)
		if !b.exists("/e") {
			t.Fatal("a client that pings has lost its session")
		}
		_, _, gone, err := b.ExistsW("/e")
		if err != nil {
			t.Fatal(err)
		}
		id := a.SessionID()
		began := time.Now()
		s.Partition()
		for len(s.Sessions()) > 0 {
			time.Sleep(100 * time.Millisecond)
		}
		// The timeout counts from the last ping, a third of it before at most, and
		// is rounded up to a tick.
		if took := time.Since(began); took < 20*time.Second || took > 32100*time.Millisecond {
			t.Errorf("sessions of 30 s are gone %v after the cut", took)
		}
		s.Heal()
		if e := <-gone; e.Err == nil && e.Type != zk.EventNodeDeleted {
			t.Errorf("event %+v", e)
		}
		healed := time.Now()
		for a.SessionID() == id || a.State() != zk.StateHasSession {
			if time.Since(healed) > time.Minute {
				t.Fatalf("no new session a minute after the cut was healed, but %v", a.State())
			}
			time.Sleep(time.Second)
		}
		if a.exists("/e") {
			t.Error("the ephemeral outlived its session")
		}
	})
}

func TestDropWatches(t *testing.T) {
	inBubble(t, func(t *testing.T, s *zktest.Server, a, b *client) {
		a.create("/n", 0)
		_, first := b.watch("/n")
		s.DropWatches()
		a.set("/n", "1")
		time.Sleep(time.Hour)
		select {
		case e := <-first:
			t.Fatalf("event %+v", e)
		default:
		}
		s.SendWatches()
		data, second := b.watch("/n")
		if data != "1" {
			t.Errorf("reads %q", data)
		}
		a.set("/n", "2")
		if e := <-second; e.Type != zk.EventNodeDataChanged {
			t.Errorf("event %+v", e)
		}
	})
}

func TestDelayWatches(t *testing.T) {
	inBubble(t, func(t *testing.T, s *zktest.Server, a, b *client) {
		a.create("/n", 0)
		a.create("/m", 0)
		_, n := b.watch("/n")
		_, m := b.watch("/m")
		s.DelayWatches(5 * time.Second)
		began := time.Now()
		a.set("/n", "1")
		time.Sleep(time.Second)
		a.set("/m", "1")
		if data, _, err := b.Get("/n"); err != nil || string(data) != "1" || time.Since(began) > 2*time.Second {
			t.Errorf("a reply waits too: %q after %v, %v", data, time.Since(began), err)
		}
		<-n
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("the event comes after %v, want 5 s", took)
		}
		<-m
		if took := time.Since(began); took != 6*time.Second {
			t.Errorf("the second event comes after %v, want 6 s", took)
		}

		s.DelayWatches(time.Hour)
		_, n = b.watch("/n")
		began = time.Now()
		a.set("/n", "2")
		time.Sleep(time.Second)
		s.DelayWatches(0)
		<-n
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("an event that was held comes %v after the change, want at once after the end of the delay", took)
		}
		s.DelayWatches(time.Hour)
		_, _ = b.watch("/n")
		a.set("/n", "3") // and nobody waits for what is still held
	})
}

func TestSlow(t *testing.T) {
	inBubble(t, func(t *testing.T, s *zktest.Server, a, b *client) {
		a.create("/n", 0)
		s.Slow(1000)
		began := time.Now()
		a.set("/n", strings.Repeat("x", 5000)) // 5 s
		sent := time.Since(began)
		if sent < 5*time.Second || sent > 6*time.Second {
			t.Errorf("5,000 bytes went there in %v", sent)
		}
		if _, _, err := b.Get("/n"); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began) - sent; took < 5*time.Second || took > 6*time.Second {
			t.Errorf("5,000 bytes came back in %v", took)
		}
		s.Slow(0)
		began = time.Now()
		if _, _, err := b.Get("/n"); err != nil || time.Since(began) > 100*time.Millisecond {
			t.Errorf("still slow: %v, %v", time.Since(began), err)
		}
	})
}

func TestFaultsInABubble(t *testing.T) {
	inBubble(t, func(t *testing.T, s *zktest.Server, a, _ *client) {
		id := a.SessionID()
		a.create("/n", 0)
		s.DropConnections()
		a.until(zk.StateDisconnected)
		a.until(zk.StateHasSession)
		if a.SessionID() != id {
			t.Error("the session ended with its connection")
		}
		s.Refuse()
		a.until(zk.StateDisconnected)
		time.Sleep(time.Second)
		s.Accept()
		a.until(zk.StateHasSession)
		s.Expire(a.SessionID())
		a.until(zk.StateExpired)
		a.until(zk.StateHasSession)
		s.Forget()
		a.until(zk.StateHasSession)
		if a.exists("/n") {
			t.Error("something survived Forget")
		}
	})
}
