package interop

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/interop/process"
)

// Java that is told to speak another serialization than Hessian 2.
var foreigners = []foreigner{
	{version: "2.6.12", serialization: "java", id: 3, own: true},
	{version: "3.2.16", serialization: "fastjson2", id: 23},
	{version: "2.7.23", serialization: "java", id: 3},
	{version: "2.7.23", serialization: "fastjson", id: 6},
	{version: "3.2.16", serialization: "nativejava", id: 7},
	{version: "3.3.6", serialization: "fastjson2", id: 23},
}

type foreigner struct {
	version, serialization string
	id                     int
	// own says that the serialization is that of a connection: the caller needs
	// one of its own, and the provider answers in it whatever it was asked in.
	// Later versions choose for each call and answer as they were asked.
	own bool
}

// A call in a serialization that we do not speak fails at once, for either
// side, and its connection goes on.
func TestForeignSerialization(t *testing.T) {
	if !namespaced(t) {
		return
	}
	list := foreigners[:2]
	if soak {
		list = foreigners
	}
	all := newLab(t)
	goes := all.goProvider(nil, "")
	t.Run("versions", func(t *testing.T) {
		for _, f := range list {
			t.Run(f.version+" "+f.serialization, func(t *testing.T) {
				t.Parallel()
				l, port := all.in(t), freePort(t)
				args := []string{port, f.serialization, goes.direct}
				if f.own {
					args = append(args, "own")
				}
				p, name := l.startClass(f.version, "lab.peer.Foreign", args...)
				if _, err := p.Await(l.ctx, "READY"); err != nil {
					t.Fatal(err)
				}
				t.Logf("gubbo-table %-30s -> %-30s %s: %s", name, "go", f.serialization, f.calls(t, l.ctx, p))
				t.Logf("gubbo-table %-30s -> %-30s %s: %s", "go", name, f.serialization, f.called(t, l.ctx, p, port))
				if err := p.Stop(l.ctx); err != nil {
					t.Error(err)
				}
			})
		}
	})
}

// calls checks what the Java consumer saw.
func (f foreigner) calls(t *testing.T, ctx context.Context, p *process.Process) string {
	row := func(name string) []string {
		fields, err := p.Await(ctx, name)
		if err != nil || len(fields) < 2 {
			t.Fatal(fields, err)
		}
		return fields
	}
	before, failed, after := row("BEFORE"), row("FOREIGN"), row("AFTER")
	millis, err := strconv.Atoi(failed[1])
	want := fmt.Sprintf("codec: dubbo: serialization id %d is not supported", f.id)
	if err != nil || millis > 5000 || !strings.Contains(failed[2], want) { // its timeout is 8 s
		t.Errorf("after %s ms the consumer was told %s, want %q", failed[1], failed[2], want)
	}
	if before[1] != after[1] {
		t.Errorf("the connection %s was given up for %s", before[1], after[1])
	}
	if f.own {
		return "refused after " + failed[1] + " ms" // over another connection than the two calls in Hessian 2
	}
	return "refused after " + failed[1] + " ms, the connection goes on"
}

// called checks what a Go consumer gets from the Java provider.
func (f foreigner) called(t *testing.T, ctx context.Context, p *process.Process, port string) string {
	var dials atomic.Int32
	cli, err := consumer.New(consumer.Config{
		Application: "go-consumer", Timeout: 8 * time.Second, Retries: -1,
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			dials.Add(1)
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer cli.Close()
	c, err := greet.NewGreetServiceClient(cli, consumer.Direct("dubbo://127.0.0.1:"+port))
	if err != nil {
		t.Fatal(err)
	}
	result := "answered in Hessian 2"
	for i := range 3 {
		start := time.Now()
		got, err := c.SayHello(ctx, "Ada")
		switch took := time.Since(start); {
		case !f.own && (err != nil || got != "hello, Ada"):
			t.Errorf("call %d: %q, %v", i, got, err)
		case f.own && (api.CodeOf(err) != api.Codec || !strings.Contains(err.Error(), fmt.Sprintf("serialization id %d is not supported", f.id)) || took > 5*time.Second):
			t.Errorf("call %d: %q, %v, after %v", i, got, err, took)
		case f.own:
			result = fmt.Sprintf("its answer refused after %d ms, the connection goes on", took.Milliseconds())
		}
	}
	if err := c.Notify(ctx, "Grace"); err != nil {
		t.Error(err)
	}
	if _, err := p.Await(ctx, "SEEN", "notify", "Grace"); err != nil {
		t.Error(err)
	}
	if n := dials.Load(); n != 1 {
		t.Errorf("%d connections were made", n)
	}
	return result
}
