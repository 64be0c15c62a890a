package provider

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/protocol/hessian"
)

// anyBody is an argument or result of any type.
type anyBody struct{ v any }

func (b *anyBody) Len() int                         { return 1 }
func (b *anyBody) At(int) any                       { return b.v }
func (b *anyBody) EncodeHessian(e *hessian.Encoder) { e.Any(b.v) }
func (b *anyBody) DecodeHessian(d *hessian.Decoder) { b.v = d.Any() }
func (b *anyBody) HessianTypes() *hessian.Types     { return nil }

// hostileArgs are the arguments of "$invoke" with a descriptor of an array of
// items; hidden is read before them and looked at by nobody.
func hostileArgs(t *testing.T, hidden any, items ...any) *genericArgs {
	t.Helper()
	array := arrayOf(items...)
	array.Fields = append([]hessian.Field{{Name: "hidden", Value: hidden}}, array.Fields...)
	var e hessian.Encoder
	e.String("m")
	e.Null()
	e.List("[object", 1)
	e.Any(array)
	d := hessian.NewDecoder(e.Bytes(), nil)
	args := new(genericArgs)
	if args.DecodeHessian(d); e.Err() != nil || d.Err() != nil {
		t.Fatal(e.Err(), d.Err())
	}
	return args
}

func arrayOf(items ...any) *hessian.Object {
	m := &hessian.Map{}
	for i, item := range items {
		m.Entries = append(m.Entries, hessian.Entry{Key: int32(i), Value: item})
	}
	return &hessian.Object{Class: descriptor, Fields: []hessian.Field{{Name: "type", Value: kindArray}, {Name: "properties", Value: m}}}
}

// A small message must not make much of references, nor go deep by them.
func TestHostileDescriptors(t *testing.T) {
	wide := arrayOf(make([]any, 1000)...)
	again := &hessian.Object{Class: descriptor, Fields: wide.Fields}
	deep := arrayOf()
	flat := &hessian.List{}
	for range 1000 { // each refers to the one before
		flat.Items = append(flat.Items, deep)
		deep = arrayOf(deep)
	}
	for _, tt := range []struct {
		args    *genericArgs
		message string
	}{
		{hostileArgs(t, nil, wide, again), "has the properties of another one"},
		{hostileArgs(t, flat, deep), "descriptors nest deeper than 512"},
		{hostileArgs(t, nil, wide, wide), ""}, // is one value
	} {
		err := tt.args.decode(new(anyBody), genericBean)
		if tt.message == "" && err != nil || tt.message != "" && (err == nil || !strings.Contains(err.Error(), tt.message)) {
			t.Errorf("got %v, want %q", err, tt.message)
		}
	}
}

// Neither may a result that a caller has sent before.
func TestDeepReply(t *testing.T) {
	var last any
	flat := &hessian.List{}
	for range 1000 {
		last = &hessian.Object{Class: "x", Fields: []hessian.Field{{Name: "x", Value: last}}}
		flat.Items = append(flat.Items, last)
	}
	jdk := &hessian.Object{Class: "java.x", Fields: []hessian.Field{{Name: "x", Value: flat}}} // stays as it is
	for mode, convert := range map[genericMode]func(any) (any, error){
		genericMaps: generalize,
		genericJSON: func(v any) (any, error) { return replyJSON(v, 1<<20) },
		genericBean: func(v any) (any, error) { return replyBean(v, descriptor, 1<<20) },
	} {
		if v, err := convert(&anyBody{[]any{jdk, last}}); err == nil || !strings.Contains(err.Error(), "values nest deeper than 512") {
			t.Errorf("mode %d: %T, %v", mode, v, err)
		}
		if _, err := convert(&anyBody{[]any{jdk}}); err != nil && mode != genericJSON { // which has no references
			t.Errorf("mode %d: %v", mode, err)
		}
	}
}

// Each byte of an array is a descriptor, hundreds of bytes in memory.
func TestManyDescriptors(t *testing.T) {
	body := &anyBody{make([]byte, 1000)}
	if v, err := replyBean(body, descriptor, 100_000); err != nil || v == nil {
		t.Error(v, err)
	}
	v, err := replyBean(body, descriptor, 10_000)
	if v != nil || err == nil || !strings.Contains(err.Error(), "more than 10000 bytes of descriptors") {
		t.Error(v, err)
	}
}

// Whatever arrives is read or refused, and what was read is answered or
// refused, in every mode.
func FuzzGenericModes(f *testing.F) {
	one := &hessian.Object{Class: descriptor, Fields: []hessian.Field{
		{Name: "type", Value: kindPrimitive}, {Name: "className", Value: "java.lang.Integer"},
		{Name: "properties", Value: &hessian.Map{Class: "java.util.LinkedHashMap", Entries: []hessian.Entry{{Key: "value", Value: int32(1)}}}},
	}}
	self := &hessian.Map{}
	bean := &hessian.Object{Class: descriptor26, Fields: []hessian.Field{{Name: "type", Value: kindBean}, {Name: "properties", Value: self}}}
	self.Entries = []hessian.Entry{{Key: "self", Value: bean}, {Key: one, Value: &hessian.List{Class: "[int", Items: []any{int32(1)}}}}
	for _, arg := range []any{nil, "12", `{"a":[1,null]}`, one, bean, map[string]any{"class": "x", "a": []byte{1}}} {
		var e hessian.Encoder
		e.String("m")
		e.Null()
		e.List("[object", 1)
		e.Any(arg)
		f.Add(e.Bytes())
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := hessian.NewDecoder(raw, nil)
		args := new(genericArgs)
		if args.DecodeHessian(d); d.Err() != nil || args.count != 1 {
			return
		}
		for _, mode := range []genericMode{genericMaps, genericJSON, genericBean} {
			body := new(anyBody)
			if args.decode(body, mode) != nil {
				continue
			}
			if _, err := generalize(body); err != nil && !strings.Contains(err.Error(), "deeper") {
				t.Errorf("mode %d: generalize: %v", mode, err)
			}
			if _, err := replyBean(body, descriptor, 64<<20); err != nil && !strings.Contains(err.Error(), "deeper") {
				t.Errorf("mode %d: bean: %v", mode, err)
			}
			if text, err := replyJSON(body, 1<<20); err == nil && !json.Valid([]byte(text.(string))) {
				t.Errorf("mode %d: %q", mode, text)
			}
		}
	})
}
