package consumer

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

func TestTimeoutIsTheFirstThatIsSet(t *testing.T) {
	plain, directive := order, slow // slow has a directive of 300 ms
	for _, tt := range []struct {
		name   string
		config time.Duration
		url    string
		refer  []Option
		call   []Option
		ctx    time.Duration
		method *api.Method
		want   time.Duration
	}{
		{name: "default", method: plain, want: time.Second},
		{name: "config", config: 2 * time.Second, method: plain, want: 2 * time.Second},
		{name: "url", config: 2 * time.Second, url: "?timeout=700", method: plain, want: 700 * time.Millisecond},
		{name: "url of the method", url: "?timeout=700&order.timeout=800", method: plain, want: 800 * time.Millisecond},
		{name: "url of another method", url: "?timeout=700&sayHello.timeout=800", method: plain, want: 700 * time.Millisecond},
		{name: "directive", url: "?slow.timeout=900", method: directive, want: 300 * time.Millisecond},
		{name: "client", refer: []Option{Timeout(400 * time.Millisecond)}, method: directive, want: 400 * time.Millisecond},
		{name: "call", refer: []Option{Timeout(400 * time.Millisecond)}, call: []Option{Timeout(50 * time.Millisecond)}, method: directive, want: 50 * time.Millisecond},
		{name: "earlier ctx", ctx: 20 * time.Millisecond, method: directive, want: 20 * time.Millisecond},
		{name: "later ctx", ctx: time.Minute, method: directive, want: 300 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := newFakeNet()
			n.start("10.0.0.1:1", hang)
			c := newClient(t, Config{Protocols: []protocol.Protocol{n}, Timeout: tt.config})
			r := refer(t, c, append(tt.refer, Direct("dubbo://10.0.0.1:1/lab.greet.Greeter"+tt.url))...)
			ctx := context.Background()
			if tt.ctx > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, tt.ctx)
				defer cancel()
			}
			start := time.Now()
			err := callCtx(ctx, r.With(tt.call...), tt.method)
			if took := time.Since(start); took != tt.want {
				t.Errorf("%s: the call took %v, want %v", tt.name, took, tt.want)
			}
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: got %v", tt.name, err)
			}
		})
	}
}

func TestTriesShareTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, r := fleet(t, 3, func(context.Context, *api.Invocation) error {
			time.Sleep(400 * time.Millisecond)
			return api.NewError(api.Internal, api.SentMaybe, "scripted", nil)
		})
		var info CallInfo
		start := time.Now()
		err := call(r.With(Timeout(700*time.Millisecond), Capture(&info)), sayHello)
		if took := time.Since(start); took != 800*time.Millisecond || len(info.Attempts) != 2 {
			t.Errorf("took %v, tries %v, err %v", took, info.Attempts, err)
		}
		if info.Elapsed != 800*time.Millisecond || info.Attempts[0].Elapsed != 400*time.Millisecond {
			t.Errorf("captured %+v", info)
		}
	})
}

func TestCanceledCallIsNotRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes, r := fleet(t, 3, hang)
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(100*time.Millisecond, cancel)
		err := callCtx(ctx, r, sayHello)
		if !errors.Is(err, context.Canceled) || calls(nodes) != 1 {
			t.Errorf("%d tries: %v", calls(nodes), err)
		}
	})
}

func TestWarmUp(t *testing.T) {
	const started = int64(1_700_000_000_000)
	w := warming{started: started, warmup: 600_000}
	for _, tt := range []struct {
		uptime       int64
		weight, want int
	}{
		{-1, 100, 1}, {0, 100, 100}, {1, 100, 1}, {6000, 100, 1}, {60_000, 100, 10}, {300_000, 100, 50},
		{599_999, 100, 99}, {600_000, 100, 100}, {700_000, 100, 100}, {60_000, 0, 0}, {60_000, 1, 1}, {300_000, 7, 3},
	} {
		got, next := w.weight(tt.weight, time.UnixMilli(started+tt.uptime))
		if got != tt.want {
			t.Errorf("weight %d after %d ms is %d, want %d", tt.weight, tt.uptime, got, tt.want)
		}
		if warm := tt.weight == 0 || tt.uptime >= 600_000; warm != (next == 0) {
			t.Errorf("weight %d after %d ms: next change in %v", tt.weight, tt.uptime, next)
		}
	}
	if got, next := (warming{warmup: 600_000}).weight(100, time.UnixMilli(5)); got != 100 || next != 0 {
		t.Errorf("without a timestamp: %d, %v", got, next)
	}
}

// share makes calls and returns which part of them went to the first node.
func share(t *testing.T, r *Reference, nodes []*fakeNode) float64 {
	t.Helper()
	before := nodes[0].calls.Load()
	const n = 20000
	for range n {
		if err := call(r, sayHello); err != nil {
			t.Fatal(err)
		}
	}
	return float64(nodes[0].calls.Load()-before) / n
}

func TestShareGrowsWhileWarmingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newFakeNet()
		nodes := []*fakeNode{n.start("10.0.0.1:1", nil), n.start("10.0.0.2:1", nil)}
		reg := newFakeRegistry()
		now := time.Now().UnixMilli()
		reg.publish(t, url("10.0.0.1:1", "warmup=10000&timestamp=%d", now), url("10.0.0.2:1", "timestamp=%d", now-3_600_000))
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}, Registry: reg})
		r := refer(t, c)
		time.Sleep(10 * time.Millisecond)
		for _, tt := range []struct {
			at   time.Duration
			want float64 // of 100 + weight
		}{{100 * time.Millisecond, 1. / 101}, {2500 * time.Millisecond, 25. / 125}, {5 * time.Second, 50. / 150}, {11 * time.Second, .5}} {
			time.Sleep(time.Until(time.UnixMilli(now).Add(tt.at)) + warmTickMin + 60*time.Millisecond)
			if got := share(t, r, nodes); got < tt.want-.03 || got > tt.want+.03 {
				t.Errorf("after %v the share is %.3f, want about %.3f", tt.at, got, tt.want)
			}
		}
	})
}

func TestWeights(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want float64
	}{
		{"", "", .5},
		{"weight=300", "", .75},
		{"weight=0", "", 0},
		{"weight=-5", "", 0},
		{"weight=0", "weight=0", .5},
		{"weight=1&sayHello.weight=100", "weight=400", .2},
		{"weight=x", "weight=100", .5},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := newFakeNet()
			nodes := []*fakeNode{n.start("10.0.0.1:1", nil), n.start("10.0.0.2:1", nil)}
			c := newClient(t, Config{Protocols: []protocol.Protocol{n}})
			r := refer(t, c, Direct(url("10.0.0.1:1", "%s", tt.a), url("10.0.0.2:1", "%s", tt.b)))
			synctest.Wait()
			if got := share(t, r, nodes); got < tt.want-.02 || got > tt.want+.02 {
				t.Errorf("%q beside %q: share %.3f, want %.3f", tt.a, tt.b, got, tt.want)
			}
		})
	}
}
