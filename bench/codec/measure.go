package main

import (
	"fmt"
	"runtime"
	"time"
)

// work does an operation n times.
type work func(n int) error

// result is what one operation of a work took at best: processor time in
// nanoseconds, and allocations.
type result struct {
	ns     float64
	allocs uint64
}

// measure runs the works in turn for some rounds, each for a window of
// processor time, and returns the best of each: whatever else the machine did
// can only have added to it. The result of a nil work is zero.
func measure(works []work, rounds int, window time.Duration) ([]result, error) {
	best := make([]result, len(works))
	counts := make([]int, len(works))
	for round := range rounds {
		for i, w := range works {
			if w == nil {
				continue
			}
			if round == 0 {
				n, err := fit(w, window)
				if err != nil {
					return nil, err
				}
				counts[i] = n
			}
			r, err := once(w, counts[i])
			if err != nil {
				return nil, err
			}
			if round == 0 || r.ns < best[i].ns {
				best[i].ns = r.ns
			}
			best[i].allocs = r.allocs
		}
	}
	return best, nil
}

// fit finds how often w fits the window.
func fit(w work, window time.Duration) (int, error) {
	for n := 1; ; n *= 4 {
		from := cpu()
		if err := safely(w, n); err != nil {
			return 0, err
		}
		if took := cpu() - from; took >= window/8 {
			return max(1, int(float64(n)*float64(window)/float64(took))), nil
		}
	}
}

// once measures w done n times, with no garbage left by others.
func once(w work, n int) (result, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	from := cpu()
	err := safely(w, n)
	took := cpu() - from
	runtime.ReadMemStats(&after)
	return result{float64(took) / float64(n), (after.Mallocs - before.Mallocs) / uint64(n)}, err
}

// safely turns a panic of a library into an error.
func safely(w work, n int) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("panic: %v", x)
		}
	}()
	return w(n)
}
