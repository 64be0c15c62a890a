package types

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/protocol/hessian"
	"github.com/gubbo/gubbo/provider"
)

// bean is what a generic call sends for an object, and gets.
type bean = map[string]any

// genericCaller serves an echo that answers "$invoke" and returns a caller.
func genericCaller(t *testing.T, opts ...provider.ServiceOption) *consumer.Generic {
	t.Helper()
	c := everyMethod(t, &echo{told: make(chan string, 1)}, opts...)
	cli, err := consumer.New(consumer.Config{Application: "generic-test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cli.Close(); err != nil {
			t.Error(err)
		}
	})
	url := c.ref.Explain("").Providers[0].URL
	g, err := cli.Generic(everythingDesc.Service, consumer.Direct(url))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Each argument as Java's generic callers write it, and what they get for it.
func TestGenericCallsWithEachType(t *testing.T) {
	g := genericCaller(t, provider.Generic())
	point := bean{"class": "lab.types.Point", "x": 1.0, "y": 2.0}
	local := time.Date(2024, 2, 29, 1, 2, 3, 0, time.Local).UTC()
	for _, tt := range []struct {
		method, javaType string
		arg, want        any
	}{
		{"bool", "boolean", true, true},
		{"bool", "boolean", "TRUE", true},
		{"bool", "boolean", int32(0), false},
		{"int8", "byte", "-7", int32(-7)},
		{"int32", "int", int64(12), int32(12)},
		{"int64", "long", "9223372036854775807", int64(math.MaxInt64)},
		{"float64", "double", "0.5", 0.5},
		{"float64", "double", int32(3), 3.0},
		{"string", "java.lang.String", int32(7), "7"},
		{"boxedInt32", "java.lang.Integer", nil, nil},
		{"boxedInt32", "java.lang.Integer", "5", int32(5)},
		{"bytes", "byte[]", []byte{1, 255}, []byte{1, 255}},
		{"bytes", "[B", []any{int32(1), int32(-1)}, []byte{1, 255}},
		{"time", "java.util.Date", "2024-02-29 01:02:03", local},
		{"time", "java.util.Date", "2024-02-29T01:02:03Z", time.Date(2024, 2, 29, 1, 2, 3, 0, time.UTC)},
		{"time", "java.util.Date", local.UnixMilli(), local},
		{"time", "java.util.Date", int32(1500), time.UnixMilli(1500).UTC()},
		{"level", "lab.types.Level", "HIGH", "HIGH"},
		{"level", "lab.types.Level", bean{"name": "LOW", "class": "lab.types.Level"}, "LOW"},
		{"level", "lab.types.Level", nil, nil},
		{"levels", "java.util.List", []any{"LOW", bean{"name": "HIGH"}}, []any{"LOW", "HIGH"}},
		{"list", "java.util.List", []int32{1, 2}, []any{int32(1), int32(2)}},
		{"longs", "long[]", []any{int32(1), "2"}, []int64{1, 2}},
		{"longs", "[J", &hessian.List{Class: "java.util.HashSet", Items: []any{int64(3)}}, []int64{3}},
		{"names", "[Ljava.lang.String;", []string{"a"}, []string{"a"}},
		{"matrix", "int[][]", []any{[]any{int32(1)}, []any{}}, &hessian.List{Class: "[[int", Items: []any{[]int32{1}, []int32{}}}},
		{"set", "java.util.Set", []any{"a"}, &hessian.List{Class: "java.util.HashSet", Items: []any{"a"}}},
		{"sorted", "java.util.SortedMap", bean{"a": int32(1)}, &hessian.Map{Class: "java.util.TreeMap", Entries: []hessian.Entry{{Key: "a", Value: int64(1)}}}},
		{"byNumber", "java.util.Map", bean{"4": "four"}, &hessian.Map{Entries: []hessian.Entry{{Key: int64(4), Value: "four"}}}},
		{"byLevel", "java.util.Map", bean{"LOW": bean{"x": 1, "y": "2"}}, bean{"LOW": point}},
		{"point", "lab.types.Point", bean{"x": int32(1), "y": "2", "unknown": []any{1}, "z": nil}, point},
		{"point", "lab.types.Point", bean{"x": nil, "class": "lab.types.Point"}, bean{"class": "lab.types.Point", "x": 0.0, "y": 0.0}},
		{"point", "lab.types.Point", bean{"x": 1, "y": 2, "class": "com.elsewhere.Point"}, point},
		{"point", "lab.types.Point", &hessian.Object{Class: "lab.types.Point", Fields: []hessian.Field{{Name: "x", Value: 1.0}, {Name: "y", Value: 2.0}}}, point},
		{"points", "java.util.List", []any{bean{"x": 1, "y": 2}, point}, []any{point, point}},
		{"polygon", "lab.types.Point[]", []any{point, nil}, &hessian.List{Class: "[object", Items: []any{point, nil}}},
		{"any", "java.lang.Object", point, point},
		{"any", "java.lang.Object", bean{"class": "lab.types.Level", "name": "LOW"}, "LOW"},
		{"any", "java.lang.Object", bean{"class": "java.lang.ProcessBuilder", "command": "x"}, bean{"class": "java.lang.ProcessBuilder", "command": "x"}},
		{"objects", "java.util.List", []any{point, "a", []any{point}}, []any{point, "a", []any{point}}},
		{"manager", "lab.types.Manager", bean{"name": "Ada", "reports": []any{bean{"name": "Bob"}}}, bean{
			"class": "lab.types.Manager", "name": "Ada", "born": nil,
			"reports": []any{bean{"class": "lab.types.Person", "name": "Bob", "born": nil}},
		}},
		{"pointers", "lab.types.Pointers", bean{"int32": "3", "time": "2024-02-29 01:02:03", "point": bean{"x": 1, "y": 2}}, bean{
			"class": "lab.types.Pointers", "bool": nil, "int8": nil, "int16": nil, "int32": int32(3), "int64": nil, "longInt": nil,
			"float32": nil, "float64": nil, "string": nil, "time": local, "id": nil, "point": point,
		}},
	} {
		t.Run(tt.method, func(t *testing.T) {
			got, err := g.InvokeGeneric(t.Context(), tt.method, []string{tt.javaType}, []any{tt.arg})
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%s(%v) = %#v, %v, want %#v", tt.method, tt.arg, got, err, tt.want)
			}
		})
	}
}

// What is one object for the caller is one for the service, and back.
func TestGenericCallsKeepIdentity(t *testing.T) {
	g := genericCaller(t, provider.Generic())
	node := bean{"name": "a"}
	node["parent"] = node
	if got, err := g.InvokeGeneric(t.Context(), "same", []string{"lab.types.Node", "lab.types.Node"}, []any{node, node}); err != nil || got != true {
		t.Errorf("one map twice: %v, %v", got, err)
	}
	if got, err := g.InvokeGeneric(t.Context(), "same", []string{"lab.types.Node", "lab.types.Node"}, []any{bean{"name": "a"}, bean{"name": "a"}}); err != nil || got != false {
		t.Errorf("two maps: %v, %v", got, err)
	}
	got, err := g.InvokeGeneric(t.Context(), "node", nil, []any{node})
	if err != nil {
		t.Fatal(err)
	}
	back, _ := got.(*hessian.Map) // a map that contains itself
	if back == nil || back.Get("parent") != any(back) || back.Get("name") != "a" || back.Get("class") != "lab.types.Node" {
		t.Errorf("a cycle came back as %v", got)
	}
}

func TestGenericFailures(t *testing.T) {
	g := genericCaller(t, provider.Generic())
	call := func(method string, types []string, args ...any) error {
		_, err := g.InvokeGeneric(t.Context(), method, types, args)
		return err
	}
	for _, tt := range []struct {
		name    string
		err     error
		code    api.Code
		message string
	}{
		{"no such method", call("nope", nil), api.NotFound, `no such method "nope"`},
		{"overloaded", call("find", nil, "x"), api.NotFound, "Not unique method for method name(find) in class(lab.types.Everything), find 2 methods."},
		{"other types", call("find", []string{"int"}, 1), api.NotFound, "it takes (long), (java.lang.String)"},
		{"no types", call("point", []string{"a b"}, 1), api.NotFound, `"a b" is no Java type`},
		{"too few", call("point", nil), api.Codec, "0 arguments for 1 parameters"},
		{"no number", call("int32", []string{"int"}, "many"), api.Codec, `the text "many" is not an int`},
		{"no boolean", call("bool", []string{"boolean"}, "maybe"), api.Codec, `the text "maybe" is not a boolean`},
		{"no date", call("time", []string{"java.util.Date"}, "soon"), api.Codec, `the text "soon" is not a date`},
		{"null", call("int32", []string{"int"}, nil), api.Codec, "found null, want an int"},
		{"too large", call("int8", []string{"byte"}, 300), api.Codec, "300 does not fit in int8"},
		{"field", call("point", nil, bean{"x": "far"}), api.Codec, `lab.types.Point.x: the text "far" is not a double`},
		{"another class", call("point", nil, bean{"class": "lab.types.Node"}), api.Codec, `class "lab.types.Node" is not declared here, want "lab.types.Point"`},
		{"enum without name", call("level", nil, bean{"class": "lab.types.Level"}), api.Codec, `no constant of enum "lab.types.Level"`},
	} {
		e, ok := errors.AsType[*api.Error](tt.err)
		if !ok || e.Code != tt.code || e.Sent != api.SentNo || !strings.Contains(e.Error(), tt.message) {
			t.Errorf("%s: %+v", tt.name, tt.err)
		}
	}
	for mode, why := range map[string]string{"nativejava": "Native Java Serializer is not allowed by default.", "protobuf-json": "No parameter is a protobuf message.", "false": ""} {
		_, err := g.With(consumer.Attach("generic", mode)).Invoke(t.Context(), "$invoke", invokeTypes, []any{"bool", nil, []any{true}})
		if api.CodeOf(err) != api.Forbidden || !strings.Contains(err.Error(), fmt.Sprintf("generic=%q is not supported", mode)) || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", mode, err)
		}
	}
	raw := g.With(consumer.Attach("generic", "raw.return")) // arguments as ever, the result as typed callers get it
	for _, tt := range []struct {
		method    string
		arg, want any
	}{
		{"point", bean{"x": 1.0, "y": "2"}, &hessian.Object{Class: "lab.types.Point", Fields: []hessian.Field{{Name: "x", Value: 1.0}, {Name: "y", Value: 2.0}}}},
		{"level", "LOW", &hessian.Object{Class: "lab.types.Level", Fields: []hessian.Field{{Name: "name", Value: "LOW"}}}},
	} {
		got, err := raw.Invoke(t.Context(), "$invoke", invokeTypes, []any{tt.method, nil, []any{tt.arg}})
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s(%v): %#v, %v", tt.method, tt.arg, got, err)
		}
	}
	if _, err := raw.Invoke(t.Context(), "$invoke", invokeTypes, []any{"find", []any{"long"}, []any{7}}); api.CodeOf(err) != api.Business || !strings.Contains(err.Error(), "lab.types.NotFoundException: no node 7") {
		t.Errorf("raw.return: %v", err)
	}
	for _, method := range []string{"$invoke", "$invokeAsync"} { // without a mode it is the default
		if got, err := g.Invoke(t.Context(), method, invokeTypes, []any{"bool", []any{"boolean"}, []any{true}}); err != nil || got != true {
			t.Errorf("%s: %v, %v", method, got, err)
		}
	}
}

// invokeTypes are the parameters of "$invoke".
var invokeTypes = []string{"java.lang.String", "java.lang.String[]", "java.lang.Object[]"}

// An error of the method arrives as the exception that a typed caller gets.
func TestGenericExceptions(t *testing.T) {
	g := genericCaller(t, provider.Generic())
	_, err := g.InvokeGeneric(t.Context(), "find", []string{"long"}, []any{7})
	x, ok := errors.AsType[*hessian.Exception](err)
	if !ok || x.Class != "lab.types.NotFoundException" || x.Message != "no node 7" || api.CodeOf(err) != api.Business {
		t.Fatalf("%#v", err)
	}
	sent, ok := errors.AsType[*hessian.Exception](x.Cause)
	if !ok || sent.Class != "com.alibaba.dubbo.rpc.service.GenericException" || sent.Message != "lab.types.NotFoundException: no node 7" {
		t.Errorf("what was sent is %#v", x.Cause)
	}
	_, err = g.InvokeGeneric(t.Context(), "find", []string{"java.lang.String"}, []any{""})
	if x, ok := errors.AsType[*hessian.Exception](err); !ok || x.Class != "java.lang.RuntimeException" || x.Message != "a name is needed" {
		t.Errorf("%#v", err)
	}
}

func TestGenericCallsAreOffUnlessAskedFor(t *testing.T) {
	g := genericCaller(t)
	_, err := g.InvokeGeneric(t.Context(), "bool", nil, []any{true})
	if api.CodeOf(err) != api.Forbidden || !strings.Contains(err.Error(), "takes no generic calls") {
		t.Errorf("%v", err)
	}
	if got, err := g.Invoke(t.Context(), "bool", []string{"boolean"}, []any{true}); err != nil || got != true {
		t.Errorf("a typed call: %v, %v", got, err)
	}
	if got, err := g.Invoke(t.Context(), "$echo", []string{"java.lang.Object"}, []any{"me"}); err != nil || got != "me" {
		t.Errorf("$echo: %v, %v", got, err)
	}
}

// Observers, filters and methods see the method itself, not "$invoke".
func TestGenericCallsAreCallsOfTheMethod(t *testing.T) {
	var seen []string
	srv, err := provider.New(provider.Config{Application: "types", Listen: "127.0.0.1:0", Filters: []api.Filter{func(next api.Invoker) api.Invoker {
		return api.InvokerFunc(func(ctx context.Context, inv *api.Invocation) error {
			c := provider.CallFrom(ctx)
			c.Reply("told", c.Method())
			seen = append(seen, inv.Method.Name, fmt.Sprint(inv.Args.At(0)), inv.Attachments.Get("k"))
			if inv.Args.At(0) == Low {
				inv.Reply.(*everythingLevelReply).value = High // instead of the method
				return nil
			}
			return next.Invoke(ctx, inv)
		})
	}}})
	if err == nil {
		err = RegisterEverything(srv, &echo{}, provider.Generic())
	}
	if err != nil {
		t.Fatal(err)
	}
	url := run(t, srv)
	cli, err := consumer.New(consumer.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer cli.Close()
	g, err := cli.Generic(everythingDesc.Service, consumer.Direct(url))
	if err != nil {
		t.Fatal(err)
	}
	var info consumer.CallInfo
	g = g.With(consumer.Attach("k", "v"), consumer.Capture(&info))
	if got, err := g.InvokeGeneric(t.Context(), "level", nil, []any{"HIGH"}); err != nil || got != "HIGH" || info.Reply("told") != "level" {
		t.Errorf("%v, %v, told %q", got, err, info.Reply("told"))
	}
	if got, err := g.InvokeGeneric(t.Context(), "level", nil, []any{"LOW"}); err != nil || got != "HIGH" {
		t.Errorf("answered by a filter: %v, %v", got, err)
	}
	if want := []string{"level", "HIGH", "v", "level", "LOW", "v"}; !reflect.DeepEqual(seen, want) {
		t.Errorf("the filter saw %q", seen)
	}
}
