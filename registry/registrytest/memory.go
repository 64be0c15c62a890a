package registrytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/registry"
)

// Memory is a registry service in memory. The registries that Open returns see
// each other's URLs; everything stands at once. The zero value is ready to use.
type Memory struct {
	mu    sync.Mutex
	nodes map[string]*memoryNode // by category and text; guarded by mu
	subs  map[*memorySubscription]struct{}
}

type memoryNode struct {
	category registry.Category
	url      api.URL
	text     string
	owner    *memoryRegistry
}

// Open returns a registry on m, as a process of its own would have it.
func (m *Memory) Open() registry.Registry { return &memoryRegistry{m: m} }

// changed has every subscription look; m.mu is held.
func (m *Memory) changed() {
	for s := range m.subs {
		s.poke()
	}
}

type memoryRegistry struct {
	m      *Memory
	closed bool // guarded by m.mu
}

var errMemoryClosed = errors.New("registrytest: the registry is closed")

var memoryCategories = []registry.Category{registry.Providers, registry.Consumers, registry.Configurators, registry.Routers}

func (r *memoryRegistry) Register(u api.URL) (registry.Registration, error) {
	category := registry.Category(u.ParamOr("category", string(registry.Providers)))
	n := &memoryNode{category: category, url: u, text: u.String(), owner: r}
	switch iface := u.Service().Interface; {
	case iface == "" || iface == "*":
		return nil, fmt.Errorf("registrytest: %q is no interface (url %.200q)", iface, n.text)
	case !slices.Contains(memoryCategories, category):
		return nil, fmt.Errorf("registrytest: category %q is unknown; valid are %v", category, memoryCategories)
	case len(n.text) > 1_000_000:
		return nil, fmt.Errorf("registrytest: url %.200q has %d bytes; 1000000 are taken", n.text, len(n.text))
	}
	m := r.m
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.closed {
		return nil, errMemoryClosed
	}
	key := string(category) + " " + n.text
	if old := m.nodes[key]; old != nil && old.owner == r {
		return nil, fmt.Errorf("registrytest: url %q is registered here already", n.text)
	}
	if m.nodes == nil {
		m.nodes = map[string]*memoryNode{}
	}
	m.nodes[key] = n
	m.changed()
	return &memoryRegistration{n: n, key: key}, nil
}

func (r *memoryRegistry) Subscribe(q registry.Query, deliver func(registry.Snapshot)) (registry.Subscription, error) {
	if q.Service.Interface == "" || deliver == nil {
		return nil, errors.New("registrytest: a query needs an interface and someone to deliver to")
	}
	q.Categories = slices.Clone(q.Categories)
	if len(q.Categories) == 0 {
		q.Categories = []registry.Category{registry.Providers, registry.Configurators, registry.Routers}
	}
	for _, c := range q.Categories {
		if !slices.Contains(memoryCategories, c) {
			return nil, fmt.Errorf("registrytest: category %q is unknown; valid are %v", c, memoryCategories)
		}
	}
	s := &memorySubscription{r: r, query: q, deliver: deliver, poked: make(chan struct{}, 1), first: make(chan struct{})}
	r.m.mu.Lock()
	defer r.m.mu.Unlock()
	if r.closed {
		return nil, errMemoryClosed
	}
	if r.m.subs == nil {
		r.m.subs = map[*memorySubscription]struct{}{}
	}
	r.m.subs[s] = struct{}{}
	s.group.Go(s.run)
	s.poke()
	return s, nil
}

func (r *memoryRegistry) State() registry.State {
	r.m.mu.Lock()
	defer r.m.mu.Unlock()
	s := registry.State{Connected: !r.closed}
	for _, n := range r.m.nodes {
		if n.owner == r {
			s.Wanted++
			s.Standing++
		}
	}
	return s
}

func (r *memoryRegistry) Close() error {
	r.m.mu.Lock()
	r.closed = true
	for key, n := range r.m.nodes {
		if n.owner == r && n.url.Bool("dynamic", true) {
			delete(r.m.nodes, key)
		}
	}
	var subs []*memorySubscription
	for s := range r.m.subs {
		if s.r == r {
			delete(r.m.subs, s) // its own end is no news to it
			subs = append(subs, s)
		}
	}
	r.m.changed()
	r.m.mu.Unlock()
	for _, s := range subs {
		s.Close()
	}
	return nil
}

type memoryRegistration struct {
	n   *memoryNode
	key string
}

func (g *memoryRegistration) Wait(context.Context) error {
	g.n.owner.m.mu.Lock()
	defer g.n.owner.m.mu.Unlock()
	if g.n.owner.m.nodes[g.key] != g.n {
		return errors.New("registrytest: the registration is closed")
	}
	return nil
}

func (g *memoryRegistration) Close(context.Context) error {
	m := g.n.owner.m
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.nodes[g.key] == g.n {
		delete(m.nodes, g.key)
		m.changed()
	}
	return nil
}

type memorySubscription struct {
	r       *memoryRegistry
	query   registry.Query
	deliver func(registry.Snapshot)
	group   task.Group
	poked   chan struct{} // holds one: something changed
	first   chan struct{} // closed after the first delivery
}

func (s *memorySubscription) poke() {
	select {
	case s.poked <- struct{}{}:
	default:
	}
}

func (s *memorySubscription) run(ctx context.Context) {
	var last registry.Snapshot
	for delivered := false; ; {
		select {
		case <-ctx.Done():
			return
		case <-s.poked:
		}
		now, live := s.look()
		if !live {
			return
		}
		if delivered && equal(now, last) {
			continue
		}
		last = now
		s.deliver(now)
		if !delivered {
			delivered = true
			close(s.first)
		}
	}
}

// look returns what stands now, and whether the subscription still lives.
func (s *memorySubscription) look() (out registry.Snapshot, live bool) {
	s.r.m.mu.Lock()
	defer s.r.m.mu.Unlock()
	if _, live := s.r.m.subs[s]; !live {
		return out, false
	}
	lists := map[registry.Category]*[]api.URL{
		registry.Providers: &out.Providers, registry.Consumers: &out.Consumers,
		registry.Configurators: &out.Configurators, registry.Routers: &out.Routers,
	}
	var nodes []*memoryNode
	for _, n := range s.r.m.nodes {
		if slices.Contains(s.query.Categories, n.category) && registry.Match(s.query, n.url) {
			nodes = append(nodes, n)
		}
	}
	slices.SortFunc(nodes, func(a, b *memoryNode) int { return strings.Compare(a.text, b.text) })
	for _, n := range nodes {
		*lists[n.category] = append(*lists[n.category], n.url)
	}
	return out, true
}

func (s *memorySubscription) Wait(ctx context.Context) error {
	select {
	case <-s.first:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("registrytest: %q was not read yet: %w", s.query.Service, ctx.Err())
	case <-s.group.Context().Done():
		return errors.New("registrytest: the subscription is closed")
	}
}

func (s *memorySubscription) Close() {
	s.r.m.mu.Lock()
	delete(s.r.m.subs, s)
	s.r.m.mu.Unlock()
	s.group.Stop()
	s.group.Wait()
}
