package zkserver

import (
	"fmt"
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

// What one client claims to have seen must not keep the others out, neither now
// nor after the next start.
func TestClaimedZxidLocksNobodyOut(t *testing.T) {
	b := newBench(t)
	start, wall := b.m.zxid, b.m.at.wall
	most := firstZxid(wall + maxSkew.Milliseconds())
	for _, seen := range []int64{1<<62 - 1, most + 1} {
		liar := b.m.newClient("liar", "127.0.0.1")
		b.m.connect(liar, handshake(seen, time.Second, 0, make([]byte, 16)))
		if liar.session != nil || !liar.closing || len(liar.out) > 0 || b.m.zxid != start {
			t.Errorf("a client that claims to have seen %#x is let in; the last zxid is %#x", seen, b.m.zxid)
		}
	}
	b.m.connect(b.m.newClient("liar", "127.0.0.1"), handshake(most, time.Second, 0, make([]byte, 16)))
	honest := b.client(time.Second)
	var seen int64
	for i := range 100 {
		seen = b.must(honest, opCreate, create(fmt.Sprint("/n", i), 0)).zxid
	}
	if seen <= most {
		t.Fatalf("zxid %#x after %#x", seen, most)
	}
	next := newMachine(&Config{Tick: time.Second, Logger: b.m.log}, nil, wall+1)
	c := next.newClient("honest", "127.0.0.1")
	next.connect(c, handshake(seen, time.Second, 0, make([]byte, 16)))
	if c.session == nil {
		t.Errorf("after the next start a client that has seen %#x is locked out", seen)
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
