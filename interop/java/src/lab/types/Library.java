package lab.types;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Date;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.BitSet;
import java.util.Calendar;
import java.util.Currency;
import java.util.Locale;
import java.util.UUID;

/** The contract for classes of the JDK; its Go twin is Library in examples/types. */
public interface Library {
    char letter(char v);

    Character boxedChar(Character v);

    char[] chars(char[] v);

    BigInteger bigInteger(BigInteger v);

    BigDecimal bigDecimal(BigDecimal v);

    UUID uuid(UUID v);

    Locale locale(Locale v);

    Currency currency(Currency v);

    BitSet bitSet(BitSet v);

    Calendar gregorianCalendar(Calendar v);

    Timestamp timestamp(Timestamp v);

    Date sqlDate(Date v);

    Time sqlTime(Time v);

    LocalDate localDate(LocalDate v);

    LocalTime localTime(LocalTime v);

    LocalDateTime localDateTime(LocalDateTime v);

    Instant instant(Instant v);

    Duration duration(Duration v);

    Duration longDuration(Duration v);

    Period period(Period v);

    Year year(Year v);

    YearMonth yearMonth(YearMonth v);

    MonthDay monthDay(MonthDay v);

    ZoneId zoneID(ZoneId v);

    ZoneOffset zoneOffset(ZoneOffset v);

    OffsetDateTime offsetDateTime(OffsetDateTime v);

    OffsetTime offsetTime(OffsetTime v);

    ZonedDateTime zonedDateTime(ZonedDateTime v);

    LocalTime boxedLocalTime(LocalTime v);

    Instant moment(Instant v);

    Values values(Values v);
}
