// Command bench compares a call of gubbo with the same call of its peers: a
// string of 100 bytes there and back, for 1, 16 and 100 callers, client and
// server as two processes on loopback. All peers take turns in one run, since
// absolute figures swing with the machine; the ratios to grpc-go hardly do.
// Each peer is a program of its own, so that none carries what another links.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/gubbo/gubbo/bench/peer"
)

const rounds = 3

var (
	peers   = []string{"gubbo", "floor", "grpcgo", "dubbogo"}
	callers = []int{1, 16, 100}
)

func main() {
	only := flag.String("peers", strings.Join(peers, ","), "which to run, with commas")
	flag.Parse()
	if err := bench(strings.Split(*only, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(names []string) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := build(dir, names); err != nil {
		return err
	}
	return compare(dir, names)
}

// build makes the peers' programs and tells what they are made of.
func build(dir string, names []string) error {
	line := "packages outside std, size of the program:"
	for _, name := range names {
		path := "./" + name
		cmd := exec.Command("go", "build", "-o", dir, path)
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("building %s: %w", name, err)
		}
		deps, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", path).Output()
		if err != nil {
			return fmt.Errorf("listing the packages of %s: %w", name, err)
		}
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		// Without the two packages of the bench itself.
		line += fmt.Sprintf(" %s %d, %.1f MB;", name, len(strings.Fields(string(deps)))-2, float64(info.Size())/1e6)
	}
	fmt.Println(strings.TrimSuffix(line, ";"))
	return nil
}

// run measures one cell of one peer in two fresh processes.
func run(program string, n int) (r peer.Result, err error) {
	srv := exec.Command(program)
	srv.Stderr = os.Stderr
	in, err := srv.StdinPipe()
	if err != nil {
		return r, err
	}
	lines, err := start(srv)
	if err != nil {
		return r, err
	}
	address, err := lines.ReadString('\n')
	if err == nil {
		cli := exec.Command(program, "-address="+strings.TrimSpace(address), fmt.Sprint("-callers=", n))
		cli.Stderr = os.Stderr
		if lines, err = start(cli); err == nil {
			e := json.NewDecoder(lines).Decode(&r)
			if err = cli.Wait(); err == nil {
				err = e
			}
			r.CPU = cpu(cli)
		}
	}
	in.Close()
	if e := srv.Wait(); err == nil {
		err = e
	}
	r.CPU = (r.CPU + cpu(srv)) * 1e6 / float64(r.Calls)
	return r, err
}

// start starts a peer and returns what it reports.
func start(cmd *exec.Cmd) (*bufio.Reader, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.ExtraFiles = []*os.File{w} // becomes peer.Report
	err = cmd.Start()
	w.Close()
	return bufio.NewReader(r), err
}

func cpu(cmd *exec.Cmd) float64 {
	return (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
}

func compare(dir string, names []string) error {
	fmt.Printf("string of 100 B, echoed; %s, %d CPUs; medians of %d interleaved rounds; CPU is of both processes\n", runtime.Version(), runtime.NumCPU(), rounds)
	for _, n := range callers {
		results := make(map[string][]peer.Result)
		for range rounds {
			for _, name := range names {
				r, err := run(filepath.Join(dir, name), n)
				if err != nil {
					return fmt.Errorf("%s with %d callers: %w", name, n, err)
				}
				results[name] = append(results[name], r)
			}
		}
		table(n, names, results)
	}
	return nil
}

func table(n int, names []string, results map[string][]peer.Result) {
	fmt.Printf("\n%d callers\n%-10s %10s %9s %9s %10s %12s %10s\n", n, "", "calls/s", "p50 µs", "p99 µs", "CPU s/1M", "/ grpcgo", "allocs c")
	base := median(results["grpcgo"], func(r peer.Result) float64 { return r.CPU })
	for _, name := range names {
		m := func(f func(peer.Result) float64) float64 { return median(results[name], f) }
		cpu := m(func(r peer.Result) float64 { return r.CPU })
		fmt.Printf("%-10s %10.0f %9.0f %9.0f %10.2f %12.3f %10.1f\n", name,
			m(func(r peer.Result) float64 { return r.PerSec }), m(func(r peer.Result) float64 { return r.P50 }),
			m(func(r peer.Result) float64 { return r.P99 }), cpu, cpu/base, m(func(r peer.Result) float64 { return r.Allocs }))
	}
}

func median(rs []peer.Result, f func(peer.Result) float64) float64 {
	if len(rs) == 0 {
		return 0
	}
	v := make([]float64, len(rs))
	for i := range rs {
		v[i] = f(rs[i])
	}
	slices.Sort(v)
	return v[len(v)/2]
}
