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

func BenchmarkEmojiStringEncode(b *testing.B) {
	s := strings.Repeat("😀", 25)
	var e Encoder
	buf := make([]byte, 0, 256)
	for b.Loop() {
		e.Reset(buf)
		e.String(s)
	}
}

func BenchmarkEmojiStringDecode(b *testing.B) {
	data := AppendString(nil, strings.Repeat("😀", 25))
	var d Decoder
	for b.Loop() {
		d.Reset(data, nil)
		_ = d.String()
	}
}

func BenchmarkNestedUserEncode(b *testing.B) { benchEncode(b, flatUser()) }
func BenchmarkNestedUserDecode(b *testing.B) { benchDecode(b, flatUser()) }

// user20 is the struct of 20 fields of the project's benchmarks: 8 strings and
// 12 numbers and booleans, some 600 bytes on the wire.
type user20 struct {
	S0, S1, S2, S3, S4, S5, S6, S7 string
	L0, L1, L2, L3                 int64
	I0, I1, I2, I3                 int32
	D0, D1                         float64
	B0, B1                         bool
}

var user20Class = ClassDesc{
	Name: "bench.User20",
	Fields: []string{"s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "l0", "l1", "l2", "l3",
		"i0", "i1", "i2", "i3", "d0", "d1", "b0", "b1"},
	New: func() any { return new(user20) },
}

func (x *user20) EncodeHessian(e *Encoder) {
	if x == nil {
		e.Null()
		return
	}
	if e.Ref(x) || !e.Enter() {
		return
	}
	e.Object(&user20Class)
	e.String(x.S0)
	e.String(x.S1)
	e.String(x.S2)
	e.String(x.S3)
	e.String(x.S4)
	e.String(x.S5)
	e.String(x.S6)
	e.String(x.S7)
	e.Long(x.L0)
	e.Long(x.L1)
	e.Long(x.L2)
	e.Long(x.L3)
	e.Int(x.I0)
	e.Int(x.I1)
	e.Int(x.I2)
	e.Int(x.I3)
	e.Double(x.D0)
	e.Double(x.D1)
	e.Bool(x.B0)
	e.Bool(x.B1)
	e.Leave()
}

func (x *user20) DecodeHessianField(d *Decoder, field int) {
	switch field {
	case 0:
		x.S0 = d.String()
	case 1:
		x.S1 = d.String()
	case 2:
		x.S2 = d.String()
	case 3:
		x.S3 = d.String()
	case 4:
		x.S4 = d.String()
	case 5:
		x.S5 = d.String()
	case 6:
		x.S6 = d.String()
	case 7:
		x.S7 = d.String()
	case 8:
		x.L0 = d.Long()
	case 9:
		x.L1 = d.Long()
	case 10:
		x.L2 = d.Long()
	case 11:
		x.L3 = d.Long()
	case 12:
		x.I0 = d.Int()
	case 13:
		x.I1 = d.Int()
	case 14:
		x.I2 = d.Int()
	case 15:
		x.I3 = d.Int()
	case 16:
		x.D0 = d.Double()
	case 17:
		x.D1 = d.Double()
	case 18:
		x.B0 = d.Bool()
	case 19:
		x.B1 = d.Bool()
	}
}

func newUser20() *user20 {
	s := strings.Repeat("abcdefgh", 6)
	return &user20{
		S0: s, S1: s, S2: s, S3: s, S4: s, S5: s, S6: s, S7: s,
		L0: 1 << 40, L1: 1 << 50, L2: 5, L3: 70000, I0: 1, I1: 1000, I2: 100000, I3: 1 << 30,
		D0: 99.5, D1: 3.141592653589793, B0: true,
	}
}

func BenchmarkUser20Encode(b *testing.B) {
	u := newUser20()
	var e Encoder
	buf := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		e.Reset(buf)
		u.EncodeHessian(&e)
	}
	b.SetBytes(int64(e.Len()))
}

func BenchmarkUser20Decode(b *testing.B) {
	var e Encoder
	newUser20().EncodeHessian(&e)
	var d Decoder
	types := NewTypes(&user20Class)
	b.ReportAllocs()
	b.SetBytes(int64(e.Len()))
	for b.Loop() {
		d.Reset(e.Bytes(), types)
		if d.Object(&user20Class) == nil {
			b.Fatal(d.Err())
		}
	}
}

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

func BenchmarkBigDecimalDecode(b *testing.B) {
	var e Encoder
	e.Any(BigDecimal("12345.67"))
	var d Decoder
	var v BigDecimal
	b.ReportAllocs()
	for b.Loop() {
		d.Reset(e.Bytes(), nil)
		v.DecodeHessian(&d)
	}
}

func BenchmarkLocalDateTimeDecode(b *testing.B) {
	var e Encoder
	e.Any(LocalDateTimeOf(time.UnixMilli(894621091123)))
	var d Decoder
	var v LocalDateTime
	b.ReportAllocs()
	for b.Loop() {
		d.Reset(e.Bytes(), nil)
		v.DecodeHessian(&d)
	}
}

func BenchmarkLocalDateTimeEncode(b *testing.B) {
	v := LocalDateTimeOf(time.UnixMilli(894621091123))
	var e Encoder
	buf := make([]byte, 0, 512)
	b.ReportAllocs()
	for b.Loop() {
		e.Reset(buf)
		v.EncodeHessian(&e)
	}
}
