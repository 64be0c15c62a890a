package registrytest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/registry"
)

// Run runs every case, those of RunPlain included, on a service that can be
// broken. start is called for each case and cleans up through t.
func Run(t *testing.T, start func(t testing.TB) Harness) {
	RunPlain(t, start)
	for _, c := range []struct {
		name string
		run  func(*testing.T, Harness)
	}{
		{"tree", treeIsDubbos},
		{"unreadable", unreadable},
		{"group root", groupRoot},
		{"login", login},
		{"node deleted by hand", deletedByHand},
		{"node of another session", otherSession},
		{"killed", killed},
		{"restarted at once", restartedAtOnce},
		{"session expired", expired},
		{"stopped and started", stoppedAndStarted},
		{"wiped", wiped},
		{"down at the start", downAtStart},
		{"tree deleted", treeDeleted},
		{"flapping", flapping},
		{"definitions", definitions},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, start(t).watched(t)) })
	}
}

const providersPath = "/dubbo/com.acme.User/providers"

func nodePath(u api.URL) string { return providersPath + "/" + u.Encode() }

func children(t testing.TB, tr Tree, path string) []string {
	t.Helper()
	names, err := tr.Children(path)
	must(t, err)
	slices.Sort(names)
	return names
}

func treeIsDubbos(t *testing.T, h Harness) {
	r, tr := open(t, h, Options{}), tree(t, h, "")
	u := url(t, "dubbo://10.0.0.5:20880/com.acme.Outer$Inner?interface=com.acme.Outer$Inner&methods=getUser,*&side=provider&v=a~b c")
	stand(t, r, u)
	const dir = "/dubbo/com.acme.Outer%24Inner/providers"
	// As java.net.URLEncoder writes it: "*" as it is, "~" escaped, " " as "+".
	const name = "dubbo%3A%2F%2F10.0.0.5%3A20880%2Fcom.acme.Outer%24Inner%3Finterface%3Dcom.acme.Outer%24Inner%26methods%3DgetUser%2C*%26side%3Dprovider%26v%3Da%7Eb+c"
	if got := children(t, tr, dir); !slices.Equal(got, []string{name}) {
		t.Errorf("below %s is %q, want %q", dir, got, name)
	}
	if owner, ok, err := tr.Owner(dir + "/" + name); err != nil || !ok || owner == 0 {
		t.Errorf("the provider is not ephemeral: owner %x, exists %v, %v", owner, ok, err)
	}
	if owner, ok, err := tr.Owner(dir); err != nil || !ok || owner != 0 {
		t.Errorf("the directory is not persistent: owner %x, exists %v, %v", owner, ok, err)
	}
	consumer := url(t, "consumer://10.0.0.9/com.acme.User?category=consumers&check=false&interface=com.acme.User&side=consumer")
	stand(t, r, consumer)
	if got := children(t, tr, "/dubbo/com.acme.User/consumers"); !slices.Equal(got, []string{consumer.Encode()}) {
		t.Errorf("consumers are %q", got)
	}
	rule := url(t, "override://0.0.0.0/com.acme.User?category=configurators&dynamic=false&interface=com.acme.User&weight=200")
	kept := stand(t, r, rule)
	other := url(t, rule.String()+"&x=1")
	stand(t, r, other)
	if owner, ok, err := tr.Owner("/dubbo/com.acme.User/configurators/" + rule.Encode()); err != nil || !ok || owner != 0 {
		t.Errorf("dynamic=false is not persistent: owner %x, exists %v, %v", owner, ok, err)
	}
	withdraw(t, kept)
	must(t, r.Close())
	// A node with dynamic=false outlives its registry, unless it was withdrawn.
	if got := children(t, tr, "/dubbo/com.acme.User/configurators"); !slices.Equal(got, []string{other.Encode()}) {
		t.Errorf("after Close configurators are %q", got)
	}
	if got := children(t, tr, dir); len(got) != 0 {
		t.Errorf("after Close providers are %q", got)
	}
}

func unreadable(t *testing.T, h Harness) {
	r, tr := open(t, h, Options{}), tree(t, h, "")
	bad := []string{"%zz", "dubbo%3A%2F%2F10.0.0.9%3A99999%2Fx", "no-url-at-all"}
	slices.Sort(bad)
	for _, name := range bad {
		must(t, tr.Create(providersPath+"/"+name, false))
	}
	w := subscribe(t, r, user)
	right := func(n int) func(registry.Snapshot) bool {
		return func(s registry.Snapshot) bool { return len(s.Providers) == n && slices.Equal(s.Unreadable, bad) }
	}
	w.until(t, "nodes that are no URLs", right(0))
	stand(t, r, provider(t, 1))
	w.until(t, "a good one among them", right(1))
	if s := r.State(); s.Err != nil {
		t.Errorf("state %+v", s)
	}
}

func groupRoot(t *testing.T, h Harness) {
	r, plain, tr := open(t, h, Options{Group: "shop"}), open(t, h, Options{}), tree(t, h, "")
	stand(t, r, provider(t, 1))
	if got := children(t, tr, "/shop/com.acme.User/providers"); len(got) != 1 {
		t.Errorf("below /shop is %q", got)
	}
	subscribe(t, r, user).untilProviders(t, "in the group", provider(t, 1))
	subscribe(t, plain, user).untilProviders(t, "out of the group")

	// What shares the root with the interfaces is none.
	for _, path := range []string{"/shop/config/dubbo/providers", "/shop/metadata/x/providers", "/shop/mapping/y"} {
		must(t, tr.Create(path, false))
	}
	all := registry.Query{Service: api.Service{Interface: "*"}}
	subscribe(t, r, all).until(t, "every interface", func(s registry.Snapshot) bool {
		return len(s.Providers) == 1 && len(s.Unreadable) == 0
	})
}

func login(t *testing.T, h Harness) {
	const secret = "boss:secret"
	r := open(t, h, Options{Login: secret})
	stand(t, r, provider(t, 1))
	again := open(t, h, Options{Login: secret})
	subscribe(t, again, user).untilProviders(t, "with the login", provider(t, 1))

	stranger := tree(t, h, "")
	if names, err := stranger.Children(providersPath); err == nil {
		t.Errorf("a stranger reads %q", names)
	}
	friend := tree(t, h, secret)
	if names := children(t, friend, providersPath); len(names) != 1 {
		t.Errorf("the owner reads %q", names)
	}
	for _, who := range []string{"", "boss:wrong"} {
		other := open(t, h, Options{Login: who})
		g := register(t, other, provider(t, 2))
		untilSaid(t, fmt.Sprintf("login %q: registering", who), "not authorized", g.Wait)
		w := subscribe(t, other, user)
		untilSaid(t, fmt.Sprintf("login %q: subscribing", who), "not authorized", w.sub.Wait)
		if w.count() > 0 {
			t.Errorf("login %q: a list was told", who)
		}
		if s := other.State(); s.Err == nil || !s.Connected {
			t.Errorf("login %q: state %+v", who, s)
		}
		must(t, other.Close())
	}
}

// untilSaid waits until wait, which must not succeed, fails for the reason.
func untilSaid(t testing.TB, what, reason string, wait func(context.Context) error) {
	t.Helper()
	eventually(t, what+" says "+reason, within, func() (bool, error) {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		err := wait(ctx)
		if err == nil {
			t.Fatalf("%s succeeded", what)
		}
		return strings.Contains(err.Error(), reason), nil
	})
}

// owned waits until the node of u exists and belongs to another session than
// not, and returns its session and how long that took.
func owned(t testing.TB, tr Tree, u api.URL, not int64) (session int64, took time.Duration) {
	t.Helper()
	took = eventually(t, "own node", within, func() (bool, error) {
		owner, ok, err := tr.Owner(nodePath(u))
		session = owner
		return ok && owner != 0 && owner != not, err
	})
	return session, took
}

func deletedByHand(t *testing.T, h Harness) {
	r, tr := open(t, h, Options{}), tree(t, h, "")
	u := provider(t, 1)
	stand(t, r, u)
	var worst time.Duration
	for range 5 {
		must(t, tr.Delete(nodePath(u)))
		_, took := owned(t, tr, u, 0)
		worst = max(worst, took)
	}
	measured(t, h, "own node deleted by hand: back (worst of 5)", worst, time.Second)
}

func otherSession(t *testing.T, h Harness) {
	r, tr, thief := open(t, h, Options{}), tree(t, h, ""), tree(t, h, "")
	u := provider(t, 1)
	stand(t, r, u)
	mine, _ := owned(t, tr, u, 0)
	// Each of the two may win the race for the name; in the end it is ours.
	for range 5 {
		must(t, thief.Delete(nodePath(u)))
		_ = thief.Create(nodePath(u), true)
	}
	start := time.Now()
	thief.Close()
	eventually(t, "own node", 30*time.Second, func() (bool, error) {
		owner, ok, err := tr.Owner(nodePath(u))
		return ok && owner == mine, err
	})
	measured(t, h, "own node taken by another session, which ends: back", time.Since(start), 10*time.Second)
}

func killed(t *testing.T, h Harness) {
	const session = 2 * time.Second
	r := open(t, h, Options{})
	stand(t, r, provider(t, 1))
	w := subscribe(t, r, user)
	kill := h.Process(t, provider(t, 2), session)
	w.untilProviders(t, "both", provider(t, 1), provider(t, 2))
	start := time.Now()
	kill()
	w.untilProviders(t, "the killed one is gone", provider(t, 1))
	// The server looks at sessions once a tick and rounds up.
	measured(t, h, "provider killed by SIGKILL, session of 2 s: list follows", time.Since(start), session+2*time.Second)
}

func restartedAtOnce(t *testing.T, h Harness) {
	const session = 2 * time.Second
	r, tr := open(t, h, Options{}), tree(t, h, "")
	stand(t, r, provider(t, 2))
	w := subscribe(t, r, user)
	u := provider(t, 1)
	kill := h.Process(t, u, session)
	first, _ := owned(t, tr, u, 0)
	w.untilProviders(t, "both", u, provider(t, 2))
	told := w.count()
	kill()
	kill = h.Process(t, u, session)
	defer kill()
	second, _ := owned(t, tr, u, first)
	start := time.Now()
	for time.Since(start) < 2*session {
		owner, ok, err := tr.Owner(nodePath(u))
		must(t, err)
		if !ok || owner != second {
			t.Fatalf("%v after the restart the node exists: %v, owner %x, want %x", time.Since(start), ok, owner, second)
		}
		time.Sleep(5 * time.Millisecond)
	}
	if n := w.count(); n != told {
		s, _ := w.last()
		t.Errorf("the list changed %d times, to %v", n-told, s)
	}
}

func expired(t *testing.T, h Harness) {
	const rounds = 20
	a, b, tr := open(t, h, Options{}), open(t, h, Options{}), tree(t, h, "")
	u := provider(t, 1)
	stand(t, a, u)
	w := subscribe(t, a, user)
	w.untilProviders(t, "own", u)
	session, _ := owned(t, tr, u, 0)
	var back, follows time.Duration
	for i := range rounds {
		must(t, h.Server.ExpireSession(session))
		// Measured from the end of the session, which is before the client
		// learns of it.
		next, took := owned(t, tr, u, session)
		session, back = next, max(back, took)
		other := provider(t, 100+i)
		g := stand(t, b, other)
		took = w.untilProviders(t, fmt.Sprintf("another, after %d sessions", i+1), u, other)
		withdraw(t, g)
		w.untilProviders(t, "the other is gone", u)
		follows = max(follows, took)
	}
	w.sinceNeverEmpty(t, 1)
	if s := a.State(); !s.Connected || s.Standing != 1 || s.Err != nil {
		t.Errorf("state %+v", s)
	}
	measured(t, h, "session expired 20 times: own node back (worst)", back, time.Second)
	measured(t, h, "session expired 20 times: list follows another (worst)", follows, time.Second)
}

// fleet is some registries with two providers each, and readers of their list.
type fleet struct {
	h       Harness
	rs      []registry.Registry
	urls    []api.URL
	readers []*reader
}

func newFleet(t testing.TB, h Harness, n int) *fleet {
	t.Helper()
	f := &fleet{h: h}
	for i := range n {
		r := open(t, h, Options{})
		f.rs = append(f.rs, r)
		for j := range 2 {
			u := provider(t, 10*i+j)
			f.urls = append(f.urls, u)
			register(t, r, u)
		}
		f.readers = append(f.readers, subscribe(t, r, user))
	}
	return f
}

func (f *fleet) untilWhole(t testing.TB, what string) {
	t.Helper()
	for _, w := range f.readers {
		w.untilProviders(t, what, f.urls...)
	}
}

// neverEmpty checks all lists that were told since the first whole one.
func (f *fleet) neverEmpty(t testing.TB) {
	t.Helper()
	for _, w := range f.readers {
		w.mu.Lock()
		whole := slices.IndexFunc(w.told, func(s registry.Snapshot) bool { return len(s.Providers) == len(f.urls) })
		w.mu.Unlock()
		w.sinceNeverEmpty(t, max(whole, 0))
	}
}

// untilNodes waits until the tree has all nodes.
func (f *fleet) untilNodes(t testing.TB) {
	t.Helper()
	tr := f.h.Tree(t, "")
	defer tr.Close()
	var want []string
	for _, u := range f.urls {
		want = append(want, u.Encode())
	}
	slices.Sort(want)
	eventually(t, "all nodes", within, func() (bool, error) {
		names, err := tr.Children(providersPath)
		slices.Sort(names)
		return slices.Equal(names, want), err
	})
}

func stoppedAndStarted(t *testing.T, h Harness) {
	f := newFleet(t, h, 3)
	f.untilWhole(t, "all")
	told := f.readers[0].count()
	must(t, h.Server.Stop())
	time.Sleep(downFor)
	if s := f.rs[0].State(); s.Connected || s.Err == nil {
		t.Errorf("without a server the state is %+v", s)
	}
	// Wanted while it is down: stands later.
	late := provider(t, 99)
	g := register(t, f.rs[0], late)
	must(t, h.Server.Start())
	start := time.Now()
	awaitStanding(t, g)
	f.urls = append(f.urls, late)
	f.untilNodes(t)
	measured(t, h, fmt.Sprintf("stopped for %v, started with its data: all nodes stand", downFor), time.Since(start), 3*time.Second)
	f.untilWhole(t, "all and the late one")
	f.neverEmpty(t)
	if n := f.readers[0].count(); n != told+1 {
		t.Errorf("the list was told %d times, want once: sessions and nodes outlive a restart", n-told)
	}
}

func wiped(t *testing.T, h Harness) {
	f := newFleet(t, h, 3)
	f.untilWhole(t, "all")
	must(t, h.Server.Stop())
	must(t, h.Server.Wipe())
	time.Sleep(downFor)
	must(t, h.Server.Start())
	start := time.Now()
	f.untilNodes(t)
	measured(t, h, fmt.Sprintf("stopped for %v, started wiped: all nodes stand", downFor), time.Since(start), 3*time.Second)
	f.untilWhole(t, "all")
	measured(t, h, fmt.Sprintf("stopped for %v, started wiped: all lists are whole", downFor), time.Since(start), 3*time.Second)
	f.neverEmpty(t)
	// Lists still follow, also to nothing.
	for _, r := range f.rs[1:] {
		must(t, r.Close())
	}
	f.readers[0].untilProviders(t, "others left", f.urls[0], f.urls[1])
}

func downAtStart(t *testing.T, h Harness) {
	must(t, h.Server.Stop())
	a := open(t, h, Options{})
	g := register(t, a, provider(t, 1))
	w := subscribe(t, a, user)
	untilSaid(t, "the registration that waits", "127.0.0.1:", g.Wait)
	untilSaid(t, "the subscription that waits", "127.0.0.1:", w.sub.Wait)
	if w.count() > 0 {
		t.Error("a list was told without a server")
	}
	// One that never stood is withdrawn at once, server or not.
	withdraw(t, register(t, a, provider(t, 2)))
	must(t, h.Server.Start())
	start := time.Now()
	awaitStanding(t, g)
	w.untilProviders(t, "own", provider(t, 1))
	measured(t, h, "down at the start: node and list stand once it serves", time.Since(start), 3*time.Second)
}

func treeDeleted(t *testing.T, h Harness) {
	const rounds = 10
	f := newFleet(t, h, 3)
	f.untilWhole(t, "all")
	all := subscribe(t, f.rs[0], registry.Query{Service: api.Service{Interface: "*"}, Categories: []registry.Category{registry.Providers}})
	all.untilProviders(t, "all", f.urls...)
	tr := tree(t, h, "")
	var worst time.Duration
	for range rounds {
		must(t, tr.DeleteAll("/dubbo"))
		start := time.Now()
		f.untilNodes(t)
		worst = max(worst, time.Since(start))
	}
	f.untilWhole(t, "all")
	all.untilProviders(t, "all", f.urls...)
	f.neverEmpty(t)
	measured(t, h, "/dubbo deleted 10 times: all nodes back (worst)", worst, time.Second)
	// The watches are armed on the new nodes.
	late := provider(t, 99)
	stand(t, f.rs[1], late)
	f.urls = append(f.urls, late)
	f.untilWhole(t, "a late one")
	all.untilProviders(t, "a late one", f.urls...)
}

// flapping has the only provider come and go so fast that whoever reads the list
// hardly ever sees it. Empty each time is not empty all the time.
func flapping(t *testing.T, h Harness) {
	r, tr := open(t, h, Options{}), tree(t, h, "")
	path := nodePath(provider(t, 1))
	must(t, tr.Create(path, false))
	w := subscribe(t, r, user)
	w.untilProviders(t, "the provider", provider(t, 1))
	must(t, tr.Delete(path))
	for start := time.Now(); time.Since(start) < 2*time.Second; time.Sleep(50 * time.Millisecond) {
		must(t, tr.Create(path, false))
		must(t, tr.Delete(path))
	}
	w.sinceNeverEmpty(t, 0)
	w.untilProviders(t, "nobody, in the end")
	must(t, tr.Create(path, false))
	w.untilProviders(t, "the provider again", provider(t, 1))
}

// RunEnsemble runs the case that needs several servers; killLeader ends the
// leader by SIGKILL.
func RunEnsemble(t *testing.T, h Harness, killLeader func() error) {
	h = h.watched(t)
	f := newFleet(t, h, 4)
	f.untilWhole(t, "all")
	told := f.readers[0].count()
	must(t, killLeader())
	start := time.Now()
	g := register(t, f.rs[3], provider(t, 99))
	awaitStanding(t, g)
	measured(t, h, "leader killed: a new registration stands", time.Since(start), 5*time.Second)
	f.urls = append(f.urls, provider(t, 99))
	f.untilWhole(t, "all and a late one")
	f.neverEmpty(t)
	if n := f.readers[0].count(); n != told+1 {
		t.Errorf("the list was told %d times, want once for the late one", n-told)
	}
	eventually(t, "all connected", within, func() (bool, error) {
		for _, r := range f.rs {
			if s := r.State(); !s.Connected || s.Standing != s.Wanted {
				return false, s.Err
			}
		}
		return true, nil
	})
	measured(t, h, "leader killed: all registries connected again", time.Since(start), 5*time.Second)
}
