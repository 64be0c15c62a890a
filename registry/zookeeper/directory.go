package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/zkclient"
	"github.com/gubbo/gubbo/registry"
)

// directory is a node whose children are watched, shared by all subscriptions
// that need it.
type directory struct {
	r     *Registry
	path  string
	urls  bool // the children are URLs; else only their names count
	chore *chore
	cache map[string]entry // of the last read; of run alone

	// Guarded by Registry.mu; the slices are never changed, only replaced.
	subs       map[*subscription]struct{}
	looked     bool // read, or refused, at least once
	read       bool // read at least once
	missing    bool // there was no such node at the last read
	names      []string
	entries    []entry // sorted by text
	unreadable []string
	stirred    bool      // an event came since the last read began
	emptied    time.Time // since when it has no entries (names if they are no URLs), zero while it has
	err        error
}

// entry is a child that is a URL.
type entry struct {
	text string
	url  api.URL
}

func newDirectory(r *Registry, path string, urls bool) *directory {
	d := &directory{r: r, path: path, urls: urls, subs: map[*subscription]struct{}{}}
	d.chore = &chore{run: d.run, at: -1}
	return d
}

// run is the directory's chore: it reads all children anew and arms the watch
// in the same request, so that no change falls between.
func (d *directory) run(ctx context.Context, conn *zkclient.Conn) (time.Duration, error) {
	d.r.mu.Lock()
	stirred := d.stirred
	d.stirred = false
	d.r.mu.Unlock()
	names, missing, err := d.list(ctx, conn)
	if err != nil {
		err = fmt.Errorf("zookeeper: cannot list %q: %w", d.path, err)
		d.r.mu.Lock()
		defer d.r.mu.Unlock()
		d.err, d.stirred = err, d.stirred || stirred
		if !errors.Is(err, zkclient.ErrLost) && ctx.Err() == nil {
			d.looked = true
		}
		d.poke()
		return 0, err
	}
	var entries []entry
	var unreadable []string
	if d.urls {
		entries, unreadable = d.parse(names)
	}
	d.r.mu.Lock()
	defer d.r.mu.Unlock()
	d.looked, d.read, d.missing, d.err = true, true, missing, nil
	d.names, d.entries, d.unreadable = names, entries, unreadable
	switch {
	case len(entries) > 0 || !d.urls && len(names) > 0:
		d.emptied = time.Time{}
	case d.emptied.IsZero() || stirred: // empty before, too, and not in between
		d.emptied = time.Now()
	}
	d.poke()
	return soon(audit), nil
}

// list returns the names of the children, sorted. A directory that is missing
// is watched for its creation; a reader makes no nodes.
func (d *directory) list(ctx context.Context, conn *zkclient.Conn) (names []string, missing bool, err error) {
	for range tries {
		names, err = conn.Children(ctx, d.path, true)
		if err == nil {
			slices.Sort(names)
			return names, false, nil
		}
		if !errors.Is(err, zkclient.ErrNoNode) {
			return nil, false, err
		}
		if _, err = conn.Exists(ctx, d.path, true); errors.Is(err, zkclient.ErrNoNode) {
			return nil, true, nil
		}
		if err != nil {
			return nil, false, err
		}
	}
	return nil, false, errors.New("it comes and goes")
}

// parse makes URLs of names, only of those that the last read did not have.
func (d *directory) parse(names []string) (entries []entry, unreadable []string) {
	cache := make(map[string]entry, len(names))
	for _, name := range names {
		e, ok := d.cache[name]
		if !ok {
			e, ok = parseEntry(name)
		}
		if !ok {
			unreadable = append(unreadable, name)
			continue
		}
		cache[name] = e
		entries = append(entries, e)
	}
	d.cache = cache
	return sortEntries(entries), unreadable
}

func sortEntries(entries []entry) []entry {
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.text, b.text) })
	return slices.CompactFunc(entries, func(a, b entry) bool { return a.text == b.text })
}

func parseEntry(name string) (entry, bool) {
	text, err := api.DecodeName(name)
	if err != nil {
		return entry{}, false
	}
	u, err := api.ParseURL(text)
	if err != nil || u.Host() == "" {
		return entry{}, false
	}
	return entry{u.String(), u}, true
}

// poke has the subscriptions look; Registry.mu is held.
func (d *directory) poke() {
	for s := range d.subs {
		s.poke()
	}
}

// watch returns the directory at path, for s; r.mu is held.
func (r *Registry) watch(s *subscription, path string, urls bool) *directory {
	d := r.dirs[path]
	if d == nil {
		d = newDirectory(r, path, urls)
		r.dirs[path] = d
		r.lanes[0].loop.add(d.chore)
	}
	d.subs[s] = struct{}{}
	return d
}

// unwatch ends the interest of s; r.mu is held.
func (r *Registry) unwatch(s *subscription, d *directory) {
	delete(d.subs, s)
	if len(d.subs) == 0 {
		delete(r.dirs, d.path)
		r.lanes[0].loop.remove(d.chore)
	}
}

// notServices are children of the root that share it with the interfaces.
var notServices = []string{"config", "metadata", "mapping"}

// interfaces returns the paths of the interfaces below the root, of its names.
func interfaces(root string, names []string) []string {
	var paths []string
	for _, name := range names {
		if !slices.Contains(notServices, name) && name != "" && !strings.Contains(name, "/") {
			paths = append(paths, root+"/"+name)
		}
	}
	return paths
}

// category is the kind of URLs that the directory holds.
func (d *directory) category() registry.Category {
	return registry.Category(d.path[strings.LastIndexByte(d.path, '/')+1:])
}
