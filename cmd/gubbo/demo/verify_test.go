package demo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/examples/greet/ledger"
	"github.com/gubbo/gubbo/examples/greet/load"
)

func sample() (books, []Row, map[string]Reporter) {
	t0 := time.Unix(1000, 0)
	b := books{
		callers:    2,
		idempotent: map[string]bool{"sayHello": true},
		consumers: []consumerBook{{"consumer-1", "c1", map[string]load.Counts{
			"sayHello": {Calls: 5, Success: 5}, "order": {Calls: 3, Success: 2, Unknown: 1},
		}}},
		providers: []providerBook{
			{"provider-1", "p1", true, []ledger.Execution{{At: t0, Method: "sayHello", ID: "consumer-1-1"}, {At: t0.Add(time.Minute), Method: "sayHello", ID: "consumer-1-2"}}},
			{"provider-1 again", "p2", false, []ledger.Execution{{At: t0, Method: "sayHello", ID: "consumer-1-3"}, {At: t0, Method: "sayHello", ID: "consumer-1-4"}, {At: t0, Method: "sayHello", ID: "consumer-1-5"},
				{At: t0, Method: "order", ID: "consumer-1-o1"}, {At: t0, Method: "order", ID: "consumer-1-o2"}}},
		},
	}
	rows := []Row{
		{"consumer", "c1", "sayHello", 3, 0}, {"consumer", "c1", "sayHello", 2, 0}, {"consumer", "c1", "order", 2, 1},
		{"provider", "p1", "sayHello", 1, 0}, {"provider", "p2", "sayHello", 3, 0}, {"provider", "p2", "order", 2, 0},
	}
	return b, rows, map[string]Reporter{"p1": {AsOf: t0.Add(time.Second), Gap: true}, "p2": {AsOf: t0.Add(time.Hour)}, "c1": {AsOf: t0.Add(time.Hour)}}
}

func TestVerifyAccepts(t *testing.T) {
	b, rows, reporters := sample()
	// A stranger's call runs too, and the provider's row has it.
	b.providers[1].executions = append(b.providers[1].executions, ledger.Execution{At: time.Unix(1000, 0), Method: "order", ID: "a stranger"})
	rows = append(rows, Row{"provider", "p2", "order", 1, 0})
	var w strings.Builder
	if n := b.verify(&w, rows, reporters); n != 0 {
		t.Errorf("%d comparisons failed:\n%s", n, w.String())
	}
}

// Each single change is seen.
func TestVerifySees(t *testing.T) {
	for name, spoil := range map[string]func(*books, *[]Row, map[string]Reporter){
		"a stored consumer row one too high":    func(b *books, r *[]Row, _ map[string]Reporter) { (*r)[0].Success++ },
		"a stored provider row one too high":    func(b *books, r *[]Row, _ map[string]Reporter) { (*r)[4].Success++ },
		"a killed process's row above its book": func(b *books, r *[]Row, _ map[string]Reporter) { (*r)[3].Success = 3 },
		"a failure stored as a success":         func(b *books, r *[]Row, _ map[string]Reporter) { (*r)[2] = Row{"consumer", "c1", "order", 3, 0} },
		"a row missing":                         func(b *books, r *[]Row, _ map[string]Reporter) { *r = (*r)[1:] },
		"rows of an unknown process":            func(b *books, r *[]Row, _ map[string]Reporter) { *r = append(*r, Row{"consumer", "c9", "order", 1, 0}) },
		"no gap for the killed process":         func(b *books, _ *[]Row, m map[string]Reporter) { m["p1"] = Reporter{AsOf: m["p1"].AsOf} },
		"an idempotent call failed": func(b *books, r *[]Row, _ map[string]Reporter) {
			b.consumers[0].methods["sayHello"] = load.Counts{Calls: 6, Success: 5, Failed: 1}
			(*r)[0].Failure++
		},
		"a call that is not idempotent ran twice": func(b *books, r *[]Row, _ map[string]Reporter) { b.providers[1].executions[4].ID = "consumer-1-o1" },
		"a call that is not idempotent failed": func(b *books, r *[]Row, _ map[string]Reporter) {
			b.consumers[0].methods["order"] = load.Counts{Calls: 3, Success: 2, Failed: 1}
		},
	} {
		b, rows, reporters := sample()
		rows = slices.Clone(rows)
		spoil(&b, &rows, reporters)
		var w strings.Builder
		if b.verify(&w, rows, reporters) == 0 {
			t.Errorf("%s: not seen:\n%s", name, w.String())
		}
	}
}
