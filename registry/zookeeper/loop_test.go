package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/internal/zkclient"
)

// inLoop runs test with a loop in scripted time; the connections it is given
// are never used.
func inLoop(t *testing.T, test func(t *testing.T, l *loop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var g task.Group
		l := newLoop(&g)
		g.Go(l.run)
		test(t, l)
		g.Stop()
		g.Wait()
	})
}

// counted is a chore that counts its runs and answers what it is told to.
func counted(again time.Duration, err error) (*chore, *atomic.Int32) {
	var n atomic.Int32
	return &chore{at: -1, run: func(context.Context, *zkclient.Conn) (time.Duration, error) {
		n.Add(1)
		return again, err
	}}, &n
}

func TestLoopWaitsForAConnection(t *testing.T) {
	inLoop(t, func(t *testing.T, l *loop) {
		c, n := counted(time.Hour, nil)
		l.add(c)
		time.Sleep(time.Hour)
		if n.Load() != 0 {
			t.Error("it ran without a connection")
		}
		for i := range int32(3) {
			l.connected(new(zkclient.Conn))
			synctest.Wait()
			if n.Load() != i+1 {
				t.Errorf("%d runs after %d connections", n.Load(), i+1)
			}
		}
		l.connected(nil)
		l.poke(c)
		time.Sleep(2 * time.Hour)
		if n.Load() != 3 {
			t.Error("it ran after the connection")
		}
	})
}

func TestLoopTakesBurstsTogether(t *testing.T) {
	inLoop(t, func(t *testing.T, l *loop) {
		c, n := counted(time.Hour, nil)
		l.connected(new(zkclient.Conn))
		l.add(c)
		time.Sleep(time.Second)
		l.poke(c)
		synctest.Wait()
		if n.Load() != 2 {
			t.Fatalf("%d runs: the first change is not taken at once", n.Load())
		}
		for range 1000 { // a second of changes
			l.poke(c)
			time.Sleep(time.Millisecond)
		}
		time.Sleep(gap)
		if runs := n.Load() - 2; runs < 9 || runs > 11 {
			t.Errorf("%d runs for a second of changes, want one each %v", runs, gap)
		}
		runs := n.Load()
		time.Sleep(50 * time.Minute)
		if n.Load() != runs {
			t.Error("it runs for nothing")
		}
	})
}

func TestLoopRetries(t *testing.T) {
	for name, c := range map[string]struct {
		err         error
		least, most int32 // runs in a minute
	}{
		"an error":          {errors.New("x"), 14, 35},
		"no permission":     {fmt.Errorf("list: %w", zkclient.ErrNoAuth), 12, 30},
		"a lost connection": {zkclient.ErrLost, 590, 601}, // until it is told of the end
	} {
		inLoop(t, func(t *testing.T, l *loop) {
			chore, n := counted(0, c.err)
			l.connected(new(zkclient.Conn))
			l.add(chore)
			time.Sleep(900 * time.Millisecond)
			if errors.Is(c.err, zkclient.ErrNoAuth) && n.Load() != 1 {
				t.Errorf("%s: %d attempts in the first second", name, n.Load())
			}
			time.Sleep(time.Minute + gap/2 - 900*time.Millisecond) // between two runs
			if n.Load() < c.least || n.Load() > c.most {
				t.Errorf("%s: %d runs in a minute, want %d to %d", name, n.Load(), c.least, c.most)
			}
			// A new connection is a new hope.
			runs := n.Load()
			l.connected(new(zkclient.Conn))
			synctest.Wait()
			if n.Load() != runs+1 {
				t.Errorf("%s: %d runs at a new connection", name, n.Load()-runs)
			}
		})
	}
}

func TestLoopWhileAChoreRuns(t *testing.T) {
	inLoop(t, func(t *testing.T, l *loop) {
		var runs, at, most atomic.Int32
		slow := func(context.Context, *zkclient.Conn) (time.Duration, error) {
			runs.Add(1)
			if now := at.Add(1); now > most.Load() {
				most.Store(now)
			}
			time.Sleep(time.Second)
			at.Add(-1)
			return time.Hour, nil
		}
		l.connected(new(zkclient.Conn))
		c := &chore{at: -1, run: slow}
		l.add(c)
		time.Sleep(time.Second / 2)
		l.poke(c) // during the run: what it reads may be old
		time.Sleep(10 * time.Second)
		if runs.Load() != 2 {
			t.Errorf("%d runs, want a second one after the poke", runs.Load())
		}
		l.connected(new(zkclient.Conn))
		synctest.Wait()
		l.connected(new(zkclient.Conn)) // during the run: it spoke to the last one
		time.Sleep(10 * time.Second)
		if runs.Load() != 4 {
			t.Errorf("%d runs, want one for each connection", runs.Load())
		}
		l.poke(c)
		synctest.Wait()
		l.remove(c) // during the run
		time.Sleep(2 * time.Hour)
		if runs.Load() != 5 {
			t.Errorf("%d runs: a removed one goes on", runs.Load())
		}
		runs.Store(0)
		for range 100 {
			l.add(&chore{at: -1, run: slow})
		}
		time.Sleep(10 * time.Second)
		if runs.Load() != 100 || most.Load() != atOnce {
			t.Errorf("%d ran, at most %d at a time; want 100 and %d", runs.Load(), most.Load(), atOnce)
		}
	})
}

func TestLoopEndsWhatIsDone(t *testing.T) {
	inLoop(t, func(t *testing.T, l *loop) {
		c, n := counted(never, nil)
		l.connected(new(zkclient.Conn))
		l.add(c)
		time.Sleep(time.Hour)
		l.poke(c)
		l.connected(new(zkclient.Conn))
		time.Sleep(time.Hour)
		if n.Load() != 1 {
			t.Errorf("%d runs", n.Load())
		}
		removed, m := counted(0, nil)
		l.connected(nil)
		l.add(removed)
		l.remove(removed)
		l.connected(new(zkclient.Conn))
		time.Sleep(time.Hour)
		if m.Load() != 0 {
			t.Error("a removed chore ran")
		}
	})
}
