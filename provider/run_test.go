package provider

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

func TestRunServesAndLeavesInOrder(t *testing.T) {
	reg := new(fakeRegistry)
	obs := new(recorder)
	r := run(t, Config{Registry: reg, Observers: []api.Observer{obs}}, identity)
	reg.note, obs.note = r.wire.note, r.wire.note
	if reg.standing() != 1 {
		t.Fatalf("%d URLs stand, want 1", reg.standing())
	}
	_, out, err := r.wire.call(t.Context(), say, text("hello"))
	if err != nil || *out.reply.(*string) != "hello" {
		t.Fatalf("call: %v, reply %v", err, out)
	}
	if d := r.Drops(); d != (protocol.Drops{Late: 3}) {
		t.Errorf("it says that it dropped %+v", d)
	}
	r.leave()
	got := slices.Compact(r.wire.events)
	if want := []string{"unregister", "drain", "close", "flush"}; !slices.Equal(got, want) {
		t.Errorf("leave did %v, want %v", got, want)
	}
	if _, err := r.wire.handler.Find(say); !errors.Is(err, api.ErrGoingAway) || err.(*api.Error).Sent != api.SentNo {
		t.Errorf("a server that left answers %v", err)
	}
	if idle, err := New(Config{Application: "user-center", Listen: ":0"}); err != nil || idle.Drops() != (protocol.Drops{}) {
		t.Errorf("a server that does not run dropped %+v, %v", idle.Drops(), err)
	}
	if err := r.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "called already") {
		t.Errorf("second Run: %v", err)
	}
	if err := r.Register(&echoDesc, handlers(identity), Group("late")); err == nil || !strings.Contains(err.Error(), "too late") {
		t.Errorf("Register after Run: %v", err)
	}
}

func TestLeaveWaitsForThoseWhoHaveNotHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := run(t, Config{Listener: newFakeListener(), DrainWait: 5 * time.Second}, identity)
		begin := time.Now()
		r.stop()
		synctest.Wait()
		// A caller that has not heard calls each 100 ms for a second.
		for range 10 {
			if _, _, err := r.wire.call(t.Context(), say, nil); err != nil {
				t.Errorf("a call while draining failed: %v", err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		r.leave()
		if took := time.Since(begin); took < time.Second || took > 2*time.Second {
			t.Errorf("leaving took %v, want a little more than the last call's second", took)
		}
	})
}

func TestLeaveEndsAtDrainWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := run(t, Config{Listener: newFakeListener(), DrainWait: 2 * time.Second}, identity)
		r.wire.drain = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		begin := time.Now()
		r.leave()
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("leaving took %v, want DrainWait", took)
		}
	})
}

func TestCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := &fakeRegistry{wait: make(chan struct{})}
		s := echoServer(t, Config{Registry: away, RegisterTimeout: 3 * time.Second, Listener: newFakeListener()})
		begin := time.Now()
		err := s.Run(t.Context())
		if err == nil || !strings.Contains(err.Error(), `service "lab.Echo" is not registered after 3s`) || !strings.Contains(err.Error(), "registry is away") {
			t.Errorf("Run: %v", err)
		}
		if took := time.Since(begin); took < 3*time.Second || took > 4*time.Second {
			t.Errorf("Run took %v", took)
		}
		if away.standing() != 0 {
			t.Errorf("%d URLs are left", away.standing())
		}
		// Without the check it serves at once.
		run(t, Config{Registry: away, Check: CheckOff, Listener: newFakeListener()}, identity)
	})
}

func TestStopWhileRegisteringIsNoError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s := echoServer(t, Config{Registry: &fakeRegistry{wait: make(chan struct{})}, Listener: newFakeListener()})
		if err := s.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
		select {
		case <-s.Ready():
			t.Error("ready although it never registered")
		default:
		}
	})
}

func TestRunFails(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()

	obs := new(recorder)
	err = echoServer(t, Config{Listen: busy.Addr().String(), Observers: []api.Observer{obs}}).Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), `address "`+busy.Addr().String()+`" is in use`) || !strings.Contains(err.Error(), "Config.Listen") {
		t.Errorf("a port in use: %v", err)
	}
	if obs.closed != 1 {
		t.Errorf("the observer was closed %d times, want 1", obs.closed)
	}
	obs = new(recorder)
	idle, err := New(Config{Application: "test", Listen: "127.0.0.1:0", Observers: []api.Observer{obs}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second one has no Run left
		if err := idle.Run(t.Context()); err == nil {
			t.Error("a server without a service ran")
		}
	}
	if obs.closed != 1 {
		t.Errorf("the observer of a server without a service was closed %d times, want 1", obs.closed)
	}
	err = echoServer(t, Config{Listen: "192.0.2.1:1"}).Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), `cannot listen on "192.0.2.1:1"`) {
		t.Errorf("an address of others: %v", err)
	}
	err = echoServer(t, Config{Listen: "127.0.0.1:0", Registry: &fakeRegistry{refuse: errors.New("too large")}}).Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), `service "lab.Echo" cannot be registered: too large`) {
		t.Errorf("a refusing registry: %v", err)
	}
	p := newFakeProtocol()
	p.err = errors.New("no")
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Application: "a", Listener: ln, Protocols: []protocol.Protocol{p}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "no service is registered") {
		t.Errorf("a server without services: %v", err)
	}
	if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("its listener was left open: %v", err)
	}
}

// echoServer makes a server of the echo service that does not run yet.
func echoServer(t *testing.T, c Config) *Server {
	t.Helper()
	c.Application, c.Protocols = "test", []protocol.Protocol{newFakeProtocol()}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Register(&echoDesc, handlers(identity)); err != nil {
		t.Fatal(err)
	}
	return s
}

// fakeListener is an address without a socket, for tests in bubbles.
type fakeListener struct{ net.Listener }

func newFakeListener() net.Listener { return fakeListener{} }

func (fakeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 20880} }
func (fakeListener) Close() error   { return nil }

// recorder is an observer that keeps what it saw.
type recorder struct {
	begun, ended []api.Observation
	closed       int
	note         func(string)
}

func (r *recorder) Begin(o *api.Observation) { r.begun = append(r.begun, *o) }
func (r *recorder) End(o *api.Observation)   { r.ended = append(r.ended, *o) }
func (r *recorder) Close(context.Context) error {
	r.closed++
	if r.note != nil {
		r.note("flush")
	}
	return nil
}
