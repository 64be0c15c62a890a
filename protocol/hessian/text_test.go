package hessian

import (
	"bytes"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// Every kind of three bytes is written as going through it letter by letter
// gives it: what is no UTF-8 as U+FFFD, half a pair as it is.
func TestThreeBytesOfText(t *testing.T) {
	edges := []byte{0x00, 0x41, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc0, 0xe4, 0xed, 0xff}
	for a := byte(0xdf); a >= 0xdf && a <= 0xf1; a++ {
		for _, b := range edges {
			for _, c := range edges {
				s := "x" + string([]byte{a, b, c}) + "yz"
				var want []byte
				units := 0
				if half := a == 0xed && 0xa0 <= b && b <= 0xbf && 0x80 <= c && c <= 0xbf; half {
					want, units = []byte(s), 4
				} else {
					for _, r := range s {
						want = utf8.AppendRune(want, r)
						units++
					}
				}
				got := AppendString(nil, s)
				if int(got[0]) != units || string(got[1:]) != string(want) {
					t.Fatalf("%x is written as %x, want %d units %x", s, got, units, want)
				}
				if back := NewDecoder(got, nil).String(); back != string(want) {
					t.Fatalf("%x is read as %x, want %x", got, back, want)
				}
			}
		}
	}
}

// Every kind of first byte, with what may follow it: like Java a reader takes the
// low six bits of the second and third byte, whatever the others are, and every
// way to read a string does.
func TestUnitsAreMasked(t *testing.T) {
	edges := []byte{0x00, 0x20, 0x41, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xc0, 0xe4, 0xed, 0xff}
	for lead := 0x80; lead <= 0xff; lead++ {
		for _, b := range edges {
			for _, c := range edges {
				size, unit := 1, rune(-1)
				switch {
				case 0xc0 <= lead && lead < 0xe0:
					size, unit = 2, rune(lead&0x1f)<<6|rune(b&0x3f)
				case 0xe0 <= lead && lead < 0xf0:
					size, unit = 3, rune(lead&0xf)<<12|rune(b&0x3f)<<6|rune(c&0x3f)
				}
				data := append([]byte{3, 'x'}, []byte{byte(lead), b, c}[:size]...)
				data = append(data, 'y')
				checkAgree(t, data)
				d := NewDecoder(data, nil)
				got := d.String()
				if unit < 0 {
					if d.Err() == nil {
						t.Fatalf("%x is read as %x", data, got)
					}
					continue
				}
				want := string(appendUnit([]byte("x"), unit)) + "y"
				if !utf16.IsSurrogate(unit) {
					want = "x" + string(unit) + "y"
				}
				if got != want || d.Err() != nil || len(d.Rest()) > 0 {
					t.Fatalf("%x is read as %x, %v, want %x", data, got, d.Err(), want)
				}
				var char Char
				d.Reset(append([]byte{1}, data[2:2+size]...), nil)
				if char.DecodeHessian(d); char != Char(unit) || d.Err() != nil {
					t.Fatalf("%x is the char %x, %v", data, char, d.Err())
				}
			}
		}
	}
}

// A long Chinese text is cut where its bytes can stay as they are.
func TestChunksOfThreeByteText(t *testing.T) {
	for _, n := range []int{stringChunk - 1, stringChunk, stringChunk + 1, 2*stringChunk + 1} {
		s := make([]byte, 0, 3*n)
		for i := range n {
			s = utf8.AppendRune(s, 0x4e00+rune(i%0x5000))
		}
		for _, text := range []string{string(s), "a" + string(s), string(s) + "😀"} {
			d := NewDecoder(AppendString(nil, text), nil)
			if got := d.String(); got != text || d.Err() != nil || len(d.Rest()) > 0 {
				t.Errorf("%d characters of %d bytes come back as %d bytes, %v", n, len(text), len(got), d.Err())
			}
		}
	}
}

// Characters beyond U+FFFF are two surrogates of three bytes each.
func TestPairsOfSurrogates(t *testing.T) {
	for _, r := range []rune{0x10000, 0x103ff, 0x10400, 0x1f600, 0x1ffff, 0x20000, 0x3ffff, 0x40000, 0x4ffff, 0xfffff, 0x10ffff} {
		hi, lo := utf16.EncodeRune(r)
		want := appendUnit(appendUnit([]byte{3, 'x'}, hi), lo)
		s := "x" + string(r)
		if got := AppendString(nil, s); !bytes.Equal(got, want) {
			t.Errorf("%U is written as %x, want %x", r, got, want)
		}
		if got := NewDecoder(want, nil).String(); got != s {
			t.Errorf("%U is read as %x", r, got)
		}
	}
}

// A boolean or number that stands where a string is declared is what Java's
// readString makes of it: a whole double of one or two bytes has no ".0".
func TestScalarsAsText(t *testing.T) {
	for data, want := range map[string]string{
		"4e": "", "54": "true", "46": "false", "93": "3", "c7ff": "-1", "e3": "3", "4c0000000100000000": "4294967296",
		"5b": "0.0", "5c": "1.0", "5dfe": "-2", "5e0100": "256", "5f00000578": "1.4000000000000001",
		"44 4202a05f20000000": "1.0E10", "44 3f1a36e2eb1c432d": "1.0E-4", "44 7ff0000000000000": "Infinity",
	} {
		d := NewDecoder(unhex(t, data), nil)
		if got := d.String(); got != want || d.Err() != nil || len(d.Rest()) > 0 {
			t.Errorf("%s: got %q, %v, want %q", data, got, d.Err(), want)
		}
	}
	for _, data := range []string{"44 4202", "5e01", "5d", "49 00", "f8"} {
		if d := NewDecoder(unhex(t, data), nil); d.String() != "" || d.Err() == nil {
			t.Errorf("%s is no error", data)
		}
	}
}
