package zkclient

import (
	"context"
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/zookeepertest"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

func TestOperations(t *testing.T) {
	t.Run("zookeeper", func(t *testing.T) {
		addr := zookeepertest.Start(t, zookeepertest.Options{Tick: time.Second}).Addr()
		operations(t, addr)
		nodes(t, addr)
		watches(t, addr)
	})
	t.Run("zkserver", func(t *testing.T) {
		addr := zktest.Start(t, zktest.Tick(time.Second)).Addr()
		operations(t, addr)
		nodes(t, addr)
		watches(t, addr)
	})
}

// A real server that ends a session while it takes it back drops all that
// comes, at once or after its first answer. Nobody must be given such a
// connection in the first case; in the second it must end soon, though the
// session has seconds.
func TestSessionThatEndsAsItIsTakenBack(t *testing.T) {
	addr := zookeepertest.Start(t, zookeepertest.Options{Tick: time.Second}).Addr()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	dial := func() net.Conn {
		nc, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		return nc
	}
	silent := 0
	for i := range 200 {
		owner, err := Open(ctx, dial(), Config{})
		if err != nil {
			t.Fatal(err)
		}
		nc := dial()
		ended := make(chan error, 1)
		go func() { ended <- owner.CloseSession(ctx) }()
		time.Sleep(time.Duration(i%20) * 10 * time.Microsecond)
		c, err := Open(ctx, nc, Config{SessionID: owner.SessionID(), Password: owner.Password(), Proof: 500 * time.Millisecond})
		if errors.Is(err, os.ErrDeadlineExceeded) {
			silent++
		}
		if err == nil {
			// It may end now, but not be silent.
			answer, stop := context.WithTimeout(ctx, 5*time.Second)
			if _, err := c.Exists(answer, "/", false); errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("round %d: no answer", i)
			}
			stop()
			c.Close()
		}
		<-ended
		owner.Close()
	}
	t.Logf("%d of 200 sessions came back to silence and were refused", silent)
}

func operations(t *testing.T, addr string) {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	connect := func(cfg Config) *Conn {
		t.Helper()
		nc, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Open(ctx, nc, cfg)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	events := make(chan Event, 16)
	c := connect(Config{Timeout: 20 * time.Second, Events: func(e Event) { events <- e }})
	other := connect(Config{Timeout: 20 * time.Second})
	defer other.Close()
	check := func(what string, got, want error) {
		t.Helper()
		if !errors.Is(got, want) || want == nil && got != nil {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	expect := func(want Event) {
		t.Helper()
		select {
		case got := <-events:
			if got != want {
				t.Errorf("event %v, want %v", got, want)
			}
		case <-ctx.Done():
			t.Fatalf("no event %v", want)
		}
	}
	check("create without parent", c.Create(ctx, "/a/b/c", true), ErrNoNode)
	check("parents", c.MakeParents(ctx, "/a/b/c"), nil)
	check("parents again", c.MakeParents(ctx, "/a/b/c"), nil)
	_, err := c.Exists(ctx, "/a/b/c", true)
	check("exists", err, ErrNoNode)
	names, err := c.Children(ctx, "/a/b", true)
	if err != nil || len(names) != 0 {
		t.Errorf("children %q, %v", names, err)
	}
	check("create", other.Create(ctx, "/a/b/c", true), nil)
	expect(Event{NodeCreated, "/a/b/c"})
	expect(Event{NodeChildrenChanged, "/a/b"})
	check("create again", c.Create(ctx, "/a/b/c", true), ErrNodeExists)
	check("sync", c.Sync(ctx, "/a"), nil)
	if data, err := c.Data(ctx, "/a/b/c", 10); err != nil || len(data) != 0 {
		t.Errorf("data %q, %v", data, err)
	}
	_, err = c.Data(ctx, "/a/b/d", 10)
	check("data of nothing", err, ErrNoNode)
	if s, err := c.Exists(ctx, "/a/b/c", false); err != nil || s.EphemeralOwner != other.SessionID() {
		t.Errorf("stat %+v, %v", s, err)
	}
	check("replace", c.Replace(ctx, "/a/b/c", true), nil)
	if s, err := c.Exists(ctx, "/a/b/c", false); err != nil || s.EphemeralOwner != c.SessionID() {
		t.Errorf("after replace: stat %+v, %v", s, err)
	}
	check("replace what is not there", c.Replace(ctx, "/a/b/d", true), ErrNoNode)
	check("replace what has children", c.Replace(ctx, "/a/b", false), ErrNotEmpty)
	check("below an ephemeral", c.Create(ctx, "/a/b/c/d", false), ErrNoChildrenForEphemerals)
	check("delete what has children", c.Delete(ctx, "/a"), ErrNotEmpty)
	check("a bad path", c.Create(ctx, "/a/.", false), ErrBadArguments)
	if names, err := c.Children(ctx, "/a/b", false); err != nil || len(names) != 1 || names[0] != "c" {
		t.Errorf("children %q, %v", names, err)
	}

	// The session goes on over another connection, and its node stays.
	next := Config{Timeout: 20 * time.Second, SessionID: c.SessionID(), Password: c.Password(), LastZxid: c.Zxid()}
	c.Close()
	c = connect(next)
	if s, err := c.Exists(ctx, "/a/b/c", false); err != nil || s.EphemeralOwner != c.SessionID() {
		t.Errorf("after a new connection: stat %+v, %v", s, err)
	}
	check("close", c.CloseSession(ctx), nil)
	_, err = other.Exists(ctx, "/a/b/c", false)
	check("after the session", err, ErrNoNode)
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(ctx, nc, next)
	check("the closed session", err, ErrExpired)

	owner := connect(Config{Login: "me:secret"})
	defer owner.Close()
	check("own node", owner.Create(ctx, "/mine", false), nil)
	_, err = other.Children(ctx, "/mine", false)
	check("the other reads it", err, ErrNoAuth)
	check("the other makes a node below", other.Create(ctx, "/mine/x", false), ErrNoAuth)
	_, err = owner.Children(ctx, "/mine", false)
	check("the owner reads it", err, nil)
	check("owner deletes", owner.Delete(ctx, "/mine"), nil)
	check("owner closes", owner.CloseSession(ctx), nil)
}
