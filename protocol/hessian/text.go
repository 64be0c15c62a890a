package hessian

import (
	"unicode/utf8"
	"unsafe"
)

// String reads a string. Null is "": use Null first to tell them apart. A
// number or boolean is read as the text that Java makes of it.
//
// Java's strings may hold half a surrogate pair, where a text was cut inside a
// character. Such a half stays what it is, three bytes that are not valid
// UTF-8, so that nothing is lost on the way through; strings.ToValidUTF8
// replaces it. As in Java only the first byte of a character must be one of
// UTF-8; of the others the low six bits count.
func (d *Decoder) String() string {
	p := d.data[d.pos:]
	if len(p) > 2 {
		n, head := int(p[0]), 1
		switch {
		case n < 0x20:
		case n&0xfc == 0x30:
			n, head = n&3<<8|int(p[1]), 2
		case n == tagString:
			n, head = int(p[1])<<8|int(p[2]), 3
		default:
			return d.slowString()
		}
		if p = p[head:]; n <= len(p) && n <= d.budget && isASCII(p[:n]) {
			d.budget -= n
			d.pos += head + n
			return string(p[:n])
		}
	}
	return d.slowString()
}

func (d *Decoder) slowString() string {
	b, ok := d.peek()
	if !ok {
		return ""
	}
	if b == tagNull {
		d.pos++
		return ""
	}
	if !isString(b) {
		if isScalar(b) {
			return d.scalarText(b)
		}
		if d.isNumber(b) {
			return d.numberText()
		}
		d.want("a string")
		return ""
	}
	start := d.pos
	n, last, ok := d.stringHead()
	if !ok {
		return ""
	}
	text := d.pos
	same := d.units(n)
	if last && same { // mostly the bytes are UTF-8 as they stand
		if !d.charge(d.pos - text) {
			return ""
		}
		return string(d.data[text:d.pos])
	}
	if !last {
		d.skipString()
	}
	end := d.pos
	if n := end - start; d.err != nil || !d.charge(n+n/8) { // the allocator rounds up
		return ""
	}
	out := make([]byte, 0, end-start) // UTF-8 is never longer
	d.pos = start
	for high := rune(0); d.pos < end; {
		n, _, _ := d.stringHead()
		text := d.pos
		d.units(n)
		out, high = appendUTF8(out, d.data[text:d.pos], high)
		if d.pos == end && high != 0 {
			out = appendUnit(out, high)
		}
	}
	return unsafe.String(unsafe.SliceData(out), len(out)) // nobody else has out
}

func isString(b byte) bool {
	return b < 0x20 || b&0xfc == 0x30 || b == tagString || b == tagStringChunk
}

// stringHead reads the head of a string's chunk: its UTF-16 units and whether
// it is the last.
func (d *Decoder) stringHead() (n int, last, ok bool) {
	b, ok := d.peek()
	if !ok {
		return 0, false, false
	}
	switch {
	case b < 0x20:
		d.pos++
		return int(b), true, true
	case b&0xfc == 0x30:
		if p := d.take(2); p != nil {
			return int(b&3)<<8 | int(p[1]), true, true
		}
	case b == tagString || b == tagStringChunk:
		if p := d.take(3); p != nil {
			return int(p[1])<<8 | int(p[2]), b == tagString, true
		}
	default:
		d.want("the next chunk of a string")
	}
	return 0, false, false
}

// units passes n UTF-16 units, and tells whether their bytes are valid UTF-8:
// without surrogates and in their shortest form. Only the first byte of a unit
// may be wrong: like Java it takes the low six bits of those that follow,
// whatever the others are.
func (d *Decoder) units(n int) (same bool) {
	p, data := d.pos, d.data
	same = true
	for ; n > 0; n-- {
		if p >= len(data) {
			d.truncated()
			return false
		}
		b := data[p]
		switch {
		case b < 0x80:
			p++
		case p+2 < len(data) && plain3(b, data[p+1], data[p+2]):
			p += 3
		case b&0xe0 == 0xc0:
			if p+1 >= len(data) {
				d.truncated()
				return false
			}
			same = same && b >= 0xc2 && data[p+1]&0xc0 == 0x80
			p += 2
		case b&0xf0 == 0xe0:
			if p+2 >= len(data) {
				d.truncated()
				return false
			}
			c := data[p+1]
			same = same && c&0xc0 == 0x80 && data[p+2]&0xc0 == 0x80 && (b != 0xe0 || c >= 0xa0) && (b != 0xed || c < 0xa0)
			p += 3
		default:
			d.pos = p
			d.failf("bad UTF-8 in a string: it begins with 0x%02x; characters beyond U+FFFF must be two surrogates", b)
			return false
		}
	}
	d.pos = p
	return same
}

// appendUTF8 appends units that were passed before to dst and returns the high surrogate that
// waits for its other half, 0 if none does; high is the one from before.
func appendUTF8(dst, src []byte, high rune) ([]byte, rune) {
	for i := 0; i < len(src); {
		var u rune
		switch b := src[i]; {
		case b < 0x80:
			u = rune(b)
			i++
		case b < 0xe0:
			u = rune(b&0x1f)<<6 | rune(src[i+1]&0x3f)
			i += 2
		default:
			u = rune(b&0xf)<<12 | rune(src[i+1]&0x3f)<<6 | rune(src[i+2]&0x3f)
			i += 3
		}
		if high != 0 {
			pair := 0xdc00 <= u && u < 0xe000
			if pair {
				dst = utf8.AppendRune(dst, 0x10000+(high-0xd800)<<10+u-0xdc00)
			} else {
				dst = appendUnit(dst, high)
			}
			high = 0
			if pair {
				continue
			}
		}
		switch {
		case u < 0x80:
			dst = append(dst, byte(u))
		case 0xd800 <= u && u < 0xdc00:
			high = u
		case u >= 0x800: // half a pair, too, which utf8 would not write
			dst = appendUnit(dst, u)
		default:
			dst = utf8.AppendRune(dst, u)
		}
	}
	return dst, high
}

// skipString checks and passes a string.
func (d *Decoder) skipString() {
	if p := d.pos; p < len(d.data) && d.data[p] < 0x20 { // a short one, mostly ASCII
		end := p + 1 + int(d.data[p])
		if end <= len(d.data) && isASCII(d.data[p+1:end]) {
			d.pos = end
			return
		}
	}
	for {
		n, last, ok := d.stringHead()
		if !ok {
			return
		}
		if end := d.pos + n; end <= len(d.data) && isASCII(d.data[d.pos:end]) {
			d.pos = end
		} else {
			d.units(n)
		}
		if last || d.err != nil {
			return
		}
	}
}

// Binary reads a byte array; null is nil.
func (d *Decoder) Binary() []byte {
	b, ok := d.peek()
	if !ok {
		return nil
	}
	if b == tagNull {
		d.pos++
		return nil
	}
	if !isBinary(b) {
		if d.generic && isList(b) {
			return d.listedBytes()
		}
		d.want("a byte array")
		return nil
	}
	var out []byte
	for {
		p, last := d.binaryChunk()
		if p == nil {
			return nil
		}
		if last && out == nil {
			if !d.charge(len(p)) {
				return nil
			}
			return append(make([]byte, 0, len(p)), p...)
		}
		if out == nil {
			n := d.binaryLen(len(p))
			if !d.charge(n) {
				return nil
			}
			out = make([]byte, 0, n)
		}
		out = append(out, p...)
		if last {
			return out
		}
	}
}

func isBinary(b byte) bool {
	return 0x20 <= b && b < 0x30 || b&0xfc == 0x34 || b == tagBinary || b == tagBinaryChunk
}

// binaryChunk returns the bytes of a chunk, aliasing the data; nil on error.
func (d *Decoder) binaryChunk() (p []byte, last bool) {
	b, ok := d.peek()
	if !ok {
		return nil, false
	}
	var n int
	head := 1
	switch {
	case 0x20 <= b && b < 0x30:
		n = int(b - 0x20)
	case b&0xfc == 0x34:
		if d.pos+1 >= len(d.data) {
			d.truncated()
			return nil, false
		}
		n, head = int(b&3)<<8|int(d.data[d.pos+1]), 2
	case b == tagBinary || b == tagBinaryChunk:
		if d.pos+2 >= len(d.data) {
			d.truncated()
			return nil, false
		}
		n, head = int(d.data[d.pos+1])<<8|int(d.data[d.pos+2]), 3
	default:
		d.want("the next chunk of a byte array")
		return nil, false
	}
	p = d.take(head + n)
	if p == nil {
		return nil, false
	}
	return p[head:], b != tagBinaryChunk
}

// binaryLen adds the lengths of the chunks that follow to n, so that the
// result is allocated once.
func (d *Decoder) binaryLen(n int) int {
	at := d.pos
	for {
		p, last := d.binaryChunk()
		n += len(p)
		if last || d.err != nil {
			break
		}
	}
	if d.err == nil {
		d.pos = at
	}
	return n
}

// skipBinary checks and passes a byte array.
func (d *Decoder) skipBinary() {
	for {
		p, last := d.binaryChunk()
		if last || p == nil {
			return
		}
	}
}
