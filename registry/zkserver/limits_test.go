package zkserver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
)

func set(path string, data []byte) []byte {
	return jute.AppendInt(jute.AppendBuffer(jute.AppendString(nil, path), data), -1)
}

func TestTreeBytesAreBounded(t *testing.T) {
	var log bytes.Buffer
	b := newBench(t, func(c *Config) {
		c.Limits.TreeBytes = 20_000
		c.Logger = slog.New(slog.NewTextHandler(&log, nil))
	})
	c := b.client(40 * time.Second)
	made := 0
	for ; ; made++ {
		f, _ := b.do(c, opCreate, create(fmt.Sprint("/n", made), 0))
		if code(f.err) == codeQuotaExceeded {
			break
		}
		if f.err != 0 || made > 100 {
			t.Fatalf("node %d: error %d", made, f.err)
		}
	}
	if made < 40 {
		t.Errorf("only %d nodes of 300 bytes and a little fit into 20,000", made)
	}
	for op, body := range map[int32][]byte{
		opSetData: set("/n0", make([]byte, 1000)),
		opSetACL:  jute.AppendInt(appendACL(jute.AppendString(nil, "/n0"), acl{{permAll, identity{"digest", "u:" + strings.Repeat("x", 1000)}}}), -1),
	} {
		if f, _ := b.do(c, op, body); code(f.err) != codeQuotaExceeded {
			t.Errorf("operation %d that makes the tree larger: error %d", op, f.err)
		}
	}
	if n := strings.Count(log.String(), "take all the memory"); n != 1 {
		t.Errorf("%d lines in the log within a second, want 1:\n%s", n, &log)
	}
	// What does not grow goes on, and makes room.
	b.must(c, opSetData, set("/n0", []byte("atad")))
	b.must(c, opSetACL, jute.AppendInt(appendACL(jute.AppendString(nil, "/n0"), aclRead), -1))
	b.must(c, opDelete, versioned("/n1", -1))
	b.must(c, opCreate, create("/n1", 0))
	b.pass(2 * time.Second)
	b.do(c, opCreate, create("/more", 0))
	if n := strings.Count(log.String(), "take all the memory"); n != 2 {
		t.Errorf("%d lines in the log two seconds later, want 2", n)
	}
	for i := range made {
		b.must(c, opDelete, versioned(fmt.Sprint("/n", i), -1))
	}
	if size := b.m.tree.size(); size != newTree().size() {
		t.Errorf("%d bytes are counted of an empty tree, want %d", size, newTree().size())
	}
}

func TestRefusedEphemeralsDoNotFillTheLog(t *testing.T) {
	var log bytes.Buffer
	b := newBench(t, func(c *Config) {
		c.Limits.EphemeralBytes = 10
		c.Logger = slog.New(slog.NewTextHandler(&log, nil))
	})
	c := b.client(40 * time.Second)
	for second := range 2 {
		for i := range 100 {
			if f, _ := b.do(c, opCreate, create(fmt.Sprint("/ephemeral", i), flagEphemeral)); code(f.err) != codeQuotaExceeded {
				t.Fatalf("error %d", f.err)
			}
		}
		if n := strings.Count(log.String(), "create refused"); n != second+1 {
			t.Errorf("%d lines in the log within %d seconds", n, second+1)
		}
		b.pass(time.Second)
	}
}

// A multi that does not fit leaves nothing behind.
func TestTreeBytesInAMulti(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Limits.TreeBytes = 3000 })
	c := b.client(40 * time.Second)
	before := b.m.tree.size()
	var multi []byte
	for i := range 20 {
		multi = append(appendMultiHeader(multi, opCreate, false, -1), create(fmt.Sprint("/m", i), 0)...)
	}
	b.must(c, opMulti, appendMultiHeader(multi, opError, true, -1))
	if b.m.tree.size() != before {
		t.Errorf("%d bytes, %d before", b.m.tree.size(), before)
	}
}

func TestWatchedPathsAreBounded(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Limits.WatchBytes = 1000 })
	c, other := b.client(4*time.Second), b.client(4*time.Second)
	long := "/" + strings.Repeat("x", 499)
	b.do(c, opExists, watchOn(long+"1"))
	b.must(other, opAddWatch, versioned("/", addPersistent))
	b.must(other, opRemoveWatches, versioned("/", ofAny))
	b.m.request(c, append(jute.AppendInt(jute.AppendInt(nil, 9), opExists), watchOn(long+"2")...))
	if !c.closing || b.m.watches.bytes != 0 {
		t.Errorf("closing %v, %d bytes of watches are left", c.closing, b.m.watches.bytes)
	}
	b.must(other, opPing, nil)
}

// A connection that is closed for its watches may have asked for more of them
// in the same request: none of those may stay, for nobody would remove them.
func TestTooManyWatchesAtOnceLeaveNone(t *testing.T) {
	for name, op := range map[string]int32{"one-shot": opSetWatches, "persistent": opSetWatches2} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, func(c *Config) { c.Limits.Watches = 4 })
			c := b.client(4 * time.Second)
			var paths []string
			for i := range 9 {
				paths = append(paths, fmt.Sprint("/", i))
			}
			lists := [][]string{nil, paths, nil}
			if op == opSetWatches2 {
				lists = [][]string{nil, nil, nil, paths, paths}
			}
			body := jute.AppendLong(nil, 1<<62) // nothing was missed
			for _, list := range lists {
				body = jute.AppendStrings(body, list)
			}
			b.m.request(c, append(jute.AppendInt(jute.AppendInt(nil, 9), op), body...))
			if !c.closing || b.m.watchCount() != 0 || b.m.watches.bytes != 0 || len(c.watched) != 0 {
				t.Errorf("closing %v; %d watches of %d bytes are left", c.closing, b.m.watchCount(), b.m.watches.bytes)
			}
		})
	}
}

// One request may read a large node many thousand times.
func TestMultiReadIsBounded(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Limits.Outbox = 10_000 })
	c, other := b.client(4*time.Second), b.client(4*time.Second)
	b.must(c, opCreate, create("/n", 0))
	b.must(c, opSetData, set("/n", make([]byte, 1000)))
	read := func(times int) []byte {
		var body []byte
		for range times {
			body = jute.AppendBool(jute.AppendString(appendMultiHeader(body, opGetData, false, -1), "/n"), false)
		}
		return appendMultiHeader(body, opError, true, -1)
	}
	b.must(c, opMultiRead, read(5))
	b.m.request(c, append(jute.AppendInt(jute.AppendInt(nil, 9), opMultiRead), read(1000)...))
	if !c.closing || cap(b.m.scratch) > 40_000 {
		t.Errorf("closing %v, %d bytes for the reply", c.closing, cap(b.m.scratch))
	}
	b.must(other, opPing, nil)
}

func TestLoginsAreBounded(t *testing.T) {
	b := newBench(t)
	c := b.client(4 * time.Second)
	for i := range 100 {
		secret := jute.AppendBuffer(jute.AppendString(make([]byte, 4), "digest"), fmt.Appendf(nil, "%d%s:p", i, strings.Repeat("u", 1000)))
		if f, _ := b.do(c, opAuth, secret); f.err != 0 {
			if code(f.err) != codeAuthFailed || !c.closing || i < 50 {
				t.Errorf("login %d: error %d, closing %v", i, f.err, c.closing)
			}
			return
		}
	}
	t.Error("100 kB of logins are taken")
}

// An entry of scheme auth becomes as many as the client has identities, and a
// request has room for many such entries.
func TestACLsAreBounded(t *testing.T) {
	b := newBench(t)
	c := b.client(4 * time.Second)
	for i := range 50 {
		b.must(c, opAuth, jute.AppendBuffer(jute.AppendString(make([]byte, 4), "digest"), fmt.Appendf(nil, "%d%s:p", i, strings.Repeat("u", 200))))
	}
	entries := func(n int) (list acl) {
		for i := range n {
			list = append(list, grant{int32(i), identity{"auth", ""}})
		}
		return list
	}
	with := func(path string, list acl) []byte {
		return jute.AppendInt(appendACL(jute.AppendBuffer(jute.AppendString(nil, path), nil), list), 0)
	}
	b.must(c, opCreate, with("/one", entries(1)))
	if n := len(b.m.tree.nodes["/one"].acl); n != 50 {
		t.Errorf("one entry became %d, want one for each of 50 identities", n)
	}
	many := acl{}
	for i := range 5000 {
		many = append(many, grant{permAll, identity{"ip", fmt.Sprintf("10.0.%d.%d", i/256, i%256)}})
	}
	for name, list := range map[string]acl{"auth": entries(1000), "ip": many} {
		if f, _ := b.do(c, opCreate, with("/"+name, list)); code(f.err) != codeInvalidACL {
			t.Errorf("%d entries of scheme %s: error %d", len(list), name, f.err)
		}
	}
}

// So does each create of a multi, and the log has the whole list for each.
func TestRecordOfAMultiIsBounded(t *testing.T) {
	var log bytes.Buffer
	b := newBench(t, func(c *Config) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	b.m.logging = true
	multi := func(creates int) (body []byte) {
		for i := range creates {
			body = jute.AppendBuffer(jute.AppendString(appendMultiHeader(body, opCreate, false, -1), fmt.Sprint("/m", i)), nil)
			body = jute.AppendInt(appendACL(body, acl{{permAll, identity{"auth", ""}}}), 0)
		}
		return appendMultiHeader(body, opError, true, -1)
	}
	login := func(c *client, user string) {
		b.must(c, opAuth, jute.AppendBuffer(jute.AppendString(make([]byte, 4), "digest"), []byte(user+":p")))
	}
	c, honest := b.client(4*time.Second), b.client(4*time.Second)
	for i := range 50 {
		login(c, fmt.Sprint(i, strings.Repeat("u", 200)))
	}
	before, logged := b.m.tree.size(), len(b.m.txlog)
	for range 3 {
		f := b.must(c, opMulti, multi(1000))
		if d := jute.NewDecoder(f.body); d.Int() != opError {
			t.Error("12 MB of record are taken")
		}
		if !bytes.Contains(f.body, appendMultiError(nil, codeQuotaExceeded)) || b.m.tree.size() != before {
			t.Errorf("%d bytes are in the tree, %d before", b.m.tree.size(), before)
		}
	}
	if n := len(b.m.txlog) - logged; n > 1000 {
		t.Errorf("%d bytes are logged of three multis that failed", n)
	}
	if n := strings.Count(log.String(), "multi refused"); n != 1 {
		t.Errorf("%d lines in the log within a second", n)
	}
	login(honest, "me")
	if f := b.must(honest, opMulti, multi(20_000)); bytes.HasPrefix(f.body, jute.AppendInt(nil, opError)) {
		t.Error("a multi of some 1 MB by a client with one login fails")
	}
}

// testConn is a connection that nobody reads from or writes to.
func testConn(t *testing.T, limits Limits) *conn {
	c, _ := testPair(t, limits)
	return c
}

// testPair is testConn with the peer's end.
func testPair(t *testing.T, limits Limits) (*conn, net.Conn) {
	cfg := Config{Limits: limits}
	if err := cfg.validate(); err != nil {
		t.Fatal(err)
	}
	s := &Server{cfg: cfg}
	s.m = newMachine(&s.cfg, nil, 0)
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _, _ = ours.Close(), theirs.Close() })
	return newConn(s, ours), theirs
}

// reading reads frames of at most 10,000 bytes from what the peer sends.
func reading(t *testing.T) (peer net.Conn, came <-chan input, ended <-chan error) {
	c, peer := testPair(t, Limits{Frame: 10_000})
	inputs, end := make(chan input, 10), make(chan error, 1)
	c.server.inbox = inputs
	go func() { end <- c.readFrames(t.Context()) }()
	return peer, inputs, end
}

func write(t *testing.T, nc net.Conn, b []byte) {
	t.Helper()
	if _, err := nc.Write(b); err != nil {
		t.Fatal(err)
	}
}

// Whoever has no session yet can make the server keep little.
func TestFirstFrameIsSmall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer, _, ended := reading(t)
		write(t, peer, jute.AppendInt(nil, handshakeSize+1))
		if err := <-ended; err == nil || !strings.Contains(err.Error(), "the limit is 4096") {
			t.Errorf("a handshake of %d bytes: %v", handshakeSize+1, err)
		}
		peer, came, ended := reading(t)
		for _, n := range []int{handshakeSize, 10_000} {
			write(t, peer, jute.AppendBuffer(nil, make([]byte, n)))
			if in := <-came; len(in.frame) != n {
				t.Errorf("%d bytes came of %d", len(in.frame), n)
			}
		}
		write(t, peer, jute.AppendInt(nil, 10_001))
		if err := <-ended; err == nil {
			t.Error("a request may be as long as it likes")
		}
	})
}

// A connection may say nothing for as long as its session lives, but not half a
// request.
func TestStartedFrameHasADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		peer, came, ended := reading(t)
		for range 2 { // the deadline of one is not that of the next
			write(t, peer, jute.AppendBuffer(nil, make([]byte, 45)))
			<-came
			time.Sleep(time.Hour)
		}
		for range 2 {
			write(t, peer, jute.AppendInt(nil, 5000))
			write(t, peer, make([]byte, 4000))
			time.Sleep(frameTime - time.Second)
			write(t, peer, make([]byte, 1000))
			<-came
		}
		write(t, peer, jute.AppendInt(nil, 5000))
		write(t, peer, make([]byte, 4000))
		began := time.Now()
		if err := <-ended; !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(began) != frameTime {
			t.Errorf("half a frame is waited for %v: %v", time.Since(began), err)
		}
	})
}

func TestOutstandingRequestsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := testConn(t, Limits{Outstanding: 3})
		admitted := make(chan bool, 10)
		go func() {
			defer close(admitted)
			for c.admit(flowOf(100)) {
				admitted <- true
			}
		}()
		synctest.Wait()
		if len(admitted) != 3 {
			t.Errorf("%d requests are read ahead, want 3", len(admitted))
		}
		c.answered(flowOf(100))
		synctest.Wait()
		if len(admitted) != 4 {
			t.Error("an answer makes no room")
		}
		c.close()
		synctest.Wait()
		if _, open := <-admitted; !open || len(admitted) != 3 {
			t.Error("a closed connection is read from")
		}
	})
}

// More than 4 KiB is read ahead only as long as the connections together do
// not have too much of that.
func TestReadAheadIsShared(t *testing.T) {
	c := testConn(t, Limits{})
	s := c.server
	request := flowOf(1000 - 200)
	for range 10 {
		c.admit(request)
	}
	if n := s.borrowed.Load(); n != 10_000-own {
		t.Errorf("%d bytes are borrowed, want %d", n, 10_000-own)
	}
	c.answered(request)
	if n := s.borrowed.Load(); n != 9_000-own {
		t.Errorf("%d bytes are borrowed, want %d", n, 9_000-own)
	}
	s.untrack(c)
	c.answered(request) // the writer may come later than the reader's end
	if n := s.borrowed.Load(); n != 0 {
		t.Errorf("%d bytes are borrowed by a connection that is gone", n)
	}
	s.borrowed.Store(shared)
	if s.borrow(1) || !s.borrow(0) {
		t.Error("more is lent than there is, or nothing is not")
	}
}

// A client that asked for much, read nothing and went gets its writes done and
// nothing gathered for it.
func TestGoneClientIsOwedNothing(t *testing.T) {
	c := testConn(t, Limits{})
	s := c.server
	s.apply(input{kind: inFrame, conn: c, frame: handshake(0, 4*time.Second, 0, make([]byte, 16))})
	send := func(op int32, body []byte) {
		s.apply(input{kind: inFrame, conn: c, frame: append(jute.AppendInt(jute.AppendInt(nil, 1), op), body...)})
	}
	send(opCreate, create("/n", 0))
	send(opSetData, set("/n", make([]byte, 100_000)))
	c.leaving = window + 1 // it does not read
	for range 50 {
		send(opGetData, watchOn("/n"))
	}
	send(opCreate, create("/last", 0))
	before := len(c.client.out)
	s.apply(input{kind: inGone, conn: c})
	if s.m.tree.nodes["/last"] == nil {
		t.Error("a write that waited is not done")
	}
	if len(c.client.out) != before || cap(c.client.out) > 200_000 {
		t.Errorf("%d bytes of %d are gathered for a client that is gone", len(c.client.out)-before, cap(c.client.out))
	}
}

// halfClosed is the connection of a client that says no more and reads nothing.
type halfClosed struct{ net.Conn }

func (halfClosed) Read([]byte) (int, error)    { return 0, io.EOF }
func (halfClosed) SetDeadline(time.Time) error { return nil }

// A connection whose reader has ended, and of which the machine has not heard,
// is closed like the others when the Server ends: its writer may hang.
func TestServerEndsWithAConnectionThatIsEnding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := testConn(t, Limits{})
		s := c.server
		c.nc = halfClosed{c.nc}
		s.ln = noListener{}
		s.inbox, s.conns, s.hosts = make(chan input, 1), map[*conn]struct{}{}, map[string]int{}
		s.track(c)
		c.send([]byte("an answer"), flow{}, false)
		s.tasks.Go(c.read)
		synctest.Wait()
		s.shut(nil)
		s.tasks.Wait()
		if !c.closed {
			t.Error("the connection is left open")
		}
	})
}

type noListener struct{ net.Listener }

func (noListener) Close() error { return nil }
