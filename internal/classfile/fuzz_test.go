package classfile

import (
	"errors"
	"runtime/metrics"
	"testing"
)

// FuzzParse looks for a class file that makes the reader panic or allocate out
// of proportion.
func FuzzParse(f *testing.F) {
	for _, data := range classBytes(f) {
		f.Add(data)
	}
	f.Add(withField("La/B;", "La/B<+[TT;*-La/C<TT;>.D;>;"))
	f.Fuzz(func(t *testing.T, data []byte) {
		before := allocated()
		_, err := Parse("a.class", data)
		// A type of one letter is some 60 bytes, twice while its slice grows.
		if got, most := allocated()-before, uint64(200*len(data)+64<<20); got > most {
			t.Errorf("%d bytes made the reader allocate %d", len(data), got)
		}
		if _, ok := errors.AsType[*Error](err); err != nil && !ok {
			t.Errorf("error %v names no place", err)
		}
	})
}

// allocated is how many bytes this process has taken so far.
func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// FuzzSignature does the same for the three grammars of signatures.
func FuzzSignature(f *testing.F) {
	for _, s := range []string{
		"I", "[[J", "TT;", "Ljava/util/List<Ljava/lang/String;>;", "La/B<+[TT;*-La/C<TT;>.D;>;",
		"<T:Ljava/lang/Object;E::La/B<TT;>;>(TT;[I)TE;^La/X;", "<T::La/I;>La/S<TT;>;La/I;", "(IJ)V",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parse := func(take func(*signature)) error {
			r := &reader{where: "a.class"}
			take(&signature{r: r, text: text, what: "signature"})
			return r.err
		}
		var read Type
		if parse(func(s *signature) { read = s.fieldSignature() }) == nil {
			_ = read.String()
		}
		_ = parse(func(s *signature) { s.classSignature() })
		_ = parse(func(s *signature) { s.methodSignature() })
		_ = parse(func(s *signature) { s.methodDescriptor() })
	})
}
