package hessian

import (
	"fmt"
	"reflect"
)

// Codec encodes and decodes plain Go structs by reflection, with the same
// bytes as generated code. It knows the types that NewCodec was given and
// never changes, so many goroutines may use it.
//
// A struct is a Java class if it has a field `_ hessian.Class` with the tag
// `java:"com.example.User"`. A string type is a Java enum if it has a method
// JavaEnum() or JavaClassName(), each returning the class. A field's Java name
// is its java tag ("-" leaves it out), else its hessian tag, else its Go name
// with the capitals at the front lowered: ID is id, UserName userName, URLPath
// urlPath. Embedded structs are Java superclasses: their fields count as the
// struct's own.
//
// The types of dubbo-go's users work as they are: a struct with the method
// JavaClassName() string is that class, and a field without a tag has its Go
// name with the first letter lowered (ID is iD); it is also read under its Go
// name and in small letters. An int32 type with JavaClassName, String and
// EnumValue is an enum.
//
//	bool int8 int16 int32         boolean byte short int
//	int int64 float32 float64     long long float double
//	string []byte time.Time       String byte[] java.util.Date (and java.sql's)
//	*big.Int                      java.math.BigInteger
//	BigDecimal UUID LocalDate …   the class of the same name, see Value
//	*int32, *string, …            Integer, String …: nil is null
//	*T, T of a struct             object; T cannot be null or shared
//	[]T, map[K]V                  List or array, Map; nil is null
//	any, error                    Object, Throwable
//	*Object *List *Map *Exception a class, list, map or throwable as it is
//
// A struct with a method Error is a Java exception; its field named
// detailMessage, or else Error(), is the message.
type Codec struct {
	plans map[reflect.Type]*plan
	types *Types
}

// NewCodec returns a Codec for the types of the values given and all types
// that these contain. Values are only looked at for their types: a struct, a
// pointer to one, or an enum.
func NewCodec(values ...any) (*Codec, error) {
	c := &Codec{plans: make(map[reflect.Type]*plan)}
	for _, v := range values {
		t := reflect.TypeOf(v)
		for t != nil && t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t == nil {
			return nil, fmt.Errorf("hessian: NewCodec was given a nil, want a value of the type")
		}
		if err := c.register(t); err != nil {
			return nil, err
		}
	}
	c.seal()
	return c, nil
}

func (c *Codec) seal() {
	classes := make([]*ClassDesc, 0, len(c.plans))
	for _, p := range c.plans {
		classes = append(classes, p.desc)
	}
	c.types = NewTypes(classes...)
}

// Types are the classes that the Codec knows; for Decoder.Reset.
func (c *Codec) Types() *Types { return c.types }

// Marshal returns v in Hessian.
func (c *Codec) Marshal(v any) ([]byte, error) {
	var e Encoder
	c.Encode(&e, v)
	return e.Bytes(), e.Err()
}

// Unmarshal reads the one value in data into what ptr points to.
func (c *Codec) Unmarshal(data []byte, ptr any) error {
	var d Decoder
	d.Reset(data, c.types)
	c.Decode(&d, ptr)
	if d.Err() == nil && len(d.Rest()) > 0 {
		d.failf("%d bytes follow the value", len(d.Rest()))
	}
	return d.Err()
}

// Encode writes v to e. Whatever Any meets later in e, it may be of the
// Codec's types, too.
func (c *Codec) Encode(e *Encoder, v any) {
	e.codec = c
	t := reflect.TypeOf(v)
	if t == nil {
		e.Null()
		return
	}
	f, err := c.coderOf(t)
	if err != nil {
		e.Fail(err)
		return
	}
	f.encode(e, reflect.ValueOf(v))
}

// Decode reads a value from d into what ptr points to. d should have been
// Reset with c.Types().
func (c *Codec) Decode(d *Decoder, ptr any) {
	v := reflect.ValueOf(ptr)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		d.Fail(fmt.Errorf("hessian: cannot decode into a %T, want a pointer", ptr))
		return
	}
	f, err := c.coderOf(v.Type().Elem())
	if err != nil {
		d.Fail(err)
		return
	}
	f.decode(d, v.Elem())
}

// planFor returns the plan of struct or enum t, from the Codec in use or made
// for this Encoder alone.
func (e *Encoder) planFor(t reflect.Type) (*plan, error) {
	if e.codec != nil {
		if p := e.codec.plans[t]; p != nil {
			return p, nil
		}
	}
	if e.own == nil {
		e.own = &Codec{plans: make(map[reflect.Type]*plan)}
	}
	if p := e.own.plans[t]; p != nil {
		return p, nil
	}
	if err := e.own.register(t); err != nil {
		return nil, err
	}
	return e.own.plans[t], nil
}
