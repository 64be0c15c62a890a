package hessian_test

import (
	"testing"
	"time"

	"github.com/gubbo/gubbo/protocol/hessian"
)

// decimal is a user's own class in place of a class of the JDK.
type decimal struct{ Value string }

func (x *decimal) EncodeHessian(e *hessian.Encoder) {
	e.Object(&decimalClass)
	e.String(x.Value)
}

func (x *decimal) DecodeHessianField(d *hessian.Decoder, _ int) { x.Value = d.String() }

var decimalClass = hessian.ClassDesc{Name: "java.math.BigDecimal", Fields: []string{"value"}, New: func() any { return new(decimal) }}

// A class of the JDK that the caller has declared stands where Java has it.
func TestDeclaredClassOfTheJDK(t *testing.T) {
	e := hessian.NewEncoder(nil)
	for _, class := range []string{"[java.math.BigDecimal", "java.util.TreeSet"} {
		e.List(class, 2)
		e.Any(&decimal{"1.50"})
		e.Any(&decimal{"2"})
	}
	d := hessian.NewDecoder(e.Bytes(), hessian.NewTypes(&decimalClass))
	for range 2 {
		list, ok := d.Any().(*hessian.List)
		if !ok || d.Err() != nil || len(list.Items) != 2 {
			t.Fatalf("got %v, %v", list, d.Err())
		}
		if v, ok := list.Items[0].(*decimal); !ok || v.Value != "1.50" {
			t.Errorf("the first is %v", list.Items[0])
		}
	}
}

// Java sorts what has an order across classes, as dates of java.util and java.sql.
func TestSortedByABase(t *testing.T) {
	e := hessian.NewEncoder(nil)
	e.List("java.util.TreeSet", 2)
	e.Date(time.UnixMilli(1))
	e.Any(hessian.Timestamp{Time: time.UnixMilli(2)})
	d := hessian.NewDecoder(e.Bytes(), nil)
	if v, ok := d.Any().(*hessian.List); !ok || len(v.Items) != 2 {
		t.Errorf("got %v, %v", v, d.Err())
	}
}
