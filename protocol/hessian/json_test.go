package hessian

import (
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// jsonUser reads text as a user.
func jsonUser(text string) (*user, error) {
	var e Encoder
	e.JSON(text)
	if e.Err() != nil {
		return nil, e.Err()
	}
	d := NewDecoder(e.Bytes(), userTypes)
	d.JSON()
	u, _ := d.Object(&userClass).(*user)
	return u, d.Err()
}

func TestJSONObjects(t *testing.T) {
	rank := int32(7)
	for _, tt := range []struct {
		in   string
		want *user
	}{
		{"null", nil},
		{"", nil},
		{"{}", &user{}},
		{` {"id": 12, "age": "3", "score": 5e-1, "active": true, "level": "HIGH", "rank": 7.0, "class": "com.example.Address"} `,
			&user{ID: 12, Age: 3, Score: 0.5, Active: true, Level: "HIGH", Rank: &rank}},
		{`{"id": 9007199254740993, "name": 1.50, "nobody": [{"x": [1, null]}], "age": null}`, &user{ID: 1<<53 + 1, Name: "1.50"}},
		{`{"home": {"city": "x", "zip": 5}, "friends": [{"name": "f"}, null]}`,
			&user{Home: &address{City: "x", Zip: 5}, Friends: []*user{{Name: "f"}, nil}}},
		{`{"tags": ["a"], "counts": ["1", 2, 3e0], "photo": [-1, 255]}`, &user{Tags: []string{"a"}, Counts: []int64{1, 2, 3}, Photo: []byte{255, 255}}},
		{"// a user\n{'id':1;name=>word,/* ** / */\"rank\"=007 # x\n}", &user{ID: 1, Name: "word", Rank: &rank}},
		{`{"tags": ["\ud83d\ude42\t\"\/\u00e9", 'it\'s', yes, TRUE], "active": "maybe"}`, &user{Tags: []string{"🙂\t\"/é", "it's", "yes", "true"}}},
		{`{"any": [,1,,NULL,]}`, &user{Any: []any{nil, 1.0, nil, nil, nil}}},
		{`{"born": "1970-01-01T00:00:01Z"}`, &user{Born: time.Unix(1, 0).UTC()}},
		{`{"born": "1970-01-01T01:00:01.000+0100"}`, &user{Born: time.Unix(1, 0).UTC()}},
		{`{"any": {"class": "com.example.Address", "zip": 5, "all": [1, "1", true, null]}}`,
			&user{Any: map[string]any{"class": "com.example.Address", "zip": 5.0, "all": []any{1.0, "1", true, nil}}}},
	} {
		if got, err := jsonUser(tt.in); err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s is %+v, %v, want %+v", tt.in, got, err, tt.want)
		}
	}
}

func TestJSONFailures(t *testing.T) {
	for _, tt := range []struct{ in, message string }{
		{`{"id": 1`, "hessian: JSON: offset 8: an object has no end"},
		{`{"id": 1} {}`, "hessian: JSON: offset 10: there is more after the value"},
		{`{"id": 1,}`, "hessian: JSON: offset 9: want a name after a comma"},
		{`{"id" 1}`, "hessian: JSON: offset 6: want a colon after a name"},
		{`{"id": }`, "hessian: JSON: offset 7: want a value or name"},
		{`[1 2]`, "a list has no end"},
		{`[1`, "a list has no end"},
		{`{"name": "x`, "offset 11: a string has no end"},
		{`{"name": "\x"}`, "a bad escape in a string"},
		{`{"name": "\u12"}`, "a bad escape"},
		{`{"name": "\`, "a string has no end"},
		{`/* {}`, "a comment has no end"},
		{"\x00", "cannot begin with the character 0"},
		{`two words`, "hessian: JSON: offset 4: there is more after the value"},
		{strings.Repeat("[", 600), "values nest deeper than 512"},
		{`[1]`, "found a list, want an object"},
		{`{"id": 1.5}`, `com.example.User.id: the text "1.5" is not a long`},
		{`{"id": 9223372036854775808}`, `is not a long`},
		{`{"active": 1}`, `the text "1" is not a boolean`},
		{`{"born": "soon"}`, `the text "soon" is not a date`},
		{`{"photo": "AQID"}`, "found a string, want a byte array"},
		{strings.Repeat("[", 100) + strings.Repeat("]", 100), "found a list"},
		{`{"any": ` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}", "values nest deeper than 64"},
	} {
		if got, err := jsonUser(tt.in); err == nil || !strings.Contains(err.Error(), tt.message) {
			t.Errorf("%s is %+v, %v, want %q", tt.in, got, err, tt.message)
		}
	}
}

// A small text must not make much: neither by many values nor by depth.
func TestHostileJSON(t *testing.T) {
	for name, text := range map[string]string{
		"lists":   "[" + strings.Repeat("[],", 300_000) + "[]]",
		"objects": "[" + strings.Repeat("{},", 300_000) + "{}]",
		"numbers": "[" + strings.Repeat("1,", 500_000) + "1]",
		"deep":    strings.Repeat("[", 1_000_000),
		"digits":  strings.Repeat("9", 1_000_000),
		"keys":    "{" + strings.Repeat(`"a":0,`, 200_000) + `"a":0}`,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var e Encoder
		e.JSON(text)
		d := NewDecoder(e.Bytes(), userTypes)
		d.JSON()
		if e.Err() == nil {
			d.Any()
		}
		runtime.ReadMemStats(&after)
		if got, limit := after.TotalAlloc-before.TotalAlloc, uint64(len(text)*64+4<<20); got > limit {
			t.Errorf("%s: %d bytes of text allocated %d", name, len(text), got)
		}
	}
}

func TestToJSON(t *testing.T) {
	local := time.Date(2024, 2, 29, 13, 2, 3, 0, time.Local)
	twice := &Object{Class: "x", Fields: []Field{{"v", int32(1)}}}
	for _, tt := range []struct {
		in   any
		want string
	}{
		{nil, "null"},
		{math.MaxInt64, "9223372036854775807"},
		{[]any{int32(1), 1.0, 1e10, 0.1, "é\n\"", true, nil}, `[1,1.0,1.0E10,0.1,"é\n\"",true,null]`},
		{[]byte{0, 255}, "[0,-1]"},
		{local, `"Feb 29, 2024 1:02:03 PM"`},
		{[]any{Timestamp{local}, SQLDate{local}, SQLTime{local}}, `["Feb 29, 2024 1:02:03 PM","Feb 29, 2024","01:02:03 PM"]`},
		{[]any{BigDecimal("1.50"), BigDecimal("1e3"), BigDecimal(".5"), big.NewInt(-7)}, "[1.50,1E+3,0.5,-7]"},
		{&Object{Class: "com.example.User", Fields: []Field{{"a", nil}, {"b", twice}, {"c", twice}}}, `{"b":{"v":1},"c":{"v":1}}`},
		{&Object{Class: levelClass.Name, Fields: []Field{{"name", "LOW"}}}, `"LOW"`},
		{map[string]any{"b": nil, "a": []int32{1}, "c": []float64{1}}, `{"a":[1],"c":[1.0]}`},
		{&Map{Entries: []Entry{{int64(7), "n"}, {nil, true}, {&Object{Class: levelClass.Name, Fields: []Field{{"name", "LOW"}}}, []string{"x"}}, {LocalDate{2024, 2, 29}, []bool{false}}}},
			`{"7":"n","null":true,"LOW":["x"],"2024-02-29":[false]}`},
		{&Map{Entries: []Entry{{Timestamp{local}, 1}, {Timestamp{local.Add(120e6)}, 2}, {SQLDate{local}, 3}, {SQLTime{local}, 4}, {Instant{time.Unix(1, 0)}, 5}, {Year(5), 6}, {ZoneID("UTC"), 7}, {BigDecimal("12e3"), 8}, {big.NewInt(9), 9}}},
			`{"2024-02-29 13:02:03.0":1,"2024-02-29 13:02:03.12":2,"2024-02-29":3,"13:02:03":4,"1970-01-01T00:00:01Z":5,"5":6,"UTC":7,"1.2E+4":8,"9":9}`},
		{LocalDateTime{LocalDate{2024, 2, 29}, LocalTime{1, 2, 3, 4}}, `{"date":{"year":2024,"month":2,"day":29},"time":{"hour":1,"minute":2,"second":3,"nano":4}}`},
		{Calendar{Time: local}, `{"year":2024,"month":1,"dayOfMonth":29,"hourOfDay":13,"minute":2,"second":3}`},
		{[]any{Currency("EUR"), Locale("zh_CN"), UUID{15: 1}, BitSet{5, 0}}, `["EUR","zh_CN","00000000-0000-0000-0000-000000000001",[1,0,1]]`},
	} {
		got, err := ToJSON(tt.in, userTypes, 1000)
		if err != nil || got != tt.want {
			t.Errorf("%#v is %s, %v, want %s", tt.in, got, err, tt.want)
		}
	}
}

func TestToJSONFailures(t *testing.T) {
	cycle := &List{}
	cycle.Items = []any{cycle}
	var wide any = "x"
	for range 40 { // 2^40 texts
		wide = []any{wide, wide}
	}
	nulls, zeros := &Map{Entries: make([]Entry, 50)}, make(BitSet, 50)
	var often, bits []any // few bytes of JSON, but much to look at
	for range 30 {
		often, bits = append(often, nulls), append(bits, zeros)
	}
	for _, tt := range []struct {
		in      any
		message string
	}{
		{math.NaN(), "NaN is no number"},
		{[]any{math.Inf(-1)}, "-Infinity is no number"},
		{cycle, "values nest deeper than 512"},
		{wide, "more than 1000 bytes"},
		{strings.Repeat("x", 1000), "more than 1000 bytes"},
		{often, "more than 1000 nulls"},
		{bits, "more than 1000 nulls"},
		{BitSet{1000: 1}, "more than 1000 bytes"},
		{new(big.Int).Lsh(big.NewInt(1), 1<<18), "an integer of 262145 bits"},
		{&Map{Entries: []Entry{{[]any{}, 1}}}, "the key of a map is a []interface {}"},
		{&Map{Entries: []Entry{{Calendar{Time: time.Unix(0, 0)}, 1}}}, "the key of a map is a hessian.Calendar"},
		{struct{}{}, "struct {} is not known"},
	} {
		if got, err := ToJSON(tt.in, nil, 1000); err == nil || got != "" || !strings.Contains(err.Error(), tt.message) {
			t.Errorf("%T is %.40s, %v, want %q", tt.in, got, err, tt.message)
		}
	}
}

// Whatever can be read as JSON is written as JSON, and as the same when it is
// read once more.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,-0.5e3,null,true,"\ud83d\ude42"],"":{}}`, "word", `"x`, "[[]]", "1e400", "{\"class\":\"com.example.User\"}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read := func(text string) (any, error) {
			var e Encoder
			if e.JSON(text); e.Err() != nil {
				return nil, e.Err()
			}
			d := NewDecoder(e.Bytes(), userTypes)
			d.JSON()
			d.Object(&userClass) // whatever else is declared
			d.Reset(e.Bytes(), userTypes)
			d.JSON()
			v := d.Any()
			return v, d.Err()
		}
		v, err := read(text)
		if json.Valid([]byte(text)) {
			asGo(t, text, v, err)
		}
		if err != nil {
			return
		}
		out, err := ToJSON(v, userTypes, 1<<20)
		if err != nil {
			return
		}
		if !json.Valid([]byte(out)) {
			t.Fatalf("%q became %q", text, out)
		}
		again, err := read(out)
		if err != nil {
			t.Fatalf("%q became %q: %v", text, out, err)
		}
		if back, err := ToJSON(again, userTypes, 1<<20); err != nil || back != out {
			t.Errorf("%q became %q, then %q, %v", text, out, back, err)
		}
	})
}

// asGo fails unless v, err are what encoding/json makes of the text.
func asGo(t *testing.T, text string, v any, err error) {
	t.Helper()
	var want any
	if json.Unmarshal([]byte(text), &want) != nil || !utf8.ValidString(text) || strings.Contains(strings.ToLower(text), `\ud`) {
		return // out of a double's range, or half a surrogate pair
	}
	if e, ok := err.(*DecodeError); ok && e.Limit || err != nil && strings.Contains(err.Error(), "deeper") {
		return
	}
	if err != nil || !reflect.DeepEqual(v, want) {
		t.Errorf("%q is %#v, %v, want %#v", text, v, err, want)
	}
}
