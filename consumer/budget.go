package consumer

import (
	"sync"
	"time"
)

// budget bounds the retries of a reference to 20 % of its calls plus 10 per
// second, so that a failing fleet is not asked three times as much. It is
// looked at only when a call wants a retry, and works from the count of all
// tries, which the providers keep anyway.
type budget struct {
	mu      sync.Mutex
	tokens  float64   // guarded by mu, like all below
	tries   uint64    // the count of tries when it was last looked at
	retries uint64    // how many of them are retries, or will be: not all have begun
	firsts  uint64    // how many of them have been taken for first tries
	last    time.Time // when it was last looked at
	rate    float64   // first tries per second, about
}

const (
	budgetShare  = 0.2
	budgetSteady = 10.0 // tokens per second
	budgetSpan   = 10.0 // seconds whose unused tokens may be saved up
)

func newBudget(now time.Time) budget { return budget{tokens: budgetSteady, last: now} }

// take reports whether a retry may be made now; tries is how many tries have
// been made so far. It may shrink when a provider leaves.
func (b *budget) take(now time.Time, tries uint64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if tries < b.tries {
		b.retries, b.firsts = 0, tries
	}
	b.tries = tries
	firsts := 0.0
	if n := tries - min(b.retries, tries); n > b.firsts {
		firsts = float64(n - b.firsts)
		b.firsts = n
	}
	seconds := max(now.Sub(b.last).Seconds(), 0)
	if seconds >= 1 {
		b.rate = firsts / seconds
	}
	b.tokens += budgetShare*firsts + budgetSteady*seconds
	most := budgetSpan * (budgetSteady + budgetShare*b.rate)
	if seconds < 1 {
		most += budgetShare * firsts
	}
	b.tokens = min(b.tokens, most)
	b.last = now
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	b.retries++
	return true
}
