package zkserver_test

import (
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
	"github.com/gubbo/gubbo/internal/zookeepertest"
	"github.com/gubbo/gubbo/registry/zkserver"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// extended starts a real server that makes TTL nodes and looks for those that
// are over every 200 ms.
func extended(t *testing.T) *zookeepertest.Server {
	t.Helper()
	return zookeepertest.Start(t, zookeepertest.Options{JVM: []string{
		"-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
		"-Dzookeeper.extendedTypesEnabled=true", "-Dznode.container.checkIntervalMs=200",
	}})
}

// withTTL has the test server do the same.
func withTTL(c *zkserver.Config) { c.ExtendedTypes, c.ContainerCheck = true, 200*time.Millisecond }

func TestSameAsRealZooKeeperWithTTL(t *testing.T) {
	t.Parallel()
	peer := zookeepertest.Start(t, zookeepertest.Options{JVM: []string{
		"-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Dzookeeper.extendedTypesEnabled=true",
	}})
	embedded := zktest.Start(t, zktest.Tick(2*time.Second), func(c *zkserver.Config) { c.ExtendedTypes = true })
	compareRandomly(t, peer.Addr(), embedded.Addr(), 2000)
}

// A TTL node goes its time after its last change, unless it has children.
func TestTTLNodesGo(t *testing.T) {
	for name, addr := range map[string]string{
		"real":     extended(t).Addr(),
		"embedded": zktest.Start(t, zktest.Tick(200*time.Millisecond), withTTL).Addr(),
	} {
		t.Run(name, func(t *testing.T) {
			r := session(t, addr, 4*time.Second)
			gone := map[string]time.Time{}
			call := func(op int32, body []byte) int32 {
				t.Helper()
				p := r.call(op, body)
				for _, e := range r.events {
					if e.kind == 2 {
						gone[e.path] = time.Now()
					}
				}
				return p.err
			}
			node := func(path string, ttl int64) []byte { return jute.AppendLong(createBody(path, nil, worldAll, 5), ttl) }
			create := func(path string, ttl int64) {
				t.Helper()
				if err := call(21, node(path, ttl)); err != 0 {
					t.Fatalf("create %s: %d", path, err)
				}
			}
			hear := func(path string) time.Time {
				t.Helper()
				for deadline := time.Now().Add(30 * time.Second); gone[path].IsZero(); time.Sleep(20 * time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatalf("%s stays", path)
					}
					call(11, nil)
				}
				return gone[path]
			}
			call(106, versionBody("/", 1)) // tells of all that goes
			create("/gone", 300)
			// At once: the parent must not go before it has a child.
			if err := call(14, multiBody(sub{21, node("/parent", 300)}, sub{1, createBody("/parent/child", nil, worldAll, 0)})); err != 0 {
				t.Fatalf("create /parent: %d", err)
			}
			create("/later", 600_000)
			hear("/gone")
			var touched time.Time
			for changed := false; !changed; { // unless its time is over before the change comes
				delete(gone, "/touched")
				create("/touched", 2000)
				time.Sleep(500 * time.Millisecond)
				touched = time.Now()
				changed = call(5, setBody("/touched", nil, -1)) == 0
			}
			if lived := hear("/touched").Sub(touched); lived < 1900*time.Millisecond {
				t.Errorf("a node goes %v after its last change, its time to live is 2 s", lived)
			}
			for _, path := range []string{"/parent", "/later"} {
				if err := call(3, watchBody(path, false)); err != 0 {
					t.Errorf("%s: %d", path, err)
				}
			}
			call(2, versionBody("/parent/child", -1))
			hear("/parent")
		})
	}
}

// TTL nodes and their time survive a restart.
func TestTTLNodesSurviveARestart(t *testing.T) {
	s := zktest.Start(t, zktest.Tick(100*time.Millisecond), zktest.Dir(t.TempDir()), withTTL)
	r := session(t, s.Addr(), 2*time.Second)
	r.call(21, jute.AppendLong(createBody("/soon", nil, worldAll, 5), 1))
	r.call(21, jute.AppendLong(createBody("/later-", nil, worldAll, 6), 600_000))
	s.Restart()
	r = session(t, s.Addr(), 2*time.Second)
	deadline := time.Now().Add(10 * time.Second)
	for r.call(3, watchBody("/soon", false)).err != -101 {
		if time.Now().After(deadline) {
			t.Fatal("a node whose time is over outlives a restart")
		}
		time.Sleep(10 * time.Millisecond)
	}
	names := r.call(8, watchBody("/", false)).body
	if d := jute.NewDecoder(names); len(d.Strings()) != 2 { // and /zookeeper
		t.Errorf("nodes %q", names)
	}
}
