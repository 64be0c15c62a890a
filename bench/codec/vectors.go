package main

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
)

// vector is a row of the vectors that real Java wrote, or read.
type vector struct {
	name string
	data []byte
}

func readVectors(path string) ([]vector, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w: run it in bench, or name the file with -vectors", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var all []vector
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var row struct{ Name, Hex string }
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, err
		}
		data, err := hex.DecodeString(row.Hex)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", row.Name, err)
		}
		all = append(all, vector{row.Name, data})
	}
	return all, lines.Err()
}

// kind is the first part of the name, and of those with many kinds of their
// own the second.
func (v vector) kind() string {
	first, rest, _ := strings.Cut(v.name, "/")
	switch first {
	case "string", "time", "read":
		second, _, _ := strings.Cut(rest, "/")
		return first + "/" + second
	}
	return first
}

// row adds up the vectors of a kind. A ratio is the geometric mean of those
// that the library can do.
type row struct {
	name     string
	vectors  int
	smallest int // bytes
	largest  int
	cells    [2][len(libraries)]mean // decode, encode
}

type mean struct {
	sum float64 // of logarithms
	n   int
}

func (m *mean) add(x float64) { m.sum += math.Log(x); m.n++ }

// text says "-" for none and tells how many there are if not all.
func (m mean) text(format string, of int) string {
	switch {
	case m.n == 0:
		return "-"
	case m.n < of:
		return fmt.Sprintf(format+" (%d)", math.Exp(m.sum/float64(m.n)), m.n)
	}
	return fmt.Sprintf(format, math.Exp(m.sum/float64(m.n)))
}

// compareVectors measures what the vectors hold, without declared types.
func compareVectors(o options) error {
	registerGob()
	all, err := readVectors(o.vectors)
	if err != nil {
		return err
	}
	rows := make(map[string]*row)
	var order []string
	reasons := make(map[string][]string) // the vectors, by library and reason
	for _, v := range all {
		if !o.only.MatchString(v.name) {
			continue
		}
		name := v.kind()
		if o.each {
			name = v.name
		}
		r := rows[name]
		if r == nil {
			r = &row{name: name, smallest: len(v.data)}
			rows[name] = r
			order = append(order, name)
		}
		r.vectors++
		r.smallest, r.largest = min(r.smallest, len(v.data)), max(r.largest, len(v.data))
		why, err := r.measure(v, o)
		if err != nil {
			return err
		}
		for i, w := range why {
			if w != nil {
				reason := libraries[i] + ": " + w.Error()
				reasons[reason] = append(reasons[reason], v.name)
			}
		}
	}
	if len(order) == 0 {
		return nil
	}
	printRows(rows, order)
	measured, total := 0, 0
	for _, r := range rows {
		measured, total = measured+r.cells[0][0].n, total+r.vectors
	}
	fmt.Printf("%d of %d vectors are measured\n", measured, total)
	printReasons(reasons)
	return nil
}

// measure adds v to the row, and says why a library is not in it.
func (r *row) measure(v vector, o options) (why [len(libraries)]error, err error) {
	var works [2][]work
	for i, c := range dynamic(v.data) {
		_, why[i] = c.once()
		if why[i] != nil {
			c.decode, c.encode = nil, nil
		}
		works[0], works[1] = append(works[0], c.decode), append(works[1], c.encode)
	}
	if why[0] != nil {
		return why, nil
	}
	for k, w := range works {
		results, err := measure(w, max(o.rounds/3, 1), o.window/10)
		if err != nil {
			return why, fmt.Errorf("%s: %w", v.name, err)
		}
		r.cells[k][0].add(results[0].ns)
		for i := 1; i < len(w); i++ {
			if w[i] != nil {
				r.cells[k][i].add(results[i].ns / results[0].ns)
			}
		}
	}
	return why, nil
}

func printRows(rows map[string]*row, order []string) {
	fmt.Printf("\nThe vectors of real Java, types seen at run time; geometric means, in brackets of how many vectors if not all\n")
	fmt.Printf("%-24s%5s%14s | %-46s | %s\n", "", "", "", "decode", "encode")
	head := fmt.Sprintf("%10s%14s%11s%11s", libraries[0], "dubbo-go-h2", libraries[2], libraries[3])
	fmt.Printf("%-24s%5s%14s |%s |%s\n", "kind", "n", "bytes", head, head)
	for _, name := range order {
		r := rows[name]
		size := fmt.Sprint(r.largest)
		if r.smallest < r.largest {
			size = fmt.Sprintf("%d-%d", r.smallest, r.largest)
		}
		fmt.Printf("%-24s%5d%14s", r.name, r.vectors, size)
		for _, c := range r.cells {
			fmt.Printf(" |%10s%14s%11s%11s", c[0].text("%.0f ns", r.vectors), c[1].text("×%.1f", r.vectors),
				c[2].text("×%.1f", r.vectors), c[3].text("×%.1f", r.vectors))
		}
		fmt.Println()
	}
}

// printReasons says of each library what it could not do.
func printReasons(reasons map[string][]string) {
	order := make([]string, 0, len(reasons))
	for r := range reasons {
		order = append(order, r)
	}
	slices.SortFunc(order, func(a, b string) int {
		return cmp.Or(cmp.Compare(slices.Index(libraries[:], before(a)), slices.Index(libraries[:], before(b))),
			cmp.Compare(len(reasons[b]), len(reasons[a])), cmp.Compare(a, b))
	})
	if len(order) > 0 {
		fmt.Println("\nNot measured:")
	}
	for _, r := range order {
		names := reasons[r]
		more := ""
		if len(names) > 3 {
			names, more = names[:3], ", …"
		}
		fmt.Printf("  %s (%d: %s%s)\n", r, len(reasons[r]), strings.Join(names, ", "), more)
	}
}

func before(reason string) string {
	library, _, _ := strings.Cut(reason, ":")
	return library
}
