package hessian

import "reflect"

// def is a class definition of the message.
type def struct {
	name   span
	fields uint32 // where the first field's name begins
	n      int    // fields
	class  *ClassDesc
	index  []int16  // for each field that of class, -1 for none; nil: the same
	text   string   // the class's name, and
	names  []string // the fields' names, made when asked for, and
	// contents what they may hold if the class is one of the JDK's.
	contents []*content

	nameless bool // a field's name is null
}

// knownDef reads the class definition that begins here if it is one of c that
// was met before, which is the common case and fast.
func (d *Decoder) knownDef(c *ClassDesc) bool {
	s := c.known(d.data[d.pos:])
	if s == nil || d.nextDef >= d.limits.Classes || s.count > d.limits.Fields {
		return false
	}
	at := d.pos
	d.pos += len(s.raw)
	d.addDef(def{name: span{uint32(at + 1)}, fields: uint32(at + s.fields), n: s.count, class: c, index: s.index, nameless: s.nameless})
	return true
}

// classDef reads a class definition that is known to begin here.
func (d *Decoder) classDef() {
	at := d.pos
	d.pos++
	if d.nextDef >= d.limits.Classes {
		d.limitf("more than %d class definitions, raise Limits.Classes to allow it", d.limits.Classes)
		return
	}
	f := def{name: span{uint32(d.pos)}}
	d.skipName("class")
	if d.err != nil {
		return
	}
	if name, ok := d.text(f.name); ok {
		f.class = d.types.classBytes(name)
	} else if d.types != nil {
		f.class = d.types.Class(d.name(f.name))
	}
	if f.class != nil {
		d.pos = at
		if d.knownDef(f.class) {
			return
		}
		d.pos = int(f.name.at)
		d.skipName("class")
	}
	f.n = d.small()
	if d.err != nil {
		return
	}
	if f.n < 0 || f.n > len(d.data)-d.pos {
		d.failf("a class of %d fields, but only %d bytes are left", f.n, len(d.data)-d.pos)
		return
	}
	if f.n > d.limits.Fields {
		d.limitf("a class of %d fields: at most %d are allowed, raise Limits.Fields", f.n, d.limits.Fields)
		return
	}
	f.fields = uint32(d.pos)
	for range f.n {
		if d.pos < len(d.data) && isString(d.data[d.pos]) { // as nearly always
			d.skipString()
		} else if d.skipName("field") {
			f.nameless = true
		}
		if d.err != nil {
			return
		}
	}
	if f.class != nil {
		d.bind(&f, f.class)
	}
	d.addDef(f)
}

// skipName passes the name of a class or field, which as in Java may be a
// boolean or number that stands for its text, or null, and tells whether it is
// null.
func (d *Decoder) skipName(of string) (null bool) {
	b, ok := d.peek()
	switch {
	case !ok:
	case isString(b):
		d.skipString()
	case isScalar(b):
		d.Skip()
		return b == tagNull
	default:
		d.want("the name of a " + of)
	}
	return false
}

func (d *Decoder) addDef(f def) {
	if d.nextDef == len(d.defs) {
		d.defs = append(d.defs, f)
	} else {
		d.defs[d.nextDef] = f
	}
	d.nextDef++
}

// bind maps the fields of f, which were checked, to those of c.
func (d *Decoder) bind(f *def, c *ClassDesc) {
	f.class = c
	f.index = make([]int16, f.n)
	known := c.cached().byName
	at := d.pos
	d.pos = int(f.fields)
	for i := range f.index {
		f.index[i] = -1
		s := span{uint32(d.pos)}
		d.skipName("field")
		if b, ok := d.text(s); ok {
			if j, ok := known[string(b)]; ok {
				f.index[i] = j
			}
		} else if j, ok := known[d.name(s)]; ok {
			f.index[i] = j
		}
	}
	if d.err != nil {
		return
	}
	start := int(f.name.at) - 1 // the 'C'
	c.remember(seenDef{raw: d.data[start:d.pos], fields: int(f.fields) - start, count: f.n, index: f.index, nameless: f.nameless})
	d.pos = at
}

// fieldNames returns the names of f's fields, "" for null, and finds out what
// they may hold.
func (d *Decoder) fieldNames(f *def) []string {
	if f.names != nil || f.n == 0 {
		return f.names
	}
	if !d.charge(f.n * 16) {
		return nil
	}
	names := make([]string, f.n)
	at := d.pos
	d.pos = int(f.fields)
	for i := range names {
		names[i] = d.String()
	}
	if d.err != nil {
		return nil
	}
	d.pos = at
	f.names = names
	f.contents = d.contents(d.className(f), names)
	return names
}

// instance reads definitions and the head of an object, and returns the number
// of its definition, -1 on error.
func (d *Decoder) instance() int {
	for {
		b, ok := d.peek()
		if !ok {
			return -1
		}
		switch {
		case 0x60 <= b && b <= 0x6f:
			d.pos++
			return d.checkDef(int(b - 0x60))
		case b == tagObject:
			d.pos++
			n := d.small()
			if d.err != nil {
				return -1
			}
			return d.checkDef(n)
		case b == tagClass:
			d.classDef()
			if d.err != nil {
				return -1
			}
		default:
			d.want("an object")
			return -1
		}
	}
}

func (d *Decoder) checkDef(n int) int {
	if n < 0 || n >= d.nextDef {
		d.failf("an object of class %d, but only %d are defined", n, d.nextDef)
		return -1
	}
	return n
}

// definitions reads class definitions, which may stand before any value, and
// returns the first byte of the value.
func (d *Decoder) definitions() (byte, bool) {
	for {
		b, ok := d.peek()
		if !ok || b != tagClass {
			return b, ok
		}
		d.classDef()
		if d.err != nil {
			return 0, false
		}
	}
}

// Object reads an object of class c into what c.New returns, and returns that;
// nil for null and on error. One object on the wire is one pointer, however
// often it is referred to. An object of another class is an error that names
// both.
func (d *Decoder) Object(c *ClassDesc) any {
	if d.pos < len(d.data) && d.data[d.pos] == tagClass {
		d.knownDef(c)
	}
	b, ok := d.definitions()
	if !ok {
		return nil
	}
	if b == tagNull {
		d.pos++
		return nil
	}
	if b != tagRef {
		return d.object(c)
	}
	i := d.refNo()
	if i < 0 {
		return nil
	}
	s := d.refs.at(i)
	if s.v != nil {
		if d.generic && !c.owns(s.v) && isMap(d.data[s.at&^openBit]) {
			return d.again(i, c)
		}
		if !c.owns(s.v) {
			d.failf("reference to a %T, want an object of class %q", s.v, c.Name)
			return nil
		}
		return s.v
	}
	return d.again(i, c)
}

// again reads the value of slot i as an object of class c.
func (d *Decoder) again(i int, c *ClassDesc) any {
	start := d.goTo(i)
	from := d.pos
	v := d.object(c)
	d.charge(max(d.pos-from, 0))
	d.back(start)
	if d.err != nil {
		return nil
	}
	return v
}

// owns tells whether v may be what c.New returned.
func (c *ClassDesc) owns(v any) bool {
	if o, ok := v.(interface{ hessianClass() *ClassDesc }); ok {
		return o.hessianClass() == c
	}
	return reflect.TypeOf(v) == c.cached().typ
}

func (d *Decoder) object(c *ClassDesc) any {
	if d.generic && isMap(d.data[d.pos]) {
		return d.bean(c)
	}
	at := d.here()
	n := d.instance()
	if n < 0 {
		return nil
	}
	f := &d.defs[n]
	if f.class != c && !d.adopt(f, c) {
		return nil
	}
	return d.build(at, n, c)
}

// adopt binds f to c if it has c's name.
func (d *Decoder) adopt(f *def, c *ClassDesc) bool {
	if b, ok := d.text(f.name); !ok || string(b) != c.Name {
		if name := d.name(f.name); name != c.Name {
			d.failf("class %q is not declared here, want %q", name, c.Name)
			return false
		}
	}
	d.bind(f, c)
	return d.err == nil
}

// build makes the object of definition n, whose fields begin here.
func (d *Decoder) build(at place, n int, c *ClassDesc) any {
	s := d.newSlot(at)
	if s.v != nil && c.owns(s.v) {
		v := s.v
		d.skipFields(n)
		return v
	}
	if c.New == nil {
		d.failf("class %q is an enum", c.Name)
		return nil
	}
	if !d.enter() || !d.charge(c.cached().size) {
		return nil
	}
	v := c.New()
	u, ok := v.(Unmarshaler)
	if !ok {
		d.failf("class %q: %T does not implement hessian.Unmarshaler", c.Name, v)
		return nil
	}
	s.v = v
	if i := d.fieldsOf(u, &d.defs[n]); d.err != nil {
		d.inField(n, i)
		return nil
	}
	d.leave()
	return v
}

// fieldsOf reads the fields of an object of definition f into u, and returns
// at which it stopped.
func (d *Decoder) fieldsOf(u Unmarshaler, f *def) int {
	count, index := f.n, f.index // f moves when definitions are added
	if index == nil {
		for i := range count {
			if u.DecodeHessianField(d, i); d.err != nil {
				return i
			}
		}
		return count
	}
	for i, j := range index {
		if j < 0 {
			d.Skip()
		} else {
			u.DecodeHessianField(d, int(j))
		}
		if d.err != nil {
			return i
		}
	}
	return count
}

// Enum reads a constant of enum c and returns its name; null is "". A string
// will do, too.
func (d *Decoder) Enum(c *ClassDesc) string {
	if d.pos < len(d.data) && d.data[d.pos] == tagClass {
		d.knownDef(c)
	}
	b, ok := d.definitions()
	if !ok {
		return ""
	}
	switch {
	case b == tagNull:
		d.pos++
		return ""
	case isString(b):
		return d.String()
	case b != tagRef:
		return d.enum(c)
	}
	i := d.refNo()
	if i < 0 {
		return ""
	}
	m := d.goTo(i)
	name := d.enum(c)
	d.back(m)
	return name
}

func (d *Decoder) enum(c *ClassDesc) string {
	if d.generic && isMap(d.data[d.pos]) {
		return d.enumBean(c)
	}
	at := d.here()
	n := d.instance()
	if n < 0 {
		return ""
	}
	f := &d.defs[n]
	if f.class != c && !d.adopt(f, c) {
		return ""
	}
	return d.enumName(at, n)
}

// enumName reads the fields of an enum constant of definition n.
func (d *Decoder) enumName(at place, n int) string {
	d.newSlot(at)
	if !d.enter() {
		return ""
	}
	name := ""
	index, count := d.defs[n].index, d.defs[n].n
	for i := range count {
		if index != nil && index[i] != 0 {
			d.Skip()
			continue
		}
		s := span{uint32(d.pos)}
		if b, ok := d.peek(); !ok || !isString(b) {
			d.want("the name of an enum constant")
			return ""
		}
		d.skipString()
		if d.err != nil {
			return ""
		}
		name = d.name(s)
	}
	d.leave()
	return name
}
