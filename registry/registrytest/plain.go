package registrytest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/registry"
)

// RunPlain runs the cases that need nothing but registries on one service.
// start is called for each case and cleans up through t.
func RunPlain(t *testing.T, start func(t testing.TB) Harness) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, Harness)
	}{
		{"list follows", listFollows},
		{"categories", categoriesAreApart},
		{"group and version", groupAndVersion},
		{"every interface", everyInterface},
		{"same URL twice", sameURLTwice},
		{"bad input", badInput},
		{"burst", burst},
		{"random changes", randomChanges},
		{"close", closing},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, start(t).watched(t)) })
	}
}

func listFollows(t *testing.T, h Harness) {
	a, b := open(t, h, Options{}), open(t, h, Options{})
	// The consumer is first: there is nothing in the registry yet.
	w := subscribe(t, b, user)
	w.untilProviders(t, "nothing")
	one := stand(t, a, provider(t, 1))
	took := w.untilProviders(t, "one provider", provider(t, 1))
	measured(t, h, "a provider registers: the list follows", took, time.Second)
	two := stand(t, a, provider(t, 2))
	w.untilProviders(t, "two providers", provider(t, 1), provider(t, 2))
	withdraw(t, one)
	took = w.untilProviders(t, "one left", provider(t, 2))
	measured(t, h, "a provider leaves: the list follows", took, time.Second)
	withdraw(t, two)
	w.untilProviders(t, "all left")

	if s := a.State(); !s.Connected || s.Wanted != 0 || s.Standing != 0 || s.Err != nil {
		t.Errorf("state %+v", s)
	}
	late := subscribe(t, b, user)
	stand(t, a, provider(t, 3))
	w.untilProviders(t, "a new one", provider(t, 3))
	late.untilProviders(t, "the second subscription", provider(t, 3))
	if s := a.State(); s.Wanted != 1 || s.Standing != 1 {
		t.Errorf("state %+v", s)
	}
}

func categoriesAreApart(t *testing.T, h Harness) {
	r := open(t, h, Options{})
	urls := map[registry.Category]api.URL{
		registry.Providers:     provider(t, 1),
		registry.Consumers:     url(t, "consumer://10.0.0.9/com.acme.User?application=shop&category=consumers&interface=com.acme.User"),
		registry.Configurators: url(t, "override://0.0.0.0/com.acme.User?category=configurators&dynamic=false&weight=200"),
		registry.Routers:       url(t, "route://0.0.0.0/com.acme.User?category=routers&dynamic=false&rule=host%20=>%20host"),
	}
	for _, u := range urls {
		stand(t, r, u)
	}
	one := func(list []api.URL, c registry.Category) bool { return len(list) == 1 && list[0].Equal(urls[c]) }
	subscribe(t, r, user).until(t, "what a consumer needs", func(s registry.Snapshot) bool {
		return one(s.Providers, registry.Providers) && len(s.Consumers) == 0 &&
			one(s.Configurators, registry.Configurators) && one(s.Routers, registry.Routers)
	})
	all := user
	all.Categories = []registry.Category{registry.Providers, registry.Consumers, registry.Configurators, registry.Routers}
	subscribe(t, r, all).until(t, "everything", func(s registry.Snapshot) bool {
		return one(s.Providers, registry.Providers) && one(s.Consumers, registry.Consumers) &&
			one(s.Configurators, registry.Configurators) && one(s.Routers, registry.Routers)
	})
	rules := user
	rules.Categories = []registry.Category{registry.Configurators}
	subscribe(t, r, rules).until(t, "rules alone", func(s registry.Snapshot) bool {
		return len(s.Providers) == 0 && len(s.Routers) == 0 && one(s.Configurators, registry.Configurators)
	})
}

func groupAndVersion(t *testing.T, h Harness) {
	r := open(t, h, Options{})
	var all []api.URL
	for i, params := range []string{"", "&version=1.0.0", "&group=a&version=1.0.0", "&group=b&version=2.0.0"} {
		u := url(t, provider(t, i).String()+params)
		all = append(all, u)
		stand(t, r, u)
	}
	stand(t, r, url(t, provider(t, 9).String()+"&enabled=false"))
	for _, c := range []struct {
		group, version string
		want           []int
	}{
		{"", "", []int{0}},
		{"", "1.0.0", []int{1}},
		{"a", "1.0.0", []int{2}},
		{"a", "2.0.0", nil},
		{"*", "1.0.0", []int{1, 2}},
		{"a,b", "*", []int{2, 3}},
		{"*", "*", []int{0, 1, 2, 3}},
	} {
		var want []api.URL
		for _, i := range c.want {
			want = append(want, all[i])
		}
		q := registry.Query{Service: api.Service{Interface: userService, Group: c.group, Version: c.version}}
		subscribe(t, r, q).untilProviders(t, fmt.Sprintf("group %q version %q", c.group, c.version), want...)
	}
}

func everyInterface(t *testing.T, h Harness) {
	a, b := open(t, h, Options{}), open(t, h, Options{})
	stand(t, a, provider(t, 1))
	q := registry.Query{
		Service:    api.Service{Interface: "*", Group: "*", Version: "*"},
		Categories: []registry.Category{registry.Providers, registry.Consumers},
	}
	w := subscribe(t, b, q)
	w.untilProviders(t, "the one that was there", provider(t, 1))
	order := url(t, "dubbo://10.0.1.1:20880/com.acme.Order$Inner?group=g&interface=com.acme.Order$Inner&version=3.0.0")
	g := stand(t, a, order)
	took := w.untilProviders(t, "a new interface", provider(t, 1), order)
	measured(t, h, "a new interface: a subscription to all follows", took, time.Second)
	consumer := url(t, "consumer://10.0.0.9/com.acme.Order$Inner?category=consumers&interface=com.acme.Order$Inner")
	stand(t, a, consumer)
	w.until(t, "its consumer", func(s registry.Snapshot) bool {
		return len(s.Consumers) == 1 && s.Consumers[0].Equal(consumer)
	})
	withdraw(t, g)
	w.untilProviders(t, "it is gone", provider(t, 1))
}

func sameURLTwice(t *testing.T, h Harness) {
	r := open(t, h, Options{})
	g := stand(t, r, provider(t, 1))
	if _, err := r.Register(provider(t, 1)); err == nil || !strings.Contains(err.Error(), "10.0.0.1:20880") {
		t.Errorf("the same URL again: %v", err)
	}
	withdraw(t, g)
	withdraw(t, g) // twice is no error
	again := stand(t, r, provider(t, 1))
	w := subscribe(t, r, user)
	w.untilProviders(t, "registered again", provider(t, 1))
	// Withdrawn and wanted again at once, many times: the last word counts.
	for range 20 {
		short, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		_ = again.Close(short) // may be late, but is asked for
		cancel()
		again = register(t, r, provider(t, 1))
	}
	awaitStanding(t, again)
	w.untilProviders(t, "after twenty times", provider(t, 1))
}

func badInput(t *testing.T, h Harness) {
	r := open(t, h, Options{})
	stand(t, r, provider(t, 1))
	start := time.Now()
	_, err := r.Register(url(t, provider(t, 2).String()+"&x="+strings.Repeat("x", 1_100_000)))
	took := time.Since(start)
	if err == nil || len(err.Error()) > 1000 {
		t.Errorf("a URL of 1.1 MB: %.300v", err)
	}
	measured(t, h, "a URL of 1.1 MB is refused", took, time.Second) // 2 ms where nothing else runs
	for name, u := range map[string]api.URL{
		"no interface":     url(t, "dubbo://10.0.0.1:20880"),
		"every interface":  url(t, "dubbo://10.0.0.1:20880/*"),
		"unknown category": url(t, provider(t, 3).String()+"&category=friends"),
	} {
		if _, err := r.Register(u); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, q := range map[string]registry.Query{
		"no interface":     {},
		"unknown category": {Service: user.Service, Categories: []registry.Category{"friends"}},
	} {
		if _, err := r.Subscribe(q, func(registry.Snapshot) {}); err == nil {
			t.Errorf("a query with %s: no error", name)
		}
	}
	if s := r.State(); !s.Connected || s.Standing != 1 || s.Wanted != 1 {
		t.Errorf("others were hurt: %+v", s)
	}
}

func burst(t *testing.T, h Harness) {
	const n = 200
	a, b := open(t, h, Options{}), open(t, h, Options{})
	w := subscribe(t, b, user)
	w.untilProviders(t, "nothing")
	var all []api.URL
	start := time.Now()
	for i := range n {
		all = append(all, provider(t, i))
		register(t, a, all[i])
	}
	w.untilProviders(t, "all of a burst", all...)
	measured(t, h, fmt.Sprintf("%d providers register: all are listed", n), time.Since(start), 5*time.Second)
	if told := w.count(); told > n/2 {
		t.Errorf("%d changes were told one by one, in %d lists", n, told)
	}
	start = time.Now()
	must(t, a.Close())
	w.untilProviders(t, "all gone")
	measured(t, h, fmt.Sprintf("%d providers leave: the list is empty", n), time.Since(start), 5*time.Second)
}

func randomChanges(t *testing.T, h Harness) {
	const n, changes = 20, 400
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	rs := []registry.Registry{open(t, h, Options{}), open(t, h, Options{})}
	w := subscribe(t, open(t, h, Options{}), user)
	standing := map[int]registry.Registration{}
	for range changes {
		i := rnd.IntN(n)
		if g := standing[i]; g != nil {
			ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rnd.IntN(3))*time.Millisecond)
			_ = g.Close(ctx) // sometimes not waited for
			cancel()
			delete(standing, i)
			continue
		}
		standing[i] = register(t, rs[i%2], provider(t, i))
	}
	var want []api.URL
	for i := range standing {
		want = append(want, provider(t, i))
	}
	took := w.untilProviders(t, "the final list", want...)
	measured(t, h, fmt.Sprintf("%d random changes: the final list is right", changes), took, 2*time.Second)
}

func closing(t *testing.T, h Harness) {
	a, b := open(t, h, Options{}), open(t, h, Options{})
	w := subscribe(t, b, user)
	g := stand(t, a, provider(t, 1))
	w.untilProviders(t, "one", provider(t, 1))
	own := subscribe(t, a, user)
	own.untilProviders(t, "one", provider(t, 1))

	short := subscribe(t, b, user)
	short.untilProviders(t, "one", provider(t, 1))
	short.sub.Close()
	short.sub.Close()
	told := short.count()

	must(t, a.Close())
	must(t, a.Close())
	w.untilProviders(t, "the closed registry's provider is gone")
	if short.count() != told {
		t.Error("a closed subscription was told something")
	}
	if s, _ := own.last(); !slices.EqualFunc(s.Providers, []api.URL{provider(t, 1)}, api.URL.Equal) {
		t.Errorf("the closed registry told %v", s)
	}
	if _, err := a.Register(provider(t, 2)); err == nil {
		t.Error("a closed registry registers")
	}
	if _, err := a.Subscribe(user, func(registry.Snapshot) {}); err == nil {
		t.Error("a closed registry subscribes")
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	if err := g.Wait(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("waiting for a registration of a closed registry: %v", err)
	}
	if err := g.Close(ctx); err != nil {
		t.Errorf("closing a registration that the registry withdrew: %v", err)
	}
}
