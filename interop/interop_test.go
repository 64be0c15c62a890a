package interop

import (
	"testing"

	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/internal/require"
	"github.com/gubbo/gubbo/internal/zookeepertest"
	"github.com/gubbo/gubbo/interop/java"
	"github.com/gubbo/gubbo/provider"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// Each Dubbo calls itself, which proves the Java side, calls Go, and is called.
func TestDirect(t *testing.T) {
	if !namespaced(t) {
		return
	}
	tb := newTable(t)
	goes := tb.goProvider(nil)
	for _, version := range java.Versions {
		itself := tb.javaProvider(version, "-")
		tb.goConsumer(nil, itself, consumer.Direct(itself.address))
		tb.javaConsumer(version, itself, goes)
	}
	tb.close(3 * len(java.Versions))
}

// Both directions with the real ZooKeeper as the registry of both sides.
func TestThroughZooKeeper(t *testing.T) {
	require.ZooKeeper(t)
	if !namespaced(t) {
		return
	}
	zk := zookeepertest.Start(t, zookeepertest.Options{})
	throughRegistry(t, "zookeeper "+zk.Version(), "zookeeper://"+zk.Addr())
}

// The same with our own server, which Java takes for a ZooKeeper.
func TestThroughZkserver(t *testing.T) {
	if !namespaced(t) {
		return
	}
	throughRegistry(t, "zkserver", "zookeeper://"+zktest.Start(t).Addr())
}

// throughRegistry keeps the two providers of one interface apart by their group.
func throughRegistry(t *testing.T, via, address string) {
	tb := newTable(t)
	reg := open(t, address)
	const version = "3.3.6"
	javas := tb.javaProvider(version, "java", address)
	goes := tb.goProvider(reg, provider.Group("go"))
	javas.via, goes.via = via, via
	goes.group, goes.address = "go", address
	tb.goConsumer(reg, javas, consumer.Group("java"))
	tb.javaConsumer(version, goes)
	tb.close(2)
}
