package provider

import (
	"encoding/json"
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
			if _, err := generalize(body); err != nil {
				t.Errorf("mode %d: generalize: %v", mode, err)
			}
			if _, err := replyBean(body, descriptor); err != nil {
				t.Errorf("mode %d: bean: %v", mode, err)
			}
			if text, err := replyJSON(body, 1<<20); err == nil && !json.Valid([]byte(text.(string))) {
				t.Errorf("mode %d: %q", mode, text)
			}
		}
	})
}
