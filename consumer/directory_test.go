package consumer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/registry"
)

func TestProvidersComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, reg := newFakeNet(), newFakeRegistry()
		a, b := n.start("10.0.0.1:1", nil), n.start("10.0.0.2:1", nil)
		reg.publish(t, url("10.0.0.1:1", ""))
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}, Registry: reg})
		r, other := refer(t, c), refer(t, c)
		if err := call(r, order); err != nil || a.calls.Load() != 1 {
			t.Fatalf("%d calls at a: %v", a.calls.Load(), err)
		}
		if a.open.Load() != 1 {
			t.Errorf("two references hold %d connections to one address", a.open.Load())
		}
		reg.publish(t, url("10.0.0.2:1", ""))
		synctest.Wait()
		for range 10 {
			if err := call(r, order); err != nil {
				t.Fatal(err)
			}
			if err := call(other, order); err != nil {
				t.Fatal(err)
			}
		}
		if a.calls.Load() != 1 || b.calls.Load() != 20 || a.open.Load() != 0 {
			t.Errorf("calls %d and %d, connections to the one that left: %d", a.calls.Load(), b.calls.Load(), a.open.Load())
		}
	})
}

func TestAnAddressThatLeavesIsDrained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, reg := newFakeNet(), newFakeRegistry()
		finish := make(chan struct{})
		a := n.start("10.0.0.1:1", func(context.Context, *api.Invocation) error { <-finish; return nil })
		n.start("10.0.0.2:1", nil)
		reg.publish(t, url("10.0.0.1:1", ""))
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}, Registry: reg})
		r := refer(t, c)
		done := make(chan error)
		go func() { done <- call(r, order) }()
		synctest.Wait()
		reg.publish(t, url("10.0.0.2:1", ""))
		synctest.Wait()
		if a.open.Load() != 1 {
			t.Fatal("the connection was closed under a call")
		}
		if err := call(r, order); err != nil || a.calls.Load() != 1 {
			t.Fatalf("%d calls at the one that left: %v", a.calls.Load(), err)
		}
		close(finish)
		if err := <-done; err != nil {
			t.Errorf("the call under way: %v", err)
		}
		synctest.Wait()
		if a.open.Load() != 0 {
			t.Error("the connection is still open")
		}
	})
}

// A provider that restarts on its address has a new URL and the same
// connection.
func TestNewURLSameConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, reg := newFakeNet(), newFakeRegistry()
		a := n.start("10.0.0.1:1", nil)
		reg.publish(t, url("10.0.0.1:1", "timestamp=1"))
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}, Registry: reg})
		r := refer(t, c)
		reg.publish(t, url("10.0.0.1:1", "timestamp=2"))
		synctest.Wait()
		if err := call(r, order); err != nil || a.dials.Load() != 1 {
			t.Errorf("%d dials: %v", a.dials.Load(), err)
		}
	})
}

func TestDrainingPeerGetsNoNewCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes, r := fleet(t, 2, nil)
		nodes[0].become(protocol.Draining)
		synctest.Wait()
		for range 50 {
			if err := call(r, order); err != nil {
				t.Fatal(err)
			}
		}
		if nodes[0].calls.Load() != 0 {
			t.Errorf("%d calls went to a provider that is leaving", nodes[0].calls.Load())
		}
		nodes[1].kill()
		synctest.Wait()
		if err := call(r, order); err != nil || nodes[0].calls.Load() != 1 {
			t.Errorf("the leaving provider is the last one, yet: %v", err)
		}
	})
}

func TestFilteredProvidersAreCountedAndNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, reg := newFakeNet(), newFakeRegistry()
		n.start("10.0.0.9:1", nil)
		reg.publish(t,
			"tri://10.0.0.1:1/lab.greet.Greeter?interface=lab.greet.Greeter",
			"tri://10.0.0.2:1/lab.greet.Greeter?interface=lab.greet.Greeter",
			url("10.0.0.3:1", "disabled=true"),
			url("10.0.0.4:1", "enabled=false"),
			url("10.0.0.5:1", "version=2.0.0"),
			"dubbo://10.0.0.6/lab.greet.Greeter?interface=lab.greet.Greeter",
		)
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}, Registry: reg})
		r := refer(t, c, Check(false))
		err := call(r, order)
		if !errors.Is(err, api.ErrNoProvider) {
			t.Fatalf("got %v", err)
		}
		for _, want := range []string{
			"lab.greet.Greeter.order", "6 known", "6 filtered", `2 of protocol "tri", which is not spoken here (dubbo)`,
			"1 with disabled=true", "1 with enabled=false", "1 of another group or version", "1 without a port",
		} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("error %q does not say %q", err, want)
			}
		}
		_, err = c.Refer(&greeter)
		if !errors.Is(err, api.ErrNoProvider) || !strings.Contains(err.Error(), "consumer.Check(false)") {
			t.Errorf("with the check: %v", err)
		}
		// One port, two protocols.
		reg.publish(t, "tri://10.0.0.9:1/lab.greet.Greeter?interface=lab.greet.Greeter&ext.protocol=dubbo")
		synctest.Wait()
		if err := call(r, order); err != nil {
			t.Error(err)
		}
	})
}

func TestTheProvidersOwnNamesAndWishes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, reg := newFakeNet(), newFakeRegistry()
		var seen atomic.Pointer[api.Invocation]
		n.start("10.0.0.1:1", func(_ context.Context, inv *api.Invocation) error {
			copied := *inv
			seen.Store(&copied)
			return nil
		})
		reg.publish(t, "dubbo://10.0.0.1:1/custom/path?interface=lab.greet.Greeter&group=g1&version=1.0.0&application=shop&token=s3cret")
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}, Registry: reg})
		r := refer(t, c, Group("*"), Version("*"))
		if err := call(r, order); err != nil {
			t.Fatal(err)
		}
		inv := seen.Load()
		if *inv.Service != (api.Service{Interface: "lab.greet.Greeter", Group: "g1", Version: "1.0.0"}) {
			t.Errorf("called as %v", inv.Service)
		}
		if inv.Attachments.Get("path") != "custom/path" || inv.Attachments.Get("token") != "s3cret" || inv.PeerApplication != "shop" {
			t.Errorf("attachments %v, application %q", inv.Attachments.All(), inv.PeerApplication)
		}
		if err := call(refer(t, c, Group("g0,g1"), Version("1.0.0")), order); err != nil {
			t.Error(err)
		}
		if err := call(refer(t, c, Group("g2"), Check(false)), order); !errors.Is(err, api.ErrNoProvider) {
			t.Errorf("group g2: %v", err)
		}
	})
}

func TestMethodsThatNotAllProvidersHave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newFakeNet()
		old, new := n.start("10.0.0.1:1", nil), n.start("10.0.0.2:1", nil)
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}})
		r := refer(t, c, Direct(url("10.0.0.1:1", "methods=sayHello"), url("10.0.0.2:1", "methods=order,sayHello")))
		synctest.Wait()
		for range 20 {
			if err := call(r, order); err != nil {
				t.Fatal(err)
			}
		}
		if old.calls.Load() != 0 || new.calls.Load() != 20 {
			t.Errorf("order went to %d and %d", old.calls.Load(), new.calls.Load())
		}
		if err := call(r, slow); err != nil { // nobody lists it: whoever is asked may tell
			t.Error(err)
		}
	})
}

func TestTheLastGoodListIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, reg := newFakeNet(), newFakeRegistry()
		a := n.start("10.0.0.1:1", nil)
		reg.publish(t, url("10.0.0.1:1", ""))
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}, Registry: reg})
		r := refer(t, c)
		reg.publish(t) // the tree was wiped
		for range 60 {
			if err := call(r, order); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if e := r.Explain("order"); !strings.Contains(e.Source, "last good list") || len(e.Providers) != 1 {
			t.Errorf("explained as %+v", e)
		}
		a.kill()
		time.Sleep(staleGrace / 2)
		if err := call(r, order); !errors.Is(err, api.ErrUnavailable) {
			t.Errorf("soon after the connection is lost too: %v", err)
		}
		time.Sleep(staleGrace)
		if err := call(r, order); !errors.Is(err, api.ErrNoProvider) {
			t.Errorf("long after: %v", err)
		}
		if a.open.Load() != 0 {
			t.Error("a dropped provider is still dialled")
		}
		a.become(protocol.Ready)
		reg.publish(t, url("10.0.0.1:1", ""))
		synctest.Wait()
		if err := call(r, order); err != nil {
			t.Errorf("the provider is back: %v", err)
		}
		// Here nobody is listed because somebody wants it so.
		reg.publish(t, url("10.0.0.1:1", "disabled=true"))
		synctest.Wait()
		if err := call(r, order); !errors.Is(err, api.ErrNoProvider) {
			t.Errorf("disabled: %v", err)
		}
	})
}

func TestEverybodyDownAndBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes, r := fleet(t, 3, nil)
		for _, f := range nodes {
			f.kill()
		}
		synctest.Wait()
		err := call(r, order)
		if !errors.Is(err, api.ErrUnavailable) {
			t.Fatalf("got %v", err)
		}
		if n := nodes[0].tries.Load() + nodes[1].tries.Load() + nodes[2].tries.Load(); n != 1 {
			t.Errorf("a call tried %d providers that are known to be dead", n)
		}
		nodes[1].become(protocol.Ready)
		time.Sleep(2 * time.Second)
		if err := call(r, order); err != nil {
			t.Error(err)
		}
	})
}

func TestCallsWaitForTheFirstList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, reg := newFakeNet(), newFakeRegistry()
		n.start("10.0.0.1:1", nil)
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}, Registry: reg})
		r := refer(t, c, Check(false))
		time.AfterFunc(100*time.Millisecond, func() { reg.publish(t, url("10.0.0.1:1", "")) })
		start := time.Now()
		if err := call(r, order); err != nil || time.Since(start) != 100*time.Millisecond {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

func TestRegistryDownAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, reg := newFakeNet(), newFakeRegistry()
		n.start("10.0.0.1:1", nil)
		reg.state = registry.State{Err: errors.New("dial 10.0.0.99:2181: refused")}
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}, Registry: reg, CacheDir: t.TempDir()})
		if _, err := c.Refer(&greeter); !errors.Is(err, api.ErrNoProvider) {
			t.Errorf("with the check: %v", err)
		}
		r := refer(t, c, Check(false))
		start := time.Now()
		err := call(r, order)
		if !errors.Is(err, api.ErrNoProvider) || time.Since(start) != settleWait {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		for _, want := range []string{"0 known", "has not answered yet", "registry is not connected", "10.0.0.99:2181: refused"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("error %q does not say %q", err, want)
			}
		}
		start = time.Now()
		if err := call(r, order); !errors.Is(err, api.ErrNoProvider) || time.Since(start) != 0 {
			t.Errorf("the second call took %v: %v", time.Since(start), err)
		}
		reg.publish(t, url("10.0.0.1:1", ""))
		synctest.Wait()
		if err := call(r, order); err != nil {
			t.Errorf("the registry came: %v", err)
		}
	})
}

// lateRouter has something happen while a call is being routed.
type lateRouter struct{ during func() }

func (r lateRouter) Key(*api.Invocation) string                   { r.during(); return "" }
func (r lateRouter) Route(_ string, list []*Provider) []*Provider { return list }
func (r lateRouter) String() string                               { return "late router" }

func TestFirstListComesWhileACallLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, reg := newFakeNet(), newFakeRegistry()
		n.start("10.0.0.1:1", nil)
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}, Registry: reg})
		first := sync.OnceFunc(func() { reg.publish(t, url("10.0.0.1:1", "")); synctest.Wait() })
		r := refer(t, c, Check(false), Routers(lateRouter{during: first}))
		if err := call(r, order); err != nil {
			t.Error(err)
		}
	})
}

func TestStartFromTheCache(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		n, reg := newFakeNet(), newFakeRegistry()
		n.start("10.0.0.1:1", nil)
		cfg := Config{Protocols: []protocol.Protocol{n}, Registry: reg, CacheDir: dir}
		reg.publish(t, url("10.0.0.1:1", "methods=order,sayHello"))
		c := newClient(t, cfg)
		refer(t, c)
		c.Close()

		cfg.Registry = newFakeRegistry() // which knows nothing yet
		c = newClient(t, cfg)
		r := refer(t, c)
		if err := call(r, order); err != nil {
			t.Fatal(err)
		}
		if e := r.Explain(""); !strings.Contains(e.Source, "the cache") || !strings.Contains(e.Source, "lab.greet.Greeter.providers") {
			t.Errorf("the list comes from %q", e.Source)
		}
		cfg.Registry.(*fakeRegistry).publish(t) // empty: it was wiped
		synctest.Wait()
		if err := call(r, order); err != nil {
			t.Errorf("after an empty list: %v", err)
		}
	})
}

func TestTagRouter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newFakeNet()
		plain, gray := n.start("10.0.0.1:1", nil), n.start("10.0.0.2:1", nil)
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}})
		r := refer(t, c, Direct(url("10.0.0.1:1", ""), url("10.0.0.2:1", "dubbo.tag=gray")))
		synctest.Wait()
		for i, tt := range []struct {
			opts []Option
			to   *fakeNode
		}{
			{nil, plain},
			{[]Option{Attach("dubbo.tag", "gray")}, gray},
			{[]Option{Attach("dubbo.tag", "blue")}, plain},
			{[]Option{Attach("dubbo.tag", "blue"), Attach("dubbo.force.tag", "true")}, nil},
			{[]Option{Attach("dubbo.tag", "gray"), Attach("dubbo.force.tag", "true")}, gray},
		} {
			for range 10 {
				before := calls([]*fakeNode{plain, gray})
				var at int64
				if tt.to != nil {
					at = tt.to.calls.Load()
				}
				err := call(r.With(tt.opts...), order)
				if tt.to == nil {
					if !errors.Is(err, api.ErrNoProvider) || !strings.Contains(err.Error(), `routed away: 2 by the tag router (key "blue!")`) {
						t.Errorf("row %d: %v", i, err)
					}
				} else if err != nil || tt.to.calls.Load() != at+1 || calls([]*fakeNode{plain, gray}) != before+1 {
					t.Errorf("row %d: %v", i, err)
				}
			}
		}
		plain.kill()
		synctest.Wait()
		if err := call(r, order); !errors.Is(err, api.ErrUnavailable) {
			t.Errorf("an untagged call went to a tagged provider: %v", err)
		}
		// Hostile keys must not fill the memory.
		for i := range 3 * maxRoutes {
			_ = call(r.With(Attach("dubbo.tag", fmt.Sprint("t", i))), order)
		}
		s := r.dir.current.Load()
		if n := len(*s.view(order).root.children.Load()); n > maxRoutes {
			t.Errorf("%d routes are kept", n)
		}
	})
}

func TestExplain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newFakeNet()
		n.start("10.0.0.1:1", nil)
		n.start("10.0.0.2:1", nil)
		reg := newFakeRegistry()
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}, Registry: reg})
		s := registry.Snapshot{Unreadable: []string{"rubbish"}, Configurators: make([]api.URL, 2)}
		for _, text := range []string{
			url("10.0.0.1:1", "weight=7"), url("10.0.0.2:1", "dubbo.tag=gray"), url("10.0.0.3:1", ""),
			url("10.0.0.4:1", "methods=other"), "tri://10.0.0.5:1/lab.greet.Greeter",
		} {
			u, err := api.ParseURL(text)
			if err != nil {
				t.Fatal(err)
			}
			s.Providers = append(s.Providers, u)
		}
		reg.push(s)
		r := refer(t, c)
		synctest.Wait()
		_ = call(r, order)
		e := r.Explain("order")
		var got []string
		for _, p := range e.Providers {
			got = append(got, fmt.Sprintf("%s %v %v %s w%d/%d t%d: %s", p.Address, p.Eligible, p.Picked, p.Connection, p.Weight, p.BaseWeight, p.Tries, p.Reason))
		}
		want := []string{
			"10.0.0.1:1 true true ready w7/7 t1: ",
			`10.0.0.2:1 true false ready w100/100 t0: routed away: 1 by the tag router (key "")`,
			"10.0.0.3:1 true false not reachable w100/100 t0: not reachable, while others are ready",
			`10.0.0.4:1 true false not reachable w100/100 t0: does not list the method "order"`,
			" false false  w0/0 t0: unreadable",
			`10.0.0.5:1 false false  w0/0 t0: of protocol "tri", which is not spoken here (dubbo)`,
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if d := e.Providers[0].Drops; d != (protocol.Drops{Late: 3}) {
			t.Errorf("dropped answers %+v", d)
		}
		if e.Source != "the registry" || e.Rules != 2 {
			t.Errorf("source %q, rules %d", e.Source, e.Rules)
		}
	})
}
