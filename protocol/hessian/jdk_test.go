package hessian

import (
	"bytes"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"
)

func bigInt(s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		panic(s)
	}
	return n
}

// jdkVectors are the Go values that Java's own bytes must give.
func jdkVectors() map[string]any {
	noon := LocalDateTime{LocalDate{2024, 2, 29}, LocalTime{1, 2, 3, 4}}
	at := time.UnixMilli(894621091123).UTC()
	rows := map[string]any{
		"uuid":         UUID{0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0},
		"locale/zh_CN": Locale("zh_CN"), "locale/en": Locale("en"), "locale/root": Locale(""),
		"currency": Currency("EUR"), "bitset": BitSet{5}, "calendar": Calendar{Time: at},
		"sql/timestamp": Timestamp{at}, "sql/date": SQLDate{time.UnixMilli(894621060000).UTC()}, "sql/time": SQLTime{time.UnixMilli(3600000).UTC()},
		"time/localdate": LocalDate{2024, 2, 29}, "time/localdate/min": LocalDate{1969, 12, 31},
		"time/localtime": LocalTime{23, 59, 59, 999999999}, "time/localtime/0": LocalTime{}, "time/localdatetime": noon,
		"time/instant":  Instant{time.Unix(1700000000, 5).UTC()},
		"time/duration": Duration{1234, 567000000}, "time/period": Period{1, 2, 3}, "time/year": Year(2024),
		"time/yearmonth": YearMonth{2024, 2}, "time/monthday": MonthDay{2, 29},
		"time/offsetdatetime": OffsetDateTime{noon, 8 * 3600}, "time/offsettime": OffsetTime{noon.Time, -5 * 3600},
		"time/zoneddatetime": ZonedDateTime{LocalDateTime{LocalDate{2024, 7, 1}, LocalTime{2, 3, 4, 5}}, 8 * 3600, "Asia/Shanghai"},
		"time/zoneid":        ZoneID("Asia/Shanghai"), "time/zoneoffset": ZoneOffset(8 * 3600),
		"time/twice": []any{LocalDate{2024, 1, 1}, LocalDate{2024, 1, 2}},
	}
	for _, s := range []string{"0", "1", "-1", "1.50", "12345.6700", "-0.001", "1E+10", "1E-20", "123456789012345678901234567890.123456789"} {
		rows["bigdecimal/"+s] = BigDecimal(s)
	}
	for _, s := range []string{"0", "1", "-1", "255", "-256", "123456789012345678901234567890", "-123456789012345678901234567890"} {
		rows["biginteger/"+s] = bigInt(s)
	}
	return rows
}

func sameValue(a, b any) bool {
	x, ok := a.(*big.Int)
	y, also := b.(*big.Int)
	if ok && also && x != nil && y != nil {
		return x.Cmp(y) == 0
	}
	return reflect.DeepEqual(a, b)
}

// Java's bytes become the Go value, dynamically and where it is declared, and
// the value becomes Java's bytes again.
func TestJDKValuesOfJava(t *testing.T) {
	for name, want := range jdkVectors() {
		data := vectorBytes(t, name)
		d := NewDecoder(data, nil)
		if got := d.Any(); d.Err() != nil || !sameValue(got, want) {
			t.Errorf("%s: got %T %v, want %T %v; %v", name, got, got, want, want, d.Err())
			continue
		}
		var e Encoder
		e.Any(want)
		// BigInteger's other fields are caches, which Java fills as it likes.
		if !strings.HasPrefix(name, "biginteger/") && !bytes.Equal(e.Bytes(), data) {
			t.Errorf("%s: %v\n got %x\nwant %x", name, e.Err(), e.Bytes(), data)
		}
		if _, list := want.([]any); list {
			continue
		}
		c, err := NewCodec()
		if err != nil {
			t.Fatal(err)
		}
		for _, typ := range []reflect.Type{reflect.TypeOf(want), reflect.PointerTo(reflect.TypeOf(want)), reflect.SliceOf(reflect.TypeOf(want))} {
			if typ == reflect.TypeFor[**big.Int]() {
				continue // *big.Int has a null of its own
			}
			in := reflect.New(typ).Elem()
			switch typ.Kind() {
			case reflect.Pointer:
				in = reflect.ValueOf(want)
				if typ != in.Type() {
					in = reflect.New(typ.Elem())
					in.Elem().Set(reflect.ValueOf(want))
				}
			case reflect.Slice:
				if typ != reflect.TypeOf(want) {
					in = reflect.Append(in, reflect.ValueOf(want), reflect.ValueOf(want))
				}
			default:
				in = reflect.ValueOf(want)
			}
			data, err := c.Marshal(in.Interface())
			if err != nil {
				t.Errorf("%s: %v: %v", name, typ, err)
				continue
			}
			out := reflect.New(typ)
			if err := c.Unmarshal(data, out.Interface()); err != nil || !deepSame(out.Elem(), in) {
				t.Errorf("%s: %v: got %v, want %v; %v", name, typ, out.Elem(), in, err)
			}
			if err := c.Unmarshal([]byte("N"), out.Interface()); err != nil || !out.Elem().IsZero() {
				t.Errorf("%s: %v: null is %v, %v", name, typ, out.Elem(), err)
			}
			if err := c.Unmarshal([]byte("\x01x"), out.Interface()); err == nil {
				t.Errorf("%s: %v: a string is %v", name, typ, out.Elem())
			}
		}
	}
}

func deepSame(a, b reflect.Value) bool {
	for a.Kind() == reflect.Slice && b.Kind() == reflect.Slice && a.Len() == b.Len() && a.Len() > 0 && a.Type().Elem() == reflect.TypeFor[*big.Int]() {
		return deepSame(a.Index(0), b.Index(0))
	}
	return sameValue(a.Interface(), b.Interface())
}

// object is one with the fields that pairs name and hold.
func object(class string, pairs ...any) *Object {
	o := &Object{Class: class}
	for i := 0; i < len(pairs); i += 2 {
		o.Fields = append(o.Fields, Field{pairs[i].(string), pairs[i+1]})
	}
	return o
}

// What Java reads but is not quite the class that it says stays an Object:
// nothing is lost.
func TestOddJDKObjectsStayObjects(t *testing.T) {
	for _, o := range []*Object{
		object("java.math.BigDecimal", "value", "1", "more", int32(1)),
		object("java.math.BigDecimal", "value", "1", "value", "2"),
		object("java.math.BigInteger", "signum", int32(1), "mag", []int32{}),
		object("java.math.BigInteger", "signum", int32(0), "mag", []int32{1}),
		object("java.math.BigInteger", "signum", int32(2), "mag", []int32{1}),
		object("java.math.BigInteger", "signum", int32(1), "mag", []int32{0, 1}),
		object("java.math.BigInteger", "mag", []int32{1}),
		object("java.util.UUID", "mostSigBits", int64(1), "other", nil),
		object(calendarClass.Name, "date", time.UnixMilli(5).UTC()),
		object(instantClass.Name, "seconds", int64(-62135596800), "nanos", int32(0)), // Go's zero Time
		object(durationClass.Name, "seconds", int64(1), "nanos", int32(-1)),
		object(java8+"NewHandle", "x", int32(1)),
	} {
		var e Encoder
		e.Any(o)
		d := NewDecoder(e.Bytes(), nil)
		got, ok := d.Any().(*Object)
		if !ok || d.Err() != nil || got.Class != o.Class || len(got.Fields) != len(o.Fields) {
			t.Errorf("%v: got %v, %v", o, got, d.Err())
		}
		var again Encoder
		again.Any(got)
		if !bytes.Equal(again.Bytes(), e.Bytes()) {
			t.Errorf("%v: %x became %x", o, e.Bytes(), again.Bytes())
		}
	}
	// Caucho's UUID has two longs.
	var e Encoder
	e.Any(object("java.util.UUID", "mostSigBits", int64(1), "leastSigBits", int64(-1)))
	if got := NewDecoder(e.Bytes(), nil).Any(); got != (UUID{7: 1, 8: 255, 9: 255, 10: 255, 11: 255, 12: 255, 13: 255, 14: 255, 15: 255}) {
		t.Errorf("got %v", got)
	}
	e.Reset(nil)
	e.Any(Calendar{time.UnixMilli(5).UTC(), "sun.util.BuddhistCalendar"})
	if got := NewDecoder(e.Bytes(), nil).Any(); got != (Calendar{time.UnixMilli(5).UTC(), "sun.util.BuddhistCalendar"}) {
		t.Errorf("got %v", got)
	}
}

// A Java Date field may hold any of its subclasses.
func TestDatesInAllClasses(t *testing.T) {
	at := time.UnixMilli(894621091123).UTC()
	for _, v := range []any{at, Timestamp{at}, SQLDate{at}, SQLTime{at}, Calendar{Time: at}, Instant{at}, at.UnixMilli()} {
		var e Encoder
		e.List("", 2)
		e.Any(v)
		e.Ref(&v)
		if _, object := v.(Marshaler); object {
			e.writeRef(1)
		} else {
			e.Any(v)
		}
		d := NewDecoder(e.Bytes(), nil)
		n, _ := d.List()
		for i := 0; d.More(i, n); i++ {
			if got := d.Date(); !got.Equal(at) || got.Location() != time.UTC {
				t.Errorf("%T %d: got %v, %v", v, i, got, d.Err())
			}
		}
		var s Timestamp
		d.Reset(e.Bytes()[1:], nil)
		if s.DecodeHessian(d); !s.Equal(at) {
			t.Errorf("%T: got %v, %v", v, s, d.Err())
		}
	}
	d := NewDecoder(AppendString(append(appendClassDef(nil, "java.math.BigDecimal", []string{"value"}), 0x60), "1"), nil)
	if d.Date(); d.Err() == nil || !strings.Contains(d.Err().Error(), "want a date") {
		t.Error(d.Err())
	}
}

// One BigInteger of Java is one pointer.
func TestBigIntegerKeepsIdentity(t *testing.T) {
	n := bigInt("-79228162514264337593543950336") // -2^96
	var e Encoder
	e.Any([]any{n, n, bigInt("7")})
	got, _ := NewDecoder(e.Bytes(), nil).Any().([]any)
	if len(got) != 3 || got[0] != got[1] || got[0].(*big.Int).Cmp(n) != 0 || got[2].(*big.Int).Int64() != 7 {
		t.Errorf("got %v", got)
	}
	d := NewDecoder(e.Bytes(), nil)
	d.List()
	if a, b := d.BigInteger(), d.BigInteger(); a != b || a.Cmp(n) != 0 {
		t.Errorf("got %v, %v", a, b)
	}
}

func TestUnwritableJDKValues(t *testing.T) {
	for _, v := range []any{
		BigDecimal("abc"), BigDecimal("."), BigDecimal("1e"), BigDecimal("--1"), BigDecimal("1.2.3"),
		LocalDate{2024, 13, 1}, LocalDate{2024, 1, 0}, LocalTime{Hour: 24}, LocalTime{Nano: 1e9}, LocalTime{Second: -1},
		YearMonth{Year: 1}, MonthDay{Month: 2}, ZoneOffset(1 << 20), Year(1e9), Duration{0, -1}, Period{Days: 1 << 40},
	} {
		var e Encoder
		e.Any(v)
		if e.Err() == nil {
			t.Errorf("%T %v was encoded", v, v)
		}
	}
	for _, null := range []any{
		BigDecimal(""), (*big.Int)(nil), Currency(""), BitSet(nil), Calendar{}, Timestamp{}, SQLDate{}, SQLTime{}, LocalDate{}, LocalDateTime{},
		Instant{}, YearMonth{}, MonthDay{}, ZoneID(""), OffsetDateTime{}, ZonedDateTime{}, (*LocalTime)(nil), (*UUID)(nil),
	} {
		var e Encoder
		e.Any(null)
		if e.Err() != nil || string(e.Bytes()) != "N" {
			t.Errorf("%T: %x, %v", null, e.Bytes(), e.Err())
		}
	}
}

func TestBigDecimalText(t *testing.T) {
	for _, c := range []struct {
		unscaled string
		scale    int32
		want     BigDecimal
	}{
		{"0", 0, "0"}, {"150", 2, "1.50"}, {"-1", 3, "-0.001"}, {"5", -3, "5E+3"}, {"0", 2, "0.00"}, {"1", 6, "0.000001"},
		{"1", 20, "1E-20"}, {"-123", 1, "-12.3"}, {"123", 3, "0.123"}, {"1", -2147483648, "1E+2147483648"},
		{"12", -3, "1.2E+4"}, {"1", 7, "1E-7"}, {"-12", 7, "-0.0000012"}, {"12", 8, "1.2E-7"}, {"123", 20, "1.23E-18"}, {"0", 6, "0.000000"}, {"0", 7, "0E-7"},
	} {
		got := NewBigDecimal(bigInt(c.unscaled), c.scale)
		if got != c.want {
			t.Errorf("%s, %d: got %s, want %s", c.unscaled, c.scale, got, c.want)
		}
		if c.scale == -2147483648 {
			continue // Java cannot read that exponent, either
		}
		n, scale, err := got.Unscaled()
		if err != nil || n.Cmp(bigInt(c.unscaled)) != 0 || scale != c.scale {
			t.Errorf("%s: got %v, %d, %v", got, n, scale, err)
		}
	}
	if _, _, err := BigDecimal("1E+2147483648").Unscaled(); err == nil {
		t.Error("no error")
	}
}

func TestJavaTimeConversions(t *testing.T) {
	shanghai := time.FixedZone("Asia/Shanghai", 8*3600)
	at := time.Date(2024, 7, 1, 2, 3, 4, 5, shanghai)
	for got, want := range map[string]string{
		LocalDateOf(at).String():                      "2024-07-01",
		LocalTimeOf(at).String():                      "02:03:04.000000005",
		LocalDateTimeOf(at).String():                  "2024-07-01T02:03:04.000000005",
		OffsetDateTimeOf(at).String():                 "2024-07-01T02:03:04.000000005+08:00",
		ZonedDateTimeOf(at, "Asia/Shanghai").String(): "2024-07-01T02:03:04.000000005+08:00[Asia/Shanghai]",
		OffsetTime{LocalTime{Hour: 1}, -1}.String():   "01:00:00-00:00:01",
		ZoneOffset(0).String():                        "Z",
		YearMonth{2024, 2}.String():                   "2024-02",
		MonthDay{2, 9}.String():                       "--02-09",
		Duration{1234, 567000000}.String():            "PT20M34.567S",
		Duration{-2, 500000000}.String():              "PT-1.5S",
		Duration{-1, 500000000}.String():              "PT-0.5S",
		Duration{-7200, 0}.String():                   "PT-2H",
		Duration{3661, 0}.String():                    "PT1H1M1S",
		Duration{}.String():                           "PT0S",
		Period{1, 0, -3}.String():                     "P1Y-3D",
		Period{}.String():                             "P0D",
		LocalDateOf(at).In(time.UTC).String():         "2024-07-01 00:00:00 +0000 UTC",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if v := OffsetDateTimeOf(at).Time(); !v.Equal(at) {
		t.Errorf("got %v", v)
	}
	if v := ZonedDateTimeOf(at, "Asia/Shanghai").Time(); !v.Equal(at) || v.Location().String() != "Asia/Shanghai" {
		t.Errorf("got %v", v)
	}
	for _, d := range []time.Duration{0, 1, -1, time.Hour, -1500 * time.Millisecond} {
		v := DurationOf(d)
		if back, ok := v.Std(); !ok || back != d || v.Nano < 0 {
			t.Errorf("%v: %v, %v", d, v, back)
		}
	}
	if _, ok := (Duration{Seconds: 1 << 60}).Std(); ok {
		t.Error("an age fits")
	}
	var zone ZoneID
	var e Encoder
	e.Any(ZoneOffset(-3600))
	if zone.DecodeHessian(NewDecoder(e.Bytes(), nil)); zone != "-01:00" {
		t.Errorf("got %q", zone)
	}
	e.Reset(nil)
	e.Any(ZonedDateTime{DateTime: LocalDateTimeOf(at), Offset: 3600})
	if v, _ := NewDecoder(e.Bytes(), nil).Any().(ZonedDateTime); v.Zone != "+01:00" {
		t.Errorf("got %v", v)
	}
}

// Other writers may order the fields as they like and refer back.
func TestJDKValuesOfOtherWriters(t *testing.T) {
	day := &Object{Class: localDateClass.Name, Fields: []Field{{"year", int32(2024)}, {"month", int32(2)}, {"day", int32(29)}}}
	sum := &Object{Class: bigDecimalClass.Name, Fields: []Field{{"value", "1.50"}}}
	var e Encoder
	e.Any([]any{day, day, sum, sum, nil})
	for i := range 17 {
		e.Any(&Object{Class: "c.C" + string(rune('A'+i))})
	}
	late := &Object{Class: localTimeClass.Name, Fields: []Field{{"nano", int32(4)}, {"second", int32(3)}, {"minute", int32(2)}, {"hour", int32(1)}}}
	e.Any(late) // of a class beyond 15
	d := NewDecoder(e.Bytes(), nil)
	d.List()
	for range 2 {
		var v LocalDate
		if v.DecodeHessian(d); v != (LocalDate{2024, 2, 29}) {
			t.Errorf("got %v, %v", v, d.Err())
		}
	}
	for _, want := range []BigDecimal{"1.50", "1.50", ""} {
		v := BigDecimal("x")
		if v.DecodeHessian(d); v != want {
			t.Errorf("got %q, want %q, %v", v, want, d.Err())
		}
	}
	for range 17 {
		d.Skip()
	}
	var v LocalTime
	if v.DecodeHessian(d); v != (LocalTime{1, 2, 3, 4}) || d.Err() != nil {
		t.Errorf("got %v, %v", v, d.Err())
	}
}

// What Java's classes could not hold is an error where they are declared.
func TestBadJDKValues(t *testing.T) {
	def := func(c *ClassDesc, values string) []byte {
		return append(append(appendClassDef(nil, c.Name, c.Fields), 0x60), values...)
	}
	for name, c := range map[string]struct {
		into Value
		data []byte
	}{
		"BigDecimal":   {new(BigDecimal), def(&bigDecimalClass, "\x03abc")},
		"null decimal": {new(BigDecimal), def(&bigDecimalClass, "N")},
		"UUID":         {new(UUID), def(&uuidClass, "\x03abc")},
		"month":        {new(LocalDate), def(&localDateClass, "\x91\x9d\x90")},
		"hour":         {new(LocalTime), def(&localTimeClass, "\x90\x90\x90\xa8")},
		"Instant":      {new(Instant), def(&instantClass, "\x90L\x7f\x00\x00\x00\x00\x00\x00\x00")},
		"Locale":       {new(Locale), def(&localeClass, "N")},
		"ZoneID":       {new(ZoneID), def(&yearClass, "\x90")},
		"other class":  {new(Year), def(&zoneIDClass, "\x01x")},
		"cut":          {new(LocalDateTime), def(&localDateTimeClass, "N")},
	} {
		d := NewDecoder(c.data, nil)
		if c.into.DecodeHessian(d); d.Err() == nil {
			t.Errorf("%s: got %v", name, c.into)
		}
	}
}
