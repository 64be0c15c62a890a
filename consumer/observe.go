package consumer

import (
	"sync"
	"time"

	"github.com/gubbo/gubbo/api"
)

// observations recycles what observers are shown: they must not keep it.
type observations struct{ pool sync.Pool }

// observe tells the observers that something begins. observed must follow.
func (c *Client) observe(begin api.Observation) *api.Observation {
	o, _ := c.observations.pool.Get().(*api.Observation)
	if o == nil {
		o = new(api.Observation)
	}
	*o = begin
	for _, w := range c.cfg.Observers {
		w.Begin(o)
	}
	return o
}

// observed tells the observers how it ended and takes o back.
func (c *Client) observed(o *api.Observation, inv *api.Invocation, err error) time.Duration {
	elapsed := time.Since(o.Start)
	o.Peer, o.PeerApplication = inv.Peer, inv.PeerApplication
	o.Elapsed, o.Err = elapsed, err
	o.BytesOut, o.BytesIn = inv.BytesOut, inv.BytesIn
	for _, w := range c.cfg.Observers {
		w.End(o)
	}
	*o = api.Observation{}
	c.observations.pool.Put(o)
	return elapsed
}
