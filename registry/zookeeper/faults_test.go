package zookeeper

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/zkclient"
	"github.com/gubbo/gubbo/internal/zookeepertest"
	"github.com/gubbo/gubbo/registry"
	"github.com/gubbo/gubbo/registry/registrytest"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

func mustURL(t testing.TB, text string) api.URL {
	t.Helper()
	u, err := api.ParseURL(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func openRegistry(t testing.TB, addr string, opts ...Option) *Registry {
	t.Helper()
	r, err := New("zookeeper://"+addr, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func await(t testing.TB, what string, limit time.Duration, right func() bool) time.Duration {
	t.Helper()
	start := time.Now()
	for !right() {
		if time.Since(start) > limit {
			t.Fatalf("%s: not within %v", what, limit)
		}
		time.Sleep(2 * time.Millisecond)
	}
	return time.Since(start)
}

func standing(t testing.TB, r *Registry, u api.URL) registry.Registration {
	t.Helper()
	g, err := r.Register(u)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := g.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	return g
}

// client is who is measured.
const client = "zookeeper client"

const one = "dubbo://10.0.0.1:20880/com.acme.User?interface=com.acme.User"

// A server that hangs, and a network that swallows everything, are noticed
// within the session; State then says so, and nothing counts as standing once
// the session must be lost.
func TestSilence(t *testing.T) {
	for name, fault := range map[string]struct{ begin, end func(*zktest.Server) }{
		"frozen":      {(*zktest.Server).Freeze, (*zktest.Server).Thaw},
		"partitioned": {(*zktest.Server).Partition, (*zktest.Server).Heal},
	} {
		t.Run(name, func(t *testing.T) {
			const session = 2 * time.Second
			s := zktest.Start(t)
			r := openRegistry(t, s.Addr()+fmt.Sprintf("?session=%d", session.Milliseconds()))
			standing(t, r, mustURL(t, one))
			late := registrytest.WatchLateness(t)
			fault.begin(s)
			start := time.Now()
			await(t, "noticed", 2*session, func() bool { return !r.State().Connected })
			late.Check(t, client, "server "+name+", session of 2 s: noticed", time.Since(start), session)
			await(t, "lost", 3*session, func() bool { return r.State().Standing == 0 })
			if st := r.State(); st.Wanted != 1 || st.Err == nil {
				t.Errorf("state %+v", st)
			}
			fault.end(s)
			took := await(t, "back", 10*time.Second, func() bool { st := r.State(); return st.Connected && st.Standing == 1 })
			late.Check(t, client, "server "+name+", ends: node back", took, 3*time.Second)
		})
	}
}

// One frozen member of three must not use up the session.
func TestFrozenMember(t *testing.T) {
	e := zookeepertest.StartEnsemble(t, 3, zookeepertest.Options{Tick: time.Second})
	const n = 6 // so that some are on the frozen one
	var rs []*Registry
	for i := range n {
		r := openRegistry(t, e.Addr()+"?session=15000")
		rs = append(rs, r)
		standing(t, r, mustURL(t, fmt.Sprintf("dubbo://10.0.0.%d:20880/com.acme.User?interface=com.acme.User", i)))
	}
	var mu sync.Mutex
	lists := map[int]bool{} // lengths that were told
	sub, err := rs[0].Subscribe(registry.Query{Service: api.Service{Interface: "com.acme.User"}}, func(s registry.Snapshot) {
		mu.Lock()
		defer mu.Unlock()
		lists[len(s.Providers)] = true
	})
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	leader, err := e.Leader()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range e.Servers {
		if s != leader {
			if err := s.Pause(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Resume() }()
			break
		}
	}
	// Two thirds of the session to notice, then a third for another member.
	const watch = 16 * time.Second
	for start := time.Now(); time.Since(start) < watch; time.Sleep(20 * time.Millisecond) {
		for _, r := range rs {
			if st := r.State(); st.Standing != 1 {
				t.Fatalf("%v after one member froze: %+v", time.Since(start), st)
			}
		}
	}
	for _, r := range rs {
		if st := r.State(); !st.Connected {
			t.Errorf("still not connected: %+v", st)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(lists) != 1 || !lists[n] {
		t.Errorf("lists of these lengths were told: %v, want only %d", lists, n)
	}
}

// connection is the one that r has now, nil for none.
func connection(r *Registry) *zkclient.Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.lanes[0].session
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn
}

// A same-session reconnect must not touch the nodes.
func TestReconnectLeavesNodesAlone(t *testing.T) {
	s := zktest.Start(t, zktest.Tick(tick))
	r := openRegistry(t, s.Addr())
	standing(t, r, mustURL(t, one))
	var mu sync.Mutex
	told := 0
	sub, err := r.Subscribe(registry.Query{Service: api.Service{Interface: "com.acme.User"}}, func(registry.Snapshot) {
		mu.Lock()
		told++
		mu.Unlock()
	})
	if err != nil {
		t.Fatal(err)
	}
	tree := openTree(t, s.Addr(), "")
	defer tree.Close()
	path := "/dubbo/com.acme.User/providers/" + mustURL(t, one).Encode()
	_, before, err := tree.conn.Exists(path)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		old := connection(r)
		s.DropConnections()
		await(t, "another connection", 5*time.Second, func() bool { c := connection(r); return c != nil && c != old })
	}
	// A new URL proves that the watch stands after all that.
	standing(t, r, mustURL(t, strings.Replace(one, "10.0.0.1", "10.0.0.2", 1)))
	await(t, "the new one is told", 5*time.Second, func() bool { mu.Lock(); defer mu.Unlock(); return told == 2 })
	sub.Close()
	await(t, "the raw view", 5*time.Second, func() bool {
		_, after, err := tree.conn.Exists(path)
		return err == nil && after.Czxid == before.Czxid && after.EphemeralOwner == before.EphemeralOwner
	})
}

// Two live registries with one URL must not fight at full speed.
func TestContestedURL(t *testing.T) {
	s := zktest.Start(t, zktest.Tick(tick))
	a, b := openRegistry(t, s.Addr()), openRegistry(t, s.Addr())
	for _, r := range []*Registry{a, b} {
		if _, err := r.Register(mustURL(t, one)); err != nil {
			t.Fatal(err)
		}
	}
	tree := openTree(t, s.Addr(), "")
	defer tree.Close()
	path := "/dubbo/com.acme.User/providers/" + mustURL(t, one).Encode()
	await(t, "stands", 5*time.Second, func() bool { _, ok, err := tree.Owner(path); return ok && err == nil })
	owners, last := 0, int64(0)
	for start := time.Now(); time.Since(start) < 4*time.Second; time.Sleep(5 * time.Millisecond) {
		owner, ok, err := tree.Owner(path)
		if err != nil || !ok {
			t.Fatalf("the node is absent: %v", err)
		}
		if owner != last {
			owners, last = owners+1, owner
		}
	}
	if owners > 10 {
		t.Errorf("the owner changed %d times in 4 s", owners)
	}
	// Who has just lost it hears so a moment later.
	await(t, "just one of them says that it stands", 5*time.Second, func() bool { return (a.State().Err == nil) != (b.State().Err == nil) })
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	await(t, "the other has it alone", 15*time.Second, func() bool { return b.State().Err == nil && b.State().Standing == 1 })
	if _, ok, err := tree.Owner(path); err != nil || !ok {
		t.Errorf("the first took the node with it: %v", err)
	}
}

// What a session of ours left is no rival's, however often it happens.
func TestNodeOfAFormerSession(t *testing.T) {
	s := zktest.Start(t, zktest.Tick(tick))
	tree := openTree(t, s.Addr(), "") // plays the former session
	defer tree.Close()
	path := "/dubbo/com.acme.User/providers/" + mustURL(t, one).Encode()
	if err := tree.Create(path, true); err != nil {
		t.Fatal(err)
	}
	r := openRegistry(t, s.Addr())
	session := r.lanes[0].session
	session.mu.Lock()
	session.ids = append([]int64{tree.conn.SessionID()}, session.ids...)
	session.mu.Unlock()
	standing(t, r, mustURL(t, one))
	r.mu.Lock()
	n := r.nodes[path]
	taken, defeats := n.taken, n.defeats
	r.mu.Unlock()
	if !taken.IsZero() || defeats != 0 {
		t.Errorf("it counts as taken from a rival at %v, %d times in a row", taken, defeats)
	}
	if owner, _, err := tree.Owner(path); err != nil || !r.lanes[0].session.alive(owner) {
		t.Errorf("the node belongs to session 0x%x, %v", owner, err)
	}
}

// A registration that is closed while its first run waits to look is forgotten.
// That run must not withdraw what has the path by then.
func TestForgottenNodeLeavesItsSuccessorAlone(t *testing.T) {
	s := zktest.Start(t, zktest.Tick(tick))
	r := openRegistry(t, s.Addr())
	await(t, "connected", 10*time.Second, func() bool { return r.State().Connected })
	path := "/dubbo/com.acme.User/providers/" + mustURL(t, one).Encode()
	register := func() *node { // as Register does
		n := newNode(r, one, path, true)
		r.nodes[path] = n
		n.want()
		return n
	}
	running := func(c *chore) bool {
		l := r.lanes[0].loop
		l.mu.Lock()
		defer l.mu.Unlock()
		return c.running
	}
	r.mu.Lock() // no run gets beyond its beginning
	first := register()
	await(t, "the first run", 10*time.Second, func() bool { return running(first.chore) })
	first.unwant()
	second := register()
	r.mu.Unlock()
	await(t, "the first run's end", 10*time.Second, func() bool { return !running(first.chore) })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := second.wanted.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	known, bytes := r.nodes[path], r.lanes[0].bytes
	r.mu.Unlock()
	if known != second || bytes != len(path) {
		t.Errorf("the registry knows %p, want %p, and counts %d bytes, want %d", known, second, bytes, len(path))
	}
}

// What one session holds is bounded, for its end is one transaction that names
// every node, and one of more than 2 MB stops real servers for good.
func TestManyNodesOnARealServer(t *testing.T) {
	const nodes, size = manyNodes, 600
	s := zookeepertest.Start(t, zookeepertest.Options{Tick: tick, HeapMB: 256})
	r := openRegistry(t, s.Addr())
	var all []registry.Registration
	for i := range nodes {
		text := fmt.Sprintf("dubbo://10.0.%d.%d:20880/com.acme.User?interface=com.acme.User&methods=", i>>8, i&255)
		u := mustURL(t, text+strings.Repeat("m", size-len(text)))
		g, err := r.Register(u)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, g)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	for _, g := range all {
		if err := g.Wait(ctx); err != nil {
			t.Fatal(err)
		}
	}
	r.mu.Lock()
	lanes, most := len(r.lanes), 0
	for _, l := range r.lanes {
		most = max(most, l.bytes)
	}
	r.mu.Unlock()
	if lanes < nodes*size/laneRoom+1 || most > laneRoom {
		t.Errorf("%d sessions, the fullest has %d bytes; want at most %d each", lanes, most, laneRoom)
	}
	lists := make(chan int, 1)
	sub, err := r.Subscribe(registry.Query{Service: api.Service{Interface: "com.acme.User"}}, func(s registry.Snapshot) { lists <- len(s.Providers) })
	if err != nil {
		t.Fatal(err)
	}
	late := registrytest.WatchLateness(t)
	start := time.Now()
	if n := <-lists; n != nodes {
		t.Errorf("%d providers are listed", n)
	}
	late.Check(t, client, fmt.Sprintf("%d providers of %d bytes: first list", nodes, size), time.Since(start), 2*time.Second)
	sub.Close()

	// The worst end: nothing is withdrawn, all sessions end at once.
	for _, l := range r.lanes {
		l.session.mu.Lock()
		id := l.session.conn.SessionID()
		l.session.mu.Unlock()
		if err := s.ExpireSession(id); err != nil {
			t.Fatal(err)
		}
	}
	await(t, "all stand again", 60*time.Second, func() bool { return r.State().Standing == nodes })
	if err := s.Stop(); err != nil { // it must be able to read its own log
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, "all stand after a restart", 60*time.Second, func() bool { st := r.State(); return st.Connected && st.Standing == nodes })
}
