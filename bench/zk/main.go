// Command zk compares gubbo's embedded registry with a real ZooKeeper 3.8.0:
// one neutral client for both, all rounds interleaved, medians and their
// ratios, in memory beside a real one that does not wait for its disk, and on
// disk beside one that does. Processor time of the server per request swings
// less with a busy machine than what a second brings.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

type options struct {
	rounds, requests, window, watchers int
	clients                            []int
	only                               string
}

func main() {
	o := options{watchers: 1000}
	flag.IntVar(&o.rounds, "rounds", 5, "measured rounds, after one to warm up")
	flag.IntVar(&o.requests, "requests", 10_000, "of each kind in a round; a tenth of them on disk")
	flag.IntVar(&o.window, "window", 16, "requests under way for each client")
	clients := flag.String("clients", "1,16,64", "how many, with commas")
	flag.StringVar(&o.only, "only", "", "memory or disk; both if empty")
	flag.Parse()
	err := func() error {
		for text := range strings.SplitSeq(*clients, ",") {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				return fmt.Errorf("-clients %q: %w", *clients, err)
			}
			o.clients = append(o.clients, n)
		}
		return compare(&o)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err) // what was measured is printed before
		os.Exit(1)
	}
}

func compare(o *options) error {
	dir, err := os.MkdirTemp("", "bench-zk")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program, err := build(dir)
	if err != nil {
		return err
	}
	fmt.Printf("%s, %d CPUs; medians of %d interleaved rounds, %d requests under way for each client\n",
		runtime.Version(), runtime.NumCPU(), o.rounds, o.window)
	var missed error
	for _, disk := range []bool{false, true} {
		name := "memory"
		if disk {
			name = "disk"
		}
		if o.only != "" && o.only != name {
			continue
		}
		t, err := pair(o, kinds(program, disk), filepath.Join(dir, name))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		missed = errors.Join(missed, t.verdict(name))
	}
	return missed
}

// pair compares two kinds of server.
func pair(o *options, kinds [2]kind, dir string) (*table, error) {
	fmt.Printf("\n%s: %s beside %s\n", filepath.Base(dir), kinds[0].name, kinds[1].name)
	var servers [2]*server
	var ready [2][]float64
	for round := range o.rounds {
		for k := range kinds {
			if s := servers[k]; s != nil {
				if err := s.stop(); err != nil {
					return nil, err
				}
			}
			began := time.Now()
			s, err := kinds[k].start(filepath.Join(dir, kinds[k].name+strconv.Itoa(round)))
			if err != nil {
				return nil, err
			}
			servers[k] = s
			defer func() {
				if servers[k] == s {
					_ = s.stop()
				}
			}()
			c, err := connect(s.addr)
			if err != nil {
				return nil, err
			}
			ready[k] = append(ready[k], float64(time.Since(began).Microseconds())/1000)
			c.close()
		}
	}
	t := &table{}
	if err := t.load(o, servers, kinds[0].disk); err != nil {
		return nil, err
	}
	if err := t.news(o, servers); err != nil {
		return nil, err
	}
	t.smaller("ready, ms", "%.0f", ready, 50)
	var memory [2][]float64
	for k, s := range servers {
		memory[k] = []float64{float64(s.resident()) / (1 << 20)}
	}
	t.ratio("resident after the load, MiB", "%.0f", memory, 1.0/3)
	t.summary()
	return t, nil
}

// table prints figures side by side and remembers which miss their goals.
type table struct{ missed []string }

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}

// ratio wants the first at most limit times the second.
func (t *table) ratio(name, format string, v [2][]float64, limit float64) {
	a, b := median(v[0]), median(v[1])
	fmt.Printf("%-44s %12s %12s %8.2f\n", name, fmt.Sprintf(format, a), fmt.Sprintf(format, b), a/b)
	if a/b > limit {
		t.missed = append(t.missed, fmt.Sprintf("%s: %.2f, at most %.2f wanted", name, a/b, limit))
	}
}

// smaller wants the first at most limit.
func (t *table) smaller(name, format string, v [2][]float64, limit float64) {
	a, b := median(v[0]), median(v[1])
	fmt.Printf("%-44s %12s %12s %8.2f\n", name, fmt.Sprintf(format, a), fmt.Sprintf(format, b), a/b)
	if a > limit {
		t.missed = append(t.missed, fmt.Sprintf("%s: %.2f, at most %.0f wanted", name, a, limit))
	}
}

func (t *table) summary() {
	fmt.Println("missed goals:", cmp.Or(strings.Join(t.missed, "; "), "none"))
}

// verdict is an error when a goal is missed.
func (t *table) verdict(name string) error {
	if len(t.missed) == 0 {
		return nil
	}
	return fmt.Errorf("%s: goals missed: %d", name, len(t.missed))
}

// cell is one operation with so many clients. The kernel counts processor time
// in hundredths of a second, so that is summed up over all rounds.
type cell struct {
	perSecond [2][]float64
	cpu       [2]time.Duration
	done      [2]int
}

// micros is the server's processor time of a request.
func (c *cell) micros(k int) float64 {
	return float64(c.cpu[k].Nanoseconds()) / 1000 / float64(c.done[k])
}

// load measures throughput: everything once to warm up, then all rounds.
func (t *table) load(o *options, servers [2]*server, disk bool) error {
	most := slices.Max(o.clients)
	var clients [2][]*client
	for k, s := range servers {
		if err := furnish(s.addr, most); err != nil {
			return err
		}
		var err error
		if clients[k], err = connectAll(s.addr, most); err != nil {
			return err
		}
		defer closeAll(clients[k])
	}
	ops := operations()
	cells := map[string]*cell{}
	var names []string
	for round := range o.rounds + 1 {
		for _, n := range o.clients {
			for _, op := range ops {
				name := fmt.Sprintf("%s, %d clients", op.name, n)
				if cells[name] == nil {
					cells[name] = &cell{}
					names = append(names, name)
				}
				total := o.requests
				if disk {
					total /= 10
				}
				for i := range servers {
					k := (i + round) % 2 // who is first takes turns
					cpu := servers[k].cpu()
					done, took, err := load(clients[k][:n], op, total, o.window)
					if err != nil {
						return err
					}
					if round == 0 {
						continue
					}
					c := cells[name]
					c.perSecond[k] = append(c.perSecond[k], float64(done)/took.Seconds())
					c.cpu[k] += servers[k].cpu() - cpu
					c.done[k] += done
				}
			}
		}
	}
	fmt.Printf("%-30s %10s %10s %8s   %10s %10s %8s\n", "requests a second", "zkserver", "3.8.0", "ratio", "CPU µs", "3.8.0", "ratio")
	slices.Sort(names)
	for _, name := range names {
		c := cells[name]
		a, b, x, y := median(c.perSecond[0]), median(c.perSecond[1]), c.micros(0), c.micros(1)
		fmt.Printf("%-30s %10.0f %10.0f %8.2f   %10.1f %10.1f %8.2f\n", name, a, b, a/b, x, y, x/y)
		if a < b {
			t.missed = append(t.missed, fmt.Sprintf("%s: %.2f, at least 1 wanted", name, a/b))
		}
	}
	return nil
}

// news measures how long a change takes to reach many, and a long list one.
func (t *table) news(o *options, servers [2]*server) error {
	var watchers [2][]*client
	var single [2]*client
	for k, s := range servers {
		var err error
		if watchers[k], err = connectAll(s.addr, o.watchers); err != nil {
			return err
		}
		defer closeAll(watchers[k])
		if single[k], err = connect(s.addr); err != nil {
			return err
		}
		defer single[k].close()
	}
	var fan, lists [2][]float64
	for round := range 10 * o.rounds {
		for i := range servers {
			k := (i + round) % 2
			took, err := fanOut(watchers[k], single[k])
			if err != nil {
				return err
			}
			fan[k] = append(fan[k], float64(took.Microseconds())/1000)
			if took, err = list(single[k]); err != nil {
				return err
			}
			lists[k] = append(lists[k], float64(took.Microseconds())/1000)
		}
	}
	fmt.Printf("%-44s %12s %12s %8s\n", "", "zkserver", "3.8.0", "ratio")
	t.ratio(fmt.Sprintf("a change to %d watchers, ms", o.watchers), "%.1f", fan, 1)
	t.ratio("list of 5,000 children, ms", "%.2f", lists, 1)
	return nil
}
