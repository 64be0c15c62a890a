package interop

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// row is a cell of the matrix: a call of one direction. caller and callee are
// "go" or what the Java process said it is; version is that of the Java side.
type row struct{ caller, callee, version, via, call, result, detail string }

func (r row) direction() string { return fmt.Sprintf("%-30s -> %-30s %s", r.caller, r.callee, r.via) }
func (r row) byGo() bool        { return r.caller == "go" }
func (r row) pair() bool        { return r.caller != "go" && r.callee != "go" }

// table collects the rows of a test, from many goroutines.
type table struct {
	mu   sync.Mutex
	rows []row // guarded by mu
}

func (tb *table) add(r row) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	tb.rows = append(tb.rows, r)
}

// close prints the table and checks that there are as many directions as
// want, that each has every row that it should have, and that all rows are ok
// but those of empties.
func (tb *table) close(t *testing.T, want int) {
	t.Helper()
	tb.mu.Lock()
	defer tb.mu.Unlock()
	var directions []string
	of := make(map[string][]row)
	for _, r := range tb.rows {
		d := r.direction()
		if of[d] == nil {
			directions = append(directions, d)
		}
		of[d] = append(of[d], r)
	}
	slices.Sort(directions)
	for _, d := range directions {
		checkDirection(t, d, of[d])
	}
	checkClasses(t, tb.rows)
	if len(directions) != want {
		t.Errorf("%d directions were tried, want %d:\n%s", len(directions), want, strings.Join(directions, "\n"))
	}
}

// checkClasses checks that what Java sent as an Object and got back from Go is
// of the class that it gets back from itself: the text of a value does not tell.
func checkClasses(t *testing.T, rows []row) {
	t.Helper()
	type cell struct{ version, via, call string }
	own := make(map[cell]string)
	for _, r := range rows {
		if r.pair() && r.result == "ok" {
			own[cell{r.version, r.via, r.call}] = r.detail
		}
	}
	for _, r := range rows {
		want := own[cell{r.version, r.via, r.call}]
		if strings.HasPrefix(r.call, "types/any.") && !r.byGo() && r.result == "ok" && want != "" && r.detail != want {
			t.Errorf("%s: %s came back as %s, from Java as %s", r.direction(), r.call, r.detail, want)
		}
	}
}

// checkDirection prints the rows of one direction, a line for each suite and
// for each empty cell, or for every row in a soak.
func checkDirection(t *testing.T, direction string, rows []row) {
	t.Helper()
	var names []string
	ok, all := make(map[string]int), make(map[string]int)
	for _, r := range rows {
		name, _, _ := strings.Cut(r.call, "/")
		names = append(names, r.call)
		all[name]++
		e, excused := emptyCell(r)
		switch {
		case lacking(r.version, r.call) && r.result != "lacks":
			t.Errorf("%s: %s is %s, so it is not true that this Dubbo lacks it", direction, r.call, r.result)
		case r.result == "ok" && (!excused || !r.pair()):
			ok[name]++
			if soak {
				t.Logf("gubbo-table %s %-32s ok", direction, r.call)
			}
		case r.result == "ok":
			t.Errorf("%s: %s is ok, so it is not true that %s", direction, r.call, e.why)
		case excused:
			t.Logf("gubbo-table %s %-32s empty: %s", direction, r.call, e.why)
			t.Logf("%s: %s: %s", direction, r.call, r.detail)
		default:
			t.Logf("gubbo-table %s %-32s %s", direction, r.call, r.result)
			t.Errorf("%s: %s: %s: %s", direction, r.call, r.result, r.detail)
		}
	}
	var want []string
	for _, s := range suites {
		t.Logf("gubbo-table %s %-32s %d of %d ok", direction, s.name, ok[s.name], all[s.name])
		if rows[0].byGo() {
			want = append(want, s.byGo...)
		} else {
			want = append(want, s.byJava...)
		}
	}
	if !slices.Equal(names, want) {
		t.Errorf("%s has the rows\n%s\nwant\n%s", direction, strings.Join(names, " "), strings.Join(want, " "))
	}
}
