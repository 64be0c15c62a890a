package main

import (
	"slices"
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	var w strings.Builder
	r := newReport(&w)
	for _, e := range []event{
		{Action: "output", Package: "p", Test: "TestA", Output: "    x.go:1: gubbo-suite ran zookeeper 3.8.0\n"},
		{Action: "pass", Package: "p", Test: "TestA"},
		{Action: "output", Package: "p", Test: "TestB", Output: "    x.go:1: gubbo-suite skipped java no java on the path\n"},
		{Action: "skip", Package: "p", Test: "TestB"},
		{Action: "output", Package: "p", Test: "TestC", Output: "    x.go:9: why it failed\n"},
		{Action: "fail", Package: "p", Test: "TestC"},
		{Action: "output", Package: "p", Test: "TestD", Output: "    x.go:1: gubbo-table sayHello ok\n"},
		{Action: "fail", Package: "p"},
	} {
		r.add(e)
	}
	absent := r.close([]string{"zookeeper", "java"})
	if !slices.Equal(absent, []string{"java"}) {
		t.Errorf("absent = %q, want java", absent)
	}
	if r.passed != 1 || r.failed != 1 || r.skipped != 1 {
		t.Errorf("counts %d %d %d, want 1 1 1", r.passed, r.failed, r.skipped)
	}
	for _, want := range []string{"why it failed", "sayHello ok", "ran zookeeper", "3.8.0", "no java on the path", "FAIL     p"} {
		if !strings.Contains(w.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, w.String())
		}
	}
	if got := r.close([]string{"java"}); len(got) != 2 {
		t.Errorf("a suite that ran unasked is not named: %q", got)
	}
}
