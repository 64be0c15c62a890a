package consumer

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/registry"
)

// Directory knows the providers of one reference. One goroutine, run, turns
// the list of URLs, the state of the connections and the time into snapshots;
// calls only read the latest.
type Directory struct {
	client   *Client
	service  *api.Service
	methods  []api.Method
	routers  []Router
	balancer Balancer
	budget   budget
	goesOn   bool // the mode is Failover; set by its Bind, before the first call
	log      *slog.Logger

	// services holds the names of providers that differ from what was asked
	// for, one pointer each, since protocols prepare requests by the pointer.
	services map[api.Service]*api.Service // used by run alone

	current atomic.Pointer[snapshot]
	dirty   chan struct{} // of one: something changed
	settled chan struct{} // closed by run when the first list has come, or a while has passed
	ready   chan struct{} // closed by run when a provider was connected for the first time

	mu   sync.Mutex
	news *list // guarded by mu: the latest list, nil before the first
}

// list is what was last heard of who provides the service.
type list struct {
	urls       []api.URL
	unreadable []string
	rules      int    // configurators and routers, which are not applied yet
	source     string // "the registry", "the cache …", "Direct"
	asked      bool   // urls answer a query; direct ones are taken as given
}

// empty reports whether nobody at all is listed: a list whose providers were
// all disabled, say, means what it says.
func (l *list) empty() bool {
	for _, u := range l.urls {
		if u.Protocol() != "empty" {
			return false
		}
	}
	return true
}

// An empty list from the registry is believed when no provider of the last
// good list has been reachable for this long.
const staleGrace = 10 * time.Second

// settleWait is how long a new directory waits for the registry before it
// takes the cached list, and before calls fail for want of providers.
const settleWait = 500 * time.Millisecond

func newDirectory(c *Client, service *api.Service, methods []api.Method, s *referSettings) *Directory {
	d := &Directory{
		client: c, budget: newBudget(time.Now()), service: service, methods: methods, routers: s.routers, balancer: s.balancer,
		log:      c.cfg.Logger.With("service", service.Key()),
		services: make(map[api.Service]*api.Service),
		dirty:    make(chan struct{}, 1), settled: make(chan struct{}), ready: make(chan struct{}),
	}
	first := &snapshot{source: "the registry, which has not answered yet"}
	d.finish(first)
	d.current.Store(first)
	return d
}

// finish completes s, whose providers are set, and returns when it must be
// built anew even if nothing happens.
func (d *Directory) finish(s *snapshot) time.Duration {
	s.routers, s.balancer = d.routers, d.balancer
	return s.build(d.methods, time.Now())
}

func (d *Directory) serviceNamed(s api.Service) *api.Service {
	p := d.services[s]
	if p == nil {
		p = &s
		d.services[s] = p
	}
	return p
}

// poke has run look at the world again.
func (d *Directory) poke() {
	select {
	case d.dirty <- struct{}{}:
	default: // it is about to
	}
}

// learn takes a new list.
func (d *Directory) learn(l *list) {
	d.mu.Lock()
	d.news = l
	d.mu.Unlock()
	d.poke()
}

// deliver takes a snapshot from the registry.
func (d *Directory) deliver(s registry.Snapshot) {
	d.learn(&list{
		urls: s.Providers, unreadable: s.Unreadable, rules: len(s.Configurators) + len(s.Routers),
		source: "the registry", asked: true,
	})
}

// run is the directory's goroutine. It ends with ctx.
func (d *Directory) run(ctx context.Context) {
	settle := time.NewTimer(settleWait)
	defer settle.Stop()
	again := time.NewTimer(time.Hour)
	defer again.Stop()
	k := keeper{d: d, held: make(map[string]*Provider)}
	defer k.end()
	waited := false
	for {
		d.mu.Lock()
		news := d.news
		d.mu.Unlock()
		next := k.rebuild(news)
		if news != nil || waited {
			d.settle() // calls wait for this: the snapshot comes first
		}
		again.Reset(next)
		select {
		case <-ctx.Done():
			return
		case <-d.dirty:
		case <-again.C:
		case <-settle.C:
			d.fromCache()
			waited = true
		}
	}
}

// settle and markReady are called by run alone.
func (d *Directory) settle() { closeOnce(d.settled) }

func (d *Directory) markReady() { closeOnce(d.ready) }

func closeOnce(c chan struct{}) {
	select {
	case <-c:
	default:
		close(c)
	}
}

// fromCache takes the list on disk if the registry has not delivered yet.
func (d *Directory) fromCache() {
	urls, from, err := d.client.cache.load(*d.service)
	if err != nil {
		d.log.Warn("consumer: the cached list of providers cannot be used", "err", err)
	}
	if len(urls) == 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.news == nil {
		d.log.Warn("consumer: the registry does not answer; working from the cached list", "file", from, "providers", len(urls))
		d.news = &list{urls: urls, source: "the cache " + from, asked: true}
		d.poke()
	}
}

// keeper is the state of run.
type keeper struct {
	d      *Directory
	last   *list                // what the current snapshot was made of
	held   map[string]*Provider // by URL
	stale  bool                 // the registry's list turned empty, the last good one is kept
	good   *list                // the last list with a provider that could be called
	saved  *list
	probed time.Time // when probe was last at work
	down   time.Time // since when no provider has been reachable; zero: one is
}

// never is long enough for a timer that something else will reset.
const never = 24 * time.Hour

// rebuild makes the current snapshot from news and returns when it wants to be
// called again at the latest.
func (k *keeper) rebuild(news *list) time.Duration {
	d := k.d
	if news == nil {
		return never
	}
	use := news
	changed := news != k.last
	s := &snapshot{source: news.source, rules: news.rules}
	urls, protos := d.sift(news, s)
	k.stale = news.asked && k.good != nil && news.empty()
	if k.stale {
		use = k.good
		s.refused = nil
		s.source = "the last good list, since " + news.source + " has none now"
		urls, protos = d.sift(use, s)
	}
	if changed {
		k.tell(news, len(urls), s)
		k.last = news
	}
	s.providers = k.hold(urls, protos, s)
	wait := never
	if next := d.finish(s); next > 0 {
		wait = next
	}
	best := gone
	for _, p := range s.providers {
		best = min(best, p.ep.currentRank())
	}
	if best < failed {
		k.down = time.Time{}
	} else if k.down.IsZero() {
		k.down = time.Now()
	}
	if best == failed {
		k.probe(s.providers)
		wait = min(wait, probeEvery/2+rand.N(probeEvery/2))
	}
	if k.stale && best >= failed {
		if left := time.Until(k.down.Add(staleGrace)); left > 0 {
			wait = min(wait, left)
		} else {
			d.log.Warn("consumer: nobody on the last good list can be reached; dropping it, as the registry says", "providers", len(s.providers))
			k.good, k.down = nil, time.Time{}
			return k.rebuild(news)
		}
	}
	if !k.stale && len(s.providers) > 0 {
		k.good = use
	}
	d.current.Store(s)
	k.drop(s)
	if best == ready {
		d.markReady()
	}
	if k.good != nil && k.good != k.saved && k.good.asked {
		k.saved = k.good
		d.client.cache.save(*d.service, k.good.urls)
	}
	return wait
}

// tell logs a new list.
func (k *keeper) tell(news *list, usable int, s *snapshot) {
	if k.stale {
		k.d.log.Warn("consumer: the list of providers turned empty; keeping the last good one while its connections live", "providers", usable)
		return
	}
	k.d.log.Debug("consumer: list of providers", "source", news.source, "usable", usable, "refused", s.reasons())
	if news.rules > 0 && (k.last == nil || k.last.rules != news.rules) {
		k.d.log.Warn("consumer: override and route rules in the registry are not supported yet and are ignored", "rules", news.rules)
	}
}

// sift splits a list into what may be called and what may not.
func (d *Directory) sift(l *list, s *snapshot) ([]api.URL, []protocol.Protocol) {
	var urls []api.URL
	var protos []protocol.Protocol
	query := registry.Query{Service: *d.service}
	for _, u := range l.urls {
		proto, reason := d.client.speaks(u)
		switch {
		case u.Protocol() == "empty":
			continue
		case reason != "":
		case u.Port() == 0:
			reason = "without a port"
		case !u.Bool("enabled", true):
			reason = "with enabled=false"
		case u.Bool("disabled", false):
			reason = "with disabled=true"
		case l.asked && !registry.Match(query, u):
			reason = "of another group or version"
		}
		if reason != "" {
			s.refused = append(s.refused, refusal{u.Redacted(), reason})
			continue
		}
		urls, protos = append(urls, u), append(protos, proto)
	}
	for _, name := range l.unreadable {
		s.refused = append(s.refused, refusal{name, "unreadable"})
	}
	return urls, protos
}

// hold turns URLs into providers, keeping those that it has.
func (k *keeper) hold(urls []api.URL, protos []protocol.Protocol, s *snapshot) []*Provider {
	list := make([]*Provider, 0, len(urls))
	seen := make(map[string]bool, len(urls))
	for i, u := range urls {
		key := u.String()
		if seen[key] {
			continue
		}
		seen[key] = true
		p := k.held[key]
		if p == nil {
			var err error
			if p, err = newProvider(k.d, u, protos[i]); err != nil {
				s.refused = append(s.refused, refusal{u.Redacted(), fmt.Sprintf("not dialled (%v)", err)})
				continue
			}
			if p.ep.currentRank() == failed {
				k.d.client.pool.probe(p.ep) // whoever published it says that it lives
			}
			k.held[key] = p
		}
		list = append(list, p)
	}
	return list
}

// While nobody can be reached, this many addresses are probed this often, lest
// a fleet that comes back waits for the longer pauses of its connections.
const (
	probeEvery = time.Second
	probeMost  = 10
)

func (k *keeper) probe(list []*Provider) {
	now := time.Now()
	if now.Sub(k.probed) < probeEvery/2 {
		return
	}
	k.probed = now
	from := rand.IntN(len(list))
	for i := range min(len(list), probeMost) {
		k.d.client.pool.probe(list[(from+i)%len(list)].ep)
	}
}

// drop lets go of providers that s no longer has.
func (k *keeper) drop(s *snapshot) {
	if len(k.held) == len(s.providers) {
		return
	}
	for key, p := range k.held {
		if !slices.Contains(s.providers, p) {
			delete(k.held, key)
			p.leave()
		}
	}
}

// end leaves a snapshot that says the client is closed.
func (k *keeper) end() {
	s := &snapshot{closed: true, source: "a closed client"}
	k.d.finish(s)
	k.d.current.Store(s)
	k.drop(s)
	k.d.settle()
}

// speaks finds the protocol for u. A provider may serve further protocols on
// the same port, which "ext.protocol" names.
func (c *Client) speaks(u api.URL) (protocol.Protocol, string) {
	if p := c.protocols[u.Protocol()]; p != nil {
		return p, ""
	}
	for name := range strings.SplitSeq(u.Param("ext.protocol"), ",") {
		if p := c.protocols[name]; p != nil {
			return p, ""
		}
	}
	return nil, fmt.Sprintf("of protocol %q, which is not spoken here (%s)", u.Protocol(), c.spoken())
}
