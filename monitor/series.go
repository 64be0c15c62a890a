package monitor

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/gubbo/gubbo/api"
)

// maxShards bounds the copies of a series' counters. A series begins with one
// and gets another each time that callers met at all those they tried.
const maxShards = 16

// maxOpen bounds the minutes that a shard keeps apart while nobody collects.
const maxOpen = 8

// series holds the counters of one Series, spread over shards so that callers
// on different processors rarely meet.
type series struct {
	id     Series
	active atomic.Int32                     // shards in use, ≥ 1
	shards [maxShards]atomic.Pointer[shard] // the first active are set
}

// shard is one copy of a series' counters.
type shard struct {
	mu    sync.Mutex
	open  *cell   // the newest minute; guarded by mu, as all below
	older []*cell // minutes before open's that nobody collected yet
	spare *cell   // emptied, for the next minute
	_     [64]byte
}

// cell is one minute. It is empty while n is 0.
type cell struct {
	minute  int64
	n       int64 // records of any kind
	counts  Counts
	latency Histogram
}

func newSeries(id Series) *series {
	s := &series{id: id}
	s.shards[0].Store(newShard())
	s.active.Store(1)
	return s
}

func newShard() *shard { return &shard{open: new(cell), spare: new(cell)} }

// lock returns a locked shard.
func (s *series) lock() *shard {
	n := s.active.Load()
	if n == 1 {
		if sh := s.shards[0].Load(); sh.mu.TryLock() {
			return sh
		}
	} else {
		i := rand.Int32N(n)
		for range 2 {
			if sh := s.shards[i].Load(); sh.mu.TryLock() {
				return sh
			}
			i = (i + 1) % n
		}
	}
	if n < maxShards {
		s.shards[n].CompareAndSwap(nil, newShard())
		s.active.CompareAndSwap(n, n+1)
	}
	sh := s.shards[rand.Int32N(n)].Load()
	sh.mu.Lock()
	return sh
}

// cell returns where to count what happened in minute. It must be called with
// the lock held.
func (sh *shard) cell(minute int64) *cell {
	if sh.open.minute == minute {
		return sh.open
	}
	if sh.open.n == 0 && len(sh.older) == 0 {
		sh.open.minute = minute
		return sh.open
	}
	if minute < sh.open.minute {
		for _, c := range sh.older {
			if c.minute == minute {
				return c
			}
		}
	}
	if len(sh.older) == maxOpen {
		return sh.open
	}
	c := sh.spare
	if sh.spare = nil; c == nil {
		c = new(cell)
	}
	c.minute = minute
	if minute < sh.open.minute {
		sh.older = append(sh.older, c)
		return c
	}
	sh.older = append(sh.older, sh.open)
	sh.open = c
	return c
}

// call counts a finished call; floor is the first minute that is still open.
func (s *series) call(minute int64, floor *atomic.Int64, o *api.Observation, concurrency int64) {
	us := max(o.Elapsed.Microseconds(), 0)
	class := api.CodeOf(o.Err).Class()
	sh := s.lock()
	c := sh.cell(max(minute, floor.Load()))
	c.n++
	c.counts.Calls[class]++
	c.counts.Elapsed += us
	c.counts.MaxElapsed = max(c.counts.MaxElapsed, us)
	c.counts.Concurrency += concurrency
	c.counts.MaxConcurrency = max(c.counts.MaxConcurrency, concurrency)
	c.counts.BytesIn += int64(o.BytesIn)
	c.counts.BytesOut += int64(o.BytesOut)
	if o.Side == api.ProviderSide {
		c.counts.Attempts++
	}
	c.latency.Record(uint64(us))
	sh.mu.Unlock()
}

// attempt counts a finished try.
func (s *series) attempt(minute int64, floor *atomic.Int64) {
	sh := s.lock()
	c := sh.cell(max(minute, floor.Load()))
	c.n++
	c.counts.Attempts++
	sh.mu.Unlock()
}

// collect hands every cell that counted something to visit and forgets those
// of minutes before floor. The cell is valid only during visit.
func (s *series) collect(floor int64, visit func(*cell)) {
	for i := range s.active.Load() {
		sh := s.shards[i].Load()
		sh.mu.Lock()
		kept := sh.older[:0]
		for _, c := range sh.older {
			visit(c)
			if c.minute >= floor {
				kept = append(kept, c)
			} else {
				sh.retire(c)
			}
		}
		clear(sh.older[len(kept):])
		sh.older = kept
		if sh.open.n > 0 {
			visit(sh.open)
			if sh.open.minute < floor {
				*sh.open = cell{} // all of older was older still, and is gone
			}
		}
		sh.mu.Unlock()
	}
}

func (sh *shard) retire(c *cell) {
	if sh.spare == nil {
		*c = cell{}
		sh.spare = c
	}
}
