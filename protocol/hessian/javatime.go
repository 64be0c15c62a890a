package hessian

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// The values of java.time that Go's time has no type for. hessian-lite sends a
// stand-in for each, a "handle", which Java turns back.
//
// A zero value that Java could not have is null: LocalDate, LocalDateTime,
// Instant, YearMonth, MonthDay, ZoneID, OffsetDateTime and ZonedDateTime. The
// others are themselves, as LocalTime{} is midnight: use a pointer where null
// may come.
type (
	// LocalDate is a java.time.LocalDate: a day without a zone.
	LocalDate struct {
		Year  int
		Month time.Month
		Day   int
	}
	// LocalTime is a java.time.LocalTime: a time of the day without a zone.
	LocalTime struct{ Hour, Minute, Second, Nano int }
	// LocalDateTime is a java.time.LocalDateTime.
	LocalDateTime struct {
		Date LocalDate
		Time LocalTime
	}
	// Instant is a java.time.Instant. It has the nanoseconds that a
	// java.util.Date lacks.
	Instant struct{ time.Time }
	// Duration is a java.time.Duration, whose range is larger than Go's. Nano is
	// 0 to 999,999,999, also when Seconds is negative.
	Duration struct {
		Seconds int64
		Nano    int
	}
	// Period is a java.time.Period.
	Period struct{ Years, Months, Days int }
	// Year is a java.time.Year.
	Year int
	// YearMonth is a java.time.YearMonth.
	YearMonth struct {
		Year  int
		Month time.Month
	}
	// MonthDay is a java.time.MonthDay.
	MonthDay struct {
		Month time.Month
		Day   int
	}
	// ZoneID is a java.time.ZoneId, as "Europe/Paris".
	ZoneID string
	// ZoneOffset is a java.time.ZoneOffset in seconds east of Greenwich.
	ZoneOffset int
	// OffsetDateTime is a java.time.OffsetDateTime.
	OffsetDateTime struct {
		DateTime LocalDateTime
		Offset   ZoneOffset
	}
	// OffsetTime is a java.time.OffsetTime.
	OffsetTime struct {
		Time   LocalTime
		Offset ZoneOffset
	}
	// ZonedDateTime is a java.time.ZonedDateTime.
	ZonedDateTime struct {
		DateTime LocalDateTime
		Offset   ZoneOffset
		Zone     ZoneID
	}
)

// LocalDateOf returns the day of t in its location.
func LocalDateOf(t time.Time) LocalDate {
	y, m, d := t.Date()
	return LocalDate{y, m, d}
}

// LocalTimeOf returns the time of the day of t in its location.
func LocalTimeOf(t time.Time) LocalTime {
	h, m, s := t.Clock()
	return LocalTime{h, m, s, t.Nanosecond()}
}

// LocalDateTimeOf returns the day and time of t in its location.
func LocalDateTimeOf(t time.Time) LocalDateTime { return LocalDateTime{LocalDateOf(t), LocalTimeOf(t)} }

// OffsetDateTimeOf returns t with the offset of its location.
func OffsetDateTimeOf(t time.Time) OffsetDateTime {
	_, offset := t.Zone()
	return OffsetDateTime{LocalDateTimeOf(t), ZoneOffset(offset)}
}

// ZonedDateTimeOf returns t with the name of its location. zone is used where
// that is not one which Java knows, such as "Local".
func ZonedDateTimeOf(t time.Time, zone ZoneID) ZonedDateTime {
	_, offset := t.Zone()
	return ZonedDateTime{LocalDateTimeOf(t), ZoneOffset(offset), zone}
}

// DurationOf returns d.
func DurationOf(d time.Duration) Duration {
	s, n := d/time.Second, d%time.Second
	if n < 0 {
		s, n = s-1, n+time.Second
	}
	return Duration{int64(s), int(n)}
}

// In returns the first moment of the day in loc.
func (v LocalDate) In(loc *time.Location) time.Time {
	return time.Date(v.Year, v.Month, v.Day, 0, 0, 0, 0, loc)
}

// In returns the moment in loc.
func (v LocalDateTime) In(loc *time.Location) time.Time {
	d, t := v.Date, v.Time
	return time.Date(d.Year, d.Month, d.Day, t.Hour, t.Minute, t.Second, t.Nano, loc)
}

// Time returns the moment; its location has no name.
func (v OffsetDateTime) Time() time.Time {
	return v.DateTime.In(time.FixedZone("", int(v.Offset)))
}

// Time returns the moment. Its location has the zone's name and the offset
// that came with it, not the zone's rules: time.LoadLocation gives those.
func (v ZonedDateTime) Time() time.Time {
	return v.DateTime.In(time.FixedZone(string(v.Zone), int(v.Offset)))
}

// Std returns v as a time.Duration, false if it is out of range.
func (v Duration) Std() (time.Duration, bool) {
	const limit = math.MaxInt64 / int64(time.Second)
	if v.Seconds >= limit || v.Seconds <= -limit {
		return 0, false
	}
	return time.Duration(v.Seconds)*time.Second + time.Duration(v.Nano), true
}

// String returns the ISO form, as Java does.
func (v LocalDate) String() string { return fmt.Sprintf("%04d-%02d-%02d", v.Year, v.Month, v.Day) }

// String returns the ISO form, always with seconds.
func (v LocalTime) String() string {
	s := fmt.Sprintf("%02d:%02d:%02d", v.Hour, v.Minute, v.Second)
	if v.Nano != 0 {
		s += fmt.Sprintf(".%09d", v.Nano)
	}
	return s
}

// String returns the ISO form, always with seconds.
func (v LocalDateTime) String() string { return v.Date.String() + "T" + v.Time.String() }

// String returns the ISO form, as Java does.
func (v Duration) String() string {
	if v == (Duration{}) {
		return "PT0S"
	}
	// Java counts a negative second and its nanoseconds together.
	seconds, nano := v.Seconds, v.Nano
	if seconds < 0 && nano > 0 {
		seconds, nano = seconds+1, int(time.Second)-nano
	}
	s := "PT"
	if h := seconds / 3600; h != 0 {
		s += fmt.Sprintf("%dH", h)
	}
	if m := seconds / 60 % 60; m != 0 {
		s += fmt.Sprintf("%dM", m)
	}
	switch rest := seconds % 60; {
	case nano == 0 && rest == 0:
		return s
	case nano == 0:
		return s + fmt.Sprintf("%dS", rest)
	case rest == 0 && v.Seconds < 0:
		return s + "-0." + fraction(nano) + "S"
	default:
		return s + fmt.Sprintf("%d.%sS", rest, fraction(nano))
	}
}

// fraction is the nanoseconds without the zeros at the end.
func fraction(nano int) string { return strings.TrimRight(fmt.Sprintf("%09d", nano), "0") }

// String returns the ISO form, as Java does.
func (v Period) String() string {
	if v == (Period{}) {
		return "P0D"
	}
	s := "P"
	for _, part := range []struct {
		n    int
		unit string
	}{{v.Years, "Y"}, {v.Months, "M"}, {v.Days, "D"}} {
		if part.n != 0 {
			s += fmt.Sprint(part.n) + part.unit
		}
	}
	return s
}

// String returns the ISO form.
func (v YearMonth) String() string { return fmt.Sprintf("%04d-%02d", v.Year, v.Month) }

// String returns the ISO form.
func (v MonthDay) String() string { return fmt.Sprintf("--%02d-%02d", v.Month, v.Day) }

// String returns the ISO form, as Java does.
func (v ZoneOffset) String() string {
	n, sign := int(v), '+'
	switch {
	case n == 0:
		return "Z"
	case n < 0:
		n, sign = -n, '-'
	}
	s := fmt.Sprintf("%c%02d:%02d", sign, n/3600, n/60%60)
	if n%60 != 0 {
		s += fmt.Sprintf(":%02d", n%60)
	}
	return s
}

// String returns the ISO form, always with seconds.
func (v OffsetDateTime) String() string { return v.DateTime.String() + v.Offset.String() }

// String returns the ISO form, always with seconds.
func (v OffsetTime) String() string { return v.Time.String() + v.Offset.String() }

// String returns the ISO form and the zone, always with seconds.
func (v ZonedDateTime) String() string {
	return v.DateTime.String() + v.Offset.String() + "[" + string(v.Zone) + "]"
}
