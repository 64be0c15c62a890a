// Package peer is the program that each peer of the bench is, once as a server
// and once as a client.
package peer

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	warmUp  = 300 * time.Millisecond
	measure = 1200 * time.Millisecond
)

// Report is the number of the file that a peer writes its address or Result to,
// since standard output may carry the logs of what it measures.
const Report = 3

// Result is one peer's run of one cell.
type Result struct {
	Calls    int     // all, for the CPU of the whole process
	PerSec   float64 // while measured
	P50, P99 float64 // µs
	Allocs   float64 // of the client, per call
	CPU      float64 // seconds per million calls, both processes
}

// A Serve listens on a loopback port, calls ready with its address and returns
// when stop is closed.
type Serve func(ready func(address string), stop <-chan struct{}) error

// A Dial returns the call that each of n callers makes, by its number.
type Dial func(address string, n int) (call func(caller int, s string) (string, error), err error)

// Main is a peer's main: a server until its standard input ends, or with
// -address a client of it.
func Main(serve Serve, dial Dial) {
	address := flag.String("address", "", "of the server; a server itself if empty")
	n := flag.Int("callers", 1, "with -address")
	flag.Parse()
	out := os.NewFile(Report, "report")
	err := func() error {
		if *address != "" {
			r, err := client(dial, *address, *n)
			if err != nil {
				return err
			}
			return json.NewEncoder(out).Encode(r)
		}
		stop := make(chan struct{})
		go func() {
			io.Copy(io.Discard, os.Stdin)
			close(stop)
		}()
		return serve(func(address string) { fmt.Fprintln(out, address) }, stop)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func client(dial Dial, address string, n int) (r Result, err error) {
	call, err := dial(address, n)
	if err != nil {
		return r, err
	}
	text := strings.Repeat("x", 100)
	begin := time.Now()
	from, until := begin.Add(warmUp), begin.Add(warmUp+measure)
	times := make([][]time.Duration, n)
	all := make([]int, n)
	errs := make([]error, n)
	var before, after runtime.MemStats
	time.AfterFunc(warmUp, func() { runtime.ReadMemStats(&before) })
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			start := time.Now()
			for start.Before(until) {
				got, err := call(i, text)
				if err != nil || len(got) != len(text) {
					errs[i] = fmt.Errorf("got %q, %w", got, err)
					return
				}
				end := time.Now()
				all[i]++
				if start.After(from) {
					times[i] = append(times[i], end.Sub(start))
				}
				start = end
			}
		})
	}
	wg.Wait()
	runtime.ReadMemStats(&after)
	for _, err := range errs {
		if err != nil {
			return r, err
		}
	}
	measured := slices.Concat(times...)
	slices.Sort(measured)
	r.PerSec = float64(len(measured)) / measure.Seconds()
	for _, k := range all {
		r.Calls += k
	}
	if k := len(measured); k > 0 {
		r.P50 = float64(measured[k/2].Nanoseconds()) / 1000
		r.P99 = float64(measured[k*99/100].Nanoseconds()) / 1000
		r.Allocs = float64(after.Mallocs-before.Mallocs) / float64(k)
	}
	return r, nil
}
