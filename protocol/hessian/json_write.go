package hessian

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/bits"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ToJSON returns v, which Decoder.Any read without Types, as the JSON that
// Java's Gson makes of it: an object is its fields but those that are null, an
// enum its name, a byte array a list of numbers, a date its English text in the
// local zone, as "Oct 27, 2024 3:33:20 AM". types tells the enums; without them
// they are objects with a name.
//
// It fails for what has no JSON: NaN and infinities, maps whose keys are lists,
// maps or objects, integers of more than 2^18 bits, and values that contain
// themselves or nest deeper than 512; and for more than limit bytes, which
// objects that occur often may grow to, or more than limit nulls left out.
func ToJSON(v any, types *Types, limit int) (string, error) {
	w := jsonWriter{types: types, limit: limit}
	w.value(v)
	if len(w.buf) > limit {
		w.failf("more than %d bytes", limit)
	}
	if w.err != nil {
		return "", w.err
	}
	return string(w.buf), nil
}

type jsonWriter struct {
	buf   []byte
	types *Types
	limit int
	left  int // how much was looked at and left out
	depth int
	err   error
}

func (w *jsonWriter) failf(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf("hessian: no JSON: "+format, args...)
	}
}

func (w *jsonWriter) value(v any) {
	switch v := v.(type) {
	case nil:
		w.raw("null")
	case bool:
		w.raw(strconv.FormatBool(v))
	case int32:
		w.raw(strconv.Itoa(int(v)))
	case int:
		w.raw(strconv.Itoa(v))
	case int64:
		w.raw(strconv.FormatInt(v, 10))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			w.failf("%s is no number there", FormatDouble(v))
		}
		w.raw(FormatDouble(v))
	case BigDecimal:
		w.raw(w.decimal(v))
	case *big.Int:
		w.raw(w.integer(v))
	case []byte:
		jsonList(w, v, func(b byte) { w.value(int32(int8(b))) })
	case []any:
		jsonList(w, v, w.value)
	case *List:
		write := w.value
		if v.Class == "[float" || v.Class == "[java.lang.Float" {
			write = w.float
		}
		jsonList(w, v.Items, write)
	case []bool:
		jsonList(w, v, func(x bool) { w.value(x) })
	case []int32:
		jsonList(w, v, func(x int32) { w.value(x) })
	case []int64:
		jsonList(w, v, func(x int64) { w.value(x) })
	case []float64:
		jsonList(w, v, func(x float64) { w.value(x) })
	case []string:
		jsonList(w, v, w.string)
	case BitSet:
		w.bits(v)
	case map[string]any:
		w.object(func(pair func(string, any)) {
			for _, k := range slices.Sorted(maps.Keys(v)) {
				pair(k, v[k])
			}
		})
	case *Map:
		w.object(func(pair func(string, any)) {
			for _, e := range v.Entries {
				pair(w.key(e.Key), e.Value)
			}
		})
	case *Object:
		if c := w.types.Class(v.Class); c != nil && c.isEnum() {
			w.value(v.Get("name"))
			return
		}
		w.fields(v, v.Fields)
	case *Exception:
		w.fields(v, v.Fields)
	default:
		if text, ok := jsonText(v); ok {
			w.string(text)
			return
		}
		p := reflect.New(reflect.TypeOf(v))
		p.Elem().Set(reflect.ValueOf(v))
		w.parts(p.Interface())
	}
}

func (w *jsonWriter) raw(s string) { w.buf = append(w.buf, s...) }

func (w *jsonWriter) string(s string) {
	text, err := json.Marshal(strings.ToValidUTF8(s, "\ufffd")) // half a surrogate pair
	if err != nil {
		w.failf("%w", err)
	}
	w.buf = append(w.buf, text...)
}

// jsonText returns the text of what is a string in JSON.
func jsonText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case time.Time:
		return v.In(time.Local).Format(dateTimeJSON), true
	case Timestamp:
		return v.In(time.Local).Format(dateTimeJSON), true
	case SQLDate:
		return v.In(time.Local).Format(dateJSON), true
	case SQLTime:
		return v.In(time.Local).Format(timeJSON), true
	case UUID:
		return v.String(), true
	case Locale:
		return string(v), true
	case Currency:
		return string(v), true
	}
	return "", false
}

// key returns a map's key: the text that Java makes of it.
func (w *jsonWriter) key(k any) string {
	switch k := k.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(k)
	case int32:
		return strconv.Itoa(int(k))
	case int64:
		return strconv.FormatInt(k, 10)
	case float64:
		return FormatDouble(k)
	case time.Time:
		return k.In(time.Local).Format("Mon Jan 02 15:04:05 MST 2006")
	case Timestamp: // with one digit of its milliseconds at least
		s := k.In(time.Local).Format("2006-01-02 15:04:05.000")
		return strings.TrimSuffix(strings.TrimSuffix(s, "0"), "0")
	case SQLDate:
		return k.In(time.Local).Format(time.DateOnly)
	case SQLTime:
		return k.In(time.Local).Format(time.TimeOnly)
	case Instant:
		return k.UTC().Format(time.RFC3339Nano)
	case Year:
		return strconv.Itoa(int(k))
	case ZoneID:
		return string(k)
	case *Object:
		if c := w.types.Class(k.Class); c != nil && c.isEnum() {
			name, _ := k.Get("name").(string)
			return name
		}
	case BigDecimal:
		return w.decimal(k)
	case *big.Int:
		return w.integer(k)
	case Calendar: // Java's text has all its fields
	case fmt.Stringer: // UUID, java.time
		return k.String()
	}
	text, ok := jsonText(k)
	if !ok {
		w.failf("the key of a map is a %T", k)
	}
	return text
}

// enter begins a list or object, leave ends it.
func (w *jsonWriter) enter(begin byte) bool {
	switch {
	case w.err != nil:
		return false
	case w.depth >= maxEncodeDepth:
		w.failf("values nest deeper than %d, is there one that contains itself?", maxEncodeDepth)
		return false
	}
	w.depth++
	w.buf = append(w.buf, begin)
	return true
}

func (w *jsonWriter) leave(end byte) {
	w.depth--
	w.buf = append(w.buf, end)
}

// next separates what follows from what was before in the list or object.
func (w *jsonWriter) next() {
	if len(w.buf) > w.limit {
		w.failf("more than %d bytes", w.limit)
	}
	if last := w.buf[len(w.buf)-1]; last != '[' && last != '{' {
		w.buf = append(w.buf, ',')
	}
}

func jsonList[T any](w *jsonWriter, items []T, write func(T)) {
	if !w.enter('[') {
		return
	}
	for _, item := range items {
		if w.err != nil {
			break
		}
		w.next()
		write(item)
	}
	w.leave(']')
}

// float writes an item of a float array, which has lost its shortest form.
func (w *jsonWriter) float(v any) {
	if f, ok := v.(float64); ok {
		v, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'g', -1, 32), 64)
	}
	w.value(v)
}

// decimal returns v in Java's form, unless it is so long that this takes time.
func (w *jsonWriter) decimal(v BigDecimal) string {
	if len(v) > maxBigText && json.Valid([]byte(v)) {
		return string(v)
	}
	unscaled, scale, err := v[:min(len(v), maxBigText)].Unscaled()
	if err != nil || len(v) > maxBigText {
		w.failf("%.40q is no number there", string(v))
		return ""
	}
	return string(NewBigDecimal(unscaled, scale))
}

// integer returns the digits of v, unless they are so many that this takes time.
func (w *jsonWriter) integer(v *big.Int) string {
	if n := v.BitLen(); n > 1<<18 {
		w.failf("an integer of %d bits", n)
		return ""
	}
	return v.String()
}

func (w *jsonWriter) bits(v BitSet) {
	n := len(v)
	for n > 0 && v[n-1] == 0 {
		n--
	}
	w.leaveOut(len(v) - n)
	if n > 0 {
		n = 64*n - bits.LeadingZeros64(v[n-1])
	}
	if !w.enter('[') {
		return
	}
	for i := 0; i < n && w.err == nil; i++ {
		w.next()
		w.buf = append(w.buf, '0'+byte(v[i/64]>>(i%64)&1))
	}
	w.leave(']')
}

// leaveOut counts n parts that took time but make no bytes. What occurs often
// may have many of them.
func (w *jsonWriter) leaveOut(n int) {
	if w.left += n; w.left > w.limit {
		w.failf("more than %d nulls", w.limit)
	}
}

// object writes the pairs that each gives, but those whose value is null.
func (w *jsonWriter) object(each func(pair func(name string, v any))) {
	if !w.enter('{') {
		return
	}
	each(func(name string, v any) {
		if v == nil {
			w.leaveOut(1)
		}
		if v == nil || w.err != nil {
			return
		}
		w.next()
		w.string(name)
		w.buf = append(w.buf, ':')
		w.value(v)
	})
	w.leave('}')
}

// fields writes an object; a throwable that is its own cause has none.
func (w *jsonWriter) fields(of any, fields []Field) {
	w.object(func(pair func(string, any)) {
		for _, f := range fields {
			if f.Value != of {
				pair(f.Name, f.Value)
			}
		}
	})
}

// parts writes what v points to, a value of java.time or a Calendar.
func (w *jsonWriter) parts(v any) {
	parts, _ := partsOf(v)
	if parts == nil {
		w.failf("%T is not known there", v)
		return
	}
	w.object(func(pair func(string, any)) {
		for _, p := range parts {
			pair(p.name, reflect.ValueOf(p.at).Elem().Interface())
		}
	})
}
