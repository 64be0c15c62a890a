package zkserver

import (
	"math"
	"testing"
	"time"
)

// A server in memory that restarts after its clock went back must not lock out
// the clients of the one before, nor number anything below what they have seen.
func TestClockThatWentBackInMemory(t *testing.T) {
	b := newBench(t)
	seen := b.m.zxid + int64(time.Hour/time.Millisecond)<<20
	b.m.connect(b.m.newClient("old", "127.0.0.1"), handshake(seen, time.Second, 77, make([]byte, 16)))
	c := b.m.newClient("new", "127.0.0.1")
	b.m.connect(c, handshake(seen, time.Second, 0, make([]byte, 16)))
	if c.session == nil {
		t.Fatal("a client that has seen more is locked out")
	}
	c.out = nil
	if f := b.must(c, opCreate, create("/a", 0)); f.zxid <= seen {
		t.Errorf("zxid %#x after %#x", f.zxid, seen)
	}
	hostile := b.m.newClient("hostile", "127.0.0.1")
	b.m.connect(hostile, handshake(math.MaxInt64, time.Second, 0, make([]byte, 16)))
	if hostile.session != nil || b.m.zxid > seen+10 {
		t.Errorf("numbers can be used up: %#x", b.m.zxid)
	}
}

// With a directory it is another server's client, as for a real one.
func TestClientOfAnotherServerIsRefused(t *testing.T) {
	b, s := mustOpen(t, t.TempDir(), 0)
	defer s.close()
	c := b.m.newClient("test", "127.0.0.1")
	b.m.connect(c, handshake(b.m.zxid+1, time.Second, 0, make([]byte, 16)))
	if c.session != nil || !c.closing || len(c.out) > 0 {
		t.Error("it is let in")
	}
}
