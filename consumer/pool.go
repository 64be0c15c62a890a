package consumer

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/protocol"
)

// rank orders providers by how much may be hoped of their connection; picks
// come from the lowest rank that has any.
type rank uint32

const (
	ready    rank = iota // connected
	fresh                // on the way to a connection, and nothing against it
	suspect              // connected to a peer that does not answer
	draining             // connected to a peer that is leaving
	failed               // lost or refused, until connected again
	gone                 // closed
)

// String says what a rank means to a person.
func (r rank) String() string {
	return [...]string{"ready", "connecting", "silent", "leaving", "not reachable", "closed"}[r]
}

// pool owns the connections of a Client: one protocol.Client per protocol and
// address, shared by its references, closed when the last one lets go.
type pool struct {
	tasks   *task.Group
	options protocol.DialOptions

	mu   sync.Mutex
	open map[poolKey]*endpoint // guarded by mu
	shut bool                  // guarded by mu
}

type poolKey struct{ protocol, address string }

// endpoint is one address and the connection to it.
type endpoint struct {
	key     poolKey
	client  protocol.Client
	rank    atomic.Uint32
	probing atomic.Bool

	mu       sync.Mutex
	watchers map[*Directory]int // guarded by mu: who holds it, how often
}

// acquire returns the endpoint for address, dialling if it is new. Each
// acquire needs a release.
func (p *pool) acquire(proto protocol.Protocol, address string, d *Directory) (*endpoint, error) {
	key := poolKey{proto.Name(), address}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shut {
		return nil, errClosed
	}
	ep := p.open[key]
	if ep == nil {
		ep = &endpoint{key: key, watchers: make(map[*Directory]int)}
		ep.setRank(fresh)
		options := p.options
		options.OnState, options.Leave, options.Spare = ep.onState, ep.leave, ep.spare
		client, err := proto.Dial(address, options)
		if err != nil {
			return nil, err
		}
		ep.client = client
		p.open[key] = ep
		// Connecting ahead spares the first call the wait, and tells early
		// whom not to pick. From then on the client reconnects by itself.
		p.probe(ep)
	}
	ep.mu.Lock()
	ep.watchers[d]++
	ep.mu.Unlock()
	return ep, nil
}

// probe has the endpoint try to connect now.
func (p *pool) probe(ep *endpoint) {
	if !ep.probing.CompareAndSwap(false, true) {
		return
	}
	if !p.tasks.Go(func(ctx context.Context) {
		defer ep.probing.Store(false)
		_ = ep.client.Connect(ctx) // onState tells the outcome
	}) {
		ep.probing.Store(false)
	}
}

// release gives back what acquire gave. It may wait for the connection's
// goroutines.
func (p *pool) release(ep *endpoint, d *Directory) {
	p.mu.Lock()
	ep.mu.Lock()
	if ep.watchers[d]--; ep.watchers[d] <= 0 {
		delete(ep.watchers, d)
	}
	unused := len(ep.watchers) == 0
	ep.mu.Unlock()
	if unused && p.open[ep.key] == ep {
		delete(p.open, ep.key)
	} else {
		unused = false
	}
	p.mu.Unlock()
	if unused {
		_ = ep.client.Close() // nothing is left to do about its error
	}
}

// close closes all connections.
func (p *pool) close() {
	p.mu.Lock()
	p.shut = true
	open := p.open
	p.open = nil
	p.mu.Unlock()
	var wait sync.WaitGroup
	for _, ep := range open {
		wait.Go(func() { _ = ep.client.Close() })
	}
	wait.Wait()
}

// onState is called by the protocol's client. A dead address stays failed
// while it is dialled again.
func (ep *endpoint) onState(s protocol.State) {
	switch s {
	case protocol.Ready:
		ep.setRank(ready)
	case protocol.Suspect:
		ep.setRank(suspect)
	case protocol.Draining:
		ep.setRank(draining)
	case protocol.Failed:
		ep.setRank(failed)
	case protocol.Closed:
		ep.setRank(gone)
	default: // a connection that ended is being replaced
		if ep.currentRank() == failed {
			return
		}
		ep.setRank(fresh)
	}
	ep.mu.Lock()
	defer ep.mu.Unlock()
	for d := range ep.watchers {
		d.poke()
	}
}

// errLeft is the cause of a failure for whose retry the budget has paid.
var errLeft = errors.New("left for another provider")

// leave ends a try that waits here, at a provider that does not answer, if
// Failover will follow it by another and some other provider is ready. See
// protocol.DialOptions.
func (ep *endpoint) leave(inv *api.Invocation, e *api.Error) error {
	r, _ := inv.Owner.(*Reference)
	if r == nil || !r.dir.goesOn || !r.dir.othersReady(inv, ep) {
		return nil
	}
	switch judge(e, inv.Method, r).kind {
	case goOn:
		return e
	case retry:
		if inv.Attempt <= r.call.retries && r.dir.spend() {
			return api.NewError(e.Code, e.Sent, e.Message, errLeft)
		}
	}
	return nil
}

// othersReady tells whether a provider for inv is ready elsewhere than at ep.
func (d *Directory) othersReady(inv *api.Invocation, ep *endpoint) bool {
	s := d.current.Load()
	return slices.ContainsFunc(s.route(s.view(inv.Method), inv).list, func(p *Provider) bool {
		return p.ep != ep && p.ep.currentRank() == ready
	})
}

// spare tells whether every call finds a provider that is ready elsewhere, so
// that the connection to one that is leaving may be closed. See
// protocol.DialOptions.
func (ep *endpoint) spare() bool {
	ep.mu.Lock()
	defer ep.mu.Unlock()
	for d := range ep.watchers {
		if !d.spares(ep) {
			return false
		}
	}
	return true
}

// spares tells whether no call of d is on its way to ep, nor needs to be: where
// the only router is TagRouter, providers of one tag stand for each other.
func (d *Directory) spares(ep *endpoint) bool {
	if slices.ContainsFunc(d.routers, func(r Router) bool { return r != TagRouter }) {
		return false
	}
	s := d.current.Load()
	needs := func(list []*Provider, p *Provider) bool {
		return p.ep == ep && (p.Active() > 0 || !slices.ContainsFunc(list, func(other *Provider) bool {
			return other.ep != ep && other.ep.currentRank() == ready && other.url.Param(tagKey) == p.url.Param(tagKey)
		}))
	}
	for _, v := range s.views {
		if list := v.root.list; slices.ContainsFunc(list, func(p *Provider) bool { return needs(list, p) }) {
			return false
		}
	}
	return !slices.ContainsFunc(s.providers, func(p *Provider) bool { return needs(s.providers, p) })
}

func (ep *endpoint) setRank(r rank) { ep.rank.Store(uint32(r)) }

func (ep *endpoint) currentRank() rank { return rank(ep.rank.Load()) }
