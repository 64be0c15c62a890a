package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/registry"
)

// A list of providers that turns empty is mostly a registry in trouble: a tree
// that was wiped, or sessions that all ended while it was down, and providers
// that are about to come back. So it is told only when it stayed empty.
const (
	// emptyFor is enough when the directory still stands.
	emptyFor = time.Second
	// missingFor is for a directory that is gone, or a connection that was lost.
	missingFor = 5 * time.Second
)

// subscription is a standing question and what it was last answered.
type subscription struct {
	r       *Registry
	query   registry.Query
	deliver func(registry.Snapshot)
	group   task.Group
	poked   chan struct{} // holds one: something changed
	first   chan struct{} // closed after the first delivery

	// Guarded by Registry.mu.
	root   *directory // of a query for "*"; else nil
	dirs   map[string]*directory
	closed bool
}

var _ registry.Subscription = (*subscription)(nil)

// Subscribe delivers what stands for q; see registry.Registry. A list of
// providers that turns empty is told only after it stayed empty for a second,
// or for five after a loss of the connection or when the directory is gone too.
func (r *Registry) Subscribe(q registry.Query, deliver func(registry.Snapshot)) (registry.Subscription, error) {
	if deliver == nil {
		return nil, errors.New("zookeeper: deliver is nil")
	}
	q.Categories = slices.Clone(q.Categories)
	if len(q.Categories) == 0 {
		q.Categories = []registry.Category{registry.Providers, registry.Configurators, registry.Routers}
	}
	for _, c := range q.Categories {
		if !slices.Contains(categories, c) {
			return nil, fmt.Errorf("zookeeper: the query for %q has the category %q; valid are %v", q.Service, c, categories)
		}
	}
	s := &subscription{
		r: r, query: q, deliver: deliver, dirs: map[string]*directory{},
		poked: make(chan struct{}, 1), first: make(chan struct{}),
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return nil, errClosed
	}
	if q.Service.Interface == "*" {
		s.root = r.watch(s, r.address.root, false)
	} else {
		for _, c := range q.Categories {
			path, err := r.directoryPath(q.Service.Interface, c)
			if err != nil {
				return nil, err
			}
			s.dirs[path] = r.watch(s, path, true)
		}
	}
	r.subs[s] = struct{}{}
	s.group.Go(s.run)
	s.poke()
	return s, nil
}

func (s *subscription) poke() {
	select {
	case s.poked <- struct{}{}:
	default:
	}
}

// run delivers until ctx ends.
func (s *subscription) run(ctx context.Context) {
	var last answer
	delivered := false
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.poked:
		case <-timer.C:
		}
		now, ready := s.look()
		if !ready {
			continue
		}
		if len(now.urls[registry.Providers]) == 0 && len(last.urls[registry.Providers]) > 0 {
			if wait := time.Until(now.emptyAt); wait > 0 {
				now.urls[registry.Providers] = last.urls[registry.Providers]
				timer.Reset(wait)
			}
		}
		if delivered && now.equal(last) {
			continue
		}
		last = now
		if ctx.Err() != nil {
			return
		}
		s.deliver(now.snapshot())
		if !delivered {
			delivered = true
			close(s.first)
		}
	}
}

// answer is what stands for a query.
type answer struct {
	urls       map[registry.Category][]entry // sorted by text
	unreadable []string
	emptyAt    time.Time // when a list of providers that is empty may be told
}

func (a answer) equal(b answer) bool {
	for _, c := range categories {
		if !slices.EqualFunc(a.urls[c], b.urls[c], func(x, y entry) bool { return x.text == y.text }) {
			return false
		}
	}
	return slices.Equal(a.unreadable, b.unreadable)
}

func (a answer) snapshot() registry.Snapshot {
	list := func(c registry.Category) []api.URL {
		var out []api.URL
		for _, e := range a.urls[c] {
			out = append(out, e.url)
		}
		return out
	}
	return registry.Snapshot{
		Providers: list(registry.Providers), Consumers: list(registry.Consumers),
		Configurators: list(registry.Configurators), Routers: list(registry.Routers),
		Unreadable: a.unreadable,
	}
}

// look gathers what stands; ready is false until everything was read once.
func (s *subscription) look() (now answer, ready bool) {
	type part struct {
		category registry.Category
		entries  []entry
	}
	var parts []part
	s.r.mu.Lock()
	if s.closed {
		s.r.mu.Unlock()
		return answer{}, false
	}
	s.follow()
	ready = s.root == nil || s.root.read
	now.emptyAt = time.Now().Add(missingFor)
	connected, _ := s.r.lanes[0].session.state()
	reconnected := s.r.lanes[0].session.reconnected()
	emptied, missing := time.Time{}, true
	for _, d := range s.dirs {
		// One directory of many that we may not read must not hide the others.
		ready = ready && (d.read || s.root != nil && d.looked)
		parts = append(parts, part{d.category(), d.entries})
		now.unreadable = append(now.unreadable, d.unreadable...)
		if d.category() == registry.Providers {
			missing = missing && d.missing
			if d.emptied.After(emptied) {
				emptied = d.emptied
			}
		}
	}
	if s.root != nil && len(s.dirs) == 0 {
		emptied, missing = s.root.emptied, s.root.missing
	}
	s.r.mu.Unlock()
	if !ready {
		return answer{}, false
	}
	if connected { // else nobody knows whether it is empty
		now.emptyAt = emptied.Add(emptyFor)
		if missing {
			now.emptyAt = emptied.Add(missingFor)
		}
		if trusted := reconnected.Add(missingFor); trusted.After(now.emptyAt) {
			now.emptyAt = trusted
		}
	}
	now.urls = map[registry.Category][]entry{}
	for _, p := range parts {
		for _, e := range p.entries {
			if registry.Match(s.query, e.url) {
				now.urls[p.category] = append(now.urls[p.category], e)
			}
		}
	}
	if len(s.query.Categories) < len(parts) {
		for c, entries := range now.urls {
			now.urls[c] = sortEntries(entries)
		}
	}
	slices.Sort(now.unreadable)
	return now, ready
}

// follow watches the directories of the interfaces that the root has now;
// Registry.mu is held.
func (s *subscription) follow() {
	if s.root == nil || !s.root.read {
		return
	}
	have := map[string]bool{}
	for _, iface := range interfaces(s.root.path, s.root.names) {
		for _, c := range s.query.Categories {
			path := iface + "/" + string(c)
			have[path] = true
			if s.dirs[path] == nil {
				s.dirs[path] = s.r.watch(s, path, true)
			}
		}
	}
	for path, d := range s.dirs {
		if !have[path] {
			delete(s.dirs, path)
			s.r.unwatch(s, d)
		}
	}
}

func (s *subscription) Wait(ctx context.Context) error {
	select {
	case <-s.first:
		return nil
	default:
	}
	select {
	case <-s.first:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("zookeeper: %q was not read yet (%w): %w", s.query.Service, ctx.Err(), s.why())
	case <-s.group.Context().Done():
		return errors.New("zookeeper: the subscription is closed")
	}
}

// why says what keeps the first delivery from coming.
func (s *subscription) why() error {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	if connected, err := s.r.lanes[0].session.state(); !connected {
		return err
	}
	for _, d := range s.dirs {
		if d.err != nil {
			return d.err
		}
	}
	if s.root != nil && s.root.err != nil {
		return s.root.err
	}
	return errNoAnswer
}

func (s *subscription) Close() {
	s.r.mu.Lock()
	if !s.closed {
		s.closed = true
		delete(s.r.subs, s)
		for _, d := range s.dirs {
			s.r.unwatch(s, d)
		}
		if s.root != nil {
			s.r.unwatch(s, s.root)
		}
	}
	s.r.mu.Unlock()
	s.group.Stop()
	s.group.Wait()
}
