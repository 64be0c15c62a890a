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
		{"continuation first", "01 80", "bad utf-8 encoding at 0x80", "it begins with 0x80"},
		{"four bytes", "02 f09f9880", "bad utf-8 encoding at 0xf0", "it begins with 0xf0"},
	} {
		data := unhex(t, f.bytes)
		d := NewDecoder(data, nil)
		if got := d.Any(); d.Err() == nil || !strings.Contains(d.Err().Error(), f.want) {
			t.Errorf("%s: got %#v, %v, want %q; Java: %s", f.name, got, d.Err(), f.want, f.java)
		}
		checkAgree(t, data)
	}
}
