package zkserver_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

func TestMain(m *testing.M) {
	if spec := os.Getenv(victimEnv); spec != "" {
		beVictim(spec)
		return
	}
	goleak.VerifyTestMain(m)
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}

// connect returns a go-zookeeper client that has its session.
func connect(t *testing.T, addr string, timeout time.Duration) *zk.Conn {
	t.Helper()
	conn, events, err := zk.Connect([]string{addr}, timeout, zk.WithLogger(quiet{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	deadline := time.After(10 * time.Second)
	for {
		select {
		case e := <-events:
			if e.State == zk.StateHasSession {
				return conn
			}
		case <-deadline:
			t.Fatal("no session in 10 s")
		}
	}
}

var open = zk.WorldACL(zk.PermAll)

func TestGoZooKeeperBasics(t *testing.T) {
	s := zktest.Start(t, zktest.Tick(time.Second))
	c := connect(t, s.Addr(), 15*time.Second)

	if path, err := c.Create("/a", []byte("one"), 0, open); err != nil || path != "/a" {
		t.Fatalf("create: %q, %v", path, err)
	}
	if _, err := c.Create("/a", nil, 0, open); err != zk.ErrNodeExists {
		t.Errorf("create again: %v", err)
	}
	if _, err := c.Create("/x/y", nil, 0, open); err != zk.ErrNoNode {
		t.Errorf("create without a parent: %v", err)
	}
	if path, err := c.Create("/a/s-", nil, zk.FlagSequence|zk.FlagEphemeral, open); err != nil || path != "/a/s-0000000000" {
		t.Errorf("sequence: %q, %v", path, err)
	}
	if path, err := c.Create("/a/s-", nil, zk.FlagSequence, open); err != nil || path != "/a/s-0000000001" {
		t.Errorf("sequence: %q, %v", path, err)
	}
	data, stat, err := c.Get("/a")
	if err != nil || string(data) != "one" || stat.Cversion != 2 || stat.NumChildren != 2 || stat.DataLength != 3 {
		t.Errorf("get: %q, %+v, %v", data, stat, err)
	}
	stat, err = c.Set("/a", []byte("two"), 0)
	if err != nil || stat.Version != 1 {
		t.Errorf("set: %+v, %v", stat, err)
	}
	if _, err := c.Set("/a", nil, 0); err != zk.ErrBadVersion {
		t.Errorf("set with an old version: %v", err)
	}
	names, _, err := c.Children("/a")
	slices.Sort(names)
	if err != nil || !slices.Equal(names, []string{"s-0000000000", "s-0000000001"}) {
		t.Errorf("children: %q, %v", names, err)
	}
	if err := c.Delete("/a", -1); err != zk.ErrNotEmpty {
		t.Errorf("delete of a parent: %v", err)
	}
	if _, err := c.Create("/a/s-0000000000/x", nil, 0, open); err != zk.ErrNoChildrenForEphemerals {
		t.Errorf("child of an ephemeral: %v", err)
	}
	if err := c.Delete("/a/s-0000000001", 0); err != nil {
		t.Errorf("delete: %v", err)
	}
	if _, err := c.Sync("/a"); err != nil {
		t.Errorf("sync: %v", err)
	}
}

func TestGoZooKeeperWatchesAndSessionEnd(t *testing.T) {
	s := zktest.Start(t, zktest.Tick(time.Second))
	watcher, owner := connect(t, s.Addr(), 15*time.Second), connect(t, s.Addr(), 15*time.Second)

	if _, err := owner.Create("/p", nil, 0, open); err != nil {
		t.Fatal(err)
	}
	ok, _, created, err := watcher.ExistsW("/p/e")
	if ok || err != nil {
		t.Fatalf("exists: %v, %v", ok, err)
	}
	_, _, children, err := watcher.ChildrenW("/p")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := owner.Create("/p/e", []byte("1"), zk.FlagEphemeral, open); err != nil {
		t.Fatal(err)
	}
	wantEvent(t, created, zk.EventNodeCreated, "/p/e")
	wantEvent(t, children, zk.EventNodeChildrenChanged, "/p")

	_, _, changed, err := watcher.GetW("/p/e")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := owner.Set("/p/e", []byte("2"), -1); err != nil {
		t.Fatal(err)
	}
	wantEvent(t, changed, zk.EventNodeDataChanged, "/p/e")

	_, _, deleted, err := watcher.GetW("/p/e")
	if err != nil {
		t.Fatal(err)
	}
	_, _, children, err = watcher.ChildrenW("/p")
	if err != nil {
		t.Fatal(err)
	}
	owner.Close()
	wantEvent(t, deleted, zk.EventNodeDeleted, "/p/e")
	wantEvent(t, children, zk.EventNodeChildrenChanged, "/p")
}

func wantEvent(t *testing.T, events <-chan zk.Event, kind zk.EventType, path string) {
	t.Helper()
	select {
	case e := <-events:
		if e.Type != kind || e.Path != path {
			t.Errorf("event %v at %q, want %v at %q", e.Type, e.Path, kind, path)
		}
	case <-time.After(5 * time.Second):
		t.Errorf("no event %v at %q in 5 s", kind, path)
	}
}
