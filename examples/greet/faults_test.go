// Package greet_test holds the demo's service to its calls while its registry
// is broken on purpose, on the embedded registry and on a real ZooKeeper.
package greet_test

import (
	"context"
	"errors"
	"fmt"
	"path"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/examples/greet/load"
	"github.com/gubbo/gubbo/examples/greet/service"
	"github.com/gubbo/gubbo/internal/zookeepertest"
	"github.com/gubbo/gubbo/provider"
	"github.com/gubbo/gubbo/registry/registrytest"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
	"github.com/gubbo/gubbo/registry/zookeeper"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is a registry that can be stopped and started, with its data or
// without.
type server struct {
	addr              string
	stop, start, wipe func(t *testing.T)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func servers(t *testing.T) map[string]func(t *testing.T) server {
	return map[string]func(t *testing.T) server{
		"zkserver": func(t *testing.T) server {
			s := zktest.Start(t, zktest.Tick(time.Second), zktest.Dir(t.TempDir()))
			return server{s.Addr(),
				func(*testing.T) { s.Stop() }, func(*testing.T) { s.Resume() }, func(*testing.T) { s.Forget() }}
		},
		"zookeeper": func(t *testing.T) server {
			s := zookeepertest.Start(t, zookeepertest.Options{})
			return server{s.Addr(),
				func(t *testing.T) { must(t, s.Stop()) }, func(t *testing.T) { must(t, s.Start()) },
				func(t *testing.T) { must(t, s.Wipe()); must(t, s.Start()) }}
		},
	}
}

// Calls of both kinds go on, each of them, while the tree is deleted again and
// again, and while the registry is away and comes back with its data or empty.
func TestCallsGoOnWhileTheRegistryIsBroken(t *testing.T) {
	for name, open := range servers(t) {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			ended := make(chan error, 2)
			for n := range 2 {
				reg, err := zookeeper.New("zookeeper://" + s.addr)
				must(t, err)
				defer reg.Close()
				srv, err := provider.New(provider.Config{Application: "greet-provider", Registry: reg, Listen: "127.0.0.1:0", DrainWait: 2 * time.Second})
				must(t, err)
				must(t, greet.RegisterGreeter(srv, service.New(fmt.Sprint("provider-", n), nil)))
				go func() { ended <- srv.Run(ctx) }()
				<-srv.Ready()
			}
			reg, err := zookeeper.New("zookeeper://" + s.addr)
			must(t, err)
			defer reg.Close()
			// It is about calls that are lost, not about slow ones: see the demo.
			cli, err := consumer.New(consumer.Config{Application: "greet-consumer", Registry: reg, CheckWait: 20 * time.Second, Timeout: 5 * time.Second})
			must(t, err)
			defer cli.Close()
			greeter, err := greet.NewGreeterClient(cli)
			must(t, err)

			calling, stopCalling := context.WithCancel(ctx)
			l := load.New("c", func(method, id string, err error) { t.Errorf("%s %s: %v", method, id, err) },
				load.Method{Name: "sayHello", Workers: 4, Every: 20 * time.Millisecond, Call: func(ctx context.Context, id string) error {
					_, err := greeter.SayHello(ctx, id)
					return err
				}},
				load.Method{Name: "order", Workers: 2, Every: 20 * time.Millisecond, Call: func(ctx context.Context, id string) error {
					_, err := greeter.Order(ctx, &greet.OrderRequest{ID: id})
					return err
				}})
			loaded := make(chan struct{})
			go func() { defer close(loaded); l.Run(calling) }()

			late, worst := registrytest.WatchLateness(t), time.Duration(0)
			stand := func() { worst = max(worst, standAgain(t, s.addr, 2)) }
			for range 5 {
				deleteTree(t, s.addr, "/dubbo")
				stand()
			}
			s.stop(t)
			time.Sleep(outage) // the outage itself, while calls go on
			s.start(t)
			stand()
			s.stop(t)
			time.Sleep(outage)
			s.wipe(t)
			stand()
			late.Check(t, name, "demo under load: all providers stand again (worst)", worst, 3*time.Second)

			stopCalling()
			<-loaded
			counts := l.Counts()
			t.Logf("while the registry was broken: %+v", counts)
			for method, n := range counts {
				if n.Calls == 0 || n.Success != n.Calls {
					t.Errorf("%s: %+v, want every call to succeed", method, n)
				}
			}
			must(t, cli.Close())
			cancel()
			for range 2 {
				must(t, <-ended)
			}
		})
	}
}

// A registered service is refused a second time, by name.
func TestServiceRegisteredTwice(t *testing.T) {
	srv, err := provider.New(provider.Config{Application: "greet-provider", Listen: "127.0.0.1:0"})
	must(t, err)
	must(t, greet.RegisterGreeter(srv, service.New("one", nil)))
	if err := greet.RegisterGreeter(srv, service.New("two", nil)); err == nil {
		t.Fatal("a service was registered twice")
	} else {
		t.Log(err)
	}
}

func dial(t *testing.T, addr string) *zk.Conn {
	t.Helper()
	conn, _, err := zk.Connect([]string{addr}, 10*time.Second, zk.WithLogInfo(false), zk.WithLogger(quiet{}))
	must(t, err)
	return conn
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}

// deleteTree deletes a node and all below it, as often as needed: the
// registry's clients put things back meanwhile.
func deleteTree(t *testing.T, addr, root string) {
	t.Helper()
	conn := dial(t, addr)
	defer conn.Close()
	var all func(p string) error
	all = func(p string) error {
		children, _, err := conn.Children(p)
		if err != nil && !errors.Is(err, zk.ErrNoNode) {
			return err
		}
		for _, c := range children {
			if err := all(path.Join(p, c)); err != nil {
				return err
			}
		}
		if err := conn.Delete(p, -1); err != nil && !errors.Is(err, zk.ErrNoNode) && !errors.Is(err, zk.ErrNotEmpty) {
			return err
		}
		return nil
	}
	must(t, all(root))
}

// standAgain returns when n providers stand, and how long that took.
func standAgain(t *testing.T, addr string, n int) time.Duration {
	t.Helper()
	conn := dial(t, addr)
	defer conn.Close()
	began := time.Now()
	for {
		children, _, err := conn.Children("/dubbo/lab.greet.Greeter/providers")
		took := time.Since(began)
		if err == nil && len(children) == n {
			return took
		}
		if took > 30*time.Second {
			t.Fatalf("after 30 s %d of %d providers stand: %v", len(children), n, err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
