package consumer

import (
	"context"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/protocol"
)

// Provider is one provider of one service, as a directory knows it.
type Provider struct {
	url         api.URL
	address     string
	service     *api.Service // what the provider calls itself; differs from what is asked for after "*"
	application string
	extra       []api.Attachment // what this provider wants with each call: token, a path of its own
	warming     warming

	dir     *Directory
	ep      *endpoint
	invoker api.Invoker // the attempt filters, then ep.client
	calls   *task.Gate  // who is under way
}

// URL returns the provider's URL.
func (p *Provider) URL() api.URL { return p.url }

// Address returns "host:port".
func (p *Provider) Address() string { return p.address }

// State tells how the connection to the provider is.
func (p *Provider) State() protocol.State { return p.ep.client.State() }

// Active returns how many tries are under way at the provider.
func (p *Provider) Active() int { return p.calls.Inside() }

func newProvider(d *Directory, u api.URL, proto protocol.Protocol) (*Provider, error) {
	ep, err := d.client.pool.acquire(proto, u.Address(), d)
	if err != nil {
		return nil, err
	}
	p := &Provider{
		url: u, address: u.Address(), service: d.service, application: u.Param("application"),
		warming: warmingOf(u), dir: d, ep: ep, calls: task.NewGate(),
	}
	if s := serviceOf(d.service, u); s != *d.service {
		p.service = d.serviceNamed(s)
	}
	if path := u.Path(); path != "" && path != p.service.Interface {
		p.extra = append(p.extra, api.Attachment{Key: "path", Value: path})
	}
	if token := u.Param("token"); token != "" {
		p.extra = append(p.extra, api.Attachment{Key: "token", Value: token})
	}
	p.invoker = api.Chain(ep.client, d.client.cfg.AttemptFilters...)
	return p, nil
}

// serviceOf is what a provider at u calls the service that was asked for: its
// own group and version where it has them. Where it has none it has what was
// asked for, which a registry has matched already, except that nobody is
// called "*" or "a,b".
func serviceOf(asked *api.Service, u api.URL) api.Service {
	s := api.Service{Interface: asked.Interface, Group: u.Param("group"), Version: u.Param("version")}
	if s.Group == "" && !isPattern(asked.Group) {
		s.Group = asked.Group
	}
	if s.Version == "" && !isPattern(asked.Version) {
		s.Version = asked.Version
	}
	return s
}

func isPattern(s string) bool {
	for i := range len(s) {
		if s[i] == '*' || s[i] == ',' {
			return true
		}
	}
	return false
}

// leave lets the calls under way end and then gives the connection back.
func (p *Provider) leave() {
	idle := p.calls.Close()
	pool := p.dir.client.pool
	started := p.dir.client.tasks.Go(func(ctx context.Context) {
		select {
		case <-idle:
		case <-ctx.Done():
		}
		pool.release(p.ep, p.dir)
	})
	if !started { // the client closes, and with it the pool
		pool.release(p.ep, p.dir)
	}
}

// Try runs inv once at p: the attempt filters, then the connection. It keeps
// the books that a call's tries need, so a ClusterMode calls providers by it
// alone.
func (p *Provider) Try(ctx context.Context, inv *api.Invocation) error {
	inv.Peer, inv.PeerApplication = p.address, p.application
	if !p.calls.Enter() {
		return api.NewError(api.Unavailable, api.SentNo, "consumer: "+p.address+" has just left the list of providers", nil)
	}
	defer p.calls.Exit()
	inv.Attempt++
	inv.Service = p.service
	inv.ReplyAttachments.Reset()
	for _, a := range p.extra {
		inv.Attachments.Set(a.Key, a.Value)
	}
	r, _ := inv.Owner.(*Reference)
	if inv.Method.Oneway {
		inv.AwaitSent = p.awaitSent(r, inv.Method)
	}
	if r != nil && r.call.credentials != nil {
		if err := r.call.credentials(p, inv); err != nil {
			return err
		}
	}
	if len(p.dir.client.cfg.Observers) == 0 && (r == nil || r.call.capture == nil) {
		out, in := inv.BytesOut, inv.BytesIn
		inv.BytesOut, inv.BytesIn = 0, 0
		err := p.invoker.Invoke(ctx, inv)
		inv.BytesOut += out
		inv.BytesIn += in
		return err
	}
	return p.tryObserved(ctx, inv, r)
}

// awaitSent tells whether a oneway call waits until it is written.
func (p *Provider) awaitSent(r *Reference, m *api.Method) bool {
	if r != nil && r.call.sent != nil {
		return *r.call.sent
	}
	return strings.EqualFold(p.url.MethodParam(m.Name, "sent"), "true")
}

// tryObserved is Try for those who want to watch.
func (p *Provider) tryObserved(ctx context.Context, inv *api.Invocation, r *Reference) error {
	c := p.dir.client
	out, in := inv.BytesOut, inv.BytesIn
	inv.BytesOut, inv.BytesIn = 0, 0
	o := c.observe(api.Observation{
		Side: api.ConsumerSide, Scope: api.AttemptScope, Service: inv.Service, Method: inv.Method,
		Start: time.Now(), Peer: p.address, PeerApplication: p.application,
	})
	err := p.invoker.Invoke(ctx, inv)
	o.Attempts = 1
	elapsed := c.observed(o, inv, err)
	inv.BytesOut += out
	inv.BytesIn += in
	if r != nil && r.call.capture != nil {
		info := r.call.capture
		info.Attempts = append(info.Attempts, Attempt{Peer: p.address, Code: api.CodeOf(err), Elapsed: elapsed, Err: err})
	}
	return err
}
