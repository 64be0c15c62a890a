package hessian

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestJavaName(t *testing.T) {
	for name, want := range map[string]string{
		"ID": "id", "Name": "name", "UserName": "userName", "URLPath": "urlPath", "UserID": "userID", "X": "x", "name": "name", "": "", "Ünder": "ünder",
	} {
		if got := JavaName(name); got != want {
			t.Errorf("JavaName(%q) = %q, want %q", name, got, want)
		}
	}
}

// order is what users of dubbo-go have: methods instead of tags.
type order struct {
	base
	Size    int8 `hessian:"sz"`
	Short   uint16
	Wide    uint64
	Ratio   float32
	Level   level
	Levels  map[level]int
	Inner   inner
	Inners  []inner
	When    *time.Time
	Flag    *bool
	Err     error
	Skipped chan int `java:"-"`
	hidden  int
}

func (order) JavaClassName() string { return "com.example.Order" }

type base struct{ BaseID int }

type inner struct {
	_ Class `java:"com.example.Inner"`
	A []int32
	B [][]string
}

func TestCodecTypes(t *testing.T) {
	c, err := NewCodec(&order{})
	if err != nil {
		t.Fatal(err)
	}
	when, flag := time.UnixMilli(60000).UTC(), true
	want := order{
		base: base{7}, Size: -8, Short: 65535, Wide: math.MaxInt64, Ratio: 0.1, Level: "GOLD",
		Levels: map[level]int{"GOLD": 1, "TIN": 2}, Inner: inner{A: []int32{1, 2}, B: [][]string{{"x"}, nil, {}}},
		Inners: []inner{{}, {A: []int32{}}}, When: &when, Flag: &flag, Err: &Exception{Class: "com.example.E", Message: "m"},
	}
	sent := want
	sent.hidden = 5
	data, err := c.Marshal(sent)
	if err != nil {
		t.Fatal(err)
	}
	var got order
	if err := c.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	x := exceptionIn(got.Err)
	if x == nil || x.Message != "m" {
		t.Errorf("Err = %v", got.Err)
	}
	got.Err = want.Err
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	o, _ := NewDecoder(data, nil).Any().(*Object)
	var names []string
	for _, f := range o.Fields {
		names = append(names, f.Name)
	}
	if s := strings.Join(names, " "); s != "baseID sz short wide ratio level levels inner inners when flag err" {
		t.Errorf("fields %s", s)
	}
	if o.Get("ratio") != 0.1 || o.Get("short") != int32(65535) || o.Get("wide") != int64(math.MaxInt64) {
		t.Errorf("got %+v", o)
	}
	// Any of the same type, with the Codec and without.
	for name, encode := range map[string]func(e *Encoder){
		"codec": func(e *Encoder) { c.Encode(e, []any{want, &want}) },
		"none":  func(e *Encoder) { e.Any([]any{want, &want}) },
	} {
		var e Encoder
		encode(&e)
		v, _ := NewDecoder(e.Bytes(), c.Types()).Any().([]any)
		if e.Err() != nil || len(v) != 2 {
			t.Fatalf("%s: %v %v", name, e.Err(), v)
		}
		if p, ok := v[1].(*order); !ok || p.Level != "GOLD" || p.Inner.A[1] != 2 {
			t.Errorf("%s: %+v", name, v[1])
		}
	}
}

type recursive []recursive

func TestCodecErrors(t *testing.T) {
	for name, c := range map[string]struct {
		value any
		want  string
	}{
		"no class": {struct{ A int }{}, "is no Java class: give it a field"},
		"nil":      {nil, "given a nil"},
		"channel": {struct {
			_ Class `java:"a.B"`
			C chan int
		}{}, "field C of struct"},
		"recursive": {struct {
			_ Class `java:"a.B"`
			R recursive
		}{}, "contains itself"},
		"twice": {struct {
			_ Class `java:"a.B"`
			A int   `java:"x"`
			B int   `java:"x"`
		}{}, `two fields for the Java field "x"`},
	} {
		if _, err := NewCodec(c.value); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	c, err := NewCodec(plainAddress{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Marshal(plainUser{}); err == nil || !strings.Contains(err.Error(), "give it to NewCodec") {
		t.Errorf("unknown type: %v", err)
	}
	if err := c.Unmarshal([]byte("N"), plainAddress{}); err == nil || !strings.Contains(err.Error(), "want a pointer") {
		t.Errorf("no pointer: %v", err)
	}
	if err := c.Unmarshal([]byte("NN"), new(*plainAddress)); err == nil || !strings.Contains(err.Error(), "1 bytes follow") {
		t.Errorf("rest: %v", err)
	}
	var small int8
	if err := c.Unmarshal(AppendInt(nil, 300), &small); err == nil || !strings.Contains(err.Error(), "300 does not fit a Go int8") {
		t.Errorf("overflow: %v", err)
	}
	var unsigned uint32
	if err := c.Unmarshal(AppendInt(nil, -1), &unsigned); err == nil {
		t.Error("-1 became a uint32")
	}
	if err := c.Unmarshal([]byte("Hx\x90Z"), new(map[any]int)); err == nil || !strings.Contains(err.Error(), "cannot be the key") {
		t.Errorf("list as a key: %v", err)
	}
}

func TestAnyByReflection(t *testing.T) {
	type text string
	n := 5
	var nilLevel *level
	for _, c := range []struct{ in, want any }{
		{[]int32{1, 2}, []int32{1, 2}},
		{[]int64{1 << 40}, []int64{1 << 40}},
		{[]int{3}, []int64{3}},
		{[]float64{1.5}, []float64{1.5}},
		{[]bool{true}, []bool{true}},
		{[]string{"a", ""}, []string{"a", ""}},
		{[]text{"a"}, []string{"a"}},
		{[]int16{1}, &List{Class: "[short", Items: []any{int32(1)}}},
		{[2]int{1, 2}, []int64{1, 2}},
		{[]any{}, []any{}},
		{[]any(nil), nil},
		{map[string]int{"a": 1, "b": 2}, map[string]any{"a": int64(1), "b": int64(2)}},
		{map[int32]string{2: "b", 1: "a"}, &Map{Entries: []Entry{{int32(1), "a"}, {int32(2), "b"}}}},
		{map[any]any{"k": true}, map[string]any{"k": true}},
		{map[string]any(nil), nil},
		{&n, int64(5)},
		{(*int)(nil), nil},
		{nilLevel, nil},
		{level("GOLD"), &Object{Class: "com.example.Level", Fields: []Field{{"name", "GOLD"}}}},
		{uint8(255), int32(255)},
		{uint(7), int64(7)},
		{float32(0.1), 0.1},
		{(*address)(nil), nil},
		{(*plainUser)(nil), nil},
		{(*Exception)(nil), nil},
		{(*bizException)(nil), nil},
		{(*plainBiz)(nil), nil},
	} {
		var e Encoder
		e.Any(c.in)
		d := NewDecoder(e.Bytes(), nil)
		if got := d.Any(); e.Err() != nil || d.Err() != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%T %v: got %T %v, want %v (%v, %v)", c.in, c.in, got, got, c.want, e.Err(), d.Err())
		}
	}
	for _, bad := range []any{make(chan int), func() {}, uint64(math.MaxUint64), struct{ A int }{}, complex(1, 1)} {
		var e Encoder
		e.Any(bad)
		if e.Err() == nil {
			t.Errorf("%T was encoded", bad)
		}
	}
}

func TestSharedSlicesAndMapsAreWrittenOnce(t *testing.T) {
	items := []any{"x", nil}
	items[1] = items
	m := map[string]any{"list": items}
	m["self"] = m
	var e Encoder
	e.Any([]any{items, m, items, m})
	if e.Err() != nil || e.Len() > 40 {
		t.Fatalf("%d bytes, %v", e.Len(), e.Err())
	}
	d := NewDecoder(e.Bytes(), nil)
	got, _ := d.Any().([]any)
	if d.Err() != nil || got[0] != got[2] || got[1] != got[3] {
		t.Errorf("%v %v", got, d.Err())
	}
	deep := []any{}
	for range 600 {
		deep = []any{deep}
	}
	e.Reset(nil)
	e.Any(deep)
	if e.Err() == nil {
		t.Error("600 levels were encoded")
	}
}

type forest struct {
	_    Class `java:"com.example.Forest"`
	Kids []forest
}

// A slice that contains itself has no pointer that could be referred to.
func TestEncodingEndsWhereValuesNest(t *testing.T) {
	chain := &user{}
	for range 1 << 16 {
		chain = &user{Friends: []*user{chain, chain}}
	}
	cycle := make([]forest, 2)
	cycle[0].Kids, cycle[1].Kids = cycle, cycle
	c, err := NewCodec(forest{})
	if err != nil {
		t.Fatal(err)
	}
	for name, encode := range map[string]func(e *Encoder){
		"generated": chain.EncodeHessian,
		"reflected": func(e *Encoder) { c.Encode(e, cycle) },
		"any":       func(e *Encoder) { e.Any(cycle[0]) },
		"errors": func(e *Encoder) {
			err := &Exception{Class: "c.E"}
			for range 1000 {
				err = &Exception{Class: "c.E", Cause: err}
			}
			e.Exception(err)
		},
	} {
		var e Encoder
		encode(&e)
		if e.Err() == nil || !strings.Contains(e.Err().Error(), "deeper than 512") || e.Len() > 1<<20 {
			t.Errorf("%s: %d bytes, %v", name, e.Len(), e.Err())
		}
		e.Reset(nil)
		if e.Any([]any{[]any{}}); e.Err() != nil {
			t.Errorf("%s: after Reset: %v", name, e.Err())
		}
	}
}

// More than a handful of classes, types, enums and references, so that tables
// turn into maps.
func TestLargeTables(t *testing.T) {
	var classes []*ClassDesc
	var enums []*ClassDesc
	for i := range 40 {
		classes = append(classes, &ClassDesc{Name: fmt.Sprintf("c.C%d", i), Fields: addressClass.Fields, New: addressClass.New})
		enums = append(enums, &ClassDesc{Name: fmt.Sprintf("c.E%d", i), Enum: levelClass.Enum})
	}
	var e Encoder
	for range 2 { // the second time with tables that were used before
		e.Reset(nil)
		for range 2 {
			for i, c := range classes {
				e.List("type"+c.Name, 2)
				e.Object(c)
				e.String("s")
				e.String("c")
				e.Int(int32(i))
				e.Enum(enums[i], "GOLD")
			}
		}
		people := make([]*address, 50)
		for i := range 2 * len(people) {
			if people[i%50] == nil {
				people[i%50] = &address{Zip: int32(i)}
			}
			people[i%50].EncodeHessian(&e)
		}
		d := NewDecoder(e.Bytes(), NewTypes(append(append(classes, enums...), &addressClass)...))
		for range 2 {
			for i, c := range classes {
				l, _ := d.Any().(*List)
				if l == nil || l.Class != "type"+c.Name || l.Items[0].(*address).Zip != int32(i) || l.Items[1] != level("GOLD") {
					t.Fatalf("%d: %+v, %v", i, l, d.Err())
				}
			}
		}
		var first []*address
		for i := range 2 * len(people) {
			p, _ := d.Object(&addressClass).(*address)
			if p == nil || p.Zip != int32(i%50) || i >= 50 && p != first[i-50] {
				t.Fatalf("%d: %+v, %v", i, p, d.Err())
			}
			first = append(first, p)
		}
	}
}

func TestManyGoroutinesShareClasses(t *testing.T) {
	c, err := NewCodec(plainUser{})
	if err != nil {
		t.Fatal(err)
	}
	own := encodeUser(t, flatUser())
	java := dynamicUser(Field{"name", "n"}, Field{"new", nil}, Field{"id", int64(1)})
	php := dynamicUser(Field{"id", int64(1)}, Field{"name", "n"})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			var d Decoder
			for range 50 {
				for _, data := range [][]byte{own, java, php} {
					d.Reset(data, userTypes)
					u, _ := d.Object(&userClass).(*user)
					var p *plainUser
					if err := c.Unmarshal(data, &p); err != nil || u == nil || p.Name != u.Name || p.ID != u.ID {
						t.Errorf("%v %v", d.Err(), err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestStringsAcrossChunks(t *testing.T) {
	half := []byte("R\x00\x01\xed\xa0\xbd\x01\xed\xb8\x80") // a pair cut in two
	if got := NewDecoder(half, nil).String(); got != "😀" {
		t.Errorf("got %q", got)
	}
	for _, s := range []string{"", "a", "\xff", "a\xc3", strings.Repeat("é", 40000), strings.Repeat("a😀", 30000), strings.Repeat("\xff", 70000)} {
		data := AppendString(nil, s)
		d := NewDecoder(data, nil)
		if got := d.String(); d.Err() != nil || got != string([]rune(s)) {
			t.Errorf("%.20q: got %.20q, %v", s, got, d.Err())
		}
		d.Reset(data, nil)
		if d.Skip(); d.Err() != nil || len(d.Rest()) != 0 {
			t.Errorf("%.20q: %v", s, d.Err())
		}
	}
}

func TestHalvesOfSurrogatePairsAreKept(t *testing.T) {
	const high, low = "\xed\xa0\xbd", "\xed\xb8\x80"
	for _, s := range []string{
		high, low, "é" + high + "é", low + high, high + high + "😀" + low, "a" + high, low + "a", "\xff" + high,
		strings.Repeat("a", 32767) + high, strings.Repeat(high+"a", 40000),
	} {
		data := AppendString(nil, s)
		d := NewDecoder(data, nil)
		want := strings.ReplaceAll(s, "\xff", "\uFFFD")
		if got := d.String(); d.Err() != nil || got != want {
			t.Errorf("%.20q: got %.20q, %v", s, got, d.Err())
		}
		d.Reset(data, nil)
		if d.Skip(); d.Err() != nil || len(d.Rest()) != 0 {
			t.Errorf("%.20q: %v", s, d.Err())
		}
	}
	// Two halves that meet are a character.
	if got := NewDecoder(AppendString(nil, high+low), nil).String(); got != "😀" {
		t.Errorf("got %q", got)
	}
	// What only looks like a half.
	for _, s := range []string{"\xed\xa0", "\xed\xa0a", "\xed\x9f\xbf", "\xed"} {
		if got := NewDecoder(AppendString(nil, s), nil).String(); got != strings.ToValidUTF8(s, "\uFFFD") && got != string([]rune(s)) {
			t.Errorf("%q: got %q", s, got)
		}
	}
}

func TestBinaryIsCopied(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 1023, 1024, 8189, 8190, 70000} {
		want := bytes.Repeat([]byte{7}, n)
		data := AppendBinary(nil, want)
		got := NewDecoder(data, nil).Binary()
		clear(data)
		if got == nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: got %d", n, len(got))
		}
	}
	if AppendBinary(nil, nil)[0] != 'N' || NewDecoder([]byte("N"), nil).Binary() != nil {
		t.Error("nil is not null")
	}
}
