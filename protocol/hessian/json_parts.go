package hessian

import "time"

// part is a field of a Java class as Gson has it: a pointer to an int, int64,
// string, or a type of this package that has parts itself.
type part struct {
	name string
	at   any
}

// partsOf returns the parts of what v points to, a class of java.time or a
// Calendar, which Gson knows by their fields; nil for other types. done takes
// over what was set.
func partsOf(v any) (parts []part, done func()) {
	done = func() {}
	switch v := v.(type) {
	case *LocalDate:
		parts = []part{{"year", &v.Year}, {"month", (*int)(&v.Month)}, {"day", &v.Day}}
	case *LocalTime:
		parts = []part{{"hour", &v.Hour}, {"minute", &v.Minute}, {"second", &v.Second}, {"nano", &v.Nano}}
	case *LocalDateTime:
		parts = []part{{"date", &v.Date}, {"time", &v.Time}}
	case *Instant:
		seconds, nanos := int64(0), v.Nanosecond()
		if !v.IsZero() {
			seconds = v.Unix()
		}
		parts = []part{{"seconds", &seconds}, {"nanos", &nanos}}
		done = func() { v.Time = time.Unix(seconds, int64(nanos)).UTC() }
	case *Duration:
		parts = []part{{"seconds", &v.Seconds}, {"nanos", &v.Nano}}
	case *Period:
		parts = []part{{"years", &v.Years}, {"months", &v.Months}, {"days", &v.Days}}
	case *Year:
		parts = []part{{"year", (*int)(v)}}
	case *YearMonth:
		parts = []part{{"year", &v.Year}, {"month", (*int)(&v.Month)}}
	case *MonthDay:
		parts = []part{{"month", (*int)(&v.Month)}, {"day", &v.Day}}
	case *ZoneID:
		parts = []part{{"id", (*string)(v)}}
	case *ZoneOffset:
		parts = []part{{"totalSeconds", (*int)(v)}}
	case *OffsetDateTime:
		parts = []part{{"dateTime", &v.DateTime}, {"offset", &v.Offset}}
	case *OffsetTime:
		parts = []part{{"time", &v.Time}, {"offset", &v.Offset}}
	case *ZonedDateTime:
		parts = []part{{"dateTime", &v.DateTime}, {"offset", &v.Offset}, {"zone", &v.Zone}}
	case *Calendar:
		t := LocalDateTimeOf(v.In(time.Local))
		month := int(t.Date.Month) - 1 // as Java counts them
		parts = []part{
			{"year", &t.Date.Year}, {"month", &month}, {"dayOfMonth", &t.Date.Day},
			{"hourOfDay", &t.Time.Hour}, {"minute", &t.Time.Minute}, {"second", &t.Time.Second},
		}
		done = func() {
			t.Date.Month, t.Time.Nano = time.Month(month+1), 0
			v.Time = t.In(time.Local).UTC()
		}
	}
	return parts, done
}

// fromParts reads the map that begins here into the parts of into; false, with
// nothing read, if it has none.
func (d *Decoder) fromParts(into any) bool {
	parts, done := partsOf(into)
	if parts == nil {
		return false
	}
	at := d.here()
	if _, ok := d.mapHead(); !ok || !d.enter() {
		return true
	}
	d.newSlot(at)
	for !d.ended() {
		name, _ := d.mapKey()
		if !d.part(parts, name) {
			d.Skip()
		}
	}
	d.leave()
	done()
	if m, ok := into.(Marshaler); ok && d.err == nil { // which knows what Java's class can have
		var e Encoder
		m.EncodeHessian(&e)
		d.Fail(e.Err())
	}
	return true
}

func (d *Decoder) part(parts []part, name string) bool {
	for _, p := range parts {
		if p.name != name {
			continue
		}
		if d.Null() {
			return true
		}
		switch at := p.at.(type) {
		case *int:
			*at = int(d.Int())
		case *int64:
			*at = d.Long()
		case *string:
			*at = d.String()
		case Value:
			at.DecodeHessian(d)
		}
		return true
	}
	return false
}
