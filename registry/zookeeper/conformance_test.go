package zookeeper

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/zookeepertest"
	"github.com/gubbo/gubbo/registry"
	"github.com/gubbo/gubbo/registry/registrytest"
	"github.com/gubbo/gubbo/registry/zkserver"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// With these set the test binary is a provider to be killed.
const (
	childRegistry = "GUBBO_TEST_REGISTRY"
	childProvider = "GUBBO_TEST_PROVIDER"
)

func TestMain(m *testing.M) {
	if registry := os.Getenv(childRegistry); registry != "" {
		if err := standUntilKilled(registry, os.Getenv(childProvider)); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	goleak.VerifyTestMain(m)
}

func standUntilKilled(registry, provider string) error {
	u, err := api.ParseURL(provider)
	if err != nil {
		return err
	}
	r, err := New(registry)
	if err != nil {
		return err
	}
	g, err := r.Register(u)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := g.Wait(ctx); err != nil {
		return err
	}
	fmt.Println("standing")
	_, _ = os.Stdin.Read(make([]byte, 1)) // ends with the parent, if nobody kills us
	return errors.New("not killed")
}

// process starts this test binary as a provider of u.
func process(t testing.TB, registry string, u api.URL) (kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childRegistry+"="+registry, childProvider+"="+u.String())
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	kill = func() {
		if !killed {
			killed = true
			_ = cmd.Process.Kill()
			_ = stdin.Close()
			_ = cmd.Wait()
		}
	}
	t.Cleanup(kill)
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "standing\n" {
		t.Fatalf("the provider's process says %q, %v", line, err)
	}
	return kill
}

// harness is how the tests meet a service at addr.
func harness(name, addr string, server registrytest.Server) registrytest.Harness {
	address := func(o registrytest.Options) string {
		login := ""
		if o.Login != "" {
			login = o.Login + "@"
		}
		q := url.Values{}
		if o.Group != "" {
			q.Set("group", o.Group)
		}
		if o.Session != 0 {
			q.Set("session", fmt.Sprint(o.Session.Milliseconds()))
		}
		return strings.TrimSuffix("zookeeper://"+login+addr+"?"+q.Encode(), "?")
	}
	return registrytest.Harness{
		Name:   name,
		Server: server,
		Open: func(t testing.TB, o registrytest.Options) registry.Registry {
			r, err := New(address(o))
			if err != nil {
				t.Fatal(err)
			}
			return r
		},
		Tree: func(t testing.TB, login string) registrytest.Tree { return openTree(t, addr, login) },
		Process: func(t testing.TB, u api.URL, session time.Duration) func() {
			return process(t, address(registrytest.Options{Session: session}), u)
		},
	}
}

// peerTree is the raw view through the client of others.
type peerTree struct {
	conn   *zk.Conn
	closed bool
}

type noLog struct{}

func (noLog) Printf(string, ...any) {}

func openTree(t testing.TB, addr, login string) *peerTree {
	t.Helper()
	conn, events, err := zk.Connect(strings.Split(addr, ","), 10*time.Second, zk.WithLogInfo(false), zk.WithLogger(noLog{}))
	if err != nil {
		t.Fatal(err)
	}
	for e := range events {
		if e.State == zk.StateHasSession {
			break
		}
	}
	if login != "" {
		if err := conn.AddAuth("digest", []byte(login)); err != nil {
			t.Fatal(err)
		}
	}
	return &peerTree{conn: conn}
}

func (p *peerTree) Close() {
	if !p.closed {
		p.closed = true
		p.conn.Close()
	}
}

func (p *peerTree) Owner(path string) (int64, bool, error) {
	ok, stat, err := p.conn.Exists(path)
	if err != nil || !ok {
		return 0, false, err
	}
	return stat.EphemeralOwner, true, nil
}

func (p *peerTree) Children(path string) ([]string, error) {
	names, _, err := p.conn.Children(path)
	if errors.Is(err, zk.ErrNoNode) {
		return nil, nil
	}
	return names, err
}

func (p *peerTree) Create(path string, ephemeral bool) error {
	for i := 1; i < len(path); i++ {
		if path[i] != '/' {
			continue
		}
		if _, err := p.conn.Create(path[:i], nil, 0, zk.WorldACL(zk.PermAll)); err != nil && !errors.Is(err, zk.ErrNodeExists) {
			return err
		}
	}
	flags := int32(0)
	if ephemeral {
		flags = zk.FlagEphemeral
	}
	_, err := p.conn.Create(path, nil, flags, zk.WorldACL(zk.PermAll))
	return err
}

func (p *peerTree) Delete(path string) error {
	if err := p.conn.Delete(path, -1); !errors.Is(err, zk.ErrNoNode) {
		return err
	}
	return nil
}

func (p *peerTree) DeleteAll(path string) error {
	names, err := p.Children(path)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := p.DeleteAll(path + "/" + name); err != nil {
			return err
		}
	}
	if err := p.Delete(path); !errors.Is(err, zk.ErrNotEmpty) { // somebody came back already
		return err
	}
	return nil
}

// tick makes a real server fast about the ends of sessions.
const tick = 400 * time.Millisecond

func TestRealZooKeeper(t *testing.T) {
	registrytest.Run(t, func(t testing.TB) registrytest.Harness {
		s := zookeepertest.Start(t, zookeepertest.Options{Tick: tick})
		return harness("zookeeper "+s.Version(), s.Addr(), s)
	})
}

// embedded is zkserver with its data in a directory.
type embedded struct {
	*zktest.Server
	dir string
}

func (e embedded) Stop() error                  { e.Server.Stop(); return nil }
func (e embedded) Start() error                 { e.Resume(); return nil }
func (e embedded) Wipe() error                  { return zkserver.Wipe(e.dir) }
func (e embedded) ExpireSession(id int64) error { e.Expire(id); return nil }

func TestEmbeddedServer(t *testing.T) {
	registrytest.Run(t, func(t testing.TB) registrytest.Harness {
		dir := t.TempDir()
		s := zktest.Start(t, zktest.Tick(tick), zktest.Dir(dir))
		return harness("zkserver", s.Addr(), embedded{s, dir})
	})
}

func TestRealEnsemble(t *testing.T) {
	e := zookeepertest.StartEnsemble(t, 3, zookeepertest.Options{Tick: tick})
	registrytest.RunEnsemble(t, harness("ensemble of 3", e.Addr(), e), func() error {
		_, err := e.KillLeader()
		return err
	})
}
