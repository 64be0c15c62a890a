package hessian

import (
	"math"
	"strconv"
	"strings"
)

// item is what Java makes of the values of an array whose elements are
// booleans, numbers or strings.
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

	boxedItem item = 1 << 7 // beside one of them: null stays null
)

// itemOf returns what the array class says of its items.
func itemOf(class string) item {
	switch class {
	case "[boolean":
		return boolItem
	case "[short":
		return shortItem
	case "[int":
		return intItem
	case "[long":
		return longItem
	case "[float":
		return floatItem
	case "[double":
		return doubleItem
	case "[string":
		return stringItem
	case "[java.lang.Boolean":
		return boolItem | boxedItem
	case "[java.lang.Byte":
		return byteItem | boxedItem
	case "[java.lang.Character":
		return charItem | boxedItem
	case "[java.lang.Short":
		return shortItem | boxedItem
	case "[java.lang.Integer":
		return intItem | boxedItem
	case "[java.lang.Long":
		return longItem | boxedItem
	case "[java.lang.Float":
		return floatItem | boxedItem
	case "[java.lang.Double":
		return doubleItem | boxedItem
	}
	return anyItem
}

// item reads a value of an array as Java does, which converts booleans, numbers
// and null. What it would refuse stays as it is.
func (d *Decoder) item(k item) any {
	if k == anyItem {
		return d.Any()
	}
	b, ok := d.peek()
	if !ok || b == tagNull && (k&boxedItem != 0 || k == stringItem) || !isScalar(b) {
		return d.Any()
	}
	if !d.charge(8) {
		return nil
	}
	switch k &^ boxedItem {
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
	if k&^boxedItem == charItem {
		s = s[:min(len(s), 1)]
	}
	return s
}

// isScalar reports null, booleans and numbers.
func isScalar(b byte) bool {
	return b == tagNull || b == tagTrue || b == tagFalse || isInt(b) || isLong(b) || isDouble(b)
}

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
