package hessian

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"
)

// rawInt reads an int that is known to begin here.
func (d *Decoder) rawInt() int32 {
	b := d.data[d.pos]
	switch {
	case 0x80 <= b && b <= 0xbf:
		d.pos++
		return int32(b) - 0x90
	case 0xc0 <= b && b <= 0xcf:
		if p := d.take(2); p != nil {
			return (int32(b)-0xc8)<<8 | int32(p[1])
		}
	case 0xd0 <= b && b <= 0xd7:
		if p := d.take(3); p != nil {
			return (int32(b)-0xd4)<<16 | int32(p[1])<<8 | int32(p[2])
		}
	case b == tagInt:
		if p := d.take(5); p != nil {
			return int32(binary.BigEndian.Uint32(p[1:]))
		}
	default:
		d.want("an int")
	}
	return 0
}

// rawLong reads a long that is known to begin here.
func (d *Decoder) rawLong() int64 {
	b := d.data[d.pos]
	switch {
	case 0xd8 <= b && b <= 0xef:
		d.pos++
		return int64(b) - 0xe0
	case b >= 0xf0:
		if p := d.take(2); p != nil {
			return (int64(b)-0xf8)<<8 | int64(p[1])
		}
	case 0x38 <= b && b <= 0x3f:
		if p := d.take(3); p != nil {
			return (int64(b)-0x3c)<<16 | int64(p[1])<<8 | int64(p[2])
		}
	case b == tagLong4:
		if p := d.take(5); p != nil {
			return int64(int32(binary.BigEndian.Uint32(p[1:])))
		}
	case b == tagLong:
		if p := d.take(9); p != nil {
			return int64(binary.BigEndian.Uint64(p[1:]))
		}
	default:
		d.want("a long")
	}
	return 0
}

// rawDouble reads a double that is known to begin here.
func (d *Decoder) rawDouble() float64 {
	switch d.data[d.pos] {
	case tagDouble0:
		d.pos++
		return 0
	case tagDouble1:
		d.pos++
		return 1
	case tagDouble8:
		if p := d.take(2); p != nil {
			return float64(int8(p[1]))
		}
	case tagDouble16:
		if p := d.take(3); p != nil {
			return float64(int16(binary.BigEndian.Uint16(p[1:])))
		}
	case tagDoubleMilli:
		if p := d.take(5); p != nil {
			return float64(int32(binary.BigEndian.Uint32(p[1:]))) * 0.001
		}
	case tagDouble:
		if p := d.take(9); p != nil {
			return math.Float64frombits(binary.BigEndian.Uint64(p[1:]))
		}
	default:
		d.want("a double")
	}
	return 0
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
	if d.pos < len(d.data) {
		if isInt(d.data[d.pos]) {
			return d.rawInt()
		}
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
	if d.pos < len(d.data) && isLong(d.data[d.pos]) {
		return d.rawLong()
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
	if d.pos < len(d.data) && isDouble(d.data[d.pos]) {
		return d.rawDouble()
	}
	b, ok := d.peek()
	switch {
	case !ok:
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
	default:
		if text, ok := d.textOf(); ok {
			return d.dateOf(text)
		}
		d.want("a date")
	}
	return time.Time{}
}

// scalarText returns the string form of the boolean or number that begins
// here, as Java's String.valueOf gives it for whole numbers and booleans.
func (d *Decoder) scalarText() (string, bool) {
	b, ok := d.peek()
	switch {
	case !ok:
	case b == tagTrue:
		d.pos++
		return "true", true
	case b == tagFalse:
		d.pos++
		return "false", true
	case isInt(b):
		return strconv.Itoa(int(d.rawInt())), true
	case isLong(b):
		return strconv.FormatInt(d.rawLong(), 10), true
	case isDouble(b):
		f := d.rawDouble()
		if f == math.Trunc(f) && math.Abs(f) < 1e7 {
			return strconv.FormatFloat(f, 'f', 1, 64), true
		}
		return strconv.FormatFloat(f, 'g', -1, 64), true
	}
	return "", false
}
