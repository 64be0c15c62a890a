// Command codec compares encoding and decoding of gubbo's Hessian with that of
// dubbo-go-hessian2, encoding/gob and protobuf: first shape by shape with
// declared types, as generated code has them, then over every vector that real
// Java wrote, with types that show at run time only. Each message stands
// alone, but for gob, which is measured at its best: in a stream that has told
// its types before.
//
//	go run ./codec                      all, in about a minute of processor time
//	go run ./codec -run struct          the rows that match
//	go run ./codec -run ^time/ -each    a row for each vector
package main

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"time"
)

// libraries are the columns, in the order of shape.codecs.
var libraries = [...]string{"gubbo", "dubbo-go-hessian2", "gob", "protobuf"}

type options struct {
	only    *regexp.Regexp
	each    bool
	rounds  int
	window  time.Duration
	vectors string
}

func main() {
	var o options
	only := flag.String("run", "", "a regular expression of the rows to measure")
	flag.BoolVar(&o.each, "each", false, "print a row for each vector, not for each kind")
	flag.IntVar(&o.rounds, "rounds", 9, "how often each shape is measured; the best counts; a vector gets a third")
	flag.DurationVar(&o.window, "window", 10*time.Millisecond, "processor time of each measurement; a vector gets a tenth")
	flag.StringVar(&o.vectors, "vectors", "../protocol/hessian/testdata/hessian2.jsonl.gz", "the vectors of real Java")
	flag.Parse()
	var err error
	if o.only, err = regexp.Compile(*only); err == nil {
		err = run(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "codec:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	fmt.Printf(`Encode and decode; %s, %s/%s.
Times are processor time, the collector's included: the best of %d interleaved rounds of %v. × is the multiple of gubbo's time.
`, runtime.Version(), runtime.GOOS, runtime.GOARCH, o.rounds, o.window)
	if err := compareShapes(o); err != nil {
		return err
	}
	return compareVectors(o)
}

// codec is a library at work on one shape.
type codec struct {
	encode, decode work
	// once decodes what was encoded, for check.
	once func() (any, error)
}

type shape struct {
	name   string
	codecs []codec // of the libraries
	want   any
}

// check tells whether each library gives back what it was given.
func (s shape) check() error {
	for i, c := range s.codecs {
		got, err := c.once()
		if err != nil || !reflect.DeepEqual(got, s.want) {
			return fmt.Errorf("%s with %s: got %v, want %v, %v", s.name, libraries[i], got, s.want, err)
		}
	}
	return nil
}

// goal is what gubbo's time of a shape should not exceed, in nanoseconds.
type goal struct{ encode, decode float64 }

var goals = map[string]goal{"string 100 B": {60, 150}, "struct of 20 fields": {300, 800}}

// compareShapes measures the shapes of declared types.
func compareShapes(o options) error {
	fmt.Printf("\nDeclared types; allocations in brackets\n%-24s%17s%24s%24s%24s\n", "",
		libraries[0], libraries[1], libraries[2], libraries[3])
	var verdicts []string
	for _, s := range shapes() {
		if !o.only.MatchString(s.name) {
			continue
		}
		if err := s.check(); err != nil {
			return err
		}
		enc, err := s.measure(s.name+" enc", o, func(c codec) work { return c.encode })
		if err != nil {
			return err
		}
		dec, err := s.measure(s.name+" dec", o, func(c codec) work { return c.decode })
		if err != nil {
			return err
		}
		if g, ok := goals[s.name]; ok {
			verdict := "met"
			if enc.ns > g.encode || dec.ns > g.decode || enc.allocs > 0 {
				verdict = "NOT met"
			}
			verdicts = append(verdicts, fmt.Sprintf("goal of %s: encode in %.0f ns without allocations, decode in %.0f ns: %s, %.0f (%d) and %.0f",
				s.name, g.encode, g.decode, verdict, enc.ns, enc.allocs, dec.ns))
		}
	}
	for _, v := range verdicts {
		fmt.Println(v)
	}
	return nil
}

// measure prints a row and returns gubbo's result.
func (s shape) measure(name string, o options, pick func(codec) work) (result, error) {
	works := make([]work, len(s.codecs))
	for i, c := range s.codecs {
		works[i] = pick(c)
	}
	results, err := measure(works, o.rounds, o.window)
	if err != nil {
		return result{}, fmt.Errorf("%s: %w", name, err)
	}
	fmt.Printf("%-24s", name)
	for i, r := range results {
		cell := fmt.Sprintf("%.0f ns (%d)", r.ns, r.allocs)
		if i == 0 {
			fmt.Printf("%17s", cell)
			continue
		}
		fmt.Printf("%24s", fmt.Sprintf("%s ×%.1f", cell, r.ns/results[0].ns))
	}
	fmt.Println()
	return results[0], nil
}
