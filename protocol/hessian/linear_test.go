//go:build unix

package hessian

import (
	"bytes"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// linear makes inputs of about n bytes that cost other decoders more than
// linear time, or a lot of memory for each byte.
var linear = map[string]func(n int) []byte{
	"empty lists":         func(n int) []byte { return counted(n, "x", n) },
	"empty maps":          func(n int) []byte { return counted(n/2, "HZ", n/2) },
	"nulls":               func(n int) []byte { return counted(n, "N", n) },
	"lists of one":        func(n int) []byte { return counted(n/2, "yN", n/2) },
	"maps of one":         func(n int) []byte { return counted(n/4, "H\x00NZ", n/4) },
	"empty string chunks": func(n int) []byte { return append(bytes.Repeat([]byte("R\x00\x00"), n/3), 0) },
	"empty binary chunks": func(n int) []byte { return append(bytes.Repeat([]byte("A\x00\x00"), n/3), 0x20) },
	"small string chunks": func(n int) []byte { return append(bytes.Repeat([]byte("R\x00\x02\xc3\xa9x"), n/6), 0) },
	"references":          func(n int) []byte { return counted(n/2, "Q\x90", n/2) },
	"surrogates":          func(n int) []byte { return append(bytes.Repeat([]byte("R\x00\x01\xed\xa0\xbd"), n/6), 0) },
	"throwables": func(n int) []byte { // each the cause of the next
		data := AppendInt([]byte("X"), int32(n/8))
		data = append(data, appendClassDef(nil, "a", []string{fieldCause, fieldMessage})...)
		data = append(data, "\x60N\x00"...)
		for i := int32(1); i < int32(n/8); i++ {
			data = append(AppendInt(append(data, "\x60Q"...), i), 0)
		}
		return data
	},
	"BigDecimals": func(n int) []byte {
		return append(AppendInt([]byte("X"), int32(n/5)), append(appendClassDef(nil, bigDecimalClass.Name, []string{"value"}), bytes.Repeat([]byte("\x60\x031.5"), n/5)...)...)
	},
	"a BigInteger": func(n int) []byte {
		data := append(appendClassDef(nil, bigIntegerClass.Name, bigIntegerClass.Fields), "\x60\x91V\x04[int"...)
		return append(AppendInt(data, int32(n)), bytes.Repeat([]byte{0x91}, n)...)
	},
}

// counted is a list of n values, which are times units.
func counted(n int, unit string, times int) []byte {
	return append(AppendInt([]byte("X"), int32(n)), bytes.Repeat([]byte(unit), times)...)
}

// cpu returns the processor time that f takes, which a busy machine does not
// stretch much.
func cpu(t *testing.T, f func()) time.Duration {
	t.Helper()
	now := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	runtime.GC()
	from := now()
	f()
	return now() - from
}

// Eight times the input takes some eight times the time, and no more memory
// than is allowed. Sixty-four would be the square.
func TestHostileInputTakesLinearTime(t *testing.T) {
	for name, input := range linear {
		t.Run(name, func(t *testing.T) {
			decode := func(data []byte) (took time.Duration, err error) {
				var d Decoder
				var used uint64
				took = cpu(t, func() {
					used = allocated(func() {
						d.Reset(data, nil)
						d.Any()
					})
				})
				if bound := allocLimit(data) + 1<<16; used > bound {
					t.Errorf("%d bytes for %d, more than %d", used, len(data), bound)
				}
				return took, d.Err()
			}
			a, b := input(hostileSize/8), input(hostileSize)
			var fast, slow time.Duration
			for range 5 {
				var err error
				if fast, err = decode(a); err != nil && !isAllocLimit(err) {
					t.Fatal(err)
				}
				slow, _ = decode(b)
				if slow < 24*max(fast, time.Millisecond) {
					return
				}
			}
			t.Errorf("%v for %d bytes, %v for %d", fast, len(a), slow, len(b))
		})
	}
}

// Each reference to an object is looked at, but not into.
func TestReferencesInAnArrayOfDecimals(t *testing.T) {
	for class, text := range map[string]string{"java.math.BigDecimal": strings.Repeat("1", 1<<20), "lab.Unknown": strings.Repeat("1", 1<<20)} {
		const n = 1 << 18
		e := NewEncoder(nil)
		e.List("", 2)
		e.Any(&Object{class, []Field{{"value", text}, {"more", nil}}})
		e.List("[java.math.BigDecimal", n)
		data := e.Bytes()
		for range n {
			data = append(data, tagRef, 0x91)
		}
		d := NewDecoder(data, nil)
		start := time.Now()
		d.Any()
		if refused := class == "lab.Unknown"; (d.Err() != nil) != refused {
			t.Errorf("%s: %v", class, d.Err())
		}
		t.Log(class, time.Since(start))
	}
}
