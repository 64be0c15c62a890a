package types

import (
	"reflect"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/protocol/hessian"
	"github.com/gubbo/gubbo/provider"
)

const beanClass = "org.apache.dubbo.common.beanutil.JavaBeanDescriptor"

// described is a descriptor as Java's JavaBeanSerializeUtil makes it.
func described(class string, kind int32, properties ...hessian.Entry) *hessian.Object {
	return &hessian.Object{Class: beanClass, Fields: []hessian.Field{
		{Name: "className", Value: class}, {Name: "type", Value: kind},
		{Name: "properties", Value: &hessian.Map{Class: "java.util.LinkedHashMap", Entries: properties}},
	}}
}

func scalar(class string, v any) *hessian.Object {
	return described(class, 6, hessian.Entry{Key: "value", Value: v})
}

// Descriptors in, descriptors out. What is one for the caller is one for the
// service, and cycles survive.
func TestGenericBeans(t *testing.T) {
	g := genericCaller(t, provider.Generic()).With(consumer.Attach("generic", "bean"))
	call := func(method string, args ...any) (any, error) {
		return g.Invoke(t.Context(), "$invoke", invokeTypes, []any{method, nil, args})
	}
	x, y := scalar("java.lang.Double", 1.0), scalar("java.lang.Double", 2.0)
	point := described("lab.types.Point", 7, hessian.Entry{Key: "x", Value: x}, hessian.Entry{Key: "y", Value: y})
	low := described("lab.types.Level", 2, hessian.Entry{Key: "name", Value: "LOW"})
	for _, tt := range []struct {
		method    string
		arg, want any
	}{
		{"int32", scalar("java.lang.Integer", int32(7)), scalar("java.lang.Integer", int32(7))},
		{"string", scalar("java.lang.String", "a"), scalar("java.lang.String", "a")},
		{"boxedInt32", nil, nil},
		{"point", point, point},
		{"level", low, low},
		{"points", described("java.util.ArrayList", 3, hessian.Entry{Key: int32(0), Value: point}), described("java.util.ArrayList", 3, hessian.Entry{Key: int32(0), Value: point})},
		{"longs", described("long", 5, hessian.Entry{Key: int32(0), Value: scalar("java.lang.Long", int64(3))}), described("long", 5, hessian.Entry{Key: int32(0), Value: scalar("java.lang.Long", int64(3))})},
		{"matrix", described("[I", 5, hessian.Entry{Key: int32(0), Value: described("int", 5)}), described("[I", 5, hessian.Entry{Key: int32(0), Value: described("int", 5)})},
		{"bytes", described("byte", 5, hessian.Entry{Key: int32(0), Value: scalar("java.lang.Byte", int32(-1))}), described("byte", 5, hessian.Entry{Key: int32(0), Value: scalar("java.lang.Byte", int32(-1))})},
		{"byLevel", described("java.util.HashMap", 4, hessian.Entry{Key: low, Value: point}), described("java.util.HashMap", 4, hessian.Entry{Key: low, Value: point})},
		{"any", point, point},
	} {
		if got, err := call(tt.method, tt.arg); err != nil || !reflect.DeepEqual(plain(got), plain(tt.want)) {
			t.Errorf("%s: got %v, %v, want %v", tt.method, plain(got), err, plain(tt.want))
		}
	}
	node := described("lab.types.Node", 7, hessian.Entry{Key: "name", Value: scalar("java.lang.String", "a")})
	properties := node.Get("properties").(*hessian.Map)
	properties.Entries = append(properties.Entries, hessian.Entry{Key: "parent", Value: node})
	if got, err := call("same", node, node); err != nil || got.(*hessian.Object).Get("properties").(*hessian.Map).Get("value") != true {
		t.Errorf("one descriptor twice: %v, %v", got, err)
	}
	got, err := call("node", node)
	if err != nil {
		t.Fatal(err)
	}
	back := got.(*hessian.Object)
	if back.Get("properties").(*hessian.Map).Get("parent") != any(back) {
		t.Errorf("a cycle came back as %v", plain(got))
	}
	for _, tt := range []struct {
		arg     any
		message string
	}{
		{"7", "argument 1 is no " + beanClass},
		{scalar("java.lang.String", "many"), `the text "many" is not an int`},
		{described("java.lang.Integer", 9), `a descriptor of "java.lang.Integer" has the type 9`},
		{&hessian.Object{Class: beanClass}, "has no properties"},
		{nil, "found null, want an int"},
	} {
		if _, err := call("int32", tt.arg); api.CodeOf(err) != api.Codec || !strings.Contains(err.Error(), tt.message) {
			t.Errorf("%v: %v", tt.arg, err)
		}
	}
}

// plain is a tree of descriptors without pointers.
func plain(v any) any {
	o, ok := v.(*hessian.Object)
	if !ok {
		return v
	}
	p := map[any]any{}
	switch m := o.Get("properties").(type) {
	case *hessian.Map:
		for _, e := range m.Entries {
			key := e.Key
			if d, ok := key.(*hessian.Object); ok {
				key = d.Get("className")
			}
			if e.Value == v {
				p[key] = "itself"
				continue
			}
			p[key] = plain(e.Value)
		}
	}
	return []any{o.Class, o.Get("className"), o.Get("type"), p}
}
