package task

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestStopEndsTheContextAndWaitSeesTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Group
		var ended atomic.Int32
		for range 10 {
			if !g.Go(func(ctx context.Context) {
				<-ctx.Done()
				time.Sleep(time.Second)
				ended.Add(1)
			}) {
				t.Fatal("Go refused before Stop")
			}
		}
		if n := g.Running(); n != 10 {
			t.Fatalf("Running = %d, want 10", n)
		}
		g.Stop()
		g.Stop()
		if g.Go(func(context.Context) { t.Error("ran after Stop") }) {
			t.Error("Go accepted after Stop")
		}
		g.Wait()
		if n := ended.Load(); n != 10 {
			t.Errorf("Wait returned after %d of 10 goroutines", n)
		}
		if n := g.Running(); n != 0 {
			t.Errorf("Running = %d after Wait", n)
		}
	})
}

func TestGroupMayBeUsedAgainAfterItWasIdle(t *testing.T) {
	var g Group
	g.Wait() // nothing runs
	for range 3 {
		ran := false
		g.Go(func(context.Context) { ran = true })
		g.Wait()
		if !ran {
			t.Fatal("Wait returned before the goroutine ended")
		}
	}
	g.Stop()
	g.Wait()
}

func TestGoRunsWhatItWasGivenUnderLoad(t *testing.T) {
	var g Group
	var sum atomic.Int64
	const n = 2000
	for i := range n {
		g.Go(func(context.Context) { sum.Add(int64(i)) })
	}
	g.Wait()
	if got := sum.Load(); got != n*(n-1)/2 {
		t.Errorf("sum = %d, want %d: a recycled runner ran the wrong function", got, n*(n-1)/2)
	}
	g.Stop()
}

func TestGroupStoppedBeforeUse(t *testing.T) {
	var g Group
	g.Stop()
	if g.Context().Err() == nil {
		t.Error("the context of a stopped group is alive")
	}
	g.Wait()
}

func TestGoDoesNotAllocate(t *testing.T) {
	var g Group
	f := func(context.Context) {}
	g.Go(f)
	g.Wait()
	allocs := testing.AllocsPerRun(1000, func() {
		g.Go(f)
		for g.Running() > 0 {
			time.Sleep(time.Microsecond)
		}
	})
	if allocs >= 1 && !raceEnabled {
		t.Errorf("Go allocates %.1f times", allocs)
	}
}
