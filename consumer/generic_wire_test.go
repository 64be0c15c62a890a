package consumer

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol/hessian"
)

func TestConversions(t *testing.T) {
	for _, tt := range []struct {
		javaType string
		in, want any
	}{
		{"int", json.Number("7"), int32(7)},
		{"long", float64(7), int64(7)},
		{"java.lang.Long", nil, nil},
		{"double", json.Number("1.5"), 1.5},
		{"double", 2, 2.0},
		{"java.lang.String[]", []any{"a", "b"}, []string{"a", "b"}},
		{"java.lang.String[]", []any{"a", nil}, []any{"a", nil}},
		{"long[]", []any{1, json.Number("2")}, []int64{1, 2}},
		{"java.util.Map", map[string]any{"a": 1}, map[string]any{"a": 1}},
		{"com.A", map[string]any{"b": 1, "a": 2}, &hessian.Object{Class: "com.A", Fields: []hessian.Field{{Name: "a", Value: 2}, {Name: "b", Value: 1}}}},
		{"com.Level", "LOW", &hessian.Object{Class: "com.Level", Fields: []hessian.Field{{Name: "name", Value: "LOW"}}}},
	} {
		got, err := convert(tt.javaType, tt.in)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s of %v: %#v, %v, want %#v", tt.javaType, tt.in, got, err, tt.want)
		}
	}
}

func TestInvokeArgsOnTheWire(t *testing.T) {
	var e hessian.Encoder
	(&invokeArgs{method: "sayHello", types: []string{"java.lang.String"}, args: []any{"Ada"}}).EncodeHessian(&e)
	if e.Err() != nil {
		t.Fatal(e.Err())
	}
	var d hessian.Decoder
	d.Reset(e.Bytes(), nil)
	if name := d.String(); name != "sayHello" {
		t.Errorf("method %q", name)
	}
	if types, ok := d.Any().([]string); !ok || len(types) != 1 || types[0] != "java.lang.String" {
		t.Errorf("types %v", types)
	}
	list, ok := d.Any().(*hessian.List)
	if !ok || d.Err() != nil {
		t.Errorf("arguments %v, %v", list, d.Err())
	}
}

func TestInvokeArgsWithoutTypes(t *testing.T) {
	var e hessian.Encoder
	(&invokeArgs{method: "sayHello", args: []any{"Ada"}}).EncodeHessian(&e)
	var d hessian.Decoder
	d.Reset(e.Bytes(), nil)
	if name := d.String(); name != "sayHello" || !d.Null() {
		t.Errorf("%q is not followed by null", name)
	}
	if _, ok := d.Any().(*hessian.List); !ok || d.Err() != nil {
		t.Error(d.Err())
	}
}

func TestGenericExceptions(t *testing.T) {
	sent := func(class string, fields ...hessian.Field) error {
		return api.NewError(api.Business, api.SentMaybe, "a.B.$invoke at h:1", &hessian.Exception{Class: class, Message: "a.X: m at B.java:1", Fields: fields})
	}
	own := hessian.Field{Name: "exceptionClass", Value: "a.X"}
	text := hessian.Field{Name: "exceptionMessage", Value: "m"}
	for _, class := range []string{"org.apache.dubbo.rpc.service.GenericException", "com.alibaba.dubbo.rpc.service.GenericException"} {
		err := unwrapGeneric(sent(class, own, text))
		x, ok := errors.AsType[*hessian.Exception](err)
		if !ok || x.Class != "a.X" || x.Message != "m" || api.CodeOf(err) != api.Business || err.Error() != "a.B.$invoke at h:1: a.X: m" {
			t.Errorf("got %v", err)
		}
		if from, ok := errors.AsType[*hessian.Exception](x.Cause); !ok || from.Class != class {
			t.Errorf("the cause is %v", x.Cause)
		}
	}
	for _, err := range []error{
		nil, errors.New("x"), sent("a.Other", own), sent("org.apache.dubbo.rpc.service.GenericException"),
		api.NewError(api.Timeout, api.SentMaybe, "late", nil),
	} {
		if got := unwrapGeneric(err); !errors.Is(got, err) {
			t.Errorf("%v became %v", err, got)
		}
	}
}
