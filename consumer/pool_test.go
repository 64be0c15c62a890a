package consumer

import (
	"testing"

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
