package zkserver_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/require"
)

// TestKilledServerKeepsWhatItAcknowledged kills a server at random moments,
// under writes, while it takes snapshots and while it starts. GUBBO_SEED
// repeats the requests of a run, not its timing.
func TestKilledServerKeepsWhatItAcknowledged(t *testing.T) {
	seed, ok := seedFromEnv(t)
	if !ok {
		seed = rand.Uint64()
	}
	t.Logf("GUBBO_SEED=%d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	spec := victimSpec{Dir: t.TempDir()}

	crashers := newCrashers(t, 4, seed)
	start := func() (*victim, string) {
		v := startVictim(t, spec)
		addr := v.says("serving")
		crashers.check(addr)
		return v, addr
	}
	killed := 0
	for ; killed < kills || crashers.acknowledged() < 10*kills; killed++ { // a slow disk needs more
		spec.NoSync = rnd.IntN(2) == 0
		spec.After = []int64{0, 1, 500, 5000}[rnd.IntN(4)]
		if rnd.IntN(5) == 0 { // while it starts
			v := startVictim(t, spec)
			time.Sleep(time.Duration(rnd.IntN(100)) * time.Millisecond)
			v.kill()
			continue
		}
		v, addr := start()
		var writing sync.WaitGroup
		for _, c := range crashers.all {
			writing.Go(func() {
				if err := c.work(addr); errors.Is(err, errWrong) {
					t.Errorf("%s: %v", c.root, err)
				}
			})
		}
		time.Sleep(time.Duration(rnd.IntN(80_000)) * time.Microsecond) // the moment is random
		v.kill()
		writing.Wait()
		if t.Failed() {
			return
		}
	}
	spec.After = 0
	v, _ := start()
	v.kill()

	crashers.log(killed)
}

// TestDiskFull fills the disk: the server ends and says why, and what it
// acknowledged is there, on the full disk and once there is room.
func TestDiskFull(t *testing.T) {
	for name, c := range map[string]struct {
		spec  victimSpec
		why   string // in the error
		large bool   // the snapshot fails, not the log
	}{
		"file limit":               {victimSpec{FileSize: 30_000}, "too large", false},
		"file limit on a snapshot": {victimSpec{FileSize: 30_000, After: 10_000}, "", true},
		"tmpfs":                    {victimSpec{Tmpfs: "96k"}, "no space left", false},
		"tmpfs and snapshots":      {victimSpec{Tmpfs: "96k", After: 8_000}, "no space left", false},
	} {
		t.Run(name, func(t *testing.T) {
			if c.spec.Tmpfs != "" {
				require.Tmpfs(t, mayMount())
			}
			spec := c.spec
			spec.Dir = t.TempDir()
			v := startVictim(t, spec)
			addr := v.says("serving")
			r := session(t, addr, crashTimeout)
			var created []string
			for i := 0; ; i++ {
				path := fmt.Sprintf("/n%d", i)
				p, err := r.try(1, createBody(path, slices.Repeat([]byte{'x'}, 700), worldAll, 0))
				if err != nil {
					break
				}
				if p.err != 0 {
					t.Fatalf("%s: %d", path, p.err)
				}
				if created = append(created, path); len(created) > 1000 {
					t.Fatal("the disk does not fill")
				}
				if c.large && len(created) == 100 {
					break // the logs go on, a snapshot cannot be written any more
				}
			}
			if !c.large {
				if why := v.says("ended"); !strings.Contains(why, c.why) || !strings.Contains(why, "log.") {
					t.Errorf("it ended with %q, want %q and the log's name", why, c.why)
				}
				addr = v.says("serving")
			}
			there := func() {
				t.Helper()
				again := dialRaw(t, addr)
				if err := again.handshake(0, crashTimeout, r.id, r.password); err != nil || again.id != r.id {
					t.Fatalf("the session is not there: %#x, %v", again.id, err)
				}
				for _, path := range created {
					if p := again.call(3, watchBody(path, false)); p.err != 0 {
						t.Fatalf("%s was acknowledged and is gone", path)
					}
				}
			}
			there()
			v.kill()
			if spec.Tmpfs != "" {
				return // gone with the process
			}
			if strings.Contains(name, "snapshot") && !strings.Contains(v.log.String(), "snapshot not written") {
				t.Errorf("a snapshot that did not fit is not told of:\n%s", v.log.String())
			}
			spec.FileSize = 0
			v = startVictim(t, spec)
			addr = v.says("serving")
			there()
			v.kill()
			t.Logf("%d creates acknowledged", len(created))
		})
	}
}
