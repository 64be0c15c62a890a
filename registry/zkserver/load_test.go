//go:build soak

package zkserver_test

import (
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/gubbo/gubbo/registry/zkserver"
)

// TestSilentConnectionsAreCheap counts what 2,000 sessions that say nothing
// cost the server; both ends live in this process.
func TestSilentConnectionsAreCheap(t *testing.T) {
	const n = 2000
	s := serve(t, zkserver.Config{})
	before := memory()
	conns := make([]net.Conn, 0, n)
	for range n {
		r := session(t, s.Addr().String(), 40*time.Second)
		conns = append(conns, r.nc)
	}
	each := (memory() - before) / n
	t.Logf("%d bytes a connection, both ends", each)
	if each > 30<<10 {
		t.Errorf("%d bytes a connection", each)
	}
	runtime.KeepAlive(conns)
}

func memory() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}
