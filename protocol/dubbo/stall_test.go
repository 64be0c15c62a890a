package dubbo

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// Where goroutines that compute hold the processors, calls time out, and that
// is the scheduler's doing: the answer of each comes all the same, later. One
// that never came, although nothing else moves the connection, would have been
// left lying by a goroutine that nobody woke.
func TestEveryAnswerComesOnABusyMachine(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for procs := 1; procs <= 4; procs++ {
		runtime.GOMAXPROCS(procs)
		h := newHandler()
		cli, _ := pair(t, h, protocol.ServeOptions{}, protocol.DialOptions{})
		if err := cli.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		busy, stop := context.WithCancel(t.Context())
		var hogs, callers sync.WaitGroup
		for range 2 * procs {
			hogs.Go(func() {
				for n := 0; n&0xffff != 0 || busy.Err() == nil; n++ {
				}
			})
		}
		var answered, timeouts atomic.Uint64
		for i := range 60 {
			callers.Go(func() {
				for n := range 8 {
					inv := stringCall(&echoMethod, "x")
					inv.Deadline = time.Now().Add(time.Duration(1+(7*i+n)%60) * time.Millisecond)
					err := cli.Invoke(t.Context(), inv)
					e, _ := errors.AsType[*api.Error](err)
					switch {
					case err == nil:
						answered.Add(1)
					case e == nil || e.Code != api.Timeout:
						t.Errorf("got %v", err)
					case e.Cause == nil: // the provider says so: that is an answer
						answered.Add(1)
					case e.Sent == api.SentMaybe:
						timeouts.Add(1)
					}
				}
			})
		}
		callers.Wait()
		stop()
		hogs.Wait()
		late := func() uint64 { return cli.(protocol.DropCounter).Drops().Late }
		for end := time.Now().Add(20 * time.Second); late() != timeouts.Load() && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		t.Logf("GOMAXPROCS %d: %d calls were answered in time, %d late", procs, answered.Load(), late())
		if late() != timeouts.Load() {
			t.Errorf("GOMAXPROCS %d: %d calls timed out, and only %d of their answers came", procs, timeouts.Load(), late())
		}
	}
}
