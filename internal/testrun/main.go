// Command testrun runs `go test -json` with the given arguments, prints what
// failed, and closes with the suites that ran or were skipped, the tables
// that tests printed, and the counts. `make test` calls it once a module.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/gubbo/gubbo/internal/require"
)

// event is a line of `go test -json`.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

// tablePrefix begins a log line that belongs into the closing table.
const tablePrefix = "gubbo-table "

type report struct {
	passed, failed, skipped int
	output                  map[string]*strings.Builder // by package and test
	suites                  map[string]map[string]bool  // "ran NAME" or "skipped NAME" to what followed
	table                   []string
	w                       io.Writer
}

func newReport(w io.Writer) *report {
	return &report{output: map[string]*strings.Builder{}, suites: map[string]map[string]bool{}, w: w}
}

func (r *report) add(e event) {
	key := e.Package + "\x00" + e.Test
	switch e.Action {
	case "output", "build-output":
		b := r.output[key]
		if b == nil {
			b = new(strings.Builder)
			r.output[key] = b
		}
		b.WriteString(e.Output)
		if _, line, ok := strings.Cut(e.Output, require.Marker+" "); ok {
			r.suite(strings.TrimSpace(line))
		}
		if _, line, ok := strings.Cut(e.Output, tablePrefix); ok {
			r.table = append(r.table, strings.TrimRight(line, "\n"))
		}
		if e.Action == "build-output" {
			fmt.Fprint(r.w, e.Output)
		}
	case "pass", "fail", "skip":
		if e.Action == "fail" {
			if b := r.output[key]; b != nil {
				fmt.Fprint(r.w, b.String())
			}
		}
		delete(r.output, key)
		if e.Test == "" {
			word := map[string]string{"pass": "ok", "fail": "FAIL", "skip": "no tests"}[e.Action]
			fmt.Fprintf(r.w, "%-8s %s %.1fs\n", word, e.Package, e.Elapsed)
			return
		}
		switch e.Action {
		case "pass":
			r.passed++
		case "fail":
			r.failed++
		case "skip":
			r.skipped++
		}
	}
}

func (r *report) suite(line string) {
	words := strings.SplitN(line, " ", 3)
	if len(words) < 2 {
		return
	}
	detail := ""
	if len(words) == 3 {
		detail = words[2]
	}
	key := words[0] + " " + words[1]
	if r.suites[key] == nil {
		r.suites[key] = map[string]bool{}
	}
	r.suites[key][detail] = true
}

// close prints the closing lists and returns the suites that wanted names and
// that did not run.
func (r *report) close(want []string) (absent []string) {
	for _, line := range r.table {
		fmt.Fprintln(r.w, line)
	}
	if len(r.suites) > 0 {
		fmt.Fprintln(r.w, "\nsuites with real peers:")
	}
	var keys []string
	for k := range r.suites {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		var details []string
		for d := range r.suites[k] {
			details = append(details, d)
		}
		slices.Sort(details)
		fmt.Fprintf(r.w, "  %-20s %s\n", k, strings.Join(details, "; "))
	}
	for _, name := range want {
		if r.suites["ran "+name] == nil {
			absent = append(absent, name)
		}
	}
	for k := range r.suites {
		if name, ok := strings.CutPrefix(k, "ran "); ok && len(want) > 0 && !slices.Contains(want, name) {
			absent = append(absent, name+" (ran, but is not in -suites)")
		}
	}
	slices.Sort(absent)
	return absent
}

func main() {
	os.Exit(run(os.Args[1:], os.Stdout))
}

func run(args []string, w io.Writer) int {
	flags := flag.NewFlagSet("testrun", flag.ContinueOnError)
	suites := flags.String("suites", "", "comma list: with GUBBO_REQUIRE=all, exactly these suites must have run")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	start := time.Now()
	cmd := exec.Command("go", append([]string{"test", "-json"}, flags.Args()...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		fmt.Fprintln(w, "testrun:", err)
		return 1
	}
	r := newReport(w)
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) == nil {
				r.add(e)
			} else {
				fmt.Fprint(w, string(line))
			}
		}
		if err != nil {
			break
		}
	}
	err = cmd.Wait()
	var want []string
	if *suites != "" && os.Getenv("GUBBO_REQUIRE") == "all" {
		want = strings.Split(*suites, ",")
	}
	absent := r.close(want)
	fmt.Fprintf(w, "\ntook %s\n%d passed, %d failed, %d skipped\n", time.Since(start).Round(time.Second), r.passed, r.failed, r.skipped)
	for _, name := range absent {
		fmt.Fprintf(w, "testrun: the set of suites is wrong: %s\n", name)
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		fmt.Fprintln(w, "testrun:", err)
	}
	if err != nil || r.failed > 0 || len(absent) > 0 {
		return 1
	}
	if r.passed == 0 {
		fmt.Fprintln(w, "testrun: no test ran")
		return 1
	}
	return 0
}
