package node

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/registry"
)

const (
	// tombstone is how long what left the registry is still shown.
	tombstone = time.Hour
	// maxGone bounds the tombstones; beyond, the oldest give way.
	maxGone = 5_000
)

// Service is a service with everybody who provides or consumes it.
type Service struct {
	Key       string `json:"key"`
	Service   string `json:"service"`
	Group     string `json:"group"`
	Version   string `json:"version"`
	Providers []Peer `json:"providers"`
	Consumers []Peer `json:"consumers"`
}

// Peer is one provider or consumer of a service, as its URL tells.
type Peer struct {
	Address     string `json:"address"`
	Application string `json:"application"`
	Protocol    string `json:"protocol"`
	// State is "up", "disabled" (stands, but must not be called) or "gone"
	// (stood in the registry and does no more).
	State string `json:"state"`
	// Since is when this monitor saw that state for the first time.
	Since time.Time `json:"since"`
	// Weight is the provider's own, before rules; 0 of a consumer.
	Weight  int      `json:"weight,omitempty"`
	Methods []string `json:"methods,omitempty"`
	// Release is the framework that it says it runs.
	Release string `json:"release,omitempty"`
	// Started is when its process published the URL.
	Started *time.Time `json:"started,omitempty"`
	PID     string     `json:"pid,omitempty"`
}

// fleet is who stands in the registry, and who did until lately.
type fleet struct {
	now func() time.Time

	mu         sync.Mutex // guards what follows
	peers      map[peerKey]*Peer
	unreadable []string
}

// peerKey is what makes a peer the same one. A provider is an address; several
// consumers share theirs, since it has no port, so the process counts too.
type peerKey struct {
	service  api.Service
	category registry.Category
	protocol string
	address  string
	process  string
}

func newFleet(now func() time.Time) *fleet {
	return &fleet{now: now, peers: make(map[peerKey]*Peer)}
}

// update takes what stands now.
func (f *fleet) update(s registry.Snapshot) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now().UTC().Truncate(time.Millisecond)
	standing := make(map[peerKey]bool, len(s.Providers)+len(s.Consumers))
	take := func(u api.URL, category registry.Category) {
		key := peerKey{service: u.Service(), category: category, protocol: u.Protocol(), address: u.Address()}
		if category == registry.Consumers {
			key.process = u.Param("application") + "\x00" + u.Param("pid")
		}
		p := peerOf(u, category)
		if was := f.peers[key]; was != nil && was.State == p.State {
			p.Since = was.Since
		} else {
			p.Since = now
		}
		f.peers[key] = p
		standing[key] = true
	}
	for _, u := range s.Providers {
		take(u, registry.Providers)
	}
	for _, u := range s.Consumers {
		take(u, registry.Consumers)
	}
	for key, p := range f.peers {
		if !standing[key] && p.State != "gone" {
			p.State, p.Since = "gone", now
		}
	}
	f.unreadable = s.Unreadable
	f.bury(now)
}

// bury forgets old tombstones.
func (f *fleet) bury(now time.Time) {
	var gone []peerKey
	for key, p := range f.peers {
		if p.State != "gone" {
			continue
		}
		if now.Sub(p.Since) > tombstone {
			delete(f.peers, key)
			continue
		}
		gone = append(gone, key)
	}
	if over := len(gone) - maxGone; over > 0 {
		slices.SortFunc(gone, func(a, b peerKey) int { return f.peers[a].Since.Compare(f.peers[b].Since) })
		for _, key := range gone[:over] {
			delete(f.peers, key)
		}
	}
}

func peerOf(u api.URL, category registry.Category) *Peer {
	p := &Peer{Address: u.Address(), Application: u.Param("application"), Protocol: u.Protocol(), State: "up",
		Release: u.ParamOr("release", u.Param("dubbo")), PID: u.Param("pid")}
	if category == registry.Providers {
		p.Weight = u.Int("weight", 100)
		if m := u.Param("methods"); m != "" {
			p.Methods = strings.Split(m, ",")
		}
		if u.Bool("disabled", false) || !u.Bool("enabled", true) {
			p.State = "disabled"
		}
	}
	if ms := u.Millis("timestamp", 0); ms > 0 {
		t := time.UnixMilli(ms.Milliseconds()).UTC()
		p.Started = &t
	}
	return p
}

// services returns all services in order, and the nodes that nobody can read.
func (f *fleet) services() ([]Service, []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bury(f.now())
	byKey := make(map[api.Service]*Service)
	for key, p := range f.peers {
		s := byKey[key.service]
		if s == nil {
			s = &Service{Key: key.service.Key(), Service: key.service.Interface, Group: key.service.Group, Version: key.service.Version, Providers: []Peer{}, Consumers: []Peer{}}
			byKey[key.service] = s
		}
		if key.category == registry.Providers {
			s.Providers = append(s.Providers, *p)
		} else {
			s.Consumers = append(s.Consumers, *p)
		}
	}
	all := make([]Service, 0, len(byKey))
	for _, s := range byKey {
		slices.SortFunc(s.Providers, comparePeers)
		slices.SortFunc(s.Consumers, comparePeers)
		all = append(all, *s)
	}
	slices.SortFunc(all, func(a, b Service) int { return strings.Compare(a.Key, b.Key) })
	return all, f.unreadable
}

func comparePeers(a, b Peer) int {
	return cmp.Or(strings.Compare(a.Address, b.Address), strings.Compare(a.Application, b.Application), strings.Compare(a.Protocol, b.Protocol), strings.Compare(a.PID, b.PID))
}

// applications returns the applications that provide or consume a service, or
// did lately.
func (f *fleet) applications(match func(api.Service) bool) map[string]bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	names := make(map[string]bool)
	for key, p := range f.peers {
		if match(key.service) {
			names[p.Application] = true
		}
	}
	return names
}
