//go:build soak

package zkserver_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// TestKilledAtAFileOperation has strace kill a server as it enters a system
// call, so that every step is hit: a record half written, a snapshot not yet
// renamed, a log not yet removed.
func TestKilledAtAFileOperation(t *testing.T) {
	if err := exec.Command("strace", "-qq", "-o", "/dev/null", "true").Run(); err != nil {
		t.Skipf("strace: %v", err)
	}
	seed, ok := seedFromEnv(t)
	if !ok {
		seed = rand.Uint64()
	}
	t.Logf("GUBBO_SEED=%d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	clean := victimSpec{Dir: t.TempDir()}
	crashers := newCrashers(t, 3, seed)
	check := func() {
		v := startVictim(t, clean)
		crashers.check(v.says("serving"))
		v.kill()
	}
	check()

	calls := []struct {
		name string
		n    int // the call that kills is one of the first n
	}{{"write", 300}, {"fsync", 60}, {"openat", 60}, {"renameat", 4}, {"unlinkat", 6}, {"ftruncate", 2}}
	killed := map[string]int{}
	for range kills {
		call := calls[rnd.IntN(len(calls))]
		spec := clean
		spec.After = []int64{1, 500, 3000}[rnd.IntN(3)]
		spec.Inject = fmt.Sprintf("%s:signal=KILL:when=%d", call.name, 1+rnd.IntN(call.n))
		v := startVictim(t, spec)
		addr, err := v.line("serving")
		if errors.Is(err, errWrong) {
			t.Fatal(err)
		}
		var writing sync.WaitGroup
		for _, c := range crashers.all {
			writing.Go(func() {
				if err := c.resume(addr); err != nil {
					return // dead already
				}
				if err := c.work(addr); errors.Is(err, errWrong) {
					t.Errorf("%s: %v", c.root, err)
				}
			})
		}
		enough := time.AfterFunc(time.Second, v.stop) // the call may never come
		writing.Wait()
		if enough.Stop() {
			killed[call.name]++
		}
		v.kill()
		check()
	}
	t.Logf("killed at %v", killed)
	crashers.log(kills)
	for _, call := range calls {
		if killed[call.name] == 0 {
			t.Errorf("never killed at %s", call.name)
		}
	}
}
