package interop

import (
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// differencesFile has a row for each kind of difference that is known.
const differencesFile = "testdata/hessian2-differences.tsv"

const hessian2Version = "v1.12.5"

// lite is the package of hessian-lite's exceptions.
const lite = "com.alibaba.com.caucho.hessian.io."

// difference is a row of the table: bytes that two libraries read differently.
type difference struct {
	kind             string
	data             []byte
	ours, peer, java reading
}

// reasons are why Java alone may read other than gubbo and dubbo-go-hessian2;
// docs/wire/hessian2.md tells more, under the same words. Beside each are the
// kinds that it covers, all of which have rows; a kind that stands nowhere here
// is a mistake of gubbo's.
var reasons = map[string][]string{
	"truncated": {"java accepts: the data ends inside a value"},
	"open list": {"java refuses: " + lite + "HessianProtocolException: expected list"},
	"old list":  {"java accepts: found a string, want a list for #"},
	"other class": {
		"java accepts: found an object of class #, want #",
		"java accepts: found an object of class #, want java.math.BigDeci",
		"java accepts: found a hessian.LocalTime, want #",
		"java accepts: found an int, want a list",
	},
	"list class": {"java refuses: java.lang.UnsupportedOperationException"},
	"own reader": {
		`java reads " as "`,
		`java reads { as "`,
		`java reads " as }`,
		"java reads { as F",
		"java reads { as N",
		"java reads { as T",
		"java reads { as [",
		"java reads { as d",
		"java reads { as i",
		"java reads { as l",
		"java reads { as t",
		"java reads { as x",
		"java refuses: " + lite + "HessianFieldException",
		"java refuses: " + lite + "HessianProtocolException: expected integer",
		"java refuses: " + lite + "IOException",
		"java accepts: # is no java.math.BigDecimal",
	},
}

// why returns what lets Java alone read in this way, "" if nothing does.
func (d difference) why() string {
	if !strings.HasPrefix(d.kind, "java ") {
		return "-" // gubbo reads what Java reads
	}
	for why, kinds := range reasons {
		if slices.Contains(kinds, d.kind) {
			return why
		}
	}
	return ""
}

func (d difference) tsv() string {
	return fmt.Sprintf("%s\t%s\t%x\t%.400s\t%.400s\t%.400s", d.kind, d.why(), d.data, d.ours, d.peer, d.java)
}

func readDifferences(t *testing.T) map[string]difference {
	t.Helper()
	data, err := os.ReadFile(differencesFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	rows := make(map[string]difference)
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 6 || f[0] == "kind" {
			continue
		}
		raw, err := hex.DecodeString(f[2])
		if err != nil {
			t.Fatal(err)
		}
		read := func(s string) reading { word, text, _ := strings.Cut(s, " "); return reading{word, text} }
		rows[f[0]] = difference{f[0], raw, read(f[3]), read(f[4]), read(f[5])}
	}
	return rows
}

func writeDifferences(t *testing.T, found map[string]difference) {
	t.Helper()
	var b strings.Builder
	b.WriteString("kind\twhy\tbytes\tgubbo\tdubbo-go-hessian2 " + hessian2Version + "\tjava (dubbo 3.3.6)\n")
	for _, kind := range slices.Sorted(maps.Keys(found)) {
		b.WriteString(found[kind].tsv() + "\n")
	}
	if err := os.WriteFile(differencesFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
