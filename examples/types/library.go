package types

import (
	"context"
	"math/big"
	"time"

	"github.com/gubbo/gubbo/protocol/hessian"
)

// Library has a method for each class of java.lang, java.math, java.util,
// java.sql and java.time that travels; each returns what it gets.
//
//gubbo:service lab.types.Library
type Library interface {
	Letter(ctx context.Context, v hessian.Char) (hessian.Char, error) // char
	BoxedChar(ctx context.Context, v *hessian.Char) (*hessian.Char, error)
	//gubbo:method chars types=char[] result=char[]
	Chars(ctx context.Context, v string) (string, error)

	BigInteger(ctx context.Context, v *big.Int) (*big.Int, error)
	BigDecimal(ctx context.Context, v hessian.BigDecimal) (hessian.BigDecimal, error)
	UUID(ctx context.Context, v hessian.UUID) (hessian.UUID, error)
	Locale(ctx context.Context, v hessian.Locale) (hessian.Locale, error)
	Currency(ctx context.Context, v hessian.Currency) (hessian.Currency, error)
	BitSet(ctx context.Context, v hessian.BitSet) (hessian.BitSet, error)
	GregorianCalendar(ctx context.Context, v hessian.Calendar) (hessian.Calendar, error)
	Timestamp(ctx context.Context, v hessian.Timestamp) (hessian.Timestamp, error) // java.sql.Timestamp
	SQLDate(ctx context.Context, v hessian.SQLDate) (hessian.SQLDate, error)       // java.sql.Date
	SQLTime(ctx context.Context, v hessian.SQLTime) (hessian.SQLTime, error)       // java.sql.Time
	LocalDate(ctx context.Context, v hessian.LocalDate) (hessian.LocalDate, error)
	LocalTime(ctx context.Context, v hessian.LocalTime) (hessian.LocalTime, error)
	LocalDateTime(ctx context.Context, v hessian.LocalDateTime) (hessian.LocalDateTime, error)
	Instant(ctx context.Context, v hessian.Instant) (hessian.Instant, error)
	Duration(ctx context.Context, v time.Duration) (time.Duration, error) // java.time.Duration
	LongDuration(ctx context.Context, v hessian.Duration) (hessian.Duration, error)
	Period(ctx context.Context, v hessian.Period) (hessian.Period, error)
	Year(ctx context.Context, v hessian.Year) (hessian.Year, error)
	YearMonth(ctx context.Context, v hessian.YearMonth) (hessian.YearMonth, error)
	MonthDay(ctx context.Context, v hessian.MonthDay) (hessian.MonthDay, error)
	ZoneID(ctx context.Context, v hessian.ZoneID) (hessian.ZoneID, error)
	ZoneOffset(ctx context.Context, v hessian.ZoneOffset) (hessian.ZoneOffset, error)
	OffsetDateTime(ctx context.Context, v hessian.OffsetDateTime) (hessian.OffsetDateTime, error)
	OffsetTime(ctx context.Context, v hessian.OffsetTime) (hessian.OffsetTime, error)
	ZonedDateTime(ctx context.Context, v hessian.ZonedDateTime) (hessian.ZonedDateTime, error)
	BoxedLocalTime(ctx context.Context, v *hessian.LocalTime) (*hessian.LocalTime, error)
	// Moment is an Instant, which a time.Time can be, too.
	//
	//gubbo:method moment types=java.time.Instant result=java.time.Instant
	Moment(ctx context.Context, v time.Time) (time.Time, error)
	Values(ctx context.Context, v *Values) (*Values, error)
}

// Values has a field of each class of java.math, java.util, java.sql and
// java.time.
type Values struct {
	_              hessian.Class `java:"lab.types.Values"`
	BigInteger     *big.Int
	BigDecimal     hessian.BigDecimal
	UUID           *hessian.UUID
	Locale         *hessian.Locale
	Currency       hessian.Currency
	BitSet         hessian.BitSet
	Calendar       hessian.Calendar
	Timestamp      hessian.Timestamp
	SQLDate        hessian.SQLDate
	SQLTime        hessian.SQLTime
	LocalDate      hessian.LocalDate
	LocalTime      *hessian.LocalTime
	LocalDateTime  hessian.LocalDateTime
	Instant        hessian.Instant
	Duration       *time.Duration
	Period         *hessian.Period
	Year           *hessian.Year
	YearMonth      hessian.YearMonth
	MonthDay       hessian.MonthDay
	ZoneID         hessian.ZoneID
	ZoneOffset     *hessian.ZoneOffset
	OffsetDateTime hessian.OffsetDateTime
	OffsetTime     *hessian.OffsetTime
	ZonedDateTime  hessian.ZonedDateTime
	Moment         time.Time `java:"moment,type=java.time.Instant"`
	Stamp          time.Time `java:"stamp,type=java.sql.Timestamp"`
	Letter         hessian.Char
	BoxedLetter    *hessian.Char
	Chars          string `java:"chars,type=char[]"`
	Days           []hessian.LocalDate
	Prices         map[hessian.Currency]hessian.BigDecimal
}
