package hessian

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func encodeUser(t testing.TB, u *user) []byte {
	t.Helper()
	var e Encoder
	u.EncodeHessian(&e)
	if e.Err() != nil {
		t.Fatal(e.Err())
	}
	return e.Bytes()
}

func decodeUser(t testing.TB, data []byte) *user {
	t.Helper()
	d := NewDecoder(data, userTypes)
	u, _ := d.Object(&userClass).(*user)
	if d.Err() != nil {
		t.Fatal(d.Err())
	}
	if len(d.Rest()) != 0 {
		t.Fatalf("%d bytes are left", len(d.Rest()))
	}
	return u
}

func plain(u *user) *plainUser {
	p := &plainUser{
		ID: u.ID, Name: u.Name, Email: u.Email, Active: u.Active, Age: u.Age, Score: u.Score, Level: u.Level,
		Born: u.Born, Rank: u.Rank, Tags: u.Tags, Extra: u.Extra, Counts: u.Counts, Any: u.Any, Photo: u.Photo,
		Balance: u.Balance, City: u.City, Visits: u.Visits, Verified: u.Verified,
	}
	if u.Home != nil {
		p.Home = &plainAddress{Street: u.Home.Street, City: u.Home.City, Zip: u.Home.Zip}
	}
	for _, f := range u.Friends {
		p.Friends = append(p.Friends, plain(f))
	}
	return p
}

func testUsers() map[string]*user {
	friends := flatUser()
	friends.Friends = []*user{scalarUser(), {}, flatUser()}
	dynamic := flatUser()
	dynamic.Any = []any{int32(1), int64(2), "three", 4.5, nil, true, map[string]any{"k": []any{"v"}}, time.UnixMilli(5).UTC()}
	return map[string]*user{
		"flat": flatUser(), "scalar": scalarUser(), "zero": {}, "friends": friends, "dynamic": dynamic,
		"empty lists": {Tags: []string{}, Counts: []int64{}, Friends: nil, Extra: map[string]string{}, Photo: []byte{}},
		"text":        {Name: "漢字 é 😀", Email: strings.Repeat("😀", 20000), City: "\x00"},
	}
}

func TestGeneratedAndReflectedAgree(t *testing.T) {
	c, err := NewCodec(plainUser{})
	if err != nil {
		t.Fatal(err)
	}
	for name, u := range testUsers() {
		t.Run(name, func(t *testing.T) {
			data := encodeUser(t, u)
			if got := decodeUser(t, data); !reflect.DeepEqual(got, u) {
				t.Errorf("generated: got %+v\nwant %+v", got, u)
			}
			want := plain(u)
			other, err := c.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(data, other) {
				t.Errorf("generated %x\nreflected %x", data, other)
			}
			var got *plainUser
			if err := c.Unmarshal(data, &got); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("reflected: got %+v\nwant %+v", got, want)
			}
			d := NewDecoder(data, nil)
			d.Skip()
			if d.Err() != nil || len(d.Rest()) != 0 {
				t.Errorf("skip: %v, %d left", d.Err(), len(d.Rest()))
			}
		})
	}
}

func TestObjectsKeepTheirIdentity(t *testing.T) {
	a := &user{Name: "a", Home: &address{City: "x"}}
	b := &user{Name: "b", Home: a.Home, Friends: []*user{a}}
	a.Friends = []*user{b, a}
	got := decodeUser(t, encodeUser(t, a))
	if got.Friends[1] != got || got.Friends[0].Friends[0] != got || got.Friends[0].Home != got.Home {
		t.Errorf("references were not kept: %+v", got)
	}

	c, err := NewCodec(plainUser{})
	if err != nil {
		t.Fatal(err)
	}
	var p *plainUser
	if err := c.Unmarshal(encodeUser(t, a), &p); err != nil {
		t.Fatal(err)
	}
	if p.Friends[1] != p || p.Friends[0].Friends[0] != p || p.Friends[0].Home != p.Home {
		t.Errorf("references were not kept by the Codec: %+v", p)
	}
	data, err := c.Marshal(p)
	if err != nil || !bytes.Equal(data, encodeUser(t, a)) {
		t.Errorf("got %x, %v\nwant %x", data, err, encodeUser(t, a))
	}
}

// dynamicUser builds the bytes of a user as another version of the class.
func dynamicUser(fields ...Field) []byte {
	var e Encoder
	e.Any(&Object{Class: "com.example.User", Fields: fields})
	return e.Bytes()
}

func TestOtherVersionsOfAClass(t *testing.T) {
	home := &Object{Class: "com.example.Address", Fields: []Field{{"zip", int32(9)}, {"new", "x"}}}
	tags := &List{Class: "java.util.LinkedList", Items: []any{"a", "b"}}
	extra := &Map{Class: "java.util.TreeMap", Entries: []Entry{{"k", "v"}}}
	gold := &Object{Class: "com.example.Level", Fields: []Field{{"name", "GOLD"}}}
	for name, c := range map[string]struct {
		data []byte
		want user
	}{
		"other order":    {dynamicUser(Field{"name", "n"}, Field{"id", int64(5)}), user{Name: "n", ID: 5}},
		"unknown fields": {dynamicUser(Field{"nope", home}, Field{"name", "n"}, Field{"no", []any{"x"}}), user{Name: "n"}},
		"widened":        {dynamicUser(Field{"id", int32(5)}, Field{"age", int64(6)}, Field{"score", int32(7)}, Field{"name", int32(8)}), user{ID: 5, Age: 6, Score: 7, Name: "8"}},
		"null string":    {dynamicUser(Field{"name", nil}, Field{"tags", nil}, Field{"home", nil}, Field{"level", nil}), user{}},
		"skipped object is referred to": {dynamicUser(Field{"unknown", home}, Field{"home", home}),
			user{Home: &address{Zip: 9}}},
		"object inside a skipped list": {dynamicUser(Field{"unknown", []any{"x", home, gold}}, Field{"home", home}, Field{"level", gold}),
			user{Home: &address{Zip: 9}, Level: "GOLD"}},
		"skipped list is referred to": {dynamicUser(Field{"unknown", []any{tags, extra}}, Field{"tags", tags}, Field{"extra", extra}, Field{"any", tags}),
			user{Tags: []string{"a", "b"}, Extra: map[string]string{"k": "v"}, Any: &List{Class: "java.util.LinkedList", Items: []any{"a", "b"}}}},
		"list shared by two fields": {dynamicUser(Field{"any", tags}, Field{"tags", tags}),
			user{Tags: []string{"a", "b"}, Any: &List{Class: "java.util.LinkedList", Items: []any{"a", "b"}}}},
		"class defined in a skipped value": {dynamicUser(Field{"unknown", home}, Field{"home", &Object{Class: "com.example.Address", Fields: []Field{{"zip", int32(1)}, {"new", nil}}}}),
			user{Home: &address{Zip: 1}}},
		"enum as a string": {dynamicUser(Field{"level", "GOLD"}), user{Level: "GOLD"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := decodeUser(t, c.data); !reflect.DeepEqual(got, &c.want) {
				t.Errorf("got %+v\nwant %+v", got, &c.want)
			}
			codec, err := NewCodec(plainUser{})
			if err != nil {
				t.Fatal(err)
			}
			var got plainUser
			if err := codec.Unmarshal(c.data, &got); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(&got, plain(&c.want)) {
				t.Errorf("reflected: got %+v\nwant %+v", &got, plain(&c.want))
			}
		})
	}
}

func TestDecodeErrorsNameTheThing(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"null primitive":  {dynamicUser(Field{"age", nil}), "com.example.User.age: found null, want an int"},
		"wrong kind":      {dynamicUser(Field{"age", "x"}), "com.example.User.age: found a string, want an int"},
		"overflow":        {dynamicUser(Field{"age", int64(1) << 40}), "1099511627776 does not fit an int"},
		"fraction":        {dynamicUser(Field{"age", 1.5}), "1.5 is not an int"},
		"other class":     {dynamicUser(Field{"home", &Object{Class: "com.example.Evil"}}), `class "com.example.Evil" is not declared here, want "com.example.Address"`},
		"wrong reference": {append(dynamicUser(Field{"home", nil})[:len(dynamicUser(Field{"home", nil}))-1], 'Q', 0x90), "reference to a *hessian.user"},
		"truncated":       {encodeUser(t, flatUser())[:300], "the data ends inside a value"},
	} {
		t.Run(name, func(t *testing.T) {
			d := NewDecoder(c.data, userTypes)
			if v := d.Object(&userClass); v != nil {
				t.Errorf("got %v beside the error", v)
			}
			if d.Err() == nil || !strings.Contains(d.Err().Error(), c.want) {
				t.Errorf("got %v, want %q", d.Err(), c.want)
			}
			var e *DecodeError
			if !errors.As(d.Err(), &e) || e.Offset == 0 {
				t.Errorf("%#v has no offset", d.Err())
			}
			if d.Rest() != nil || d.Int() != 0 || d.Any() != nil {
				t.Error("reading went on after the error")
			}
		})
	}
}

func TestPeersDefinitionIsRemembered(t *testing.T) {
	data := dynamicUser(Field{"name", "n"}, Field{"nope", nil}, Field{"id", int64(5)})
	decodeUser(t, data)
	var d Decoder
	allocs := testing.AllocsPerRun(100, func() {
		d.Reset(data, userTypes)
		d.Object(&userClass)
	})
	if allocs > 2 { // the user and its name
		t.Errorf("%v allocations", allocs)
	}
}

func TestEncodeAllocatesNothing(t *testing.T) {
	u, list := scalarUser(), &user{Friends: []*user{flatUser(), flatUser(), flatUser()}}
	s := strings.Repeat("s", 100)
	var e Encoder
	buf := make([]byte, 0, 1<<14)
	for name, f := range map[string]func(){
		"string": func() { e.String(s) },
		"user":   func() { u.EncodeHessian(&e) },
		"list":   func() { list.EncodeHessian(&e) },
	} {
		if n := testing.AllocsPerRun(100, func() { e.Reset(buf); f() }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
