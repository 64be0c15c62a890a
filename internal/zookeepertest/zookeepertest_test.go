package zookeepertest

import (
	"errors"
	"net"
	"testing"
	"time"
)

// hold opens a session by hand and returns its id; the connection stays open
// until the test ends.
func hold(t *testing.T, addr string) int64 {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = nc.Close() })
	_ = nc.SetDeadline(time.Now().Add(wireTimeout))
	hello := make([]byte, 45)
	hello[14] = 0x4e // timeout 20 s: bytes 12..16
	hello[15] = 0x20
	hello[27] = 16 // length of the password
	reply, err := exchange(nc, hello)
	if err != nil {
		t.Fatal(err)
	}
	var id int64
	for _, b := range reply[8:16] {
		id = id<<8 | int64(b)
	}
	if id == 0 {
		t.Fatal("no session")
	}
	return id
}

func TestServer(t *testing.T) {
	s := Start(t, Options{})
	if mode, err := s.Mode(); err != nil || mode != "standalone" {
		t.Fatalf("mode %q, %v", mode, err)
	}
	if s.Version() == "" {
		t.Error("no version")
	}
	id := hold(t, s.Addr())
	if err := s.ExpireSession(id); err != nil {
		t.Fatal(err)
	}
	if err := s.ExpireSession(id); !errors.Is(err, ErrNoSession) {
		t.Errorf("a session can be expired twice: %v", err)
	}

	kept := hold(t, s.Addr())
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Mode(); err == nil {
		t.Error("a stopped server answers")
	}
	addr := s.Addr()
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	if s.Addr() != addr {
		t.Errorf("address changed from %s to %s", addr, s.Addr())
	}
	if err := s.ExpireSession(kept); err != nil {
		t.Errorf("the session is gone with the data kept: %v", err)
	}

	wiped := hold(t, s.Addr())
	if err := s.Wipe(); err == nil {
		t.Error("a running server is wiped")
	}
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := s.Wipe(); err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	if err := s.ExpireSession(wiped); !errors.Is(err, ErrNoSession) {
		t.Errorf("a session outlived its data: %v", err)
	}
}

func TestEnsemble(t *testing.T) {
	e := StartEnsemble(t, 3, Options{})
	id := hold(t, e.Servers[1].Addr())
	dead, err := e.KillLeader()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for {
		if l, err := e.Leader(); err == nil && l != dead {
			break
		}
		if time.Since(start) > 30*time.Second {
			t.Fatal("no new leader")
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Logf("new leader after %v", time.Since(start).Round(time.Millisecond))
	if err := e.Start(); err != nil {
		t.Fatal(err)
	}
	if err := e.ExpireSession(id); err != nil {
		t.Fatal(err)
	}
}

func TestOpenNeedsADirectory(t *testing.T) {
	if _, err := Open(Options{}); err == nil {
		t.Error("no error")
	}
}
