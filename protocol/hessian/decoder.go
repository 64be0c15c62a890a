package hessian

import (
	"fmt"
	"math"
)

// Limits bound what a Decoder accepts. A zero field stands for its default.
type Limits struct {
	// Depth is how deep objects, lists and maps may nest; 64.
	Depth int
	// Classes is how many class definitions a message may hold; 1,000.
	Classes int
	// Fields is how many fields a class definition may have; 1,000.
	Fields int
	// Alloc is how many bytes may be allocated for decoded values; 1 MiB plus
	// 64 times the length of the input.
	Alloc int
}

// maxTypes bounds the type names of lists and maps in one message.
const maxTypes = 4096

// DecodeError tells what was wrong with the bytes, and where.
type DecodeError struct {
	// Offset counts bytes from the start of the data given to Reset.
	Offset int
	// Reason says what is wrong.
	Reason string
	// Limit says that the bytes may be valid but exceed one of the Limits.
	Limit bool
}

// Error returns "hessian: offset N: reason".
func (e *DecodeError) Error() string {
	return fmt.Sprintf("hessian: offset %d: %s", e.Offset, e.Reason)
}

// Decoder reads Hessian values from a byte slice. Its zero value reads
// nothing; give it data with Reset. After an error every method returns a zero
// value, every loop ends, and Err tells the first error. One goroutine at a
// time.
//
// What it returns shares no memory with the data.
type Decoder struct {
	data  []byte
	pos   int // len(data) after an error, so that every read ends
	err   error
	types *Types

	limits Limits
	budget int // bytes that may still be allocated
	depth  int

	refs      refTable
	slots     int // number of the next object, list or map
	defs      []def
	nextDef   int
	typeNames []typeName // of lists and maps
	nextType  int

	open    []openList // lists and maps that List and Map began
	exact   bool       // Tree rather than Any
	generic bool       // see Generic
	json    bool       // see JSON
	names   interned
}

// span is a string on the wire: where it starts, head included.
type span struct{ at uint32 }

// NewDecoder returns a Decoder that reads data and builds the classes of t.
func NewDecoder(data []byte, t *Types) *Decoder {
	d := new(Decoder)
	d.Reset(data, t)
	return d
}

// Reset starts to read a new message. t, which may be nil, names the classes
// that Any may build beside those given to Object and Enum.
func (d *Decoder) Reset(data []byte, t *Types) {
	d.refs.reset()
	clear(d.defs)
	clear(d.typeNames)
	d.data, d.pos, d.err, d.types = data, 0, nil, t
	d.depth, d.slots, d.nextDef, d.nextType = 0, 0, 0, 0
	d.defs, d.typeNames, d.open = d.defs[:0], d.typeNames[:0], d.open[:0]
	d.exact, d.generic, d.json = false, false, false
	d.SetLimits(Limits{})
	if len(data) > math.MaxInt32 {
		d.limitf("%d bytes of input: at most %d can be read", len(data), math.MaxInt32)
	}
}

// SetLimits replaces the limits until the next Reset, which sets the defaults.
func (d *Decoder) SetLimits(l Limits) {
	if l.Depth <= 0 {
		l.Depth = 64
	}
	if l.Classes <= 0 {
		l.Classes = 1000
	}
	l.Classes = min(l.Classes, math.MaxUint16)
	if l.Fields <= 0 {
		l.Fields = 1000
	}
	l.Fields = min(l.Fields, math.MaxInt16)
	if l.Alloc <= 0 {
		l.Alloc = 1<<20 + 64*len(d.data)
	}
	d.limits, d.budget = l, l.Alloc
}

// SetTypes replaces the classes that Any may build, e.g. when a response turns
// out to be an exception.
func (d *Decoder) SetTypes(t *Types) { d.types = t }

// Err returns the first error since Reset.
func (d *Decoder) Err() error { return d.err }

// Offset returns how many bytes have been read.
func (d *Decoder) Offset() int { return d.pos }

// Rest returns the bytes that have not been read; it aliases the data.
func (d *Decoder) Rest() []byte {
	if d.err != nil {
		return nil
	}
	return d.data[d.pos:]
}

// Fail sets the error that Err returns, unless there is one, and ends reading.
func (d *Decoder) Fail(err error) {
	if d.err == nil && err != nil {
		d.err = err
		d.pos = len(d.data)
	}
}

func (d *Decoder) failf(format string, args ...any) {
	if d.err == nil {
		d.Fail(&DecodeError{Offset: d.pos, Reason: fmt.Sprintf(format, args...)})
	}
}

func (d *Decoder) limitf(format string, args ...any) {
	if d.err == nil {
		d.Fail(&DecodeError{Offset: d.pos, Reason: fmt.Sprintf(format, args...), Limit: true})
	}
}

func (d *Decoder) truncated() { d.failf("the data ends inside a value") }

// charge takes n bytes from the allocation budget before they are allocated.
func (d *Decoder) charge(n int) bool {
	if n < 0 || n > d.budget {
		d.limitf("decoding would allocate more than %d bytes, raise Limits.Alloc to allow it", d.limits.Alloc)
		return false
	}
	d.budget -= n
	return true
}

func (d *Decoder) enter() bool {
	if d.depth >= d.limits.Depth {
		d.limitf("values nest deeper than %d, raise Limits.Depth to allow it", d.limits.Depth)
		return false
	}
	d.depth++
	return true
}

func (d *Decoder) leave() { d.depth-- }

// peek returns the next byte without taking it; false at the end.
func (d *Decoder) peek() (byte, bool) {
	if d.pos < len(d.data) {
		return d.data[d.pos], true
	}
	d.truncated()
	return 0, false
}

// take returns the next n bytes, nil with an error if there are fewer.
func (d *Decoder) take(n int) []byte {
	if n > len(d.data)-d.pos {
		d.truncated()
		return nil
	}
	b := d.data[d.pos : d.pos+n]
	d.pos += n
	return b
}

// want fails with what was found instead of a value of kind what.
func (d *Decoder) want(what string) {
	if b, ok := d.peek(); ok {
		d.failf("found %s, want %s", kindOf(b), what)
	}
}

// Null takes a null if the next value is one and says whether it was.
func (d *Decoder) Null() bool {
	if d.pos < len(d.data) && d.data[d.pos] == tagNull {
		d.pos++
		return true
	}
	if d.pos >= len(d.data) {
		d.truncated()
	}
	return false
}

// kindOf names the kind of value that begins with b, for errors.
func kindOf(b byte) string {
	switch {
	case b < 0x20, b&0xfc == 0x30, b == tagString, b == tagStringChunk:
		return "a string"
	case b < 0x30, b&0xfc == 0x34, b == tagBinary, b == tagBinaryChunk:
		return "a byte array"
	case isInt(b):
		return "an int"
	case isLong(b):
		return "a long"
	case isDouble(b):
		return "a double"
	case 0x60 <= b && b < 0x70, b == tagObject, b == tagClass:
		return "an object"
	case 0x70 <= b && b < 0x80, 0x55 <= b && b <= 0x58:
		return "a list"
	}
	switch b {
	case tagNull:
		return "null"
	case tagTrue, tagFalse:
		return "a boolean"
	case tagDateMilli, tagDateMinute:
		return "a date"
	case tagMap, tagTypedMap:
		return "a map"
	case tagRef:
		return "a reference"
	case tagEnd:
		return "the end of a list or map"
	}
	return fmt.Sprintf("the reserved code 0x%02x", b)
}

func isInt(b byte) bool { return b == tagInt || 0x80 <= b && b <= 0xd7 }

func isLong(b byte) bool {
	return b >= 0xd8 || b == tagLong || b == tagLong4 || 0x38 <= b && b <= 0x3f
}

func isDouble(b byte) bool { return b == tagDouble || 0x5b <= b && b <= 0x5f }
