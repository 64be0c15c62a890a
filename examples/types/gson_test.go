package types

import (
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/protocol/hessian"
	"github.com/gubbo/gubbo/provider"
)

// gsonRow is what Java's Gson makes of an argument.
type gsonRow struct{ service, method, in, out string }

func gsonRows(t *testing.T) []gsonRow {
	t.Helper()
	// Java's own suite checks this file against its Gson each time it runs.
	file, err := os.ReadFile("../../interop/java/src/lab/peer/types/gson.txt")
	if err != nil {
		t.Fatal(err)
	}
	var rows []gsonRow
	for line := range strings.Lines(string(file)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 4 {
			continue // what the file is about
		}
		if f[3] == "=" {
			f[3] = f[2]
		}
		rows = append(rows, gsonRow{f[0], f[1], f[2], f[3]})
	}
	if len(rows) < 400 {
		t.Fatalf("only %d rows", len(rows))
	}
	return rows
}

// java9Date is how Gson writes a date on Java 9 and later; we do as it does on
// Java 8, which every Java reads.
var java9Date = regexp.MustCompile(`([A-Z][a-z]{2} \d+, \d{4}), (\d+:\d\d:\d\d [AP]M)`)

// jsonTree is a text in which the order of keys does not count, but the digits
// of a number do.
func jsonTree(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(java9Date.ReplaceAllString(text, "$1 $2")))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q is no JSON: %v", text, err)
	}
	return v
}

// jsonCallers returns a caller for each service, by the name of its interface.
func jsonCallers(t *testing.T) map[string]*consumer.Generic {
	t.Helper()
	c := everyService(t, &echo{told: make(chan string, 1)}, provider.Generic())
	cli, err := consumer.New(consumer.Config{Application: "gson-test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cli.Close(); err != nil {
			t.Error(err)
		}
	})
	at := consumer.Direct("dubbo://" + c.everything.ref.Explain("").Providers[0].Address)
	callers := make(map[string]*consumer.Generic)
	for _, desc := range []api.ServiceDesc{everythingDesc, libraryDesc, collectionsDesc, relationsDesc} {
		g, err := cli.Generic(desc.Service, at)
		if err != nil {
			t.Fatal(err)
		}
		callers[strings.TrimPrefix(desc.Service.Interface, "lab.types.")] = g
	}
	return callers
}

// Each argument as Java's Gson reads it, and each result as it writes it.
func TestGenericJSON(t *testing.T) {
	callers := jsonCallers(t)
	for _, row := range gsonRows(t) {
		got, err := callers[row.service].InvokeJSON(t.Context(), row.method, nil, []string{row.in})
		switch {
		case row.out == "!":
			if code := api.CodeOf(err); code != api.Codec {
				t.Errorf("%s(%s) = %s, %v", row.method, row.in, got, err)
			}
		case err != nil:
			t.Errorf("%s(%s): %v", row.method, row.in, err)
		case !reflect.DeepEqual(jsonTree(t, got), jsonTree(t, row.out)):
			t.Errorf("%s(%s) = %s, want %s", row.method, row.in, got, row.out)
		}
	}
}

// What is not in the rows, and how it fails.
func TestGenericJSONFailures(t *testing.T) {
	g := jsonCallers(t)["Everything"]
	call := func(method string, types []string, args ...string) error {
		_, err := g.InvokeJSON(t.Context(), method, types, args)
		return err
	}
	for _, tt := range []struct {
		name    string
		err     error
		code    api.Code
		message string
	}{
		{"null", call("int32", []string{"int"}, "null"), api.Codec, "found null, want an int"},
		{"no JSON", call("point", nil, `{"x":`), api.Codec, "generic call lab.types.Everything.point(lab.types.Point): argument 1: hessian: JSON: offset 5: want a value or name"},
		{"not there", call("nowhere", nil, "1"), api.NotFound, `no such method "nowhere"`},
		{"overloaded", call("find", nil, "1"), api.NotFound, "Not unique method for method name(find)"},
		{"deep", call("any", nil, strings.Repeat("[", 100)+strings.Repeat("]", 100)), api.Codec, "values nest deeper than 64"},
		{"infinite", call("any", nil, "1e400"), api.Codec, "Infinity is no number"},
		{"exception", call("find", []string{"long"}, "7"), api.Business, "no node 7"},
	} {
		if api.CodeOf(tt.err) != tt.code || tt.err != nil && !strings.Contains(tt.err.Error(), tt.message) {
			t.Errorf("%s: %v", tt.name, tt.err)
		}
	}
	if x, ok := errors.AsType[*hessian.Exception](call("find", []string{"long"}, "7")); !ok || x.Class != "lab.types.NotFoundException" {
		t.Errorf("the exception is %#v", x)
	}
	if got, err := g.InvokeJSON(t.Context(), "nothing", nil, nil); got != "null" || err != nil {
		t.Errorf("nothing() = %q, %v", got, err)
	}
	_, err := g.With(consumer.Attach("generic", "GSON")).Invoke(t.Context(), "$invoke", invokeTypes, []any{"bool", nil, []any{true}})
	if api.CodeOf(err) != api.Codec || !strings.Contains(err.Error(), "must be a String that holds JSON") {
		t.Errorf("an argument that is no text: %v", err)
	}
	if got, err := g.With(consumer.Attach("generic", "gson")).Invoke(t.Context(), "$invoke", invokeTypes, []any{"boxedInt32", nil, []any{nil}}); got != "null" || err != nil {
		t.Errorf("a null argument: %v, %v", got, err)
	}
}
