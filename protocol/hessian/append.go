package hessian

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
	"unsafe"
)

// The Append functions append one value to dst and return it. They need no
// Encoder, so constants can be encoded ahead and written with Encoder.Raw.

// AppendNull appends a null.
func AppendNull(dst []byte) []byte { return append(dst, tagNull) }

// AppendBool appends a boolean.
func AppendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, tagTrue)
	}
	return append(dst, tagFalse)
}

// AppendInt appends a Java int in its shortest form.
func AppendInt(dst []byte, v int32) []byte {
	switch {
	case -16 <= v && v <= 47:
		return append(dst, byte(0x90+v))
	case -0x800 <= v && v <= 0x7ff:
		return append(dst, byte(0xc8+v>>8), byte(v))
	case -0x40000 <= v && v <= 0x3ffff:
		return append(dst, byte(0xd4+v>>16), byte(v>>8), byte(v))
	}
	return append(dst, tagInt, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
}

// AppendLong appends a Java long in its shortest form.
func AppendLong(dst []byte, v int64) []byte {
	switch {
	case -8 <= v && v <= 15:
		return append(dst, byte(0xe0+v))
	case -0x800 <= v && v <= 0x7ff:
		return append(dst, byte(0xf8+v>>8), byte(v))
	case -0x40000 <= v && v <= 0x3ffff:
		return append(dst, byte(0x3c+v>>16), byte(v>>8), byte(v))
	case math.MinInt32 <= v && v <= math.MaxInt32:
		return append(dst, tagLong4, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
	}
	return binary.BigEndian.AppendUint64(append(dst, tagLong), uint64(v))
}

// AppendDouble appends a Java double in the form that hessian-lite chooses.
// Like there, -0.0 becomes 0.0.
func AppendDouble(dst []byte, v float64) []byte {
	if v >= -0x8000 && v <= 0x7fff {
		if n := int32(v); float64(n) == v {
			switch {
			case n == 0:
				return append(dst, tagDouble0)
			case n == 1:
				return append(dst, tagDouble1)
			case -0x80 <= n && n <= 0x7f:
				return append(dst, tagDouble8, byte(n))
			}
			return append(dst, tagDouble16, byte(n>>8), byte(n))
		}
	}
	if m := v * 1000; m >= math.MinInt32 && m <= math.MaxInt32 {
		if n := int32(m); float64(n)*0.001 == v {
			return append(dst, tagDoubleMilli, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
		}
	}
	return binary.BigEndian.AppendUint64(append(dst, tagDouble), math.Float64bits(v))
}

// AppendFloat appends a Java float. It travels as the double that has the
// float's shortest decimal form, as in hessian-lite.
func AppendFloat(dst []byte, v float32) []byte {
	d := float64(v)
	if d != math.Trunc(d) {
		var text [32]byte
		if p, err := strconv.ParseFloat(string(strconv.AppendFloat(text[:0], d, 'g', -1, 32)), 64); err == nil {
			d = p
		}
	}
	return AppendDouble(dst, d)
}

// AppendDate appends a java.util.Date, cut to milliseconds; the zero Time is
// null.
func AppendDate(dst []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(dst, tagNull)
	}
	ms := t.UnixMilli()
	if m := ms / 60000; ms%60000 == 0 && m >= math.MinInt32 && m <= math.MaxInt32 {
		return binary.BigEndian.AppendUint32(append(dst, tagDateMinute), uint32(m))
	}
	return binary.BigEndian.AppendUint64(append(dst, tagDateMilli), uint64(ms))
}

// AppendBinary appends a byte array; nil is null.
func AppendBinary(dst, b []byte) []byte {
	if b == nil {
		return append(dst, tagNull)
	}
	for len(b) > binaryChunk {
		dst = append(dst, tagBinaryChunk, binaryChunk>>8, binaryChunk&0xff)
		dst = append(dst, b[:binaryChunk]...)
		b = b[binaryChunk:]
	}
	switch n := len(b); {
	case n < 16:
		dst = append(dst, byte(0x20+n))
	case n < 1024:
		dst = append(dst, byte(0x34+n>>8), byte(n))
	default:
		dst = append(dst, tagBinary, byte(n>>8), byte(n))
	}
	return append(dst, b...)
}

// AppendString appends a string. Lengths on the wire count UTF-16 units, and a
// character beyond U+FFFF is two surrogates of three bytes each. Half a pair,
// as Decoder.String returns it, is written as it is; what else is not valid
// UTF-8 becomes U+FFFD.
func AppendString(dst []byte, s string) []byte {
	if isASCII(view(s)) {
		for len(s) > stringChunk {
			dst = append(dst, tagStringChunk, stringChunk>>8, stringChunk&0xff)
			dst = append(dst, s[:stringChunk]...)
			s = s[stringChunk:]
		}
		return append(appendStringHead(dst, len(s)), s...)
	}
	n, same := units(s)
	for n > stringChunk {
		end, k := cut(s)
		dst = append(dst, tagStringChunk, byte(k>>8), byte(k))
		dst = appendUnits(dst, s[:end], same)
		s, n = s[end:], n-k
	}
	return appendUnits(appendStringHead(dst, n), s, same)
}

func appendUnits(dst []byte, s string, same bool) []byte {
	if same {
		return append(dst, s...)
	}
	return appendCESU(dst, s)
}

func appendStringHead(dst []byte, n int) []byte {
	switch {
	case n < 32:
		return append(dst, byte(n))
	case n < 1024:
		return append(dst, byte(0x30+n>>8), byte(n))
	}
	return append(dst, tagString, byte(n>>8), byte(n))
}

// plain3 says whether a, b, c are a character of three bytes that is neither
// longer than it must be nor near the surrogates: most of what is beyond
// Latin, Greek and Cyrillic.
func plain3(a, b, c byte) bool {
	return 0xe1 <= a && a <= 0xef && a != 0xed && b&0xc0 == 0x80 && c&0xc0 == 0x80
}

// plain4 says whether s begins with a character of U+10000 to U+3FFFF, such as
// an emoji.
func plain4(s string) bool {
	return len(s) >= 4 && s[0] == 0xf0 && s[1]-0x90 < 0x30 && s[2]&0xc0 == 0x80 && s[3]&0xc0 == 0x80
}

// units counts the UTF-16 units of s and tells whether its bytes can be
// written as they are.
func units(s string) (n int, same bool) {
	same = true
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			i++
			n++
			continue
		}
		if i+2 < len(s) && plain3(s[i], s[i+1], s[i+2]) {
			i += 3
			n++
			continue
		}
		if plain4(s[i:]) {
			same = false
			i += 4
			n += 2
			continue
		}
		r, size := decodeRune(s[i:])
		if r == utf8.RuneError && size == 1 {
			same = false
		}
		if r > 0xffff {
			same = false
			n++
		}
		n++
		i += size
	}
	return n, same
}

// cut finds the longest beginning of s that fits a chunk and splits no pair.
func cut(s string) (end, n int) {
	for end < len(s) {
		if n < stringChunk && end+2 < len(s) && plain3(s[end], s[end+1], s[end+2]) {
			n++
			end += 3
			continue
		}
		r, size := decodeRune(s[end:])
		k := 1
		if r > 0xffff {
			k = 2
		}
		if n+k > stringChunk {
			break
		}
		n += k
		end += size
	}
	return end, n
}

// decodeRune is utf8.DecodeRuneInString that takes half a surrogate pair for a
// character, too.
func decodeRune(s string) (r rune, size int) {
	r, size = utf8.DecodeRuneInString(s)
	if size == 1 && len(s) > 2 && s[0] == 0xed && s[1]&0xe0 == 0xa0 && s[2]&0xc0 == 0x80 {
		return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), 3
	}
	return r, size
}

func appendCESU(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			dst = append(dst, s[i])
			i++
			continue
		}
		if plain4(s[i:]) {
			dst = appendPair(dst, rune(s[i+1]&0x3f)<<12|rune(s[i+2]&0x3f)<<6|rune(s[i+3]&0x3f))
			i += 4
			continue
		}
		r, size := decodeRune(s[i:])
		i += size
		switch {
		case r > 0xffff:
			dst = appendPair(dst, r)
		case r >= 0x800: // half a pair, too, which utf8 would not write
			dst = appendUnit(dst, r)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

// appendPair appends a character beyond U+FFFF as its two surrogates.
func appendPair(dst []byte, r rune) []byte {
	r -= 0x10000
	return append(dst, 0xed, byte(0xa0|r>>16), byte(0x80|r>>10&0x3f), 0xed, byte(0xb0|r>>6&0xf), byte(0x80|r&0x3f))
}

func appendUnit(dst []byte, u rune) []byte {
	return append(dst, byte(0xe0|u>>12), byte(0x80|u>>6&0x3f), byte(0x80|u&0x3f))
}

const highBits = 0x8080808080808080

// isASCII looks at eight bytes at a time, four times a turn while it can; the
// last eight overlap.
func isASCII(s []byte) bool {
	switch n := len(s); {
	case n >= 8:
	case n >= 4:
		return (binary.LittleEndian.Uint32(s)|binary.LittleEndian.Uint32(s[n-4:]))&(highBits&math.MaxUint32) == 0
	default:
		for _, c := range s {
			if c >= utf8.RuneSelf {
				return false
			}
		}
		return true
	}
	last := word(s[len(s)-8:])
	for ; len(s) >= 32; s = s[32:] {
		if (word(s)|word(s[8:])|word(s[16:])|word(s[24:]))&highBits != 0 {
			return false
		}
	}
	for ; len(s) >= 8; s = s[8:] {
		last |= word(s)
	}
	return last&highBits == 0
}

func word(s []byte) uint64 { return binary.LittleEndian.Uint64(s) }

// view returns the bytes of s, which nobody may write to.
func view(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
