package zookeeper

import (
	"container/heap"
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/internal/zkclient"
)

const (
	// gap is the least time between the end of one run of a chore and the next:
	// the first change of a burst is taken at once, the rest together.
	gap = 100 * time.Millisecond
	// audit is how often a chore with nothing to do looks again, for what no
	// event told; each time is off by a fifth at random.
	audit = time.Minute
	// atOnce bounds the chores that run at one time.
	atOnce = 32

	firstRetry   = 100 * time.Millisecond
	longestRetry = 5 * time.Second
)

// never is what a chore returns that is done for good.
const never = time.Duration(-1)

// chore is one thing that is wanted. run compares it with what stands, repairs
// the difference, and says when to look again; it never runs twice at a time.
type chore struct {
	run func(ctx context.Context, conn *zkclient.Conn) (again time.Duration, err error)

	// Guarded by loop.mu.
	due      time.Time
	at       int // in loop.waiting, -1 if not there
	running  bool
	poked    bool // while it ran
	removed  bool
	failures int
	last     time.Time // end of the last run
}

// loop runs chores when they are due and there is a connection.
type loop struct {
	group *task.Group
	wake  chan struct{} // holds one: something changed for run to see

	mu      sync.Mutex
	conn    *zkclient.Conn // nil: nothing runs
	waiting choreHeap
	running int
}

func newLoop(g *task.Group) *loop { return &loop{group: g, wake: make(chan struct{}, 1)} }

// run starts what is due until ctx ends.
func (l *loop) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(l.start())
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		case <-timer.C:
		}
	}
}

// start starts what is due and returns how long there is nothing more to do.
func (l *loop) start() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.conn != nil && l.running < atOnce && len(l.waiting) > 0 {
		c := l.waiting[0]
		if wait := time.Until(c.due); wait > 0 {
			return wait
		}
		heap.Pop(&l.waiting)
		conn := l.conn
		c.running = l.group.Go(func(ctx context.Context) {
			again, err := c.run(ctx, conn)
			l.finished(c, conn, again, err)
		})
		if c.running {
			l.running++
		}
	}
	return time.Hour
}

func (l *loop) finished(c *chore, conn *zkclient.Conn, again time.Duration, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.running = false
	l.running--
	c.last = time.Now()
	poked := c.poked || l.conn != conn // what it found is of another connection
	c.poked = false
	switch {
	case c.removed || err == nil && again == never:
		l.nudge() // a place is free
		return
	case errors.Is(err, zkclient.ErrLost):
		again = gap // there will be no connection then, or a new one
	case err != nil:
		c.failures++
		again = max(again, retryAfter(err, c.failures))
	default:
		c.failures = 0
	}
	if poked {
		again = min(again, gap)
	}
	c.due = c.last.Add(again)
	heap.Push(&l.waiting, c)
	l.nudge()
}

func retryAfter(err error, failures int) time.Duration {
	first := firstRetry
	if errors.Is(err, zkclient.ErrNoAuth) || errors.Is(err, zkclient.ErrInvalidACL) {
		first = 2 * time.Second // nothing that goes away by itself
	}
	return backoff(failures-1, first, longestRetry)
}

// soon returns about d, for looking again when all is well.
func soon(d time.Duration) time.Duration { return d - d/5 + rand.N(2*d/5) }

// add has c run as soon as there is a connection.
func (l *loop) add(c *chore) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.due = time.Now()
	heap.Push(&l.waiting, c)
	l.nudge()
}

// remove takes c out; a run under way ends by itself.
func (l *loop) remove(c *chore) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c.removed = true
	if c.at >= 0 && !c.running && c.at < len(l.waiting) && l.waiting[c.at] == c {
		heap.Remove(&l.waiting, c.at)
	}
}

// poke has c run soon: something changed.
func (l *loop) poke(c *chore) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.running {
		c.poked = true
		return
	}
	if c.removed || c.at < 0 {
		return
	}
	if due := c.last.Add(gap); due.Before(c.due) {
		c.due = due
		heap.Fix(&l.waiting, c.at)
		l.nudge()
	}
}

// connected has every chore look again over conn; nil stops the loop.
func (l *loop) connected(conn *zkclient.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = conn
	if conn == nil {
		return
	}
	now := time.Now()
	for _, c := range l.waiting {
		c.failures, c.due = 0, now
	}
	heap.Init(&l.waiting)
	l.nudge()
}

func (l *loop) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// choreHeap is a heap by time due.
type choreHeap []*chore

func (h choreHeap) Len() int           { return len(h) }
func (h choreHeap) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h choreHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}

// Push is for package heap.
func (h *choreHeap) Push(x any) {
	c := x.(*chore)
	c.at = len(*h)
	*h = append(*h, c)
}

// Pop is for package heap.
func (h *choreHeap) Pop() any {
	old := *h
	c := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	c.at = -1
	return c
}
