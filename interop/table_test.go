package interop

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/internal/require"
	"github.com/gubbo/gubbo/interop/process"
	"github.com/gubbo/gubbo/provider"
	"github.com/gubbo/gubbo/registry"
	"github.com/gubbo/gubbo/registry/zookeeper"
)

// row is one line of the closing table: caller and callee are "go" or what the
// Java process said it is.
type row struct{ caller, callee, via, call, result, detail string }

// table collects the rows of a test.
type table struct {
	t    *testing.T
	ctx  context.Context // bounds the whole test
	rows []row
}

func newTable(t *testing.T) *table {
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Second)
	t.Cleanup(cancel)
	return &table{t: t, ctx: ctx}
}

// close prints the table and checks that each of want's directions has exactly
// one row for each call, and that all are ok.
func (tb *table) close(want int) {
	tb.t.Helper()
	var names []string
	for _, c := range calls {
		names = append(names, c.name)
	}
	var directions []string
	got := make(map[string][]string)
	for _, r := range tb.rows {
		direction := fmt.Sprintf("%s -> %s, %s", r.caller, r.callee, r.via)
		if got[direction] == nil {
			directions = append(directions, direction)
		}
		got[direction] = append(got[direction], r.call)
		tb.t.Logf("gubbo-table %-30s -> %-30s %-15s %-21s %s", r.caller, r.callee, r.via, r.call, r.result)
		if r.result != "ok" {
			tb.t.Errorf("%s: %s: %s: %s", direction, r.call, r.result, r.detail)
		}
	}
	for _, d := range directions {
		if !slices.Equal(got[d], names) {
			tb.t.Errorf("%s has the rows\n%s\nwant\n%s", d, strings.Join(got[d], " "), strings.Join(names, " "))
		}
	}
	if len(directions) != want {
		tb.t.Errorf("%d directions were tried, want %d: %q", len(directions), want, directions)
	}
}

// target is a provider as a Java consumer is told to find it.
type target struct {
	group, address string
	callee, via    string
	// notified waits until the provider has run the oneway call with this text.
	notified func(ctx context.Context, text string) error
}

// start starts a Java peer and returns it and its version.
func (tb *table) start(version string, args ...string) (*process.Process, string) {
	tb.t.Helper()
	p, err := kit(tb.t, version).Start(tb.t.TempDir()+"/log", args...)
	if err != nil {
		tb.t.Fatal(err)
	}
	tb.t.Cleanup(p.Kill)
	peer, err := p.Await(tb.ctx, "PEER")
	if err != nil {
		tb.t.Fatal(err)
	}
	if !strings.HasPrefix(peer[1], "dubbo "+version+",") {
		tb.t.Fatalf("the peer is %q, want dubbo %s", peer[1], version)
	}
	require.Ran(tb.t, require.SuiteJava, peer[1])
	return p, "java (" + peer[1] + ")"
}

// javaProvider starts a Java provider; group "-" is none.
func (tb *table) javaProvider(version, group string, registries ...string) target {
	tb.t.Helper()
	port := freePort(tb.t)
	p, name := tb.start(version, append([]string{"provider", port, group}, registries...)...)
	if _, err := p.Await(tb.ctx, "READY"); err != nil {
		tb.t.Fatal(err)
	}
	return target{group: group, address: "dubbo://127.0.0.1:" + port, callee: name, via: "direct", notified: func(ctx context.Context, text string) error {
		_, err := p.Await(ctx, "SEEN", "notify", text)
		return err
	}}
}

// goProvider runs a Go provider until the test ends.
func (tb *table) goProvider(reg registry.Registry, opts ...provider.ServiceOption) target {
	tb.t.Helper()
	g := &greeter{}
	srv, err := provider.New(provider.Config{Application: "go-provider", Listen: "127.0.0.1:0", Advertise: "127.0.0.1", Registry: reg, DrainWait: time.Second})
	if err == nil {
		err = greet.RegisterGreetService(srv, g, opts...)
	}
	if err != nil {
		tb.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	tb.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			tb.t.Error(err)
		}
	})
	select {
	case <-srv.Ready():
	case err := <-done:
		done <- nil
		tb.t.Fatal(err)
	}
	return target{group: "-", address: "dubbo://" + srv.Addr(), callee: "go", via: "direct", notified: g.notified}
}

// javaConsumer has one Java process make all calls at each target.
func (tb *table) javaConsumer(version string, targets ...target) {
	tb.t.Helper()
	args := []string{"consumer"}
	for i, to := range targets {
		args = append(args, fmt.Sprint(i), to.group, to.address)
	}
	p, name := tb.start(version, args...)
	if err := p.Wait(tb.ctx); err != nil {
		tb.t.Errorf("%s: %v; its log ends with\n%s", name, err, p.Tail(20))
	}
	for _, fields := range p.Rows() {
		if fields[0] != "CALL" || len(fields) < 5 {
			continue
		}
		var i int
		if _, err := fmt.Sscan(fields[1], &i); err != nil || i >= len(targets) {
			tb.t.Errorf("row %q", fields)
			continue
		}
		tb.add(name, targets[i], fields[2], fields[3], fields[4])
	}
}

// goConsumer makes all calls at a target.
func (tb *table) goConsumer(reg registry.Registry, to target, opts ...consumer.Option) {
	tb.t.Helper()
	cli, err := consumer.New(consumer.Config{Application: "go-consumer", Registry: reg, Timeout: 8 * time.Second, Retries: -1, Advertise: "127.0.0.1", CheckWait: 10 * time.Second})
	if err != nil {
		tb.t.Fatal(err)
	}
	defer func() {
		if err := cli.Close(); err != nil {
			tb.t.Error(err)
		}
	}()
	c, err := greet.NewGreetServiceClient(cli, opts...)
	if err != nil {
		tb.t.Errorf("go -> %s, %s: %v", to.callee, to.via, err)
		return
	}
	for _, call := range calls {
		result := "ok"
		detail, err := call.run(tb.ctx, c)
		if err != nil {
			result, detail = "FAIL", err.Error()
		}
		tb.add("go", to, call.name, result, detail)
	}
}

// add notes a row; a oneway call is ok when the provider has run it.
func (tb *table) add(caller string, to target, name, result, detail string) {
	if name == "oneway" && result == "ok" {
		ctx, cancel := context.WithTimeout(tb.ctx, 5*time.Second)
		defer cancel()
		if err := to.notified(ctx, detail); err != nil {
			result, detail = "FAIL", err.Error()
		}
	}
	tb.rows = append(tb.rows, row{caller, to.callee, to.via, name, result, detail})
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
