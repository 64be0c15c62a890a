package hessian

import "fmt"

// Skip passes one value and checks its form, but builds nothing. What Skip
// accepts, Tree accepts, within Limits.Alloc; Any also checks what stands in
// arrays and in the JDK's classes.
func (d *Decoder) Skip() {
	b, ok := d.definitions()
	if !ok {
		return
	}
	switch {
	case isString(b):
		d.skipString()
	case isInt(b):
		d.rawInt()
	case isLong(b):
		d.rawLong()
	case isDouble(b):
		d.rawDouble()
	case isBinary(b):
		d.skipBinary()
	case b == tagNull, b == tagTrue, b == tagFalse:
		d.pos++
	case b == tagDateMilli:
		d.take(9)
	case b == tagDateMinute:
		d.take(5)
	case b == tagRef:
		d.refNo()
	case 0x60 <= b && b < 0x70, b == tagObject:
		d.skipObject()
	case b == tagMap, b == tagTypedMap:
		d.skipMap()
	case 0x70 <= b && b < 0x80, 0x55 <= b && b <= 0x58:
		d.skipList()
	default:
		d.want("a value")
	}
}

func (d *Decoder) skipObject() {
	at := d.here()
	n := d.instance()
	if n < 0 {
		return
	}
	d.newSlot(at)
	d.skipFields(n)
}

// skipFields passes the fields of an object of definition n.
func (d *Decoder) skipFields(n int) {
	if !d.enter() {
		return
	}
	for range d.defs[n].n {
		d.Skip()
		if d.err != nil {
			return
		}
	}
	d.leave()
}

func (d *Decoder) skipList() {
	at := d.here()
	n, _, ok := d.listHead()
	if !ok || !d.enter() {
		return
	}
	d.newSlot(at)
	if n < 0 {
		d.skipOpen()
	} else {
		for range n {
			d.Skip()
			if d.err != nil {
				return
			}
		}
	}
	d.leave()
}

func (d *Decoder) skipMap() {
	at := d.here()
	if _, ok := d.mapHead(); !ok || !d.enter() {
		return
	}
	d.newSlot(at)
	for !d.ended() {
		d.Skip()
		d.Skip()
	}
	d.leave()
}

func (d *Decoder) skipOpen() {
	for !d.ended() {
		d.Skip()
	}
}

// ended takes the end of an open list or map if it is here; also true on error.
func (d *Decoder) ended() bool {
	b, ok := d.peek()
	if !ok {
		return true
	}
	if b == tagEnd {
		d.pos++
		return true
	}
	return false
}

// inField adds to the error which field it came from.
func (d *Decoder) inField(n, i int) {
	e, ok := d.err.(*DecodeError) //nolint:errorlint // an error of the caller's stays as it is
	if !ok || len(e.Reason) > 512 {
		return
	}
	f := &d.defs[n]
	if i >= f.n || int(f.fields) >= len(d.data) {
		return
	}
	names := Decoder{data: d.data, pos: int(f.name.at), budget: len(d.data)}
	class := names.String()
	names.pos = int(f.fields)
	for range i {
		names.skipName("field")
	}
	d.err = &DecodeError{Offset: e.Offset, Limit: e.Limit, Reason: fmt.Sprintf("%s.%s: %s", class, names.String(), e.Reason)}
}
