package hessian

import (
	"reflect"
	"time"
)

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
