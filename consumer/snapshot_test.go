package consumer

import (
	"sync"
	"testing"

	"github.com/gubbo/gubbo/api"
)

// Connections come and go while a list is prepared or looked through. Whoever
// is listed stays worth a try all the same.
func TestListsOfProvidersWhoseConnectionsChange(t *testing.T) {
	a, b := &Provider{ep: new(endpoint)}, &Provider{ep: new(endpoint)}
	b.ep.setRank(draining)
	list, weights := []*Provider{a, b}, []int{100, 100}
	s := &snapshot{balancer: Random}
	stop := make(chan struct{})
	var flipping sync.WaitGroup
	flipping.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				a.ep.setRank(ready)
				a.ep.setRank(failed)
			}
		}
	})
	for range 200_000 {
		n := s.newNode(list, weights, 0)
		if len(n.best) == 0 {
			t.Error("nobody of two was found the best")
			break
		}
		if s.spare(n, &api.Invocation{}, &Tried{}, failed) == nil {
			t.Error("nobody of two was found to be worth a try")
			break
		}
	}
	close(stop)
	flipping.Wait()
}
