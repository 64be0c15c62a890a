package zkserver

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
)

// crowd is a Server whose connections nobody reads from.
type crowd struct {
	t     *testing.T
	s     *Server
	log   bytes.Buffer
	conns []*conn
}

func newCrowd(t *testing.T, limits Limits) *crowd {
	r := &crowd{t: t}
	cfg := Config{Limits: limits, Logger: slog.New(slog.NewTextHandler(&r.log, nil))}
	if err := cfg.validate(); err != nil {
		t.Fatal(err)
	}
	r.s = &Server{cfg: cfg, conns: map[*conn]struct{}{}, hosts: map[string]int{}}
	r.s.inbox = make(chan input, 1000)
	r.s.m = newMachine(&r.s.cfg, nil, 0)
	r.s.m.relieve = r.s.relieve
	t.Cleanup(func() {
		r.release()
		for _, c := range r.conns {
			c.close()
		}
		r.s.tasks.Stop()
		r.s.tasks.Wait()
		if n := r.s.unwritten.Load(); n != 0 || r.s.m.owed != 0 {
			t.Errorf("%d and %d bytes are owed when nobody is left", n, r.s.m.owed)
		}
	})
	return r
}

// reader comes without a session and is read from.
func (r *crowd) reader() (c *conn, peer net.Conn, ended <-chan error) {
	ours, theirs := net.Pipe()
	r.t.Cleanup(func() { _ = theirs.Close() })
	c = newConn(r.s, ours)
	r.s.track(c)
	r.conns = append(r.conns, c)
	end := make(chan error, 1)
	go func() { end <- c.readFrames(r.t.Context()) }()
	write(r.t, theirs, jute.AppendBuffer(nil, make([]byte, 45)))
	<-r.s.inbox
	return c, theirs, end
}

// client comes with a session.
func (r *crowd) client() *conn {
	ours, theirs := net.Pipe()
	r.t.Cleanup(func() { _ = theirs.Close() })
	c := newConn(r.s, ours)
	r.s.track(c)
	r.conns = append(r.conns, c)
	r.s.apply(input{kind: inFrame, conn: c, frame: handshake(0, 40*time.Second, 0, make([]byte, 16))})
	return c
}

func (r *crowd) send(c *conn, op int32, body []byte) {
	r.s.apply(input{kind: inFrame, conn: c, frame: append(jute.AppendInt(jute.AppendInt(nil, 1), op), body...)})
}

func (r *crowd) release() {
	if err := r.s.release(); err != nil {
		r.t.Fatal(err)
	}
}

// owed counts again what the Server keeps count of, and how many are left.
func (r *crowd) owed() (n int64, left int) {
	for _, c := range r.conns {
		n += int64(c.debt())
		if !c.client.closing {
			left++
		}
	}
	if counted := r.s.m.owed + r.s.unwritten.Load(); counted != n {
		r.t.Errorf("%d bytes are owed, counted %d", n, counted)
	}
	return n, left
}

func changes(n int) (multi []byte) {
	for range n {
		multi = append(appendMultiHeader(multi, opSetData, false, -1), set("/n", nil)...)
	}
	return appendMultiHeader(multi, opError, true, -1)
}

// One request is as many events as it has changes, times the watchers: they are
// closed while it is served, not when all of that is gathered.
func TestEventsOfOneRequestAreBounded(t *testing.T) {
	const limit, most = 100_000, 20
	r := newCrowd(t, Limits{Outboxes: limit})
	writer := r.client()
	r.send(writer, opCreate, create("/n", 0))
	for range most {
		r.send(r.client(), opAddWatch, versioned("/n", addPersistent))
	}
	r.release()
	r.send(writer, opMulti, changes(1000)) // 42 bytes each, which would be 840,000
	n, left := r.owed()
	if n > limit || left < 1 || left > most-2 {
		t.Errorf("%d bytes are owed to %d connections, want at most %d", n, left, limit)
	}
	r.release()
	r.owed()
	if text := r.log.String(); !strings.Contains(text, "too much unread") || strings.Count(text, "\n") > most {
		t.Errorf("the log has\n%s", text)
	}
}

// Who owes little is not closed for those who owe much.
func TestLargestDebtorGoes(t *testing.T) {
	r := newCrowd(t, Limits{Outboxes: 1_000_000})
	writer := r.client()
	r.send(writer, opCreate, create("/n", 0))
	r.send(writer, opCreate, create("/large", 0))
	r.send(writer, opSetData, set("/large", make([]byte, 300_000)))
	var hoarders, watchers []*conn
	for range 3 {
		c := r.client()
		r.release()
		r.send(c, opGetData, watchOn("/large"))
		hoarders = append(hoarders, c)
	}
	for range 20 {
		watchers = append(watchers, r.client())
		r.send(watchers[len(watchers)-1], opAddWatch, versioned("/n", addPersistent))
	}
	r.release()
	if _, left := r.owed(); left != len(r.conns) {
		t.Fatalf("%d connections are left of %d that owe less than they may", left, len(r.conns))
	}
	r.send(writer, opMulti, changes(200))
	for _, c := range watchers {
		if c.client.closing {
			t.Fatal("a watcher is closed while others leave more unread")
		}
	}
	if writer.client.closing || !hoarders[0].client.closing && !hoarders[1].client.closing && !hoarders[2].client.closing {
		t.Error("the writer is closed, or nobody is")
	}
	if n, _ := r.owed(); n > 1_000_000 {
		t.Errorf("%d bytes are owed", n)
	}
}

// Half requests of many connections are memory, too.
func TestRequestsOfAllAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newCrowd(t, Limits{Requests: 100_000})
		want := func(what string, n int64) {
			t.Helper()
			synctest.Wait()
			if have := r.s.arriving.Load(); have != n {
				t.Errorf("%s: %d bytes count, want %d", what, have, n)
			}
		}
		_, first, _ := r.reader()
		_, second, ended := r.reader()
		_, small, _ := r.reader()
		for _, peer := range []net.Conn{first, second} {
			write(t, peer, jute.AppendInt(nil, 80_000))
		}
		want("lengths", 0)
		write(t, first, make([]byte, 70_000))
		want("one of 80,000", 80_000-step)
		write(t, second, make([]byte, 32<<10)) // and room for as many more would be too much
		if err := <-ended; !errors.Is(err, errCrowded) {
			t.Errorf("the second ends with %v", err)
		}
		want("the second is gone", 80_000-step)
		write(t, small, jute.AppendBuffer(nil, make([]byte, 10_000)))
		r.s.apply(<-r.s.inbox)
		want("a small one", 80_000-step)
		write(t, first, make([]byte, 10_000))
		in := <-r.s.inbox
		want("it is read", 80_000-step)
		r.s.apply(in)
		want("it is applied", 0)
		write(t, first, jute.AppendInt(nil, 80_000))
		write(t, first, make([]byte, 70_000))
		_ = first.Close()
		want("half a request of who is gone", 0)
	})
}
