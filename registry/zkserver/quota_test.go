package zkserver

import (
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
	"github.com/gubbo/gubbo/internal/zkquota"
)

func TestQuotaCounts(t *testing.T) {
	b := newBench(t)
	c := b.client(10 * time.Second)
	counts := func(of, want string) {
		t.Helper()
		if got := string(b.m.tree.nodes[zkquota.Stats(of)].data); got != want {
			t.Errorf("counts of %s: %s, want %s", of, got, want)
		}
	}
	set := func(path, data string) []byte {
		return jute.AppendInt(jute.AppendBuffer(jute.AppendString(nil, path), []byte(data)), -1)
	}
	make2 := func(path string) { b.must(c, opCreate2, create(path, flagPersistent)) }
	make2("/a") // with 4 bytes, as all of these
	make2("/a/b")
	b.must(c, opSetData, set("/a/b", "123"))
	for _, path := range []string{"/zookeeper/quota/a", zkquota.Limits("/a"), zkquota.Stats("/a")} {
		make2(path)
	}
	counts("/a", "count=2,bytes=7")
	make2("/a/b/c")
	make2("/ab")
	b.must(c, opSetData, set("/a/b", ""))
	counts("/a", "count=3,bytes=8")

	// A nearer quota takes what is below it from then on.
	for _, path := range []string{"/zookeeper/quota/a/b", zkquota.Limits("/a/b"), zkquota.Stats("/a/b")} {
		make2(path)
	}
	b.must(c, opSetData, set("/a/b/c", "12345"))
	counts("/a/b", "count=2,bytes=5")
	counts("/a", "count=3,bytes=8")

	// What is taken back is not counted.
	multi := append(appendMultiHeader(nil, opDelete, false, -1), versioned("/a/b/c", -1)...)
	multi = append(appendMultiHeader(multi, opSetData, false, -1), set("/a/b", "1234567")...)
	multi = append(appendMultiHeader(multi, opCreate, false, -1), create("/a/b/d", flagPersistent)...)
	multi = append(appendMultiHeader(multi, opDelete, false, -1), versioned("/none", -1)...)
	b.must(c, opMulti, appendMultiHeader(multi, opError, true, -1))
	counts("/a/b", "count=2,bytes=5")

	// What a client wrote there stands until the next count from the start.
	b.must(c, opSetData, set(zkquota.Stats("/a/b"), "nonsense"))
	b.must(c, opDelete, versioned("/a/b/c", -1))
	counts("/a/b", "nonsense")
	b.m.tree.recountAll()
	counts("/a/b", "count=1,bytes=0")

	b.must(c, opDelete, versioned(zkquota.Limits("/a/b"), -1))
	b.must(c, opDelete, versioned("/a/b", -1))
	counts("/a", "count=1,bytes=4") // counted from the start, and /a/b less
}
