package hessian

import (
	"reflect"
	"time"
	"unsafe"
)

// array writes a slice of Java's own kind of array.
func array[T any](e *Encoder, s []T, class string, write func(*Encoder, T)) {
	if s == nil {
		e.Null()
		return
	}
	if e.sharedSlice(s, unsafe.Pointer(unsafe.SliceData(s)), len(s)) {
		return
	}
	e.List(class, len(s))
	for _, v := range s {
		write(e, v)
	}
}

// javaArray is the list type of a Go slice whose elements Java has as such; ""
// for all others.
func javaArray(elem reflect.Type) string {
	if elem == reflect.TypeFor[time.Time]() {
		return "[date"
	}
	switch elem.Kind() {
	case reflect.Bool:
		return "[boolean"
	case reflect.Int8:
		return "[byte"
	case reflect.Int16:
		return "[short"
	case reflect.Int32:
		return "[int"
	case reflect.Int, reflect.Int64:
		return "[long"
	case reflect.Float32:
		return "[float"
	case reflect.Float64:
		return "[double"
	case reflect.String:
		return "[string"
	}
	return ""
}

// array reads the n values of a Java array of numbers straight into a Go slice;
// nil, with nothing read, if class is another or one of them is no such number.
func (d *Decoder) array(class string, n int) any {
	if n <= 0 || d.exact {
		return nil
	}
	switch class {
	case "[int":
		return arrayOf(d, n, intAt)
	case "[long":
		return arrayOf(d, n, longAt)
	case "[double":
		return arrayOf(d, n, doubleAt)
	}
	return nil
}

func arrayOf[T any](d *Decoder, n int, at func([]byte) (T, int)) any {
	s := MakeSlice[T](d, n)
	if !d.charge(24) {
		return nil
	}
	from := d.pos
	for range n {
		v, k := at(d.data[d.pos:])
		if k == 0 {
			d.pos = from
			return nil
		}
		d.pos += k
		s = append(s, v)
	}
	return s
}

// slice turns the items of a Java array of booleans, numbers or strings into a
// Go slice; nil if class is another or an item does not fit.
func (d *Decoder) slice(class string, items []any) any {
	switch class {
	case "[boolean":
		return sliceOf[bool](d, items)
	case "[int":
		return sliceOf[int32](d, items)
	case "[long":
		return sliceOf[int64](d, items)
	case "[double":
		return sliceOf[float64](d, items)
	case "[string":
		return sliceOf[string](d, items)
	}
	return nil
}

func sliceOf[T any](d *Decoder, items []any) any {
	for _, v := range items {
		if _, ok := v.(T); !ok {
			return nil
		}
	}
	s := MakeSlice[T](d, len(items))
	if !d.charge(24) {
		return nil
	}
	for _, v := range items {
		s = append(s, v.(T))
	}
	return s
}
