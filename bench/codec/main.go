// Command codec compares encoding and decoding of gubbo's Hessian with that of
// dubbo-go-hessian2, encoding/gob and protobuf, shape by shape. Each message
// stands alone, but for gob, which is measured at its best: in a stream that
// has told its types before.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"slices"
	"testing"
)

const rounds = 3

func main() {
	testing.Init()
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "codec:", err)
		os.Exit(1)
	}
}

func run() error {
	// Short, since the rounds interleave and the median counts.
	if err := flag.Set("test.benchtime", "30ms"); err != nil {
		return err
	}
	fmt.Printf("encode and decode; %s; medians of %d interleaved rounds; in brackets allocations, × is the multiple of gubbo's time\n", runtime.Version(), rounds)
	fmt.Printf("\n%-22s%17s%24s%24s%24s\n", "", "gubbo", "dubbo-go-hessian2", "gob stream", "protobuf")
	for _, s := range shapes() {
		if err := s.check(); err != nil {
			return err
		}
		s.measure(s.name+" enc", func(c codec) func(*testing.B) { return c.encode })
		s.measure(s.name+" dec", func(c codec) func(*testing.B) { return c.decode })
	}
	return nil
}

// codec is a library at work on one shape.
type codec struct {
	encode, decode func(b *testing.B)
	// once decodes what was encoded, for check.
	once func() (any, error)
}

type shape struct {
	name   string
	codecs []codec // gubbo, dubbo-go-hessian2, gob, protobuf
	want   any
}

// check tells whether each library gives back what it was given.
func (s shape) check() error {
	for i, c := range s.codecs {
		got, err := c.once()
		if err != nil || !reflect.DeepEqual(got, s.want) {
			return fmt.Errorf("%s with codec %d: got %v, want %v, %v", s.name, i, got, s.want, err)
		}
	}
	return nil
}

func (s shape) measure(name string, pick func(codec) func(*testing.B)) {
	results := make([][]testing.BenchmarkResult, len(s.codecs))
	for range rounds {
		for i, c := range s.codecs {
			results[i] = append(results[i], testing.Benchmark(pick(c)))
		}
	}
	fmt.Printf("%-22s", name)
	var base float64
	for i, r := range results {
		slices.SortFunc(r, func(a, b testing.BenchmarkResult) int { return cmp.Compare(nanoseconds(a), nanoseconds(b)) })
		m := r[rounds/2]
		ns := nanoseconds(m)
		cell := fmt.Sprintf("%.0f ns (%d)", ns, m.AllocsPerOp())
		if i == 0 {
			base = ns
			fmt.Printf("%17s", cell)
			continue
		}
		fmt.Printf("%24s", fmt.Sprintf("%s ×%.1f", cell, ns/base))
	}
	fmt.Println()
}

// nanoseconds is the time of one operation.
func nanoseconds(r testing.BenchmarkResult) float64 {
	return float64(r.T.Nanoseconds()) / float64(r.N)
}
