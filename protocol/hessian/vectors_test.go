package hessian

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

// vector is a row of testdata/hessian2.jsonl.gz: bytes that real Java wrote,
// or read.
type vector struct {
	Name       string `json:"name"`
	Mode       string `json:"mode"`
	JavaType   string `json:"java_type"`
	Hex        string `json:"hex"`
	Roundtrip  bool   `json:"roundtrip"`
	ReadError  string `json:"java_read_error"`
	WriteError string `json:"java_write_error"`
	Value      any    `json:"value_json"`
	Others     map[string]struct {
		Hex string `json:"hex"`
	} `json:"other_libraries"`
	bytes []byte
}

// Rows may be added, with the new count and checksum; none may go.
const (
	vectorCount = 437
	vectorSum   = "34b4dcc763417d48540e2fe666d0d56b781bd44c05f8c89273ba57449a676548"
)

// allVectors reads the file once: it takes a second.
var allVectors = sync.OnceValues(readVectors)

func vectors(t testing.TB) []vector {
	t.Helper()
	all, err := allVectors()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func readVectors() ([]vector, error) {
	f, err := os.Open("testdata/hessian2.jsonl.gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var all []vector
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var v vector
		dec := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		dec.UseNumber()
		if err := dec.Decode(&v); err != nil {
			return nil, err
		}
		if v.bytes, err = hex.DecodeString(v.Hex); err != nil {
			return nil, fmt.Errorf("%s: %w", v.Name, err)
		}
		all = append(all, v)
	}
	return all, lines.Err()
}

// refused are the rows that the decoder must refuse, with the reason.
var refused = map[string]string{
	"read/string/utf8-4":      "4-byte UTF-8 is refused, as Java does",
	"read/string/utf8-4-len2": "4-byte UTF-8 is refused, as Java does",
	"read/bad/reserved":       "0x40 is no code",
	"read/bad/truncated":      "two of four bytes are missing; Java makes up the rest",
}

func TestVectors(t *testing.T) {
	all := vectors(t)
	if len(all) != vectorCount {
		t.Fatalf("%d vectors, want %d", len(all), vectorCount)
	}
	sum := sha256.New()
	for _, v := range all {
		fmt.Fprintf(sum, "%s %s %v %s\n", v.Name, v.Mode, v.Roundtrip, v.Hex)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != vectorSum {
		t.Fatalf("the rows have the checksum %s, want %s: were names or bytes changed?", got, vectorSum)
	}
	for _, v := range all {
		if len(v.bytes) == 0 {
			if v.WriteError == "" { // java.util.Optional, which Java cannot write
				t.Errorf("%s: no bytes", v.Name)
			}
			continue
		}
		d := NewDecoder(v.bytes, nil)
		var e Encoder
		for d.Err() == nil && len(d.Rest()) > 0 {
			e.Any(d.Tree())
		}
		if refused[v.Name] != "" {
			if d.Err() == nil {
				t.Errorf("%s: decoded, want an error", v.Name)
			}
			if v.ReadError == "" && v.Name != "read/bad/truncated" {
				t.Errorf("%s: Java reads it", v.Name)
			}
			continue
		}
		if d.Err() != nil || e.Err() != nil {
			t.Errorf("%s: %v, %v", v.Name, d.Err(), e.Err())
			continue
		}
		// Hand-made rows may have longer forms than a writer takes.
		if v.Mode == "encode" && !bytes.Equal(e.Bytes(), v.bytes) {
			t.Errorf("%s:\n got %.200x\nwant %.200x", v.Name, e.Bytes(), v.bytes)
		}
	}
}

// TestVectorsByAny does the same with Go's own values.
func TestVectorsByAny(t *testing.T) {
	for _, v := range vectors(t) {
		if v.Mode != "encode" || len(v.bytes) == 0 {
			continue
		}
		d := NewDecoder(v.bytes, nil)
		var e Encoder
		for d.Err() == nil && len(d.Rest()) > 0 {
			e.Any(d.Any())
		}
		if d.Err() != nil || e.Err() != nil {
			t.Errorf("%s: %v, %v", v.Name, d.Err(), e.Err())
			continue
		}
		// A BigInteger travels without the fields in which Java caches what it
		// has computed of it: two equal ones of Java's differ there, too. The
		// person has one.
		shorter := strings.HasPrefix(v.Name, "biginteger/") || v.Name == "object/person"
		if same := bytes.Equal(e.Bytes(), v.bytes); same == shorter {
			t.Errorf("%s: same bytes: %v\n got %.200x\nwant %.200x", v.Name, same, e.Bytes(), v.bytes)
		}
	}
}
