package hessian

import (
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
)

// heads returns the first byte of each value in data, contents included.
func heads(t *testing.T, data []byte) []byte {
	d := NewDecoder(data, nil)
	var all []byte
	var walk func()
	each := func(n int) {
		for i := 0; n < 0 && !d.ended() || i < n; i++ {
			walk()
		}
	}
	walk = func() {
		b, ok := d.definitions()
		if !ok || d.err != nil {
			return
		}
		all = append(all, b)
		switch {
		case isList(b):
			n, _, _ := d.listHead()
			each(n)
		case isMap(b):
			d.mapHead()
			each(-1)
		case 0x60 <= b && b < 0x70, b == tagObject:
			n := d.instance()
			each(d.defs[n].n)
		case b == tagRef:
			d.pos++
			d.small()
		default:
			d.Skip()
		}
	}
	for d.err == nil && len(d.Rest()) > 0 {
		walk()
	}
	if d.err != nil {
		t.Fatal(d.err)
	}
	return all
}

// Java cannot read open lists into its List, nor four-byte UTF-8 anywhere.
func TestWritersAvoidWhatJavaCannotRead(t *testing.T) {
	text := "a😀é漢" + strings.Repeat("😀", 40000)
	list := make([]any, 300)
	for i := range list {
		list[i] = int32(i)
	}
	c, err := NewCodec(plainUser{}, order{}, &customer{}, &pojoException{})
	if err != nil {
		t.Fatal(err)
	}
	values := []any{
		text, []any{}, list, []string{text, text}, []int32{1}, [][]int32{{1}, nil, {}}, map[string]any{text: []any{text}}, map[any]any{int32(1): list},
		&List{Class: "java.util.HashSet", Items: list}, &Map{Class: "java.util.TreeMap", Entries: []Entry{{text, list}}},
		&Object{Class: "c.C", Fields: []Field{{"x", text}}}, &Exception{Class: "c.E", Message: text, Cause: &bizException{Message: text}},
		big.NewInt(1 << 40), BitSet{1, 2}, LocalDateTimeOf(time.Now()), level("GOLD"), &order{Inners: []inner{{B: [][]string{{text}}}}},
		&customer{UserName: text, Sexes: make([]gender, 20), Nicknames: map[gender]string{man: text}}, &pojoException{DetailMessage: text, StackTrace: make([]frame, 9)},
	}
	for _, u := range testUsers() {
		values = append(values, u, plain(u))
	}
	for _, v := range values {
		var dynamic, codec Encoder
		dynamic.Any(v)
		c.Encode(&codec, []any{v})
		for _, e := range []*Encoder{&dynamic, &codec} {
			if e.Err() != nil {
				t.Fatalf("%T: %v", v, e.Err())
			}
			// heads fails at four-byte UTF-8.
			if h := heads(t, e.Bytes()); slices.Contains(h, tagVarList) || slices.Contains(h, tagTypedVarList) {
				t.Errorf("%T: an open list was written", v)
			}
			if strings.Contains(string(e.Bytes()), "\xf0\x9f\x98\x80") {
				t.Errorf("%T: four-byte UTF-8", v)
			}
		}
	}
}
