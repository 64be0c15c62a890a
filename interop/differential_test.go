package interop

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/require"
	"github.com/gubbo/gubbo/interop/canon"
	"github.com/gubbo/gubbo/interop/process"
	"github.com/gubbo/gubbo/protocol/hessian"
)

var (
	update = flag.Bool("update", false, "write "+differencesFile+" anew")
	seed   = flag.Uint64("seed", 26, "of TestHessianDifferential's mutations")
)

// reading is what a library made of bytes: VALUE and text, or ERROR, PANIC,
// DIES or HANGS and why.
type reading struct{ word, text string }

func (r reading) String() string { return r.word + " " + r.text }

// tooLong is what canon and Judge.java say instead of a long text.
const tooLong = "too long to tell"

// agrees tells whether two libraries read the same. A value of a class with a
// type of its own agrees with any, and so does a text too long to tell.
func (r reading) agrees(o reading) bool {
	if r.word != "VALUE" || o.word != "VALUE" {
		return r.word != "VALUE" && o.word == "ERROR" || strings.Contains(r.text+o.text, tooLong)
	}
	_, _, differ := canon.Differ(r.text, o.text)
	return !differ
}

// judge is a process that reads bytes; it is started anew when it has died.
type judge struct {
	t     *testing.T
	start func() (*process.Process, error)
	p     *process.Process
}

func (j *judge) ask(line string) reading {
	j.t.Helper()
	ctx, cancel := context.WithTimeout(j.t.Context(), 10*time.Second)
	defer cancel()
	if j.p == nil {
		p, err := j.start()
		if err == nil {
			j.t.Cleanup(p.Kill)
			_, err = p.Await(ctx, "PEER")
		}
		if err != nil {
			j.t.Fatal(err)
		}
		j.p = p
	}
	row, err := j.p.Ask(ctx, line)
	if err == nil {
		return reading{row[0], strings.Join(row[1:], " ")}
	}
	word := "DIES"
	if ctx.Err() != nil {
		word = "HANGS"
	}
	j.p.Kill()
	j.p = nil
	return reading{word, ""}
}

// ours reads with gubbo.
func ours(data []byte) reading {
	d := hessian.NewDecoder(data, nil)
	v := d.Any()
	if err := d.Err(); err != nil {
		return reading{"ERROR", err.Error()}
	}
	text, err := canon.Text(v, unwrap)
	if err != nil {
		return reading{"ERROR", err.Error()}
	}
	return reading{"VALUE", text}
}

// unwrap shows gubbo's containers to canon.
func unwrap(v any) any {
	switch v := v.(type) {
	case *hessian.List:
		switch v.Class {
		case "java.util.HashSet", "java.util.LinkedHashSet", "java.util.TreeSet", "java.util.Collections$SingletonSet", "java.util.Collections$EmptySet":
			return canon.Set(v.Items)
		}
		return v.Items
	case *hessian.Map:
		var pairs canon.Pairs
		for _, e := range v.Entries {
			pairs = append(pairs, e.Key, e.Value)
		}
		return pairs
	case *hessian.Object:
		var pairs canon.Pairs
		for _, f := range v.Fields {
			pairs = append(pairs, f.Name, f.Value)
		}
		return pairs
	case hessian.BitSet:
		return struct{}{} // a class with a type of its own, though it is a slice
	}
	return v
}

// exception is the class of a Java exception, and of the most common one what was
// expected; specifics is what an error message has of the bytes.
var (
	exception = regexp.MustCompile(`^[\w.$]+?(ProtocolException: expected [\w/]+|Exception|Error)`)
	specifics = regexp.MustCompile(`(?s) name:\S+|"(\\.|[^"\\])*"|com\.alibaba[\w.]*|0x[0-9a-f]+|-?[0-9]+|\[.*|>>.*|: .*| type .*| at .*`)
)

// kindOf names how another library, who, reads differently from gubbo.
func kindOf(who string, ours, other reading) string {
	short := func(s string) string {
		if class := exception.FindString(s); class != "" {
			return class
		}
		return strings.TrimSpace(fmt.Sprintf("%.50s", specifics.ReplaceAllString(s, "#")))
	}
	switch {
	case other.word == "ERROR":
		return who + " refuses: " + short(other.text)
	case other.word != "VALUE":
		return strings.TrimSuffix(who+" "+strings.ToLower(other.word)+": "+short(strings.TrimPrefix(other.text, "runtime error: ")), ": ")
	case ours.word == "ERROR":
		_, reason, _ := strings.Cut(strings.TrimPrefix(ours.text, "hessian: "), ": ")
		return who + " accepts: " + short(reason)
	}
	a, b, _ := canon.Differ(ours.text, other.text)
	return fmt.Sprintf("%s reads %.1s as %.1s", who, a, b)
}

// differential compares the three.
type differential struct {
	t           *testing.T
	java, peer  *judge
	known       map[string]difference
	found       map[string]difference // the shortest of each kind
	wrong       map[string]difference // and of each that may not be
	inputs, odd int
	both        int // inputs of two kinds at once
}

// read reads data with all and names what kind of difference it is: "h2 …" where
// gubbo and dubbo-go-hessian2 read differently, and gubbo as Java does; "java …"
// where the two agree, and Java alone reads otherwise; "" for none. It is not
// right where the two differ and gubbo does not read what Java reads, but for an
// input that has something of both, each of a kind that is known. A library that
// panics, hangs or dies has refused.
func (d *differential) read(data []byte) (diff difference, right bool) {
	line := hex.EncodeToString(data)
	diff = difference{data: data, ours: ours(data), peer: d.peer.ask(line), java: d.java.ask(line)}
	same := diff.ours.agrees(diff.peer)
	if diff.ours.agrees(diff.java) {
		if !same {
			diff.kind = kindOf("h2", diff.ours, diff.peer)
		}
		return diff, true
	}
	diff.kind = kindOf("java", diff.ours, diff.java)
	if same || diff.ours.word != "VALUE" && diff.peer.word != "VALUE" {
		return diff, true
	}
	if _, known := d.known[kindOf("h2", diff.ours, diff.peer)]; known && diff.why() != "" {
		d.both++
		diff.kind = ""
		return diff, true
	}
	return diff, false
}

// checkTable reads the bytes of every row again.
func (d *differential) checkTable() {
	for kind, row := range d.known {
		got, right := d.read(row.data)
		if !right || got.kind != kind {
			d.t.Errorf("the row %q is one of %q, right is %v: %s", kind, got.kind, right, got.tsv())
		}
		if got.ours.word == "ERROR" {
			got.ours, row.ours = reading{"ERROR", ""}, reading{row.ours.word, ""} // the wording may change
		}
		if row.why() == "" {
			d.t.Errorf("%s: no reason lets Java alone read so", kind)
		}
		if got.tsv() != row.tsv() {
			d.t.Errorf("%s\n got %s\nwant %s", kind, got.tsv(), row.tsv())
		}
	}
	for why, kinds := range reasons {
		for _, kind := range kinds {
			if _, ok := d.known[kind]; !ok {
				d.t.Errorf("%s is a reason for %q, which has no row", why, kind)
			}
		}
	}
}

// again reads the bytes of every row as if they were new, so that a table keeps
// what is still read differently.
func (d *differential) again() {
	for _, row := range d.known {
		d.compare(row.data, false)
	}
}

// compare reads data with all. Of exact bytes, which a library wrote, gubbo must
// read what Java reads.
func (d *differential) compare(data []byte, exact bool) {
	d.inputs++
	diff, right := d.read(data)
	if exact && diff.java.word == "VALUE" && !diff.ours.agrees(diff.java) {
		d.t.Errorf("%x: gubbo %s, Java %s", data, diff.ours, diff.java)
	}
	switch {
	case !right:
		shortest(d.wrong, diff)
	case right && diff.kind != "":
		d.odd++
		shortest(d.found, diff)
	}
}

// shortest keeps the shortest example of each kind.
func shortest(all map[string]difference, diff difference) {
	if old, ok := all[diff.kind]; !ok || len(diff.data) < len(old.data) {
		all[diff.kind] = diff
	}
}

func newDifferential(t *testing.T) *differential {
	t.Helper()
	require.Java(t, require.SuiteJava)
	k := kit(t, "3.3.6")
	h2 := built(t, "GUBBO_INTEROP_H2", "dubbogo", "./h2")
	n := 0
	log := func() string { n++; return fmt.Sprint(t.TempDir(), "/log", n) }
	return &differential{
		t:     t,
		java:  &judge{t: t, start: func() (*process.Process, error) { return k.Start(log(), "lab.peer.Judge") }},
		peer:  &judge{t: t, start: func() (*process.Process, error) { return process.Start(exec.Command(h2), log()) }},
		known: readDifferences(t), found: make(map[string]difference), wrong: make(map[string]difference),
	}
}

// Each row of the table is still true, and no other difference is found in every
// vector, values that each side writes, and mutations of all of them.
func TestHessianDifferential(t *testing.T) {
	d := newDifferential(t)
	if *update {
		d.again()
	} else {
		d.checkTable()
	}
	const values = 500
	rounds := 10_000 // the same as the first of a soak
	if soak {
		rounds = 1_000_000
	}
	// Two vectors say nothing when they are mutated, since this Java does not read
	// them as they are: a set of an enum that it does not have, and a URL.
	corpus := slices.DeleteFunc(vectorBytes(t), func(data []byte) bool {
		d.compare(data, true)
		got := d.java.ask(hex.EncodeToString(data))
		return got.word != "VALUE" && !strings.Contains(got.text, tooLong)
	})
	if len(corpus) < 380 {
		t.Fatalf("Java reads only %d vectors", len(corpus))
	}
	var written [][]byte // by gubbo
	for i := range uint64(values) {
		e := hessian.NewEncoder(nil)
		e.Any(canon.Random(rand.New(rand.NewPCG(i, 1)), 3))
		if err := e.Err(); err != nil {
			t.Fatal(err)
		}
		corpus, written = append(corpus, e.Bytes()), append(written, e.Bytes())
		theirs := d.peer.ask(fmt.Sprint("random ", i))
		data, err := hex.DecodeString(theirs.text)
		if err != nil || theirs.word != "VALUE" {
			t.Fatalf("value %d of dubbo-go-hessian2: %s", i, theirs)
		}
		corpus = append(corpus, data)
	}
	for _, data := range corpus[len(corpus)-2*values:] {
		d.compare(data, true)
	}
	for _, data := range written { // of these no refusal is a known difference
		if got := d.java.ask(hex.EncodeToString(data)); got.word != "VALUE" {
			t.Errorf("Java cannot read what gubbo wrote: %x: %s", data, got)
		}
	}
	r := rand.New(rand.NewPCG(20, *seed))
	for range rounds {
		d.compare(mutate(r, corpus), false)
	}
	d.close()
}

// close compares what was found with the table.
func (d *differential) close() {
	d.t.Logf("gubbo-table hessian2: %d inputs, %d read differently by dubbo-go-hessian2 %s or Java, of %d kinds, and %d of two kinds at once", d.inputs, d.odd, hessian2Version, len(d.found), d.both)
	for kind, diff := range d.wrong {
		d.t.Errorf("%s: gubbo and dubbo-go-hessian2 differ, and gubbo does not read what Java reads: %x: gubbo %s, dubbo-go-hessian2 %s, Java %s",
			kind, diff.data, diff.ours, diff.peer, diff.java)
	}
	if *update {
		writeDifferences(d.t, d.found)
		for kind, diff := range d.found {
			if diff.why() == "" {
				d.t.Errorf("%s: no reason lets Java alone read so", kind)
			}
		}
		return
	}
	for kind, diff := range d.found {
		if _, ok := d.known[kind]; !ok {
			d.t.Errorf("%s has no row %q: %x: gubbo %s, dubbo-go-hessian2 %s, Java %s", differencesFile, kind, diff.data, diff.ours, diff.peer, diff.java)
		}
	}
}

// mutate returns a member of the corpus with a few bytes changed.
func mutate(r *rand.Rand, corpus [][]byte) []byte {
	data := slices.Clone(corpus[r.IntN(len(corpus))])
	for len(data) > 2000 || len(data) == 0 {
		data = slices.Clone(corpus[r.IntN(len(corpus))])
	}
	for range 1 + r.IntN(3) {
		i := r.IntN(len(data) + 1)
		switch r.IntN(4) {
		case 0: // change
			if i < len(data) {
				data[i] = byte(r.Uint32())
			}
		case 1: // insert
			data = slices.Insert(data, i, byte(r.Uint32()))
		case 2: // cut
			if i > 0 {
				data = data[:i]
			}
		case 3: // splice
			other := corpus[r.IntN(len(corpus))]
			data = append(data[:i:i], other[:min(len(other), 2000)]...)
		}
	}
	return data
}

// vectorBytes are the bytes that real Java wrote.
func vectorBytes(t *testing.T) (all [][]byte) {
	t.Helper()
	packed, err := os.ReadFile("../protocol/hessian/testdata/hessian2.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var v struct{ Mode, Hex string }
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		data, err := hex.DecodeString(v.Hex)
		if err != nil {
			t.Fatal(err)
		}
		if v.Mode == "encode" && len(data) > 0 {
			all = append(all, data)
		}
	}
	if len(all) < 380 {
		t.Fatalf("only %d vectors", len(all))
	}
	return all
}
