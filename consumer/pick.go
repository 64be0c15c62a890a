package consumer

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
)

// Tried remembers the providers that a call has tried. The zero value is
// empty; it belongs to one call.
type Tried struct {
	few  [4]*Provider
	n    int
	more []*Provider
}

func (t *Tried) add(p *Provider) {
	if t.n < len(t.few) {
		t.few[t.n] = p
	} else {
		t.more = append(t.more, p)
	}
	t.n++
}

func (t *Tried) has(p *Provider) bool {
	for i := range min(t.n, len(t.few)) {
		if t.few[i] == p {
			return true
		}
	}
	for _, q := range t.more {
		if q == p {
			return true
		}
	}
	return false
}

// Pick chooses a provider for the first try of inv, and adds it to tried. The
// error is an *api.Error with code NoProvider that says why there is none.
func (d *Directory) Pick(ctx context.Context, inv *api.Invocation, tried *Tried) (*Provider, error) {
	s := d.current.Load()
	n := s.route(s.view(inv.Method), inv)
	if len(n.best) == 0 {
		d.awaitList(ctx, inv)
		s = d.current.Load() // even if the first list was there already: it may have come after the first look
		if n = s.route(s.view(inv.Method), inv); len(n.best) == 0 {
			return nil, d.noProvider(s, n, inv)
		}
	}
	p := n.best[0]
	if n.picker != nil {
		p = n.best[n.picker.Pick(inv)]
	}
	if p.ep.currentRank() > n.rank { // it fell behind since the snapshot was made
		if other := s.spare(n, inv, tried, p.ep.currentRank()); other != nil {
			p = other
		}
	}
	tried.add(p)
	return p, nil
}

// PickOther chooses a provider for a further try of inv, one that was not
// tried yet and can be hoped to answer, and adds it to tried. If there is none
// and again is true, it is one that was tried but is still connected. It
// returns nil if nobody is worth a further try.
func (d *Directory) PickOther(inv *api.Invocation, tried *Tried, again bool) *Provider {
	s := d.current.Load()
	n := s.route(s.view(inv.Method), inv)
	p := s.spare(n, inv, tried, draining)
	if p == nil && again {
		if p = s.spare(n, inv, &Tried{}, fresh); p != nil {
			return p
		}
	}
	if p != nil {
		tried.add(p)
	}
	return p
}

// awaitList waits for the first list of a new directory, which is on its way.
func (d *Directory) awaitList(ctx context.Context, inv *api.Invocation) {
	select {
	case <-d.settled:
		return
	default:
	}
	timer := time.NewTimer(time.Until(inv.Deadline))
	defer timer.Stop()
	select {
	case <-d.settled:
	case <-ctx.Done():
	case <-timer.C:
	}
}

// noProvider is the error of a call for which nobody is eligible.
func (d *Directory) noProvider(s *snapshot, n *node, inv *api.Invocation) error {
	if s.closed {
		return api.NewError(api.Unavailable, api.SentNo, fmt.Sprintf("consumer: %s.%s: the client is closed", d.service, inv.Method.Name), nil)
	}
	why, cause := d.nobody(s, n)
	return api.NewError(api.NoProvider, api.SentNo, fmt.Sprintf("consumer: no provider for %s.%s: %s", d.service, inv.Method.Name, why), cause)
}

// nobody says who was known, and why none of them was eligible. cause is why
// the registry cannot tell, if it cannot.
func (d *Directory) nobody(s *snapshot, n *node) (why string, cause error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%d known from %s", len(s.providers)+len(s.refused), s.source)
	if len(s.refused) > 0 {
		fmt.Fprintf(&b, "; %d filtered: %s", len(s.refused), s.reasons())
	}
	if n.by != "" {
		fmt.Fprintf(&b, "; routed away: %s", n.by)
	}
	ejected := 0
	for _, p := range s.providers {
		if p.ep.currentRank() >= draining {
			ejected++
		}
	}
	if ejected > 0 {
		fmt.Fprintf(&b, "; %d ejected by the health of their connections", ejected)
	}
	if r := d.client.cfg.Registry; r != nil && len(s.providers) == 0 {
		if state := r.State(); !state.Connected {
			b.WriteString("; the registry is not connected")
			cause = state.Err
		} else if len(s.refused) == 0 {
			b.WriteString("; start a provider, or compare group and version")
		}
	}
	return b.String(), cause
}
