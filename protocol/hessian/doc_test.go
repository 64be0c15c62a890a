package hessian

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// The examples of docs/wire/hessian2.md are what the encoder writes.
func TestDocumentedBytes(t *testing.T) {
	page, err := os.ReadFile("../../docs/wire/hessian2.md")
	if err != nil {
		t.Fatal(err)
	}
	self := &List{}
	self.Items = []any{self}
	same := &List{Items: []any{int32(1)}}
	for example, v := range map[string]any{
		"`90`": int32(0), "`c7ef`": int32(-17), "`c830`": int32(48), "`d40800`": int32(2048), "`4900040000`": int32(262144),
		"`e0`": int64(0), "`f810`": int64(16), "`3c0800`": int64(2048), "`5900040000`": int64(262144), "`4c0000000080000000`": int64(1 << 31),
		"`5f00003039`": 12.345, "`444028b0f27bb2fec5`": 12.3456, "`5f 00000064`": float32(0.1),
		"`05 68 c3a9 6c6c6f`": "héllo", "`02 eda0bd edb880`": "😀",
		"`79 51 90`": self, "`7a 79 91 79 91`": &List{Items: []any{&List{Items: []any{int32(1)}}, &List{Items: []any{int32(1)}}}},
		"`7a 79 91 51 91`":                             &List{Items: []any{same, same}},
		"`72 04 5b696e74 91 92`":                       []int32{1, 2},
		"`48 91 0161 5a`":                              &Map{Entries: []Entry{{int32(1), "a"}}},
		"43 07 706f2e50756e74 92 01 78 01 79 60 93 94": &Object{Class: "po.Punt", Fields: []Field{{"x", int32(3)}, {"y", int32(4)}}},
	} {
		want := strings.NewReplacer("`", "", " ", "").Replace(example)
		var e Encoder
		if e.Any(v); hex.EncodeToString(e.Bytes()) != want {
			t.Errorf("%v is %x, the page says %s", v, e.Bytes(), want)
		}
		if first, _, _ := strings.Cut(example, " 60 9"); !strings.Contains(string(page), first) {
			t.Errorf("the page does not have %s", example)
		}
	}
}
