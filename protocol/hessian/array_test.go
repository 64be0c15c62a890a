package hessian

import (
	"reflect"
	"testing"
)

// An array of numbers is read at once; what is not whole is an error.
func TestArraysOfNumbers(t *testing.T) {
	for _, want := range []any{
		[]int32{0, 1, -17, 300, 70000, -1 << 31}, []int64{0, -9, 3000, 1 << 20, 1 << 31, -1 << 63},
		[]float64{0, 1, -128, 30000, 12.25, 3.141592653589793}, []string{"a", "", "漢"}, []bool{true, false},
	} {
		var e Encoder
		e.Any(want)
		e.Any(want) // a reference
		d := NewDecoder(e.Bytes(), nil)
		if got := d.Any(); !reflect.DeepEqual(got, want) || d.Err() != nil {
			t.Errorf("%v, want %v, %v", got, want, d.Err())
		}
		if got := d.Any(); !reflect.DeepEqual(got, want) || len(d.Rest()) > 0 {
			t.Errorf("by reference %v, want %v, %v", got, want, d.Err())
		}
		for n := range e.Len() {
			d := NewDecoder(e.Bytes()[:n], nil)
			if d.Any(); d.Err() == nil {
				d.Any()
			}
			if d.Err() == nil {
				t.Errorf("%T cut to %d bytes of %d is no error", want, n, e.Len())
			}
		}
	}
}
