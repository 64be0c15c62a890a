package hessian

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Values of java.util and java.sql that Go has no type for.
type (
	// UUID is a java.util.UUID.
	UUID [16]byte
	// Locale is a java.util.Locale in the form of its toString, as "zh_CN"; ""
	// is Locale.ROOT. Java does not read a script, as in "zh_CN_#Hans".
	Locale string
	// Currency is a java.util.Currency: its code, as "EUR". "" is null.
	Currency string
	// BitSet is a java.util.BitSet: bit i is bit i%64 of word i/64. Nil is null.
	BitSet []uint64
	// Calendar is a java.util.Calendar. Class is "" for a GregorianCalendar,
	// the zero Time is null.
	Calendar struct {
		time.Time
		Class string
	}
	// Timestamp is a java.sql.Timestamp, which hessian-lite cuts to
	// milliseconds. Where one is declared, a time.Time will do.
	Timestamp struct{ time.Time }
	// SQLDate is a java.sql.Date. Where one is declared, a time.Time will do.
	SQLDate struct{ time.Time }
	// SQLTime is a java.sql.Time. Where one is declared, a time.Time will do.
	SQLTime struct{ time.Time }
)

var (
	uuidClass      = ClassDesc{Name: "java.util.UUID", Fields: []string{"value"}}
	localeClass    = ClassDesc{Name: "com.alibaba.com.caucho.hessian.io.LocaleHandle", Fields: []string{"value"}}
	currencyClass  = ClassDesc{Name: "java.util.Currency", Fields: []string{"currencyCode"}}
	bitSetClass    = ClassDesc{Name: "com.alibaba.com.caucho.hessian.io.BitSetHandle", Fields: []string{"words"}}
	calendarClass  = ClassDesc{Name: "com.alibaba.com.caucho.hessian.io.CalendarHandle", Fields: []string{"date", "type"}}
	classClass     = ClassDesc{Name: "java.lang.Class", Fields: []string{"name"}}
	timestampClass = ClassDesc{Name: "java.sql.Timestamp", Fields: []string{"value"}}
	sqlDateClass   = ClassDesc{Name: "java.sql.Date", Fields: []string{"value"}}
	sqlTimeClass   = ClassDesc{Name: "java.sql.Time", Fields: []string{"value"}}
)

// ParseUUID reads the form that String returns, in capitals too.
func ParseUUID(s string) (UUID, error) {
	var v UUID
	if len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' {
		digits := s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
		if _, err := hex.Decode(v[:], []byte(digits)); err == nil {
			return v, nil
		}
	}
	return UUID{}, fmt.Errorf("hessian: %.40q is no UUID, want 8-4-4-4-12 hexadecimal digits", s)
}

// javaUUID is ParseUUID for all that Java reads: each of the five numbers may
// be shorter or longer, and only its lowest digits count.
func javaUUID(s string) (UUID, error) {
	v, err := ParseUUID(s)
	if err == nil || len(s) > 36 {
		return v, err
	}
	parts := strings.Split(s, "-")
	if len(parts) != 5 {
		return v, err
	}
	var n [5]uint64
	for i, part := range parts {
		signed, bad := strconv.ParseInt(part, 16, 64)
		if bad != nil {
			return v, err
		}
		n[i] = uint64(signed)
	}
	binary.BigEndian.PutUint64(v[:8], n[0]<<32|n[1]&0xffff<<16|n[2]&0xffff)
	binary.BigEndian.PutUint64(v[8:], n[3]<<48|n[4]&0xffffffffffff)
	return v, nil
}

// String returns the usual form, as "11223344-5566-7788-99aa-bbccddeeff00".
func (v UUID) String() string {
	text := [36]byte{8: '-', 13: '-', 18: '-', 23: '-'}
	hex.Encode(text[:], v[:4])
	hex.Encode(text[9:], v[4:6])
	hex.Encode(text[14:], v[6:8])
	hex.Encode(text[19:], v[8:10])
	hex.Encode(text[24:], v[10:])
	return string(text[:])
}

// EncodeHessian writes v.
func (v UUID) EncodeHessian(e *Encoder) {
	e.Object(&uuidClass)
	e.String(v.String())
}

// DecodeHessian reads a java.util.UUID; null is the zero value.
func (v *UUID) DecodeHessian(d *Decoder) {
	if !d.begin(&uuidClass) {
		decodeValue(d, v, uuidClass.Name)
		return
	}
	var err error
	if *v, err = javaUUID(d.String()); err != nil {
		d.failf("%v", err)
	}
	d.leave()
}

// uuid reads the text that hessian-lite writes, or Caucho's two longs.
func (f *fieldReader) uuid() UUID {
	if f.find("value") < 0 {
		var v UUID
		binary.BigEndian.PutUint64(v[:8], uint64(take[int64](f, "mostSigBits")))
		binary.BigEndian.PutUint64(v[8:], uint64(take[int64](f, "leastSigBits")))
		return v
	}
	v, err := javaUUID(take[string](f, "value"))
	f.bad = f.bad || err != nil
	return v
}

// EncodeHessian writes v.
func (v Locale) EncodeHessian(e *Encoder) {
	e.Object(&localeClass)
	e.String(string(v))
}

// DecodeHessian reads a java.util.Locale; null is "".
func (v *Locale) DecodeHessian(d *Decoder) { decodeValue(d, v, "java.util.Locale") }

// EncodeHessian writes v, null for "".
func (v Currency) EncodeHessian(e *Encoder) {
	if v == "" {
		e.Null()
		return
	}
	e.Object(&currencyClass)
	e.String(string(v))
}

// DecodeHessian reads a java.util.Currency; null is "".
func (v *Currency) DecodeHessian(d *Decoder) { decodeValue(d, v, currencyClass.Name) }

// Has tells whether bit i is set.
func (v BitSet) Has(i int) bool { return i >= 0 && i/64 < len(v) && v[i/64]>>(i%64)&1 != 0 }

// EncodeHessian writes v, null for nil.
func (v BitSet) EncodeHessian(e *Encoder) {
	if v == nil {
		e.Null()
		return
	}
	e.Object(&bitSetClass)
	e.List("[long", len(v))
	for _, word := range v {
		e.Long(int64(word))
	}
}

// DecodeHessian reads a java.util.BitSet; null is nil.
func (v *BitSet) DecodeHessian(d *Decoder) { decodeValue(d, v, "java.util.BitSet") }

func (f *fieldReader) bitSet() BitSet {
	words := need[[]int64](f, "words")
	v := make(BitSet, len(words))
	for i, word := range words {
		v[i] = uint64(word)
	}
	return v
}

// EncodeHessian writes v, null for the zero Time.
func (v Calendar) EncodeHessian(e *Encoder) {
	if v.IsZero() {
		e.Null()
		return
	}
	e.Object(&calendarClass)
	e.Date(v.Time)
	if v.Class == "" {
		e.Null()
		return
	}
	e.Object(&classClass)
	e.String(v.Class)
}

// DecodeHessian reads a java.util.Calendar; null is the zero value.
func (v *Calendar) DecodeHessian(d *Decoder) { decodeValue(d, v, "java.util.Calendar") }

func (f *fieldReader) calendar() Calendar {
	v := Calendar{Time: f.date("date")}
	i := f.find("type")
	if i < 0 {
		f.bad = true
		return v
	}
	f.taken++
	switch c := f.o.Fields[i].Value.(type) {
	case nil:
	case *Object:
		name := fieldReader{o: c}
		v.Class = name.text("name")
		f.bad = f.bad || name.bad || c.Class != classClass.Name || len(c.Fields) != 1
	default:
		f.bad = true
	}
	return v
}

// date returns a date that is not the zero Time, which is written as null.
func (f *fieldReader) date(name string) time.Time {
	t := take[time.Time](f, name)
	f.bad = f.bad || t.IsZero()
	return t
}

func (e *Encoder) sqlValue(c *ClassDesc, t time.Time) {
	if t.IsZero() {
		e.Null()
		return
	}
	e.Object(c)
	e.Date(t)
}

// EncodeHessian writes v, null for the zero Time.
func (v Timestamp) EncodeHessian(e *Encoder) { e.sqlValue(&timestampClass, v.Time) }

// EncodeHessian writes v, null for the zero Time.
func (v SQLDate) EncodeHessian(e *Encoder) { e.sqlValue(&sqlDateClass, v.Time) }

// EncodeHessian writes v, null for the zero Time.
func (v SQLTime) EncodeHessian(e *Encoder) { e.sqlValue(&sqlTimeClass, v.Time) }

// DecodeHessian reads a java.sql.Timestamp or any other date.
func (v *Timestamp) DecodeHessian(d *Decoder) { v.Time = d.Date() }

// DecodeHessian reads a java.sql.Date or any other date.
func (v *SQLDate) DecodeHessian(d *Decoder) { v.Time = d.Date() }

// DecodeHessian reads a java.sql.Time or any other date.
func (v *SQLTime) DecodeHessian(d *Decoder) { v.Time = d.Date() }

// objectDate reads a date that travels as an object.
func (d *Decoder) objectDate() time.Time {
	for _, c := range []*ClassDesc{&timestampClass, &sqlDateClass, &sqlTimeClass} {
		if d.begin(c) {
			if b, ok := d.peek(); ok && !isDate(b) {
				d.want("a date")
			}
			t := d.Date()
			d.leave()
			return t
		}
	}
	at := d.pos
	switch v := d.Any().(type) {
	case Timestamp:
		return v.Time
	case SQLDate:
		return v.Time
	case SQLTime:
		return v.Time
	case Calendar:
		return v.Time
	case Instant:
		return v.Time
	default:
		d.pos = at
		d.failf("found a %T, want a date", v)
	}
	return time.Time{}
}
