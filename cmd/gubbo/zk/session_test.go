package zk

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/internal/zkclient"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// say tells p lines and waits until what it printed since holds want.
func (p *peer) say(want string, lines ...string) {
	p.t.Helper()
	at := len(p.out.from(0))
	for _, line := range lines {
		if _, err := io.WriteString(p.in, line+"\n"); err != nil {
			p.t.Fatal(err)
		}
	}
	p.hear(at, want)
}

func (p *peer) hear(at int, want string) {
	p.t.Helper()
	a := actor{peer: p}
	a.wait(want, func() bool { return strings.Contains(p.out.from(at), want) })
}

func TestConnectionComesBackWithWatches(t *testing.T) {
	s := zktest.Start(t, zktest.Tick(time.Second))
	p := startZk(t, s.Addr())
	p.hear(0, "state:SyncConnected type:None")
	p.say("null\n", "create -e /e", "get -w /e")
	p.say("numChildren", "addauth digest me:x", "ls -w /", "stat -w /none", "addWatch /tree", "stat /e")
	at := len(p.out.from(0))
	s.DropConnections()
	p.hear(at, "state:Disconnected type:None path:null")
	p.hear(at, "state:SyncConnected type:None path:null")
	p.say("[/e]", "getEphemerals")
	p.say("digest: me", "whoami")
	p.say("type:NodeDataChanged path:/e", "set /e x")
	p.say("type:NodeCreated path:/none", "create /none")
	p.hear(at, "type:NodeChildrenChanged path:/\n")
	p.say("type:NodeCreated path:/tree/x", "create /tree", "create /tree/x")
}

// brief is a connection that ends once it has its session.
type brief struct {
	net.Conn
	left int // bytes of what the server says
}

func (b *brief) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.EOF
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

func TestConnectionsThatEndAtOnceComeSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		z := zktest.Start(t, zktest.Pipe(), zktest.Tick(time.Second))
		var dials atomic.Int32
		dial := func(ctx context.Context, address string) (net.Conn, error) {
			left := 41
			switch n := dials.Add(1); {
			case n > 1000:
				return nil, errors.New("too often")
			case n > 1:
				left += 20 // a ping's, by which a session is known to be taken back
			}
			nc, err := z.Dial(ctx, "tcp", address)
			return &brief{nc, left}, err
		}
		s := open(ensemble{servers: []string{z.Addr()}}, 15*time.Second, dial, nil, func(string) {})
		defer s.close()
		time.Sleep(100 * time.Second)
		// Half a second each on average.
		if n := dials.Load(); n < 120 || n > 350 {
			t.Errorf("%d connections in 100 s; %v", n, s.why())
		}
	})
}

func TestExpiredSessionIsOver(t *testing.T) {
	s := zktest.Start(t, zktest.Tick(time.Second))
	p := startZk(t, s.Addr())
	p.hear(0, "state:SyncConnected")
	at := len(p.out.from(0))
	s.ExpireAll()
	p.hear(at, "state:Expired type:None path:null")
	p.say("Not connected", "ls /")
	p.say("state:SyncConnected", "connect")
	p.say("[zookeeper]", "ls /")
}

func TestNobodyThere(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	got := zkOnce(t, addr, "ls", "/")
	want := "Connecting to ADDR\n--- errors\nKeeperErrorCode = ConnectionLoss for /\ncannot connect to ADDR: dial tcp ADDR: connect: connection refused\nexit code 1\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestQuietAndAuth(t *testing.T) {
	s := zktest.Start(t)
	var out, errs heard
	cfg := Config{Server: s.Addr(), Out: &out, Err: &errs, Quiet: true, Auth: []string{"digest:me:pass:word"}}
	code, err := Run(t.Context(), cfg, []string{"whoami"})
	if err != nil || code != 0 || !strings.HasPrefix(out.from(0), "Auth scheme: User\n") || !strings.Contains(out.from(0), "digest: me\n") || errs.from(0) != "" {
		t.Errorf("exit code %d, %v, %q, %q", code, err, out.from(0), errs.from(0))
	}
	cfg.Auth = []string{"digest"}
	if _, err := Run(t.Context(), cfg, []string{"whoami"}); err == nil || !strings.Contains(err.Error(), "--auth") {
		t.Errorf("an identity without a secret: %v", err)
	}
	if n := len(s.Sessions()); n != 0 {
		t.Errorf("%d sessions are left behind", n)
	}
}

func TestPrintwatchesOffHidesEvents(t *testing.T) {
	var out heard
	s := &shell{out: &out, printWatches: true}
	for _, word := range []string{"off", "on"} {
		if err := s.printwatches(t.Context(), []string{"printwatches", word}); err != nil {
			t.Fatal(err)
		}
		s.event(word)
	}
	if got := out.from(0); got != "\nWATCHER::\n\non\n" {
		t.Errorf("%q", got)
	}
}

// A proxy speaks TLS for a server that does not.
func TestTLS(t *testing.T) {
	s := zktest.Start(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	pair := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert})
	if err != nil {
		t.Fatal(err)
	}
	var tasks task.Group
	tasks.Go(func(ctx context.Context) {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("tcp", s.Addr())
			if err != nil {
				t.Error(err)
				return
			}
			tasks.Go(func(context.Context) { _, _ = io.Copy(to, nc); _ = to.Close() })
			tasks.Go(func(context.Context) { _, _ = io.Copy(nc, to); _ = nc.Close() })
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		tasks.Wait()
	})
	var out, errs heard
	cfg := Config{Server: ln.Addr().String(), Out: &out, Err: &errs, Quiet: true, TLS: &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair}}}
	if code, err := Run(t.Context(), cfg, []string{"ls", "/"}); err != nil || code != 0 || out.from(0) != "[zookeeper]\n" {
		t.Errorf("exit code %d, %v, %q, %q", code, err, out.from(0), errs.from(0))
	}
	cfg.TLS = &tls.Config{RootCAs: x509.NewCertPool()}
	if code, err := Run(t.Context(), cfg, []string{"ls", "/"}); err != nil || code != 1 || !strings.Contains(errs.from(0), "x509") {
		t.Errorf("with another authority: exit code %d, %v, %q", code, err, errs.from(0))
	}
}

func TestWatchTable(t *testing.T) {
	var w watchTable
	expect := func(e zkclient.Event, want bool) {
		t.Helper()
		if got := w.fired(e); got != want {
			t.Errorf("somebody waits for %v: %v, want %v", e, got, want)
		}
	}
	w.add(dataWatch, "/a")
	w.add(childWatch, "/a")
	w.add(existWatch, "/b")
	expect(zkclient.Event{Type: zkclient.NodeDataChanged, Path: "/a"}, true)
	expect(zkclient.Event{Type: zkclient.NodeDataChanged, Path: "/a"}, false)
	expect(zkclient.Event{Type: zkclient.NodeChildrenChanged, Path: "/a"}, true)
	expect(zkclient.Event{Type: zkclient.NodeDeleted, Path: "/a"}, false)
	expect(zkclient.Event{Type: zkclient.NodeCreated, Path: "/b"}, true)
	w.add(nodeWatch, "/c")
	w.add(treeWatch, "/")
	for range 2 {
		expect(zkclient.Event{Type: zkclient.NodeChildrenChanged, Path: "/c"}, true)
		expect(zkclient.Event{Type: zkclient.NodeCreated, Path: "/d/e/f"}, true)
	}
	if _, err := w.removed("/c", zkclient.DataWatches); !isCode(err, zkclient.ErrNoWatcher) {
		t.Errorf("a persistent watch goes with the data's: %v", err)
	}
	if events, err := w.removed("/c", zkclient.AnyWatches); err != nil || len(events) != 1 || events[0] != "PersistentWatchRemoved" {
		t.Errorf("%q, %v", events, err)
	}
	if all, any := w.all(&ensemble{root: "/r"}); !any || len(all.Trees) != 1 || all.Trees[0] != "/r" || len(all.Data)+len(all.Exist)+len(all.Child)+len(all.Nodes) != 0 {
		t.Errorf("left: %+v", all)
	}
}
