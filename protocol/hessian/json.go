package hessian

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// JSON makes the decoder read what Encoder.JSON wrote as Java's Gson reads JSON,
// until the next Reset. That is as Generic says, but "class" is a key like any
// other, Any reads each number as a float64, a date is also "Oct 27, 2024,
// 3:33:20 AM", a BitSet is a list of 0 and 1, and the classes of java.time, whose
// ISO text will do, and Calendar are maps of their parts:
// {"year":2024,"month":2,"day":29}.
func (d *Decoder) JSON() { d.generic, d.json = true, true }

// isNumber tells whether b begins a JSON number.
func (d *Decoder) isNumber(b byte) bool { return d.json && isBinary(b) }

// numberText reads a JSON number as it was written.
func (d *Decoder) numberText() string {
	if !d.charge(16) {
		return ""
	}
	return string(d.Binary())
}

// wholeOf returns the whole number that text is in JSON, which has it with a
// point or exponent, too.
func wholeOf(text string) (int64, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err == nil && (f != math.Trunc(f) || math.Abs(f) >= 1<<53 || strings.Contains(text, "_")) {
		err = strconv.ErrRange
	}
	return int64(f), err
}

// How Gson writes dates: of Java 8, whose form it reads on every Java, then of
// later ones. After Java 20 the space before AM is another one.
const (
	dateTimeJSON  = "Jan 2, 2006 3:04:05 PM"
	dateTimeJSON9 = "Jan 2, 2006, 3:04:05 PM"
	dateJSON      = "Jan 2, 2006"
	timeJSON      = "03:04:05 PM"
	offsetJSON    = "2006-01-02T15:04:05Z0700" // as Jackson writes them, which Gson reads
)

// jsonDate reads a date as Gson writes it, in the local zone.
func jsonDate(text string) (time.Time, bool) {
	text = strings.ReplaceAll(text, "\u202f", " ")
	for _, layout := range []string{dateTimeJSON9, dateTimeJSON, dateJSON, timeJSON, time.DateOnly, offsetJSON} {
		t, err := time.ParseInLocation(layout, text, time.Local)
		if err != nil {
			continue
		}
		if layout == timeJSON {
			t = t.AddDate(1970, 0, 0) // Java has it on the first day
		}
		return t.UTC(), true
	}
	return time.Time{}, false
}

// fromJSON reads a value for into, a pointer to a type that stands for a class
// of Java's; false, with nothing read, if it is none of JSON's own forms.
func (d *Decoder) fromJSON(into any) bool {
	b, ok := d.peek()
	switch {
	case !ok:
		return false
	case d.isNumber(b):
		at := d.pos
		if text := d.numberText(); d.err == nil && !fromScalar(into, text) {
			d.pos = at
			d.notA("a value of this class", text)
		}
		return true
	case isList(b):
		set, ok := into.(*BitSet)
		if ok {
			*set = d.jsonBits()
		}
		return ok
	case isMap(b):
		return d.fromParts(into)
	}
	return false
}

func (d *Decoder) jsonBits() BitSet {
	set := BitSet{}
	n, _ := d.List()
	for i := 0; d.More(i, n); i++ {
		if d.Null() || d.Int() == 0 {
			continue
		}
		for i/64 >= len(set) {
			if !d.charge(9) {
				return nil
			}
			set = append(set, 0)
		}
		set[i/64] |= 1 << (i % 64)
	}
	return set
}
