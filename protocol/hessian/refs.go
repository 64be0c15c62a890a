package hessian

import "encoding/binary"

// slot is an object, list or map that references may name. What was skipped,
// or read by typed code that keeps no identity, has no value: a reference
// reads it again from where it stands.
type slot struct {
	v    any
	at   uint32 // where it begins, openBit while Any reads it
	def  uint16 // class definitions and
	name uint16 // type names that were known there
}

const openBit = 1 << 31

const (
	firstSlots = 8
	slotChunk  = 128
)

// refTable holds slots in chunks, so that growing copies nothing.
type refTable struct {
	n     int // slots in use
	first [firstSlots]slot
	more  [][]slot
}

func (t *refTable) at(i int) *slot {
	if i < firstSlots {
		return &t.first[i]
	}
	i -= firstSlots
	return &t.more[i/slotChunk][i%slotChunk]
}

func (t *refTable) reset() {
	clear(t.first[:min(t.n, firstSlots)])
	if len(t.more) > maxKept/slotChunk {
		t.more = nil
	}
	for i, left := 0, t.n-firstSlots; left > 0 && i < len(t.more); i, left = i+1, left-slotChunk {
		clear(t.more[i][:min(left, slotChunk)])
	}
	t.n = 0
}

// place is where the head of an object, list or map begins.
type place struct{ at, types int }

func (d *Decoder) here() place { return place{d.pos, d.nextType} }

// newSlot gives the value that begins at p the next number. The slot
// may hold a value already if a reference made us read these bytes again.
func (d *Decoder) newSlot(p place) *slot {
	i := d.slots
	d.slots++
	t := &d.refs
	if i < t.n {
		return t.at(i)
	}
	if j := i - firstSlots; j >= 0 && j/slotChunk >= len(t.more) {
		d.charge(slotChunk * 27) // the chunk and its share of more
		t.more = append(t.more, make([]slot, slotChunk))
	}
	t.n++
	s := t.at(i)
	s.at, s.def, s.name = uint32(p.at), uint16(d.nextDef), uint16(p.types)
	return s
}

// mark is a place to come back to.
type mark struct{ pos, slots, defs, types int }

// goTo continues at slot i, so that everything there gets the numbers that it
// had the first time. back undoes it.
func (d *Decoder) goTo(i int) mark {
	m := mark{d.pos, d.slots, d.nextDef, d.nextType}
	s := d.refs.at(i)
	d.pos, d.slots = int(s.at&^openBit), i
	d.nextDef, d.nextType = int(s.def), int(s.name)
	return m
}

func (d *Decoder) back(m mark) {
	d.slots, d.nextDef, d.nextType = m.slots, m.defs, m.types
	if d.err == nil {
		d.pos = m.pos
	}
}

// refNo reads a reference that is known to begin here, -1 on error.
func (d *Decoder) refNo() int {
	at := d.pos
	d.pos++
	n := d.small()
	if d.err == nil && (n < 0 || n >= d.slots) {
		d.pos = at
		d.failf("reference to value %d, but there are only %d", n, d.slots)
	}
	if d.err != nil {
		return -1
	}
	return n
}

// small reads an int that is a length or number in the format itself.
func (d *Decoder) small() int {
	b, ok := d.peek()
	if !ok {
		return 0
	}
	if isInt(b) {
		return int(d.rawInt())
	}
	if isScalar(b) { // as Java's readInt
		return int(d.javaInt())
	}
	d.want("an int")
	return 0
}

// typeName is the type of a list or map: where it stands and, once somebody
// asked, its text.
type typeName struct {
	at   span
	text string
}

// noType is the number of the type of what has none.
const noType = -1

// typeName reads the type of a list or map and returns its number.
func (d *Decoder) typeName() int {
	b, ok := d.peek()
	if !ok {
		return noType
	}
	if !isString(b) {
		n := d.small()
		if d.err == nil && (n < 0 || n >= d.nextType) {
			d.failf("type number %d, but there are only %d", n, d.nextType)
		}
		return n
	}
	s := span{uint32(d.pos)}
	d.skipString()
	if d.err != nil {
		return noType
	}
	if d.nextType >= maxTypes {
		d.limitf("more than %d type names", maxTypes)
		return noType
	}
	n := d.nextType
	d.nextType++
	if n == len(d.typeNames) {
		d.typeNames = append(d.typeNames, typeName{at: s})
	}
	return n
}

// typeText returns the text of type n, which is only made once.
func (d *Decoder) typeText(n int) string {
	if n == noType || d.err != nil {
		return ""
	}
	t := &d.typeNames[n]
	if t.text == "" {
		t.text = d.name(t.at)
	}
	return t.text
}

// className returns the name of f's class, which is only made once.
func (d *Decoder) className(f *def) string {
	if f.text == "" {
		f.text = d.name(f.name)
	}
	return f.text
}

// text returns the bytes of a string that was checked before, if it stands in
// one ASCII piece.
func (d *Decoder) text(s span) ([]byte, bool) {
	p := d.data[s.at:]
	n := int(p[0])
	switch {
	case n < 0x20:
		p = p[1:]
	case n&0xfc == 0x30:
		n = n&3<<8 | int(p[1])
		p = p[2:]
	case n == tagString:
		n = int(binary.BigEndian.Uint16(p[1:]))
		p = p[3:]
	default:
		return nil, false
	}
	if n > len(p) || !isASCII(p[:n]) {
		return nil, false
	}
	return p[:n], true
}

// name returns a string that was checked before.
func (d *Decoder) name(s span) string {
	if b, ok := d.text(s); ok {
		return d.names.get(d, b)
	}
	if d.err != nil {
		return ""
	}
	at := d.pos
	d.pos = int(s.at)
	v := d.String()
	if d.err == nil {
		d.pos = at
	}
	return v
}

// interned keeps a few short strings, names of enum constants and types, so
// that reading them again allocates nothing.
type interned struct {
	list [16]string
	next int
}

func (t *interned) get(d *Decoder, b []byte) string {
	short := len(b) <= 64
	if short {
		for i := range t.list {
			if t.list[i] == string(b) {
				return t.list[i]
			}
		}
	}
	if !d.charge(len(b) + len(b)/8) {
		return ""
	}
	s := string(b)
	if short {
		t.list[t.next%len(t.list)] = s
		t.next++
	}
	return s
}
