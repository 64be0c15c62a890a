package main

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/protocol/hessian"
)

func explanation(urls ...string) consumer.Explanation {
	var e consumer.Explanation
	for _, u := range urls {
		e.Providers = append(e.Providers, consumer.ProviderStatus{URL: u, Eligible: true, Picked: true})
	}
	return e
}

func TestValuesAsJSON(t *testing.T) {
	level := &hessian.Object{Class: "a.Level", Fields: []hessian.Field{{Name: "name", Value: "LOW"}}}
	self := &hessian.List{}
	self.Items = []any{self}
	for _, tt := range []struct {
		in   any
		want string
	}{
		{nil, `null`},
		{int32(-1), `-1`},
		{int64(math.MaxInt64), `9223372036854775807`},
		{1e300, `1e+300`},
		{math.NaN(), `"NaN"`},
		{math.Inf(-1), `"-Infinity"`},
		{"a\x00\"\x7f\u0085\u2028<", `"a\u0000\"\u007f\u0085\u2028<"`},
		{[]byte{1, 2}, `"AQI="`},
		{time.Unix(1, 5e6).In(time.FixedZone("x", 3600)), `"1970-01-01T00:00:01.005Z"`},
		{[]string{"a"}, `["a"]`},
		{[]bool{true}, `[true]`},
		{[]int32{1}, `[1]`},
		{&hessian.List{Class: "java.util.HashSet", Items: []any{int32(1)}}, `[1]`},
		{self, `[{"$ref":"$"}]`},
		{[]any{level, level, []any{}, []any{}}, `[{"class":"a.Level","name":"LOW"},{"$ref":"$[0]"},[],[]]`},
		{map[string]any{"b": int32(1), "class": "a.B", "a": nil}, `{"class":"a.B","a":null,"b":1}`},
		{&hessian.Map{Entries: []hessian.Entry{{Key: int64(1), Value: "a"}, {Key: level, Value: "b"}, {Key: true, Value: "c"}}}, `{"1":"a","LOW":"b","true":"c"}`},
		{&hessian.Map{Entries: []hessian.Entry{{Key: int32(1), Value: "a"}, {Key: "1", Value: "b"}}}, `[{"key":1,"value":"a"},{"key":"1","value":"b"}]`},
		{&hessian.Map{Entries: []hessian.Entry{{Key: nil, Value: "a"}}}, `[{"key":null,"value":"a"}]`},
		{&hessian.Exception{Class: "a.X", Message: "m", Cause: &hessian.Exception{Class: "a.Y"}}, `{"class":"a.X","message":"m","cause":{"class":"a.Y","message":""}}`},
	} {
		var out, got bytes.Buffer
		if err := printValue(&out, tt.in); err != nil {
			t.Errorf("%v: %v", tt.in, err)
			continue
		}
		if err := json.Compact(&got, out.Bytes()); err != nil || got.String() != tt.want {
			t.Errorf("got %s, %v\nwant %s", got.String(), err, tt.want)
		}
	}
}

// A message of a few bytes whose lists share each other must not print for ever.
func TestSharedValuesAreWrittenOnce(t *testing.T) {
	v := []any{"x"}
	for range 60 {
		v = []any{v, v}
	}
	var out strings.Builder
	if err := printValue(&out, v); err != nil || out.Len() > 100_000 {
		t.Errorf("%d bytes, %v", out.Len(), err)
	}
}

func TestArguments(t *testing.T) {
	values, err := parseArguments(`["s", 1, 1.0, 1e2, true, [{"class":"a.B","n":1}], {"class":"a.B"}, {"k":{"class":"a.B"}}]`)
	if err != nil {
		t.Fatal(err)
	}
	types, err := guess(values)
	if want := "java.lang.String,long,double,double,boolean,java.util.List,a.B,java.util.Map"; err != nil || strings.Join(types, ",") != want {
		t.Errorf("guessed %v, %v", types, err)
	}
	b := &hessian.Object{Class: "a.B"}
	bn := &hessian.Object{Class: "a.B", Fields: []hessian.Field{{Name: "n", Value: int64(1)}}}
	args, err := arguments(nil, values, false)
	if want := []any{"s", int64(1), 1.0, 100.0, true, []any{bn}, b, map[string]any{"k": b}}; err != nil || !reflect.DeepEqual(args, want) {
		t.Errorf("got %#v, %v", args, err)
	}
	if args, err = arguments(nil, values, true); err != nil || !reflect.DeepEqual(args, values) {
		t.Errorf("by way of $invoke: %#v, %v", args, err)
	}
	args, err = arguments([]string{"java.util.Date", "byte[]"}, []any{"1970-01-01T01:00:01+01:00", "AQI="}, true)
	if at, _ := args[0].(time.Time); err != nil || !at.Equal(time.Unix(1, 0)) || !reflect.DeepEqual(args[1], []byte{1, 2}) {
		t.Errorf("got %#v, %v", args, err)
	}
}
