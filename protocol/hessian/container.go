package hessian

import (
	"math"
	"reflect"
	"strings"
)

// openList is a list or map that List or Map began and More or MapMore will
// end.
type openList struct {
	back  mark
	start int
	again bool // it is read a second time, for a reference

	entries int // of a map, so far
}

// List reads the head of a list and returns its length, -1 for one that ends
// where More says so; ok is false for null and on error. The values follow:
//
//	if n, ok := d.List(); ok {
//		s := hessian.MakeSlice[string](d, n)
//		for i := 0; d.More(i, n); i++ {
//			s = append(s, d.String())
//		}
//	}
//
// The loop must run until More returns false. A length is never larger than
// the number of bytes left; a negative one counts as 0, as in Java, but is an
// error of an array. A byte array is no list: see Binary.
func (d *Decoder) List() (n int, ok bool) {
	b, ok := d.definitions()
	if !ok {
		return 0, false
	}
	o := openList{}
	switch b {
	case tagNull:
		d.pos++
		return 0, false
	case tagRef:
		if o, ok = d.reread(); !ok {
			return 0, false
		}
	}
	at := d.here()
	n, _, ok = d.listHead()
	if !ok || !d.enter() {
		return 0, false
	}
	d.newSlot(at)
	d.open = append(d.open, o)
	return n, true
}

// reread goes to what the reference that begins here names.
func (d *Decoder) reread() (openList, bool) {
	i := d.refNo()
	if i < 0 {
		return openList{}, false
	}
	back := d.goTo(i)
	return openList{back: back, start: d.pos, again: true}, true
}

// More says whether value i follows in a list of length n, and ends the list
// when none does.
func (d *Decoder) More(i, n int) bool {
	if d.err != nil {
		return false
	}
	if n >= 0 {
		if i < n {
			return true
		}
	} else if b, ok := d.peek(); !ok || b != tagEnd {
		return ok
	} else {
		d.pos++
	}
	d.end()
	return false
}

// end ends the innermost list or map.
func (d *Decoder) end() {
	last := len(d.open) - 1
	if last < 0 {
		d.failf("More or MapMore without List or Map")
		return
	}
	d.leave()
	if o := d.open[last]; o.again {
		d.charge(d.pos - o.start)
		d.back(o.back)
	}
	d.open = d.open[:last]
}

// listHead reads the head of a list: its length, -1 if it is open, and the
// number of its type.
func (d *Decoder) listHead() (n int, typ int, ok bool) {
	b, ok := d.peek()
	if !ok {
		return 0, noType, false
	}
	d.pos++
	typ = noType
	switch {
	case 0x70 <= b && b <= 0x77:
		n, typ = int(b-0x70), d.typeName()
	case 0x78 <= b && b <= 0x7f:
		n = int(b - 0x78)
	case b == tagTypedList:
		typ = d.typeName()
		n = d.small()
	case b == tagList:
		n = d.small()
	case b == tagTypedVarList:
		return -1, d.typeName(), d.err == nil
	case b == tagVarList:
		return -1, typ, true
	default:
		d.pos--
		d.want("a list")
	}
	if n < 0 { // to Java's collections as good as 0
		if strings.HasPrefix(d.typeText(typ), "[") {
			d.failf("an array of %d values", n)
		}
		n = 0
	}
	if d.err == nil && n > len(d.data)-d.pos {
		d.failf("a list of %d values, but only %d bytes are left", n, len(d.data)-d.pos)
	}
	return n, typ, d.err == nil
}

// Map reads the head of a map; false for null and on error. Keys and values
// follow in turn while MapMore says so, and it must be asked until it does
// not:
//
//	if d.Map() {
//		for d.MapMore() {
//			k := d.String()
//			m[k] = d.Int()
//		}
//	}
func (d *Decoder) Map() bool {
	b, ok := d.definitions()
	if !ok {
		return false
	}
	o := openList{}
	switch b {
	case tagNull:
		d.pos++
		return false
	case tagRef:
		if o, ok = d.reread(); !ok {
			return false
		}
	}
	at := d.here()
	if _, ok = d.mapHead(); !ok || !d.enter() || !d.charge(mapSize(0)) {
		return false
	}
	d.newSlot(at)
	d.open = append(d.open, o)
	return true
}

// MapMore says whether a key follows, and ends the map when none does.
func (d *Decoder) MapMore() bool {
	if !d.More(0, -1) {
		return false
	}
	if len(d.open) == 0 {
		d.failf("MapMore without Map")
		return false
	}
	o := &d.open[len(d.open)-1]
	o.entries++
	return d.charge(mapSize(o.entries) - mapSize(o.entries-1))
}

// mapSize is what a Go map of n entries allocates, about: one group of eight,
// then a table that is half full at worst.
func mapSize(n int) int {
	switch {
	case n == 0:
		return 48
	case n <= 8:
		return 336
	}
	return 400 + 80*n
}

func (d *Decoder) mapHead() (typ int, ok bool) {
	b, ok := d.peek()
	typ = noType
	switch {
	case !ok:
		return typ, false
	case b == tagMap:
		d.pos++
	case b == tagTypedMap:
		d.pos++
		typ = d.typeName()
	default:
		d.want("a map")
	}
	return typ, d.err == nil
}

// MakeSlice returns an empty slice with room for a list of n values, as List
// returned it. It counts towards Limits.Alloc, so that a small message cannot
// make a large slice.
func MakeSlice[T any](d *Decoder, n int) []T {
	if n <= 0 {
		return []T{}
	}
	if size := int(reflect.TypeFor[T]().Size()); d.err != nil || size > 0 && n > math.MaxInt/size || !d.charge(n*size) {
		d.charge(-1)
		return nil
	}
	return make([]T, 0, n)
}
