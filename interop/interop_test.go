package interop

import (
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/require"
	"github.com/gubbo/gubbo/internal/zookeepertest"
	"github.com/gubbo/gubbo/interop/java"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// The matrix: each Dubbo calls itself, which proves the Java side, calls Go,
// and is called, with the real ZooKeeper as the registry of all.
func TestThroughZooKeeper(t *testing.T) {
	require.ZooKeeper(t)
	if !namespaced(t) {
		return
	}
	zk := zookeepertest.Start(t, zookeepertest.Options{})
	throughRegistry(t, "zookeeper "+zk.Version(), "zookeeper://"+zk.Addr(), java.Versions...)
}

// The same with our own server, which Java takes for a ZooKeeper.
func TestThroughZkserver(t *testing.T) {
	if !namespaced(t) {
		return
	}
	versions := []string{"3.3.6"}
	if soak {
		versions = java.Versions
	}
	throughRegistry(t, "zkserver", "zookeeper://"+zktest.Start(t, zktest.Tick(time.Second)).Addr(), versions...)
}

// throughRegistry keeps the providers of one interface apart by their group.
func throughRegistry(t *testing.T, via, address string, versions ...string) {
	all := newLab(t)
	reg := open(t, address)
	goes := all.goProvider(reg, "go")
	goes.via, goes.address = via, address
	t.Run("versions", func(t *testing.T) {
		for _, version := range versions {
			t.Run(version, func(t *testing.T) {
				t.Parallel()
				l := all.in(t)
				itself := l.javaProvider(version, "java-"+version, address)
				itself.via, itself.address = via, address
				l.goConsumer(reg, itself)
				l.javaConsumer(version, itself, goes)
			})
		}
	})
	all.table.close(t, 3*len(versions))
}

// Without a registry: by the providers' addresses.
func TestDirect(t *testing.T) {
	if !namespaced(t) {
		return
	}
	versions := []string{"2.7.23"}
	if soak {
		versions = java.Versions
	}
	all := newLab(t)
	goes := all.goProvider(nil, "")
	t.Run("versions", func(t *testing.T) {
		for _, version := range versions {
			t.Run(version, func(t *testing.T) {
				t.Parallel()
				l := all.in(t)
				itself := l.javaProvider(version, "")
				l.goConsumer(nil, itself)
				l.javaConsumer(version, itself, goes)
			})
		}
	})
	all.table.close(t, 3*len(versions))
}
