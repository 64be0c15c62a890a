package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/monitor"
	"github.com/gubbo/gubbo/monitor/statistics"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// keeper is a Sender that keeps what it takes as a store would.
type keeper struct {
	mu      sync.Mutex
	fail    func(b *monitor.Batch) error // asked before taking; nil takes all
	after   func(b *monitor.Batch) error // asked after taking
	sent    []*monitor.Batch
	at      []time.Time
	rows    map[string]monitor.Row
	seqs    map[int64]int64 // of sealed minutes, by minute
	final   int
	dropped int64
	closed  bool
}

func (k *keeper) Send(ctx context.Context, b *monitor.Batch) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fail != nil {
		if err := k.fail(b); err != nil {
			return err
		}
	}
	k.sent, k.at = append(k.sent, b), append(k.at, time.Now())
	if k.rows == nil {
		k.rows, k.seqs = make(map[string]monitor.Row), make(map[int64]int64)
	}
	for _, r := range b.Rows {
		key := fmt.Sprint(b.Minute, r.Series)
		if r.Rev > k.rows[key].Rev {
			k.rows[key] = r
		}
	}
	if b.Sealed {
		k.seqs[b.Minute] = b.Seq
	}
	if b.Final {
		k.final++
	}
	k.dropped = b.Dropped
	if k.after != nil {
		return k.after(b)
	}
	return nil
}

func (k *keeper) Close() error { k.closed = true; return nil }

func (k *keeper) total() int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := int64(0)
	for _, r := range k.rows {
		n += r.Total()
	}
	return n
}

func (k *keeper) set(fail func(*monitor.Batch) error) {
	k.mu.Lock()
	k.fail = fail
	k.mu.Unlock()
}

var (
	service = &api.Service{Interface: "lab.Greeter"}
	method  = &api.Method{Name: "sayHello"}
	errAway = api.NewError(api.Unavailable, api.SentNo, "away", nil)
)

func call(o api.Observer) {
	ob := &api.Observation{Side: api.ProviderSide, Scope: api.CallScope, Service: service, Method: method, Start: time.Now(), PeerApplication: "shop"}
	o.Begin(ob)
	o.End(ob)
}

// calls makes one call each second for d.
func calls(o api.Observer, d time.Duration) (n int64) {
	for end := time.Now().Add(d); time.Now().Before(end); n++ {
		call(o)
		time.Sleep(time.Second)
	}
	return n
}

func start(k Sender, opts ...Option) *Reporter {
	return New(nil, "greet", append([]Option{Via(k), Instance("host1"), Logger(slog.New(slog.NewTextHandler(io.Discard, nil)))}, opts...)...)
}

func TestEachMinuteIsSentSoonAfterItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k keeper
		r := start(&k)
		n := calls(r, 10*time.Minute+30*time.Second)
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if k.total() != n {
			t.Errorf("%d calls were reported, want %d", k.total(), n)
		}
		if hello := k.sent[0]; hello.Sealed || hello.Seq != 1 || k.at[0].UnixMilli() != r.ID().Started {
			t.Errorf("the reporter began with %+v at %v", hello, k.at[0])
		}
		for i, b := range k.sent {
			late := k.at[i].Sub(time.UnixMilli(b.Through))
			if late < 0 || late > 10*time.Second {
				t.Errorf("minute %d was sent %v after its end", b.Minute, late)
			}
			if i > 0 && (b.Seq != int64(i) || !b.Sealed) || b.Final != (i == 11) || b.Reporter != r.ID() {
				t.Errorf("batch %d: %+v", i, b)
			}
		}
		if len(k.sent) != 12 || !k.closed {
			t.Errorf("%d batches, want the first word and 11 minutes; sender closed: %v", len(k.sent), k.closed)
		}
	})
}

func TestMinutesWithoutCallsAreSaidToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k keeper
		r := start(&k)
		time.Sleep(5*time.Minute + 30*time.Second)
		synctest.Wait()
		if len(k.sent) != 1+5 || len(k.seqs) != 5 {
			t.Errorf("%d batches of %d sealed minutes, want the first word and 5 minutes", len(k.sent), len(k.seqs))
		}
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAMonitorThatIsAwayForAnHourLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k keeper
		r := start(&k)
		n := calls(r, 3*time.Minute)
		k.set(func(*monitor.Batch) error { return errAway })
		n += calls(r, 60*time.Minute)
		k.set(nil)
		n += calls(r, 2*time.Minute)
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if k.total() != n || k.dropped != 0 {
			t.Errorf("%d calls were reported, %d minutes dropped; want %d and 0", k.total(), k.dropped, n)
		}
		for m, seq := monitor.MinuteOf(time.UnixMilli(r.ID().Started)), int64(1); seq <= 65; m, seq = m+1, seq+1 {
			if k.seqs[m] != seq {
				t.Fatalf("minute %d has number %d, want %d", m, k.seqs[m], seq)
			}
		}
	})
}

func TestWhatAnOutageDropsIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k keeper
		r := start(&k)
		calls(r, 3*time.Minute+30*time.Second)
		synctest.Wait()
		k.set(func(*monitor.Batch) error { return errAway })
		before := k.total()
		calls(r, 100*time.Minute)
		k.set(nil)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if k.dropped != 38 {
			t.Errorf("%d minutes dropped, want 38 of 100", k.dropped)
		}
		// The last call came in the middle of a minute.
		if got := k.total() - before; got != 62*60+30 {
			t.Errorf("%d calls of the outage came, want those of 62 minutes and a half", got)
		}
		highest := int64(0)
		for _, seq := range k.seqs {
			highest = max(highest, seq)
		}
		if int64(len(k.seqs))+k.dropped != highest {
			t.Errorf("%d minutes came, %d were dropped, the highest number is %d", len(k.seqs), k.dropped, highest)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
}

// A process that is killed in its first minute is known, even if the monitor
// was not there when it began.
func TestAReporterIsKnownBeforeItsFirstMinuteEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keeper{fail: func(*monitor.Batch) error { return errAway }}
		now := time.Now().Truncate(time.Minute).Add(5 * time.Second)
		time.Sleep(time.Until(now))
		r := start(&k)
		// Tries are drawn from 0, [1,2), [3,6), [7,14) and [15,30) s: the one that
		// follows the first 10 s comes within 16 s of them.
		n := calls(r, 10*time.Second)
		synctest.Wait()
		k.set(nil)
		n += calls(r, 25*time.Second)
		synctest.Wait()
		if len(k.sent) != 1 || len(k.seqs) != 0 {
			t.Fatalf("%d batches, %d sealed minutes came in the first minute; want one that is not sealed", len(k.sent), len(k.seqs))
		}
		hello := k.sent[0]
		if hello.Reporter != r.ID() || hello.Seq != 1 || hello.Rev == 0 || hello.Through != k.at[0].UnixMilli() || hello.Every != (time.Minute+defaultJitter).Milliseconds() {
			t.Errorf("it began with %+v", hello)
		}
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if k.total() != n || k.final != 1 {
			t.Errorf("%d calls, %d leaves; want %d and 1", k.total(), k.final, n)
		}
	})
}

// Each look at the clock is followed by a call: if a batch claimed a time that
// was read after collecting, it would miss the call that ended just before.
func TestARunningStateHasAllThatEndedBeforeItsThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k keeper
		var r *Reporter
		made := int64(0)
		k.after = func(b *monitor.Batch) error {
			known := int64(0)
			for _, row := range k.rows {
				known += row.Total()
			}
			if b.Sealed {
				return nil // the next batch has the rest
			}
			if known != made || b.Through != time.Now().UnixMilli() {
				t.Errorf("a state through %d of %d calls, want %d through %d", b.Through, known, made, time.Now().UnixMilli())
			}
			return nil
		}
		began := make(chan struct{})
		r = start(&k, States(7*time.Second), Now(func() time.Time {
			now := time.Now()
			select {
			case <-began:
				call(r)
				made++
			default: // New is still at it
			}
			return now
		}))
		close(began)
		time.Sleep(100 * time.Second)
		synctest.Wait()
		if made < 20 || len(k.sent) < 10 {
			t.Errorf("only %d calls and %d batches", made, len(k.sent))
		}
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
}

// The monitor stores and its answer is lost: the batch comes again, with the
// same revision.
func TestALostAnswerDoublesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keeper{}
		lost := 0
		k.after = func(*monitor.Batch) error {
			if lost++; lost%3 != 0 {
				return errAway
			}
			return nil
		}
		r := start(&k)
		n := calls(r, 5*time.Minute)
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if k.total() != n || len(k.sent) <= 6 {
			t.Errorf("%d calls in %d sendings, want %d", k.total(), len(k.sent), n)
		}
		revs := make(map[int64]int64)
		for _, b := range k.sent {
			if !b.Sealed {
				continue
			}
			if rev, again := revs[b.Seq]; again && rev != b.Rev {
				t.Errorf("batch %d came with revisions %d and %d", b.Seq, rev, b.Rev)
			}
			revs[b.Seq] = b.Rev
		}
	})
}

func TestStatesOfTheRunningMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k keeper
		r := start(&k, States(5*time.Second), Jitter(0))
		n := calls(r, 42*time.Second)
		synctest.Wait()
		if got := k.total(); got < n-6 || got > n {
			t.Errorf("after %d calls the monitor knows of %d", n, got)
		}
		n += calls(r, 3*time.Minute)
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if k.total() != n {
			t.Errorf("%d calls, want %d", k.total(), n)
		}
		revs := make(map[int64]int64)
		sealed := make(map[int64]bool)
		for i, b := range k.sent {
			if b.Rev <= revs[b.Minute] || sealed[b.Minute] {
				t.Errorf("batch %d of minute %d has revision %d after %d; sealed before: %v", i, b.Minute, b.Rev, revs[b.Minute], sealed[b.Minute])
			}
			revs[b.Minute], sealed[b.Minute] = b.Rev, b.Sealed
			if b.Through > k.at[i].UnixMilli() {
				t.Errorf("batch %d claims the future", i)
			}
			if b.Every != 5000 {
				t.Errorf("batch %d promises the next in %d ms", i, b.Every)
			}
		}
	})
}

// blocked is a Sender whose peer neither takes nor refuses.
type blocked struct{}

func (blocked) Send(ctx context.Context, _ *monitor.Batch) error { <-ctx.Done(); return ctx.Err() }
func (blocked) Close() error                                     { return nil }

func TestAStuckMonitorHoldsUpNeitherCallsNorClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(blocked{})
		time.Sleep(70 * time.Second) // a send hangs now
		began := time.Now()
		for range 1000 {
			call(r)
		}
		if d := time.Since(began); d != 0 {
			t.Errorf("1000 calls waited %v", d)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		err := r.Close(ctx)
		if d := time.Since(began); err == nil || d > 2*time.Second {
			t.Errorf("Close took %v and said %v; want 2 s and what is lost", d, err)
		}
		if again := r.Close(ctx); !errors.Is(again, err) {
			t.Errorf("the second Close said %v", again)
		}
	})
}

// The monitor takes reports of whatever somebody calls an application.
func TestNamesAreMadeFit(t *testing.T) {
	for _, name := range []string{"", strings.Repeat("é", monitor.MaxName), "\xff"} {
		var k keeper
		r := New(nil, name, Instance(name), Via(&k), Logger(slog.New(slog.DiscardHandler)))
		call(r)
		if err := r.Close(t.Context()); err != nil || len(k.sent) == 0 {
			t.Fatalf("%d batches, %v", len(k.sent), err)
		}
		for _, b := range k.sent {
			if _, err := statistics.FromBatch(b).ToBatch(); err != nil {
				t.Errorf("application and instance %q: %v", name, err)
			}
		}
	}
}

func TestCloseWithoutAnyMonitorReturnsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := keeper{fail: func(*monitor.Batch) error { return api.NewError(api.NoProvider, api.SentNo, "none", nil) }}
		r := start(&k)
		call(r)
		began := time.Now()
		if err := r.Close(context.Background()); !errors.Is(err, api.ErrNoProvider) || time.Since(began) != 0 {
			t.Errorf("Close took %v and said %v", time.Since(began), err)
		}
	})
}

func TestCloseWaitsForAMonitorThatComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k keeper
		r := start(&k)
		n := calls(r, 3*time.Minute)
		k.set(func(*monitor.Batch) error { return api.NewError(api.NoProvider, api.SentNo, "none", nil) })
		n += calls(r, 3*time.Minute)
		time.AfterFunc(2*time.Second, func() { k.set(nil) })
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if k.total() != n || k.final != 1 {
			t.Errorf("%d calls, %d leaves; want %d and 1", k.total(), k.final, n)
		}
	})
}

func TestARefusedBatchIsGivenUpAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k keeper
		k.fail = func(b *monitor.Batch) error {
			if b.Seq == 2 {
				return fmt.Errorf("%w: no", ErrRefused)
			}
			return nil
		}
		r := start(&k)
		calls(r, 4*time.Minute)
		if err := r.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if len(k.seqs) != 4 || k.dropped != 1 {
			t.Errorf("%d minutes, %d dropped; want 4 and 1", len(k.seqs), k.dropped)
		}
	})
}

// The process sleeps for three hours: nothing is claimed of them, what was
// counted before is not lost.
func TestAProcessThatSlept(t *testing.T) {
	c := monitor.NewCollector("greet", 0)
	began := time.Date(2026, 11, 24, 0, 0, 30, 0, time.UTC)
	now := began
	s := newSpool(c, monitor.Reporter{Started: began.UnixMilli()}, time.Minute, 60)
	o := &api.Observation{Side: api.ProviderSide, Scope: api.CallScope, Service: service, Method: method, Start: now}
	c.Begin(o)
	c.End(o)
	now = now.Add(3 * time.Hour)
	s.turn(now)
	total, seqs := int64(0), make(map[int64]bool)
	for _, b := range s.waiting {
		for _, r := range b.Rows {
			total += r.Total()
		}
		if want := b.Minute - monitor.MinuteOf(began) + 1; b.Seq != want {
			t.Errorf("minute %d has number %d", b.Minute, b.Seq)
		}
		seqs[b.Seq] = true
	}
	// The minute of the call is the oldest of 61 and gave way.
	if s.dropped != 1 || len(seqs) != 60 || total != 0 {
		t.Errorf("%d dropped, %d minutes, %d calls", s.dropped, len(seqs), total)
	}
	if b := s.running; b.Seq != 181 || b.Through != now.UnixMilli() {
		t.Errorf("running: %+v", b)
	}
}

func TestAClockThatIsSetBack(t *testing.T) {
	c := monitor.NewCollector("greet", 0)
	began := time.Date(2026, 11, 24, 12, 0, 30, 0, time.UTC)
	now := began
	s := newSpool(c, monitor.Reporter{Started: began.UnixMilli()}, time.Minute, 60)
	one := func() {
		o := &api.Observation{Side: api.ProviderSide, Scope: api.CallScope, Service: service, Method: method, Start: now}
		c.Begin(o)
		c.End(o)
	}
	one()
	now = now.Add(time.Minute)
	s.turn(now)
	now = now.Add(-time.Hour)
	one()
	s.turn(now)
	one()
	now = now.Add(time.Hour + time.Minute)
	s.turn(now)
	one()
	s.finish(now)
	total := int64(0)
	seen := make(map[int64]bool)
	for i, b := range s.waiting {
		if seen[b.Minute] || b.Seq != int64(i+1) {
			t.Errorf("batch %d: minute %d, number %d", i, b.Minute, b.Seq)
		}
		seen[b.Minute] = true
		for _, r := range b.Rows {
			total += r.Total()
		}
	}
	if total != 4 || !s.waiting[len(s.waiting)-1].Final {
		t.Errorf("%d calls, want 4", total)
	}
}
