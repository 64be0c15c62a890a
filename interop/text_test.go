package interop

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/gubbo/gubbo/protocol/hessian"
)

// longText is the length from which strings and byte arrays are told by their
// length and hash.
const longText = 60

// textOf returns everything in v as text, so that both languages can tell what
// they have; Text.java says how, and is the twin.
func textOf(v any) string {
	t := texter{seen: make(map[any]int)}
	t.add(reflect.ValueOf(v))
	return t.b.String()
}

type texter struct {
	b       strings.Builder
	seen    map[any]int // the numbers of objects that have an identity
	objects int
}

func (t *texter) add(v reflect.Value) {
	for v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		t.b.WriteString("null")
		return
	}
	if t.known(v.Interface()) {
		return
	}
	switch v.Kind() {
	case reflect.Bool, reflect.Int8, reflect.Int16, reflect.Int32:
		fmt.Fprint(&t.b, v.Interface())
	case reflect.Int, reflect.Int64:
		fmt.Fprintf(&t.b, "%dL", v.Int())
	case reflect.Float32:
		t.b.WriteString(decimal(v.Float(), 32))
	case reflect.Float64:
		t.b.WriteString(decimal(v.Float(), 64))
	case reflect.String:
		t.string(v.String())
	case reflect.Slice:
		switch {
		case v.IsNil():
			t.b.WriteString("null")
		case strings.HasPrefix(v.Type().Elem().Name(), "Pair["):
			var fields []textField
			for i := range v.Len() {
				fields = append(fields, textField{textOf(v.Index(i).Field(0).Interface()), v.Index(i).Field(1)})
			}
			t.fields(fields)
		case v.Type().Elem().Kind() == reflect.Uint8:
			t.bytes(v.Bytes())
		default:
			t.list(v)
		}
	case reflect.Map:
		if v.IsNil() {
			t.b.WriteString("null")
			return
		}
		if v.Type().Elem() == reflect.TypeFor[struct{}]() {
			t.set(v)
			return
		}
		var fields []textField
		for k, value := range v.Seq2() {
			fields = append(fields, textField{textOf(k.Interface()), value})
		}
		t.fields(fields)
	case reflect.Pointer:
		switch {
		case v.IsNil():
			t.b.WriteString("null")
		case v.Elem().Kind() == reflect.Struct && !t.wraps(v.Elem()):
			if t.again(v.Interface()) {
				return
			}
			t.object(v.Elem())
		default:
			t.add(v.Elem())
		}
	case reflect.Struct:
		t.objects++
		t.object(v)
	default:
		fmt.Fprintf(&t.b, "?%T", v.Interface())
	}
}

// known writes what has a form of its own.
func (t *texter) known(v any) bool {
	switch v := v.(type) {
	case time.Time:
		if v.IsZero() {
			t.b.WriteString("null")
		} else {
			fmt.Fprintf(&t.b, "@%d", v.UnixMilli())
		}
	case time.Duration:
		t.seconds("Duration", int64(v/time.Second), int64(v%time.Second))
	case hessian.Duration:
		t.seconds("Duration", v.Seconds, int64(v.Nano))
	case hessian.Instant:
		if v.IsZero() {
			t.b.WriteString("null")
		} else {
			t.seconds("Instant", v.Unix(), int64(v.Nanosecond()))
		}
	case hessian.Timestamp:
		return t.known(v.Time)
	case hessian.SQLDate:
		return t.known(v.Time)
	case hessian.SQLTime:
		return t.known(v.Time)
	case hessian.Calendar:
		t.value("Calendar", fmt.Sprint(v.UnixMilli()), v.IsZero())
	case *big.Int:
		t.value("BigInteger", fmt.Sprint(v), v == nil)
	case hessian.BigDecimal:
		t.value("BigDecimal", string(v), v == "")
	case hessian.UUID:
		t.value("UUID", v.String(), false)
	case hessian.Locale:
		t.value("Locale", string(v), false)
	case hessian.Currency:
		t.value("Currency", string(v), v == "")
	case hessian.BitSet:
		t.value("BitSet", bits(v), v == nil)
	case hessian.Char:
		t.units([]uint16{uint16(v)})
	case hessian.LocalDate:
		t.value("LocalDate", v.String(), v == hessian.LocalDate{})
	case hessian.LocalTime:
		t.value("LocalTime", v.String(), false)
	case hessian.LocalDateTime:
		t.value("LocalDateTime", v.String(), v == hessian.LocalDateTime{})
	case hessian.Period:
		t.value("Period", period(v), false)
	case hessian.Year:
		t.value("Year", fmt.Sprint(int(v)), false)
	case hessian.YearMonth:
		t.value("YearMonth", v.String(), v == hessian.YearMonth{})
	case hessian.MonthDay:
		t.value("MonthDay", v.String(), v == hessian.MonthDay{})
	case hessian.ZoneID:
		t.value("ZoneId", string(v), v == "")
	case hessian.ZoneOffset:
		t.value("ZoneOffset", fmt.Sprint(int(v)), false)
	case hessian.OffsetDateTime:
		t.value("OffsetDateTime", v.String(), v == hessian.OffsetDateTime{})
	case hessian.OffsetTime:
		t.value("OffsetTime", v.String(), false)
	case hessian.ZonedDateTime:
		t.value("ZonedDateTime", v.String(), v == hessian.ZonedDateTime{})
	case interface{ JavaEnum() string }:
		if name := fmt.Sprint(v); name == "" {
			t.b.WriteString("null")
		} else {
			t.b.WriteString(simpleName(v.JavaEnum()) + "." + name)
		}
	case *hessian.Object:
		if v.Class == "java.util.Optional" {
			t.b.WriteString("Optional(")
			t.add(reflect.ValueOf(v.Get("value")))
			t.b.WriteByte(')')
			return true
		}
		if v.Class == enumSetHandler {
			list, _ := v.Get("objects").(*hessian.List)
			items := make(map[any]struct{})
			for _, constant := range list.Items {
				items[constant] = struct{}{}
			}
			t.set(reflect.ValueOf(items))
			return true
		}
		if t.again(v) {
			return true
		}
		var fields []textField
		for _, f := range v.Fields {
			fields = append(fields, textField{f.Name, reflect.ValueOf(f.Value)})
		}
		t.b.WriteString(simpleName(v.Class))
		t.fields(fields)
	case *hessian.List:
		t.list(reflect.ValueOf(v.Items))
	case *hessian.Map:
		var fields []textField
		for _, e := range v.Entries {
			fields = append(fields, textField{textOf(e.Key), reflect.ValueOf(e.Value)})
		}
		t.fields(fields)
	default:
		return false
	}
	return true
}

// value writes a value of a class of the JDK.
func (t *texter) value(class, text string, null bool) {
	if null {
		t.b.WriteString("null")
		return
	}
	t.b.WriteString(class + "(" + text + ")")
}

// wraps says whether a struct is a value of the JDK, which has no identity.
func (t *texter) wraps(v reflect.Value) bool {
	probe := texter{seen: make(map[any]int)}
	return probe.known(v.Interface())
}

// seconds writes a moment or a span; nano is made positive, as in Java.
func (t *texter) seconds(class string, seconds, nano int64) {
	if nano < 0 {
		seconds, nano = seconds-1, nano+int64(time.Second)
	}
	t.value(class, fmt.Sprintf("%d s %d ns", seconds, nano), false)
}

// bits are those that are set, as Java prints them.
func bits(v hessian.BitSet) string {
	var set []string
	for i := range 64 * len(v) {
		if v[i/64]>>(i%64)&1 == 1 {
			set = append(set, strconv.Itoa(i))
		}
	}
	return "{" + strings.Join(set, ", ") + "}"
}

// period is in the form of Java's toString, P1Y-2M3D.
func period(p hessian.Period) string {
	text := "P"
	for i, n := range []int{p.Years, p.Months, p.Days} {
		if n != 0 {
			text += fmt.Sprint(n) + "YMD"[i:i+1]
		}
	}
	return text
}

func simpleName(class string) string { return class[strings.LastIndexAny(class, ".$")+1:] }

// again writes the number of an object that was there before.
func (t *texter) again(p any) bool {
	n, ok := t.seen[p]
	if ok {
		fmt.Fprintf(&t.b, "#%d", n)
		return true
	}
	t.seen[p] = t.objects
	t.objects++
	return false
}

// decimal is a number in a form that depends on its value alone: 1e10, 25e-2.
func decimal(v float64, bits int) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	case v == 0:
		return "0e0"
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', -1, bits), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	e, _ := strconv.Atoi(exponent)
	return fmt.Sprintf("%s%se%d", whole, fraction, e-len(fraction))
}

func (t *texter) string(s string) {
	units := utf16.Encode([]rune(s))
	if len(units) > longText {
		var hash int32
		for _, u := range units {
			hash = 31*hash + int32(u)
		}
		fmt.Fprintf(&t.b, "string #%d #%d", len(units), hash)
		return
	}
	t.units(units)
}

func (t *texter) units(units []uint16) {
	t.b.WriteByte('"')
	for _, u := range units {
		if u < ' ' || u > '~' || u == '"' || u == '\\' {
			fmt.Fprintf(&t.b, `\u%04x`, u)
		} else {
			t.b.WriteByte(byte(u))
		}
	}
	t.b.WriteByte('"')
}

func (t *texter) bytes(data []byte) {
	if len(data) <= longText {
		fmt.Fprintf(&t.b, "bytes(%x)", data)
		return
	}
	hash := int32(1)
	for _, v := range data {
		hash = 31*hash + int32(int8(v))
	}
	fmt.Fprintf(&t.b, "bytes #%d #%d", len(data), hash)
}

func (t *texter) list(v reflect.Value) {
	t.b.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			t.b.WriteString(", ")
		}
		t.add(v.Index(i))
	}
	t.b.WriteByte(']')
}

// set writes the keys of a map that is a set.
func (t *texter) set(v reflect.Value) {
	var keys []string
	for k := range v.Seq() {
		keys = append(keys, textOf(k.Interface()))
	}
	slices.Sort(keys)
	t.b.WriteString("[" + strings.Join(keys, ", ") + "]")
}

type textField struct {
	name  string
	value reflect.Value
}

func (t *texter) fields(fields []textField) {
	slices.SortFunc(fields, func(a, b textField) int { return cmp.Compare(a.name, b.name) })
	t.b.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			t.b.WriteString(", ")
		}
		t.b.WriteString(f.name + ": ")
		t.add(f.value)
	}
	t.b.WriteByte('}')
}

// object writes a struct under its Java names.
func (t *texter) object(v reflect.Value) {
	class, fields := structFields(v)
	t.b.WriteString(simpleName(class))
	t.fields(fields)
}

func structFields(v reflect.Value) (class string, fields []textField) {
	for f, value := range v.Fields() {
		tag, java, _ := strings.Cut(f.Tag.Get("java"), ",")
		if java == "type=java.time.Instant" {
			value = reflect.ValueOf(hessian.Instant{Time: value.Interface().(time.Time)})
		}
		switch {
		case f.Type == reflect.TypeFor[hessian.Class]():
			class = tag
		case tag == "-":
		case f.Anonymous:
			_, inherited := structFields(value)
			fields = append(fields, inherited...)
		default:
			fields = append(fields, textField{cmp.Or(tag, hessian.JavaName(f.Name)), value})
		}
	}
	return class, fields
}
