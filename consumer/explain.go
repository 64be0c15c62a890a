package consumer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// Explanation is a directory as tools show it: whom a reference knows, whom it
// would call, and why not the others.
type Explanation struct {
	Service api.Service
	// Source says where the list comes from.
	Source string
	// Providers are those that may be called, then those that may not, each
	// sorted by address.
	Providers []ProviderStatus
	// Rules is how many override and route rules stand in the registry; they
	// are not supported yet and have no effect.
	Rules int
}

// ProviderStatus is one provider in an Explanation.
type ProviderStatus struct {
	// URL is the provider's URL without its password, or the name of a node
	// that no URL could be made of.
	URL     string
	Address string
	// Eligible says that calls may go to it. Connection is "" if not.
	Eligible   bool
	Connection string
	// Picked says that calls do go to it now; Reason why not, if not.
	Picked bool
	Reason string
	// Weight is its weight of the moment, BaseWeight what it grows to.
	Weight, BaseWeight int
	// Active is how many tries are under way; Tries how many were made.
	Active int
	Tries  uint64
	// Drops counts the answers from the address that came for no call, those
	// of other references included; 0 where the protocol cannot tell.
	Drops protocol.Drops
}

// Explain shows what the reference knows of the providers of one method at
// this moment; "" stands for any method. attachments are those that a call
// would have, for routers to see; nil is fine.
func (r *Reference) Explain(method string, attachments ...api.Attachment) Explanation {
	s := r.dir.current.Load()
	e := Explanation{Service: *r.service, Source: s.source, Rules: s.rules}
	inv := &api.Invocation{Service: r.service, Method: &api.Method{Name: method}, Attachments: api.AttachmentsOf(attachments), Owner: r}
	for i := range r.dir.methods {
		if m := &r.dir.methods[i]; m.Name == method {
			inv.Method = m
			break
		}
	}
	r.attach(inv)
	v := s.view(inv.Method)
	n := s.route(v, inv)
	now := time.Now()
	for _, p := range s.providers {
		base := configuredWeight(p.url, method)
		weight, _ := p.warming.weight(base, now)
		status := ProviderStatus{
			URL: p.url.Redacted(), Address: p.address, Eligible: true, Connection: p.ep.currentRank().String(),
			Picked: slices.Contains(n.best, p), Weight: weight, BaseWeight: base,
			Active: p.Active(), Tries: p.calls.Started(),
		}
		if d, ok := p.ep.client.(protocol.DropCounter); ok {
			status.Drops = d.Drops()
		}
		switch {
		case status.Picked:
		case !slices.Contains(v.root.list, p):
			status.Reason = fmt.Sprintf("does not list the method %q", method)
		case !slices.Contains(n.list, p):
			status.Reason = "routed away: " + n.by
		default:
			status.Reason = fmt.Sprintf("%s, while others are %s", p.ep.currentRank(), n.rank)
		}
		if status.Picked && weight == 0 && n.picker != nil {
			status.Reason = "weight 0: only if all others have none"
		}
		e.Providers = append(e.Providers, status)
	}
	byAddress := func(a, b ProviderStatus) int {
		return cmp.Or(strings.Compare(a.Address, b.Address), strings.Compare(a.URL, b.URL))
	}
	slices.SortFunc(e.Providers, byAddress)
	refused := make([]ProviderStatus, 0, len(s.refused))
	for _, f := range s.refused {
		status := ProviderStatus{URL: f.text, Reason: f.reason}
		if u, err := api.ParseURL(f.text); err == nil {
			status.Address = u.Address()
		}
		refused = append(refused, status)
	}
	slices.SortFunc(refused, byAddress)
	e.Providers = append(e.Providers, refused...)
	return e
}
