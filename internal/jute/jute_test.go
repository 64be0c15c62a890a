package jute

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	b, start := BeginFrame([]byte("before"))
	b = AppendBool(b, true)
	b = AppendInt(b, -7)
	b = AppendLong(b, 1<<40)
	b = AppendString(b, "gübbo")
	b = AppendBuffer(b, nil)
	b = AppendBuffer(b, []byte{})
	b = AppendStrings(b, []string{"a", "", "c"})
	b = AppendStrings(b, nil)
	b = EndFrame(b, start)

	d := NewDecoder(b[start:])
	if n := d.Int(); int(n) != d.Len() {
		t.Errorf("frame length %d, want %d", n, d.Len())
	}
	if !d.Bool() || d.Int() != -7 || d.Long() != 1<<40 || d.String() != "gübbo" {
		t.Error("scalars do not come back")
	}
	if p := d.Buffer(); p != nil {
		t.Errorf("null buffer came back as %v", p)
	}
	if p := d.Buffer(); p == nil || len(p) != 0 {
		t.Errorf("empty buffer came back as %v", p)
	}
	if v := d.Strings(); !slices.Equal(v, []string{"a", "", "c"}) {
		t.Errorf("strings came back as %q", v)
	}
	if v := d.Strings(); len(v) != 0 || d.Err() != nil || d.Len() != 0 {
		t.Errorf("end: %q, %v, %d bytes left", v, d.Err(), d.Len())
	}
}

// The bytes are those that jute of ZooKeeper 3.8.0 writes for the same values.
func TestGoldenVectors(t *testing.T) {
	got := AppendStrings(AppendBuffer(AppendString(nil, "/a"), nil), []string{"x"})
	want := []byte{0, 0, 0, 2, '/', 'a', 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 1, 'x'}
	if !bytes.Equal(got, want) {
		t.Errorf("got % x, want % x", got, want)
	}
}

func TestHostileLengths(t *testing.T) {
	for name, c := range map[string]struct {
		in   []byte
		read func(*Decoder)
	}{
		"string longer than the frame":   {[]byte{0x7f, 0xff, 0xff, 0xff, 'a'}, func(d *Decoder) { _ = d.String() }},
		"negative buffer":                {[]byte{0xff, 0xff, 0xff, 0xfe}, func(d *Decoder) { d.Buffer() }},
		"vector of two thousand million": {[]byte{0x7f, 0xff, 0xff, 0xff}, func(d *Decoder) { d.Strings() }},
		"negative vector":                {[]byte{0x80, 0, 0, 0}, func(d *Decoder) { d.Count(8) }},
		"half a long":                    {[]byte{1, 2, 3}, func(d *Decoder) { d.Long() }},
		"nothing":                        {nil, func(d *Decoder) { d.Bool() }},
	} {
		d := NewDecoder(c.in)
		c.read(&d)
		if !errors.Is(d.Err(), ErrShort) {
			t.Errorf("%s: error %v, want ErrShort", name, d.Err())
		}
		first := d.Err()
		if d.Int() != 0 || d.Err() != first {
			t.Errorf("%s: the error is not sticky", name)
		}
	}
}

func FuzzDecoder(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 'a', 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 'b'}, []byte{0, 1, 2, 3, 4, 5})
	f.Fuzz(func(t *testing.T, data, script []byte) {
		d := NewDecoder(data)
		for _, op := range script {
			before := d.Len()
			switch op % 6 {
			case 0:
				d.Bool()
			case 1:
				d.Int()
			case 2:
				d.Long()
			case 3:
				if s := d.String(); len(s) > before {
					t.Fatal("a string longer than the record")
				}
			case 4:
				if p := d.Buffer(); len(p) > before {
					t.Fatal("a buffer longer than the record")
				}
			case 5:
				if v := d.Strings(); len(v) > before/4 {
					t.Fatal("more strings than the record can hold")
				}
			}
			if d.Len() < 0 || d.Len() > before {
				t.Fatalf("%d bytes left after %d", d.Len(), before)
			}
		}
	})
}
