package classfile

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// The tags of the constant pool.
const (
	tagUtf8               = 1
	tagInteger            = 3
	tagFloat              = 4
	tagLong               = 5
	tagDouble             = 6
	tagClass              = 7
	tagString             = 8
	tagFieldref           = 9
	tagMethodref          = 10
	tagInterfaceMethodref = 11
	tagNameAndType        = 12
	tagMethodHandle       = 15
	tagMethodType         = 16
	tagDynamic            = 17
	tagInvokeDynamic      = 18
	tagModule             = 19
	tagPackage            = 20
)

// sizes are how many bytes follow each tag; a Utf8's are counted by its first
// two.
var sizes = map[int]int{
	tagUtf8: 2, tagInteger: 4, tagFloat: 4, tagLong: 8, tagDouble: 8, tagClass: 2, tagString: 2,
	tagFieldref: 4, tagMethodref: 4, tagInterfaceMethodref: 4, tagNameAndType: 4,
	tagMethodHandle: 3, tagMethodType: 2, tagDynamic: 4, tagInvokeDynamic: 4, tagModule: 2, tagPackage: 2,
}

// constant is an entry of the pool. Only texts and classes are kept.
type constant struct {
	tag    int
	offset int
	class  int    // of a Class: the index of its name
	raw    []byte // of a Utf8, in the file
	text   string // raw decoded, once somebody asked
	asked  bool
}

func (r *reader) readPool() {
	at := r.pos
	n := r.u2("constant_pool_count")
	// The smallest constants have 3 bytes.
	if n > 0 && (n-1)*3 > r.left() {
		r.failAt(at, "constant_pool_count is %d, but only %d bytes are left", n, r.left())
	}
	if r.err != nil {
		return
	}
	r.pool = make([]constant, n)
	for i := 1; i < n && r.err == nil; i++ {
		c := constant{offset: r.pos}
		c.tag = r.u1("constant")
		size, ok := sizes[c.tag]
		if !ok {
			r.failAt(c.offset, "constant %d has the unknown tag %d", i, c.tag)
			return
		}
		switch c.tag {
		case tagUtf8:
			c.raw = r.take(r.u2("length of a text"), "text")
		case tagClass:
			c.class = r.u2("class")
		default:
			r.take(size, "constant")
		}
		r.pool[i] = c
		if c.tag == tagLong || c.tag == tagDouble {
			i++ // the next index stays unused
			if i >= n {
				r.failAt(c.offset, "constant %d needs two places, but the pool ends at %d", i-1, n-1)
			}
		}
	}
}

// constantAt returns the constant that index, read at offset at, names.
func (r *reader) constantAt(index, at, tag int, what string) *constant {
	if r.err != nil {
		return nil
	}
	if index <= 0 || index >= len(r.pool) {
		r.failAt(at, "%s is constant %d, but the pool ends at %d", what, index, len(r.pool)-1)
		return nil
	}
	c := &r.pool[index]
	if c.tag != tag {
		r.failAt(at, "%s is constant %d, which has tag %d, want %d", what, index, c.tag, tag)
		return nil
	}
	return c
}

// utf8 reads an index and returns the text there.
func (r *reader) utf8(what string) string {
	at := r.pos
	return r.text(r.u2(what), at, what)
}

func (r *reader) text(index, at int, what string) string {
	c := r.constantAt(index, at, tagUtf8, what)
	if c == nil {
		return ""
	}
	if !c.asked {
		s, err := decodeText(c.raw)
		if err != nil {
			r.failAt(c.offset, "%s: %v", what, err)
			return ""
		}
		c.text, c.asked = s, true
	}
	return c.text
}

// className reads an index and returns the class there as Java's Class.getName
// does: "com.acme.Order$Line". An index of 0 is "" where optional.
func (r *reader) className(optional bool, what string) string {
	at := r.pos
	index := r.u2(what)
	if index == 0 && optional {
		return ""
	}
	c := r.constantAt(index, at, tagClass, what)
	if c == nil {
		return ""
	}
	name := r.text(c.class, c.offset, what)
	if r.err == nil && !isInternalName(name) {
		r.failAt(c.offset, "%s: %q is no class name", what, clip(name))
	}
	return dotted(name)
}

// decodeText turns the class file's form of UTF-8 (a NUL in two bytes, two
// surrogates of three bytes each instead of four bytes) into Go's.
func decodeText(raw []byte) (string, error) {
	ascii := true
	for _, b := range raw {
		if b == 0 || b >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return string(raw), nil
	}
	units := make([]uint16, 0, len(raw))
	for i := 0; i < len(raw); {
		b := raw[i]
		n := 1
		switch {
		case b != 0 && b < 0x80:
			units = append(units, uint16(b))
		case b&0xe0 == 0xc0 && i+1 < len(raw) && raw[i+1]&0xc0 == 0x80:
			units = append(units, uint16(b&0x1f)<<6|uint16(raw[i+1]&0x3f))
			n = 2
		case b&0xf0 == 0xe0 && i+2 < len(raw) && raw[i+1]&0xc0 == 0x80 && raw[i+2]&0xc0 == 0x80:
			units = append(units, uint16(b&0x0f)<<12|uint16(raw[i+1]&0x3f)<<6|uint16(raw[i+2]&0x3f))
			n = 3
		default:
			return "", fmt.Errorf("byte %d of the text, %#02x, is no UTF-8 of a class file", i, b)
		}
		i += n
	}
	return string(utf16.Decode(units)), nil
}

// clip shortens a text of the file for an error.
func clip(s string) string {
	const most = 100
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
