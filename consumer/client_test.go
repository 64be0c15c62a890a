package consumer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// recorder is an observer that writes down what it sees.
type recorder struct {
	mu     sync.Mutex
	lines  []string
	closed int
}

func (r *recorder) add(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

func (r *recorder) Begin(o *api.Observation) {
	r.add("begin %d %s %s", o.Scope, o.Method.Name, o.Peer)
}

func (r *recorder) End(o *api.Observation) {
	r.add("end %d %s %s %v %d/%d %d %v", o.Scope, o.Method.Name, o.Peer, o.Elapsed, o.BytesOut, o.BytesIn, o.Attempts, api.CodeOf(o.Err))
}

func (r *recorder) Close(context.Context) error {
	r.closed++
	return nil
}

func (r *recorder) expect(t *testing.T, want ...string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if got := strings.Join(r.lines, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("observed\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	r.lines = nil
}

func TestObserversSeeCallsAndTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newFakeNet()
		tries := 0
		n.start("10.0.0.1:1", func(context.Context, *api.Invocation) error {
			time.Sleep(5 * time.Millisecond)
			if tries++; tries == 1 {
				return api.NewError(api.Internal, api.SentMaybe, "scripted", nil)
			}
			return nil
		})
		rec := &recorder{}
		order := 0
		filter := func(what string) api.Filter {
			return func(next api.Invoker) api.Invoker {
				order++
				return api.InvokerFunc(func(ctx context.Context, inv *api.Invocation) error {
					rec.add("%s", what)
					return next.Invoke(ctx, inv)
				})
			}
		}
		c := newClient(t, Config{
			Protocols: []protocol.Protocol{n}, Observers: []api.Observer{rec},
			Filters: []api.Filter{filter("f1"), filter("f2")}, AttemptFilters: []api.Filter{filter("a1"), filter("a2")},
		})
		r := refer(t, c, Direct("dubbo://10.0.0.1:1"))
		if err := call(r, sayHello); err != nil {
			t.Fatal(err)
		}
		rec.expect(t,
			"begin 1 sayHello ", "f1", "f2",
			"begin 2 sayHello 10.0.0.1:1", "a1", "a2", "end 2 sayHello 10.0.0.1:1 5ms 10/20 1 internal",
			"begin 2 sayHello 10.0.0.1:1", "a1", "a2", "end 2 sayHello 10.0.0.1:1 5ms 10/20 1 ok",
			"end 1 sayHello 10.0.0.1:1 10ms 20/40 2 ok")
		if order != 4 {
			t.Errorf("filters were composed %d times", order)
		}
		c.Close()
		c.Close()
		if rec.closed != 1 {
			t.Errorf("the observer was closed %d times", rec.closed)
		}
		if err := call(r, sayHello); !errors.Is(err, api.ErrUnavailable) || !strings.Contains(err.Error(), "client is closed") {
			t.Errorf("after Close: %v", err)
		}
		rec.expect(t)
		if _, err := c.Refer(&greeter, Direct("dubbo://10.0.0.1:1")); err == nil {
			t.Error("Refer works after Close")
		}
	})
}

// closing is an observer that fails the test if it is closed too early.
type closing struct {
	t    *testing.T
	ends int
}

func (c *closing) Begin(*api.Observation) {}
func (c *closing) End(o *api.Observation) {
	if o.Scope == api.CallScope {
		c.ends++
	}
}
func (c *closing) Close(context.Context) error {
	if c.ends != 1 {
		c.t.Errorf("closed after %d ends", c.ends)
	}
	return errors.New("disk full")
}

func TestCloseEndsCallsBeforeObservers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newFakeNet()
		n.start("10.0.0.1:1", hang)
		reg := newFakeRegistry()
		reg.publish(t, url("10.0.0.1:1", ""))
		c, err := New(Config{Protocols: []protocol.Protocol{n}, Registry: reg, Observers: []api.Observer{&closing{t: t}}})
		if err != nil {
			t.Fatal(err)
		}
		r := refer(t, c, Timeout(time.Hour))
		done := make(chan error)
		go func() { done <- call(r, order) }()
		synctest.Wait()
		go func() {
			err := <-done
			if api.CodeOf(err) != api.Disconnected {
				t.Errorf("the call under way: %v", err)
			}
		}()
		if err := c.Close(); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("close: %v", err)
		}
		if urls := reg.urls(); len(urls) != 0 || len(reg.subs) != 0 {
			t.Errorf("left in the registry: %v, %d subscriptions", urls, len(reg.subs))
		}
	})
}

func TestConsumerIsListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reg := newFakeRegistry()
		c := newClient(t, Config{Application: "shop", Protocols: []protocol.Protocol{newFakeNet()}, Registry: reg, Advertise: "10.1.2.3"})
		refer(t, c, Check(false), Group("g"), Version("1.0.0"))
		refer(t, c, Check(false), Group("g"), Version("1.0.0"))
		urls := reg.urls()
		if len(urls) != 1 {
			t.Fatalf("listed: %v", urls)
		}
		u := urls[0]
		if u.Protocol() != "consumer" || u.Host() != "10.1.2.3" || u.Port() != 0 || u.Path() != "lab.greet.Greeter" {
			t.Errorf("listed as %v", u)
		}
		for k, want := range map[string]string{
			"application": "shop", "category": "consumers", "check": "false", "dubbo": "2.0.2", "interface": "lab.greet.Greeter",
			"methods": "order,sayHello,slow", "side": "consumer", "group": "g", "version": "1.0.0", "timestamp": "946684800000",
		} {
			if got := u.Param(k); got != want {
				t.Errorf("%s is %q, want %q", k, got, want)
			}
		}
		if u.Param("pid") == "" || !strings.HasPrefix(u.Param("release"), "gubbo") {
			t.Errorf("pid %q, release %q", u.Param("pid"), u.Param("release"))
		}
	})
}

func TestConfigMistakes(t *testing.T) {
	n := newFakeNet()
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{Protocols: []protocol.Protocol{n, n}}, `"dubbo" twice`},
		{Config{Protocols: []protocol.Protocol{nil}}, "Protocols[0] is nil"},
		{Config{Protocols: []protocol.Protocol{n}, Timeout: -1}, "Timeout -1ns is negative"},
		{Config{Protocols: []protocol.Protocol{n}, CheckWait: -1}, "CheckWait -1ns is negative"},
	} {
		if _, err := New(tt.cfg); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %q", err, tt.want)
		}
	}
}

func quiet(t testing.TB, opts ...Option) *Reference {
	n := newFakeNet()
	n.start("10.0.0.1:1", nil)
	n.start("10.0.0.2:1", nil)
	c := newClient(t, Config{Protocols: []protocol.Protocol{n}})
	return refer(t, c, append([]Option{Direct(url("10.0.0.1:1", "weight=10"), url("10.0.0.2:1", "weight=20"))}, opts...)...)
}

func TestInvokeAllocatesNothing(t *testing.T) {
	r := quiet(t, Attach("tenant", "a"))
	inv := &api.Invocation{Method: order}
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	if n := testing.AllocsPerRun(1000, func() {
		*inv = api.Invocation{Method: order}
		if err := r.Invoke(ctx, inv); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("a call allocates %v times", n)
	}
	rec := &count{}
	r.client.cfg.Observers = []api.Observer{rec}
	if n := testing.AllocsPerRun(1000, func() {
		*inv = api.Invocation{Method: order}
		if err := r.Invoke(ctx, inv); err != nil {
			t.Fatal(err)
		}
	}); n > .1 { // the pool may be emptied by the collector
		t.Errorf("an observed call allocates %v times", n)
	}
	if rec.n < 1000 {
		t.Errorf("the observer saw %d", rec.n)
	}
}

type count struct{ n int }

func (c *count) Begin(*api.Observation)      { c.n++ }
func (c *count) End(*api.Observation)        {}
func (c *count) Close(context.Context) error { return nil }

// From a stub to a socket there may be 8 frames of ours; the consumer's part,
// Invoke and all below it up to the protocol, is 3.
func TestFramesOfACall(t *testing.T) {
	n := newFakeNet()
	var frames []string
	n.start("10.0.0.1:1", func(context.Context, *api.Invocation) error {
		pcs := make([]uintptr, 64)
		all := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
		for {
			f, more := all.Next()
			frames = append(frames, f.Function)
			if !more || strings.HasSuffix(f.Function, "TestFramesOfACall") {
				return nil
			}
		}
	})
	c := newClient(t, Config{Protocols: []protocol.Protocol{n}})
	r := refer(t, c, Direct("dubbo://10.0.0.1:1"))
	if err := r.Invoke(context.Background(), &api.Invocation{Method: order}); err != nil {
		t.Fatal(err)
	}
	ours := 0
	for _, f := range frames {
		if strings.Contains(f, "gubbo/consumer.(") && !strings.Contains(f, "fake") {
			ours++
		}
	}
	if ours != 3 {
		t.Errorf("%d frames of the consumer, want 3: %s", ours, strings.Join(frames, "\n"))
	}
}

func TestDialIsHandedOn(t *testing.T) {
	var got protocol.DialOptions
	p := &dialRecorder{fakeNet: newFakeNet(), seen: &got}
	p.start("10.0.0.1:1", nil)
	dial := func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("mine") }
	c := newClient(t, Config{Application: "shop", Protocols: []protocol.Protocol{p}, Dial: dial, MaxMessage: 77})
	refer(t, c, Direct("dubbo://10.0.0.1:1"))
	if got.Application != "shop" || got.MaxMessage != 77 {
		t.Errorf("dialled with %+v", got)
	}
	if _, err := got.Dial(context.Background(), "", ""); err == nil || err.Error() != "mine" {
		t.Errorf("another Dial: %v", err)
	}
}

type dialRecorder struct {
	*fakeNet
	seen *protocol.DialOptions
}

func (d *dialRecorder) Dial(address string, o protocol.DialOptions) (protocol.Client, error) {
	*d.seen = o
	return d.fakeNet.Dial(address, o)
}

func BenchmarkInvoke(b *testing.B) {
	r := quiet(b, Attach("tenant", "a"))
	ctx := context.Background()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		inv := new(api.Invocation)
		for pb.Next() {
			*inv = api.Invocation{Method: order}
			if err := r.Invoke(ctx, inv); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestFailedReferIsNotListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reg := newFakeRegistry()
		c := newClient(t, Config{Protocols: []protocol.Protocol{newFakeNet()}, Registry: reg})
		if _, err := c.Refer(&greeter); err == nil {
			t.Fatal("a reference to nobody")
		}
		if got := reg.urls(); len(got) != 0 {
			t.Errorf("the consumer is listed all the same: %v", got)
		}
		refer(t, c, Check(false))
		if _, err := c.Refer(&greeter); err == nil {
			t.Fatal("a reference to nobody")
		}
		if got := reg.urls(); len(got) != 1 {
			t.Errorf("%d entries for a reference that stays, want 1", len(got))
		}
	})
}
