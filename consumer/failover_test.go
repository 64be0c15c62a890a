package consumer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// fleet starts n providers at 10.0.0.1:1 and up that answer with handle, and
// refers to them.
func fleet(t *testing.T, n int, handle func(context.Context, *api.Invocation) error, opts ...Option) ([]*fakeNode, *Reference) {
	t.Helper()
	network := newFakeNet()
	var nodes []*fakeNode
	var urls []string
	for i := range n {
		address := fmt.Sprintf("10.0.0.%d:1", i+1)
		nodes = append(nodes, network.start(address, handle))
		urls = append(urls, "dubbo://"+address)
	}
	c := newClient(t, Config{Protocols: []protocol.Protocol{network}})
	r := refer(t, c, append([]Option{Direct(urls...)}, opts...)...)
	synctest.Wait() // all are connected
	return nodes, r
}

func fail(code api.Code, sent api.Sent) func(context.Context, *api.Invocation) error {
	return func(context.Context, *api.Invocation) error { return api.NewError(code, sent, "scripted", nil) }
}

func hang(context.Context, *api.Invocation) error { return errHang }

// calls sums what reached the providers' handlers.
func calls(nodes []*fakeNode) (n int64) {
	for _, f := range nodes {
		n += f.calls.Load()
	}
	return n
}

func TestOneDeadProviderFailsNoCall(t *testing.T) {
	for _, m := range []*api.Method{sayHello, order} {
		for _, opts := range [][]Option{nil, {Retries(0)}} {
			synctest.Test(t, func(t *testing.T) {
				nodes, r := fleet(t, 4, nil, opts...)
				nodes[2].kill()
				var late int64
				for i := range 5000 { // 1000 per second
					if err := call(r, m); err != nil {
						t.Fatalf("%s %d: %v", m.Name, i, err)
					}
					time.Sleep(time.Millisecond)
					if i == 1000 {
						late = nodes[2].tries.Load()
					}
				}
				if n := nodes[2].tries.Load() - late; n > 4*20 {
					t.Errorf("the dead provider was tried %d times in 4 s", n)
				}
				nodes[2].become(protocol.Ready)
				time.Sleep(time.Second)
				before := nodes[2].calls.Load()
				for range 100 {
					if err := call(r, m); err != nil {
						t.Fatal(err)
					}
				}
				if nodes[2].calls.Load() == before {
					t.Error("the provider came back and gets no calls")
				}
			})
		}
	}
}

// The states of connections lag behind the truth: here nobody has noticed yet.
func TestRefusedByAllButOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var alive atomic.Pointer[string]
		nodes, r := fleet(t, 8, func(_ context.Context, inv *api.Invocation) error {
			if inv.Peer != *alive.Load() {
				return api.NewError(api.Unavailable, api.SentNo, "never written", nil)
			}
			return nil
		}, Retries(0))
		for i := range nodes {
			alive.Store(&nodes[i].address)
			if err := call(r, order); err != nil {
				t.Errorf("only %s lives: %v", nodes[i].address, err)
			}
		}
	})
}

func TestDeathInMidFlight(t *testing.T) {
	for _, tt := range []struct {
		method *api.Method
		opts   []Option
		ok     bool
	}{
		{sayHello, nil, true},
		{order, nil, false},
		{order, []Option{RetryOn(AnyFailure)}, true},
		{order, []Option{RetryOn(func(e *api.Error) bool { return e.Code == api.Disconnected })}, true},
		{order, []Option{RetryOn(func(e *api.Error) bool { return e.Code == api.Timeout })}, false},
		{sayHello, []Option{Retries(0)}, false},
		{sayHello, []Option{Cluster(Failfast)}, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			nodes, r := fleet(t, 2, hang, tt.opts...)
			done := make(chan error)
			go func() { done <- call(r, tt.method) }()
			synctest.Wait()
			dying, other := nodes[0], nodes[1]
			if dying.calls.Load() == 0 {
				dying, other = other, dying
			}
			other.net.start(other.address, func(context.Context, *api.Invocation) error { return nil })
			dying.kill()
			err := <-done
			if tt.ok {
				if err != nil || other.calls.Load() != 1 {
					t.Errorf("%s %d options: %v, %d calls at the other", tt.method.Name, len(tt.opts), err, other.calls.Load())
				}
				return
			}
			e, _ := errors.AsType[*api.Error](err)
			if e == nil || e.Code != api.Disconnected || e.Sent != api.SentMaybe || other.calls.Load() != 0 {
				t.Fatalf("got %v, %d calls at the other", err, other.calls.Load())
			}
			if tt.method == order {
				for _, want := range []string{"lab.greet.Greeter.order", dying.address, "not retried", "not marked idempotent", "consumer.RetryOn(consumer.AnyFailure)"} {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("error %q does not say %q", err, want)
					}
				}
			}
		})
	}
}

func TestWhatIsRetried(t *testing.T) {
	type row struct {
		code                   api.Code
		sent                   api.Sent
		plain, idempotent, any int64 // tries
	}
	const all = 5
	for _, tt := range []row{
		{api.Business, api.SentMaybe, 1, 1, 1},
		{api.Canceled, api.SentMaybe, 1, 1, 1},
		{api.Timeout, api.SentMaybe, 1, 3, 3},
		{api.Disconnected, api.SentMaybe, 1, 3, 3},
		{api.Internal, api.SentMaybe, 1, 3, 3},
		{api.Codec, api.SentMaybe, 1, 1, 3},
		{api.Codec, api.SentNo, 1, 1, 1},
		{api.TooLarge, api.SentNo, 1, 1, 1},
		{api.Forbidden, api.SentNo, 1, 1, 3},
		{api.Overloaded, api.SentNo, 3, 3, 3},
		{api.NotFound, api.SentNo, 3, 3, 3},
		{api.Unavailable, api.SentNo, all, all, all},
		{api.GoingAway, api.SentNo, all, all, all},
		{api.Disconnected, api.SentNo, all, all, all},
	} {
		for _, c := range []struct {
			m    *api.Method
			opts []Option
			want int64
		}{{order, nil, tt.plain}, {sayHello, nil, tt.idempotent}, {order, []Option{RetryOn(AnyFailure)}, tt.any}} {
			synctest.Test(t, func(t *testing.T) {
				nodes, r := fleet(t, all, fail(tt.code, tt.sent), c.opts...)
				var info CallInfo
				err := call(r.With(Capture(&info)), c.m)
				if api.CodeOf(err) != tt.code {
					t.Errorf("%v: got %v", tt.code, err)
				}
				if n := calls(nodes); n != c.want || int64(len(info.Attempts)) != n {
					t.Errorf("%v %v %s: %d tries, %d captured, want %d (%v)", tt.code, tt.sent, c.m.Name, n, len(info.Attempts), c.want, err)
				}
				for _, f := range nodes {
					if f.calls.Load() > 1 {
						t.Errorf("%v: %s was tried %d times while others were not", tt.code, f.address, f.calls.Load())
					}
				}
			})
		}
	}
}

// With nobody else left, a provider that is still connected is asked again.
func TestRetryAtTheOnlyProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		_, r := fleet(t, 1, func(context.Context, *api.Invocation) error {
			if n++; n < 3 {
				return api.NewError(api.Internal, api.SentMaybe, "scripted", nil)
			}
			return nil
		})
		if err := call(r, sayHello); err != nil || n != 3 {
			t.Errorf("%d tries: %v", n, err)
		}
	})
}

func TestAFailureThatMayHaveRunIsToldAsSuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		_, r := fleet(t, 3, func(context.Context, *api.Invocation) error {
			if n++; n == 1 {
				return api.NewError(api.Disconnected, api.SentMaybe, "lost", nil)
			}
			return api.NewError(api.Overloaded, api.SentNo, "busy", nil)
		})
		err := call(r, sayHello)
		e, _ := errors.AsType[*api.Error](err)
		if e == nil || e.Code != api.Overloaded || e.Sent != api.SentMaybe || !strings.Contains(err.Error(), "disconnected, ") {
			t.Errorf("got %v", err)
		}
	})
}

func TestAttemptFiltersStartAfresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newFakeNet()
		seen := make(map[string]int)
		n.start("10.0.0.1:1", func(_ context.Context, inv *api.Invocation) error {
			seen[inv.Attachments.Get("try")]++
			if inv.Attachments.Len() != 2 || inv.Attachments.Get("tenant") != "a" {
				t.Errorf("try %d has attachments %v", inv.Attempt, inv.Attachments.All())
			}
			return api.NewError(api.Internal, api.SentMaybe, "scripted", nil)
		})
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}, AttemptFilters: []api.Filter{func(next api.Invoker) api.Invoker {
			return api.InvokerFunc(func(ctx context.Context, inv *api.Invocation) error {
				if _, has := inv.Attachments.Lookup("try"); has {
					t.Error("an attachment of the last try is still there")
				}
				inv.Attachments.Set("try", fmt.Sprint(inv.Attempt))
				return next.Invoke(ctx, inv)
			})
		}}})
		r := refer(t, c, Direct("dubbo://10.0.0.1:1"), Attach("tenant", "a"))
		if err := call(r, sayHello); err == nil {
			t.Fatal("want the scripted error")
		}
		if len(seen) != 3 {
			t.Errorf("tries seen: %v", seen)
		}
	})
}

func TestRetryBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes, r := fleet(t, 3, fail(api.Internal, api.SentMaybe))
		const seconds, perSecond = 30, 500
		var starved string
		for range seconds * perSecond {
			err := call(r, sayHello)
			if strings.Contains(err.Error(), "retry budget") {
				starved = err.Error()
			}
			time.Sleep(time.Second / perSecond)
		}
		n := float64(calls(nodes))
		firsts := float64(seconds * perSecond)
		if most := 1.2*firsts + 10*seconds + 20; n > most {
			t.Errorf("%v tries for %v calls, at most %v are allowed", n, firsts, most)
		}
		if least := 1.15 * firsts; n < least {
			t.Errorf("%v tries for %v calls: the budget of at least %v was not used", n, firsts, least)
		}
		if starved == "" {
			t.Error("no error tells that the budget is used up")
		}
	})
}

func TestBudgetAfterALongTime(t *testing.T) {
	now := time.Unix(1e9, 0)
	b := newBudget(now)
	now = now.Add(time.Hour)
	n := 0
	for b.take(now, 3600*100+uint64(n)) { // 100 calls per second
		n++
	}
	if want := int(budgetSpan * (budgetSteady + 0.2*100)); n != want {
		t.Errorf("%d retries at once, want %d", n, want)
	}
	if !b.take(now.Add(100*time.Millisecond), 0) { // providers have left
		t.Error("no steady retry")
	}
}

// Retries that were granted at once, and began later, are no first tries.
func TestBudgetOfABurst(t *testing.T) {
	now := time.Unix(1e9, 0)
	b := newBudget(now)
	granted := func(tries uint64) (n int) {
		for b.take(now, tries) {
			n++
		}
		return n
	}
	if n := granted(200); n != 50 { // 10, and a fifth
		t.Errorf("%d retries for 200 calls", n)
	}
	if n := granted(250); n != 0 {
		t.Errorf("%d more when they had begun", n)
	}
	if n := granted(300); n != 10 {
		t.Errorf("%d retries for 50 calls more", n)
	}
}

func TestBusinessErrorsAreFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, r := fleet(t, 2, func(context.Context, *api.Invocation) error {
			return api.NewError(api.Business, api.SentMaybe, "", &outOfStockError{"tea"})
		})
		err := call(r, sayHello)
		var want *outOfStockError
		if !errors.As(err, &want) || want.what != "tea" || api.CodeOf(err) != api.Business {
			t.Fatalf("got %v", err)
		}
		if !strings.HasPrefix(err.Error(), "consumer: lab.greet.Greeter.sayHello at 10.0.0.") || !strings.HasSuffix(err.Error(), "out of tea") {
			t.Errorf("got %q", err)
		}
	})
}

type outOfStockError struct{ what string }

func (e *outOfStockError) Error() string { return "out of " + e.what }
