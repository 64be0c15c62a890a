package hessian

import "unicode/utf8"

// Char is a java.lang.Character, one UTF-16 unit, which travels as a string of
// that length: Char('é'). As a field or parameter it is Java's char, a *Char is
// a Character.
type Char uint16

// String returns the character, U+FFFD for half of a surrogate pair.
func (v Char) String() string { return string(rune(v)) }

// EncodeHessian writes v.
func (v Char) EncodeHessian(e *Encoder) {
	switch {
	case v < utf8.RuneSelf:
		e.buf = append(e.buf, 1, byte(v))
	case v < 0x800:
		e.buf = append(e.buf, 1, 0xc0|byte(v>>6), 0x80|byte(v&0x3f))
	default:
		e.buf = append(e.buf, 1, 0xe0|byte(v>>12), 0x80|byte(v>>6&0x3f), 0x80|byte(v&0x3f))
	}
}

// DecodeHessian reads a string of one UTF-16 unit; the empty string is 0, as
// in Java.
func (v *Char) DecodeHessian(d *Decoder) {
	b, ok := d.peek()
	if !ok {
		return
	}
	if !isString(b) {
		d.want("a char")
		return
	}
	at := d.pos
	n, last, ok := d.stringHead()
	if !ok {
		return
	}
	text := d.pos
	d.units(n)
	if d.err != nil {
		return
	}
	if n > 1 || !last {
		d.pos = at
		d.failf("a string of more than one UTF-16 unit is no char, declare a string")
		return
	}
	*v = 0
	if n == 0 {
		return
	}
	switch p := d.data[text:d.pos]; len(p) {
	case 1:
		*v = Char(p[0])
	case 2:
		*v = Char(p[0]&0x1f)<<6 | Char(p[1]&0x3f)
	default:
		*v = Char(p[0]&0x0f)<<12 | Char(p[1]&0x3f)<<6 | Char(p[2]&0x3f)
	}
}
