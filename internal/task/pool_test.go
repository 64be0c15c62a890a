package task

import (
	"bytes"
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// goroutine names the goroutine that runs it.
func goroutine() string {
	var text [32]byte
	id, _, _ := bytes.Cut(text[:runtime.Stack(text[:], false)], []byte("["))
	return string(id)
}

func TestPoolUsesItsGoroutinesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p Pool
		seen := make(map[string]bool)
		for range 100 {
			p.Go(func(context.Context) { seen[goroutine()] = true })
			synctest.Wait()
		}
		if len(seen) != 1 {
			t.Errorf("100 functions one after the other ran in %d goroutines", len(seen))
		}
		p.Stop()
		p.Wait()
	})
}

// A function that never returns holds nobody up, be it in a new goroutine or in
// one that was idle.
func TestPoolFunctionsDoNotWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p Pool
		release := make(chan struct{})
		for range 3 { // first without, then with idle goroutines
			var ran atomic.Int32
			for range 50 {
				p.Go(func(context.Context) { ran.Add(1); <-release })
			}
			synctest.Wait()
			if n := ran.Load(); n != 50 || p.Running() != 50 {
				t.Errorf("%d of 50 functions ran, Running is %d", n, p.Running())
			}
			close(release)
			<-p.Idle()
			release = make(chan struct{})
			synctest.Wait()
		}
		p.Stop()
		p.Wait()
	})
}

func TestIdleGoroutinesOfAPoolEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p Pool
		burst := func(n int) {
			release := make(chan struct{})
			for range n {
				p.Go(func(context.Context) { <-release })
			}
			synctest.Wait()
			close(release)
			synctest.Wait()
		}
		burst(2 * maxIdle)
		if n := p.workers.Running(); n != maxIdle {
			t.Errorf("after a burst %d goroutines are left, want %d", n, maxIdle)
		}
		for range 4 { // what goes on needs 5
			time.Sleep(idleLimit / 2)
			burst(5)
		}
		time.Sleep(idleLimit / 4)
		if n := p.workers.Running(); n != 5 {
			t.Errorf("%d goroutines are left for 5 functions at once", n)
		}
		time.Sleep(2 * idleLimit)
		if n := p.workers.Running(); n != 0 {
			t.Errorf("%d goroutines are left after %v without work", n, 2*idleLimit)
		}
		burst(1) // and it goes on from there
		p.Stop()
		p.Wait()
	})
}

func TestPoolStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p Pool
		var ended atomic.Int32
		p.Go(func(context.Context) {}) // will be idle
		synctest.Wait()
		for range 10 {
			p.Go(func(ctx context.Context) {
				<-ctx.Done()
				time.Sleep(time.Second)
				ended.Add(1)
			})
		}
		p.Stop()
		p.Stop()
		if p.Go(func(context.Context) { t.Error("ran after Stop") }) {
			t.Error("Go accepted after Stop")
		}
		p.Wait()
		<-p.Idle()
		if n := ended.Load(); n != 10 || p.Running() != 0 {
			t.Errorf("Wait returned after %d of 10 functions, %d run", n, p.Running())
		}
	})
}

// A function may end its goroutine, as a test's FailNow does.
func TestPoolOutlivesGoexit(t *testing.T) {
	var p Pool
	for range 10 {
		p.Go(func(context.Context) { runtime.Goexit() })
	}
	<-p.Idle()
	ran := make(chan bool, 1)
	p.Go(func(context.Context) { ran <- true })
	<-ran
	p.Stop()
	p.Wait()
}

func TestPoolRunsWhatItWasGivenUnderLoad(t *testing.T) {
	var p Pool
	var sum, want atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 2000 {
				if p.Go(func(context.Context) { sum.Add(int64(i)) }) {
					want.Add(int64(i))
				}
			}
		})
	}
	time.AfterFunc(2*time.Millisecond, p.Stop) // into the middle of it
	wg.Wait()
	p.Stop()
	p.Wait()
	if sum.Load() != want.Load() {
		t.Errorf("the sum is %d, want %d", sum.Load(), want.Load())
	}
}

func TestPoolRunsWithoutAllocating(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	var p Pool
	f := func(context.Context) {}
	allocs := testing.AllocsPerRun(1000, func() {
		p.Go(f)
		for p.Running() > 0 {
			runtime.Gosched()
		}
	})
	if allocs >= 1 {
		t.Errorf("Go allocates %.1f times", allocs)
	}
	p.Stop()
	p.Wait()
}

func BenchmarkPool(b *testing.B) {
	var p Pool
	f := func(context.Context) {}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			p.Go(f)
		}
	})
	p.Stop()
	p.Wait()
}
