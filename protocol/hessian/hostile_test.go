package hessian

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func sortedStrings(s []string) []string { slices.Sort(s); return s }

type hostileInput struct {
	name string
	data []byte
	ok   bool // valid, and must decode
}

// hostile are inputs that killed or stalled other decoders.
func hostile() []hostileInput {
	rep := func(unit string, n int) []byte { return bytes.Repeat([]byte(unit), n) }
	cat := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	list := func(n int) []byte { return binary.BigEndian.AppendUint32([]byte("XI"), uint32(n)) }
	const mb = 1 << 20
	const kb = mb / 4 // of the inputs that decode whole
	return []hostileInput{
		{"list of 2^31-1", list(1<<31 - 1), false},
		{"list of 2^26", list(1 << 26), false},
		{"typed list of 2^30", []byte("V\x04[intI\x40\x00\x00\x00"), false},
		{"list of -5", list(-5), true},
		{"array of -5", []byte("V\x04[int\x8b"), false},
		{"class of 2^27 fields", []byte("C\x01aI\x08\x00\x00\x00"), false},
		{"class of -1 fields", []byte("C\x01aI\xff\xff\xff\xff"), false},
		{"class and fields named by numbers", []byte("C\x93\x92\xe1\x54\x60\x90\x91"), true},
		{"class and field named by null", []byte("CN\x91N\x60\x90"), true},
		{"class named by bytes", []byte("C\x20\x90\x60"), false},
		{"class of 1001 fields", cat([]byte("C\x01a\xcb\xe9"), rep("\x00", 2000)), false},
		{"object of class 5", []byte("\x65"), false},
		{"object of class -1", []byte("OI\xff\xff\xff\xff"), false},
		{"reference ahead", []byte("Q\x90"), false},
		{"reference -1", []byte("y\x51\x8f"), false},
		{"type 3 of none", []byte("r\x93\x90\x90"), false},
		{"map keyed by a list", []byte("Hx\x90Z"), true},
		{"map keyed by a map", []byte("HHZ\x90Z"), true},
		{"map keyed by itself", []byte("HQ\x90\x90Z"), true},
		{"list of itself", []byte("yQ\x90"), true},
		{"open list of itself", []byte("WQ\x90Z"), true},
		{"map of itself", []byte("H\x01aQ\x90Z"), true},
		{"1 M nested lists", rep("y", mb), false},
		{"8 M nested lists", rep("y", 8*mb), false},
		{"1 M nested maps", rep("H", mb), false},
		{"1 M nested open lists", rep("W", mb), false},
		{"64 nested lists", cat(rep("y", 63), []byte("x")), true},
		{"65 nested lists", cat(rep("y", 64), []byte("x")), false},
		{"8 MB of class definitions", rep("C\x01a\x90", 8*mb/4), false},
		{"8 MB of class definitions and a null", cat(rep("C\x01a\x90", 8*mb/4), []byte("N")), false},
		{"999 class definitions and a null", cat(rep("C\x01a\x90", 999), []byte("N")), true},
		{"256 KB of empty lists", cat(list(kb), rep("x", kb)), true},
		{"256 KB of empty maps", cat(list(kb/2), rep("HZ", kb/2)), true},
		{"256 KB of nulls", cat(list(kb), rep("N", kb)), true},
		{"256 KB of lists of one", cat(list(kb/2), rep("yN", kb/2)), true},
		{"256 KB of maps of one", mapsOfOne(kb / 4), false},
		{"256 KB of typed lists", cat([]byte("X"), AppendInt(nil, kb/2), []byte("p\x01a"), rep("p\x90", kb/2-1)), true},
		{"256 KB of dates", cat(list(kb/5), rep("K\x00\x00\x00\x01", kb/5)), true},
		{"256 KB of ints", cat(list(kb/4), rep("I\x7f\xff\xff\xff", kb/4)), true},
		{"256 KB of zero-length string chunks", cat(rep("R\x00\x00", kb/3), []byte{0}), true},
		{"256 KB of zero-length binary chunks", cat(rep("A\x00\x00", kb/3), []byte{0x20}), true},
		{"256 KB of one-byte binary chunks", cat(rep("A\x00\x01x", kb/4), []byte{0x20}), true},
		{"256 KB of one-char string chunks", cat(rep("R\x00\x01x", kb/4), []byte{0}), true},
		{"256 KB of objects without fields", cat(list(kb-8), []byte("C\x01a\x90"), rep("\x60", kb-8)), false},
		{"256 KB of references", cat(list(kb/2), rep("Q\x90", kb/2)), true},
		{"references to a list that doubles", doubling(), true},
		{"string with broken UTF-8", []byte("\x03\xc3\x41\xed\x20\x20\xed\x30\x20"), true},
		{"string of a continuation byte", []byte("\x01\x80"), false},
		{"string cut short", []byte("S\xff\xffabc"), false},
		{"binary cut short", []byte("B\xff\xffabc"), false},
		{"chunk of another kind", []byte("R\x00\x01a\x90"), false},
		{"end without a beginning", []byte("Z"), false},
		{"map with a key alone", []byte("H\x90Z"), false},
		{"class alone", []byte("C\x01a\x90"), false},
		{"nothing", nil, false},
	}
}

// doubling is the list bomb: each list holds the one before twice, by
// reference, 40 times over.
func doubling() []byte {
	data := []byte("\x58\xb8") // 40 lists
	data = append(data, "yN"...)
	for i := int32(1); i < 40; i++ {
		data = append(data, 'z', 'Q')
		data = AppendInt(data, i)
		data = append(data, 'Q')
		data = AppendInt(data, i)
	}
	return data
}

// allocated returns the bytes that f allocates, garbage included.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// allocLimit is Limits.Alloc of a Decoder that was told none.
func allocLimit(data []byte) uint64 { return uint64(64*len(data) + 1<<20) }

func TestHostileInput(t *testing.T) {
	for _, h := range hostile() {
		t.Run(h.name, func(t *testing.T) {
			bound := allocLimit(h.data) + 1<<16
			for name, read := range map[string]func(d *Decoder){
				"any":  func(d *Decoder) { d.Any() },
				"tree": func(d *Decoder) { d.Tree() },
				"skip": func(d *Decoder) { d.Skip() },
			} {
				var d Decoder
				n := allocated(func() {
					d.Reset(h.data, nil)
					read(&d)
				})
				if n > bound {
					t.Errorf("%s allocated %d bytes for %d, more than %d", name, n, len(h.data), bound)
				}
				switch {
				case h.ok && d.Err() != nil && (name != "tree" || !isAllocLimit(d.Err())):
					t.Errorf("%s: %v", name, d.Err())
				case !h.ok && d.Err() == nil && name == "any":
					t.Errorf("%s: no error", name)
				}
				t.Logf("%s: %d bytes, %v", name, n, d.Err())
			}
		})
	}
}

// sharedTags is a user with n friends who all have his 1000 tags.
func sharedTags(n int) []byte {
	data := append(appendClassDef(nil, "com.example.User", []string{"tags", "counts", "friends"}), 0x60)
	data = append(AppendInt(append(data, 'X'), 1000), make([]byte, 1000)...)
	data = AppendInt(append(data, 'N', 'X'), int32(n))
	return append(data, bytes.Repeat([]byte{0x60, 'Q', 0x91, 'N', 'N'}, n)...)
}

// mapsOfOne is a list of n small maps.
func mapsOfOne(n int) []byte {
	return append(AppendInt([]byte("X"), int32(n)), bytes.Repeat([]byte("H\x00NZ"), n)...)
}

// Typed code is charged, too: an object costs its Go size, a slice its
// elements.
func TestHostileTypedInput(t *testing.T) {
	const n = 1 << 18
	empty := append(appendClassDef(nil, "com.example.User", nil), 0x61)
	friends := appendClassDef(nil, "com.example.User", []string{"friends"})
	bomb := AppendInt(append(slices.Clone(friends), 0x60, 'X'), n)
	bomb = append(append(bomb, empty...), bytes.Repeat([]byte{0x61}, n-1)...)
	for name, data := range map[string][]byte{"objects without fields": bomb, "references to one list": sharedTags(20000)} {
		t.Run(name, func(t *testing.T) {
			codec, err := NewCodec(plainUser{})
			if err != nil {
				t.Fatal(err)
			}
			for side, read := range map[string]func(d *Decoder){
				"generated": func(d *Decoder) { d.Reset(data, userTypes); d.Object(&userClass) },
				"reflected": func(d *Decoder) { d.Reset(data, codec.Types()); codec.Decode(d, new(*plainUser)) },
			} {
				var d Decoder
				used := allocated(func() { read(&d) })
				if bound := allocLimit(data) + 1<<16; used > bound {
					t.Errorf("%s: %d bytes for %d, more than %d", side, used, len(data), bound)
				}
				if d.Err() == nil || !strings.Contains(d.Err().Error(), "Limits.Alloc") {
					t.Errorf("%s: %v", side, d.Err())
				}
			}
		})
	}
}

func TestLimitsCanBeRaised(t *testing.T) {
	data := append(bytes.Repeat([]byte("y"), 200), 'x')
	d := NewDecoder(data, nil)
	d.SetLimits(Limits{Depth: 300})
	if d.Any(); d.Err() != nil {
		t.Error(d.Err())
	}
	d.Reset(data, nil)
	if d.Any(); d.Err() == nil {
		t.Error("Reset did not bring the default back")
	}
}

func TestTypedMapsAreCharged(t *testing.T) {
	const n = 1 << 16
	data := AppendInt([]byte("X"), n)
	data = append(data, bytes.Repeat([]byte("H\x00\x00Z"), n)...)
	codec, err := NewCodec(plainUser{})
	if err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(d *Decoder){
		"generated": func(d *Decoder) {
			n, _ := d.List()
			maps := MakeSlice[map[string]string](d, n)
			for i := 0; d.More(i, n); i++ {
				if d.Map() {
					m := make(map[string]string)
					for d.MapMore() {
						k := d.String()
						m[k] = d.String()
					}
					maps = append(maps, m)
				}
			}
		},
		"reflected": func(d *Decoder) { codec.Decode(d, new([]map[string]string)) },
	} {
		d := NewDecoder(data, nil)
		used := allocated(func() { read(d) })
		if bound := allocLimit(data) + 1<<16; used > bound || d.Err() == nil {
			t.Errorf("%s: %d bytes for %d, more than %d; %v", name, used, len(data), bound, d.Err())
		}
	}
}

// A long name costs its bytes once, however often it is used by number.
func TestHostileNames(t *testing.T) {
	long := strings.Repeat("n", 60000)
	const n = 20000
	lists := AppendInt([]byte("X"), n)
	lists = append(AppendString(append(lists, 0x70), long), bytes.Repeat([]byte("p\x90"), n-1)...)
	objects := AppendInt([]byte("X"), n)
	objects = append(append(objects, appendClassDef(nil, long, nil)...), bytes.Repeat([]byte{0x60}, n)...)
	enums := AppendInt([]byte("X"), n)
	enums = append(append(enums, appendClassDef(nil, "com.example.Level", []string{"name"})...), 0x60)
	enums = append(AppendString(enums, long), bytes.Repeat([]byte("Q\x91"), n-1)...)
	for name, data := range map[string][]byte{"types": lists, "classes": objects, "enums": enums} {
		d := NewDecoder(data, userTypes)
		used := allocated(func() { d.Any() })
		if bound := allocLimit(data) + 1<<16; used > bound {
			t.Errorf("%s: %d bytes for %d; %v", name, used, len(data), d.Err())
		}
		d.Reset(data, userTypes)
		used = allocated(func() {
			n, _ := d.List()
			levels := MakeSlice[level](d, n)
			for i := 0; d.More(i, n); i++ {
				levels = append(levels, level(d.Enum(&levelClass)))
			}
		})
		if bound := allocLimit(data) + 1<<16; used > bound {
			t.Errorf("typed %s: %d bytes for %d; %v", name, used, len(data), d.Err())
		}
	}
}

// What contains itself must not end those who walk over it.
func TestCyclesSurviveWalkers(t *testing.T) {
	for _, data := range []string{"yQ\x90", "WQ\x90Z", "H\x01aQ\x90Z", "HQ\x90\x90Z", "yyQ\x90", "yH\x01aQ\x90Z", "C\x01a\x91\x01x\x60Q\x90", "C\x01a\x91\x0ddetailMessage\x60Q\x90"} {
		d := NewDecoder([]byte(data), nil)
		v, same := d.Any(), NewDecoder([]byte(data), nil).Any()
		if d.Err() != nil {
			t.Fatal(d.Err())
		}
		if text := fmt.Sprintf("%v %+v %#v", v, v, v); text == "" {
			t.Error("no text")
		}
		if !reflect.DeepEqual(v, same) {
			t.Errorf("%q: not equal to itself", data)
		}
		_, _ = json.Marshal(v) // an error, not the end
		var e Encoder
		if e.Any(v); e.Err() != nil || e.Len() > 2*len(data) {
			t.Errorf("%q: %x, %v", data, e.Bytes(), e.Err())
		}
	}
}
