package zkserver_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/gubbo/gubbo/internal/jute"
	"github.com/gubbo/gubbo/registry/zkserver"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

func serve(t testing.TB, cfg zkserver.Config) *zkserver.Server {
	t.Helper()
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	s, err := zkserver.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestRepliesAndEventsInOrder(t *testing.T) {
	s := serve(t, zkserver.Config{})
	r := session(t, s.Addr().String(), 10*time.Second)
	r.call(1, createBody("/o", nil, worldAll, 0))
	// Everything is sent before anything is read.
	var want []int32
	for i := range 200 {
		want = append(want, r.send(4, watchBody("/o", true)))
		want = append(want, r.send(5, setBody("/o", fmt.Appendf(nil, "%d", i), -1)))
	}
	var data int
	for i, xid := range want {
		p, err := r.receive()
		if err != nil || p.xid != xid || p.err != 0 {
			t.Fatalf("reply %d: xid %d, want %d, error %d, %v", i, p.xid, xid, p.err, err)
		}
		if set := i%2 == 1; set != (len(r.events) == 1) {
			t.Fatalf("reply %d comes after events %v; one must come before each reply to a set", i, r.events)
		}
		if i%2 == 0 && i > 0 {
			d := jute.NewDecoder(p.body)
			if got := string(d.Buffer()); got != fmt.Sprint(data) {
				t.Fatalf("read %d sees %q, want %d", i/2, got, data)
			}
			data++
		}
	}
}

func TestAddressInUse(t *testing.T) {
	s := serve(t, zkserver.Config{})
	_, err := zkserver.New(zkserver.Config{Listen: s.Addr().String()})
	if err == nil || !strings.Contains(err.Error(), s.Addr().String()) {
		t.Errorf("error %v does not name %s", err, s.Addr())
	}
}

func TestConfigIsChecked(t *testing.T) {
	for name, cfg := range map[string]zkserver.Config{
		"sessions": {MinSession: time.Minute, MaxSession: time.Second},
		"tick":     {Tick: time.Microsecond},
		"frame":    {Limits: zkserver.Limits{Frame: 10}},
		"address":  {Listen: "no port"},
		"word":     {Words: []string{"srvr", "srvx"}},
	} {
		if s, err := zkserver.New(cfg); err == nil {
			t.Errorf("%s: taken", name)
			_ = s.Close()
		}
	}
}

func TestBadFramesCloseOnlyTheirConnection(t *testing.T) {
	s := serve(t, zkserver.Config{Limits: zkserver.Limits{Frame: 1000}})
	good := session(t, s.Addr().String(), 10*time.Second)
	for name, c := range map[string]struct {
		inSession bool
		bytes     []byte
	}{
		"length over the limit":  {true, binary.BigEndian.AppendUint32(nil, 1001)},
		"negative length":        {true, binary.BigEndian.AppendUint32(nil, 1<<31)},
		"huge length at first":   {false, binary.BigEndian.AppendUint32(nil, 0x7fffffff)},
		"no header":              {true, []byte{0, 0, 0, 2, 1, 2}},
		"handshake cut short":    {false, []byte{0, 0, 0, 3, 1, 2, 3}},
		"HTTP":                   {false, []byte("GET / HTTP/1.1\r\n\r\n")},
		"word that is no word":   {false, []byte("abcd")},
		"operation nobody knows": {true, []byte{0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 77}},
	} {
		r := dialRaw(t, s.Addr().String())
		if c.inSession {
			r = session(t, s.Addr().String(), 10*time.Second)
		}
		if _, err := r.nc.Write(c.bytes); err != nil {
			t.Fatal(err)
		}
		_ = r.nc.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := io.Copy(io.Discard, r.nc); err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%s: the connection stays open: %v", name, err)
		}
		if p := good.call(11, nil); p.err != 0 {
			t.Errorf("%s: another connection gets %d", name, p.err)
		}
	}
	body := setBody("/", make([]byte, 900), -1)
	if p := good.call(5, body); p.err != 0 {
		t.Errorf("a frame under the limit: %d", p.err)
	}
}

func TestConnectionLimit(t *testing.T) {
	s := serve(t, zkserver.Config{Limits: zkserver.Limits{Connections: 2}})
	a := session(t, s.Addr().String(), 10*time.Second)
	session(t, s.Addr().String(), 10*time.Second)
	third := dialRaw(t, s.Addr().String())
	if err := third.handshake(0, time.Second, 0, nil); err == nil {
		t.Error("a third connection is served")
	}
	a.call(-11, nil)
	servedAgain(t, s.Addr().String())
}

// servedAgain waits until the server takes a connection again.
func servedAgain(t *testing.T, addr string) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; {
		r := dialRaw(t, addr)
		b := jute.AppendBuffer(jute.AppendLong(jute.AppendInt(jute.AppendLong(jute.AppendInt(nil, 0), 0), 5000), 0), nil)
		if r.tryWrite(b) == nil {
			if _, err := r.frame(); err == nil {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("the place of a closed connection is not given again")
		}
	}
}

// street has connections come from 127.0.0.1 and, once it is moved, from
// another address: not every system has a second loopback address.
type street struct {
	net.Listener
	moved atomic.Bool
}

func (l *street) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err == nil && l.moved.Load() {
		nc = newcomer{nc}
	}
	return nc, err
}

type newcomer struct{ net.Conn }

func (newcomer) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2), Port: 1} }

func TestConnectionLimitOfAnAddress(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	street := &street{Listener: ln}
	s := serve(t, zkserver.Config{Listener: street, Limits: zkserver.Limits{PerAddress: 2}})
	addr := s.Addr().String()
	a := session(t, addr, 10*time.Second)
	session(t, addr, 10*time.Second)
	if err := dialRaw(t, addr).handshake(0, time.Second, 0, nil); err == nil {
		t.Error("a third connection of the address is served")
	}
	street.moved.Store(true)
	other := dialRaw(t, addr)
	if err := other.handshake(0, 10*time.Second, 0, make([]byte, 16)); err != nil || other.id == 0 {
		t.Errorf("another address: session %#x, %v", other.id, err)
	}
	street.moved.Store(false)
	a.call(-11, nil)
	servedAgain(t, addr)
}

func TestSlowReaderGetsEverything(t *testing.T) {
	s := serve(t, zkserver.Config{Limits: zkserver.Limits{Outbox: 64 << 10}})
	r := session(t, s.Addr().String(), 10*time.Second)
	r.call(1, createBody("/big", make([]byte, 100<<10), worldAll, 0))
	const n = 300 // 30 MB of replies, far beyond what may wait for one connection
	var last int32
	for range n {
		last = r.send(4, watchBody("/big", false))
	}
	for i := range n {
		p, err := r.receive()
		if err != nil || p.err != 0 || p.xid != last-n+1+int32(i) {
			t.Fatalf("reply %d: xid %d, error %d, %v", i, p.xid, p.err, err)
		}
	}
}

func TestClientThatNeverReadsIsClosed(t *testing.T) {
	s := serve(t, zkserver.Config{Limits: zkserver.Limits{Outbox: 1 << 20}})
	good := session(t, s.Addr().String(), 10*time.Second)
	path := "/" + strings.Repeat("long", 10_000)
	good.call(1, createBody(path, nil, worldAll, 0))
	r := session(t, s.Addr().String(), 40*time.Second)
	r.call(106, versionBody(path, 0)) // a watch that stays
	for i := 0; len(s.Sessions()) == 2 && strings.Contains(word(t, s.Addr().String(), "wchs"), "Total watches:2"); i++ {
		if i > 10_000 {
			t.Fatal("10,000 unread events of 40 kB and still open")
		}
		good.call(5, setBody(path, nil, -1))
	}
	if p := good.call(11, nil); p.err != 0 {
		t.Errorf("the others suffer: %d", p.err)
	}
}

func word(t testing.TB, addr, word string) string {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := nc.Write([]byte(word)); err != nil {
		t.Fatal(err)
	}
	_ = nc.(*net.TCPConn).CloseWrite() // as nc does
	_ = nc.SetReadDeadline(time.Now().Add(5 * time.Second))
	b, err := io.ReadAll(nc)
	if err != nil {
		t.Fatalf("%s: %v", word, err)
	}
	return string(b)
}

func TestFourLetterWords(t *testing.T) {
	s := serve(t, zkserver.Config{})
	addr := s.Addr().String()
	r := session(t, addr, 10*time.Second)
	r.call(1, createBody("/e", nil, worldAll, 1))
	r.call(4, watchBody("/e", true))
	for w, pattern := range map[string]string{
		"ruok":   `^imok$`,
		"ruok\n": `^imok$`,
		"isro":   `^rw$`,
		"srvr":   `^Zookeeper version: 3\.8\.0-\S+, built on \d{4}-\d\d-\d\d \d\d:\d\d UTC\nLatency min/avg/max: \d+/\d+\.\d+/\d+\nReceived: \d+\nSent: \d+\nConnections: \d+\nOutstanding: \d+\nZxid: 0x[0-9a-f]+\nMode: standalone\nNode count: 6\n$`,
		"stat":   `(?s)^Zookeeper version: 3\.8\.0.*\nClients:\n /127\.0\.0\.1:\d+\[1\]\(queued=0,recved=3,sent=3\)\n.*\nLatency .*Mode: standalone\nNode count: 6\n$`,
		"mntr":   `(?s)^zk_version\t3\.8\.0.*zk_server_state\tstandalone\nzk_ephemerals_count\t1\n.*zk_watch_count\t1\n.*zk_approximate_data_size\t46\n`,
		"conf":   `(?s)^clientPort=\d+\n.*tickTime=2000\n.*minSessionTimeout=4000\nmaxSessionTimeout=40000\n`,
		"cons":   fmt.Sprintf(`(?s)^ /127\.0\.0\.1:\d+\[1\]\(queued=0,recved=3,sent=3,sid=0x%x,`, uint64(r.id)),
		"dump":   fmt.Sprintf(`(?s)^SessionTracker dump:\n.*Sessions with Ephemerals \(1\):\n0x%x:\n\t/e\n`, uint64(r.id)),
		"wchs":   `^1 connections watching 1 paths\nTotal watches:1\n$`,
		"envi":   `(?s)^Environment:\nzookeeper\.version=3\.8\.0`,
		"wxyz":   `^$`,
	} {
		if got := word(t, addr, w); !regexp.MustCompile(pattern).MatchString(got) {
			t.Errorf("%s: %q does not match %s", w, got, pattern)
		}
	}
	strict := serve(t, zkserver.Config{Words: []string{"srvr"}})
	if got := word(t, strict.Addr().String(), "ruok"); got != "ruok is not executed because it is not in the whitelist.\n" {
		t.Errorf("a word off the list: %q", got)
	}
}

func TestSuperPassesEveryACL(t *testing.T) {
	s := serve(t, zkserver.Config{SuperPassword: "pw"})
	r := session(t, s.Addr().String(), 10*time.Second)
	r.call(1, createBody("/x", nil, []aclEntry{{31, "digest", "somebody:else"}}, 0))
	if p := r.call(4, watchBody("/x", false)); p.err != -102 {
		t.Errorf("before: %d", p.err)
	}
	r.call(100, authBody("digest", "super:wrong"))
	if p := r.call(4, watchBody("/x", false)); p.err != -102 {
		t.Errorf("with a wrong password: %d", p.err)
	}
	r.call(100, authBody("digest", "super:pw"))
	if p := r.call(4, watchBody("/x", false)); p.err != 0 {
		t.Errorf("as super: %d", p.err)
	}
	r.send(100, authBody("kerberos", "x"))
	if p, err := r.receive(); err != nil || p.err != -115 {
		t.Errorf("an unknown scheme: %d, %v", p.err, err)
	}
	if _, err := r.frame(); err == nil {
		t.Error("the connection stays open after a failed login")
	}
}

// pipeListener hands the server one end of a net.Pipe, so that a test can run
// on testing/synctest's time.
type pipeListener struct {
	conns chan net.Conn
	once  sync.Once
	shut  chan struct{}
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), shut: make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case nc := <-l.conns:
		return nc, nil
	case <-l.shut:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.shut) }); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (l *pipeListener) dial(t *testing.T) *raw {
	ours, theirs := net.Pipe()
	l.conns <- theirs
	t.Cleanup(func() { _ = ours.Close() })
	return &raw{t: t, nc: ours}
}

func TestSilentSessionExpiresOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newPipeListener()
		s := serve(t, zkserver.Config{Listener: l})
		r := l.dial(t)
		if err := r.handshake(0, 6*time.Second, 0, make([]byte, 16)); err != nil || r.timeout != 6000 {
			t.Fatalf("timeout %d, %v", r.timeout, err)
		}
		time.Sleep(5 * time.Second)
		r.call(11, nil)
		pinged := time.Now()
		_ = r.nc.SetReadDeadline(time.Time{})
		if _, err := io.ReadFull(r.nc, make([]byte, 1)); err == nil {
			t.Fatal("something came")
		}
		// The timeout, rounded up to a tick of 2 s.
		if took := time.Since(pinged); took < 6*time.Second || took > 8*time.Second {
			t.Errorf("closed after %v, want 6 to 8 s", took)
		}
		if ids := s.Sessions(); len(ids) != 0 {
			t.Errorf("sessions %x live on", ids)
		}
	})
}

func TestSilentConnectionIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newPipeListener()
		serve(t, zkserver.Config{Listener: l})
		r := l.dial(t)
		began := time.Now()
		if _, err := io.ReadFull(r.nc, make([]byte, 1)); err == nil {
			t.Fatal("something came")
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("closed after %v, want 10 s", took)
		}
	})
}

func TestOldClientsAreLetInAfterARestart(t *testing.T) {
	s := zktest.Start(t)
	r := session(t, s.Addr(), time.Second)
	var seen int64
	for i := range 100 {
		seen = r.call(1, createBody(fmt.Sprintf("/n%d", i), nil, worldAll, 0)).zxid
	}
	s.Restart() // at once, and in memory: it knows nothing any more
	again := dialRaw(t, s.Addr())
	if err := again.handshake(seen, time.Second, r.id, r.password); err != nil || again.id != 0 {
		t.Errorf("session %#x, %v; want to be told that it is over", again.id, err)
	}
	fresh := dialRaw(t, s.Addr())
	if err := fresh.handshake(seen, time.Second, 0, make([]byte, 16)); err != nil || fresh.id == 0 {
		t.Errorf("a client that has seen %#x gets session %#x, %v", seen, fresh.id, err)
	}
	if fresh.id == r.id {
		t.Error("a session id is given out twice")
	}
}

func TestSessionAndEphemeralSurviveARestart(t *testing.T) {
	s := zktest.Start(t, zktest.Tick(time.Second), zktest.Dir(t.TempDir()))
	c := connect(t, s.Addr(), 15*time.Second)
	if _, err := c.Create("/e", []byte("x"), zk.FlagEphemeral, open); err != nil {
		t.Fatal(err)
	}
	id := c.SessionID()
	// No watch yet: go-zookeeper 1.0.4 reads and writes its last zxid without a
	// lock when it brings watches back. The differential test does that.
	s.Restart()
	ok, stat, err := c.Exists("/e")
	for deadline := time.Now().Add(10 * time.Second); err != nil && time.Now().Before(deadline); {
		ok, stat, err = c.Exists("/e")
	}
	if err != nil || !ok || stat.EphemeralOwner != id || c.SessionID() != id {
		t.Fatalf("after the restart: %v, %+v, %v, session %#x was %#x", ok, stat, err, c.SessionID(), id)
	}
	_, _, gone, err := c.ExistsW("/e")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Delete("/e", -1); err != nil {
		t.Fatal(err)
	}
	wantEvent(t, gone, zk.EventNodeDeleted, "/e")
}

func TestCloseEndsEverythingUnderLoad(t *testing.T) {
	s, err := zkserver.New(zkserver.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	var load sync.WaitGroup
	for range 8 {
		r := session(t, s.Addr().String(), 10*time.Second)
		load.Go(func() {
			request := append([]byte{0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 12}, watchBody("/", true)...)
			binary.BigEndian.PutUint32(request, uint32(len(request)-4))
			for {
				if _, err := r.nc.Write(request); err != nil {
					return
				}
			}
		})
		load.Go(func() { _, _ = io.Copy(io.Discard, r.nc) })
	}
	time.Sleep(50 * time.Millisecond) // any moment will do
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	load.Wait()
	if err := s.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	if s.Expire(1) || s.Sessions() != nil {
		t.Error("a closed server still answers")
	}
}

func TestDirectoryThatCannotBe(t *testing.T) {
	if _, err := zkserver.New(zkserver.Config{Dir: "/dev/null/x"}); err == nil || !strings.Contains(err.Error(), "/dev/null/x") {
		t.Errorf("a directory that cannot be: %v", err)
	}
}
