package consumer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gubbo/gubbo/api"
)

// snapshot is all that a call needs to know of the providers at one moment.
// It never changes, the memo of routes excepted.
type snapshot struct {
	providers []*Provider // those that may be called, sorted by URL
	refused   []refusal   // those that may not
	views     map[*api.Method]*view
	other     *view // for methods that the contract does not have
	routers   []Router
	balancer  Balancer
	source    string // where the list comes from, for errors
	rules     int    // in the registry, without effect
	closed    bool
}

// refusal is a provider that the directory will not call, and why.
type refusal struct {
	text   string // the URL, or the name of the node
	reason string
}

// view is a snapshot as one method sees it.
type view struct {
	root    *node
	timeout time.Duration // of the providers' URLs; 0: they name none
}

func (s *snapshot) view(m *api.Method) *view {
	if v := s.views[m]; v != nil {
		return v
	}
	return s.other
}

// node is a list of providers after some of the routers. Where routers follow,
// its children hold their answers; where none follows it is picked from.
type node struct {
	list    []*Provider
	weights []int
	depth   int    // how many routers have acted
	by      string // what the last of them said, for errors

	best   []*Provider // those of the best rank, in order
	rank   rank
	picker Picker // nil if best has less than two

	mu       sync.Mutex                       // guards writing children
	children atomic.Pointer[map[string]*node] // by the key of router depth
}

// maxRoutes bounds the memo of a node: keys may come from attachments.
const maxRoutes = 1024

// route walks the routers and returns the list that is left.
func (s *snapshot) route(v *view, inv *api.Invocation) *node {
	n := v.root
	for n.depth < len(s.routers) {
		key := s.routers[n.depth].Key(inv)
		if m := n.children.Load(); m != nil {
			if child := (*m)[key]; child != nil {
				n = child
				continue
			}
		}
		n = s.addRoute(n, key)
	}
	return n
}

func (s *snapshot) addRoute(n *node, key string) *node {
	n.mu.Lock()
	defer n.mu.Unlock()
	old := n.children.Load()
	if old != nil {
		if child := (*old)[key]; child != nil {
			return child
		}
	}
	key = strings.Clone(key) // it may point into a frame
	router := s.routers[n.depth]
	list := router.Route(key, n.list)
	child := s.newNode(list, n.weightsOf(list), n.depth+1)
	child.by = n.by
	if len(list) < len(n.list) {
		child.by = fmt.Sprintf("%d by the %s (key %q)", len(n.list)-len(list), router, key)
		if n.by != "" {
			child.by = n.by + ", " + child.by
		}
	}
	if old != nil && len(*old) >= maxRoutes {
		return child
	}
	next := make(map[string]*node, 1)
	if old != nil {
		for k, v := range *old {
			next[k] = v
		}
	}
	next[key] = child
	n.children.Store(&next)
	return child
}

// weightsOf returns the weights of list, a part of n.list in the same order.
func (n *node) weightsOf(list []*Provider) []int {
	weights := make([]int, len(list))
	j := 0
	for i, p := range list {
		for j < len(n.list) && n.list[j] != p {
			j++
		}
		if j < len(n.list) {
			weights[i] = n.weights[j]
		}
	}
	return weights
}

func (s *snapshot) newNode(list []*Provider, weights []int, depth int) *node {
	n := &node{list: list, weights: weights, depth: depth, rank: gone}
	if depth < len(s.routers) {
		return n // never picked from
	}
	var share []int
	n.best, share, n.rank = bestOf(list, weights, nil)
	if len(n.best) > 1 {
		n.picker = s.balancer.Picker(n.best, share)
	}
	return n
}

// bestOf returns those of list that were not tried and share the lowest rank
// among these, with their weights. It asks each one once, since ranks change at
// any time: a second look might find nobody at the rank of the first.
func bestOf(list []*Provider, weights []int, tried *Tried) (best []*Provider, share []int, lowest rank) {
	lowest = gone
	for i, p := range list {
		r := p.ep.currentRank()
		if r > lowest || tried != nil && tried.has(p) {
			continue
		}
		if r < lowest {
			best, share, lowest = best[:0], share[:0], r
		}
		best, share = append(best, p), append(share, weights[i])
	}
	return best, share, lowest
}

// build makes the views of s for methods at now. next is when a warming
// weight changes, 0 for never.
func (s *snapshot) build(methods []api.Method, now time.Time) (next time.Duration) {
	soonest := func(d time.Duration) {
		if d > 0 && (next == 0 || d < next) {
			next = d
		}
	}
	viewFor := func(list []*Provider, method string) *view {
		weights := make([]int, len(list))
		v := &view{}
		for i, p := range list {
			var d time.Duration
			weights[i], d = p.warming.weight(configuredWeight(p.url, method), now)
			soonest(d)
			if v.timeout == 0 {
				v.timeout = timeoutOf(p.url, method)
			}
		}
		v.root = s.newNode(list, weights, 0)
		return v
	}
	s.other = viewFor(s.providers, "")
	s.views = make(map[*api.Method]*view, len(methods))
	for i := range methods {
		m := &methods[i]
		list := having(s.providers, m.Name)
		if len(list) == len(s.providers) && !mentions(list, m.Name) {
			s.views[m] = s.other
			continue
		}
		s.views[m] = viewFor(list, m.Name)
	}
	return next
}

// timeoutOf is "<method>.timeout", else "timeout", in milliseconds; 0 if there
// is none.
func timeoutOf(u api.URL, method string) time.Duration {
	if method != "" {
		if d := u.Millis(method+".timeout", 0); d > 0 {
			return d
		}
	}
	return u.Millis("timeout", 0)
}

// having returns the providers that list the method, all of them if none does:
// then it is better to ask and be told.
func having(list []*Provider, method string) []*Provider {
	var kept []*Provider
	for _, p := range list {
		if listsMethod(p.url.Param("methods"), method) {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 || len(kept) == len(list) {
		return list
	}
	return kept
}

func listsMethod(methods, method string) bool {
	if methods == "" || methods == "*" || strings.HasPrefix(method, "$") {
		return true
	}
	for m := range strings.SplitSeq(methods, ",") {
		if m == method || m == "*" {
			return true
		}
	}
	return false
}

// mentions reports whether a provider has settings of its own for the method.
func mentions(list []*Provider, method string) bool {
	for _, p := range list {
		if p.url.Param(method+".weight") != "" || p.url.Param(method+".timeout") != "" {
			return true
		}
	}
	return false
}

// spare looks for a provider other than those tried, the best first. worst is
// the last rank that is worth a try.
func (s *snapshot) spare(n *node, inv *api.Invocation, tried *Tried, worst rank) *Provider {
	list, weights, best := bestOf(n.list, n.weights, tried)
	if len(list) == 0 || best > worst {
		return nil
	}
	if len(list) == 1 {
		return list[0]
	}
	return list[s.balancer.Picker(list, weights).Pick(inv)]
}

// reasons counts the refusals by reason: "2 disabled, 1 …".
func (s *snapshot) reasons() string {
	counts := make(map[string]int)
	for _, r := range s.refused {
		counts[r.reason]++
	}
	texts := make([]string, 0, len(counts))
	for reason, n := range counts {
		texts = append(texts, fmt.Sprintf("%d %s", n, reason))
	}
	slices.SortFunc(texts, func(a, b string) int { return cmp.Compare(a, b) })
	return strings.Join(texts, ", ")
}
