package hessian

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"
)

// addSeeds adds the vectors, the small bombs, and those that a target names
// because its readers would allocate more for them than checkAlloc allows, were
// they not stopped.
func addSeeds(f *testing.F, bombs ...[]byte) {
	for _, b := range bombs {
		f.Add(b)
	}
	for _, v := range vectors(f) {
		if len(v.bytes) <= 4096 {
			f.Add(v.bytes)
		}
	}
	for _, h := range hostile() {
		if len(h.data) <= 4096 {
			f.Add(h.data)
		}
	}
}

// isLimit tells whether err is a limit that Skip does not have.
func isAllocLimit(err error) bool {
	var e *DecodeError
	return errors.As(err, &e) && e.Limit && strings.Contains(e.Reason, "Limits.Alloc")
}

// FuzzDecodeAny: no panic, nothing above the limit of what may be allocated, and
// Skip and Tree agree on what is valid and where it ends, and Any with both
// unless it refuses what stands in an array or a class of the JDK.
func FuzzDecodeAny(f *testing.F) {
	addSeeds(f, mapsOfOne(1<<16))
	f.Fuzz(func(t *testing.T, data []byte) {
		checkAgree(t, data)
		for name, types := range map[string]*Types{"objects": nil, "users": userTypes} {
			checkAlloc(t, name, data, func() {
				d := NewDecoder(data, types)
				for d.Err() == nil && len(d.Rest()) > 0 {
					d.Any()
				}
			})
		}
	})
}

// checkAlloc reads data with a Decoder that was told no limits: it may allocate
// what it may, and no more.
func checkAlloc(t *testing.T, what string, data []byte, read func()) {
	t.Helper()
	const beside = 4 << 20 // the fuzzer allocates, too
	if got, most := allocated(read), allocLimit(data)+beside; got > most {
		t.Errorf("%s of %d bytes allocates %d, the limit is %d", what, len(data), got, most)
	}
}

func checkAgree(t *testing.T, data []byte) {
	skip, dyn, tree := NewDecoder(data, nil), NewDecoder(data, nil), NewDecoder(data, nil)
	for len(skip.Rest()) > 0 {
		skip.Skip()
		v := dyn.Any()
		tree.Tree()
		if isAllocLimit(dyn.Err()) || isAllocLimit(tree.Err()) {
			return
		}
		if (skip.Err() == nil) != (tree.Err() == nil) || skip.Err() != nil && dyn.Err() == nil {
			t.Fatalf("skip: %v\nany: %v\ntree: %v", skip.Err(), dyn.Err(), tree.Err())
		}
		if dyn.Err() != nil && v != nil {
			t.Fatalf("%v beside %v", v, dyn.Err())
		}
		if dyn.Err() != nil { // for the form, or earlier for what stands there
			if err := new(DecodeError); skip.Err() == nil && (!errors.As(dyn.Err(), &err) || err.Limit || err.Offset >= skip.Offset()) {
				t.Fatalf("any: %v, but skip ends at %d", dyn.Err(), skip.Offset())
			}
			return
		}
		if skip.Offset() != dyn.Offset() || skip.Offset() != tree.Offset() {
			t.Fatalf("skip ends at %d, any at %d, tree at %d", skip.Offset(), dyn.Offset(), tree.Offset())
		}
		if skip.slots != dyn.slots || skip.nextDef != dyn.nextDef || skip.nextType != dyn.nextType {
			t.Fatalf("tables differ: %d %d %d, %d %d %d", skip.slots, skip.nextDef, skip.nextType, dyn.slots, dyn.nextDef, dyn.nextType)
		}
	}
}

// FuzzSkip: whatever typed code reads, Skip passes, and nothing panics or
// allocates more than it may.
func FuzzSkip(f *testing.F) {
	addSeeds(f, sharedTags(500))
	for _, u := range testUsers() {
		if data := encodeUser(f, u); len(data) < 4096 {
			f.Add(data)
		}
	}
	codec, err := NewCodec(plainUser{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		skip := NewDecoder(data, nil)
		checkAlloc(t, "skip", data, skip.Skip)
		d := NewDecoder(data, userTypes)
		var v any
		checkAlloc(t, "generated", data, func() { v = d.Object(&userClass) })
		if d.Err() == nil && (skip.Err() != nil || skip.Offset() != d.Offset()) {
			t.Fatalf("read %v up to %d, but skip: %v at %d", v, d.Offset(), skip.Err(), skip.Offset())
		} else if v != nil && d.Err() != nil {
			t.Fatalf("%v beside %v", v, d.Err())
		}
		var p *plainUser
		r := NewDecoder(data, codec.Types())
		checkAlloc(t, "reflected", data, func() { codec.Decode(r, &p) })
		if (r.Err() == nil) != (d.Err() == nil) && !isAllocLimit(r.Err()) && !isAllocLimit(d.Err()) {
			t.Fatalf("generated: %v\nreflected: %v", d.Err(), r.Err())
		}
	})
}

// FuzzRoundTrip: what was decoded, within the limit of what may be allocated, is
// encoded to bytes that decode to the same.
func FuzzRoundTrip(f *testing.F) {
	addSeeds(f, mapsOfOne(1<<16))
	f.Fuzz(func(t *testing.T, data []byte) {
		for name, read := range map[string]func(*Decoder) any{"any": (*Decoder).Any, "tree": (*Decoder).Tree} {
			d := NewDecoder(data, nil)
			var v any
			checkAlloc(t, name, data, func() { v = read(d) })
			if d.Err() != nil {
				return
			}
			var e Encoder
			e.Any(v)
			if e.Err() != nil {
				t.Fatalf("%s: %v", name, e.Err())
			}
			again := NewDecoder(e.Bytes(), nil)
			again.SetLimits(Limits{Alloc: 1 << 30}) // the second form may be shorter
			w := read(again)
			if again.Err() != nil || len(again.Rest()) != 0 {
				t.Fatalf("%s: %x became %x: %v", name, data, e.Bytes(), again.Err())
			}
			if err := sameGraph(v, w); err != nil {
				t.Fatalf("%s: %x became %x: %v", name, data, e.Bytes(), err)
			}
			var third Encoder
			third.Any(w)
			if !bytes.Equal(third.Bytes(), e.Bytes()) {
				t.Fatalf("%s: %x became %x, then %x", name, data, e.Bytes(), third.Bytes())
			}
		}
	})
}

// sameGraph compares two decoded values, which may contain themselves, by the
// canonical text of their graphs.
func sameGraph(a, b any) error {
	x, y := graphText(a), graphText(b)
	if x != y {
		return fmt.Errorf("values differ:\n%.500s\n%.500s", x, y)
	}
	return nil
}

func graphText(v any) string {
	g := grapher{seen: map[any]int{}}
	g.write(v)
	return g.out.String()
}

type grapher struct {
	out  strings.Builder
	seen map[any]int
}

func (g *grapher) once(p any) bool {
	if n, ok := g.seen[p]; ok {
		fmt.Fprintf(&g.out, "#%d", n)
		return false
	}
	g.seen[p] = len(g.seen)
	return true
}

func (g *grapher) write(v any) {
	if g.out.Len() > 1<<20 {
		return
	}
	switch v := v.(type) {
	case *List:
		if g.once(v) {
			fmt.Fprintf(&g.out, "%q[", v.Class)
			g.items(v.Items)
		}
	case []any:
		g.out.WriteString("[")
		g.items(v)
	case *Map:
		if g.once(v) {
			fmt.Fprintf(&g.out, "%q{", v.Class)
			for _, e := range v.Entries {
				g.write(e.Key)
				g.out.WriteString(":")
				g.write(e.Value)
				g.out.WriteString(",")
			}
			g.out.WriteString("}")
		}
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		fmt.Fprintf(&g.out, "map %d{", len(keys))
		for _, k := range sortedStrings(keys) {
			fmt.Fprintf(&g.out, "%q:", k)
			g.write(v[k])
			g.out.WriteString(",")
		}
		g.out.WriteString("}")
	case *Object:
		if g.once(v) {
			g.fields(v.Class, v.Fields)
		}
	case *Exception:
		if g.once(v) {
			fmt.Fprintf(&g.out, "!%q", v.Message)
			g.fields(v.Class, v.Fields)
		}
	case float64:
		fmt.Fprintf(&g.out, "float64(%v)", v+0) // -0.0 is written as 0.0
	case time.Time:
		if v.IsZero() { // written as null
			g.write(nil)
			return
		}
		fmt.Fprint(&g.out, v)
	default:
		fmt.Fprintf(&g.out, "%T(%v)", v, v)
	}
}

func (g *grapher) items(items []any) {
	for _, v := range items {
		g.write(v)
		g.out.WriteString(",")
	}
	g.out.WriteString("]")
}

func (g *grapher) fields(class string, fields []Field) {
	fmt.Fprintf(&g.out, "<%q", class)
	for _, f := range fields {
		fmt.Fprintf(&g.out, " %q=", f.Name)
		g.write(f.Value)
	}
	g.out.WriteString(">")
}

// FuzzReread: what was skipped and is referred to later reads like what was
// never skipped, within the same limit. A list that was read as an array of a
// class that it does not name is another when it is read alone.
func FuzzReread(f *testing.F) {
	addSeeds(f, mapsOfOne(1<<16))
	node := &List{Class: "java.util.LinkedList", Items: []any{"x", &Map{Class: "java.util.TreeMap"}}}
	home := &Object{Class: "com.example.Address", Fields: []Field{{"zip", int32(9)}, {"list", node}}}
	var e Encoder
	e.Any([]any{[]any{home, node}, home, node, node.Items[1], &List{Class: "java.util.TreeMap"}})
	f.Add(e.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		whole := NewDecoder(data, nil)
		want, ok := whole.Any().([]any)
		if !ok || whole.Err() != nil || renamed(NewDecoder(data, nil).Tree(), content{}, map[any]bool{}) {
			return
		}
		d := NewDecoder(data, nil)
		got := make([]any, 0, len(want))
		checkAlloc(t, "items after the first", data, func() {
			n, _ := d.List()
			for i := 0; d.More(i, n); i++ {
				if i == 0 {
					d.Skip()
					got = append(got, want[0])
				} else if v := d.Any(); d.Err() == nil {
					got = append(got, v)
				}
			}
		})
		for i := range got {
			if err := sameGraph(want[i], got[i]); err != nil {
				t.Fatalf("item %d: %v", i, err)
			}
		}
		var e *DecodeError
		if errors.As(d.Err(), &e) && e.Limit {
			return
		}
		if d.Err() != nil || d.Offset() != whole.Offset() {
			t.Fatalf("ends at %d, not %d: %v", d.Offset(), whole.Offset(), d.Err())
		}
	})
}

// renamed tells whether a list in the tree stands where c says that it is read as
// one of another class.
func renamed(tree any, c content, seen map[any]bool) bool {
	if p := reflect.ValueOf(tree); p.Kind() != reflect.Pointer || seen[tree] {
		return false
	}
	seen[tree] = true
	switch v := tree.(type) {
	case *List:
		if c.item == listItem && !fitting(v.Class, c.list) {
			return true
		}
		for _, item := range v.Items {
			if renamed(item, itemsOf(v.Class), seen) {
				return true
			}
		}
	case *Map:
		for _, e := range v.Entries {
			if renamed(e.Key, content{}, seen) || renamed(e.Value, content{}, seen) {
				return true
			}
		}
	case *Object:
		var fields []string
		for _, f := range v.Fields {
			fields = append(fields, f.Name)
		}
		all := NewDecoder(make([]byte, 1<<20), nil).contents(v.Class, fields)
		for i, f := range v.Fields {
			c = content{}
			if all != nil && all[i] != nil {
				c = *all[i]
			}
			if renamed(f.Value, c, seen) {
				return true
			}
		}
	}
	return false
}

// values are the types of Value, with what reads them dynamically.
func values() []Value {
	return []Value{
		new(BigDecimal), new(UUID), new(Locale), new(Currency), new(BitSet), new(Calendar), new(LocalDate), new(LocalTime), new(LocalDateTime),
		new(Instant), new(Duration), new(Period), new(Year), new(YearMonth), new(MonthDay), new(ZoneID), new(ZoneOffset),
		new(OffsetDateTime), new(OffsetTime), new(ZonedDateTime), new(Timestamp), new(SQLDate), new(SQLTime),
	}
}

// FuzzValues: where a Value is declared it reads what Any reads, within the limit
// of what may be allocated, and what it read can be written and read again.
func FuzzValues(f *testing.F) {
	for name := range jdkVectors() {
		for _, v := range vectors(f) {
			if v.Name == name {
				f.Add(v.bytes)
			}
		}
	}
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, v := range values() {
			d, dyn := NewDecoder(data, nil), NewDecoder(data, nil)
			checkAlloc(t, fmt.Sprintf("%T", v), data, func() { v.DecodeHessian(d) })
			got := dyn.Any()
			if d.Err() != nil {
				continue
			}
			if dyn.Err() != nil || d.Offset() != dyn.Offset() || d.slots != dyn.slots {
				t.Fatalf("%T: read up to %d, Any up to %d: %v", v, d.Offset(), dyn.Offset(), dyn.Err())
			}
			value := reflect.ValueOf(v).Elem()
			if reflect.TypeOf(got) == value.Type() && fmt.Sprint(got) != fmt.Sprint(value.Interface()) {
				t.Fatalf("%T: read %v, Any %v", v, value, got)
			}
			if _, finer := got.(Instant); finer && reflect.TypeOf(got) != value.Type() {
				continue // java.sql has no nanoseconds on the wire
			}
			var e Encoder
			v.EncodeHessian(&e)
			again := reflect.New(value.Type())
			d.Reset(e.Bytes(), nil)
			again.Interface().(Value).DecodeHessian(d)
			if e.Err() != nil || d.Err() != nil || fmt.Sprint(again.Elem().Interface()) != fmt.Sprint(value.Interface()) {
				t.Fatalf("%T: %v became %x, then %v: %v, %v", v, value, e.Bytes(), again.Elem(), e.Err(), d.Err())
			}
		}
	})
}

// FuzzCodec: what the reflection codec reads of types that were written for
// dubbo-go, exceptions among them, within the limit of what may be allocated, it
// writes and reads again.
func FuzzCodec(f *testing.F) {
	c, err := NewCodec(&customer{}, frame{}, &pojoException{}, order{}, plainBiz{})
	if err != nil {
		f.Fatal(err)
	}
	addSeeds(f, mapsOfOne(1<<16))
	for _, v := range []any{
		&customer{ID: "7", Sex: woman, Sexes: []gender{man}, Any: woman, Nicknames: map[gender]string{man: "m"}, Address: &place2{}},
		&pojoException{DetailMessage: "m", StackTrace: []frame{{"c", "m", "f", 3}}, Cause: &pojoException{}},
		&order{Levels: map[level]int{"GOLD": 1}, Inners: []inner{{A: []int32{1}}}, Err: &Exception{Class: "c.E"}},
	} {
		data, err := c.Marshal(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, ptr := range []any{new(*customer), new(*pojoException), new(*order), new(error), new([]map[string]*big.Int)} {
			d := NewDecoder(data, c.Types())
			checkAlloc(t, fmt.Sprintf("%T", ptr), data, func() { c.Decode(d, ptr) })
			if d.Err() != nil {
				continue
			}
			value := reflect.ValueOf(ptr).Elem()
			written, err := c.Marshal(value.Interface())
			if err != nil {
				t.Fatalf("%T: %v", ptr, err)
			}
			again := reflect.New(value.Type())
			d.Reset(written, c.Types())
			d.SetLimits(Limits{Alloc: 1 << 30, Depth: 1000})
			if c.Decode(d, again.Interface()); d.Err() != nil {
				t.Fatalf("%T: %x became %x: %v", ptr, data, written, d.Err())
			}
		}
	})
}
