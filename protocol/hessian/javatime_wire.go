package hessian

import (
	"math"
	"time"
)

// The fields stand in the order in which hessian-lite writes them.
var (
	localDateClass      = ClassDesc{Name: java8 + "LocalDateHandle", Fields: []string{"day", "month", "year"}}
	localTimeClass      = ClassDesc{Name: java8 + "LocalTimeHandle", Fields: []string{"nano", "second", "minute", "hour"}}
	localDateTimeClass  = ClassDesc{Name: java8 + "LocalDateTimeHandle", Fields: []string{"time", "date"}}
	instantClass        = ClassDesc{Name: java8 + "InstantHandle", Fields: []string{"nanos", "seconds"}}
	durationClass       = ClassDesc{Name: java8 + "DurationHandle", Fields: []string{"nanos", "seconds"}}
	periodClass         = ClassDesc{Name: java8 + "PeriodHandle", Fields: []string{"days", "months", "years"}}
	yearClass           = ClassDesc{Name: java8 + "YearHandle", Fields: []string{"year"}}
	yearMonthClass      = ClassDesc{Name: java8 + "YearMonthHandle", Fields: []string{"month", "year"}}
	monthDayClass       = ClassDesc{Name: java8 + "MonthDayHandle", Fields: []string{"day", "month"}}
	zoneIDClass         = ClassDesc{Name: java8 + "ZoneIdHandle", Fields: []string{"zoneId"}}
	zoneOffsetClass     = ClassDesc{Name: java8 + "ZoneOffsetHandle", Fields: []string{"seconds"}}
	offsetDateTimeClass = ClassDesc{Name: java8 + "OffsetDateTimeHandle", Fields: []string{"offset", "dateTime"}}
	offsetTimeClass     = ClassDesc{Name: java8 + "OffsetTimeHandle", Fields: []string{"zoneOffset", "localTime"}}
	zonedDateTimeClass  = ClassDesc{Name: java8 + "ZonedDateTimeHandle", Fields: []string{"offset", "dateTime", "zoneId"}}
)

// What java.time allows.
const (
	maxYear    = 999_999_999
	maxNano    = 999_999_999
	maxOffset  = 18 * 3600
	maxInstant = 31_556_889_864_403_199 // seconds
)

// javaTime returns the value of java.time that a handle stands for.
func (f *fieldReader) javaTime() any {
	switch f.o.Class {
	case localDateClass.Name:
		return LocalDate{f.year(), f.month(), f.between("day", 1, 31)}
	case localTimeClass.Name:
		return LocalTime{f.between("hour", 0, 23), f.between("minute", 0, 59), f.between("second", 0, 59), f.between("nano", 0, maxNano)}
	case localDateTimeClass.Name:
		return LocalDateTime{need[LocalDate](f, "date"), need[LocalTime](f, "time")}
	case instantClass.Name:
		seconds := take[int64](f, "seconds")
		v := Instant{time.Unix(seconds, int64(f.nanos())).UTC()}
		f.check(-maxInstant <= seconds && seconds <= maxInstant, true)
		f.check(!v.IsZero(), false)
		return v
	case durationClass.Name:
		return Duration{take[int64](f, "seconds"), f.nanos()}
	case periodClass.Name:
		return Period{int(take[int32](f, "years")), int(take[int32](f, "months")), int(take[int32](f, "days"))}
	case yearClass.Name:
		return Year(f.year())
	case yearMonthClass.Name:
		return YearMonth{f.year(), f.month()}
	case monthDayClass.Name:
		return MonthDay{f.month(), f.between("day", 1, 31)}
	case zoneIDClass.Name:
		return ZoneID(f.text("zoneId"))
	case zoneOffsetClass.Name:
		return ZoneOffset(f.between("seconds", -maxOffset, maxOffset))
	case offsetDateTimeClass.Name:
		return OffsetDateTime{need[LocalDateTime](f, "dateTime"), need[ZoneOffset](f, "offset")}
	case offsetTimeClass.Name:
		return OffsetTime{need[LocalTime](f, "localTime"), need[ZoneOffset](f, "zoneOffset")}
	case zonedDateTimeClass.Name:
		return ZonedDateTime{need[LocalDateTime](f, "dateTime"), take[ZoneOffset](f, "offset"), ZoneID(f.text("zoneId"))}
	}
	return nil
}

func (f *fieldReader) year() int         { return f.between("year", -maxYear, maxYear) }
func (f *fieldReader) month() time.Month { return time.Month(f.between("month", 1, 12)) }

// inRange fails if v is none that Java's class can have: the peer would only
// say that it cannot read the message.
func (e *Encoder) inRange(what string, v, low, high int) {
	if v < low || v > high {
		e.failf("%s %d: want %d to %d", what, v, low, high)
	}
}

func (e *Encoder) int(what string, v int) {
	e.inRange(what, v, math.MinInt32, math.MaxInt32)
	e.Int(int32(v))
}

// EncodeHessian writes v, null for the zero value.
func (v LocalDate) EncodeHessian(e *Encoder) {
	if v == (LocalDate{}) {
		e.Null()
		return
	}
	e.inRange("year", v.Year, -maxYear, maxYear)
	e.inRange("month", int(v.Month), 1, 12)
	e.inRange("day", v.Day, 1, 31)
	e.Object(&localDateClass)
	e.Int(int32(v.Day))
	e.Int(int32(v.Month))
	e.Int(int32(v.Year))
}

// EncodeHessian writes v.
func (v LocalTime) EncodeHessian(e *Encoder) {
	e.inRange("hour", v.Hour, 0, 23)
	e.inRange("minute", v.Minute, 0, 59)
	e.inRange("second", v.Second, 0, 59)
	e.inRange("nanosecond", v.Nano, 0, maxNano)
	e.Object(&localTimeClass)
	e.Int(int32(v.Nano))
	e.Int(int32(v.Second))
	e.Int(int32(v.Minute))
	e.Int(int32(v.Hour))
}

// EncodeHessian writes v, null without a date.
func (v LocalDateTime) EncodeHessian(e *Encoder) {
	if v.Date == (LocalDate{}) {
		e.Null()
		return
	}
	e.Object(&localDateTimeClass)
	v.Time.EncodeHessian(e)
	v.Date.EncodeHessian(e)
}

// EncodeHessian writes v, null for the zero Time.
func (v Instant) EncodeHessian(e *Encoder) {
	if v.IsZero() {
		e.Null()
		return
	}
	e.Object(&instantClass)
	e.Int(int32(v.Nanosecond()))
	e.Long(v.Unix())
}

// EncodeHessian writes v.
func (v Duration) EncodeHessian(e *Encoder) {
	e.inRange("nanosecond", v.Nano, 0, maxNano)
	e.Object(&durationClass)
	e.Int(int32(v.Nano))
	e.Long(v.Seconds)
}

// EncodeHessian writes v.
func (v Period) EncodeHessian(e *Encoder) {
	e.Object(&periodClass)
	e.int("days", v.Days)
	e.int("months", v.Months)
	e.int("years", v.Years)
}

// EncodeHessian writes v.
func (v Year) EncodeHessian(e *Encoder) {
	e.inRange("year", int(v), -maxYear, maxYear)
	e.Object(&yearClass)
	e.Int(int32(v))
}

// EncodeHessian writes v, null for the zero value.
func (v YearMonth) EncodeHessian(e *Encoder) {
	if v == (YearMonth{}) {
		e.Null()
		return
	}
	e.inRange("year", v.Year, -maxYear, maxYear)
	e.inRange("month", int(v.Month), 1, 12)
	e.Object(&yearMonthClass)
	e.Int(int32(v.Month))
	e.Int(int32(v.Year))
}

// EncodeHessian writes v, null for the zero value.
func (v MonthDay) EncodeHessian(e *Encoder) {
	if v == (MonthDay{}) {
		e.Null()
		return
	}
	e.inRange("month", int(v.Month), 1, 12)
	e.inRange("day", v.Day, 1, 31)
	e.Object(&monthDayClass)
	e.Int(int32(v.Day))
	e.Int(int32(v.Month))
}

// EncodeHessian writes v, null for "".
func (v ZoneID) EncodeHessian(e *Encoder) {
	if v == "" {
		e.Null()
		return
	}
	e.Object(&zoneIDClass)
	e.String(string(v))
}

// EncodeHessian writes v.
func (v ZoneOffset) EncodeHessian(e *Encoder) {
	e.inRange("zone offset", int(v), -maxOffset, maxOffset)
	e.Object(&zoneOffsetClass)
	e.Int(int32(v))
}

// EncodeHessian writes v, null without a date.
func (v OffsetDateTime) EncodeHessian(e *Encoder) {
	if v.DateTime.Date == (LocalDate{}) {
		e.Null()
		return
	}
	e.Object(&offsetDateTimeClass)
	v.Offset.EncodeHessian(e)
	v.DateTime.EncodeHessian(e)
}

// EncodeHessian writes v.
func (v OffsetTime) EncodeHessian(e *Encoder) {
	e.Object(&offsetTimeClass)
	v.Offset.EncodeHessian(e)
	v.Time.EncodeHessian(e)
}

// EncodeHessian writes v, null without a date. The zone "" is that of the
// offset alone.
func (v ZonedDateTime) EncodeHessian(e *Encoder) {
	if v.DateTime.Date == (LocalDate{}) {
		e.Null()
		return
	}
	e.Object(&zonedDateTimeClass)
	v.Offset.EncodeHessian(e)
	v.DateTime.EncodeHessian(e)
	zone := string(v.Zone)
	if zone == "" {
		zone = v.Offset.String()
	}
	e.String(zone)
}

// DecodeHessian reads a java.time.LocalDate; null is the zero value.
func (v *LocalDate) DecodeHessian(d *Decoder) {
	if !d.begin(&localDateClass) {
		decodeValue(d, v, "java.time.LocalDate")
		return
	}
	v.Day = d.within("day", 1, 31)
	v.Month = time.Month(d.within("month", 1, 12))
	v.Year = d.within("year", -maxYear, maxYear)
	d.leave()
}

// DecodeHessian reads a java.time.LocalTime; null is the zero value.
func (v *LocalTime) DecodeHessian(d *Decoder) {
	if !d.begin(&localTimeClass) {
		decodeValue(d, v, "java.time.LocalTime")
		return
	}
	v.Nano = d.within("nanosecond", 0, maxNano)
	v.Second = d.within("second", 0, 59)
	v.Minute = d.within("minute", 0, 59)
	v.Hour = d.within("hour", 0, 23)
	d.leave()
}

// DecodeHessian reads a java.time.LocalDateTime; null is the zero value.
func (v *LocalDateTime) DecodeHessian(d *Decoder) {
	if !d.begin(&localDateTimeClass) {
		decodeValue(d, v, "java.time.LocalDateTime")
		return
	}
	v.Time.DecodeHessian(d)
	v.Date.DecodeHessian(d)
	d.leave()
}

// DecodeHessian reads a java.time.Instant; null is the zero value.
func (v *Instant) DecodeHessian(d *Decoder) {
	if !d.begin(&instantClass) {
		decodeValue(d, v, "java.time.Instant")
		return
	}
	nanos := d.within("nanosecond", 0, maxNano)
	seconds := d.Long()
	if seconds > maxInstant || seconds < -maxInstant {
		d.failf("second %d is out of java.time.Instant's range", seconds)
	}
	v.Time = time.Unix(seconds, int64(nanos)).UTC()
	d.leave()
}

// DecodeHessian reads a java.time.Duration; null is the zero value.
func (v *Duration) DecodeHessian(d *Decoder) { decodeValue(d, v, "java.time.Duration") }

// DecodeHessian reads a java.time.Period; null is the zero value.
func (v *Period) DecodeHessian(d *Decoder) { decodeValue(d, v, "java.time.Period") }

// DecodeHessian reads a java.time.Year; null is the zero value.
func (v *Year) DecodeHessian(d *Decoder) { decodeValue(d, v, "java.time.Year") }

// DecodeHessian reads a java.time.YearMonth; null is the zero value.
func (v *YearMonth) DecodeHessian(d *Decoder) { decodeValue(d, v, "java.time.YearMonth") }

// DecodeHessian reads a java.time.MonthDay; null is the zero value.
func (v *MonthDay) DecodeHessian(d *Decoder) { decodeValue(d, v, "java.time.MonthDay") }

// DecodeHessian reads a java.time.ZoneId; null is "". A ZoneOffset, which is a
// ZoneId to Java, becomes its text.
func (v *ZoneID) DecodeHessian(d *Decoder) {
	if d.json && d.fromJSON(v) {
		return
	}
	at := d.pos
	switch x := d.Any().(type) {
	case nil:
		*v = ""
	case ZoneID:
		*v = x
	case ZoneOffset:
		*v = ZoneID(x.String())
	default:
		d.pos = at
		d.failf("found a %T, want java.time.ZoneId", x)
	}
}

// DecodeHessian reads a java.time.ZoneOffset; null is the zero value.
func (v *ZoneOffset) DecodeHessian(d *Decoder) { decodeValue(d, v, "java.time.ZoneOffset") }

// DecodeHessian reads a java.time.OffsetDateTime; null is the zero value.
func (v *OffsetDateTime) DecodeHessian(d *Decoder) { decodeValue(d, v, "java.time.OffsetDateTime") }

// DecodeHessian reads a java.time.OffsetTime; null is the zero value.
func (v *OffsetTime) DecodeHessian(d *Decoder) { decodeValue(d, v, "java.time.OffsetTime") }

// DecodeHessian reads a java.time.ZonedDateTime; null is the zero value.
func (v *ZonedDateTime) DecodeHessian(d *Decoder) { decodeValue(d, v, "java.time.ZonedDateTime") }
