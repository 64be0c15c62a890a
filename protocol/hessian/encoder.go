package hessian

import (
	"fmt"
	"math"
	"time"
)

// Encoder appends Hessian values to a byte slice. The zero value is ready. It
// keeps its tables across Reset, so a reused Encoder allocates nothing for
// values of generated types. One goroutine at a time.
//
// References, classes and type names are numbered from Reset on: what belongs
// to one message must go through one Encoder.
type Encoder struct {
	buf []byte
	err error

	slots   int // objects, lists and maps so far; the number of the next
	classes table[*ClassDesc]
	defs    int // class definitions so far
	classNo []int
	dynamic map[string]int // definitions without a ClassDesc
	types   table[string]
	refs    table[any]
	refNo   []int
	enums   []enumRef
	depth   int
	codec   *Codec // that of Codec.Encode
	own     *Codec // of types that codec does not know
}

// enumRef is an enum constant that was written. Java refers back to it, too.
type enumRef struct {
	class *ClassDesc
	name  string
	slot  int
}

// maxEnums bounds the constants that are remembered: the search is linear.
const maxEnums = 16

// maxEncodeDepth bounds the recursion over values, see Enter.
const maxEncodeDepth = 512

// NewEncoder returns an Encoder that appends to buf, which may be nil.
func NewEncoder(buf []byte) *Encoder { return &Encoder{buf: buf} }

// Reset starts a new message that is appended to buf. The caller gives buf to
// the Encoder until it takes Bytes.
func (e *Encoder) Reset(buf []byte) {
	e.buf, e.err = buf, nil
	e.slots, e.defs, e.depth = 0, 0, 0
	e.classes.reset()
	e.classNo = e.classNo[:0]
	e.types.reset()
	e.refs.reset()
	e.refNo = e.refNo[:0]
	clear(e.enums)
	e.enums = e.enums[:0]
	if len(e.dynamic) > 0 {
		clear(e.dynamic)
	}
	e.codec = nil
}

// Bytes returns what was given to Reset and all that was appended. It is
// incomplete if Err is not nil.
func (e *Encoder) Bytes() []byte { return e.buf }

// Len returns the length of Bytes.
func (e *Encoder) Len() int { return len(e.buf) }

// Err returns the first error since Reset.
func (e *Encoder) Err() error { return e.err }

// Fail sets the error that Err returns, unless there is one.
func (e *Encoder) Fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

func (e *Encoder) failf(format string, args ...any) {
	e.Fail(fmt.Errorf("hessian: "+format, args...))
}

// Raw appends bytes that are encoded already: values without references,
// classes and types, or the last value of the message.
func (e *Encoder) Raw(b []byte) { e.buf = append(e.buf, b...) }

// Null writes a null.
func (e *Encoder) Null() { e.buf = append(e.buf, tagNull) }

// Bool writes a boolean.
func (e *Encoder) Bool(v bool) { e.buf = AppendBool(e.buf, v) }

// Int writes an int; also byte and short, which Java writes as ints.
func (e *Encoder) Int(v int32) { e.buf = AppendInt(e.buf, v) }

// Long writes a long.
func (e *Encoder) Long(v int64) { e.buf = AppendLong(e.buf, v) }

// Double writes a double.
func (e *Encoder) Double(v float64) { e.buf = AppendDouble(e.buf, v) }

// Float writes a float: the double with the same shortest decimal form.
func (e *Encoder) Float(v float32) { e.buf = AppendFloat(e.buf, v) }

// String writes a string; also a char, which Java writes as one.
func (e *Encoder) String(s string) { e.buf = AppendString(e.buf, s) }

// Binary writes a byte array, null for nil.
func (e *Encoder) Binary(b []byte) { e.buf = AppendBinary(e.buf, b) }

// Date writes a java.util.Date, null for the zero Time.
func (e *Encoder) Date(t time.Time) { e.buf = AppendDate(e.buf, t) }

// List writes the head of a list of n values, which must follow. class is the
// Java type, e.g. "[string" for String[] or "java.util.HashSet"; "" writes an
// untyped list, which Java reads as what the receiver declares.
func (e *Encoder) List(class string, n int) {
	if n < 0 || n > math.MaxInt32 {
		e.failf("list of %d values: the length must be 0 to %d", n, math.MaxInt32)
		n = 0
	}
	e.slots++
	if class == "" {
		if n < 8 {
			e.buf = append(e.buf, byte(0x78+n))
			return
		}
		e.buf = AppendInt(append(e.buf, tagList), int32(n))
		return
	}
	if n < 8 {
		e.buf = append(e.buf, byte(0x70+n))
		e.typeName(class)
		return
	}
	e.buf = append(e.buf, tagTypedList)
	e.typeName(class)
	e.buf = AppendInt(e.buf, int32(n))
}

// Map writes the head of a map. Keys and values must follow in turn, then
// MapEnd. class is the Java type; "" stands for java.util.HashMap.
func (e *Encoder) Map(class string) {
	e.slots++
	if class == "" {
		e.buf = append(e.buf, tagMap)
		return
	}
	e.buf = append(e.buf, tagTypedMap)
	e.typeName(class)
}

// MapEnd ends a map.
func (e *Encoder) MapEnd() { e.buf = append(e.buf, tagEnd) }

func (e *Encoder) typeName(class string) {
	if i, found := e.types.add(class); found {
		e.buf = AppendInt(e.buf, int32(i))
		return
	}
	e.buf = AppendString(e.buf, class)
}

// Ref writes a reference and returns true if p, a pointer that is not nil, was
// given before. Else it returns false, and the caller writes the object, list
// or map that p stands for at once.
func (e *Encoder) Ref(p any) bool {
	if i, found := e.refs.add(p); found {
		e.writeRef(e.refNo[i])
		return true
	}
	e.refNo = append(e.refNo, e.slots)
	return false
}

func (e *Encoder) writeRef(slot int) { e.buf = AppendInt(append(e.buf, tagRef), int32(slot)) }

// Object writes the head of an object of class c, and the class's definition
// the first time. The fields' values must follow in the order of c.Fields.
func (e *Encoder) Object(c *ClassDesc) {
	e.slots++
	i, found := e.classes.add(c)
	if !found {
		e.buf = append(e.buf, c.cached().raw...)
		e.classNo = append(e.classNo, e.defs)
		e.defs++
	}
	e.instance(e.classNo[i])
}

func (e *Encoder) instance(def int) {
	if def < 16 {
		e.buf = append(e.buf, byte(0x60+def))
		return
	}
	e.buf = AppendInt(append(e.buf, tagObject), int32(def))
}

// dynamicObject is Object for a class without a ClassDesc.
func (e *Encoder) dynamicObject(class string, fields []string) {
	e.slots++
	at := len(e.buf)
	e.buf = appendClassDef(e.buf, class, fields)
	n, found := e.dynamic[string(e.buf[at:])]
	if found {
		e.buf = e.buf[:at]
	} else {
		if e.dynamic == nil {
			e.dynamic = make(map[string]int)
		}
		n = e.defs
		e.dynamic[string(e.buf[at:])] = n
		e.defs++
	}
	e.instance(n)
}

// Enum writes the constant of enum c with that name, null for "".
func (e *Encoder) Enum(c *ClassDesc, name string) {
	if name == "" {
		e.Null()
		return
	}
	for i := range e.enums {
		if r := &e.enums[i]; r.class == c && r.name == name {
			e.writeRef(r.slot)
			return
		}
	}
	if len(e.enums) < maxEnums {
		e.enums = append(e.enums, enumRef{c, name, e.slots})
	}
	e.Object(c)
	e.String(name)
}
