package hessian

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// item is the kind of value that Java makes of what stands in an array or field.
type item uint8

const (
	anyItem item = iota // as they come
	boolItem
	byteItem
	shortItem
	intItem
	longItem
	floatItem
	doubleItem
	stringItem
	charItem
	dateItem
	bytesItem
	nameItem // a string only
	listItem
	mapItem
	objectItem

	boxedItem item = 1 << 7 // beside one of them: null stays null
)

// item reads a value as Java does where it has a boolean, number, string, date
// or byte array: booleans, numbers and null are converted into each other and
// into text.
func (d *Decoder) item(k item) any {
	boxed := k&boxedItem != 0
	k &^= boxedItem
	if boxed || k == dateItem || k == bytesItem { // Java reads an Object of a class
		d.definitions()
	}
	b, ok := d.peek()
	switch {
	case !ok:
		return nil
	case b == tagNull && (boxed || k >= stringItem && k != nameItem),
		(k == stringItem || k == nameItem) && isString(b), k == bytesItem && isBinary(b), k == dateItem && isDate(b):
		return d.Any()
	case k == charItem && isString(b):
		return d.firstUnit()
	case k == dateItem && isObject(b):
		at := d.pos
		switch v := d.Any().(type) {
		case Timestamp, SQLDate, SQLTime:
			return v
		}
		d.pos = at
		d.want(k.String())
		return nil
	case !isScalar(b) || k > charItem:
		d.want(k.String())
		return nil
	case !d.charge(8):
		return nil
	}
	switch k {
	case boolItem:
		return d.javaDouble() != 0
	case byteItem:
		return int32(int8(d.javaInt()))
	case shortItem:
		return int32(int16(d.javaInt()))
	case intItem:
		return d.javaInt()
	case longItem:
		return d.javaLong()
	case floatItem:
		return float64(float32(d.javaDouble()))
	case doubleItem:
		return d.javaDouble()
	}
	s := d.scalarText(b)
	if k == charItem {
		s = s[:min(len(s), 1)]
	}
	return s
}

// String names what is wanted, for errors.
func (k item) String() string {
	switch k {
	case boolItem:
		return "a boolean"
	case longItem:
		return "a long"
	case floatItem, doubleItem:
		return "a double"
	case stringItem, charItem, nameItem:
		return "a string"
	case dateItem:
		return "a date"
	case bytesItem:
		return "a byte array"
	}
	return "an int"
}

// firstUnit reads the string that begins here as a character, as Java does: its
// first UTF-16 unit, nil if it has none.
func (d *Decoder) firstUnit() any {
	s := d.String()
	if d.err != nil || s == "" {
		return nil
	}
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r > 0xffff: // the first half of its pair
		r, _ = utf16.EncodeRune(r)
		return string(appendUnit(nil, r))
	case r == utf8.RuneError && n == 1: // half a pair
		n = 3
	}
	return s[:n]
}

// isScalar reports null, booleans and numbers.
func isScalar(b byte) bool {
	return b == tagNull || b == tagTrue || b == tagFalse || isInt(b) || isLong(b) || isDouble(b)
}

func isDate(b byte) bool { return b == tagDateMilli || b == tagDateMinute }

// isObject tells whether an object begins with b, or the definition of one.
func isObject(b byte) bool { return 0x60 <= b && b <= 0x6f || b == tagObject || b == tagClass }

// javaInt is Java's readInt at a scalar: null is 0, longs are cut, doubles as
// by a cast.
func (d *Decoder) javaInt() int32 {
	if b := d.data[d.pos]; isDouble(b) {
		return castInt(d.rawDouble())
	}
	return int32(d.javaLong())
}

// javaLong is Java's readLong at a scalar.
func (d *Decoder) javaLong() int64 {
	switch b := d.data[d.pos]; {
	case isInt(b):
		return int64(d.rawInt())
	case isLong(b):
		return d.rawLong()
	case isDouble(b):
		return castLong(d.rawDouble())
	default:
		d.pos++
		if b == tagTrue {
			return 1
		}
		return 0
	}
}

// javaDouble is Java's readDouble at a scalar.
func (d *Decoder) javaDouble() float64 {
	if isDouble(d.data[d.pos]) {
		return d.rawDouble()
	}
	return float64(d.javaLong())
}

// scalarText is Java's readString at a boolean or number that begins with b.
func (d *Decoder) scalarText(b byte) (s string) {
	switch {
	case b == tagTrue, b == tagFalse:
		d.pos++
		s = strconv.FormatBool(b == tagTrue)
	case b == tagDouble8, b == tagDouble16:
		s = strconv.FormatInt(int64(d.rawDouble()), 10)
	case isDouble(b):
		s = FormatDouble(d.rawDouble())
	default:
		s = strconv.FormatInt(d.javaLong(), 10)
	}
	if d.err != nil || !d.charge(len(s)+8) {
		return ""
	}
	return s
}

// castInt is Java's cast of a double to an int.
func castInt(f float64) int32 {
	return int32(min(max(castLong(f), math.MinInt32), math.MaxInt32))
}

func castLong(f float64) int64 {
	switch {
	case f != f:
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

// FormatDouble returns f as Java's Double.toString writes it: 1.0, 1.0E10, NaN,
// -Infinity.
func FormatDouble(f float64) string {
	switch size := math.Abs(f); {
	case f != f:
		return "NaN"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strconv.FormatFloat(f, 'g', -1, 64), "+") + "inity"
	case f == 0 || 1e-3 <= size && size < 1e7:
		s := strconv.FormatFloat(f, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, _ := strconv.Atoi(exponent) // of FormatFloat
	return mantissa + "E" + strconv.Itoa(n)
}
