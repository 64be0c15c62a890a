package monitor

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gubbo/gubbo/api"
)

// DefaultMaxSeries is how many series a Collector keeps apart unless told
// otherwise.
const DefaultMaxSeries = 2000

// Collector counts the calls of one application. It is an api.Observer for
// either side or both. It starts no goroutine and reads no clock: a call
// belongs to the minute in which it ended, by its own start and elapsed time.
//
// Begin and End take no lock that all callers share and allocate nothing once
// a series is known.
type Collector struct {
	application string
	max         int

	methods atomic.Pointer[map[methodKey]*method] // replaced, never changed
	floor   atomic.Int64                          // the first open minute; grows only
	full    atomic.Bool                           // no room for another series

	mu     sync.Mutex // guards what follows, and the replacing of maps
	series map[Series]*series
	rev    int64
}

var _ api.Observer = (*Collector)(nil)

type methodKey struct {
	side    api.Side
	service api.Service
	name    string
}

type method struct {
	key      methodKey // as it is reported
	inflight atomic.Int64
	peers    atomic.Pointer[map[string]*series] // replaced, never changed
}

// NewCollector makes a Collector for an application that keeps up to maxSeries
// series apart; 0 is DefaultMaxSeries. Calls of further peers count under the
// peer Other, calls of further methods under a service of that name.
func NewCollector(application string, maxSeries int) *Collector {
	if maxSeries <= 0 {
		maxSeries = DefaultMaxSeries
	}
	c := &Collector{application: Name(application), max: maxSeries, series: make(map[Series]*series)}
	c.methods.Store(&map[methodKey]*method{})
	return c
}

// Begin implements api.Observer.
func (c *Collector) Begin(o *api.Observation) {
	if o.Scope == api.CallScope {
		c.method(o).inflight.Add(1)
	}
}

// End implements api.Observer.
func (c *Collector) End(o *api.Observation) {
	m := c.method(o)
	minute := MinuteOf(o.Start.Add(o.Elapsed))
	switch o.Scope {
	case api.CallScope:
		// The number under way is highest when a call begins, and whichever
		// call ends next sees that number here: the maximum is not missed.
		under := m.inflight.Add(-1) + 1
		c.peer(m, o.PeerApplication).call(minute, &c.floor, o, under)
	case api.AttemptScope:
		c.peer(m, o.PeerApplication).attempt(minute, &c.floor)
	}
}

// Close implements api.Observer; there is nothing to flush.
func (c *Collector) Close(context.Context) error { return nil }

// method returns the entry for o's method. Both Begin and End ask, and since
// entries are never removed both get the same.
func (c *Collector) method(o *api.Observation) *method {
	key := methodKey{o.Side, *o.Service, o.Method.Name}
	if m := (*c.methods.Load())[key]; m != nil {
		return m
	}
	return c.addMethod(key)
}

func (c *Collector) addMethod(key methodKey) *method {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := *c.methods.Load()
	if m := known[key]; m != nil {
		return m
	}
	reported := methodKey{key.side, api.Service{
		Interface: Name(key.service.Interface), Group: Name(key.service.Group), Version: Name(key.service.Version)}, Name(key.name)}
	if len(known) >= c.max {
		key = methodKey{key.side, api.Service{Interface: Other}, Other}
		if m := known[key]; m != nil {
			return m
		}
		reported = key
	}
	m := &method{key: reported}
	m.peers.Store(&map[string]*series{})
	next := maps.Clone(known)
	next[key] = m
	c.methods.Store(&next)
	return m
}

func (c *Collector) peer(m *method, application string) *series {
	if len(application) > MaxName {
		application = application[:MaxName]
	}
	peers := *m.peers.Load()
	if s := peers[application]; s != nil {
		return s
	}
	if c.full.Load() {
		if s := peers[Other]; s != nil {
			return s
		}
	}
	return c.addPeer(m, application)
}

func (c *Collector) addPeer(m *method, application string) *series {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := *m.peers.Load()
	if s := known[application]; s != nil {
		return s
	}
	// A method's first peer always finds room, so that it is seen at all.
	if len(known) >= c.max || len(known) > 0 && len(c.series) >= c.max {
		c.full.Store(true)
		application = Other
		if s := known[application]; s != nil {
			return s
		}
	}
	// Two spellings may be reported alike, and must then be counted together:
	// a row's key has to be unique.
	id := Series{m.key.side, c.application, m.key.service, m.key.name, Name(application)}
	s := c.series[id]
	if s == nil {
		s = newSeries(id)
		c.series[id] = s
	}
	next := maps.Clone(known)
	next[strings.Clone(application)] = s
	m.peers.Store(&next)
	return s
}

// Collect returns the state of every minute in which something was counted,
// sorted by minute. Minutes before floor are sealed: their rows are final,
// the Collector forgets them, and what still ends in them counts in minute
// floor. The rows of later minutes are the state so far. All rows have one
// revision, higher than that of any Collect before.
func (c *Collector) Collect(floor int64) []Row {
	c.mu.Lock()
	defer c.mu.Unlock()
	if floor > c.floor.Load() {
		c.floor.Store(floor)
	}
	floor = c.floor.Load()
	c.rev++
	type sum struct {
		counts  Counts
		latency Histogram
	}
	var rows []Row
	for _, s := range c.series {
		var minutes map[int64]*sum
		s.collect(floor, func(cl *cell) {
			m := minutes[cl.minute]
			if m == nil {
				if minutes == nil {
					minutes = make(map[int64]*sum, 2)
				}
				m = new(sum)
				minutes[cl.minute] = m
			}
			m.counts.Add(&cl.counts)
			m.latency.Add(&cl.latency)
		})
		for minute, m := range minutes {
			rows = append(rows, Row{Series: s.id, Minute: minute, Rev: c.rev, Counts: m.counts, Latency: m.latency.Append(nil)})
		}
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Minute, b.Minute), cmp.Compare(a.Series.Side, b.Series.Side),
			strings.Compare(a.Series.Service.Interface, b.Series.Service.Interface), strings.Compare(a.Series.Method, b.Series.Method), strings.Compare(a.Series.Peer, b.Series.Peer))
	})
	return rows
}

// Rev returns the revision of the last Collect.
func (c *Collector) Rev() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rev
}

// Name makes a text fit to be reported: valid UTF-8, no longer than MaxName,
// and holding no other text in memory.
func Name(s string) string {
	if len(s) > MaxName {
		s = s[:MaxName]
	}
	return strings.Clone(strings.ToValidUTF8(s, "?"))
}
