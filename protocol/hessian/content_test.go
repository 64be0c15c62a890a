package hessian

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

// typed is a list of the class with the items that follow as bytes.
func typed(class string, items ...string) string {
	return string(AppendString([]byte{0x70 + byte(len(items))}, class)) + strings.Join(items, "")
}

// instance is an object of a class with one field.
func instance(class, field, value string) string {
	return string(appendClassDef(nil, class, []string{field})) + "\x60" + value
}

// What stands in arrays and in the JDK's classes is what Java takes there; the
// interop module asks Java itself. Only Any looks.
func TestContentsThatJavaRefuses(t *testing.T) {
	const date, text, bytes, list, aMap = "\x4b\x00\x00\x00\x01", "\x01a", "\x21a", "\x79\x91", "H\x01a\x91Z"
	object := instance("lab.Unknown", "x", "\x91")
	for _, c := range []struct {
		data string
		at   int // from the end, of what is refused
		want string
	}{
		{typed("[int", "\x91", text), 2, "found a string, want an int"},
		{typed("[int", "\x91", list), 2, "found a list, want an int"},
		{typed("[short", bytes), 2, "found a byte array, want an int"},
		{typed("[long", date), 5, "found a date, want a long"},
		{typed("[double", aMap), 5, "found a map, want a double"},
		{typed("[float", text), 2, "found a string, want a double"},
		{typed("[boolean", text), 2, "found a string, want a boolean"},
		{typed("[string", object), len(object), "found an object, want a string"},
		{typed("[string", "Q\x90"), 2, "found a reference, want a string"},
		{typed("[date", "\xe1"), 1, "found a long, want a date"},
		{typed("[date", object), 2, "found an object, want a date"},
		{typed("[java.lang.Integer", text), 2, "found a string, want an int"},
		{typed("[java.lang.Character", list), 2, "found a list, want a string"},
		{typed("[[byte", list), 2, "found a list, want a byte array"},
		{typed("[[int", "\x91"), 1, "found an int, want a list for [int"},
		{typed("[[int", "\x79"+text), 2, "found a string, want an int"},
		{typed("[[int", "Q\x90"), 2, "found a *hessian.List, want a list for [int"},
		{typed("[java.util.Map", "T"), 1, "found a boolean, want a map"},
		{typed("[java.util.List", aMap), 5, "found a map, want a list"},
		{typed("[java.math.BigDecimal", text), 2, "found a string, want java.math.BigDecimal"},
		{typed("[java.math.BigDecimal", object), 2, `found an object of class "lab.Unknown", want java.math.BigDecimal`},
		{typed("[java.util.UUID", aMap), 5, "found a map, want java.util.UUID"},
		{typed("java.math.BigDecimal", text), 0, "found a list, want java.math.BigDecimal"},
		{typed("java.lang.Error", text), 0, "found a list, want java.lang.Error"},
		{instance("[lab.Unknown", "x", "\x91"), 2, "found an object, want [lab.Unknown"},
		{string(AppendString([]byte("M"), "java.util.LinkedList")) + "\x91\x91Z", 0, "found a map, want java.util.LinkedList"},
		{typed("java.util.HashMap", text), 0, "found a list, want java.util.HashMap"},
		{string(AppendString([]byte("M"), "[int")) + "\x91\x91Z", 0, "found a map, want [int"},
		{typed("java.util.TreeSet", text, "\x91"), 0, "what stands in a java.util.TreeSet has no order"},
		{typed("java.util.TreeSet", "N"), 0, "what stands in a java.util.TreeSet has no order"},
		{typed("java.util.TreeSet", list), 0, "what stands in a java.util.TreeSet has no order"},
		{string(AppendString([]byte("M"), "java.util.TreeMap")) + text + "\x91\x91\x91Z", 0, "what stands in a java.util.TreeMap has no order"},

		{instance("java.math.BigDecimal", "value", "\x03abc"), 5, `"abc" is no java.math.BigDecimal`},
		{instance("java.math.BigDecimal", "value", "\x00"), 2, `"" is no java.math.BigDecimal`},
		{instance("java.math.BigDecimal", "value", "N"), 2, `"" is no java.math.BigDecimal`},
		{instance("java.math.BigDecimal", "other", "\x011"), 3, `"" is no java.math.BigDecimal`},
		{instance("java.math.BigDecimal", "value", "\x0d1e99999999999"), 15, `"1e99999999999" is no java.math.BigDecimal`},
		{instance("java.math.BigDecimal", "value", bytes), 2, "found a byte array, want a string"},
		{instance("java.math.BigInteger", "mag", text), 2, "found a string, want a list for [int"},
		{instance("java.math.BigInteger", "signum", text), 2, "found a string, want an int"},
		{instance("java.util.UUID", "value", "F"), 2, `"false" is no UUID`},
		{instance("java.sql.Date", "value", "T"), 1, "found a boolean, want a date"},
		{instance("java.sql.Time", "value", "N"), 2, `a java.sql.Time without "value"`},
		{instance("java.util.Currency", "currencyCode", "\x91"), 1, "found an int, want a string"},
		{instance("java.lang.Class", "name", "N"), 1, "found null, want a string"},
		{instance("java.lang.Class", "n", text), 3, `a java.lang.Class without "name"`},
		{instance("java.time.DayOfWeek", "name", "\x03DAY"), 5, `"DAY" is no java.time.DayOfWeek`},
		{instance(localeClass.Name, "value", list), 2, "found a list, want a string"},
		{instance(bitSetClass.Name, "words", "\x79"+text), 2, "found a string, want a long"},
		{instance(calendarClass.Name, "type", text), 2, "found a string, want java.lang.Class"},
		{instance(instantClass.Name, "seconds", bytes), 2, "found a byte array, want a long"},
		{instance(localDateTimeClass.Name, "date", "\x91"), 1, "found an int, want " + localDateClass.Name},
		{instance(localDateTimeClass.Name, "date", strings.Replace(object, "`", "a", 1)), 2, `found an object of class "lab.Unknown", want ` + localDateClass.Name},
		{instance(zonedDateTimeClass.Name, "offset", text), 2, "found a string, want " + zoneOffsetClass.Name},
		{instance("java.lang.RuntimeException", "detailMessage", list), 2, "found a list, want a string"},
		{instance("java.lang.RuntimeException", "cause", "\x91"), 1, "found an int, want a throwable"},
		{instance("java.io.IOException", "stackTrace", "\x79\x91"), 1, "found an int, want java.lang.StackTraceElement"},
		{instance("java.lang.StackTraceElement", "lineNumber", text), 2, "found a string, want an int"},
	} {
		for name, types := range map[string]*Types{"objects": nil, "users": userTypes} {
			d := NewDecoder([]byte(c.data), types)
			v := d.Any()
			var err *DecodeError
			if !errors.As(d.Err(), &err) || v != nil {
				t.Errorf("%s: %q: got %v, %v, want %s", name, c.data, v, d.Err(), c.want)
				continue
			}
			at := len(c.data) - c.at
			if c.at == 0 {
				at = 0
			}
			if !strings.Contains(err.Reason, c.want) || strings.HasPrefix(c.want, "found") && err.Offset != at {
				t.Errorf("%s: %q: got %v, want offset %d: %s", name, c.data, err, at, c.want)
			}
		}
		skip, tree := NewDecoder([]byte(c.data), nil), NewDecoder([]byte(c.data), nil)
		skip.Skip()
		if v := tree.Tree(); skip.Err() != nil || tree.Err() != nil || v == nil || skip.Offset() != len(c.data) {
			t.Errorf("%q: skip: %v, tree: %v, %v", c.data, skip.Err(), v, tree.Err())
		}
		// What was skipped is refused when a reference asks for it.
		d := NewDecoder([]byte("\x7a"+c.data+"Q\x91"), nil)
		if n, ok := d.List(); !ok || !d.More(0, n) {
			t.Fatal(d.Err())
		}
		d.Skip()
		if v := d.Any(); v != nil || d.Err() == nil || !strings.Contains(d.Err().Error(), c.want) {
			t.Errorf("%q by reference: got %v, %v, want %s", c.data, v, d.Err(), c.want)
		}
	}
}

// Where Java has a type, what stands there becomes one of it.
func TestContentsThatJavaConverts(t *testing.T) {
	at := time.Unix(60, 0).UTC()
	timestamp := Object{"java.sql.Timestamp", []Field{{"value", at}}}
	var e Encoder
	e.Any(&timestamp)
	unknownDecimal := instance("lab.Decimal", "value", "\x011")
	for _, c := range []struct {
		data string
		want any
	}{
		{typed("[[int", "\x7a\x91T", typed("[long", "\xe1"), typed("[int", "N"), "N"), &List{"[[int", []any{[]int32{1, 1}, []int32{1}, []int32{0}, nil}}},
		{typed("[[object", typed("[string", "\x01a"), "\x79\x91"), &List{"[[object", []any{[]string{"a"}, &List{"[object", []any{int32(1)}}}}},
		{typed("[[lab.Unknown", typed("[int", "\x91")), &List{"[[lab.Unknown", []any{&List{"[lab.Unknown", []any{int32(1)}}}}},
		{typed("[java.util.List", typed("[int", "T"), "\x79\x91"), &List{"[java.util.List", []any{[]any{true}, []any{int32(1)}}}},
		{typed("[java.util.Map", "HZ", "N"), &List{"[java.util.Map", []any{map[string]any{}, nil}}},
		{typed("[java.lang.Character", "\x02ab", "\x00", "\x02\xed\xa0\xbd\xed\xb8\x80", "N"), &List{"[java.lang.Character", []any{"a", nil, "\xed\xa0\xbd", nil}}},
		{typed("[date", "\x4b\x00\x00\x00\x01", "N", string(e.Bytes())), &List{"[date", []any{at, nil, Timestamp{at}}}},
		{typed("[java.lang.Long", string(appendClassDef(nil, "lab.A", []string{"x"}))+"\xe1"), &List{"[java.lang.Long", []any{int64(1)}}},
		{typed("[[byte", "\x21a", "N"), &List{"[[byte", []any{[]byte("a"), nil}}},
		{typed("[[char", "\x01a", "\x91"), &List{"[[char", []any{"a", "1"}}},
		{typed("[java.math.BigDecimal", unknownDecimal), &List{"[java.math.BigDecimal", []any{&Object{"lab.Decimal", []Field{{"value", "1"}}}}}},
		{typed("java.util.TreeSet", "\x01a", "\x01b"), &List{"java.util.TreeSet", []any{"a", "b"}}},
		{typed("java.util.TreeSet", "\x4b\x00\x00\x00\x01", string(e.Bytes())), &List{"java.util.TreeSet", []any{at, Timestamp{at}}}},
		{instance("java.math.BigDecimal", "value", "\x95"), BigDecimal("5")},
		{instance("java.util.UUID", "value", "\x091-2-3-4-5"), UUID{3: 1, 5: 2, 7: 3, 9: 4, 15: 5}},
		{instance(bitSetClass.Name, "words", "\x79\x95"), BitSet{5}},
		{instance(yearClass.Name, "year", "\xe5"), Year(5)},
		{instance("java.lang.Exception", "detailMessage", "\x91"), &Exception{Class: "java.lang.Exception", Message: "1", Fields: []Field{{"detailMessage", "1"}}}},
	} {
		d := NewDecoder([]byte(c.data), nil)
		if got := d.Any(); d.Err() != nil || !reflect.DeepEqual(got, c.want) || d.Offset() != len(c.data) {
			t.Errorf("%q: got %#v, %v at %d, want %#v", c.data, got, d.Err(), d.Offset(), c.want)
		}
	}
}

// Java reads a stand-in that can become nothing as null; where its class is
// declared that is an error.
func TestStandInsForNothing(t *testing.T) {
	for _, o := range []*Object{
		object(localDateClass.Name, "year", int32(2024), "month", int32(13), "day", int32(1)),
		object(localDateClass.Name, "year", int32(0), "month", int32(0), "day", int32(0)),
		object(localDateClass.Name, "year", int32(2024), "mouth", int32(1), "day", int32(1)),
		object(localDateClass.Name),
		object(localTimeClass.Name, "hour", int32(24), "minute", int32(0), "second", int32(0), "nano", int32(0)),
		object(localDateTimeClass.Name, "date", nil, "time", nil),
		object(localDateTimeClass.Name, "time", LocalTime{}),
		object(instantClass.Name, "seconds", int64(1<<62), "nanos", int32(0)),
		object(zoneOffsetClass.Name, "seconds", int32(1<<20)),
		object(zoneIDClass.Name, "zoneId", nil),
		object(offsetTimeClass.Name, "localTime", LocalTime{}),
		object(localeClass.Name, "value", nil),
		object(bitSetClass.Name, "words", nil),
	} {
		var e Encoder
		e.Any(o)
		e.writeRef(0)
		d := NewDecoder(e.Bytes(), nil)
		if v := d.Any(); v != nil || d.Err() != nil {
			t.Errorf("%v: got %v, %v", o, v, d.Err())
		}
		if v := d.Any(); v != nil || d.Err() != nil || len(d.Rest()) > 0 {
			t.Errorf("%v by reference: got %v, %v", o, v, d.Err())
		}
	}
	var e Encoder
	e.Any(object(localDateClass.Name, "year", int32(2024), "month", int32(13), "day", int32(1)))
	var date LocalDate
	d := NewDecoder(e.Bytes(), nil)
	if date.DecodeHessian(d); d.Err() == nil || !strings.Contains(d.Err().Error(), "these fields make no java.time.LocalDate") {
		t.Errorf("got %v, %v", date, d.Err())
	}
}
