package node

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gubbo/gubbo/monitor"
	"github.com/gubbo/gubbo/monitor/store"
)

const (
	// grace is how much later than promised a report may come before its
	// reporter counts as silent.
	grace = 5 * time.Second
	// hold is how long the gap of a silent reporter grows if nobody takes its
	// place: as long as a reporter keeps what it could not send. After that
	// nothing can come any more, and it is taken for gone.
	hold = time.Hour
	// maxReporters bounds what is remembered of processes; beyond, reports of
	// new ones are refused.
	maxReporters = 50_000
)

// reporters is what is known of each reporting process.
type reporters struct {
	mu   sync.Mutex
	last map[monitor.Reporter]store.Heard // the latest that each said; guarded by mu
}

func newReporters(heard []store.Heard) *reporters {
	r := &reporters{last: make(map[monitor.Reporter]store.Heard)}
	for _, h := range heard {
		r.note(h)
	}
	return r
}

// room reports whether there is room for what who says.
func (r *reporters) room(who monitor.Reporter) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, known := r.last[who]
	return known || len(r.last) < maxReporters
}

// note remembers h, which is durable.
func (r *reporters) note(h store.Heard) {
	r.mu.Lock()
	defer r.mu.Unlock()
	was, known := r.last[h.Reporter]
	if known && (was.Minute > h.Minute || was.Minute == h.Minute && was.Rev > h.Rev) {
		// Older news still shows that the reporter lives.
		was.Received = max(was.Received, h.Received)
		h = was
	}
	h.Dropped = max(h.Dropped, was.Dropped)
	h.Final = h.Final || was.Final
	r.last[h.Reporter] = h
}

// expire forgets reporters that said nothing about minute before or later.
func (r *reporters) expire(before int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for who, h := range r.last {
		if h.Minute < before {
			delete(r.last, who)
		}
	}
}

// state is how a reporter is doing.
type state string

const (
	live   state = "live"   // reports as promised
	silent state = "silent" // should have reported and did not
	ended  state = "ended"  // took leave
	gone   state = "gone"   // silent for so long, or followed by a new process
)

// known is a reporter with what follows from what it said.
type known struct {
	store.Heard
	State state
	// Until is where the time that nobody reported on ends, in milliseconds;
	// it begins at Through. 0 if there is none, or if it grows still.
	Until int64
}

// at returns all reporters, in order of name and start, as they are at now.
func (r *reporters) at(now time.Time) []known {
	r.mu.Lock()
	all := make([]known, 0, len(r.last))
	for _, h := range r.last {
		all = append(all, known{Heard: h})
	}
	r.mu.Unlock()
	slices.SortFunc(all, func(a, b known) int {
		return cmp.Or(strings.Compare(a.Reporter.Application, b.Reporter.Application), strings.Compare(a.Reporter.Instance, b.Reporter.Instance),
			cmp.Compare(a.Reporter.Started, b.Reporter.Started), strings.Compare(a.Reporter.Boot, b.Reporter.Boot))
	})
	nowMS := now.UnixMilli()
	for i := range all {
		k := &all[i]
		switch {
		case k.Final:
			k.State = ended
		case nowMS-k.Received <= k.Every+grace.Milliseconds():
			k.State = live
		default:
			k.State = silent
			for j := i + 1; j < len(all) && all[j].Reporter.Application == k.Reporter.Application && all[j].Reporter.Instance == k.Reporter.Instance; j++ {
				if s := all[j].Reporter.Started; s >= k.Through {
					k.State, k.Until = gone, s
					break
				}
			}
			if end := k.Through + hold.Milliseconds(); k.State == silent && nowMS > end {
				k.State, k.Until = gone, end
			}
		}
	}
	return all
}

// Gap is a span of time of which a reporter said nothing, though it ran or
// should have run: not zero calls but an unknown number.
type Gap struct {
	monitor.Reporter
	// From and To are milliseconds; To is 0 while the gap grows.
	From, To int64
	// Reason is "missing" for minutes that never came although later ones did,
	// "silent" for a reporter that stopped without taking leave.
	Reason string
}

// gapsOf returns the gaps that touch the minutes from ≤ minute < to. heard is
// what was said about those minutes.
func gapsOf(all []known, heard []store.Heard, from, to int64) []Gap {
	said := make(map[monitor.Reporter]map[int64]store.Heard)
	for _, h := range heard {
		if said[h.Reporter] == nil {
			said[h.Reporter] = make(map[int64]store.Heard)
		}
		said[h.Reporter][h.Minute] = h
	}
	var gaps []Gap
	for _, k := range all {
		gaps = append(gaps, missing(&k, said[k.Reporter], from, to)...)
		if k.State != silent && k.Until == 0 {
			continue
		}
		if k.Through < to*60_000 && (k.Until == 0 || k.Until > from*60_000) && k.Until != k.Through {
			gaps = append(gaps, Gap{k.Reporter, k.Through, k.Until, "silent"})
		}
	}
	return gaps
}

// missing returns the spans before k's latest report that no report covers.
func missing(k *known, said map[int64]store.Heard, from, to int64) []Gap {
	var gaps []Gap
	add := func(begin, end int64) {
		if n := len(gaps) - 1; n >= 0 && gaps[n].To == begin {
			gaps[n].To = end
		} else {
			gaps = append(gaps, Gap{k.Reporter, begin, end, "missing"})
		}
	}
	started := monitor.MinuteOf(time.UnixMilli(k.Reporter.Started))
	for m := max(from, started); m < min(to, k.Minute); m++ {
		h, ok := said[m]
		switch {
		case !ok:
			add(max(m*60_000, k.Reporter.Started), (m+1)*60_000)
		case h.Through < (m+1)*60_000:
			add(h.Through, (m+1)*60_000)
		}
	}
	return gaps
}
