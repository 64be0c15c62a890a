package hessian

import "strings"

// arrayList is untyped in newer and typed in older versions of hessian-lite.
const arrayList = "java.util.ArrayList"

// Any reads a value of any kind:
//
//	null, boolean               nil, bool
//	int, long, double           int32, int64, float64
//	string, byte array, date    string, []byte, time.Time
//	a class in Types            what ClassDesc.New or Enum returns
//	a throwable                 *Exception
//	java.math.BigInteger        *big.Int
//	a class of a Value here     LocalDate, BigDecimal, UUID, …
//	any other object            *Object, *Map if the name of a field is null
//	untyped list, ArrayList     []any
//	[boolean [int [long         []bool, []int32, []int64,
//	[double [string             []float64, []string, unless a string is null
//	list with another type      *List
//	map, untyped, string keys   map[string]any
//	any other map               *Map
//
// A list or map that contains itself arrives as *List or *Map.
//
// What stands in an array or in a class of the JDK is read as Java reads it
// there: booleans and numbers are converted, a list takes the class that an
// array of arrays has for it, and what Java's class refuses is an error. A
// java.time value that cannot be, such as the 13th month, is nil, as in Java.
func (d *Decoder) Any() any {
	v := d.any()
	if d.err != nil {
		return nil
	}
	return v
}

func (d *Decoder) any() any {
	b, ok := d.definitions()
	if !ok {
		return nil
	}
	switch {
	case isString(b):
		if !d.charge(16) {
			return nil
		}
		return d.String()
	case isInt(b):
		return boxInt(d.rawInt())
	case isLong(b):
		d.charge(8)
		return d.rawLong()
	case isDouble(b):
		d.charge(8)
		return d.rawDouble()
	case isBinary(b):
		d.charge(24)
		if d.json {
			return d.doubleOf(d.numberText())
		}
		return d.Binary()
	case b == tagNull:
		d.pos++
		return nil
	case b == tagTrue:
		d.pos++
		return true
	case b == tagFalse:
		d.pos++
		return false
	case b == tagDateMilli, b == tagDateMinute:
		d.charge(24)
		return d.Date()
	case b == tagRef:
		return d.anyRef()
	}
	return d.container(b)
}

// Tree reads like Any but keeps everything that encoding back needs: each list
// is a *List, each map a *Map, each object an *Object, whatever Types says and
// whatever they contain. Only an object that has null for the name of a field is a
// *Map, as Java reads it.
func (d *Decoder) Tree() any {
	was := d.exact
	d.exact = true
	v := d.Any()
	d.exact = was
	return v
}

// noItems is what all empty lists are, so that they cost nothing.
var noItems any = []any{}

func boxInt(v int32) any { return v }

func (d *Decoder) container(b byte) any {
	switch {
	case 0x60 <= b && b < 0x70, b == tagObject:
		return d.anyObject()
	case isMap(b):
		if d.generic && !d.json && !d.exact {
			if v, ok := d.anyBean(); ok {
				return v
			}
		}
		return d.anyMap()
	case isList(b):
		return d.anyList("")
	}
	d.want("a value")
	return nil
}

func (d *Decoder) anyRef() any {
	i := d.refNo()
	if i < 0 {
		return nil
	}
	s := d.refs.at(i)
	if s.v != nil {
		return unwrap(s.v)
	}
	if s.at&openBit != 0 { // a list or map that contains itself
		at := int(s.at &^ openBit)
		if b := d.data[at]; b == tagMap || b == tagTypedMap {
			s.v = new(Map)
		} else {
			s.v = new(List)
		}
		d.charge(48)
		return s.v
	}
	m := d.goTo(i)
	from := d.pos
	v := d.container(d.data[d.pos])
	d.charge(max(d.pos-from, 0))
	d.back(m)
	return v
}

// wrapped is what stands in a slot for a value that has no methods of its own.
type wrapped interface{ hessianValue() any }

func unwrap(v any) any {
	if w, ok := v.(wrapped); ok {
		return w.hessianValue()
	}
	return v
}

// anyList reads a list; one whose own class does not fit the declared one, "" for
// none, is read as that, as Java does.
func (d *Decoder) anyList(declared string) any {
	at := d.here()
	n, typ, ok := d.listHead()
	if !ok || !d.enter() {
		return nil
	}
	s := d.newSlot(at)
	if s.v != nil { // read again inside another value
		d.skipItems(n)
		d.leave()
		return s.v
	}
	class := d.typeText(typ)
	if !fitting(class, declared) {
		class = declared
	}
	if v := d.array(class, n); v != nil {
		d.leave()
		s.v = v
		return v
	}
	s.at |= openBit
	var want content
	if class != "" && !d.exact {
		if class[0] != '[' && (jdkFields(class) != nil || isJDKMap(class)) {
			d.refuse(at, "found a list, want "+class)
			return nil
		}
		want = itemsOf(class)
	}
	var items []any
	if n > 0 {
		if !d.charge(16 * n) {
			return nil
		}
		items = make([]any, 0, n)
	}
	for i := 0; n < 0 && !d.ended() || n >= 0 && i < n; i++ {
		if n < 0 && len(items) == cap(items) && !d.charge(16*max(2*len(items), 1)) {
			return nil
		}
		if want.item == anyItem {
			items = append(items, d.Any())
		} else {
			items = append(items, d.content(&want))
		}
		if d.err != nil {
			return nil
		}
	}
	d.leave()
	s.at &^= openBit
	if d.err != nil {
		return nil
	}
	if class != "" && !d.exact && unsorted(class, len(items), func(i int) any { return items[i] }) {
		d.refuse(at, "what stands in a "+class+" has no order")
		return nil
	}
	self, _ := s.v.(*List)
	if self == nil && !d.exact && (class == "" || class == arrayList) {
		if items == nil {
			s.v = noItems
		} else if d.charge(24) {
			s.v = items
		}
		return s.v
	}
	if self == nil && !d.exact {
		if v := d.slice(class, items); v != nil {
			s.v = v
			return v
		}
	}
	if self == nil {
		if !d.charge(48) {
			return nil
		}
		self = new(List)
		s.v = self
	}
	*self = List{Class: class, Items: items}
	return self
}

func (d *Decoder) skipItems(n int) {
	if n < 0 {
		d.skipOpen()
		return
	}
	for range n {
		d.Skip()
		if d.err != nil {
			return
		}
	}
}

func (d *Decoder) anyMap() any {
	at := d.here()
	typ, ok := d.mapHead()
	if !ok || !d.enter() {
		return nil
	}
	s := d.newSlot(at)
	if s.v != nil {
		d.skipOpen()
		d.leave()
		return s.v
	}
	s.at |= openBit
	var entries []Entry
	text := true
	for !d.ended() {
		if len(entries) == cap(entries) && !d.charge(32*max(len(entries), 1)) {
			return nil
		}
		k := d.Any()
		v := d.Any()
		if d.err != nil {
			return nil
		}
		if _, ok := k.(string); !ok {
			text = false
		}
		entries = append(entries, Entry{k, v})
	}
	if d.err != nil {
		return nil
	}
	d.leave()
	s.at &^= openBit
	class := d.typeText(typ)
	if d.err != nil {
		return nil
	}
	if class != "" && !d.exact {
		if isJDKList(class) {
			d.refuse(at, "found a map, want "+class)
			return nil
		}
		if unsorted(class, len(entries), func(i int) any { return entries[i].Key }) {
			d.refuse(at, "what stands in a "+class+" has no order")
			return nil
		}
	}
	self, _ := s.v.(*Map)
	if self == nil && !d.exact && text && class == "" {
		if !d.charge(mapSize(len(entries))) {
			return nil
		}
		m := make(map[string]any, len(entries))
		for _, e := range entries {
			m[e.Key.(string)] = e.Value
		}
		s.v = m
		return m
	}
	if self == nil {
		if !d.charge(48) {
			return nil
		}
		self = new(Map)
		s.v = self
	}
	*self = Map{Class: class, Entries: entries}
	return self
}

func (d *Decoder) anyObject() any {
	at := d.here()
	n := d.instance()
	if n < 0 {
		return nil
	}
	c := d.defs[n].class
	if c == nil || d.exact {
		return d.unknown(at, n)
	}
	if c.New != nil {
		return unwrap(d.build(at, n, c))
	}
	if c.Enum == nil {
		return d.unknown(at, n)
	}
	name := d.enumName(at, n)
	if d.err != nil || !d.charge(16) {
		return nil
	}
	return c.Enum(name)
}

// unknown reads an object of a class without Go type.
func (d *Decoder) unknown(at place, n int) any {
	s := d.newSlot(at)
	if s.v != nil {
		v := s.v
		d.skipFields(n)
		return unwrap(v)
	}
	names := d.fieldNames(&d.defs[n])
	if d.err != nil || !d.enter() || !d.charge(48+32*len(names)) {
		return nil
	}
	o := &Object{Class: d.className(&d.defs[n])}
	if len(names) > 0 {
		o.Fields = make([]Field, len(names))
	}
	var want []*content
	if !d.exact {
		want = d.defs[n].contents
	}
	if !d.exact && isThrowable(names) {
		x := &Exception{Class: o.Class, Fields: o.Fields}
		s.v = x
		for i, name := range names {
			x.set(i, name, d.field(i, want))
			if d.err != nil {
				return nil
			}
		}
		d.leave()
		return x
	}
	if want == nil && d.defs[n].nameless {
		return d.nameless(s, o.Class, names, &d.defs[n])
	}
	s.v = o
	for i, name := range names {
		o.Fields[i] = Field{name, d.field(i, want)}
		if d.err != nil {
			return nil
		}
	}
	d.leave()
	if d.exact {
		return o
	}
	if why := refusal(o); why != "" {
		d.refuse(at, why)
		return nil
	}
	if want == nil && !strings.HasPrefix(o.Class, handles) {
		return o
	}
	if !d.charge(jdkSize(o)) {
		return nil
	}
	s.v = jdkValue(o)
	return s.v
}

// field reads field i of an object whose fields may hold what want says.
func (d *Decoder) field(i int, want []*content) any {
	if want == nil || want[i] == nil {
		return d.Any()
	}
	return d.content(want[i])
}

// refuse fails at the value that began at p, which Java could not have.
func (d *Decoder) refuse(p place, why string) {
	d.pos = p.at
	d.failf("%s", why)
}

// nameless reads the fields of an object into a map, where a field may have null
// for a name.
func (d *Decoder) nameless(s *slot, class string, names []string, f *def) any {
	if !d.charge(48 * (1 + len(names))) {
		return nil
	}
	m := &Map{Class: class, Entries: make([]Entry, len(names))}
	s.v = m
	at := d.pos
	d.pos = int(f.fields)
	for i, name := range names {
		if !d.skipName("field") {
			m.Entries[i].Key = name
		}
	}
	d.pos = at
	for i := range m.Entries {
		m.Entries[i].Value = d.Any()
		if d.err != nil {
			return nil
		}
	}
	d.leave()
	return m
}
