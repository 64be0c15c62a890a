package consumer

import (
	"math/rand/v2"

	"github.com/gubbo/gubbo/api"
)

// Balancer spreads calls over providers.
type Balancer interface {
	// Picker prepares for a list of at least two providers and their weights of
	// the moment, which run parallel and never change. It is called when the
	// list or a weight changes, never per call.
	Picker(list []*Provider, weights []int) Picker
}

// Picker picks for one list. It is called for each try, from many goroutines,
// and must not allocate.
type Picker interface {
	// Pick returns the index of a provider in the list.
	Pick(inv *api.Invocation) int
}

// Random is the default balancer: each provider's share is its weight; if all
// weights are equal, or all 0, every one has the same share. A provider of
// weight 0 gets nothing as long as another has some.
var Random Balancer = random{}

type random struct{}

var _ Balancer = random{}

func (random) Picker(_ []*Provider, weights []int) Picker {
	sums := make([]int64, len(weights))
	sum, equal := int64(0), true
	for i, w := range weights {
		sum += int64(max(w, 0))
		sums[i] = sum
		equal = equal && w == weights[0]
	}
	if equal || sum == 0 {
		return uniform(len(weights))
	}
	return running(sums)
}

// uniform picks among n alike.
type uniform int

func (n uniform) Pick(*api.Invocation) int { return rand.IntN(int(n)) }

// running holds the running sums of weights: the pick is the first whose sum
// exceeds a random number below the total.
type running []int64

func (s running) Pick(*api.Invocation) int {
	r := rand.Int64N(s[len(s)-1])
	lo, hi := 0, len(s)-1
	for lo < hi {
		if mid := (lo + hi) / 2; s[mid] > r {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}
