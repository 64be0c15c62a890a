package hessian

import (
	"reflect"
	"strings"
	"testing"
)

// foreign are bytes that no writer we know makes, and Java's own reading of
// them (Hessian2Input.readObject of Dubbo 3.3.6): lists and maps in [] and {}, N is
// null, i and l begin a number.
var foreign = []struct {
	name, bytes, java string
	want              any
}{
	{"class named by null", "43 4e 91 0178 60 93", `{"x"=i3}`, &Object{Fields: []Field{{"x", int32(3)}}}},
	{"class named by an int", "43 93 91 0178 60 93", `{"x"=i3}`, &Object{Class: "3", Fields: []Field{{"x", int32(3)}}}},
	{"field named by an int", "43 0161 91 93 60 95", `{"3"=i5}`, &Object{Class: "a", Fields: []Field{{"3", int32(5)}}}},
	{"named by booleans", "43 54 91 46 60 95", `{"false"=i5}`, &Object{Class: "true", Fields: []Field{{"false", int32(5)}}}},
	{"named by short doubles", "43 5b 91 5c 60 95", `{"1.0"=i5}`, &Object{Class: "0.0", Fields: []Field{{"1.0", int32(5)}}}},
	{"named by whole doubles", "43 5d05 91 5e0100 60 95", `{"256"=i5}`, &Object{Class: "5", Fields: []Field{{"256", int32(5)}}}},
	{"named by doubles", "43 5f00000578 91 44 4202a05f20000000 60 95", `{"1.0E10"=i5}`,
		&Object{Class: "1.4000000000000001", Fields: []Field{{"1.0E10", int32(5)}}}},
	{"named by 4 bytes", "43 4900000007 91 59fffffff8 60 95", `{"-8"=i5}`, &Object{Class: "7", Fields: []Field{{"-8", int32(5)}}}},
	{"named by longs", "43 e1 91 4c0000000100000000 60 95", `{"4294967296"=i5}`, &Object{Class: "1", Fields: []Field{{"4294967296", int32(5)}}}},
	{"two fields of one name", "43 0161 92 93 0133 60 91 92", `{"3"=i2}`, &Object{Class: "a", Fields: []Field{{"3", int32(1)}, {"3", int32(2)}}}},
	{"no field", "43 4e 90 60", `{}`, &Object{}},

	{"field named by null", "43 0161 91 4e 60 93", `{N=i3}`, &Map{Class: "a", Entries: []Entry{{nil, int32(3)}}}},
	{"fields named by null and nothing", "43 4e 92 4e 00 60 93 94", `{""=i4,N=i3}`, &Map{Entries: []Entry{{nil, int32(3)}, {"", int32(4)}}}},
	{"fields of which one is named by null", "43 4e 93 92 4e 0178 60 93 4e 95", `{"2"=i3,"x"=i5,N=N}`,
		&Map{Entries: []Entry{{"2", int32(3)}, {nil, nil}, {"x", int32(5)}}}},

	{"length -5", "58 8b", `[]`, []any{}},
	{"length -1 as a long", "58 df", `[]`, []any{}},
	{"length -1 as a double", "58 5dff", `[]`, []any{}},
	{"length -2^31", "58 4980000000", `[]`, []any{}},
	{"length -5 of a type that nobody knows", "56 0178 8b", `[]`, &List{Class: "x"}},
	{"length -5 of a set", "56 11 6a6176612e7574696c2e48617368536574 8b", `<>`, &List{Class: "java.util.HashSet"}},
	{"length -5 and what follows", "7a 58 8b 91", `[[],i1]`, []any{[]any{}, int32(1)}},
	{"length -5 and a reference to it", "7b 56 0178 8b 51 91 91", `[[],[],i1]`, []any{&List{Class: "x"}, &List{Class: "x"}, int32(1)}},

	{"second byte is a letter", "01 c341", `"\u00c1"`, "Á"},
	{"second byte begins another", "01 c3c3", `"\u00c3"`, "Ã"},
	{"second byte is 0", "01 c000", `"\u0000"`, "\x00"},
	{"third byte is a letter", "02 e4b841 41", `"\u4e01A"`, "丁A"},
	{"letters after the first byte", "02 e44141 41", `"\u4041A"`, "\u4041A"},
	{"half a pair by spaces", "01 ed2020", `"\ud820"`, "\xed\xa0\xa0"},
	{"a pair by letters", "02 eda041 edb041", `"\ud801\udc01"`, "\U00010401"},
	{"a pair in two chunks", "520001 ed2020 01 ed3020", `"\ud820\udc20"`, "\U00018020"},
	{"nothing but first bytes", "06 e1e1e1 e2e2e2 e3e3e3 414243", `"\u1861\u28a2\u38e3ABC"`, "\u1861\u28a2\u38e3ABC"},
	{"all ones", "02 dfff efffff", `"\u07ff\uffff"`, "\u07ff\uffff"},
	{"two spellings of one key", "48 01c101 90 0141 91 5a", `{"A"=i1}`, map[string]any{"A": int32(1)}},
	{"two spellings of one type", "72 04 5b696ec134 90 4e", `[i0,i0]`, []int32{0, 0}},
}

func TestForeignBytes(t *testing.T) {
	for _, f := range foreign {
		data := unhex(t, f.bytes)
		d := NewDecoder(data, nil)
		if got := d.Any(); d.Err() != nil || len(d.Rest()) > 0 || !reflect.DeepEqual(got, f.want) {
			t.Errorf("%s: got %#v, %v, %d bytes left, Java %s", f.name, got, d.Err(), len(d.Rest()), f.java)
		}
		checkAgree(t, data)
	}
}

// What Java refuses.
func TestForeignBytesRefused(t *testing.T) {
	for _, f := range []struct{ name, bytes, java, want string }{
		{"class named by bytes", "43 20 91 0178 60 93", "expected string at 0x20", "found a byte array, want the name of a class"},
		{"class named by a date", "43 4b00000000 91 0178 60 93", "expected string at 0x4b", "found a date, want the name of a class"},
		{"field named by a list", "43 0161 91 78 60 93", "expected string at 0x78", "found a list, want the name of a field"},
		{"field named by a reference", "79 43 0161 91 51 90 60 93", "expected string at 0x51", "found a reference, want the name of a field"},
		{"-1 fields", "43 0161 8f", "NegativeArraySizeException: -1", "a class of -1 fields"},
		{"array of -5", "56 045b696e74 8b", "NegativeArraySizeException: -5", "an array of -5 values"},
		{"array of -5 by its number", "7a 71 045b696e74 90 56 90 8b", "NegativeArraySizeException: -5", "an array of -5 values"},
		{"array of -5 of what nobody knows", "56 025b78 8b", "NegativeArraySizeException: -5", "an array of -5 values"},
		{"continuation first", "01 80", "bad utf-8 encoding at 0x80", "it begins with 0x80"},
		{"four bytes", "02 f09f9880", "bad utf-8 encoding at 0xf0", "it begins with 0xf0"},
		{"type named by null", "72 4e 90 90", "type ref #0 is greater than the number of valid types (0)", "type number 0, but there are only 0"},
	} {
		data := unhex(t, f.bytes)
		d := NewDecoder(data, nil)
		if got := d.Any(); d.Err() == nil || !strings.Contains(d.Err().Error(), f.want) {
			t.Errorf("%s: got %#v, %v, want %q; Java: %s", f.name, got, d.Err(), f.want, f.java)
		}
		checkAgree(t, data)
	}
}

// Classes and fields are found by the text of their names, however it was
// written, and a field whose name is no field's is passed.
func TestForeignNamesOfDeclaredClasses(t *testing.T) {
	head := append(unhex(t, "43 10"), strings.TrimSuffix(userClass.Name, "r")...)
	// c132 is "r", c12d "m".
	data := append(head, unhex(t, "c132  94 4e 93 026964 04 6e61c12d65  60 90 91 97 03616e6e")...)
	for pass := range 2 { // the second time the definition is known
		d := NewDecoder(data, userTypes)
		u, _ := d.Object(&userClass).(*user)
		if d.Err() != nil || u == nil || u.ID != 7 || u.Name != "ann" {
			t.Errorf("pass %d: %+v, %v", pass, u, d.Err())
		}
		d.Reset(data, userTypes)
		if v, ok := d.Any().(*user); !ok || d.Err() != nil || v.ID != 7 || v.Name != "ann" {
			t.Errorf("pass %d: any: %+v, %v", pass, v, d.Err())
		}
	}
}

// An error inside an object tells the field, whatever named those before it.
func TestErrorAfterForeignNames(t *testing.T) {
	data := append(unhex(t, "43 10"), userClass.Name...)
	data = append(data, unhex(t, "93 4e 93 03616765 60 90 91 78")...)
	d := NewDecoder(data, userTypes)
	if d.Object(&userClass); d.Err() == nil || !strings.Contains(d.Err().Error(), "com.example.User.age: found a list, want an int") {
		t.Error(d.Err())
	}
}

// An object with a field without a name keeps its identity, may hold itself and
// is written as the map that Java reads.
func TestNamelessField(t *testing.T) {
	d := NewDecoder(unhex(t, "7a 43 0161 91 4e 60 51 91 51 91"), nil)
	list, _ := d.Any().([]any)
	if d.Err() != nil || len(list) != 2 || list[0] != list[1] {
		t.Fatalf("%v, %v", list, d.Err())
	}
	m := list[0].(*Map)
	if m.Class != "a" || len(m.Entries) != 1 || m.Entries[0] != (Entry{nil, m}) {
		t.Errorf("%+v", m.Entries)
	}
	var e Encoder
	if e.Any(m); e.Err() != nil || string(e.Bytes()) != string(unhex(t, "4d 0161 4e 51 90 5a")) {
		t.Errorf("%x, %v", e.Bytes(), e.Err())
	}
	known := append(append(unhex(t, "43 13"), addressClass.Name...), unhex(t, "91 4e 60 93")...)
	for pass := range 2 { // the second time the definition is known
		types := NewTypes(&addressClass)
		d := NewDecoder(known, types)
		if v, ok := d.Any().(*address); !ok || *v != (address{}) || d.Err() != nil {
			t.Errorf("pass %d: %+v, %v", pass, v, d.Err())
		}
		d.Reset(known, types)
		if v, ok := d.Tree().(*Map); !ok || v.Class != addressClass.Name || v.Entries[0] != (Entry{nil, int32(3)}) {
			t.Errorf("pass %d: %+v, %v", pass, v, d.Err())
		}
	}
	x, _ := NewDecoder(unhex(t, "43 0161 92 4e 0d64657461696c4d657373616765 60 90 0162"), nil).Any().(*Exception)
	if x == nil || x.Message != "b" || x.Fields[0] != (Field{"", int32(0)}) {
		t.Errorf("%+v", x)
	}
}
