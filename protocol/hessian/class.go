package hessian

import (
	"bytes"
	"reflect"
	"slices"
	"sync/atomic"
)

// Class marks a struct as a Java class. Its tag names the class:
//
//	type User struct {
//		_  hessian.Class `java:"com.example.User"`
//		ID int64
//	}
//
// It takes no space.
type Class struct{}

// ClassDesc describes one Java class to Encoder and Decoder. Generated code
// keeps one per class in a package variable and never changes it. It must not
// be copied.
type ClassDesc struct {
	// Name is the Java class name, e.g. "com.example.User".
	Name string
	// Fields are the Java names of the fields in the order in which they are
	// written. An enum has none.
	Fields []string
	// New returns a pointer to a new zero value, which implements
	// Unmarshaler. It is nil for an enum.
	New func() any
	// Enum turns the name of a constant into the Go value that Any returns; nil
	// for classes that are no enum.
	Enum func(name string) any
	// Also are other names under which a peer may send a field, each with the
	// name that the field has in Fields. A name of Fields means that field.
	// nil is none.
	Also map[string]string

	cache atomic.Pointer[classCache]
	// seen is how a peer wrote its definition the last time, so that the same
	// bytes need no second look.
	seen atomic.Pointer[seenDef]
}

// classCache is what is derived from a ClassDesc once.
type classCache struct {
	seenDef // the definition as we write it; its index is nil: the same
	byName  map[string]int16
	typ     reflect.Type // what New returns; nil for an enum
	size    int          // bytes that New allocates
}

// seenDef is a peer's class definition, from 'C' to the last field's name, and
// for each of its fields the index in ClassDesc.Fields, -1 for none.
type seenDef struct {
	raw    []byte
	fields int // where in raw the first field's name begins
	count  int // fields
	index  []int16

	nameless bool // a field's name is null
}

// maxSeen bounds the bytes of a definition that are kept.
const maxSeen = 4096

var enumFields = []string{"name"}

func (c *ClassDesc) isEnum() bool { return c.New == nil && len(c.Fields) == 0 }

func (c *ClassDesc) cached() *classCache {
	if k := c.cache.Load(); k != nil {
		return k
	}
	fields := c.Fields
	if c.isEnum() {
		fields = enumFields
	}
	k := &classCache{byName: make(map[string]int16, len(fields))}
	k.raw = appendClassDef(nil, c.Name, fields)
	k.fields = len(appendClassHead(nil, c.Name, len(fields)))
	k.count = len(fields)
	for i, f := range fields {
		k.byName[f] = int16(i)
	}
	for name, field := range c.Also {
		if i := slices.Index(c.Fields, field); i >= 0 && !slices.Contains(c.Fields, name) {
			k.byName[name] = int16(i)
		}
	}
	if c.New != nil {
		v := c.New()
		k.typ = reflect.TypeOf(v)
		if s, ok := v.(interface{ hessianSize() int }); ok {
			k.size = s.hessianSize()
		} else if k.typ != nil && k.typ.Kind() == reflect.Pointer {
			k.size = int(k.typ.Elem().Size())
			k.size += k.size / 8 // the allocator rounds up
		}
	}
	c.cache.Store(k)
	return k
}

func appendClassDef(dst []byte, name string, fields []string) []byte {
	dst = appendClassHead(dst, name, len(fields))
	for _, f := range fields {
		dst = AppendString(dst, f)
	}
	return dst
}

func appendClassHead(dst []byte, name string, fields int) []byte {
	return AppendInt(AppendString(append(dst, tagClass), name), int32(fields))
}

// known returns the definition at the start of data if it is one that c has
// met before, else nil.
func (c *ClassDesc) known(data []byte) *seenDef {
	if k := c.cached(); bytes.HasPrefix(data, k.raw) {
		return &k.seenDef
	}
	if s := c.seen.Load(); s != nil && bytes.HasPrefix(data, s.raw) {
		return s
	}
	return nil
}

func (c *ClassDesc) remember(s seenDef) {
	if len(s.raw) <= maxSeen {
		s.raw = bytes.Clone(s.raw)
		c.seen.Store(&s)
	}
}

// Marshaler is a Go type that writes itself: generated code gives it to
// structs (on the pointer, writing null for nil) and to enums.
type Marshaler interface {
	EncodeHessian(e *Encoder)
}

// Unmarshaler is what ClassDesc.New returns. DecodeHessianField reads the
// value of the field with that index in ClassDesc.Fields; the Decoder skips
// fields that the class does not have.
type Unmarshaler interface {
	DecodeHessianField(d *Decoder, field int)
}

// Body is the arguments or the reply of a call: what a protocol encodes and
// decodes.
type Body interface {
	EncodeHessian(e *Encoder)
	DecodeHessian(d *Decoder)
	// HessianTypes are the classes that may arrive; nil for none.
	HessianTypes() *Types
}

// Types is the set of classes that a decoder may build: those that the
// declared signature reaches. It never changes. A nil *Types is the empty set.
type Types struct {
	byName map[string]*ClassDesc
}

// NewTypes returns the set of classes. Of two with one name the first counts.
func NewTypes(classes ...*ClassDesc) *Types {
	t := &Types{byName: make(map[string]*ClassDesc, len(classes))}
	for _, c := range classes {
		if c != nil && t.byName[c.Name] == nil {
			t.byName[c.Name] = c
		}
	}
	return t
}

// Class returns the class with that Java name, nil if the set has none.
func (t *Types) Class(name string) *ClassDesc {
	if t == nil {
		return nil
	}
	return t.byName[name]
}

func (t *Types) classBytes(name []byte) *ClassDesc {
	if t == nil {
		return nil
	}
	return t.byName[string(name)]
}
