package zkserver

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"
)

// FuzzConnection plays what a client sends in a whole connection, as it is on
// the wire: a handshake and requests, each after its length. A second client
// watches and stays. Whatever comes, the machine must not panic, must answer
// in frames that can be read, and must keep its books right. The corpus begins
// with what kazoo, zkCli and go-zookeeper send.
func FuzzConnection(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		b := newBench(t, func(c *Config) {
			c.Limits.TreeBytes, c.Limits.WatchBytes, c.Limits.EphemeralBytes = 50_000, 1000, 200
			c.Limits.Watches, c.SuperPassword, c.ExtendedTypes = 20, "test", true
		})
		b.m.logging = true
		watcher := b.client(40 * time.Second)
		b.must(watcher, opAddWatch, versioned("/", addRecursive))
		c := b.m.newClient("fuzz", "127.0.0.1")
		for first := true; len(data) >= 4 && !c.closing; first = false {
			n := int(binary.BigEndian.Uint32(data))
			if data = data[4:]; n < 0 || n > len(data) {
				break
			}
			if first {
				b.m.connect(c, data[:n])
				if (c.session == nil) != c.closing {
					t.Fatal("a connection without a session stays open")
				}
				c.out = nil // the answer has another form
			} else {
				b.m.request(c, data[:n])
				b.frames(c)
			}
			data = data[n:]
			b.frames(watcher)
			b.pass(100 * time.Millisecond)
			b.must(watcher, opPing, nil)
		}
		b.audit(c, watcher)
		if size := b.m.tree.size(); size > 50_000 {
			t.Fatalf("the tree takes %d bytes, it may take 50,000", size)
		}
		twin := newBench(t) // what was logged must replay to the same
		for log := b.m.txlog; len(log) > 0; {
			payload, rest, err := nextRecord(log)
			if err == nil {
				err = twin.m.replay(payload)
			}
			if err != nil {
				t.Fatal(err)
			}
			log = rest
		}
		twin.m.at = b.m.at
		if a, b := b.m.snapshot().encode(), twin.m.snapshot().encode(); !bytes.Equal(a, b) {
			t.Fatalf("the log does not replay to the same:\n%q\n%q", a, b)
		}
		b.m.drop(c)
		b.m.drop(watcher)
		if b.m.watchCount() != 0 || b.m.watches.data.recursive != 0 || b.m.watches.bytes != 0 {
			t.Fatalf("%d watches of %d bytes are left of connections that are gone", b.m.watchCount(), b.m.watches.bytes)
		}
	})
}

// audit counts again what the machine keeps count of.
func (b *bench) audit(clients ...*client) {
	b.t.Helper()
	var size, aclBytes, watched int64
	owned := map[int64]int{}
	refs := map[string]int{}
	for path, n := range b.m.tree.nodes {
		size += int64(len(path) + len(n.data))
		if ofSession(n.owner) {
			owned[n.owner] += len(path)
		}
		refs[string(appendACL(nil, n.acl))]++
	}
	if size != b.m.tree.bytes {
		b.t.Fatalf("%d bytes of paths and data, counted %d", size, b.m.tree.bytes)
	}
	for key, shared := range b.m.tree.acls {
		aclBytes += int64(len(key))
		if shared.refs != refs[key] {
			b.t.Fatalf("an ACL is used %d times, counted %d", refs[key], shared.refs)
		}
	}
	if aclBytes != b.m.tree.aclBytes {
		b.t.Fatalf("%d bytes of ACLs, counted %d", aclBytes, b.m.tree.aclBytes)
	}
	for id, s := range b.m.sessions {
		if s.bytes != owned[id] {
			b.t.Fatalf("session %#x owns %d bytes of paths, counted %d", id, owned[id], s.bytes)
		}
		delete(owned, id)
	}
	if len(owned) > 0 {
		b.t.Fatalf("ephemerals of sessions that are gone: %v", owned)
	}
	for _, c := range clients {
		for path := range c.watched {
			watched += int64(len(path))
		}
	}
	if watched != b.m.watches.bytes {
		b.t.Fatalf("%d bytes of watched paths, counted %d", watched, b.m.watches.bytes)
	}
}
