package javaapi

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// assembler writes class files that no compiler would.
type assembler struct {
	pool  []byte
	count int
}

func u2(values ...int) []byte {
	var out []byte
	for _, v := range values {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	return out
}

func (a *assembler) utf8(s string) int {
	a.pool = append(append(a.pool, 1), append(u2(len(s)), s...)...)
	a.count++
	return a.count
}

func (a *assembler) class(name string) int {
	a.pool = append(a.pool, append([]byte{7}, u2(a.utf8(name))...)...)
	a.count++
	return a.count
}

// assemble returns a class with its type parameters and the signature of its
// superclass or, with flags of an interface, of the interface that it extends.
func assemble(flags int, name, super, iface, signature string, fields ...string) []byte {
	var a assembler
	this, sup := a.class(name), a.class(super)
	rest := u2(0)
	if iface != "" {
		rest = u2(1, a.class(iface))
	}
	rest = append(rest, u2(len(fields))...)
	attr := a.utf8("Signature")
	for _, f := range fields {
		field, sig, _ := strings.Cut(f, " ")
		rest = append(rest, u2(2, a.utf8(field), a.utf8("Ljava/lang/Object;"), 1, attr, 0, 2, a.utf8(sig))...)
	}
	rest = append(rest, u2(0)...)
	if signature == "" {
		rest = append(rest, u2(0)...)
	} else {
		rest = append(rest, u2(1, attr, 0, 2, a.utf8(signature))...)
	}
	out := append([]byte{0xca, 0xfe, 0xba, 0xbe}, u2(0, 52, a.count+1)...)
	return append(append(append(out, a.pool...), u2(flags, this, sup)...), rest...)
}

func jarOf(t *testing.T, classes map[string][]byte) *Library {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range classes {
		w, err := z.Create(name + ".class")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "api.jar")
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return open(t, path)
}

const (
	class = 0x21
	iface = 0x601
)

// A jar whose classes lead in circles, or grow without end, is an error.
func TestHostileHierarchies(t *testing.T) {
	const object = "java/lang/Object"
	classes := map[string][]byte{
		"a/A":      assemble(class, "a/A", "a/B", "", ""),
		"a/B":      assemble(class, "a/B", "a/A", "", ""),
		"a/I":      assemble(iface, "a/I", object, "a/J", ""),
		"a/J":      assemble(iface, "a/J", object, "a/I", ""),
		"a/Lies":   assemble(class, "a/Lies", object, "", "La/Other;", "f Ljava/lang/Object;"),
		"a/Liar":   assemble(class, "a/Liar", object, "", "", "f Ljava/lang/String;"),
		"a/Name":   assemble(class, "a/Name", object, "", "", "f\nx Ljava/lang/Object;"),
		"a/Orphan": assemble(class, "a/Orphan", "b/Gone", "", ""),
		// Each level doubles T.
		"g/G0": assemble(class, "g/G0", object, "", "<T:Ljava/lang/Object;>Ljava/lang/Object;", "f TT;"),
		"l/L0": assemble(class, "l/L0", object, "", ""),
	}
	for i := 1; i <= 40; i++ {
		super, name := fmt.Sprintf("g/G%d", i-1), fmt.Sprintf("g/G%d", i)
		classes[name] = assemble(class, name, super, "", fmt.Sprintf("<T:Ljava/lang/Object;>L%s<Ljava/util/Map<TT;TT;>;>;", super))
	}
	for i := 1; i <= 300; i++ {
		name := fmt.Sprintf("l/L%d", i)
		classes[name] = assemble(class, name, fmt.Sprintf("l/L%d", i-1), "", "")
	}
	l := jarOf(t, classes)
	for name, want := range map[string]string{
		"a.A":      "class a.A extends itself through a.B",
		"a.Liar":   "api.jar!a/Liar.class: field f: its signature says java.lang.String, its descriptor java.lang.Object",
		"a.Name":   `api.jar!a/Name.class: field "f\nx" has no name that Java's compiler would give`,
		"a.Orphan": "class a.Orphan extends b.Gone: class b.Gone is not in",
		"g.G40":    "its generic type is too large",
		"l.L300":   "has more than 200 superclasses",
	} {
		if _, err := l.Describe(name, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
	if _, err := l.Service("a.I", nil); err == nil || !strings.Contains(err.Error(), "interface a.I extends itself through a.I, a.J") {
		t.Errorf("a.I: error %v", err)
	}
}
