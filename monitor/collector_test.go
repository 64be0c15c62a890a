package monitor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
)

var (
	greeter  = &api.Service{Interface: "lab.greet.Greeter", Version: "1.0.0"}
	sayHello = &api.Method{Name: "sayHello"}
)

// at is the beginning of a minute in the tests.
var at = time.Date(2026, 11, 24, 0, 5, 0, 0, time.UTC)

func observe(c *Collector, o api.Observation) {
	if o.Service == nil {
		o.Service = greeter
	}
	if o.Method == nil {
		o.Method = sayHello
	}
	if o.Scope == 0 {
		o.Scope = api.CallScope
	}
	if o.Side == 0 {
		o.Side = api.ProviderSide
	}
	began := o
	began.Elapsed, began.Err, began.PeerApplication = 0, nil, ""
	c.Begin(&began)
	c.End(&o)
}

func TestCallsAndAttemptsAreCountedApart(t *testing.T) {
	c := NewCollector("shop", 0)
	call := api.Observation{Side: api.ConsumerSide, Start: at, Elapsed: 3 * time.Millisecond, PeerApplication: "greet", BytesIn: 10, BytesOut: 20, Attempts: 2}
	try := call
	try.Scope = api.AttemptScope
	try.Err = api.NewError(api.Unavailable, api.SentNo, "", nil)
	observe(c, try)
	try.Err = nil
	observe(c, try)
	observe(c, call)
	call.Elapsed, call.Err = 5*time.Millisecond, api.NewError(api.Timeout, api.SentMaybe, "", nil)
	observe(c, call)
	call.Elapsed, call.Err = time.Millisecond, errors.New("a handler's own")
	observe(c, call)

	rows := c.Collect(MinuteOf(at) + 1)
	if len(rows) != 1 {
		t.Fatalf("%d rows, want 1: %+v", len(rows), rows)
	}
	r := rows[0]
	want := Series{api.ConsumerSide, "shop", *greeter, "sayHello", "greet"}
	if r.Series != want || r.Minute != MinuteOf(at) {
		t.Errorf("row of %+v at %d, want %+v at %d", r.Series, r.Minute, want, MinuteOf(at))
	}
	if r.Calls[api.ClassSuccess] != 1 || r.Calls[api.ClassTimeout] != 1 || r.Calls[api.ClassBusiness] != 1 || r.Total() != 3 || r.Failures() != 2 {
		t.Errorf("calls %v", r.Calls)
	}
	if r.Attempts != 2 || r.Elapsed != 9000 || r.MaxElapsed != 5000 || r.BytesIn != 30 || r.BytesOut != 60 || r.MaxConcurrency != 1 || r.Concurrency != 3 {
		t.Errorf("counts %+v", r.Counts)
	}
	var h Histogram
	if err := h.Merge(r.Latency); err != nil || h.Count() != 3 {
		t.Errorf("histogram of %d values, %v", h.Count(), err)
	}
}

func TestMaximumOfConcurrencyIsSeen(t *testing.T) {
	c := NewCollector("shop", 0)
	o := api.Observation{Side: api.ProviderSide, Scope: api.CallScope, Service: greeter, Method: sayHello, Start: at, PeerApplication: "p"}
	for range 7 {
		c.Begin(&o)
	}
	for range 7 {
		c.End(&o)
	}
	r := c.Collect(MinuteOf(at) + 1)[0]
	if r.MaxConcurrency != 7 || r.Concurrency != 28 {
		t.Errorf("max %d sum %d, want 7 and 28", r.MaxConcurrency, r.Concurrency)
	}
}

// Many callers over a boundary of minutes, while states of the running minute
// are taken: what is sealed in the end is all there was.
func TestConcurrentCallsAreCountedExactly(t *testing.T) {
	c := NewCollector("shop", 0)
	const callers, each = 16, 4000
	minute := MinuteOf(at)
	var wg sync.WaitGroup
	for g := range callers {
		wg.Go(func() {
			for i := range each {
				start := at.Add(time.Duration(i%2) * time.Minute) // both minutes, interleaved
				var err error
				if i%5 == 0 {
					err = api.NewError(api.Overloaded, api.SentNo, "", nil)
				}
				observe(c, api.Observation{Start: start, Elapsed: time.Duration(g+1) * time.Millisecond, PeerApplication: fmt.Sprint("app", g%4), Err: err, BytesIn: 1})
			}
		})
	}
	stop := make(chan struct{})
	polled := make(chan struct{})
	revs := make(map[string]int64)
	go func() {
		defer close(polled)
		for {
			select {
			case <-stop:
				return
			default:
			}
			for _, r := range c.Collect(minute) {
				key := fmt.Sprint(r.Minute, r.Series)
				if r.Rev <= revs[key] {
					t.Errorf("revision %d after %d", r.Rev, revs[key])
				}
				revs[key] = r.Rev
			}
		}
	}()
	wg.Wait()
	close(stop)
	<-polled

	perMinute := make(map[int64]*Counts)
	values := uint64(0)
	for _, r := range c.Collect(minute + 2) {
		if perMinute[r.Minute] == nil {
			perMinute[r.Minute] = new(Counts)
		}
		perMinute[r.Minute].Add(&r.Counts)
		n, err := CountEncoded(r.Latency)
		if err != nil {
			t.Fatal(err)
		}
		values += n
	}
	for m := minute; m < minute+2; m++ {
		got := perMinute[m]
		if got == nil || got.Total() != callers*each/2 || got.Failures() != callers*each/10 || got.BytesIn != callers*each/2 || got.Attempts != callers*each/2 {
			t.Errorf("minute %d: %+v, want %d calls", m-minute, got, callers*each/2)
		}
	}
	if len(perMinute) != 2 || values != callers*each {
		t.Errorf("%d minutes, %d values, want 2 and %d", len(perMinute), values, callers*each)
	}
	if rows := c.Collect(minute + 3); len(rows) != 0 {
		t.Errorf("sealed minutes came twice: %+v", rows)
	}
}

// Sealing moves on under the callers' feet: each call is in exactly one sealed
// row.
func TestSealingLosesAndDoublesNothing(t *testing.T) {
	c := NewCollector("shop", 0)
	minute := MinuteOf(at)
	const callers, each = 8, 5000
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for i := range each {
				observe(c, api.Observation{Start: at.Add(time.Duration(i) * time.Minute / 50)})
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	total := int64(0)
	for floor := minute; ; floor++ {
		running := false
		select {
		case <-done:
			floor = minute + 1<<30
		default:
			running = true
		}
		for _, r := range c.Collect(floor) {
			if r.Minute < floor {
				total += r.Total()
			}
		}
		if !running {
			break
		}
	}
	if total != callers*each {
		t.Errorf("%d calls were sealed, want %d", total, callers*each)
	}
}

func TestMinuteOfACallIsThatOfItsEnd(t *testing.T) {
	c := NewCollector("shop", 0)
	m := MinuteOf(at)
	observe(c, api.Observation{Start: at.Add(-time.Millisecond), Elapsed: time.Millisecond - 1})
	observe(c, api.Observation{Start: at.Add(-time.Millisecond), Elapsed: time.Millisecond})
	rows := c.Collect(m)
	if len(rows) != 2 || rows[0].Minute != m-1 || rows[1].Minute != m {
		t.Fatalf("rows %+v", rows)
	}
	// The minute before is sealed: a straggler counts in the first open one.
	observe(c, api.Observation{Start: at.Add(-time.Second)})
	rows = c.Collect(m + 1)
	if len(rows) != 1 || rows[0].Minute != m || rows[0].Total() != 2 {
		t.Fatalf("rows %+v", rows)
	}
}

func TestManyMinutesBetweenCollects(t *testing.T) {
	c := NewCollector("shop", 0)
	m := MinuteOf(at)
	for i := range 100 {
		observe(c, api.Observation{Start: at.Add(time.Duration(i) * time.Minute)})
	}
	total := int64(0)
	for _, r := range c.Collect(m + 1000) {
		total += r.Total()
	}
	if total != 100 {
		t.Errorf("%d calls, want 100", total)
	}
}

func TestSeriesLimit(t *testing.T) {
	c := NewCollector("shop", 10)
	for i := range 50 {
		observe(c, api.Observation{Start: at, PeerApplication: fmt.Sprint("peer", i)})
	}
	for i := range 50 {
		observe(c, api.Observation{Start: at, Method: &api.Method{Name: fmt.Sprint("m", i)}, PeerApplication: "x"})
	}
	byMethod := make(map[string]int64)
	byPeer := make(map[string]int64)
	rows := c.Collect(MinuteOf(at) + 1)
	for _, r := range rows {
		byMethod[r.Series.Method] += r.Total()
		if r.Series.Method == "sayHello" {
			byPeer[r.Series.Peer] += r.Total()
		}
	}
	if byMethod["sayHello"] != 50 || byPeer[Other] != 40 || len(byPeer) != 11 {
		t.Errorf("peers: %v", byPeer)
	}
	if byMethod[Other] != 41 || byMethod["m0"] != 1 {
		t.Errorf("methods: %v", byMethod)
	}
	if len(rows) > 2*10+2 {
		t.Errorf("%d rows with a limit of 10", len(rows))
	}
}

func TestNamesThatReportAlikeAreOneSeries(t *testing.T) {
	c := NewCollector("shop", 0)
	observe(c, api.Observation{Start: at, PeerApplication: "a\xff"})
	observe(c, api.Observation{Start: at, PeerApplication: "a\xfe"})
	rows := c.Collect(MinuteOf(at) + 1)
	if len(rows) != 1 || rows[0].Total() != 2 || rows[0].Series.Peer != "a?" {
		t.Fatalf("rows %+v", rows)
	}
}

func TestNothingIsAllocatedForAKnownSeries(t *testing.T) {
	c := NewCollector("shop", 0)
	o := api.Observation{Side: api.ConsumerSide, Scope: api.CallScope, Service: greeter, Method: sayHello, Start: at, PeerApplication: "greet"}
	c.Begin(&o)
	c.End(&o)
	if n := testing.AllocsPerRun(1000, func() { c.Begin(&o); c.End(&o) }); n != 0 {
		t.Errorf("%v allocations a call, want 0", n)
	}
	if err := c.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

func BenchmarkCollector(b *testing.B) {
	for _, p := range []int{1, 16} {
		b.Run(fmt.Sprint("callers=", p), func(b *testing.B) {
			c := NewCollector("shop", 0)
			b.ReportAllocs()
			b.SetParallelism(p)
			b.RunParallel(func(pb *testing.PB) {
				o := api.Observation{Side: api.ConsumerSide, Scope: api.CallScope, Service: greeter, Method: sayHello, Start: at, Elapsed: time.Millisecond, PeerApplication: "greet"}
				for pb.Next() {
					c.Begin(&o)
					c.End(&o)
				}
			})
		})
	}
}
