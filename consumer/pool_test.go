package consumer

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// Whoever lost a connection is worth less than the connected, and a dead
// address does not look better while it is dialled again.
func TestRankFollowsTheConnection(t *testing.T) {
	ep := &endpoint{watchers: make(map[*Directory]int)}
	ep.setRank(fresh)
	for i, step := range []struct {
		state protocol.State
		want  rank
	}{
		{protocol.Connecting, fresh}, {protocol.Failed, failed}, {protocol.Connecting, failed}, {protocol.Ready, ready},
		{protocol.Suspect, suspect}, {protocol.Ready, ready}, {protocol.Suspect, suspect}, {protocol.Connecting, fresh},
		{protocol.Ready, ready}, {protocol.Draining, draining}, {protocol.Ready, ready},
		{protocol.Draining, draining}, {protocol.Connecting, fresh}, {protocol.Failed, failed}, {protocol.Closed, gone},
	} {
		ep.onState(step.state)
		if got := ep.currentRank(); got != step.want {
			t.Errorf("step %d, %v: rank %v, want %v", i, step.state, got, step.want)
		}
	}
}

// The connection to a provider that is leaving may be closed only if that takes
// nothing from any call.
func TestConnectionThatEveryCallCanSpare(t *testing.T) {
	const here, there = "10.0.0.1:1", "10.0.0.2:1"
	for _, tt := range []struct {
		name            string
		atHere, atThere string // parameters of the URLs
		opts            []Option
		prepare         func(t *testing.T, r *Reference, there *fakeNode)
		want            bool
	}{
		{name: "another is ready", want: true},
		{name: "the other is leaving, too", prepare: func(_ *testing.T, _ *Reference, there *fakeNode) { there.become(protocol.Draining) }},
		{name: "the other is away", prepare: func(_ *testing.T, _ *Reference, there *fakeNode) { there.kill() }},
		{name: "it alone has a method", atHere: "methods=order,sayHello", atThere: "methods=sayHello,slow"},
		{name: "another has its methods", atHere: "methods=order,sayHello", atThere: "methods=order,sayHello,slow", want: true},
		{name: "it alone has a tag", atHere: "dubbo.tag=gray"},
		{name: "another has its tag", atHere: "dubbo.tag=gray", atThere: "dubbo.tag=gray", want: true},
		{name: "another router", opts: []Option{Routers(TagRouter, lateRouter{during: func() {}})}},
		{name: "no router", opts: []Option{Routers()}, want: true},
		{name: "a call is on its way to it", prepare: func(t *testing.T, r *Reference, there *fakeNode) {
			there.become(protocol.Draining)
			synctest.Wait()
			go func() { _ = call(r.With(Timeout(time.Minute)), order) }()
			synctest.Wait()
			there.become(protocol.Ready)
		}},
		{name: "another service has nobody else", prepare: func(t *testing.T, r *Reference, _ *fakeNode) { refer(t, r.client, Direct(url(here, ""))) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newFakeNet()
				leaves := n.start(here, func(context.Context, *api.Invocation) error { time.Sleep(time.Second); return nil })
				stays := n.start(there, nil)
				c := newClient(t, Config{Protocols: []protocol.Protocol{n}})
				r := refer(t, c, append(tt.opts, Direct(url(here, "%s", tt.atHere), url(there, "%s", tt.atThere)))...)
				if tt.prepare != nil {
					tt.prepare(t, r, stays)
				}
				leaves.become(protocol.Draining)
				synctest.Wait()
				ep := c.pool.open[poolKey{"dubbo", here}]
				if got := ep.spare(); got != tt.want {
					t.Errorf("spare says %v", got)
				}
				time.Sleep(time.Second) // the call ends
			})
		})
	}
}
