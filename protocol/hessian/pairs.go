package hessian

import (
	"math"
	"reflect"
	"time"
)

// Pairs is a java.util.Map in the order of its entries, also with keys that no
// Go map can have. It is written as a java.util.LinkedHashMap, so that Java
// keeps the order; nil is null.
type Pairs[K, V any] []Pair[K, V]

// Pair is an entry of Pairs.
type Pair[K, V any] struct {
	Key   K
	Value V
}

// linkedMap is the class of Pairs on the wire.
const linkedMap = "java.util.LinkedHashMap"

// pairs is what all Pairs are.
type pairs interface{ encodePairs(e *Encoder) }

var pairsType = reflect.TypeFor[pairs]()

func (p Pairs[K, V]) encodePairs(e *Encoder) {
	if p == nil {
		e.Null()
		return
	}
	e.Map(linkedMap)
	for i := range p {
		if e.err != nil {
			return
		}
		e.Any(p[i].Key)
		e.Any(p[i].Value)
	}
	e.MapEnd()
}

// pairsCoder is for Pairs, whose elements are structs of a key and a value.
func (c *Codec) pairsCoder(t reflect.Type, depth int) (coder, error) {
	key, err := c.nested(t.Elem().Field(0).Type, depth)
	if err != nil {
		return coder{}, err
	}
	value, err := c.nested(t.Elem().Field(1).Type, depth)
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
			e.Map(linkedMap)
			for i := 0; i < v.Len() && e.err == nil; i++ {
				key.encode(e, v.Index(i).Field(0))
				value.encode(e, v.Index(i).Field(1))
			}
			e.MapEnd()
		},
		func(d *Decoder, v reflect.Value) {
			if !d.Map() {
				v.SetZero()
				return
			}
			s := reflect.MakeSlice(t, 0, 0)
			for d.MapMore() {
				if s.Len() == s.Cap() && !d.charge(2*max(s.Len(), 4)*size) {
					return
				}
				p := reflect.New(t.Elem()).Elem()
				key.decode(d, p.Field(0))
				value.decode(d, p.Field(1))
				s = reflect.Append(s, p)
			}
			v.Set(s)
		},
	}, nil
}

// MakeSet returns an empty set with room for a list of n values, as List
// returned it. Like MakeSlice it counts towards Limits.Alloc.
func MakeSet[T comparable](d *Decoder, n int) map[T]struct{} {
	n = max(n, 0)
	if d.err != nil || n > math.MaxInt/128 || !d.charge(mapSize(n)) {
		d.charge(-1)
		return nil
	}
	return make(map[T]struct{}, n)
}

// setCoder is for maps to struct{}, which are Java's sets.
func (c *Codec) setCoder(t reflect.Type, depth int) (coder, error) {
	key, err := c.nested(t.Key(), depth)
	if err != nil {
		return coder{}, err
	}
	size := int(t.Key().Size())
	return coder{
		func(e *Encoder, v reflect.Value) {
			if v.IsNil() {
				e.Null()
				return
			}
			e.List(hashSet, v.Len())
			for _, k := range sortedKeys(v) {
				key.encode(e, k)
			}
		},
		func(d *Decoder, v reflect.Value) {
			n, ok := d.List()
			if !ok {
				v.SetZero()
				return
			}
			m := reflect.MakeMap(t)
			for i := 0; d.More(i, n); i++ {
				if !d.charge(mapSize(i+1) - mapSize(i) + 2*size) {
					return
				}
				k := reflect.New(t.Key()).Elem()
				key.decode(d, k)
				if d.err != nil {
					return
				}
				if !k.Comparable() {
					d.failf("a %v cannot be in a Go set", k.Elem().Type())
					return
				}
				m.SetMapIndex(k, reflect.Zero(t.Elem()))
			}
			v.Set(m)
		},
	}, nil
}

// hashSet is the class of a set on the wire.
const hashSet = "java.util.HashSet"

// isSet tells whether t is a map to struct{}.
func isSet(t reflect.Type) bool {
	return t.Kind() == reflect.Map && t.Elem().Kind() == reflect.Struct && t.Elem().NumField() == 0
}

// Duration writes a java.time.Duration.
func (e *Encoder) Duration(v time.Duration) { DurationOf(v).EncodeHessian(e) }

// Duration reads a java.time.Duration; null is 0. One beyond the range of a
// time.Duration is an error: declare a hessian.Duration.
func (d *Decoder) Duration() time.Duration {
	var v Duration
	v.DecodeHessian(d)
	n, ok := v.Std()
	if !ok {
		d.failf("a java.time.Duration of %d s does not fit a time.Duration, declare hessian.Duration", v.Seconds)
	}
	return n
}

// One reads an object of one of several classes, which are Ts: those that an
// interface stands for. It is of a class that Types has; any other value is an
// error. Null is nil.
func One[T any](d *Decoder) (one T) {
	at := d.pos
	switch v := d.Any().(type) {
	case T:
		return v
	case nil:
	case *Object:
		d.pos = at
		d.failf("class %q is none of those that a %v can be", v.Class, reflect.TypeFor[T]())
	default:
		d.pos = at
		d.failf("a %T is no %v", v, reflect.TypeFor[T]())
	}
	return one
}
