package zkclient

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"
	"time"
)

// connect opens a session that ends with the test.
func connect(t *testing.T, addr string, cfg Config) *Conn {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Open(t.Context(), nc, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = c.CloseSession(ctx)
	})
	return c
}

func nodes(t *testing.T, addr string) {
	ctx := t.Context()
	c := connect(t, addr, Config{})
	want := func(what string, got, want error) {
		t.Helper()
		if !errors.Is(got, want) || want == nil && got != nil {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	made := func(n NewNode, path string) {
		t.Helper()
		got, err := c.CreateNode(ctx, n)
		if err != nil || got != path {
			t.Errorf("create %+v: %q, %v, want %q", n, got, err, path)
		}
	}
	made(NewNode{Path: "/n"}, "/n")
	made(NewNode{Path: "/n/data", Data: []byte("one")}, "/n/data")
	made(NewNode{Path: "/n/s-", Mode: PersistentSequential}, "/n/s-0000000001")
	made(NewNode{Path: "/n/e", Mode: Ephemeral}, "/n/e")
	made(NewNode{Path: "/n/e-", Mode: EphemeralSequential}, "/n/e-0000000003")
	made(NewNode{Path: "/n/c", Mode: Container}, "/n/c")
	_, err := c.CreateNode(ctx, NewNode{Path: "/n/ttl", Mode: PersistentTTL, TTL: time.Minute})
	want("a TTL node where there are none", err, ServerError(-6))

	data, s, err := c.Get(ctx, "/n", false)
	if err != nil || data != nil || s.NumChildren != 5 {
		t.Errorf("null: %q, %+v, %v", data, s, err)
	}
	data, s, err = c.Get(ctx, "/n/data", false)
	if err != nil || string(data) != "one" || s.DataLength != 3 || s.Version != 0 {
		t.Errorf("data: %q, %+v, %v", data, s, err)
	}
	s, err = c.Set(ctx, "/n/data", []byte("two!"), 0)
	if err != nil || s.Version != 1 || s.DataLength != 4 {
		t.Errorf("set: %+v, %v", s, err)
	}
	_, err = c.Set(ctx, "/n/data", nil, 0)
	want("set of another version", err, ErrBadVersion)
	want("delete of another version", c.DeleteVersion(ctx, "/n/data", 0), ErrBadVersion)
	want("delete", c.DeleteVersion(ctx, "/n/data", 1), nil)

	names, s, err := c.List(ctx, "/n", false)
	slices.Sort(names)
	if err != nil || !slices.Equal(names, []string{"c", "e", "e-0000000003", "s-0000000001"}) || s.NumChildren != 4 || s.Cversion != 6 {
		t.Errorf("list: %q, %+v, %v", names, s, err)
	}
	if n, err := c.CountBelow(ctx, "/n"); err != nil || n != 4 {
		t.Errorf("count: %d, %v", n, err)
	}
	paths, err := c.Ephemerals(ctx, "/")
	slices.Sort(paths)
	if err != nil || !slices.Equal(paths, []string{"/n/e", "/n/e-0000000003"}) {
		t.Errorf("ephemerals: %q, %v", paths, err)
	}
	want("delete all but what is not there", c.DeleteNodes(ctx, []string{"/n/e", "/n/none", "/n/c"}), ErrNoNode)
	want("delete all", c.DeleteNodes(ctx, []string{"/n/e", "/n/e-0000000003", "/n/c", "/n/s-0000000001", "/n"}), nil)

	want("authenticate", c.Authenticate(ctx, "digest", []byte("me:secret")), nil)
	who, err := c.WhoAmI(ctx)
	if err != nil || !slices.Contains(who, Identity{"digest", "me"}) || !slices.Contains(who, Identity{"ip", "127.0.0.1"}) {
		t.Errorf("who: %v, %v", who, err)
	}
	made(NewNode{Path: "/acl", ACL: []ACL{{Perms: 31, Scheme: "auth"}, {Perms: 1, Scheme: "world", ID: "anyone"}}}, "/acl")
	acls, _, err := c.ACL(ctx, "/acl")
	mine := ACL{31, "digest", "me:016djjlksVQS5RgX3M7biBGyYwY="}
	if err != nil || !slices.Equal(acls, []ACL{mine, {1, "world", "anyone"}}) {
		t.Errorf("ACL: %v, %v", acls, err)
	}
	s, err = c.SetACL(ctx, "/acl", []ACL{mine}, 0)
	if err != nil || s.Aversion != 1 {
		t.Errorf("set ACL: %+v, %v", s, err)
	}
	_, err = c.SetACL(ctx, "/acl", nil, AnyVersion)
	want("no ACL", err, ErrInvalidACL)
	want("delete", c.Delete(ctx, "/acl"), nil)

	_, _, err = c.Reconfigure(ctx, Reconfiguration{Leaving: "3", Version: AnyVersion})
	want("reconfigure what cannot be", err, ServerError(-123))

	other := connect(t, addr, Config{})
	want("authenticate by nonsense", other.Authenticate(ctx, "nonsense", []byte("x")), ErrAuthFailed)
	select {
	case <-other.Done():
	case <-time.After(10 * time.Second):
		t.Error("who was refused is still connected")
	}
}

func watches(t *testing.T, addr string) {
	ctx := t.Context()
	events := make(chan Event, 16)
	c := connect(t, addr, Config{Events: func(e Event) { events <- e }})
	w := connect(t, addr, Config{})
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	expect := func(want ...Event) {
		t.Helper()
		for _, want := range want {
			select {
			case got := <-events:
				if got != want {
					t.Errorf("event %v, want %v", got, want)
				}
			case <-time.After(10 * time.Second):
				t.Fatalf("no event %v", want)
			}
		}
	}
	do(c.AddWatch(ctx, "/w", WatchNode))
	do(c.AddWatch(ctx, "/t", WatchTree))
	do(w.Create(ctx, "/w", false))
	do(w.Create(ctx, "/w/x", false))
	do(w.Create(ctx, "/t", false))
	do(w.Create(ctx, "/t/x", false))
	expect(Event{NodeCreated, "/w"}, Event{NodeChildrenChanged, "/w"}, Event{NodeCreated, "/t"}, Event{NodeCreated, "/t/x"})
	do(c.RemoveWatches(ctx, "/w", AnyWatches))
	if err := c.RemoveWatches(ctx, "/w", DataWatches); !errors.Is(err, ErrNoWatcher) {
		t.Errorf("remove what is not there: %v", err)
	}
	do(w.Delete(ctx, "/w/x"))
	seen := c.Zxid()
	do(w.SetData(ctx, "/w", []byte("x")))
	do(w.Delete(ctx, "/t/x"))
	expect(Event{NodeDeleted, "/t/x"})

	// Another connection takes them over and hears what it missed.
	c.Close()
	c = connect(t, addr, Config{Events: func(e Event) { events <- e }})
	do(c.SetWatches(ctx, seen, Watches{Data: []string{"/w", "/gone"}, Exist: []string{"/t"}, Child: []string{"/w"}}))
	expect(Event{NodeDataChanged, "/w"}, Event{NodeDeleted, "/gone"}, Event{NodeCreated, "/t"}, Event{NodeChildrenChanged, "/w"})
	do(c.SetWatches(ctx, c.Zxid(), Watches{Nodes: []string{"/w"}, Trees: []string{"/t"}}))
	do(w.Create(ctx, "/t/y", false))
	expect(Event{NodeCreated, "/t/y"})
	do(w.Create(ctx, "/w/y", false))
	expect(Event{NodeChildrenChanged, "/w"})
	do(w.DeleteNodes(ctx, []string{"/t/y", "/t", "/w/y", "/w"}))
	expect(Event{NodeDeleted, "/t/y"}, Event{NodeDeleted, "/t"})
}
