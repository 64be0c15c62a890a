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
			create := func(path string, ttl int64) {
				t.Helper()
				if p := r.call(21, jute.AppendLong(createBody(path, nil, worldAll, 5), ttl)); p.err != 0 {
					t.Fatalf("create %s: %d", path, p.err)
				}
			}
			create("/gone", 300)
			create("/parent", 300)
			r.call(1, createBody("/parent/child", nil, worldAll, 0))
			create("/touched", 2000)
			create("/later", 600_000)
			r.call(3, watchBody("/gone", true))
			r.call(3, watchBody("/touched", true))
			hear := func(path string) time.Time {
				t.Helper()
				for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
					r.call(11, nil)
					for _, e := range r.events {
						if e.path == path && e.kind == 2 {
							return time.Now()
						}
					}
				}
				t.Fatalf("%s stays", path)
				return time.Time{}
			}
			hear("/gone")
			touched := time.Now()
			r.call(5, setBody("/touched", nil, -1))
			r.call(3, watchBody("/touched", true)) // the change has used the one before
			if lived := hear("/touched").Sub(touched); lived < 1900*time.Millisecond {
				t.Errorf("a node goes %v after its last change, its time to live is 2 s", lived)
			}
			for _, path := range []string{"/parent", "/later"} {
				if p := r.call(3, watchBody(path, false)); p.err != 0 {
					t.Errorf("%s: %d", path, p.err)
				}
			}
			r.call(3, watchBody("/parent", true))
			r.call(2, versionBody("/parent/child", -1))
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
	if p := r.call(3, watchBody("/later-0000000000", false)); p.err != 0 && p.err != -101 {
		t.Fatal(p.err)
	}
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
