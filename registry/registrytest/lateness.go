package registrytest

import (
	"sync/atomic"
	"testing"
	"time"
)

// Lateness adds up how late the machine runs this process: a busy one does not
// make a registry slow. On a quiet machine it is next to nothing.
type Lateness struct{ total atomic.Int64 }

// latenessPeriod is how often Lateness looks. As much is never called late.
const latenessPeriod = 5 * time.Millisecond

// WatchLateness watches until the test ends.
func WatchLateness(t testing.TB) *Lateness {
	l := new(Lateness)
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			before := time.Now()
			select {
			case <-stop:
				return
			case <-time.After(latenessPeriod):
			}
			if late := time.Since(before) - latenessPeriod; late > latenessPeriod {
				l.total.Add(int64(late))
			}
		}
	}()
	t.Cleanup(func() {
		close(stop)
		<-ended
	})
	return l
}

// Late is what the machine was late since the watch began.
func (l *Lateness) Late() time.Duration { return time.Duration(l.total.Load()) }

// Check logs a figure for the closing table of the tests, and fails t if it is
// above the limit plus what the machine was late since the watch began. name is
// who was measured.
func (l *Lateness) Check(t testing.TB, name, what string, got, limit time.Duration) {
	t.Helper()
	late, note := l.Late(), ""
	if got > limit {
		note = " on a machine that was late by " + late.Round(time.Millisecond).String()
	}
	t.Logf("gubbo-table registry %-16s %-58s %8v (limit %v)%s", name, what, got.Round(time.Millisecond), limit, note)
	if got > limit+late {
		t.Errorf("%s took %v, the limit is %v", what, got, limit)
	}
}
