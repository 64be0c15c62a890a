package hessian

import (
	"encoding/hex"
	"math"
	"reflect"
	"testing"
)

// What stands in an array is what Java's readInt, readString and the like make
// of it; the interop module asks Java itself.
func TestItemsOfArrays(t *testing.T) {
	scalars := "4e 54 46 93 e3 5c 5d02 5e0100 5f00000578 444202a05f20000000" // null true false 3 3L 1.0 2.0 256.0 1.4 1e10
	for class, want := range map[string]any{
		"[boolean":             []bool{false, true, false, true, true, true, true, true, true, true},
		"[int":                 []int32{0, 1, 0, 3, 3, 1, 2, 256, 1, math.MaxInt32},
		"[long":                []int64{0, 1, 0, 3, 3, 1, 2, 256, 1, 1e10},
		"[double":              []float64{0, 1, 0, 3, 3, 1, 2, 256, 1.4000000000000001, 1e10},
		"[short":               &List{"[short", []any{int32(0), int32(1), int32(0), int32(3), int32(3), int32(1), int32(2), int32(256), int32(1), int32(-1)}},
		"[float":               &List{"[float", []any{0.0, 1.0, 0.0, 3.0, 3.0, 1.0, 2.0, 256.0, float64(float32(1.4)), 1e10}},
		"[string":              &List{"[string", []any{nil, "true", "false", "3", "3", "1.0", "2", "256", "1.4000000000000001", "1.0E10"}},
		"[java.lang.Byte":      &List{"[java.lang.Byte", []any{nil, int32(1), int32(0), int32(3), int32(3), int32(1), int32(2), int32(0), int32(1), int32(-1)}},
		"[java.lang.Integer":   &List{"[java.lang.Integer", []any{nil, int32(1), int32(0), int32(3), int32(3), int32(1), int32(2), int32(256), int32(1), int32(math.MaxInt32)}},
		"[java.lang.Character": &List{"[java.lang.Character", []any{nil, "t", "f", "3", "3", "1", "2", "2", "1", "1"}},
		"[object":              &List{"[object", []any{nil, true, false, int32(3), int64(3), 1.0, 2.0, 256.0, 1.4000000000000001, 1e10}},
	} {
		data := AppendInt(AppendString([]byte{tagTypedList}, class), 10)
		data = append(data, unhex(t, scalars)...)
		d := NewDecoder(data, nil)
		if got := d.Any(); d.Err() != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, %v, want %#v", class, got, d.Err(), want)
		}
		if d.Offset() != len(data) {
			t.Errorf("%s: %d of %d bytes read", class, d.Offset(), len(data))
		}
		// A Tree has what stands there.
		if got, _ := NewDecoder(data, nil).Tree().(*List); got == nil || got.Items[1] != true {
			t.Errorf("%s: the tree is %+v", class, got)
		}
	}
}

// A number of the format's own may stand there as any scalar.
func TestNumbersOfTheFormat(t *testing.T) {
	for data, want := range map[string]any{
		"58 4e": []any{}, "58 54 91": []any{int32(1)}, "58 e1 91": []any{int32(1)}, "58 5c 91": []any{int32(1)}, "7a 78 51 e1": []any{[]any{}, []any{}},
	} {
		d := NewDecoder(unhex(t, data), nil)
		if got := d.Any(); d.Err() != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %#v, %v, want %#v", data, got, d.Err(), want)
		}
	}
	for _, data := range []string{"58 01 61", "58 ef", "58 44 4202a05f20000000"} {
		d := NewDecoder(unhex(t, data), nil)
		if got := d.Any(); d.Err() == nil {
			t.Errorf("%s: got %#v, want an error", data, got)
		}
	}
}

func TestFormatDouble(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0.0", 1: "1.0", -2.5: "-2.5", 0.001: "0.001", 9.999e-4: "9.999E-4", 1e7: "1.0E7", 123456.75: "123456.75", -1.25e-9: "-1.25E-9",
		math.Inf(1): "Infinity", math.Inf(-1): "-Infinity", math.MaxFloat64: "1.7976931348623157E308",
	} {
		if got := FormatDouble(f); got != want {
			t.Errorf("%v: got %s, want %s", f, got, want)
		}
	}
	if got := FormatDouble(math.NaN()); got != "NaN" {
		t.Error(got)
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	clean := make([]byte, 0, len(s))
	for _, c := range []byte(s) {
		if c != ' ' {
			clean = append(clean, c)
		}
	}
	b, err := hex.DecodeString(string(clean))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
