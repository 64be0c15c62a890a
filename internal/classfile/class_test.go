package classfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	files := classBytes(t)
	parse := func(name string) *Class {
		t.Helper()
		c, err := Parse(name, files[name])
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	user := parse("com.acme.user.User")
	if user.Major != 52 || user.Super != "com.acme.base.Entity" || user.Generic.Super.String() != "com.acme.base.Entity<java.lang.Long>" {
		t.Errorf("User: version %d, super %s, %s", user.Major, user.Super, user.Generic.Super)
	}
	var fields []string
	for _, f := range user.Fields {
		text := f.Type.String() + " " + f.Name
		if f.Generic != nil {
			text = f.Generic.String() + " " + f.Name
		}
		fields = append(fields, text)
	}
	want := "java.lang.String userName, java.lang.Integer age, boolean active, char initial, com.acme.user.User$Kind kind, com.acme.user.Level level, " +
		"java.util.List<com.acme.user.User> friends, java.util.Map<java.lang.String, long[]> scores, java.lang.String[] tags, java.lang.String URLPath, java.lang.Object extra"
	if got := strings.Join(fields, ", "); got != want {
		t.Errorf("fields %s\nwant   %s", got, want)
	}
	kind := parse("com.acme.user.User$Kind")
	if !kind.Nested || !kind.Flags.Has(Public|Static|Enum) {
		t.Errorf("User$Kind: nested %v, flags %#x", kind.Nested, kind.Flags)
	}
	service := parse("com.acme.user.UserService")
	if !service.Flags.Has(Interface | Abstract | Public) {
		t.Errorf("UserService has the flags %#x", service.Flags)
	}
	i := slices.IndexFunc(service.Methods, func(m Method) bool { return m.Name == "max" })
	m := service.Methods[i]
	if p := m.Generic.TypeParams[0]; m.Desc != "(Ljava/util/Collection;)Ljava/lang/Comparable;" || p.Name != "T" || p.Bounds[0].String() != "java.lang.Comparable<T>" ||
		m.Generic.Params[0].String() != "java.util.Collection<T>" || !slices.Equal(m.Names, []string{"list"}) {
		t.Errorf("max is %+v", m)
	}
	i = slices.IndexFunc(service.Methods, func(m Method) bool { return len(m.Throws) == 2 })
	if got := service.Methods[i].Throws; !slices.Equal(got, []string{"com.acme.user.NotFoundException", "java.io.IOException"}) {
		t.Errorf("find throws %s", got)
	}
	crud := parse("com.acme.base.Crud")
	i = slices.IndexFunc(crud.Methods, func(m Method) bool { return m.Name == "each" })
	if got := crud.Methods[i].Generic.Params[0].String(); got != "java.util.Map<? extends K, ? super T>" {
		t.Errorf("each takes %s", got)
	}
}

// A file that is cut anywhere is an error that names the file and a place in it.
func TestCutAnywhere(t *testing.T) {
	data := classBytes(t)["com.acme.user.UserService"]
	for n := range data {
		_, err := Parse("a.jar!b.class", data[:n])
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Where != "a.jar!b.class" || e.Offset > n {
			t.Fatalf("cut to %d of %d bytes: %v", n, len(data), err)
		}
	}
}

// No byte that is changed makes the reader panic.
func TestAnyByteChanged(t *testing.T) {
	data := classBytes(t)["com.acme.user.User"]
	for n := range data {
		for _, v := range []byte{0, 1, 0x7f, 0xff} {
			changed := bytes.Clone(data)
			changed[n] = v
			_, _ = Parse("a.class", changed) // any outcome but a panic
		}
	}
}

// builder makes class files that no compiler would.
type builder struct {
	pool  []byte
	count int
}

func (b *builder) utf8(s string) int {
	b.pool = append(b.pool, tagUtf8)
	b.pool = binary.BigEndian.AppendUint16(b.pool, uint16(len(s)))
	b.pool = append(b.pool, s...)
	b.count++
	return b.count
}

func (b *builder) class(name string) int {
	n := b.utf8(name)
	b.pool = append(b.pool, tagClass, byte(n>>8), byte(n))
	b.count++
	return b.count
}

func u2(values ...int) []byte {
	var out []byte
	for _, v := range values {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	return out
}

// file returns the class file with rest after super_class.
func (b *builder) file(this, super int, rest ...[]byte) []byte {
	out := []byte{0xca, 0xfe, 0xba, 0xbe}
	out = append(out, u2(0, 52, b.count+1)...)
	out = append(out, b.pool...)
	out = append(out, u2(0x21, this, super)...)
	for _, r := range rest {
		out = append(out, r...)
	}
	return out
}

// withField returns a class with one field of that descriptor and signature.
func withField(descriptor, signature string) []byte {
	var b builder
	this, super := b.class("a/A"), b.class("java/lang/Object")
	name, desc, attr, sig := b.utf8("f"), b.utf8(descriptor), b.utf8("Signature"), b.utf8(signature)
	attributes := u2(0)
	if signature != "" {
		attributes = u2(1, attr, 0, 2, sig)
	}
	return b.file(this, super, u2(0), u2(1, 2, name, desc), attributes, u2(0), u2(0))
}

func TestHostileClasses(t *testing.T) {
	var b builder
	this, super := b.class("a/A"), b.class("java/lang/Object")
	text := b.utf8("x")
	bad := b.class("a/../b")
	broken := b.utf8("\xff\xff")
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "offset 0: magic needs 4 bytes, but the file ends after 0"},
		{"no class", []byte("PK\x03\x04...."), "so it is no class file"},
		{"a pool that is not there", append([]byte{0xca, 0xfe, 0xba, 0xbe}, u2(0, 52, 65535, 0)...), "constant_pool_count is 65535, but only 2 bytes are left"},
		{"an unknown constant", append([]byte{0xca, 0xfe, 0xba, 0xbe}, u2(0, 52, 2, 0x6300, 0, 0)...), "constant 1 has the unknown tag 99"},
		{"this beyond the pool", b.file(999, super, u2(0, 0, 0, 0)), "this_class is constant 999, but the pool ends at"},
		{"this is a text", b.file(text, super, u2(0, 0, 0, 0)), "which has tag 1, want 7"},
		{"no name of a class", b.file(bad, super, u2(0, 0, 0, 0)), `"a/../b" is no class name`},
		{"no superclass", b.file(this, 0, u2(0, 0, 0, 0)), "class a.A has no superclass"},
		{"interfaces that are not there", b.file(this, super, u2(60000)), "interfaces_count is 60000, but only 0 bytes are left"},
		{"fields that are not there", b.file(this, super, u2(0, 60000, 0)), "fields_count is 60000, but only 2 bytes are left"},
		{"an attribute that is not there", b.file(this, super, u2(0, 0, 0, 1, text, 0x7fff, 0xffff)), "attribute x has 2147483647 bytes, but only 0 are left"},
		{"bytes that are no text", b.file(this, super, u2(0, 0, 0, 1, broken, 0, 0)), "is no UTF-8 of a class file"},
		{"no descriptor", withField("Q", ""), `descriptor of field f "Q": no Java type begins at character 0`},
		{"void", withField("V", ""), "no Java type begins"},
		{"two types", withField("II", ""), "something follows the end at character 1"},
		{"a variable in a descriptor", withField("TT;", ""), "a descriptor has no type variables and arguments"},
		{"a class without an end", withField("La/B", ""), "a name is missing at character 1"},
		{"many arrays", withField(strings.Repeat("[", 300)+"I", ""), "types lie deeper in each other than 64"},
		{"a deep signature", withField("La/B;", strings.Repeat("La/B<", 5_000)+"*"+strings.Repeat(">;", 5_000)), "types lie deeper in each other than 64"},
		{"a signature without an end", withField("La/B;", "La/B<"), "no Java type begins at character 5"},
		{"no arguments", withField("La/B;", "La/B<>;"), "no type arguments"},
	} {
		if _, err := Parse("a.class", c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

// Many members may share one long signature; taking it apart for each is
// bounded.
func TestSharedSignature(t *testing.T) {
	var b builder
	this, super := b.class("a/A"), b.class("java/lang/Object")
	name, desc, attr := b.utf8("f"), b.utf8("La/B;"), b.utf8("Signature")
	sig := b.utf8("La/B<" + strings.Repeat("*", 60_000) + ">;")
	const members = 5_000
	rest := u2(0, members)
	for range members {
		rest = append(rest, u2(2, name, desc, 1, attr, 0, 2, sig)...)
	}
	_, err := Parse("a.class", b.file(this, super, rest, u2(0, 0)))
	if err == nil || !strings.Contains(err.Error(), "the descriptors and signatures of this class are too long") {
		t.Errorf("error %v", err)
	}
}

func TestText(t *testing.T) {
	for raw, want := range map[string]string{
		"plain": "plain", "": "", "\xc0\x80": "\x00", "\xc3\xa4": "ä", "\xe4\xb8\xad": "中",
		"\xed\xa0\xbd\xed\xb8\x80": "😀", "\xed\xa0\xbd": "�",
	} {
		if got, err := decodeText([]byte(raw)); err != nil || got != want {
			t.Errorf("%q is %q, %v, want %q", raw, got, err, want)
		}
	}
	for _, raw := range []string{"a\x00", "\xc3", "\xe4\xb8", "\xf0\x9f\x98\x80", "\x80"} {
		if got, err := decodeText([]byte(raw)); err == nil {
			t.Errorf("%q was read as %q", raw, got)
		}
	}
}
