package registrytest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/registry"
)

// Harness is a registry service under test. Each case gets one of its own.
type Harness struct {
	// Name is the service in messages and in the closing table.
	Name string
	// Open opens a registry on the service, as a process of its own would.
	// The case closes it.
	Open func(t testing.TB, o Options) registry.Registry

	// What follows is for Run only.

	// Server is the service itself.
	Server Server
	// Tree opens a raw view of the nodes, through a client of others if there
	// is one. The case closes it.
	Tree func(t testing.TB, login string) Tree
	// Process starts a process that registers u, and returns when u stands,
	// with a function that kills it by SIGKILL.
	Process func(t testing.TB, u api.URL, session time.Duration) (kill func())

	late *Lateness // since the case began
}

// watched starts the case's watch of the machine.
func (h Harness) watched(t testing.TB) Harness {
	h.late = WatchLateness(t)
	return h
}

// Options are those of a registry's URL; zero values are its defaults.
type Options struct {
	// Group is the root node.
	Group string
	// Login is "user:password".
	Login string
	// Session is the session timeout.
	Session time.Duration
}

// Server is a service that can be broken.
type Server interface {
	Stop() error
	// Start starts it again at the same address and returns when it serves.
	Start() error
	// Wipe deletes the data of a stopped server.
	Wipe() error
	// ExpireSession ends a session.
	ExpireSession(id int64) error
}

// Tree is a raw view of the nodes, in a session of its own.
type Tree interface {
	// Owner returns the session of an ephemeral node, 0 for one that stays, and
	// whether the node exists.
	Owner(path string) (session int64, exists bool, err error)
	// Children returns the names of the children, nil if there is no such node.
	Children(path string) ([]string, error)
	// Create makes a node and its parents.
	Create(path string, ephemeral bool) error
	// Delete deletes a node; that there is none is no error.
	Delete(path string) error
	// DeleteAll deletes a node and all below it, as far as others let it.
	DeleteAll(path string) error
	// Close ends the session.
	Close()
}

// within bounds what has no figure of its own; a busy machine needs some.
const within = 10 * time.Second

// measured checks a figure; see Lateness.
func measured(t testing.TB, h Harness, what string, got, limit time.Duration) {
	t.Helper()
	h.late.Check(t, h.Name, what, got, limit)
}

func open(t testing.TB, h Harness, o Options) registry.Registry {
	t.Helper()
	r := h.Open(t, o)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func tree(t testing.TB, h Harness, login string) Tree {
	t.Helper()
	tr := h.Tree(t, login)
	t.Cleanup(tr.Close)
	return tr
}

// url makes a URL of the interface com.acme.User.
func url(t testing.TB, text string) api.URL {
	t.Helper()
	u, err := api.ParseURL(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

const userService = "com.acme.User"

// provider is the n-th provider of com.acme.User.
func provider(t testing.TB, n int) api.URL {
	t.Helper()
	return url(t, fmt.Sprintf("dubbo://10.0.%d.%d:20880/com.acme.User?interface=com.acme.User&methods=get,set&side=provider", n>>8, n&255))
}

func register(t testing.TB, r registry.Registry, u api.URL) registry.Registration {
	t.Helper()
	g, err := r.Register(u)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// stand registers u and waits until it stands.
func stand(t testing.TB, r registry.Registry, u api.URL) registry.Registration {
	t.Helper()
	g := register(t, r, u)
	awaitStanding(t, g)
	return g
}

func awaitStanding(t testing.TB, g registry.Registration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	if err := g.Wait(ctx); err != nil {
		t.Fatal(err)
	}
}

func withdraw(t testing.TB, g registry.Registration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	if err := g.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// reader is a subscription that remembers what it was told.
type reader struct {
	sub registry.Subscription

	mu     sync.Mutex
	told   []registry.Snapshot
	inside bool
	wrong  string
	news   chan struct{}
}

func subscribe(t testing.TB, r registry.Registry, q registry.Query) *reader {
	t.Helper()
	w := &reader{news: make(chan struct{}, 1)}
	sub, err := r.Subscribe(q, w.take)
	if err != nil {
		t.Fatal(err)
	}
	w.sub = sub
	t.Cleanup(func() {
		sub.Close()
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.wrong != "" {
			t.Error(w.wrong)
		}
	})
	return w
}

// user asks for com.acme.User without group and version.
var user = registry.Query{Service: api.Service{Interface: userService}}

func (w *reader) take(s registry.Snapshot) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.inside {
		w.wrong = "deliver was called twice at one time"
	}
	w.inside = true
	if n := len(w.told); n > 0 && equal(w.told[n-1], s) {
		w.wrong = fmt.Sprintf("the same list was told twice: %v", s)
	}
	for _, list := range [][]api.URL{s.Providers, s.Consumers, s.Configurators, s.Routers} {
		if !slices.IsSortedFunc(list, func(a, b api.URL) int { return compare(a.String(), b.String()) }) {
			w.wrong = fmt.Sprintf("a list is not sorted: %v", list)
		}
	}
	w.told = append(w.told, s)
	w.inside = false
	select {
	case w.news <- struct{}{}:
	default:
	}
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func equal(a, b registry.Snapshot) bool {
	same := func(x, y []api.URL) bool { return slices.EqualFunc(x, y, api.URL.Equal) }
	return same(a.Providers, b.Providers) && same(a.Consumers, b.Consumers) &&
		same(a.Configurators, b.Configurators) && same(a.Routers, b.Routers) && slices.Equal(a.Unreadable, b.Unreadable)
}

func (w *reader) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.told)
}

// last returns the newest list, and whether there was one.
func (w *reader) last() (registry.Snapshot, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.told) == 0 {
		return registry.Snapshot{}, false
	}
	return w.told[len(w.told)-1], true
}

// until waits for a newest list that is right, and returns how long it took.
func (w *reader) until(t testing.TB, what string, right func(registry.Snapshot) bool) time.Duration {
	t.Helper()
	start := time.Now()
	timer := time.NewTimer(within)
	defer timer.Stop()
	for {
		if s, ok := w.last(); ok && right(s) {
			return time.Since(start)
		}
		select {
		case <-w.news:
		case <-timer.C:
			s, ok := w.last()
			t.Fatalf("%s: not told within %v; the newest list (told: %v) is %v", what, within, ok, s)
		}
	}
}

// untilProviders waits until exactly these stand.
func (w *reader) untilProviders(t testing.TB, what string, want ...api.URL) time.Duration {
	t.Helper()
	want = sorted(want)
	return w.until(t, what, func(s registry.Snapshot) bool { return slices.EqualFunc(s.Providers, want, api.URL.Equal) })
}

func sorted(urls []api.URL) []api.URL {
	urls = slices.Clone(urls)
	slices.SortFunc(urls, func(a, b api.URL) int { return compare(a.String(), b.String()) })
	return urls
}

// sinceNeverEmpty fails t if a list told after the n-th had no provider.
func (w *reader) sinceNeverEmpty(t testing.TB, n int) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, s := range w.told[n:] {
		if len(s.Providers) == 0 {
			t.Errorf("the list turned empty (%d of %d since)", i+1, len(w.told)-n)
		}
	}
}

// eventually polls until right, and returns how long it took.
func eventually(t testing.TB, what string, limit time.Duration, right func() (bool, error)) time.Duration {
	t.Helper()
	start := time.Now()
	for {
		ok, err := right()
		if ok && err == nil {
			return time.Since(start)
		}
		if time.Since(start) > limit {
			t.Fatalf("%s: not within %v (last error: %v)", what, limit, err)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
