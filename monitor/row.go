package monitor

import (
	"time"

	"github.com/gubbo/gubbo/api"
)

// Other takes the place of a name where a limit left no room for another
// series: the calls are still counted, only less is known of them.
const Other = "_other"

// MaxName is the length in bytes at which the names of a series are cut.
const MaxName = 256

// Series names what is counted: one method of one service, on one side of the
// call, in one application, with one application at the other end.
type Series struct {
	Side        api.Side
	Application string
	Service     api.Service
	Method      string
	// Peer is the application at the other end; "" if it gave no name or no
	// provider was reached.
	Peer string
}

// Reporter is a process that reports. Boot tells a process from the one that
// was there before it, so that a restart inside a minute overwrites nothing.
type Reporter struct {
	// Application and Instance name the process for people; Instance stays the
	// same over a restart.
	Application, Instance string
	// Boot is drawn at random when the process starts to report.
	Boot string
	// Started is when that was, in milliseconds since 1970.
	Started int64
}

// Counts is what is known of the calls of one series in one span of time.
type Counts struct {
	// Calls are the users' calls by their final outcome; Calls[ClassSuccess]
	// are the successes.
	Calls [api.Classes]int64
	// Attempts are the tries that calls made; on a provider one for each call.
	Attempts int64
	// Elapsed is the sum and MaxElapsed the maximum of the time that calls
	// took, in microseconds.
	Elapsed, MaxElapsed int64
	// Concurrency is the sum over the calls of the number of calls under way
	// when each ended (itself included), MaxConcurrency the highest of these.
	Concurrency, MaxConcurrency int64
	// BytesIn and BytesOut are the sums of the frame sizes.
	BytesIn, BytesOut int64
}

// Total returns the number of calls.
func (c *Counts) Total() int64 {
	n := int64(0)
	for _, v := range c.Calls {
		n += v
	}
	return n
}

// Failures returns the number of calls that did not succeed.
func (c *Counts) Failures() int64 { return c.Total() - c.Calls[api.ClassSuccess] }

// Add adds o to c: sums add up, maxima take the higher.
func (c *Counts) Add(o *Counts) {
	for i, v := range o.Calls {
		c.Calls[i] += v
	}
	c.Attempts += o.Attempts
	c.Elapsed += o.Elapsed
	c.MaxElapsed = max(c.MaxElapsed, o.MaxElapsed)
	c.Concurrency += o.Concurrency
	c.MaxConcurrency = max(c.MaxConcurrency, o.MaxConcurrency)
	c.BytesIn += o.BytesIn
	c.BytesOut += o.BytesOut
}

// Row is the state of one minute of one series of one reporter.
type Row struct {
	Series Series
	// Minute is the wall-clock minute, counted from 1970 in UTC.
	Minute int64
	// Rev grows with each state that this reporter gives of this minute.
	Rev int64
	Counts
	// Latency is the distribution of the calls' elapsed time as
	// Histogram.Append writes it.
	Latency []byte
}

// Batch is what a reporter has to say about one minute. One without rows says
// that there were no calls, which is not the same as silence.
type Batch struct {
	Reporter Reporter
	Minute   int64
	// Seq numbers the sealed minutes of a reporter from 1; a number that never
	// comes is a minute that was lost. Of a running minute it is the number
	// that the minute will have.
	Seq int64
	// Rev is the revision of the rows.
	Rev int64
	// Through is the moment until which the rows are complete, in milliseconds
	// since 1970: the end of the minute once it is sealed.
	Through int64
	// Sealed says that the minute is over and nothing will be added.
	Sealed bool
	// Final says that the reporter took leave: it will say nothing more.
	Final bool
	// Every is the longest time in milliseconds that the reporter, if it is
	// well, lets pass before its next batch.
	Every int64
	// Dropped counts the sealed minutes that this reporter had to forget
	// because no monitor took them in time.
	Dropped int64
	Rows    []Row
}

// MinuteOf returns the minute in which t lies.
func MinuteOf(t time.Time) int64 {
	s := t.Unix()
	if s < 0 {
		s -= 59
	}
	return s / 60
}

// MinuteTime returns the beginning of a minute, in UTC.
func MinuteTime(minute int64) time.Time { return time.Unix(minute*60, 0).UTC() }
