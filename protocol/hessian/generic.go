package hessian

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Generic makes the typed methods also accept what Java's generic calls send in
// place of typed values, until the next Reset:
//
//	object             a map of its fields; unknown keys and nulls are passed
//	Any                a map whose "class" is in Types becomes that class
//	enum               its name, or a map with "name"
//	number, boolean    its text
//	string             the text of a number or boolean, as always
//	date               "2006-01-02 15:04:05" in the local zone, RFC 3339, milliseconds
//	byte array         a list of numbers
//	BigDecimal,        a number or its text
//	BigInteger
//	UUID, Locale,      its text
//	Currency
//	LocalDate and the  its text in ISO 8601
//	like, Instant
//
// A "class" that Types does not have is passed over, as Java passes over one
// that it cannot load: the declared class counts. No other class than those of
// Types is ever built.
func (d *Decoder) Generic() { d.generic = true }

func isMap(b byte) bool { return b == tagMap || b == tagTypedMap }

func isList(b byte) bool { return 0x70 <= b && b < 0x80 || 0x55 <= b && b <= 0x58 }

// keyClass is where a generic call names the class of a map.
const keyClass = "class"

// bean reads the map that begins here as an object of class c.
func (d *Decoder) bean(c *ClassDesc) any {
	at := d.here()
	if _, ok := d.mapHead(); !ok || !d.enter() {
		return nil
	}
	s := d.newSlot(at)
	if s.v != nil && c.owns(s.v) { // read again inside another value
		v := s.v
		d.skipOpen()
		d.leave()
		return v
	}
	if c.isEnum() {
		d.failf("class %q is an enum", c.Name)
		return nil
	}
	if !d.charge(c.cached().size) {
		return nil
	}
	v := c.New()
	u, ok := v.(Unmarshaler)
	if !ok {
		d.failf("class %q: %T does not implement hessian.Unmarshaler", c.Name, v)
		return nil
	}
	s.v = v
	for !d.ended() {
		name, ok := d.mapKey()
		switch field, known := c.field(name); {
		case d.err != nil:
			return nil
		case !ok:
			d.Skip()
		case known:
			if d.Null() {
				continue
			}
			u.DecodeHessianField(d, int(field))
			d.inBean(c, name)
		case name == keyClass && !d.json:
			d.sameClass(c)
		default:
			d.Skip()
		}
	}
	d.leave()
	if d.err != nil {
		return nil
	}
	return v
}

// field returns the index of the field that Java's property name is about. A
// throwable's message is the property of another name.
func (c *ClassDesc) field(name string) (int16, bool) {
	byName := c.cached().byName
	i, ok := byName[name]
	if !ok && name == "message" {
		i, ok = byName[fieldMessage]
	}
	return i, ok
}

// mapKey reads a map's key; false for one that is no string, which it skips.
func (d *Decoder) mapKey() (string, bool) {
	if b, ok := d.peek(); !ok || !isString(b) {
		d.Skip()
		return "", false
	}
	at := span{uint32(d.pos)}
	d.skipString()
	if d.err != nil {
		return "", false
	}
	return d.name(at), true
}

// sameClass reads the value of "class" in a map that becomes a c.
func (d *Decoder) sameClass(c *ClassDesc) {
	if b, ok := d.peek(); !ok || !isString(b) {
		d.Skip()
		return
	}
	at := d.pos
	name := d.String()
	if d.err == nil && name != c.Name && d.types.Class(name) != nil {
		d.pos = at
		d.failf("class %q is not declared here, want %q", name, c.Name)
	}
}

// inBean adds to the error which field it came from.
func (d *Decoder) inBean(c *ClassDesc, field string) {
	if e, ok := d.err.(*DecodeError); ok && len(e.Reason) <= 512 { //nolint:errorlint // an error of the caller's stays as it is
		d.err = &DecodeError{Offset: e.Offset, Limit: e.Limit, Reason: c.Name + "." + field + ": " + e.Reason}
	}
}

// namedClass returns the class of Types that the map which begins here names
// as its own; nil if there is none. It reads nothing.
func (d *Decoder) namedClass() *ClassDesc {
	if d.types == nil {
		return nil
	}
	m := mark{d.pos, d.slots, d.nextDef, d.nextType}
	at, depth := d.here(), d.depth
	var c *ClassDesc
	if _, ok := d.mapHead(); ok && d.enter() {
		d.newSlot(at)
		for !d.ended() {
			name, ok := d.mapKey()
			if b, more := d.peek(); ok && name == keyClass && more && isString(b) {
				c = d.types.Class(d.String())
				break
			}
			d.Skip()
		}
	}
	d.depth = depth
	d.back(m)
	return c
}

// anyBean reads a map that names its class; false if this one does not.
func (d *Decoder) anyBean() (any, bool) {
	c := d.namedClass()
	switch {
	case d.err != nil:
		return nil, true
	case c == nil:
		return nil, false
	case c.New != nil:
		return unwrap(d.bean(c)), true
	}
	name := d.enumBean(c)
	if d.err != nil || !d.charge(16) {
		return nil, true
	}
	return c.Enum(name), true
}

// enumBean reads a map with the name of a constant of enum c.
func (d *Decoder) enumBean(c *ClassDesc) string {
	at := d.here()
	if _, ok := d.mapHead(); !ok || !d.enter() {
		return ""
	}
	d.newSlot(at)
	constant := ""
	for !d.ended() {
		key, _ := d.mapKey()
		if b, ok := d.peek(); key == "name" && ok && isString(b) {
			constant = d.String()
		} else {
			d.Skip()
		}
	}
	d.leave()
	if constant == "" {
		d.failf(`a map without "name" is no constant of enum %q`, c.Name)
	}
	return constant
}

// textOf reads the string that stands where a number or the like should.
func (d *Decoder) textOf() (string, bool) {
	if !d.generic || d.pos >= len(d.data) || !isString(d.data[d.pos]) && !d.isNumber(d.data[d.pos]) {
		return "", false
	}
	s := strings.TrimSpace(d.String())
	return s, d.err == nil
}

func (d *Decoder) notA(what, text string) {
	if len(text) > 64 {
		text = text[:64] + "…"
	}
	d.failf("the text %q is not %s", text, what)
}

func (d *Decoder) boolOf(text string) bool {
	switch {
	case strings.EqualFold(text, "true"):
		return true
	case !strings.EqualFold(text, "false"):
		d.notA("a boolean", text)
	}
	return false
}

func (d *Decoder) integerOf(text, what string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil && d.json {
		n, err = wholeOf(text)
	}
	if err != nil {
		d.notA(what, text)
	}
	return n
}

func (d *Decoder) doubleOf(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && f == 0 || strings.Contains(text, "_") { // what is out of range is infinite, as in Java
		d.notA("a double", text)
	}
	return f
}

// javaDate is the one form of a date that Java's generic calls know.
const javaDate = "2006-01-02 15:04:05"

func (d *Decoder) dateOf(text string) time.Time {
	t, err := time.ParseInLocation(javaDate, text, time.Local)
	if err != nil {
		t, err = time.Parse(time.RFC3339, text)
	}
	if err != nil && d.json {
		if t, ok := jsonDate(text); ok {
			return t
		}
	}
	if err != nil {
		d.notA(`a date such as "`+javaDate+`"`, text)
		return time.Time{}
	}
	return t.UTC()
}

// listedBytes reads a list of numbers as a byte array.
func (d *Decoder) listedBytes() []byte {
	n, ok := d.List()
	if !ok {
		return nil
	}
	out := MakeSlice[byte](d, n)
	for i := 0; d.More(i, n); i++ {
		v := d.Int()
		if v < -128 || v > 255 {
			d.failf("%d does not fit a byte", v)
			return nil
		}
		if n < 0 && !d.charge(1) {
			return nil
		}
		out = append(out, byte(v))
	}
	return out
}

// maxBigText bounds the digits of a BigInteger that came as text, whose parsing
// takes more than linear time.
const maxBigText = 1 << 12

// fromScalar sets what into points to, a Go value that stands for a class of
// Java's, from a string or number.
func fromScalar(into, v any) bool {
	text, ok := v.(string)
	switch v := v.(type) {
	case int32:
		text = strconv.Itoa(int(v))
	case int64:
		text = strconv.FormatInt(v, 10)
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return false
		}
		text = strconv.FormatFloat(v, 'f', -1, 64)
	}
	text = strings.TrimSpace(text)
	switch into := into.(type) {
	case *BigDecimal:
		if _, _, ok := BigDecimal(text).split(); !ok {
			return false
		}
		*into = BigDecimal(text)
		return true
	case **big.Int:
		if len(text) > maxBigText {
			return false
		}
		n, ok := new(big.Int).SetString(text, 10)
		if ok {
			*into = n
		}
		return ok
	case *UUID:
		id, err := ParseUUID(text)
		*into = id
		return ok && err == nil
	case *Locale:
		*into = Locale(text)
		return ok
	case *Currency:
		*into = Currency(text)
		return ok
	}
	return ok && fromISO(into, text)
}

// fromISO is fromScalar for the dates and times of java.time.
func fromISO(into any, text string) bool {
	parse := func(layouts ...string) (t time.Time, ok bool) {
		for _, layout := range layouts {
			if t, err := time.Parse(layout, text); err == nil {
				return t, true
			}
		}
		return t, false
	}
	var t time.Time
	var ok bool
	switch into := into.(type) {
	case *LocalDate:
		if t, ok = parse(time.DateOnly); ok {
			*into = LocalDateOf(t)
		}
	case *LocalTime:
		if t, ok = parse(time.TimeOnly, "15:04"); ok {
			*into = LocalTime{t.Hour(), t.Minute(), t.Second(), t.Nanosecond()}
		}
	case *LocalDateTime:
		if t, ok = parse("2006-01-02T15:04:05", "2006-01-02T15:04"); ok {
			*into = LocalDateTime{LocalDateOf(t), LocalTime{t.Hour(), t.Minute(), t.Second(), t.Nanosecond()}}
		}
	case *Instant:
		if t, ok = parse(time.RFC3339Nano); ok {
			*into = Instant{t.UTC()}
		}
	}
	return ok
}
