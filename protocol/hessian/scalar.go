package hessian

import (
	"encoding/binary"
	"math"
	"strings"
	"time"
)

// intAt returns the int at the start of p and its length, 0 if there is none or
// not all of it.
func intAt(p []byte) (v int32, n int) {
	if len(p) == 0 {
		return 0, 0
	}
	switch b := p[0]; {
	case b&0xc0 == 0x80:
		return int32(b) - 0x90, 1
	case b&0xf0 == 0xc0 && len(p) >= 2:
		return (int32(b)-0xc8)<<8 | int32(p[1]), 2
	case b&0xf8 == 0xd0 && len(p) >= 3:
		return (int32(b)-0xd4)<<16 | int32(p[1])<<8 | int32(p[2]), 3
	case b == tagInt && len(p) >= 5:
		return int32(binary.BigEndian.Uint32(p[1:])), 5
	}
	return 0, 0
}

// longAt is intAt for a long.
func longAt(p []byte) (v int64, n int) {
	if len(p) == 0 {
		return 0, 0
	}
	switch b := p[0]; {
	case 0xd8 <= b && b <= 0xef:
		return int64(b) - 0xe0, 1
	case b >= 0xf0 && len(p) >= 2:
		return (int64(b)-0xf8)<<8 | int64(p[1]), 2
	case b&0xf8 == 0x38 && len(p) >= 3:
		return (int64(b)-0x3c)<<16 | int64(p[1])<<8 | int64(p[2]), 3
	case b == tagLong4 && len(p) >= 5:
		return int64(int32(binary.BigEndian.Uint32(p[1:]))), 5
	case b == tagLong && len(p) >= 9:
		return int64(binary.BigEndian.Uint64(p[1:])), 9
	}
	return 0, 0
}

// doubleAt is intAt for a double.
func doubleAt(p []byte) (v float64, n int) {
	if len(p) == 0 {
		return 0, 0
	}
	switch b := p[0]; {
	case b == tagDouble && len(p) >= 9:
		return math.Float64frombits(binary.BigEndian.Uint64(p[1:])), 9
	case b == tagDouble0:
		return 0, 1
	case b == tagDouble1:
		return 1, 1
	case b == tagDouble8 && len(p) >= 2:
		return float64(int8(p[1])), 2
	case b == tagDouble16 && len(p) >= 3:
		return float64(int16(binary.BigEndian.Uint16(p[1:]))), 3
	case b == tagDoubleMilli && len(p) >= 5:
		return float64(int32(binary.BigEndian.Uint32(p[1:]))) * 0.001, 5
	}
	return 0, 0
}

// rawInt reads an int that is known to begin here.
func (d *Decoder) rawInt() int32 {
	v, n := intAt(d.data[d.pos:])
	d.pass(n)
	return v
}

// rawLong reads a long that is known to begin here.
func (d *Decoder) rawLong() int64 {
	v, n := longAt(d.data[d.pos:])
	d.pass(n)
	return v
}

// rawDouble reads a double that is known to begin here.
func (d *Decoder) rawDouble() float64 {
	v, n := doubleAt(d.data[d.pos:])
	d.pass(n)
	return v
}

// pass takes the n bytes of a number; 0 says that the data ends inside it.
func (d *Decoder) pass(n int) {
	if n == 0 {
		d.truncated()
	}
	d.pos += n
}

// Bool reads a boolean. A number that is not 0 counts as true, as in Java.
func (d *Decoder) Bool() bool {
	if d.pos < len(d.data) {
		switch d.data[d.pos] {
		case tagTrue:
			d.pos++
			return true
		case tagFalse:
			d.pos++
			return false
		}
	}
	b, ok := d.peek()
	switch {
	case !ok:
	case isInt(b):
		return d.rawInt() != 0
	case isLong(b):
		return d.rawLong() != 0
	case isDouble(b):
		return d.rawDouble() != 0
	case d.json && isString(b): // where every other text is false
		return strings.EqualFold(d.String(), "true")
	default:
		if text, ok := d.textOf(); ok {
			return d.boolOf(text)
		}
		d.want("a boolean")
	}
	return false
}

// Int reads an int; a long or double of the same value will do. Null is an
// error: ask Null first where the Java field may hold one.
func (d *Decoder) Int() int32 {
	if v, n := intAt(d.data[d.pos:]); n > 0 {
		d.pos += n
		return v
	}
	v := d.integer("an int")
	if v != int64(int32(v)) {
		d.failf("%d does not fit an int, declare int64", v)
		return 0
	}
	return int32(v)
}

// Long reads a long; an int, or a double of the same value, will do.
func (d *Decoder) Long() int64 {
	if v, n := longAt(d.data[d.pos:]); n > 0 {
		d.pos += n
		return v
	}
	return d.integer("a long")
}

func (d *Decoder) integer(what string) int64 {
	b, ok := d.peek()
	switch {
	case !ok:
	case isInt(b):
		return int64(d.rawInt())
	case isLong(b):
		return d.rawLong()
	case isDouble(b):
		f := d.rawDouble()
		if f != math.Trunc(f) || f < -1<<63 || f >= 1<<63 {
			d.failf("the double %v is not %s", f, what)
			return 0
		}
		return int64(f)
	case b == tagTrue:
		d.pos++
		return 1
	case b == tagFalse:
		d.pos++
	default:
		if text, ok := d.textOf(); ok {
			return d.integerOf(text, what)
		}
		d.want(what)
	}
	return 0
}

// Double reads a double; an int or long will do.
func (d *Decoder) Double() float64 {
	if v, n := doubleAt(d.data[d.pos:]); n > 0 {
		d.pos += n
		return v
	}
	b, ok := d.peek()
	switch {
	case !ok:
	case isDouble(b):
		return d.rawDouble()
	case isInt(b):
		return float64(d.rawInt())
	case isLong(b):
		return float64(d.rawLong())
	default:
		if text, ok := d.textOf(); ok {
			return d.doubleOf(text)
		}
		d.want("a double")
	}
	return 0
}

// Float reads a float, which travels as a double.
func (d *Decoder) Float() float32 { return float32(d.Double()) }

// Date reads a java.util.Date as a time in UTC; null is the zero Time. A
// java.sql.Timestamp, java.time.Instant and the like will do.
func (d *Decoder) Date() time.Time {
	b, ok := d.peek()
	switch {
	case !ok:
	case b == tagNull:
		d.pos++
	case b == tagDateMilli:
		if p := d.take(9); p != nil {
			return time.UnixMilli(int64(binary.BigEndian.Uint64(p[1:]))).UTC()
		}
	case b == tagDateMinute:
		if p := d.take(5); p != nil {
			return time.Unix(int64(int32(binary.BigEndian.Uint32(p[1:])))*60, 0).UTC()
		}
	case isLong(b):
		return time.UnixMilli(d.rawLong()).UTC()
	case 0x60 <= b && b <= 0x6f, b == tagObject, b == tagClass, b == tagRef:
		return d.objectDate()
	case d.generic && isInt(b):
		return time.UnixMilli(int64(d.rawInt())).UTC()
	case d.json && isMap(b):
		var v Instant
		d.fromParts(&v)
		return v.Time
	default:
		if text, ok := d.textOf(); ok {
			return d.dateOf(text)
		}
		d.want("a date")
	}
	return time.Time{}
}
