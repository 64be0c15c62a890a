package hessian

import (
	"cmp"
	"math"
	"math/big"
	"reflect"
	"slices"
	"time"
	"unsafe"
)

// Any writes a value of a type that is known only at run time: nil, booleans,
// numbers, strings, []byte, time.Time, *big.Int, types that are Marshalers, *Object,
// *List, *Map, *Exception, other errors, and slices and maps of any of these.
// What Decoder.Any returns is written back as the same value. Integers of up
// to 32 bits are ints, wider ones longs.
//
// A slice or map that occurs twice is written once and then referred to, so
// cycles are fine.
func (e *Encoder) Any(v any) {
	switch v := v.(type) {
	case nil:
		e.Null()
	case bool:
		e.Bool(v)
	case string:
		e.String(v)
	case int32:
		e.Int(v)
	case int64:
		e.Long(v)
	case int:
		e.Long(int64(v))
	case float64:
		e.Double(v)
	case float32:
		e.Float(v)
	case int8:
		e.Int(int32(v))
	case int16:
		e.Int(int32(v))
	case uint8:
		e.Int(int32(v))
	case uint16:
		e.Int(int32(v))
	case uint32:
		e.Long(int64(v))
	case []byte:
		e.Binary(v)
	case time.Time:
		e.Date(v)
	default:
		if e.Enter() {
			e.anyNested(v)
			e.Leave()
		}
	}
}

// Enter begins the contents of an object, list or map that may contain others
// of its kind; Leave, which must follow if it returned true, ends them. It
// returns false after an error, or with one if values nest deeper than 512:
// the stack would overflow, and hardly a reader goes so far.
func (e *Encoder) Enter() bool {
	if e.err != nil {
		return false
	}
	if e.depth >= maxEncodeDepth {
		e.failf("values nest deeper than %d, is there a slice or map that contains itself?", maxEncodeDepth)
		return false
	}
	e.depth++
	return true
}

// Leave ends what Enter began.
func (e *Encoder) Leave() { e.depth-- }

func (e *Encoder) anyNested(v any) {
	switch v := v.(type) {
	case *Exception:
		e.exception(v)
	case *big.Int:
		e.BigInteger(v)
	case time.Duration:
		e.Duration(v)
	case pairs:
		v.encodePairs(e)
	case Marshaler:
		if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer && p.IsNil() {
			e.Null()
			return
		}
		v.EncodeHessian(e)
	case *Object:
		e.object(v)
	case *List:
		if v == nil {
			e.Null()
		} else if !e.Ref(v) {
			e.List(v.Class, len(v.Items))
			e.items(v.Items)
		}
	case *Map:
		e.orderedMap(v)
	case []any:
		if v == nil {
			e.Null()
		} else if !e.sharedSlice(v, unsafe.Pointer(unsafe.SliceData(v)), len(v)) {
			e.List("", len(v))
			e.items(v)
		}
	case map[string]any:
		e.stringMap(v)
	case []string:
		array(e, v, "[string", (*Encoder).String)
	case []int32:
		array(e, v, "[int", (*Encoder).Int)
	case []int64:
		array(e, v, "[long", (*Encoder).Long)
	case []float64:
		array(e, v, "[double", (*Encoder).Double)
	case error:
		e.Exception(v)
	default:
		e.reflected(reflect.ValueOf(v))
	}
}

// sliceKey is the identity of a slice, mapKey that of a map.
type sliceKey struct {
	typ  reflect.Type
	data unsafe.Pointer
	n    int
}

type mapKey struct{ data unsafe.Pointer }

func (e *Encoder) sharedSlice(v any, data unsafe.Pointer, n int) bool {
	return n > 0 && e.Ref(sliceKey{reflect.TypeOf(v), data, n})
}

func (e *Encoder) items(items []any) {
	for _, v := range items {
		if e.err != nil {
			return
		}
		e.Any(v)
	}
}

// stringMap writes the keys in order, so that equal maps have equal bytes.
func (e *Encoder) stringMap(m map[string]any) {
	if m == nil {
		e.Null()
		return
	}
	if e.Ref(mapKey{reflect.ValueOf(m).UnsafePointer()}) {
		return
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	e.Map("")
	for _, k := range keys {
		e.String(k)
		e.Any(m[k])
	}
	e.MapEnd()
}

func (e *Encoder) orderedMap(m *Map) {
	if m == nil {
		e.Null()
		return
	}
	if e.Ref(m) {
		return
	}
	e.Map(m.Class)
	for i := range m.Entries {
		if e.err != nil {
			return
		}
		e.Any(m.Entries[i].Key)
		e.Any(m.Entries[i].Value)
	}
	e.MapEnd()
}

func (e *Encoder) object(o *Object) {
	if o == nil {
		e.Null()
		return
	}
	if e.Ref(o) {
		return
	}
	names := make([]string, len(o.Fields))
	for i := range o.Fields {
		names[i] = o.Fields[i].Name
	}
	e.dynamicObject(o.Class, names)
	for i := range o.Fields {
		if e.err != nil {
			return
		}
		e.Any(o.Fields[i].Value)
	}
}

// reflected writes a value by its kind.
func (e *Encoder) reflected(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		e.Bool(v.Bool())
	case reflect.Int8, reflect.Int16, reflect.Int32:
		if !e.reflectedEnum(v) {
			e.Int(int32(v.Int()))
		}
	case reflect.Int, reflect.Int64:
		e.Long(v.Int())
	case reflect.Uint8, reflect.Uint16:
		e.Int(int32(v.Uint()))
	case reflect.Uint32, reflect.Uint, reflect.Uint64, reflect.Uintptr:
		if v.Uint() > math.MaxInt64 {
			e.failf("%d does not fit a Java long", v.Uint())
			return
		}
		e.Long(int64(v.Uint()))
	case reflect.Float32:
		e.Float(float32(v.Float()))
	case reflect.Float64:
		e.Double(v.Float())
	case reflect.String:
		if !e.reflectedEnum(v) {
			e.String(v.String())
		}
	case reflect.Slice, reflect.Array:
		e.reflectedList(v)
	case reflect.Map:
		e.reflectedMap(v)
	case reflect.Pointer:
		e.reflectedPointer(v)
	case reflect.Struct:
		if p, err := e.planFor(v.Type()); err != nil {
			e.Fail(err)
		} else {
			p.encode(e, v)
		}
	default:
		e.failf("a Go %v has no Java type", v.Type())
	}
}

// reflectedEnum writes v if its type is an enum.
func (e *Encoder) reflectedEnum(v reflect.Value) bool {
	if v.Type().PkgPath() == "" { // Go's own
		return false
	}
	if name, enum := className(v.Type()); !enum || name == "" {
		return false
	}
	p, err := e.planFor(v.Type())
	if err != nil {
		return false
	}
	e.Enum(p.desc, p.enum.name(v))
	return true
}

func (e *Encoder) reflectedPointer(v reflect.Value) {
	if v.IsNil() {
		e.Null()
		return
	}
	if v.Type().Elem().Kind() != reflect.Struct {
		e.Any(v.Elem().Interface())
		return
	}
	if t, ok := v.Interface().(*time.Time); ok {
		e.Date(*t)
		return
	}
	if p, err := e.planFor(v.Type().Elem()); err != nil {
		e.Fail(err)
	} else {
		p.encodePointer(e, v)
	}
}

func (e *Encoder) reflectedList(v reflect.Value) {
	if v.Kind() == reflect.Slice {
		if v.IsNil() {
			e.Null()
			return
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			e.Binary(v.Bytes())
			return
		}
		if e.sharedSlice(v.Interface(), v.UnsafePointer(), v.Len()) {
			return
		}
	}
	e.List(javaArray(v.Type().Elem()), v.Len())
	for i := 0; i < v.Len() && e.err == nil; i++ {
		e.Any(v.Index(i).Interface())
	}
}

func (e *Encoder) reflectedMap(v reflect.Value) {
	if v.IsNil() {
		e.Null()
		return
	}
	if e.Ref(mapKey{v.UnsafePointer()}) {
		return
	}
	if isSet(v.Type()) {
		e.List(hashSet, v.Len())
		for _, k := range sortedKeys(v) {
			e.Any(k.Interface())
		}
		return
	}
	e.Map("")
	for _, k := range sortedKeys(v) {
		e.Any(k.Interface())
		e.Any(v.MapIndex(k).Interface())
	}
	e.MapEnd()
}

// sortedKeys returns the keys of a map, in order if Go can order them, so that
// equal maps mostly have equal bytes.
func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		switch {
		case a.Kind() != b.Kind():
		case a.Kind() == reflect.String:
			return cmp.Compare(a.String(), b.String())
		case a.CanInt():
			return cmp.Compare(a.Int(), b.Int())
		case a.CanUint():
			return cmp.Compare(a.Uint(), b.Uint())
		}
		return 0
	})
	return keys
}
