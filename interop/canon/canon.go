// Package canon writes a value that some library made of Hessian bytes as text,
// so that values of libraries with different types can be compared:
//
//	N T F            null, true, false
//	i1 l1 d3ff…      int, long, the bits of a double in hexadecimal
//	"a\u00e9" x00ff  string with escapes in UTF-16, bytes
//	t1000            date in milliseconds
//	[…,…] <…,…>      list or array; set, sorted
//	{k=v,…}          map, sorted by key, and object of a class without a type
//	@0               a list, map or object that contains itself, by its depth
//	J                a value of a class with a type of its own
//
// Judge.java writes the same.
package canon

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// longest is what no text may exceed.
const longest = 1 << 16

var errLong = errors.New("canon: the value is too long to tell")

// An Unwrap turns a library's own type into a slice, a map[string]any, a Set,
// Pairs or a basic value; anything it does not know it returns.
type Unwrap func(v any) any

// Set is a list whose order does not count.
type Set []any

// Pairs are the keys and values of a map in turn; of two equal keys the last
// counts.
type Pairs []any

// Text returns v as text.
func Text(v any, unwrap Unwrap) (string, error) {
	w := &writer{unwrap: unwrap}
	s := w.text(v)
	if w.written > longest {
		return "", errLong
	}
	return s, nil
}

type writer struct {
	unwrap  Unwrap
	path    []any // what identifies each container above
	written int
}

func (w *writer) text(v any) string {
	if w.written > longest {
		return ""
	}
	id := identity(v)
	if i := slices.Index(w.path, id); id != nil && i >= 0 {
		return fmt.Sprint("@", i)
	}
	w.path = append(w.path, id)
	s := w.write(v)
	w.path = w.path[:len(w.path)-1]
	w.written += len(s)
	return s
}

// identity is equal for the same container only; nil for what is none.
func identity(v any) any {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Pointer, reflect.Map:
		return [2]any{r.Pointer(), r.Type()}
	case reflect.Slice:
		if r.Len() > 0 {
			return [3]any{r.Pointer(), r.Len(), r.Type()}
		}
	}
	return nil
}

func (w *writer) write(v any) string {
	v = w.unwrap(v)
	switch v := v.(type) {
	case nil:
		return "N"
	case bool:
		if v {
			return "T"
		}
		return "F"
	case int8, int16, int32, uint8, uint16:
		return fmt.Sprint("i", v)
	case int64, int:
		return fmt.Sprint("l", v)
	case float64:
		return double(v)
	case float32:
		return double(float64(v))
	case string:
		return quote(v)
	case []byte:
		return fmt.Sprintf("x%x", v)
	case time.Time:
		return fmt.Sprint("t", v.UnixMilli())
	case Set:
		items := w.items(reflect.ValueOf([]any(v)))
		slices.Sort(items)
		return "<" + strings.Join(slices.Compact(items), ",") + ">"
	case Pairs:
		entries := make(map[string]string)
		for i := 0; i+1 < len(v); i += 2 {
			k := w.text(v[i])
			entries[k] = w.text(v[i+1])
		}
		return entriesText(entries)
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Slice:
		return "[" + strings.Join(w.items(r), ",") + "]"
	case reflect.Map:
		entries := make(map[string]string)
		for _, k := range r.MapKeys() {
			entries[w.text(k.Interface())] = w.text(r.MapIndex(k).Interface())
		}
		return entriesText(entries)
	case reflect.Pointer:
		if k := r.Elem().Kind(); k < reflect.Array || k == reflect.String || k == reflect.Slice || k == reflect.Map {
			return w.write(r.Elem().Interface())
		}
	}
	return "J"
}

func (w *writer) items(r reflect.Value) []string {
	items := make([]string, 0, min(r.Len(), 1000))
	for i := range r.Len() {
		items = append(items, w.text(r.Index(i).Interface()))
	}
	return items
}

func entriesText(entries map[string]string) string {
	var pairs []string
	for _, k := range slices.Sorted(maps.Keys(entries)) {
		pairs = append(pairs, k+"="+entries[k])
	}
	return "{" + strings.Join(pairs, ",") + "}"
}

// double is the bits of v; Java knows one NaN.
func double(v float64) string {
	if math.IsNaN(v) {
		return "d7ff8000000000000"
	}
	return fmt.Sprintf("d%x", math.Float64bits(v))
}

// quote escapes all but ASCII as UTF-16 units. Half a surrogate pair, which
// Java's strings may hold, is in Go the three bytes that it has on the wire.
func quote(s string) string {
	b := []byte{'"'}
	for len(s) > 0 {
		c, n := utf8.DecodeRuneInString(s)
		units := utf16.AppendRune(nil, c)
		if len(s) >= 3 && s[0] == 0xed && s[1] >= 0xa0 && s[1] < 0xc0 && s[2] >= 0x80 && s[2] < 0xc0 {
			n, units[0] = 3, 0xd000|uint16(s[1]&0x3f)<<6|uint16(s[2]&0x3f)
		}
		for _, u := range units {
			if u < ' ' || u > '~' || u == '"' || u == '\\' {
				b = fmt.Appendf(b, "\\u%04x", u)
			} else {
				b = append(b, byte(u))
			}
		}
		s = s[n:]
	}
	return string(append(b, '"'))
}
