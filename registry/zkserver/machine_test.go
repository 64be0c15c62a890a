package zkserver

import (
	"log/slog"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
)

// bench drives a machine without sockets and with a clock of its own.
type bench struct {
	t testing.TB
	m *machine
}

func newBench(t testing.TB, change ...func(*Config)) *bench {
	t.Helper()
	cfg := Config{Tick: time.Second, Logger: slog.New(slog.DiscardHandler)}
	for _, f := range change {
		f(&cfg)
	}
	if err := cfg.validate(); err != nil {
		t.Fatal(err)
	}
	return &bench{t: t, m: newMachine(&cfg, make([]byte, 32), 1_700_000_000_000)}
}

func (b *bench) pass(d time.Duration) {
	for ; d > 0; d -= b.m.tick {
		b.m.at.mono += min(d, b.m.tick)
		b.m.at.wall += min(d, b.m.tick).Milliseconds()
		b.m.ticked()
	}
}

// passAlive is pass with pings.
func (b *bench) passAlive(c *client, d time.Duration) {
	for ; d > 0; d -= time.Second {
		b.pass(time.Second)
		b.must(c, opPing, nil)
	}
}

// client returns a connection with a new session.
func (b *bench) client(timeout time.Duration) *client {
	b.t.Helper()
	c := b.m.newClient("test", "127.0.0.1")
	b.m.connect(c, handshake(0, timeout, 0, make([]byte, 16)))
	if c.session == nil {
		b.t.Fatal("no session")
	}
	c.out = nil
	return c
}

func handshake(seen int64, timeout time.Duration, id int64, password []byte) []byte {
	f := jute.AppendLong(jute.AppendInt(nil, 0), seen)
	f = jute.AppendInt(f, int32(timeout.Milliseconds()))
	return jute.AppendBuffer(jute.AppendLong(f, id), password)
}

type frame struct {
	xid, err, kind int32
	zxid           int64
	path           string // of an event
	body           []byte
}

// frames takes what the machine has for c.
func (b *bench) frames(c *client) (all []frame) {
	b.t.Helper()
	d := jute.NewDecoder(c.out)
	for d.Len() > 0 {
		p := jute.NewDecoder(d.Buffer())
		f := frame{xid: p.Int(), zxid: p.Long(), err: p.Int()}
		if f.xid == xidEvent && f.zxid == -1 && f.err == 0 { // a hostile request may have the xid too
			f.kind, _ = p.Int(), p.Int()
			f.path = p.String()
		} else {
			f.body = p.Rest()
		}
		if d.Err() != nil || p.Err() != nil {
			b.t.Fatalf("frame %x: %v %v", c.out, d.Err(), p.Err())
		}
		all = append(all, f)
	}
	c.out = nil
	return all
}

// do sends a request and returns its reply and the events before it.
func (b *bench) do(c *client, op int32, body []byte) (frame, []frame) {
	b.t.Helper()
	b.m.request(c, append(jute.AppendInt(jute.AppendInt(nil, 7), op), body...))
	all := b.frames(c)
	if len(all) == 0 {
		b.t.Fatalf("operation %d: no reply", op)
	}
	return all[len(all)-1], all[:len(all)-1]
}

func (b *bench) must(c *client, op int32, body []byte) frame {
	b.t.Helper()
	f, _ := b.do(c, op, body)
	if f.err != 0 {
		b.t.Fatalf("operation %d: error %d", op, f.err)
	}
	return f
}

func create(path string, flags int32) []byte {
	return jute.AppendInt(appendACL(jute.AppendBuffer(jute.AppendString(nil, path), []byte("data")), aclOpen), flags)
}

func watchOn(path string) []byte { return jute.AppendBool(jute.AppendString(nil, path), true) }

func versioned(path string, v int32) []byte { return jute.AppendInt(jute.AppendString(nil, path), v) }

func TestSessionExpiresWithItsEphemerals(t *testing.T) {
	b := newBench(t)
	c, other := b.client(4*time.Second), b.client(40*time.Second)
	b.must(c, opCreate, create("/e", flagEphemeral))
	b.must(other, opExists, watchOn("/e"))

	b.pass(3 * time.Second)
	b.must(c, opPing, nil) // the whole timeout again
	b.pass(4 * time.Second)
	if c.closing || b.m.tree.nodes["/e"] == nil {
		t.Fatal("expired 4 s after a ping, the timeout is 4 s and one tick more may pass")
	}
	b.pass(time.Second)
	if !c.closing || b.m.tree.nodes["/e"] != nil {
		t.Fatal("not expired 5 s after the last ping")
	}
	events := b.frames(other)
	if len(events) != 1 || events[0].kind != eventDeleted || events[0].path != "/e" {
		t.Errorf("the watcher hears %+v", events)
	}
	late := b.m.newClient("late", "127.0.0.1")
	b.m.connect(late, handshake(0, time.Second, 1234, make([]byte, 16)))
	d := jute.NewDecoder(late.out)
	if d.Int(); d.Int() != 0 || d.Int() != 0 || d.Long() != 0 || !late.closing {
		t.Errorf("an unknown session is greeted with %x", late.out)
	}
}

func TestNobodyExpiresForAProcessThatStoodStill(t *testing.T) {
	b := newBench(t)
	alive, dead := b.client(4*time.Second), b.client(4*time.Second)
	b.pass(time.Second)
	b.m.at.mono += time.Hour // stopped, or the machine slept
	b.m.ticked()
	if alive.closing {
		t.Fatal("expired before its pings could be read")
	}
	b.must(alive, opPing, nil)
	b.pass(time.Second)
	if alive.closing || !dead.closing {
		t.Errorf("one that pinged is closed %v, one that did not %v", alive.closing, dead.closing)
	}
}

func TestReattachTakesOver(t *testing.T) {
	b := newBench(t)
	first := b.client(4 * time.Second)
	s := first.session
	b.must(first, opCreate, create("/e", flagEphemeral))
	b.must(first, opGetData, watchOn("/e"))

	wrong := b.m.newClient("wrong", "127.0.0.1")
	b.m.connect(wrong, handshake(0, 4*time.Second, s.id, []byte("0123456789abcdef")))
	if !wrong.closing || first.closing || s.client != first {
		t.Fatal("a wrong password took the session over")
	}
	second := b.m.newClient("second", "127.0.0.1")
	b.m.connect(second, handshake(b.m.zxid, 4*time.Second, s.id, b.m.password(s.id)))
	if !first.closing || second.session != s || s.client != second {
		t.Fatal("the right password did not take the session over")
	}
	second.out = nil
	b.must(second, opSetData, jute.AppendInt(jute.AppendBuffer(jute.AppendString(nil, "/e"), nil), -1))
	if len(first.out) > 0 || b.m.watchCount() != 0 {
		t.Error("the old connection's watches live on")
	}
}

func TestTimeoutIsClamped(t *testing.T) {
	b := newBench(t)
	for want, got := range map[time.Duration]time.Duration{
		time.Millisecond: 2 * time.Second, 5 * time.Second: 5 * time.Second, time.Hour: 20 * time.Second, -time.Second: 2 * time.Second,
	} {
		if c := b.client(want); c.session.timeout != got {
			t.Errorf("wanted %v, got %v, want %v", want, c.session.timeout, got)
		}
	}
}

func TestContainersGoWhenEmptied(t *testing.T) {
	b := newBench(t)
	c := b.client(20 * time.Second)
	b.must(c, opCreateContainer, create("/fresh", flagContainer))
	b.must(c, opCreateContainer, create("/used", flagContainer))
	b.must(c, opCreate, create("/used/x", 0))
	b.passAlive(c, time.Minute)
	if b.m.tree.nodes["/used"] == nil {
		t.Fatal("a container with a child is gone")
	}
	b.must(c, opDelete, versioned("/used/x", -1))
	b.passAlive(c, 59*time.Second)
	if b.m.tree.nodes["/used"] == nil {
		t.Fatal("gone before the next check")
	}
	b.passAlive(c, time.Second)
	if b.m.tree.nodes["/used"] != nil || b.m.tree.nodes["/fresh"] == nil {
		t.Error("only the container that had a child must go")
	}
}

func TestRecursiveWatchSeesDescendants(t *testing.T) {
	b := newBench(t)
	c, w := b.client(4*time.Second), b.client(4*time.Second)
	b.must(c, opCreate, create("/a", 0))
	b.must(w, opAddWatch, versioned("/a", addRecursive))
	b.must(w, opGetData, watchOn("/a")) // must not take the other one's place
	b.must(c, opCreate, create("/a/b", 0))
	b.must(c, opCreate, create("/a/b/c", 0))
	b.must(c, opSetData, jute.AppendInt(jute.AppendBuffer(jute.AppendString(nil, "/a"), nil), -1))
	b.must(c, opSetData, jute.AppendInt(jute.AppendBuffer(jute.AppendString(nil, "/a"), nil), -1))
	b.must(c, opDelete, versioned("/a/b/c", -1))
	b.must(c, opCreate, create("/ab", 0))
	want := []frame{
		{kind: eventCreated, path: "/a/b"}, {kind: eventCreated, path: "/a/b/c"},
		{kind: eventDataChanged, path: "/a"}, {kind: eventDataChanged, path: "/a"}, {kind: eventDeleted, path: "/a/b/c"},
	}
	got := b.frames(w)
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		if got[i].kind != want[i].kind || got[i].path != want[i].path {
			t.Errorf("event %d is %d at %q, want %d at %q", i, got[i].kind, got[i].path, want[i].kind, want[i].path)
		}
	}
	b.must(w, opCheckWatches, versioned("/a", ofAny))
	b.must(w, opRemoveWatches, versioned("/a", ofAny))
	if f, _ := b.do(w, opCheckWatches, versioned("/a", ofAny)); code(f.err) != codeNoWatcher {
		t.Errorf("checkWatches after removal: %d", f.err)
	}
	if len(w.watched) != 0 || b.m.watchCount() != 0 || b.m.watches.data.recursive != 0 {
		t.Error("something of the watches is left")
	}
}

func TestEventsKeepToReaders(t *testing.T) {
	b := newBench(t)
	owner, stranger := b.client(4*time.Second), b.client(4*time.Second)
	secret := jute.AppendBuffer(jute.AppendString(jute.AppendInt(nil, 0), "digest"), []byte("u:p"))
	b.must(owner, opAuth, secret)
	b.must(stranger, opAddWatch, versioned("/", addRecursive))
	body := jute.AppendBuffer(jute.AppendString(nil, "/private"), nil)
	b.must(owner, opCreate, jute.AppendInt(appendACL(body, acl{{permAll, identity{"auth", ""}}}), 0))
	if got := b.frames(stranger); len(got) != 0 {
		t.Errorf("one who may not read hears %+v", got)
	}
	if f, _ := b.do(stranger, opGetData, watchOn("/private")); code(f.err) != codeNoAuth {
		t.Errorf("one who may not read gets %d", f.err)
	}
	b.must(stranger, opAuth, secret)
	b.must(owner, opDelete, versioned("/private", -1))
	if got := b.frames(stranger); len(got) != 1 || got[0].kind != eventDeleted {
		t.Errorf("a reader hears %+v", got)
	}
}

func TestEphemeralBytesAreBounded(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Limits.EphemeralBytes = 10 })
	c := b.client(4 * time.Second)
	b.must(c, opCreate, create("/12345", flagEphemeral))
	if f, _ := b.do(c, opCreate, create("/6789", flagEphemeral)); code(f.err) != codeQuotaExceeded {
		t.Errorf("the eleventh byte is answered %d", f.err)
	}
	b.must(c, opCreate, create("/a-long-persistent-one", 0))
	b.must(c, opDelete, versioned("/12345", -1))
	b.must(c, opCreate, create("/6789", flagEphemeral))
	// A multi that fails gives its bytes back.
	multi := appendMultiHeader(nil, opCreate, false, -1)
	multi = append(multi, create("/m", flagEphemeral)...)
	multi = append(appendMultiHeader(multi, opCheck, false, -1), versioned("/nope", -1)...)
	multi = appendMultiHeader(multi, opError, true, -1)
	b.must(c, opMulti, multi)
	if c.session.bytes != 5 {
		t.Errorf("%d bytes are counted, want 5", c.session.bytes)
	}
}

func TestTooManyWatchesCloseTheConnection(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Limits.Watches = 2 })
	c, other := b.client(4*time.Second), b.client(4*time.Second)
	b.do(c, opExists, watchOn("/1"))
	b.do(c, opExists, watchOn("/2"))
	b.do(c, opExists, watchOn("/2")) // it has that one already
	b.m.request(c, append(jute.AppendInt(jute.AppendInt(nil, 9), opExists), watchOn("/3")...))
	if !c.closing || len(c.out) != 0 || b.m.watchCount() != 0 {
		t.Errorf("closing %v, reply %x, %d watches", c.closing, c.out, b.m.watchCount())
	}
	b.must(other, opPing, nil)
}

func TestUnknownOperationClosesOnlyItsConnection(t *testing.T) {
	b := newBench(t)
	c, other := b.client(4*time.Second), b.client(4*time.Second)
	for _, op := range []int32{77, opDeleteContainer, -10} {
		c = b.client(4 * time.Second)
		f, _ := b.do(c, op, nil)
		if code(f.err) != codeUnimplemented || !c.closing {
			t.Errorf("operation %d: error %d, closing %v", op, f.err, c.closing)
		}
	}
	f, _ := b.do(other, opGetData, []byte{0, 0})
	if code(f.err) != codeMarshalling || other.closing {
		t.Errorf("a body cut short: error %d, closing %v", f.err, other.closing)
	}
}

func TestSASLIsAnsweredAsByAServerWithoutIt(t *testing.T) {
	b := newBench(t)
	c := b.client(4 * time.Second)
	if f := b.must(c, opSASL, jute.AppendBuffer(nil, []byte{})); len(f.body) != 4 || f.body[0] != 0xff {
		t.Errorf("a token is answered with %x, want null", f.body)
	}
	// kazoo asks again and again; that must not keep its session alive.
	for range 5 {
		b.pass(time.Second)
		b.m.request(c, append(jute.AppendInt(jute.AppendInt(nil, 8), opSASL), jute.AppendBuffer(nil, []byte{})...))
	}
	if !c.closing {
		t.Error("tokens keep a session alive")
	}
	c = b.client(4 * time.Second)
	b.m.request(c, append(jute.AppendInt(jute.AppendInt(nil, 8), opSASL), jute.AppendBuffer(nil, nil)...))
	if !c.closing || len(c.out) > 0 {
		t.Error("a null token does not end the connection")
	}
}

// FuzzRequest feeds a machine whatever bytes: it must neither panic nor lose
// count of what it keeps.
func FuzzRequest(f *testing.F) {
	add := func(op int32, body []byte) { f.Add(append(jute.AppendInt(jute.AppendInt(nil, 1), op), body...)) }
	add(opCreate, create("/a/s-", flagEphemeralSeq))
	add(opSetData, jute.AppendInt(jute.AppendBuffer(jute.AppendString(nil, "/a"), nil), -1))
	add(opDelete, versioned("/a", -1))
	add(opGetChildren2, watchOn("/"))
	add(opAddWatch, versioned("/a", addRecursive))
	add(opSetWatches2, append(make([]byte, 8), jute.AppendStrings(jute.AppendStrings(nil, []string{"/a"}), []string{"/b"})...))
	multi := append(appendMultiHeader(nil, opCreate, false, -1), create("/m", 0)...)
	multi = append(appendMultiHeader(multi, opDelete, false, -1), versioned("/m", 0)...)
	add(opMulti, appendMultiHeader(multi, opError, true, -1))
	add(opMultiRead, appendMultiHeader(append(appendMultiHeader(nil, opGetData, false, -1), watchOn("/a")...), opError, true, -1))
	add(opAuth, jute.AppendBuffer(jute.AppendString(make([]byte, 4), "digest"), []byte("super:x")))
	f.Fuzz(func(t *testing.T, data []byte) {
		b := newBench(t)
		b.m.logging = true
		c := b.client(4 * time.Second)
		b.must(c, opCreate, create("/a", 0))
		b.must(c, opCreate, create("/a/e", flagEphemeral))
		b.m.request(c, data)
		b.frames(c)
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
		// The session was opened before logging began.
		if c.session != nil {
			twin.m.addSession(c.session.id, c.session.timeout)
		}
		if a, b := len(b.m.tree.nodes), len(twin.m.tree.nodes); a != b {
			t.Fatalf("%d nodes, %d after a replay", a, b)
		}
		if b.m.drop(c); b.m.watchCount() != 0 || b.m.watches.data.recursive != 0 {
			t.Fatalf("%d watches are left of a connection that is gone", b.m.watchCount())
		}
	})
}

func FuzzHandshake(f *testing.F) {
	f.Add(handshake(0, time.Second, 0, make([]byte, 16)))
	f.Add(handshake(-1, -time.Second, 5, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		b := newBench(t)
		c := b.m.newClient("fuzz", "127.0.0.1")
		b.m.connect(c, data)
		if (c.session == nil) != c.closing {
			t.Fatal("a connection without a session stays open")
		}
	})
}
