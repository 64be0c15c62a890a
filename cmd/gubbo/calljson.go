package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gubbo/gubbo/protocol/hessian"
)

// printValue prints what hessian.Decoder.Any returned as indented JSON.
func printValue(w io.Writer, v any) error {
	j := jsonWriter{seen: make(map[any]string)}
	j.value(v, "$")
	var out bytes.Buffer
	if err := json.Indent(&out, j.b.Bytes(), "", "  "); err != nil {
		return fmt.Errorf("the result cannot be printed: %w", err)
	}
	out.WriteByte('\n')
	_, err := w.Write(out.Bytes())
	return err
}

// jsonWriter writes each list, map and object once: a peer may send one that
// contains itself, or a small message that would be endless in full.
type jsonWriter struct {
	b    bytes.Buffer
	seen map[any]string // where a list, map or object was written
}

func (j *jsonWriter) value(v any, path string) {
	switch v := v.(type) {
	case nil:
		j.b.WriteString("null")
	case bool:
		j.b.WriteString(strconv.FormatBool(v))
	case int32:
		j.b.WriteString(strconv.FormatInt(int64(v), 10))
	case int64:
		j.b.WriteString(strconv.FormatInt(v, 10))
	case float64:
		j.double(v)
	case string:
		j.text(v)
	case []byte:
		j.text(base64.StdEncoding.EncodeToString(v))
	case time.Time:
		j.text(isoTime(v))
	default:
		if key := identity(v); key != nil {
			if where, ok := j.seen[key]; ok {
				j.b.WriteString(`{"$ref":`)
				j.text(where)
				j.b.WriteByte('}')
				return
			}
			j.seen[key] = path
		}
		j.container(v, path)
	}
}

// sliceID tells slices apart.
type sliceID struct {
	first uintptr
	n     int
}

// identity is the same for two values exactly if they are one list, map or
// object; nil for those that are empty.
func identity(v any) any {
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer:
		return v
	case reflect.Map:
		return r.Pointer()
	case reflect.Slice:
		if r.Len() > 0 {
			return sliceID{r.Pointer(), r.Len()}
		}
	}
	return nil
}

func (j *jsonWriter) container(v any, path string) {
	switch v := v.(type) {
	case *hessian.Object:
		fields := make([]hessian.Field, 0, len(v.Fields)+1)
		j.object(append(append(fields, hessian.Field{Name: "class", Value: v.Class}), v.Fields...), path)
	case *hessian.Exception:
		fields := []hessian.Field{{Name: "class", Value: v.Class}, {Name: "message", Value: v.Message}}
		if v.Cause != nil {
			fields = append(fields, hessian.Field{Name: "cause", Value: v.Cause})
		}
		j.object(fields, path)
	case map[string]any:
		var fields []hessian.Field
		for _, key := range slices.Sorted(maps.Keys(v)) {
			fields = append(fields, hessian.Field{Name: key, Value: v[key]})
		}
		if i := slices.IndexFunc(fields, func(f hessian.Field) bool { return f.Name == "class" }); i > 0 { // $invoke's objects
			class := fields[i]
			copy(fields[1:i+1], fields[:i])
			fields[0] = class
		}
		j.object(fields, path)
	case *hessian.Map:
		j.entries(v.Entries, path)
	case *hessian.List:
		j.list(len(v.Items), func(i int) any { return v.Items[i] }, path)
	case []any, []bool, []int32, []int64, []float64, []string:
		r := reflect.ValueOf(v)
		j.list(r.Len(), func(i int) any { return r.Index(i).Interface() }, path)
	default:
		j.text(fmt.Sprint(v))
	}
}

func (j *jsonWriter) object(fields []hessian.Field, path string) {
	j.b.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			j.b.WriteByte(',')
		}
		j.text(f.Name)
		j.b.WriteByte(':')
		j.value(f.Value, path+"."+f.Name)
	}
	j.b.WriteByte('}')
}

func (j *jsonWriter) list(n int, at func(int) any, path string) {
	j.b.WriteByte('[')
	for i := range n {
		if i > 0 {
			j.b.WriteByte(',')
		}
		j.value(at(i), fmt.Sprintf("%s[%d]", path, i))
	}
	j.b.WriteByte(']')
}

// entries writes an object if the keys have texts that differ, else an array.
func (j *jsonWriter) entries(entries []hessian.Entry, path string) {
	fields := make([]hessian.Field, 0, len(entries))
	names := make(map[string]bool, len(entries))
	for _, e := range entries {
		name, ok := keyText(e.Key)
		if !ok || names[name] {
			j.list(len(entries), func(i int) any {
				return &hessian.Map{Entries: []hessian.Entry{{Key: "key", Value: entries[i].Key}, {Key: "value", Value: entries[i].Value}}}
			}, path)
			return
		}
		names[name] = true
		fields = append(fields, hessian.Field{Name: name, Value: e.Value})
	}
	j.object(fields, path)
}

// keyText is a scalar, or an enum, as the key of an object.
func keyText(key any) (string, bool) {
	switch k := key.(type) {
	case string:
		return k, true
	case bool, int32, int64, float64:
		return fmt.Sprint(k), true
	case time.Time:
		return isoTime(k), true
	case *hessian.Object:
		if name, ok := k.Get("name").(string); ok && len(k.Fields) == 1 {
			return name, true
		}
	}
	return "", false
}

func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

func (j *jsonWriter) double(v float64) {
	switch {
	case math.IsNaN(v):
		j.b.WriteString(`"NaN"`)
	case math.IsInf(v, 1):
		j.b.WriteString(`"Infinity"`)
	case math.IsInf(v, -1):
		j.b.WriteString(`"-Infinity"`)
	default:
		j.b.WriteString(strconv.FormatFloat(v, 'g', -1, 64))
	}
}

// text writes a string. JSON leaves U+007F to U+009F as they are, but they
// steer terminals.
func (j *jsonWriter) text(s string) {
	var quoted strings.Builder
	enc := json.NewEncoder(&quoted)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string and a Builder cannot fail
	for _, r := range strings.TrimSuffix(quoted.String(), "\n") {
		if 0x7f <= r && r < 0xa0 {
			fmt.Fprintf(&j.b, `\u%04x`, r)
			continue
		}
		j.b.WriteRune(r)
	}
}
