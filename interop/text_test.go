package interop

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/gubbo/gubbo/protocol/hessian"
)

// longText is the length from which strings and byte arrays are told by their
// length and hash.
const longText = 60

// textOf returns everything in v as text, so that both languages can tell what
// they have; Text.java says how, and is the twin.
func textOf(v any) string {
	t := texter{seen: make(map[any]int)}
	t.add(reflect.ValueOf(v))
	return t.b.String()
}

type texter struct {
	b       strings.Builder
	seen    map[any]int // the numbers of objects that have an identity
	objects int
}

func (t *texter) add(v reflect.Value) {
	for v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		t.b.WriteString("null")
		return
	}
	if t.known(v.Interface()) {
		return
	}
	switch v.Kind() {
	case reflect.Bool, reflect.Int8, reflect.Int16, reflect.Int32:
		fmt.Fprint(&t.b, v.Interface())
	case reflect.Int, reflect.Int64:
		fmt.Fprintf(&t.b, "%dL", v.Int())
	case reflect.Float32:
		t.b.WriteString(decimal(v.Float(), 32))
	case reflect.Float64:
		t.b.WriteString(decimal(v.Float(), 64))
	case reflect.String:
		t.string(v.String())
	case reflect.Slice:
		switch {
		case v.IsNil():
			t.b.WriteString("null")
		case v.Type().Elem().Kind() == reflect.Uint8:
			t.bytes(v.Bytes())
		default:
			t.list(v)
		}
	case reflect.Map:
		if v.IsNil() {
			t.b.WriteString("null")
			return
		}
		var fields []textField
		for k, value := range v.Seq2() {
			fields = append(fields, textField{textOf(k.Interface()), value})
		}
		t.fields(fields)
	case reflect.Pointer:
		switch {
		case v.IsNil():
			t.b.WriteString("null")
		case v.Elem().Kind() == reflect.Struct && v.Type() != reflect.TypeFor[*time.Time]():
			if t.again(v.Interface()) {
				return
			}
			t.object(v.Elem())
		default:
			t.add(v.Elem())
		}
	case reflect.Struct:
		t.objects++
		t.object(v)
	default:
		fmt.Fprintf(&t.b, "?%T", v.Interface())
	}
}

// known writes what has a form of its own.
func (t *texter) known(v any) bool {
	switch v := v.(type) {
	case time.Time:
		if v.IsZero() {
			t.b.WriteString("null")
		} else {
			fmt.Fprintf(&t.b, "@%d", v.UnixMilli())
		}
	case interface{ JavaEnum() string }:
		if name := fmt.Sprint(v); name == "" {
			t.b.WriteString("null")
		} else {
			t.b.WriteString(simpleName(v.JavaEnum()) + "." + name)
		}
	case *hessian.Object:
		if t.again(v) {
			return true
		}
		var fields []textField
		for _, f := range v.Fields {
			fields = append(fields, textField{f.Name, reflect.ValueOf(f.Value)})
		}
		t.b.WriteString(simpleName(v.Class))
		t.fields(fields)
	case *hessian.List:
		t.list(reflect.ValueOf(v.Items))
	case *hessian.Map:
		var fields []textField
		for _, e := range v.Entries {
			fields = append(fields, textField{textOf(e.Key), reflect.ValueOf(e.Value)})
		}
		t.fields(fields)
	default:
		return false
	}
	return true
}

func simpleName(class string) string { return class[strings.LastIndexAny(class, ".$")+1:] }

// again writes the number of an object that was there before.
func (t *texter) again(p any) bool {
	n, ok := t.seen[p]
	if ok {
		fmt.Fprintf(&t.b, "#%d", n)
		return true
	}
	t.seen[p] = t.objects
	t.objects++
	return false
}

// decimal is a number in a form that depends on its value alone: 1e10, 25e-2.
func decimal(v float64, bits int) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	case v == 0:
		return "0e0"
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, bits), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	e, _ := strconv.Atoi(exponent)
	return fmt.Sprintf("%s%se%d", whole, fraction, e-len(fraction))
}

func (t *texter) string(s string) {
	units := utf16.Encode([]rune(s))
	if len(units) > longText {
		var hash int32
		for _, u := range units {
			hash = 31*hash + int32(u)
		}
		fmt.Fprintf(&t.b, "string #%d #%d", len(units), hash)
		return
	}
	t.b.WriteByte('"')
	for _, u := range units {
		if u < ' ' || u > '~' || u == '"' || u == '\\' {
			fmt.Fprintf(&t.b, `\u%04x`, u)
		} else {
			t.b.WriteByte(byte(u))
		}
	}
	t.b.WriteByte('"')
}

func (t *texter) bytes(data []byte) {
	if len(data) <= longText {
		fmt.Fprintf(&t.b, "bytes(%x)", data)
		return
	}
	hash := int32(1)
	for _, v := range data {
		hash = 31*hash + int32(int8(v))
	}
	fmt.Fprintf(&t.b, "bytes #%d #%d", len(data), hash)
}

func (t *texter) list(v reflect.Value) {
	t.b.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			t.b.WriteString(", ")
		}
		t.add(v.Index(i))
	}
	t.b.WriteByte(']')
}

type textField struct {
	name  string
	value reflect.Value
}

func (t *texter) fields(fields []textField) {
	slices.SortFunc(fields, func(a, b textField) int { return cmp.Compare(a.name, b.name) })
	t.b.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			t.b.WriteString(", ")
		}
		t.b.WriteString(f.name + ": ")
		t.add(f.value)
	}
	t.b.WriteByte('}')
}

// object writes a struct under its Java names.
func (t *texter) object(v reflect.Value) {
	class, fields := structFields(v)
	t.b.WriteString(simpleName(class))
	t.fields(fields)
}

func structFields(v reflect.Value) (class string, fields []textField) {
	for f, value := range v.Fields() {
		tag, _, _ := strings.Cut(f.Tag.Get("java"), ",")
		switch {
		case f.Type == reflect.TypeFor[hessian.Class]():
			class = tag
		case tag == "-":
		case f.Anonymous:
			_, inherited := structFields(value)
			fields = append(fields, inherited...)
		default:
			fields = append(fields, textField{cmp.Or(tag, hessian.JavaName(f.Name)), value})
		}
	}
	return class, fields
}
