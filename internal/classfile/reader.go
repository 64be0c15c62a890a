package classfile

import (
	"encoding/binary"
	"fmt"
)

// Error is a class file that cannot be read.
type Error struct {
	// Where is the file, as jar!entry if it came out of a jar.
	Where string
	// Offset is in the class file, in bytes.
	Offset int
	// Message says what is wrong there.
	Message string
}

// Error returns "classfile: jar!entry: offset n: message".
func (e *Error) Error() string {
	return fmt.Sprintf("classfile: %s: offset %d: %s", e.Where, e.Offset, e.Message)
}

// reader is a place in a class file with a sticky error: after the first one
// all reads give zero.
type reader struct {
	where string
	data  []byte
	pos   int
	pool  []constant
	// budget is how many bytes of descriptors and signatures may still be
	// taken apart. Many members may share one long constant, so the file's size
	// alone does not bound them.
	budget int
	err    error
}

func (r *reader) failAt(offset int, format string, args ...any) {
	if r.err == nil {
		r.err = &Error{r.where, offset, fmt.Sprintf(format, args...)}
	}
}

// left is how many bytes are not read yet.
func (r *reader) left() int { return len(r.data) - r.pos }

// take returns the next n bytes of the file itself.
func (r *reader) take(n int, what string) []byte {
	if r.err != nil {
		return nil
	}
	if n > r.left() {
		r.failAt(r.pos, "%s needs %d bytes, but the file ends after %d", what, n, r.left())
		return nil
	}
	b := r.data[r.pos : r.pos+n]
	r.pos += n
	return b
}

func (r *reader) u1(what string) int {
	if b := r.take(1, what); b != nil {
		return int(b[0])
	}
	return 0
}

func (r *reader) u2(what string) int {
	if b := r.take(2, what); b != nil {
		return int(binary.BigEndian.Uint16(b))
	}
	return 0
}

func (r *reader) u4(what string) uint32 {
	if b := r.take(4, what); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// count reads how many things of at least size bytes follow, and refuses more
// than there is room for.
func (r *reader) count(size int, what string) int {
	at := r.pos
	n := r.u2(what)
	if r.err == nil && n*size > r.left() {
		r.failAt(at, "%s is %d, but only %d bytes are left", what, n, r.left())
	}
	if r.err != nil {
		return 0
	}
	return n
}
