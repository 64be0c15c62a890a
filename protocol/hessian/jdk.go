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

// java8 is where hessian-lite has the stand-ins for java.time.
const java8 = "com.alibaba.com.caucho.hessian.io.java8."

// jdkValue returns the Go value that stands for o, nil if there is none. It
// never loses anything: an object with a field more or less, or with a value
// that Java's class could not have, has none.
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
		v = Locale(take[string](&f, "value"))
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
	if v == nil || f.bad || f.taken != len(o.Fields) {
		return nil
	}
	return v
}

// isJDK tells whether jdkValue knows the class.
func isJDK(class string) bool {
	switch class {
	case bigDecimalClass.Name, bigIntegerClass.Name, uuidClass.Name, localeClass.Name, currencyClass.Name,
		calendarClass.Name, bitSetClass.Name, sqlDateClass.Name, sqlTimeClass.Name, timestampClass.Name:
		return true
	}
	return strings.HasPrefix(class, java8)
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
	bad   bool
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

// between returns an int from low to high.
func (f *fieldReader) between(name string, low, high int) int {
	v := int(take[int32](f, name))
	f.bad = f.bad || v < low || v > high
	return v
}

// text returns a string that is not empty.
func (f *fieldReader) text(name string) string {
	v := take[string](f, name)
	f.bad = f.bad || v == ""
	return v
}
