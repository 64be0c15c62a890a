package hessian

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"
)

func genericBytes(t testing.TB, v any) []byte {
	t.Helper()
	var e Encoder
	e.Any(v)
	if e.Err() != nil {
		t.Fatal(e.Err())
	}
	return e.Bytes()
}

// genericUser reads v as a user as a generic call would send it.
func genericUser(t testing.TB, v any) (*user, error) {
	t.Helper()
	d := NewDecoder(genericBytes(t, v), userTypes)
	d.Generic()
	u, _ := d.Object(&userClass).(*user)
	if d.Err() == nil && len(d.Rest()) != 0 {
		t.Errorf("%d bytes are left of %v", len(d.Rest()), v)
	}
	return u, d.Err()
}

type bean = map[string]any

func TestGenericObjects(t *testing.T) {
	rank := int32(7)
	for _, tt := range []struct {
		in   any
		want *user
	}{
		{nil, nil},
		{bean{}, &user{}},
		{bean{"class": "com.example.User", "id": "12", "age": int64(3), "score": "0.5", "active": "true", "level": "HIGH", "rank": "7"},
			&user{ID: 12, Age: 3, Score: 0.5, Active: true, Level: "HIGH", Rank: &rank}},
		{bean{"name": nil, "nobody": []any{bean{"x": 1}}, "age": nil, "level": bean{"name": "LOW"}}, &user{Level: "LOW"}},
		{bean{"home": bean{"city": "x", "zip": 5}, "friends": []any{bean{"name": "f"}, nil}},
			&user{Home: &address{City: "x", Zip: 5}, Friends: []*user{{Name: "f"}, nil}}},
		{bean{"tags": &List{Class: "java.util.HashSet", Items: []any{"a"}}, "counts": []any{"1", int32(2)}, "photo": []any{int32(-1), int32(7)}},
			&user{Tags: []string{"a"}, Counts: []int64{1, 2}, Photo: []byte{255, 7}}},
		{bean{"born": "1970-01-01T00:00:01Z"}, &user{Born: time.Unix(1, 0).UTC()}},
		{&Map{Class: "java.util.TreeMap", Entries: []Entry{{"name", "typed"}, {int32(5), "no string"}}}, &user{Name: "typed"}},
		{bean{"any": bean{"class": "com.example.Address", "city": "x"}}, &user{Any: &address{City: "x"}}},
		{bean{"any": []any{bean{"name": "LOW", "class": levelClass.Name}}}, &user{Any: []any{levelClass.Enum("LOW")}}},
		{bean{"any": bean{"class": "java.net.URL", "host": "x"}}, &user{Any: bean{"class": "java.net.URL", "host": "x"}}},
		{flatUser(), flatUser()}, // a real object is fine, too
	} {
		got, err := genericUser(t, tt.in)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%v: %+v, %v, want %+v", tt.in, got, err, tt.want)
		}
	}
}

// A class of Java's own may come as text.
func TestGenericValues(t *testing.T) {
	big1, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
	for _, tt := range []struct {
		in   any
		into Value
		want string
	}{
		{"12.50", new(BigDecimal), "12.50"},
		{int32(12), new(BigDecimal), "12"},
		{0.1, new(BigDecimal), "0.1"},
		{BigDecimal("7"), new(BigDecimal), "7"},
		{"2024-02-29", new(LocalDate), "2024-02-29"},
		{"01:02:03.000000004", new(LocalTime), LocalTime{1, 2, 3, 4}.String()},
		{"01:02", new(LocalTime), LocalTime{1, 2, 0, 0}.String()},
		{"2024-02-29T01:02:03.5", new(LocalDateTime), LocalDateTime{LocalDate{2024, 2, 29}, LocalTime{1, 2, 3, 5e8}}.String()},
		{"2024-02-29T01:02", new(LocalDateTime), LocalDateTime{LocalDate{2024, 2, 29}, LocalTime{1, 2, 0, 0}}.String()},
		{"2024-02-29T01:02:03.000000004Z", new(Instant), "2024-02-29 01:02:03.000000004 +0000 UTC"},
		{"many", new(BigDecimal), ""}, {true, new(BigDecimal), ""}, {math.Inf(1), new(BigDecimal), ""},
		{"2024-02-30", new(LocalDate), ""}, {int32(2024), new(LocalDate), ""}, {"25:00", new(LocalTime), ""},
		{"now", new(Instant), ""}, {"P1D", new(Period), ""},
	} {
		d := NewDecoder(genericBytes(t, tt.in), nil)
		d.Generic()
		tt.into.DecodeHessian(d)
		if got := fmt.Sprint(reflect.ValueOf(tt.into).Elem()); (d.Err() == nil) != (tt.want != "") || tt.want != "" && got != tt.want {
			t.Errorf("%v as %T: %s, %v, want %q", tt.in, tt.into, got, d.Err(), tt.want)
		}
	}
	for in, want := range map[any]*big.Int{"-5": big.NewInt(-5), int64(7): big.NewInt(7), big1.String(): big1, strings.Repeat("9", 1<<13): nil, "1.5": nil} {
		d := NewDecoder(genericBytes(t, in), nil)
		d.Generic()
		if got := d.BigInteger(); want == nil && d.Err() == nil || want != nil && (got == nil || got.Cmp(want) != 0) {
			t.Errorf("%v is %v, %v", in, got, d.Err())
		}
	}
	plain := NewDecoder(genericBytes(t, "12.50"), nil)
	if new(BigDecimal).DecodeHessian(plain); plain.Err() == nil {
		t.Error("text was read as a BigDecimal without Generic")
	}
}

func TestGenericObjectsKeepTheirIdentity(t *testing.T) {
	m := bean{"name": "m"}
	m["friends"] = []any{m, m}
	m["any"] = m
	u, err := genericUser(t, m)
	if err != nil || u.Friends[0] != u || u.Friends[1] != u {
		t.Fatalf("%+v, %v", u, err)
	}
	if u.Any != any(u) {
		t.Errorf("the same map is %T as any", u.Any)
	}
	// First met where any map may stand, and only then as a user.
	late := bean{"name": "late"}
	u, err = genericUser(t, &Map{Entries: []Entry{{"any", late}, {"friends", []any{late, late}}}})
	if err != nil || u.Friends[0].Name != "late" || u.Friends[0] != u.Friends[1] {
		t.Errorf("%+v, %v", u, err)
	}
	// As an address and as a user.
	both := bean{"city": "x", "name": "y"}
	u, err = genericUser(t, &Map{Entries: []Entry{{"home", both}, {"friends", []any{both}}}})
	if err != nil || u.Home.City != "x" || u.Friends[0].Name != "y" {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestGenericMistakes(t *testing.T) {
	for _, tt := range []struct {
		in   any
		want string
	}{
		{"a user", `found a string, want an object`},
		{[]any{}, "found a list, want an object"},
		{bean{"age": "old"}, `com.example.User.age: the text "old" is not an int`},
		{bean{"age": "5000000000"}, "5000000000 does not fit an int"},
		{bean{"id": strings.Repeat("9", 100)}, "999…"},
		{bean{"home": bean{"zip": bean{}}}, "com.example.User.home: com.example.Address.zip: found a map"},
		{bean{"home": bean{"class": "com.example.User"}}, `class "com.example.User" is not declared here, want "com.example.Address"`},
		{bean{"level": bean{"class": levelClass.Name}}, "no constant of enum"},
		{bean{"any": bean{"class": levelClass.Name}}, "no constant of enum"},
		{bean{"photo": []any{int32(256)}}, "256 does not fit a byte"},
		{bean{"born": "yesterday"}, `"yesterday" is not a date`},
		{bean{"friends": []any{bean{"counts": []any{nil}}}}, "found null"},
	} {
		if u, err := genericUser(t, tt.in); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %+v, %v, want %q", tt.in, u, err, tt.want)
		}
	}
	// Nothing of this without Generic, and Reset ends it.
	d := NewDecoder(nil, nil)
	d.Generic()
	d.Reset(genericBytes(t, bean{"age": "1"}), userTypes)
	if d.Object(&userClass); d.Err() == nil || !strings.Contains(d.Err().Error(), "found a map") {
		t.Errorf("a map was read as a user: %v", d.Err())
	}
}

// The bombs of TestHostileInput, and those that maps in place of objects allow.
func TestHostileGenericInput(t *testing.T) {
	inputs := hostile()
	for _, n := range []int{60, 200_000} {
		inputs = append(inputs, hostileInput{name: fmt.Sprint(n, " maps in maps"), data: bytes.Repeat([]byte("H\x03any"), n)})
	}
	// Each map is a user and an address in turn, twice, of the one before.
	flip := []byte("X\xb8H\x04nameNZ")
	for i := range 39 {
		ref := AppendInt([]byte{'Q'}, int32(max(1, 2*i))) // map 0 is value 1; after that each has a list
		flip = append(append(flip, "H\x04home"...), ref...)
		flip = append(append(append(append(flip, "\x07friends\x7a"...), ref...), ref...), 'Z')
	}
	inputs = append(inputs, hostileInput{name: "maps of two classes", data: flip})
	codec, err := NewCodec(plainUser{})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range inputs {
		t.Run(h.name, func(t *testing.T) {
			bound := allocLimit(h.data) + 1<<17
			for name, read := range map[string]func(d *Decoder){
				"any":    func(d *Decoder) { d.Any() },
				"object": func(d *Decoder) { d.Object(&userClass) },
				"list": func(d *Decoder) {
					n, _ := d.List()
					for i := 0; d.More(i, n); i++ {
						d.Object(&userClass)
					}
				},
				"reflected": func(d *Decoder) { codec.Decode(d, new(*plainUser)) },
			} {
				var d Decoder
				n := allocated(func() {
					d.Reset(h.data, userTypes)
					d.Generic()
					read(&d)
				})
				if n > bound {
					t.Errorf("%s allocated %d bytes for %d, more than %d", name, n, len(h.data), bound)
				}
				if d.Err() == nil && !h.ok && name != "any" {
					t.Errorf("%s: no error", name)
				}
			}
		})
	}
}

// FuzzGeneric: no panic, nothing above the limit of what may be allocated, and what generated code accepts, reflection does.
func FuzzGeneric(f *testing.F) {
	addSeeds(f, sharedTags(500), mapsOfOne(1<<16))
	m := bean{"class": "com.example.User", "age": "5", "level": "LOW", "tags": []any{"a"}, "born": "2024-02-29 01:02:03"}
	m["any"], m["friends"], m["home"] = m, []any{m}, bean{"class": "com.example.Address", "zip": "7"}
	f.Add(genericBytes(f, m))
	codec, err := NewCodec(plainUser{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d := NewDecoder(data, userTypes)
		d.Generic()
		var v any
		checkAlloc(t, "generated", data, func() { v = d.Object(&userClass) })
		if v != nil && d.Err() != nil {
			t.Fatalf("%v beside %v", v, d.Err())
		}
		end := d.Offset()
		skip := NewDecoder(data, nil)
		if skip.Skip(); d.Err() == nil && (skip.Err() != nil || skip.Offset() != end) {
			t.Fatalf("read up to %d, but skip: %v at %d", end, skip.Err(), skip.Offset())
		}
		r := NewDecoder(data, codec.Types())
		r.Generic()
		var p *plainUser
		checkAlloc(t, "reflected", data, func() { codec.Decode(r, &p) })
		if (r.Err() == nil) != (d.Err() == nil) && !isAllocLimit(r.Err()) && !isAllocLimit(d.Err()) {
			t.Fatalf("generated: %v\nreflected: %v", d.Err(), r.Err())
		}
		d.Reset(data, userTypes)
		d.Generic()
		checkAlloc(t, "any", data, func() { v = d.Any() })
		if v != nil && d.Err() != nil {
			t.Fatalf("%v beside %v", v, d.Err())
		}
	})
}
