package hessian

import (
	"strings"
	"testing"
	"time"
)

// flatUser is the struct of 20 fields of the benchmarks: scalars and strings,
// 611 bytes or so on the wire.
func flatUser() *user {
	rank := int32(7)
	return &user{
		ID: 1 << 40, Name: strings.Repeat("n", 40), Email: strings.Repeat("e", 60) + "@example.com",
		Active: true, Age: 42, Score: 99.5, Level: "GOLD", Born: time.UnixMilli(894621091000).UTC(), Rank: &rank,
		Tags: []string{"alpha", "beta", "gamma"}, Home: &address{"1 Long Street", "Springfield", 12345},
		Extra: map[string]string{"tenant": "a"}, Counts: []int64{1, 2, 3}, Photo: make([]byte, 64),
		Balance: 123456789, City: "Springfield", Visits: 1000, Verified: true,
	}
}

// scalarUser has scalars and strings only.
func scalarUser() *user {
	u := flatUser()
	u.Rank, u.Tags, u.Home, u.Extra, u.Counts, u.Photo = nil, nil, nil, nil, nil, nil
	return u
}

func BenchmarkStringEncode(b *testing.B) {
	s := strings.Repeat("s", 100)
	var e Encoder
	buf := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		e.Reset(buf)
		e.String(s)
	}
}

func BenchmarkStringDecode(b *testing.B) {
	data := AppendString(nil, strings.Repeat("s", 100))
	var d Decoder
	b.ReportAllocs()
	for b.Loop() {
		d.Reset(data, nil)
		_ = d.String()
	}
}

func BenchmarkCJKStringEncode(b *testing.B) {
	s := strings.Repeat("漢", 33)
	var e Encoder
	buf := make([]byte, 0, 256)
	for b.Loop() {
		e.Reset(buf)
		e.String(s)
	}
}

func BenchmarkCJKStringDecode(b *testing.B) {
	data := AppendString(nil, strings.Repeat("漢", 33))
	var d Decoder
	for b.Loop() {
		d.Reset(data, nil)
		_ = d.String()
	}
}

func BenchmarkUser20Encode(b *testing.B)       { benchEncode(b, flatUser()) }
func BenchmarkScalarUser20Encode(b *testing.B) { benchEncode(b, scalarUser()) }
func BenchmarkUser20Decode(b *testing.B)       { benchDecode(b, flatUser()) }
func BenchmarkScalarUser20Decode(b *testing.B) { benchDecode(b, scalarUser()) }

func benchEncode(b *testing.B, u *user) {
	var e Encoder
	buf := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		e.Reset(buf)
		u.EncodeHessian(&e)
	}
	b.SetBytes(int64(e.Len()))
}

func benchDecode(b *testing.B, u *user) {
	var e Encoder
	u.EncodeHessian(&e)
	var d Decoder
	b.ReportAllocs()
	b.SetBytes(int64(e.Len()))
	for b.Loop() {
		d.Reset(e.Bytes(), userTypes)
		if d.Object(&userClass) == nil {
			b.Fatal(d.Err())
		}
	}
}

func BenchmarkList100Encode(b *testing.B) {
	list := make([]*user, 100)
	for i := range list {
		list[i] = flatUser()
	}
	benchEncode(b, &user{Friends: list})
}

func BenchmarkList100Decode(b *testing.B) {
	list := make([]*user, 100)
	for i := range list {
		list[i] = flatUser()
	}
	benchDecode(b, &user{Friends: list})
}

func BenchmarkAnyDecode(b *testing.B) {
	var e Encoder
	flatUser().EncodeHessian(&e)
	var d Decoder
	b.ReportAllocs()
	for b.Loop() {
		d.Reset(e.Bytes(), nil)
		_ = d.Any()
	}
}

func BenchmarkSkip(b *testing.B) {
	var e Encoder
	flatUser().EncodeHessian(&e)
	var d Decoder
	b.ReportAllocs()
	for b.Loop() {
		d.Reset(e.Bytes(), nil)
		d.Skip()
	}
}

func BenchmarkCodecEncode(b *testing.B) {
	c, err := NewCodec(plainUser{})
	if err != nil {
		b.Fatal(err)
	}
	u := &plainUser{ID: 1, Name: "n", Email: "e", Tags: []string{"a"}, Home: &plainAddress{Street: "s"}}
	var e Encoder
	buf := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		e.Reset(buf)
		c.Encode(&e, u)
	}
}
