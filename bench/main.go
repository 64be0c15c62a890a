// Command bench compares a call of gubbo with the same call of its peers: a
// string of 100 bytes there and back, for 1, 16 and 100 callers over one
// connection, client and server as two processes on loopback. All peers take
// turns in one run, since absolute figures swing with the machine; the ratios
// to grpc-go hardly do.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"
)

// peer is one implementation. serve listens on a loopback port, calls ready
// with its address and returns when stop is closed; dial returns the call that
// each of n callers makes, by its number.
type peer struct {
	name  string
	serve func(ready func(address string), stop <-chan struct{}) error
	dial  func(address string, n int) (call func(caller int, s string) (string, error), err error)
}

var peers = []peer{
	{"gubbo", serveGubbo, dialGubbo},
	{"floor", serveFloor, dialFloor},
	{"grpc-go", serveGRPC, dialGRPC},
}

const (
	warmUp  = 300 * time.Millisecond
	measure = 1200 * time.Millisecond
	rounds  = 3
)

var callers = []int{1, 16, 100}

// result is one peer's run of one cell.
type result struct {
	Calls    int     // all, for the CPU of the whole process
	PerSec   float64 // while measured
	P50, P99 float64 // µs
	Allocs   float64 // of the client, per call
	CPU      float64 // seconds per million calls, both processes
}

func main() {
	role := flag.String("role", "", "server or client: how this program starts itself")
	name := flag.String("peer", "", "with -role, and alone to run one peer only")
	address := flag.String("address", "", "with -role=client")
	n := flag.Int("callers", 1, "with -role=client")
	flag.Parse()
	var err error
	switch *role {
	case "server":
		err = server(find(*name))
	case "client":
		err = client(find(*name), *address, *n)
	default:
		err = compare(*name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func find(name string) peer {
	for _, p := range peers {
		if p.name == name {
			return p
		}
	}
	fmt.Fprintf(os.Stderr, "bench: no peer %q\n", name)
	os.Exit(2)
	return peer{}
}

// server serves until its standard input ends.
func server(p peer) error {
	stop := make(chan struct{})
	go func() {
		io.Copy(io.Discard, os.Stdin)
		close(stop)
	}()
	return p.serve(func(address string) { fmt.Println(address) }, stop)
}

func client(p peer, address string, n int) error {
	call, err := p.dial(address, n)
	if err != nil {
		return err
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
			return err
		}
	}
	measured := slices.Concat(times...)
	slices.Sort(measured)
	r := result{PerSec: float64(len(measured)) / measure.Seconds()}
	for _, k := range all {
		r.Calls += k
	}
	if k := len(measured); k > 0 {
		r.P50 = float64(measured[k/2].Nanoseconds()) / 1000
		r.P99 = float64(measured[k*99/100].Nanoseconds()) / 1000
		r.Allocs = float64(after.Mallocs-before.Mallocs) / float64(k)
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// run measures one cell of one peer in two fresh processes.
func run(p peer, n int) (r result, err error) {
	self, err := os.Executable()
	if err != nil {
		return r, err
	}
	srv := exec.Command(self, "-role=server", "-peer="+p.name)
	in, err := srv.StdinPipe()
	if err != nil {
		return r, err
	}
	out, err := srv.StdoutPipe()
	if err != nil {
		return r, err
	}
	if err := srv.Start(); err != nil {
		return r, err
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err == nil {
		cli := exec.Command(self, "-role=client", "-peer="+p.name, "-address="+strings.TrimSpace(address), fmt.Sprint("-callers=", n))
		cli.Stderr = os.Stderr
		var printed []byte
		if printed, err = cli.Output(); err == nil {
			err = json.Unmarshal(printed, &r)
			r.CPU = (cli.ProcessState.UserTime() + cli.ProcessState.SystemTime()).Seconds()
		}
	}
	in.Close()
	if e := srv.Wait(); err == nil {
		err = e
	}
	if err != nil {
		return r, fmt.Errorf("%s with %d callers: %w", p.name, n, err)
	}
	r.CPU += (srv.ProcessState.UserTime() + srv.ProcessState.SystemTime()).Seconds()
	r.CPU *= 1e6 / float64(r.Calls)
	return r, nil
}

func compare(only string) error {
	fmt.Printf("string of 100 B, echoed; %s, %d CPUs; medians of %d interleaved rounds; CPU is of both processes\n", runtime.Version(), runtime.NumCPU(), rounds)
	for _, n := range callers {
		results := make(map[string][]result)
		for range rounds {
			for _, p := range peers {
				if only != "" && only != p.name {
					continue
				}
				r, err := run(p, n)
				if err != nil {
					return err
				}
				results[p.name] = append(results[p.name], r)
			}
		}
		fmt.Printf("\n%d callers\n%-10s %10s %9s %9s %10s %12s %10s\n", n, "", "calls/s", "p50 µs", "p99 µs", "CPU s/1M", "/ grpc-go", "allocs c")
		base := median(results["grpc-go"], func(r result) float64 { return r.CPU })
		for _, p := range peers {
			rs := results[p.name]
			if rs == nil {
				continue
			}
			m := func(f func(result) float64) float64 { return median(rs, f) }
			cpu := m(func(r result) float64 { return r.CPU })
			fmt.Printf("%-10s %10.0f %9.0f %9.0f %10.2f %12.3f %10.1f\n", p.name,
				m(func(r result) float64 { return r.PerSec }), m(func(r result) float64 { return r.P50 }),
				m(func(r result) float64 { return r.P99 }), cpu, cpu/base, m(func(r result) float64 { return r.Allocs }))
		}
	}
	return nil
}

func median(rs []result, f func(result) float64) float64 {
	if len(rs) == 0 {
		return 0
	}
	v := make([]float64, len(rs))
	for i := range rs {
		v[i] = f(rs[i])
	}
	sort.Float64s(v)
	return v[len(v)/2]
}
