package hessian

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// BigDecimal is a java.math.BigDecimal: its text with Java's scale, as
// "12.50", "-0.001" or "1E+10". The empty string is null. Decimal libraries
// take and give it as it is.
type BigDecimal string

var bigDecimalClass = ClassDesc{Name: "java.math.BigDecimal", Fields: []string{"value"}}

// NewBigDecimal returns unscaled * 10^-scale.
func NewBigDecimal(unscaled *big.Int, scale int32) BigDecimal {
	digits, sign := unscaled.String(), ""
	if digits[0] == '-' {
		digits, sign = digits[1:], "-"
	}
	places := int64(scale)
	exp := int64(len(digits)) - 1 - places // of the first digit
	switch {
	case places == 0:
		return BigDecimal(sign + digits)
	case places < 0 || exp < -6:
		if len(digits) > 1 {
			digits = digits[:1] + "." + digits[1:]
		}
		return BigDecimal(fmt.Sprintf("%s%sE%+d", sign, digits, exp))
	default:
		if missing := int(places) - len(digits); missing >= 0 {
			digits = strings.Repeat("0", missing+1) + digits
		}
		point := len(digits) - int(places)
		return BigDecimal(sign + digits[:point] + "." + digits[point:])
	}
}

// Unscaled returns the number as unscaled * 10^-scale. Exponents are not
// expanded, so that the result is never larger than the text.
func (v BigDecimal) Unscaled() (unscaled *big.Int, scale int32, err error) {
	digits, exp, ok := v.split()
	if ok {
		whole, frac, _ := strings.Cut(digits, ".")
		unscaled, ok = new(big.Int).SetString(whole+frac, 10)
		exp = int64(len(frac)) - exp
	}
	if !ok || exp < math.MinInt32 || exp > math.MaxInt32 {
		return nil, 0, fmt.Errorf("hessian: %.40q is no java.math.BigDecimal, want digits with a point or exponent", string(v))
	}
	return unscaled, int32(exp), nil
}

// split checks the text and cuts off its exponent.
func (v BigDecimal) split() (digits string, exp int64, ok bool) {
	digits = string(v)
	if i := strings.IndexAny(digits, "eE"); i >= 0 {
		var err error
		if exp, err = strconv.ParseInt(digits[i+1:], 10, 32); err != nil {
			return "", 0, false
		}
		digits = digits[:i]
	}
	n, point := 0, false
	for i := range len(digits) {
		switch c := digits[i]; {
		case '0' <= c && c <= '9':
			n++
		case c == '.' && !point:
			point = true
		case (c == '-' || c == '+') && i == 0:
		default:
			return "", 0, false
		}
	}
	return digits, exp, n > 0
}

// EncodeHessian writes v, null for "". Java could not read what is no decimal
// number, so that is an error.
func (v BigDecimal) EncodeHessian(e *Encoder) {
	if v == "" {
		e.Null()
		return
	}
	if _, _, ok := v.split(); !ok {
		e.failf("%.40q is no java.math.BigDecimal, want digits with a point or exponent", string(v))
		return
	}
	e.Object(&bigDecimalClass)
	e.String(string(v))
}

// DecodeHessian reads a java.math.BigDecimal; null is "".
func (v *BigDecimal) DecodeHessian(d *Decoder) {
	if !d.begin(&bigDecimalClass) {
		decodeValue(d, v, bigDecimalClass.Name)
		return
	}
	*v = BigDecimal(d.String())
	if _, _, ok := v.split(); !ok {
		d.failf("%.40q is no %s", string(*v), bigDecimalClass.Name)
	}
	d.leave()
}

func (f *fieldReader) bigDecimal() BigDecimal {
	v := BigDecimal(take[string](f, "value"))
	_, _, ok := v.split()
	f.bad = f.bad || !ok
	return v
}

// bigIntegerClass has only the fields that count: Java's others are caches,
// and their names differ between its versions.
var bigIntegerClass = ClassDesc{Name: "java.math.BigInteger", Fields: []string{"signum", "mag"}}

// BigInteger writes a java.math.BigInteger, null for nil. The same pointer
// again is a reference.
func (e *Encoder) BigInteger(v *big.Int) {
	if v == nil {
		e.Null()
		return
	}
	if e.Ref(v) {
		return
	}
	e.Object(&bigIntegerClass)
	e.Int(int32(v.Sign()))
	words := v.Bits()
	n := (v.BitLen() + 31) / 32
	e.List("[int", n)
	for i := n - 1; i >= 0; i-- {
		e.Int(int32(words[i*32/bits.UintSize] >> (i * 32 % bits.UintSize)))
	}
}

// BigInteger reads a java.math.BigInteger; null is nil. One BigInteger of Java
// is one pointer, which must not be changed while it may be written again.
func (d *Decoder) BigInteger() *big.Int {
	var v *big.Int
	decodeValue(d, &v, bigIntegerClass.Name)
	return v
}

// bigInteger returns a nil interface for what is no BigInteger.
func (f *fieldReader) bigInteger() any {
	signum := f.between("signum", -1, 1)
	mag, ok := intsOf(f.o.Get("mag"))
	if f.bad || !ok || (signum == 0) != (len(mag) == 0) || len(mag) > 0 && mag[0] == 0 {
		return nil
	}
	f.taken = len(f.o.Fields) // the others are caches
	const per = bits.UintSize / 32
	words := make([]big.Word, (len(mag)+per-1)/per)
	for i, m := range mag {
		k := len(mag) - 1 - i
		words[k/per] |= big.Word(uint32(m)) << (k % per * 32)
	}
	v := new(big.Int).SetBits(words)
	if signum < 0 {
		v.Neg(v)
	}
	return v
}

// intsOf returns the ints of a list, however it was typed; false if it is none.
func intsOf(v any) ([]int32, bool) {
	switch v := v.(type) {
	case []int32:
		return v, true
	case []any:
		ints := make([]int32, len(v))
		for i, item := range v {
			n, ok := item.(int32)
			if !ok {
				return nil, false
			}
			ints[i] = n
		}
		return ints, true
	}
	return nil, false
}
