package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/internal/zkclient"
	"github.com/gubbo/gubbo/registry"
)

const (
	// maxPath bounds a node's path: a server cuts the connection, and with it
	// every request under way, at a packet of 1 MiB.
	maxPath = 1_000_000
	// laneRoom bounds the paths of ephemeral nodes of one session. When it ends,
	// one transaction names them all, and past 2 MB that transaction stops a
	// whole ensemble for good (ZOOKEEPER-4306).
	laneRoom = 800_000
	// farewell is how long Close takes trouble to withdraw what stands.
	farewell = 3 * time.Second
)

var _ registry.Registry = (*Registry)(nil)

// Registry is a registry.Registry on a ZooKeeper ensemble. Make one with New.
type Registry struct {
	address address
	options options
	group   task.Group

	closing sync.Once
	closed  error // what Close returned; set by closing

	mu    sync.Mutex
	lanes []*lane               // the first one also watches; guarded by mu
	nodes map[string]*node      // by path: what is registered or being withdrawn; guarded by mu
	dirs  map[string]*directory // by path: what is watched; guarded by mu
	texts map[string]*text      // by path: definitions that should stand; guarded by mu
	subs  map[*subscription]struct{}
	ended bool // Close began; guarded by mu
}

// Option changes how a Registry connects.
type Option func(*options)

type options struct {
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
	maxFrame int
}

// Dial has the Registry make its connections by f, e.g. through TLS or a
// proxy; the default is net.Dialer. f is called anew for each attempt.
func Dial(f func(ctx context.Context, network, address string) (net.Conn, error)) Option {
	return func(o *options) { o.dial = f }
}

// MaxFrame bounds, in bytes, what the server may send at once; the default is
// 64 MB, a list of about 100,000 providers.
func MaxFrame(bytes int) Option { return func(o *options) { o.maxFrame = bytes } }

// New makes a Registry for a URL such as
//
//	zookeeper://[user:password@]a:2181,b:2181[?backup=c:2181&group=dubbo&session=15000&timeout=3000]
//
// group is the root node. With user and password the Registry logs in (digest)
// and every node that it creates belongs to that user alone. session is the
// session timeout asked for, in milliseconds: how long the nodes of a process
// that died stay; the server bounds it to 2 to 20 of its ticks. timeout bounds
// one attempt to connect to one server, and never takes more than a third of a
// session; the first attempts have one second and more after each silence.
//
// New fails only for a bad URL. It does not wait for a connection: the Registry
// connects by itself, now and after each loss, until Close.
func New(url string, opts ...Option) (*Registry, error) {
	a, err := parseAddress(url)
	if err != nil {
		return nil, err
	}
	r := &Registry{
		address: a,
		options: options{dial: (&net.Dialer{}).DialContext, maxFrame: zkclient.MaxFrame},
		nodes:   map[string]*node{}, dirs: map[string]*directory{}, texts: map[string]*text{}, subs: map[*subscription]struct{}{},
	}
	for _, o := range opts {
		o(&r.options)
	}
	r.mu.Lock()
	r.addLane()
	r.mu.Unlock()
	return r, nil
}

// lane is a session with the chores that go over it.
type lane struct {
	session *session
	loop    *loop
	bytes   int // of ephemeral paths; guarded by Registry.mu
}

// addLane opens a further session; r.mu is held.
func (r *Registry) addLane() *lane {
	l := &lane{loop: newLoop(&r.group)}
	l.session = &session{
		address: r.address, dial: r.options.dial, limit: r.options.maxFrame,
		events: r.event, changed: func(c *zkclient.Conn) { l.loop.connected(c); r.recheck() },
	}
	r.lanes = append(r.lanes, l)
	r.group.Go(l.session.run)
	r.group.Go(l.loop.run)
	return l
}

// laneFor returns a session with room for n bytes more; r.mu is held.
func (r *Registry) laneFor(n int) *lane {
	for _, l := range r.lanes {
		if l.bytes+n <= laneRoom || l.bytes == 0 {
			return l
		}
	}
	return r.addLane()
}

// event has whoever watches the path look again.
func (r *Registry) event(e zkclient.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := r.nodes[e.Path]; n != nil {
		n.lane.loop.poke(n.chore)
	}
	if d := r.dirs[e.Path]; d != nil {
		d.stirred = true
		r.lanes[0].loop.poke(d.chore)
	}
	if t := r.texts[e.Path]; t != nil {
		r.lanes[0].loop.poke(t.chore)
	}
}

// recheck has subscriptions look at what depends on the connection.
func (r *Registry) recheck() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for s := range r.subs {
		s.poke()
	}
}

var (
	errClosed   = errors.New("zookeeper: the registry is closed")
	errNoAnswer = errors.New("zookeeper: the server has not answered")
)

// Register makes u stand; see registry.Registry. A node of the same name that
// belongs to another session, such as the last one of a process that was
// started again, is replaced. With dynamic=false the node is persistent and
// outlives the Registry, unless its Registration is closed.
func (r *Registry) Register(u api.URL) (registry.Registration, error) {
	category := registry.Category(u.ParamOr("category", string(registry.Providers)))
	if !slices.Contains(categories, category) {
		return nil, fmt.Errorf("zookeeper: url %q has the category %q; valid are %v", brief(u), category, categories)
	}
	dir, err := r.directoryPath(u.Service().Interface, category)
	if err != nil {
		return nil, fmt.Errorf("%w (url %q)", err, brief(u))
	}
	text := u.String()
	if len(text) <= maxPath { // else there is no need to encode it
		text = api.EncodeName(text)
	}
	path := dir + "/" + text
	if len(path) > maxPath {
		return nil, fmt.Errorf("zookeeper: url %q makes a node's path of %d bytes; ZooKeeper takes %d: shorten it (fewer methods or parameters)", brief(u), len(path), maxPath)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return nil, errClosed
	}
	n := r.nodes[path]
	switch {
	case n == nil:
		n = newNode(r, brief(u), path, u.Bool("dynamic", true))
		r.nodes[path] = n
	case n.wanted != nil:
		return nil, fmt.Errorf("zookeeper: url %q is registered here already; close that registration first", brief(u))
	}
	return n.want(), nil
}

// brief is a URL for messages.
func brief(u api.URL) string {
	s := u.Redacted()
	if len(s) > 200 {
		return s[:200] + "…"
	}
	return s
}

// categories are all there are.
var categories = []registry.Category{registry.Providers, registry.Consumers, registry.Configurators, registry.Routers}

func (r *Registry) directoryPath(iface string, c registry.Category) (string, error) {
	switch iface {
	case "":
		return "", errors.New("zookeeper: no interface is named")
	case "*", ".", "..":
		return "", fmt.Errorf("zookeeper: %q is no interface", iface)
	}
	return r.address.root + "/" + api.EncodeName(iface) + "/" + string(c), nil
}

// State tells how the Registry is doing; see registry.State. Cut off for longer
// than the session's timeout, nothing counts as standing.
func (r *Registry) State() registry.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := registry.State{Connected: true}
	for _, l := range r.lanes {
		connected, err := l.session.state()
		s.Connected = s.Connected && connected
		if s.Err == nil {
			s.Err = err
		}
	}
	for _, n := range r.nodes {
		if n.wanted == nil {
			continue
		}
		s.Wanted++
		if n.stands() {
			s.Standing++
		}
		if s.Err == nil {
			s.Err = n.err
		}
	}
	for _, d := range r.dirs {
		if s.Err == nil {
			s.Err = d.err
		}
	}
	for _, t := range r.texts {
		if s.Err == nil {
			s.Err = t.err
		}
	}
	return s
}

// Close withdraws what was registered (but not what has dynamic=false), closes
// the sessions and returns when all goroutines are gone. It takes trouble for
// three seconds; the error then counts what may stand until its session ends
// by its timeout.
func (r *Registry) Close() error {
	r.closing.Do(func() { r.closed = r.close() })
	return r.closed
}

func (r *Registry) close() error {
	r.mu.Lock()
	r.ended = true
	subs := make([]*subscription, 0, len(r.subs))
	for s := range r.subs {
		subs = append(subs, s)
	}
	var gone []<-chan struct{}
	for _, n := range r.nodes {
		if connected, _ := n.lane.session.state(); n.ephemeral && connected {
			gone = append(gone, n.unwant())
		}
	}
	r.mu.Unlock()
	for _, s := range subs {
		s.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	for _, ch := range gone {
		select {
		case <-ch:
		case <-ctx.Done():
		}
	}
	r.group.Stop()
	r.group.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	left := 0
	for _, n := range r.nodes {
		n.left = n.tried
		if n.left && n.ephemeral {
			left++
		}
		n.ended()
	}
	clear(r.nodes)
	if left > 0 {
		return fmt.Errorf("zookeeper: %d registrations could not be withdrawn; they go when their session times out", left)
	}
	return nil
}
