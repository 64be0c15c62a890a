package interop

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/internal/require"
	"github.com/gubbo/gubbo/interop/features"
	"github.com/gubbo/gubbo/interop/process"
	"github.com/gubbo/gubbo/provider"
	"github.com/gubbo/gubbo/registry"
	"github.com/gubbo/gubbo/registry/zookeeper"
)

// lab starts the processes of one test and makes the calls between them.
type lab struct {
	t     *testing.T
	ctx   context.Context // bounds the whole test
	table *table
	// properties are what the Java peers are told beside their arguments.
	properties []string
}

func newLab(t *testing.T) *lab {
	limit := 5 * time.Minute // on a machine that does much else
	if soak {
		limit = 10 * time.Minute
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	return &lab{t: t, ctx: ctx, table: &table{}}
}

// in returns the same lab for a test within its test.
func (l *lab) in(t *testing.T) *lab {
	return &lab{t: t, ctx: l.ctx, table: l.table, properties: l.properties}
}

// target is a provider as a consumer is told to find it.
type target struct {
	group, direct string // direct is dubbo://
	address       string // direct, or that of a registry
	callee, via   string
	version       string // of the Java that provides, "" for Go
	// seen has for each suite how to wait for a oneway call.
	seen map[string]notified
}

// start starts a Java peer and returns it and its version.
func (l *lab) start(version string, args ...string) (*process.Process, string) {
	l.t.Helper()
	return l.startClass(version, "lab.peer.Peer", args...)
}

// startClass is start for another main class.
func (l *lab) startClass(version, class string, args ...string) (*process.Process, string) {
	l.t.Helper()
	p, err := kit(l.t, version).With(l.properties...).Start(l.t.TempDir()+"/log", class, args...)
	peer := l.started(p, err, "dubbo "+version+",")
	require.Ran(l.t, require.SuiteJava, peer)
	return p, "java (" + peer + ")"
}

// started waits for what a started peer says it is, which must begin with want.
func (l *lab) started(p *process.Process, err error, want string) (peer string) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(p.Kill)
	row, err := p.Await(l.ctx, "PEER")
	if err != nil {
		l.t.Fatal(err)
	}
	if !strings.HasPrefix(row[1], want) {
		l.t.Fatalf("the peer is %q, want %s", row[1], want)
	}
	return row[1]
}

// javaGroup is how the peer's arguments spell a group.
func javaGroup(group string) string {
	if group == "" {
		return "-"
	}
	return group
}

// javaProvider starts a Java provider, in that group, listed by the registries.
func (l *lab) javaProvider(version, group string, registries ...string) target {
	l.t.Helper()
	port := freePort(l.t)
	p, name := l.start(version, append([]string{"provider", port, javaGroup(group)}, registries...)...)
	to := target{group: group, direct: "dubbo://127.0.0.1:" + port, callee: name, via: "direct", version: version}
	return l.ready(p, to, suites)
}

// ready waits until a provider is, and returns it as a target for the calls of
// the suites that it offers.
func (l *lab) ready(p *process.Process, to target, offered []suite) target {
	l.t.Helper()
	if _, err := p.Await(l.ctx, "READY"); err != nil {
		l.t.Fatal(err)
	}
	to.seen = make(map[string]notified)
	if to.address == "" {
		to.address = to.direct
	}
	for _, s := range offered {
		to.seen[s.name] = func(ctx context.Context, text string) error {
			_, err := p.Await(ctx, "SEEN", "notify", text)
			return err
		}
	}
	return to
}

// goProvider runs a Go provider of all suites until the test ends.
func (l *lab) goProvider(reg registry.Registry, group string) target {
	l.t.Helper()
	to := target{group: group, callee: "go", via: "direct", seen: make(map[string]notified)}
	srv, err := provider.New(provider.Config{Application: "go-provider", Listen: "127.0.0.1:0", Advertise: "127.0.0.1", Registry: reg, DrainWait: time.Second})
	for _, s := range suites {
		if err == nil {
			to.seen[s.name], err = s.provide(srv, group)
		}
	}
	if err != nil {
		l.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	l.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			l.t.Error(err)
		}
	})
	select {
	case <-srv.Ready():
	case err := <-done:
		done <- nil
		l.t.Fatal(err)
	}
	to.direct = "dubbo://" + srv.Addr()
	to.address = to.direct
	return to
}

// named is serving for a provider that answers with its name.
func (l *lab) named(name string, reg registry.Registry) (address string, stop func()) {
	l.t.Helper()
	return l.serving(feature{name}, reg)
}

// goDrainWait bounds how long a Go provider answers consumers that do not leave.
const goDrainWait = 10 * time.Second

// serving starts a Go provider of one service; stop has it leave, as the end of
// the test does, and returns when it is gone.
func (l *lab) serving(service features.Features, reg registry.Registry) (address string, stop func()) {
	l.t.Helper()
	srv, err := provider.New(provider.Config{Application: "go-provider", Listen: "127.0.0.1:0", Advertise: "127.0.0.1", Registry: reg, DrainWait: goDrainWait})
	if err == nil {
		err = features.RegisterFeatures(srv, service)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	ctx, leave := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		leave()
		if err := <-done; err != nil {
			l.t.Error(err)
		}
	})
	l.t.Cleanup(stop)
	<-srv.Ready()
	return "dubbo://" + srv.Addr(), stop
}

// javaConsumer has one Java process make all calls at each target.
func (l *lab) javaConsumer(version string, targets ...target) {
	l.t.Helper()
	p, name := l.start(version, consumerArgs(targets)...)
	l.callsOf(p, name, version, targets)
}

// consumerArgs tell a peer to make all calls at each target.
func consumerArgs(targets []target) []string {
	args := []string{"consumer"}
	for i, to := range targets {
		args = append(args, fmt.Sprint(i), javaGroup(to.group), to.address, to.direct)
	}
	return args
}

// callsOf notes the calls of a consumer when it has made them all.
func (l *lab) callsOf(p *process.Process, name, version string, targets []target) {
	l.t.Helper()
	if err := p.Wait(l.ctx); err != nil {
		l.t.Errorf("%s: %v; its log ends with\n%s", name, err, p.Tail(20))
	}
	for _, fields := range p.Rows() {
		if fields[0] != "CALL" || len(fields) < 5 {
			continue
		}
		var i int
		if _, err := fmt.Sscan(fields[1], &i); err != nil || i >= len(targets) {
			l.t.Errorf("row %q", fields)
			continue
		}
		l.add(name, version, targets[i], fields[2], fields[3], fields[4])
	}
}

// goConsumer makes all calls at a target: found by reg, or at the
// target's address if reg is nil.
func (l *lab) goConsumer(reg registry.Registry, to target) {
	l.t.Helper()
	cli, err := consumer.New(consumer.Config{Application: "go-consumer", Registry: reg, Timeout: 8 * time.Second, Retries: -1, Advertise: "127.0.0.1", CheckWait: 10 * time.Second})
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() {
		if err := cli.Close(); err != nil {
			l.t.Error(err)
		}
	}()
	at := place{cli: cli, group: to.group, direct: to.direct, version: to.version, registry: reg != nil}
	for _, s := range suites {
		if to.seen[s.name] == nil {
			continue // a peer that does not offer it
		}
		s.consume(l.ctx, at, func(name, result, detail string) {
			l.add("go", to.version, to, name, result, detail)
		})
	}
}

// add notes a row; a oneway call is ok when the provider has run it.
func (l *lab) add(caller, version string, to target, name, result, detail string) {
	suite, call, _ := strings.Cut(name, "/")
	if strings.HasPrefix(call, "oneway") && result == "ok" {
		ctx, cancel := context.WithTimeout(l.ctx, 5*time.Second)
		defer cancel()
		if err := to.seen[suite](ctx, detail); err != nil {
			result, detail = "FAIL", err.Error()
		}
	}
	l.table.add(row{caller, to.callee, version, to.via, name, result, detail})
}

// open returns a client of the ZooKeeper at address that ends with the test.
func open(t *testing.T, address string) *zookeeper.Registry {
	t.Helper()
	reg, err := zookeeper.New(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := reg.Close(); err != nil {
			t.Error(err)
		}
	})
	return reg
}
