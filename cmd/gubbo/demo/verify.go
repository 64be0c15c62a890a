// Package demo is the lab behind `gubbo demo`: registry, monitor, providers and
// consumers in one command, with books of its own that the monitor's rows are
// compared with.
package demo

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gubbo/gubbo/examples/greet/ledger"
	"github.com/gubbo/gubbo/examples/greet/load"
)

// Row is what the monitor stored of one method of one reporting process,
// summed over the minutes.
type Row struct {
	Side, Reporter, Method string
	Success, Failure       int64
}

// Reporter is what the monitor knows of a reporting process.
type Reporter struct {
	// AsOf is the moment up to which its last acknowledged report counted.
	AsOf time.Time
	// Gap tells whether the monitor shows it as silent since then.
	Gap bool
}

// consumerBook and providerBook are what the lab knows by itself of one
// process.
type consumerBook struct {
	name, reporter string
	methods        map[string]load.Counts
}

type providerBook struct {
	name, reporter string
	killed         bool
	executions     []ledger.Execution
}

// books is everything that the monitor's rows are compared with.
type books struct {
	consumers []consumerBook
	providers []providerBook
	// callers is how many calls can be under way at once, over all consumers.
	callers int
	// idempotent names the methods whose calls must never fail.
	idempotent map[string]bool
}

type check struct {
	w      io.Writer
	failed int
}

func (c *check) that(ok bool, format string, args ...any) {
	verdict := "ok  "
	if !ok {
		verdict = "FAIL"
		c.failed++
	}
	fmt.Fprintf(c.w, "  %s %s\n", verdict, fmt.Sprintf(format, args...))
}

// own reports whether id is that of a call of the lab's own consumers.
func (b *books) own(id string) bool {
	return slices.ContainsFunc(b.consumers, func(c consumerBook) bool { return strings.HasPrefix(id, c.name+"-") })
}

// verify prints a line per comparison and returns the number that do not
// hold.
func (b *books) verify(w io.Writer, rows []Row, reporters map[string]Reporter) int {
	c := &check{w: w}
	type key struct{ side, reporter, method string }
	stored := map[key]Row{}
	for _, r := range rows {
		k := key{r.Side, r.Reporter, r.Method}
		sum := stored[k]
		sum.Success += r.Success
		sum.Failure += r.Failure
		stored[k] = sum
	}
	take := func(side, reporter, method string) Row {
		k := key{side, reporter, method}
		r := stored[k]
		delete(stored, k)
		return r
	}

	calls := map[string]load.Counts{}
	for _, book := range b.consumers {
		for _, method := range slices.Sorted(maps.Keys(book.methods)) {
			n := book.methods[method]
			row := take("consumer", book.reporter, method)
			c.that(row.Success == n.Success && row.Failure == n.Failed+n.Unknown,
				"%s %s: counted %d ok %d not, the monitor has %d ok %d not", book.name, method, n.Success, n.Failed+n.Unknown, row.Success, row.Failure)
			sum := calls[method]
			sum.Calls += n.Calls
			sum.Success += n.Success
			sum.Failed += n.Failed
			sum.Unknown += n.Unknown
			calls[method] = sum
		}
	}

	ran := map[string]int64{}
	runs := map[string]map[string]int{}
	for _, book := range b.providers {
		at := map[string][]time.Time{}
		for _, e := range book.executions {
			at[e.Method] = append(at[e.Method], e.At)
			if !b.own(e.ID) {
				continue // somebody else's call, e.g. of `gubbo call`
			}
			ran[e.Method]++
			if runs[e.Method] == nil {
				runs[e.Method] = map[string]int{}
			}
			runs[e.Method][e.ID]++
		}
		reporter, known := reporters[book.reporter]
		for _, method := range slices.Sorted(maps.Keys(calls)) {
			row := take("provider", book.reporter, method)
			total := int64(len(at[method]))
			if !book.killed {
				c.that(row.Success+row.Failure == total, "%s %s: the handler counted %d, the monitor has %d", book.name, method, total, row.Success+row.Failure)
				continue
			}
			// The book of a killed process is compared up to the moment that its
			// last acknowledged report named. Handler and reporter look at
			// their clocks one after the other, so the calls that were under
			// way at that moment may be on either side of it.
			var until int64
			for _, t := range at[method] {
				if known && !t.After(reporter.AsOf) {
					until++
				}
			}
			got := row.Success + row.Failure
			c.that(max(got-until, until-got) <= int64(b.callers) && got <= total,
				"%s %s (killed): the handler counted %d up to its last report (±%d under way), the monitor has %d; %d ran after it", book.name, method, until, b.callers, got, total-until)
		}
		if book.killed {
			c.that(known && reporter.Gap, "%s (killed): the monitor shows a gap after its last report", book.name)
		}
	}
	for k, row := range stored {
		c.that(false, "the monitor has rows of nobody: %s %s %s, %d ok %d not", k.side, k.reporter, k.method, row.Success, row.Failure)
	}

	for _, method := range slices.Sorted(maps.Keys(calls)) {
		n := calls[method]
		if b.idempotent[method] {
			c.that(n.Failed+n.Unknown == 0, "%s (idempotent): %d calls, %d failed", method, n.Calls, n.Failed+n.Unknown)
			continue
		}
		twice := 0
		for _, times := range runs[method] {
			if times > 1 {
				twice++
			}
		}
		c.that(n.Failed == 0 && twice == 0 && ran[method] <= n.Calls && ran[method] >= n.Success,
			"%s (not idempotent): %d calls, %d failed, %d of unknown outcome; %d executions, %d calls ran twice", method, n.Calls, n.Failed, n.Unknown, ran[method], twice)
	}
	return c.failed
}
