package canon

import "testing"

// J stands for one value and hides nothing else.
func TestDiffer(t *testing.T) {
	for _, c := range []struct{ a, b, x, y string }{
		{"i1", "i1", "", ""},
		{"i1", "l1", "i1", "l1"},
		{"J", `{"a"=i1}`, "", ""},
		{`[i1,J,"a"]`, `[i1,{"x"=[i1,i2]},"a"]`, "", ""},
		{`[i1,J,"a"]`, `[i1,{"x"=[i1,i2]},"b"]`, `"a"`, `"b"`},
		{"[J]", "[i1,i2]", "]", "i2"},
		{`[{i1=[N,d1]}]`, `[{i1=[N,d2]}]`, "d1", "d2"},
		{`["J,[",i1]`, `["J,[",i2]`, "i1", "i2"},
		{"{i1=J,i2=T}", "{i1=[],i2=F}", "T", "F"},
		{"{J=i1}", `{["a"]=i1}`, "", ""},
		{"{J=i1}", `{["a"]=i2}`, "i1", "i2"},
		{`<"a",J>`, `<"a",[],{}>`, "", ""},
		{`<"a",J>`, `<[],{}>`, `"a"`, "[]"},
		{"<i1>", "<i1,i2>", ">", "i2"},
		{`[[],<>,{}]`, `[[],<>,{}]`, "", ""},
		{"[]", "{}", "[]", "{}"},
	} {
		if x, y, ok := Differ(c.a, c.b); x != c.x || y != c.y || ok != (c.x != "") {
			t.Errorf("%s and %s differ in %q and %q, want %q and %q", c.a, c.b, x, y, c.x, c.y)
		}
		if x, y, _ := Differ(c.b, c.a); x != c.y || y != c.x {
			t.Errorf("%s and %s differ in %q and %q, want %q and %q", c.b, c.a, x, y, c.y, c.x)
		}
	}
}
