package hessian

import (
	"slices"
	"strings"
)

// Value is a Go type that stands for one Java class and writes and reads
// itself: a pointer to LocalDate, UUID or another of this package's, or to one
// of the user's. Codec and generated code use it as a field, parameter or
// element like a number; *T is T or null.
type Value interface {
	Marshaler
	// DecodeHessian reads one value; null leaves the zero value.
	DecodeHessian(d *Decoder)
}

// decodeValue reads a T, which Any makes of an object of the Java class.
func decodeValue[T any](d *Decoder, into *T, java string) {
	if d.json && d.fromJSON(into) {
		return
	}
	at := d.pos
	switch v := d.Any().(type) {
	case T:
		*into = v
	case nil:
		*into = *new(T)
		if d.err == nil && d.data[at] != tagNull && d.data[at] != tagRef {
			d.pos = at
			d.failf("these fields make no %s", java)
		}
	case *Object:
		d.pos = at
		d.failf("class %q with these fields is not declared here, want %s", v.Class, java)
	default:
		if d.generic && fromScalar(into, v) {
			return
		}
		d.pos = at
		d.failf("found a %T, want %s", v, java)
	}
}

// begin starts to read an object of c, whose fields must follow in c's order,
// then leave. It is the short way for what hessian-lite writes; false, with no
// value read, says that decodeValue has to look.
func (d *Decoder) begin(c *ClassDesc) bool {
	if d.pos < len(d.data) && d.data[d.pos] == tagClass {
		d.knownDef(c)
	}
	if d.pos >= len(d.data) || d.data[d.pos]&0xf0 != 0x60 {
		return false
	}
	n := int(d.data[d.pos] & 0xf)
	if n >= d.nextDef || d.defs[n].class != c || d.defs[n].index != nil || !d.enter() {
		return false
	}
	d.newSlot(d.here())
	d.pos++
	return true
}

// within reads an int from low to high.
func (d *Decoder) within(what string, low, high int) int {
	v := int(d.Int())
	if v < low || v > high {
		d.failf("%s %d: want %d to %d", what, v, low, high)
	}
	return v
}

// handles is where hessian-lite has its stand-ins, java8 where those for
// java.time.
const (
	handles = "com.alibaba.com.caucho.hessian.io."
	java8   = handles + "java8."
)

// jdkValue returns the Go value that stands for o; o itself if there is none,
// since it has a field more or less; and nil for what Java reads as null: a
// stand-in with values that the class itself could not have. Numbers that are
// missing are 0.
func jdkValue(o *Object) any {
	f := fieldReader{o: o}
	var v any
	switch o.Class {
	case bigDecimalClass.Name:
		v = f.bigDecimal()
	case bigIntegerClass.Name:
		v = f.bigInteger()
	case uuidClass.Name:
		v = f.uuid()
	case localeClass.Name:
		v = Locale(need[string](&f, "value"))
	case currencyClass.Name:
		v = Currency(f.text("currencyCode"))
	case calendarClass.Name:
		v = f.calendar()
	case bitSetClass.Name:
		v = f.bitSet()
	case sqlDateClass.Name:
		v = SQLDate{f.date("value")}
	case sqlTimeClass.Name:
		v = SQLTime{f.date("value")}
	case timestampClass.Name:
		v = Timestamp{f.date("value")}
	default:
		v = f.javaTime()
	}
	switch {
	case f.null && strings.HasPrefix(o.Class, handles):
		return nil
	case v == nil || f.bad || f.taken != len(o.Fields):
		return o
	}
	return v
}

// jdkSize is what jdkValue may allocate for o.
func jdkSize(o *Object) int {
	n := 64
	for i := range o.Fields {
		switch v := o.Fields[i].Value.(type) {
		case []int64:
			n += 9 * len(v)
		case []int32:
			n += 5 * len(v)
		case []any:
			n += 16 * len(v)
		}
	}
	return n
}

// fieldReader takes the fields of an Object by name and notes what does not
// fit.
type fieldReader struct {
	o     *Object
	taken int
	bad   bool // or missing
	null  bool // bad, and null where it came from a stand-in
}

// find returns the index of the first field with that name, -1 for none.
func (f *fieldReader) find(name string) int {
	return slices.IndexFunc(f.o.Fields, func(x Field) bool { return x.Name == name })
}

// take returns the field's value, which must be a T.
func take[T any](f *fieldReader, name string) (v T) {
	i := f.find(name)
	if i < 0 {
		f.bad = true
		return v
	}
	f.taken++
	v, ok := f.o.Fields[i].Value.(T)
	f.bad = f.bad || !ok
	return v
}

// need is take for what Java cannot do without.
func need[T any](f *fieldReader, name string) T {
	f.null = f.null || f.o.Get(name) == nil
	return take[T](f, name)
}

// check notes that a field is not ok, and whether Java makes null of it.
func (f *fieldReader) check(ok, null bool) {
	f.bad = f.bad || !ok
	f.null = f.null || !ok && null
}

// between returns an int from low to high.
func (f *fieldReader) between(name string, low, high int) int {
	v := int(take[int32](f, name))
	f.check(low <= v && v <= high, true)
	return v
}

// nanos returns the part of a second. Java carries what is beyond.
func (f *fieldReader) nanos() int {
	v := int(take[int32](f, "nanos"))
	f.check(0 <= v && v <= maxNano, false)
	return v
}

// text returns a string that is not empty.
func (f *fieldReader) text(name string) string {
	v := take[string](f, name)
	f.check(v != "", true)
	return v
}
