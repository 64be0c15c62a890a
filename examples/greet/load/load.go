// Package load calls methods at a steady rate and counts the outcomes around
// the call: the caller's own book, kept without filters or observers.
package load

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/gubbo/gubbo/api"
)

// Method is one method to call.
type Method struct {
	Name string
	// Workers call at once, each once per Every.
	Workers int
	Every   time.Duration
	// Call makes the call that id names; ids are unique within a Load.
	Call func(ctx context.Context, id string) error
}

// Counts are the outcomes of the calls of one method.
type Counts struct {
	// Calls = Success + Failed + Unknown.
	Calls   int64 `json:"calls"`
	Success int64 `json:"success"`
	// Failed is a call that failed and surely did not run.
	Failed int64 `json:"failed"`
	// Unknown is a call that failed and may have run.
	Unknown int64 `json:"unknown"`
}

// Load makes calls until it is told to stop. The zero value is not usable;
// see New.
type Load struct {
	prefix  string
	methods []Method
	onError func(method, id string, err error)

	mu     sync.Mutex
	counts map[string]Counts // guarded by mu
	last   int64             // last id given out; guarded by mu
}

// New makes a Load whose ids begin with prefix. onError, if not nil, is told of
// each failed call, from the calling worker.
func New(prefix string, onError func(method, id string, err error), methods ...Method) *Load {
	l := &Load{prefix: prefix, methods: methods, onError: onError, counts: map[string]Counts{}}
	for _, m := range methods {
		l.counts[m.Name] = Counts{}
	}
	return l
}

// Counts returns the outcomes so far by method.
func (l *Load) Counts() map[string]Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.counts)
}

// Run calls until ctx ends and returns when the last call has returned: calls
// under way are not cut off.
func (l *Load) Run(ctx context.Context) {
	var workers sync.WaitGroup
	for _, m := range l.methods {
		for n := range m.Workers {
			workers.Go(func() {
				// Spread the workers over the period.
				first := time.NewTimer(m.Every * time.Duration(n) / time.Duration(m.Workers))
				defer first.Stop()
				select {
				case <-ctx.Done():
					return
				case <-first.C:
				}
				tick := time.NewTicker(m.Every)
				defer tick.Stop()
				for ctx.Err() == nil {
					l.call(context.WithoutCancel(ctx), m)
					select {
					case <-ctx.Done():
					case <-tick.C:
					}
				}
			})
		}
	}
	workers.Wait()
}

func (l *Load) call(ctx context.Context, m Method) {
	l.mu.Lock()
	l.last++
	id := l.prefix + "-" + strconv.FormatInt(l.last, 10)
	l.mu.Unlock()
	err := m.Call(ctx, id)
	if err != nil && l.onError != nil {
		l.onError(m.Name, id, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.counts[m.Name]
	n.Calls++
	switch e, ok := errors.AsType[*api.Error](err); {
	case err == nil:
		n.Success++
	case ok && e.Sent == api.SentNo:
		n.Failed++
	default:
		n.Unknown++
	}
	l.counts[m.Name] = n
}
