package main

import "testing"

func TestMissedGoalFails(t *testing.T) {
	for name, c := range map[string]struct {
		measure func(*table)
		missed  bool
	}{
		"half the time":  {func(t *table) { t.ratio("x", "%.0f", [2][]float64{{1}, {2}}, 1) }, false},
		"twice the time": {func(t *table) { t.ratio("x", "%.0f", [2][]float64{{2}, {1}}, 1) }, true},
		"in time":        {func(t *table) { t.smaller("x", "%.0f", [2][]float64{{9}, {900}}, 50) }, false},
		"late":           {func(t *table) { t.smaller("x", "%.0f", [2][]float64{{51}, {900}}, 50) }, true},
	} {
		var tab table
		c.measure(&tab)
		if err := tab.verdict(name); (err != nil) != c.missed {
			t.Errorf("%s: %v", name, err)
		}
	}
}
