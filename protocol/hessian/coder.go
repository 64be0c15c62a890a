package hessian

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"time"
)

// maxTypeDepth bounds how deep slices, maps and pointers may be nested in a
// type, so that `type T []T` is an error.
const maxTypeDepth = 32

// coderOf returns the coder of t, registering structs and enums on the way. A
// sealed Codec has them all already, so that it only reads.
func (c *Codec) coderOf(t reflect.Type) (coder, error) { return c.nested(t, 0) }

func (c *Codec) nested(t reflect.Type, depth int) (coder, error) {
	if depth > maxTypeDepth {
		return coder{}, fmt.Errorf("hessian: %v contains itself without a struct between", t)
	}
	if p := c.plans[t]; p != nil {
		return p.coder(), nil
	}
	if t == reflect.TypeFor[time.Time]() {
		return coder{
			func(e *Encoder, v reflect.Value) { e.Date(v.Interface().(time.Time)) },
			func(d *Decoder, v reflect.Value) { v.Set(reflect.ValueOf(d.Date())) },
		}, nil
	}
	switch t {
	case reflect.TypeFor[*Object](), reflect.TypeFor[*List](), reflect.TypeFor[*Map](), reflect.TypeFor[*Exception]():
		return interfaceCoder(t)
	}
	if t == reflect.TypeFor[time.Duration]() {
		return coder{
			func(e *Encoder, v reflect.Value) { e.Duration(time.Duration(v.Int())) },
			func(d *Decoder, v reflect.Value) { v.SetInt(int64(d.Duration())) },
		}, nil
	}
	if t == reflect.TypeFor[*big.Int]() {
		return coder{
			func(e *Encoder, v reflect.Value) { e.BigInteger(v.Interface().(*big.Int)) },
			func(d *Decoder, v reflect.Value) { v.Set(reflect.ValueOf(d.BigInteger())) },
		}, nil
	}
	if name, _ := className(t); name != "" {
		if c.types != nil {
			return coder{}, fmt.Errorf("hessian: %v is not known to the Codec, give it to NewCodec", t)
		}
		if err := c.register(t); err != nil {
			return coder{}, err
		}
		return c.plans[t].coder(), nil
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[Value]()) {
		return valueCoder(t), nil
	}
	switch t.Kind() {
	case reflect.Bool, reflect.String, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint, reflect.Uint64:
		return scalarCoder(t.Kind()), nil
	case reflect.Interface:
		return interfaceCoder(t)
	case reflect.Pointer:
		return c.pointerCoder(t, depth+1)
	case reflect.Slice:
		if t.Implements(pairsType) {
			return c.pairsCoder(t, depth+1)
		}
		if t.Elem().Kind() == reflect.Uint8 {
			return coder{
				func(e *Encoder, v reflect.Value) { e.Binary(v.Bytes()) },
				func(d *Decoder, v reflect.Value) { v.SetBytes(d.Binary()) },
			}, nil
		}
		return c.sliceCoder(t, depth+1)
	case reflect.Map:
		if isSet(t) {
			return c.setCoder(t, depth+1)
		}
		return c.mapCoder(t, depth+1)
	}
	return coder{}, fmt.Errorf("hessian: a Go %v has no Java type", t)
}

// valueCoder is for types whose pointers are Values.
func valueCoder(t reflect.Type) coder {
	f := coder{decode: func(d *Decoder, v reflect.Value) { v.Addr().Interface().(Value).DecodeHessian(d) }}
	if t.Implements(reflect.TypeFor[Marshaler]()) {
		f.encode = func(e *Encoder, v reflect.Value) { v.Interface().(Marshaler).EncodeHessian(e) }
		return f
	}
	f.encode = func(e *Encoder, v reflect.Value) {
		p := reflect.New(t)
		p.Elem().Set(v)
		p.Interface().(Marshaler).EncodeHessian(e)
	}
	return f
}

func scalarCoder(k reflect.Kind) coder {
	f := coder{encode: (*Encoder).reflected}
	switch k {
	case reflect.Bool:
		f.decode = func(d *Decoder, v reflect.Value) { v.SetBool(d.Bool()) }
	case reflect.String:
		f.decode = func(d *Decoder, v reflect.Value) { v.SetString(d.String()) }
	case reflect.Float32, reflect.Float64:
		f.decode = func(d *Decoder, v reflect.Value) { v.SetFloat(d.Double()) }
	case reflect.Int, reflect.Int64:
		f.decode = func(d *Decoder, v reflect.Value) { v.SetInt(d.Long()) }
	case reflect.Int8, reflect.Int16, reflect.Int32:
		f.decode = func(d *Decoder, v reflect.Value) {
			n := int64(d.Int())
			if v.OverflowInt(n) {
				d.failf("%d does not fit a Go %v", n, v.Type())
				return
			}
			v.SetInt(n)
		}
	default:
		f.decode = func(d *Decoder, v reflect.Value) {
			n := d.Long()
			if n < 0 || v.OverflowUint(uint64(n)) {
				d.failf("%d does not fit a Go %v", n, v.Type())
				return
			}
			v.SetUint(uint64(n))
		}
	}
	return f
}

func interfaceCoder(t reflect.Type) (coder, error) {
	if t == errorType {
		return coder{
			func(e *Encoder, v reflect.Value) {
				err, _ := v.Interface().(error)
				e.Exception(err)
			},
			func(d *Decoder, v reflect.Value) { setInterface(v, d.Exception()) },
		}, nil
	}
	return coder{
		func(e *Encoder, v reflect.Value) { e.Any(v.Interface()) },
		func(d *Decoder, v reflect.Value) {
			got := d.Any()
			if got != nil && !reflect.TypeOf(got).AssignableTo(t) {
				d.failf("a %T is no %v", got, t)
				return
			}
			setInterface(v, got)
		},
	}, nil
}

func setInterface(v reflect.Value, got any) {
	if got == nil {
		v.SetZero()
		return
	}
	v.Set(reflect.ValueOf(got))
}

func (p *plan) coder() coder {
	if p.desc.isEnum() {
		return p.enumCoder()
	}
	return p.structCoder()
}

func (p *plan) enumCoder() coder {
	return coder{
		func(e *Encoder, v reflect.Value) { e.Enum(p.desc, p.enum.name(v)) },
		func(d *Decoder, v reflect.Value) { p.enum.set(v, d.Enum(p.desc)) },
	}
}

// structCoder is for structs by value, which Java cannot leave null.
func (p *plan) structCoder() coder {
	return coder{p.encode, func(d *Decoder, v reflect.Value) {
		if r, ok := d.Object(p.desc).(*reflected); ok {
			v.Set(r.v.Elem())
		} else {
			v.SetZero()
		}
	}}
}

func (c *Codec) pointerCoder(t reflect.Type, depth int) (coder, error) {
	elem, err := c.nested(t.Elem(), depth)
	if err != nil {
		return coder{}, err
	}
	if p := c.plans[t.Elem()]; p != nil && p.desc.New != nil {
		return coder{p.encodePointer, func(d *Decoder, v reflect.Value) {
			if r, ok := d.Object(p.desc).(*reflected); ok {
				v.Set(r.v)
			} else {
				v.SetZero()
			}
		}}, nil
	}
	return coder{
		func(e *Encoder, v reflect.Value) {
			if v.IsNil() {
				e.Null()
				return
			}
			elem.encode(e, v.Elem())
		},
		func(d *Decoder, v reflect.Value) {
			if d.Null() {
				v.SetZero()
				return
			}
			if !d.charge(int(t.Elem().Size())) {
				return
			}
			n := reflect.New(t.Elem())
			elem.decode(d, n.Elem())
			v.Set(n)
		},
	}, nil
}

func (p *plan) encodePointer(e *Encoder, v reflect.Value) {
	if v.IsNil() {
		e.Null()
		return
	}
	if !e.Ref(v.Interface()) {
		p.encode(e, v.Elem())
	}
}

func (c *Codec) sliceCoder(t reflect.Type, depth int) (coder, error) {
	elem, err := c.nested(t.Elem(), depth)
	if err != nil {
		return coder{}, err
	}
	size := int(t.Elem().Size())
	return coder{
		func(e *Encoder, v reflect.Value) {
			if v.IsNil() {
				e.Null()
				return
			}
			e.List("", v.Len())
			for i := 0; i < v.Len() && e.err == nil; i++ {
				elem.encode(e, v.Index(i))
			}
		},
		func(d *Decoder, v reflect.Value) {
			n, ok := d.List()
			if !ok {
				v.SetZero()
				return
			}
			if n > 0 && (size > math.MaxInt/n || !d.charge(n*size)) {
				d.charge(-1)
				return
			}
			v.Set(reflect.MakeSlice(t, 0, max(n, 0)))
			for i := 0; d.More(i, n); i++ {
				if i == v.Cap() {
					if !d.charge(2 * max(i, 4) * size) {
						return
					}
					v.Grow(max(i, 4))
				}
				v.SetLen(i + 1)
				elem.decode(d, v.Index(i))
			}
		},
	}, nil
}

func (c *Codec) mapCoder(t reflect.Type, depth int) (coder, error) {
	key, err := c.nested(t.Key(), depth)
	if err != nil {
		return coder{}, err
	}
	elem, err := c.nested(t.Elem(), depth)
	if err != nil {
		return coder{}, err
	}
	size := int(t.Key().Size() + t.Elem().Size()) // of the two boxes below, which the allocator rounds up
	return coder{
		func(e *Encoder, v reflect.Value) {
			if v.IsNil() {
				e.Null()
				return
			}
			e.Map("")
			for _, k := range sortedKeys(v) {
				key.encode(e, k)
				elem.encode(e, v.MapIndex(k))
			}
			e.MapEnd()
		},
		func(d *Decoder, v reflect.Value) {
			if !d.Map() {
				v.SetZero()
				return
			}
			m := reflect.MakeMap(t)
			for d.MapMore() {
				if !d.charge(2 * size) {
					return
				}
				k, x := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
				key.decode(d, k)
				elem.decode(d, x)
				if d.err != nil {
					return
				}
				if !k.Comparable() {
					d.failf("a %v cannot be the key of a Go map", k.Elem().Type())
					return
				}
				m.SetMapIndex(k, x)
			}
			v.Set(m)
		},
	}, nil
}
