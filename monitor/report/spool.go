package report

import (
	"slices"
	"time"

	"github.com/gubbo/gubbo/monitor"
)

// spool turns what a Collector counted into batches and keeps the sealed ones
// until they are acknowledged. It has no clock, no lock and does no I/O: the
// Reporter's one goroutine drives it.
type spool struct {
	collector *monitor.Collector
	reporter  monitor.Reporter
	every     time.Duration // what the reporter promises; see Batch.Every
	limit     int           // sealed minutes that may wait

	open    int64            // the first minute that is not sealed
	seq     int64            // number of the last sealed minute
	waiting []*monitor.Batch // sealed, oldest first; at most limit
	running *monitor.Batch   // the state of the open minute, nil if it was not asked for
	dropped int64            // sealed minutes that were forgotten
}

func newSpool(c *monitor.Collector, r monitor.Reporter, every time.Duration, limit int) *spool {
	return &spool{collector: c, reporter: r, every: every, limit: limit, open: monitor.MinuteOf(time.UnixMilli(r.Started))}
}

// turn seals the minutes before now's, and takes the state of the open one.
func (s *spool) turn(now time.Time) {
	// If the clock was set back nothing is sealed until it has caught up.
	minute := max(monitor.MinuteOf(now), s.open)
	// now was read before collecting: what ended until then is in the rows.
	rows := s.seal(minute, s.collector.Collect(minute))

	n := 0
	for n < len(rows) && rows[n].Minute == minute {
		n++
	}
	s.running = s.batch(minute, rows[:n])
	s.running.Seq = s.seq + 1
	s.running.Through = min(max(now.UnixMilli(), minute*60_000), (minute+1)*60_000)
}

// finish seals everything, the open minute included; the last batch takes
// leave.
func (s *spool) finish(now time.Time) {
	s.turn(now)
	through := s.running.Through
	s.running = nil
	rows := s.seal(s.open+1, s.collector.Collect(1<<62))
	for len(rows) > 0 { // only if the minute turned just now, or a clock jumped
		rows = s.seal(rows[0].Minute+1, rows)
	}
	last := s.waiting[len(s.waiting)-1]
	last.Through, last.Final = max(through, last.Minute*60_000), true
}

// seal makes a batch of each minute from the open one to the one before
// minute, also of those without rows: silence and no calls are different
// things. It returns the rows that are not sealed.
func (s *spool) seal(minute int64, rows []monitor.Row) []monitor.Row {
	for s.open < minute {
		n := 0
		for n < len(rows) && rows[n].Minute == s.open {
			n++
		}
		if unwatched := minute - int64(s.limit); n == 0 && s.open < unwatched {
			// The process slept, or its clock jumped. Nobody watched these
			// minutes, so nothing is claimed of them.
			if len(rows) > 0 {
				unwatched = min(unwatched, rows[0].Minute)
			}
			s.seq += unwatched - s.open
			s.open = unwatched
			continue
		}
		b := s.batch(s.open, rows[:n])
		rows = rows[n:]
		s.open++
		s.seq++
		b.Seq, b.Sealed, b.Through = s.seq, true, s.open*60_000
		s.push(b)
	}
	return rows
}

func (s *spool) batch(minute int64, rows []monitor.Row) *monitor.Batch {
	return &monitor.Batch{Reporter: s.reporter, Minute: minute, Rev: s.collector.Rev(), Every: s.every.Milliseconds(), Rows: slices.Clone(rows)}
}

func (s *spool) push(b *monitor.Batch) {
	s.waiting = append(s.waiting, b)
	if over := len(s.waiting) - s.limit; over > 0 {
		s.waiting = slices.Delete(s.waiting, 0, over)
		s.dropped += int64(over)
	}
}

// next returns the batch to send first: the oldest sealed one, else the state
// of the open minute, else nil.
func (s *spool) next() *monitor.Batch {
	b := s.running
	if len(s.waiting) > 0 {
		b = s.waiting[0]
	}
	if b != nil {
		b.Dropped = s.dropped
	}
	return b
}

// ack forgets the batch that next returned: the monitor has it for good.
func (s *spool) ack() {
	if len(s.waiting) > 0 {
		s.waiting = slices.Delete(s.waiting, 0, 1)
		return
	}
	s.running = nil
}

// refused gives up the batch that next returned.
func (s *spool) refused() {
	if len(s.waiting) > 0 {
		s.dropped++
	}
	s.ack()
}
