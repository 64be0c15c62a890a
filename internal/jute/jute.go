// Package jute reads and writes ZooKeeper's records: big-endian numbers,
// length-prefixed strings, buffers and vectors. Writing appends to the caller's
// slice; reading never trusts a length field beyond the bytes that are there,
// so that a hostile frame costs no more memory than its own size.
//
// It knows no operation of ZooKeeper; registry/zkserver builds those on it.
package jute

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrShort is the cause when a record ends before its fields do.
var ErrShort = errors.New("jute: record ends early")

// AppendBool appends v as one byte.
func AppendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// AppendInt appends v as 4 bytes.
func AppendInt(b []byte, v int32) []byte { return binary.BigEndian.AppendUint32(b, uint32(v)) }

// AppendLong appends v as 8 bytes.
func AppendLong(b []byte, v int64) []byte { return binary.BigEndian.AppendUint64(b, uint64(v)) }

// AppendString appends s with its length. A null string is never written:
// several clients read its length as unsigned.
func AppendString(b []byte, s string) []byte {
	return append(AppendInt(b, int32(len(s))), s...)
}

// AppendBuffer appends p with its length; nil is null (length -1), which a
// reader tells from empty.
func AppendBuffer(b, p []byte) []byte {
	if p == nil {
		return AppendInt(b, -1)
	}
	return append(AppendInt(b, int32(len(p))), p...)
}

// AppendStrings appends a vector of strings, never a null one.
func AppendStrings(b []byte, v []string) []byte {
	b = AppendInt(b, int32(len(v)))
	for _, s := range v {
		b = AppendString(b, s)
	}
	return b
}

// BeginFrame appends room for a frame's length and returns where the frame
// begins; EndFrame fills it in.
func BeginFrame(b []byte) (grown []byte, start int) { return append(b, 0, 0, 0, 0), len(b) }

// EndFrame writes the length of the frame that began at start.
func EndFrame(b []byte, start int) []byte {
	binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	return b
}

// Decoder reads one record from a slice. Its error is sticky: after the first
// one every read returns a zero value, so that a caller checks Err once. The
// zero value reads an empty record.
type Decoder struct {
	buf []byte
	off int
	err error
}

// NewDecoder returns a Decoder over b, which must not change while it is read.
func NewDecoder(b []byte) Decoder { return Decoder{buf: b} }

// Err returns the first error.
func (d *Decoder) Err() error { return d.err }

// Len returns how many bytes are left.
func (d *Decoder) Len() int { return len(d.buf) - d.off }

// Rest returns the bytes that are left, without a copy.
func (d *Decoder) Rest() []byte { return d.buf[d.off:] }

// Fail makes err the Decoder's error unless it has one.
func (d *Decoder) Fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

func (d *Decoder) take(n int) []byte {
	if d.err != nil {
		return nil
	}
	if n < 0 || n > d.Len() {
		d.err = fmt.Errorf("%w: %d bytes wanted at offset %d, %d left", ErrShort, n, d.off, d.Len())
		return nil
	}
	p := d.buf[d.off : d.off+n : d.off+n]
	d.off += n
	return p
}

// Bool reads one byte; every value but 0 is true, as Java's reader has it.
func (d *Decoder) Bool() bool {
	p := d.take(1)
	return p != nil && p[0] != 0
}

// Int reads 4 bytes.
func (d *Decoder) Int() int32 {
	p := d.take(4)
	if p == nil {
		return 0
	}
	return int32(binary.BigEndian.Uint32(p))
}

// Long reads 8 bytes.
func (d *Decoder) Long() int64 {
	p := d.take(8)
	if p == nil {
		return 0
	}
	return int64(binary.BigEndian.Uint64(p))
}

// Buffer reads a buffer. Null is nil and empty is not; the result shares the
// Decoder's bytes.
func (d *Decoder) Buffer() []byte {
	n := d.Int()
	if d.err != nil || n == -1 {
		return nil
	}
	return d.take(int(n))
}

// String reads a string; null reads as "".
func (d *Decoder) String() string { return string(d.Buffer()) }

// Count reads the length of a vector whose items take at least size bytes
// each, and fails when so many cannot follow. A null vector counts as empty.
func (d *Decoder) Count(size int) int {
	n := d.Int()
	if d.err != nil || n == -1 {
		return 0
	}
	if n < 0 || int(n) > d.Len()/size {
		d.err = fmt.Errorf("%w: vector of %d items at offset %d, %d bytes left", ErrShort, n, d.off-4, d.Len())
		return 0
	}
	return int(n)
}

// Strings reads a vector of strings; null reads as empty.
func (d *Decoder) Strings() []string {
	n := d.Count(4)
	if n == 0 {
		return nil
	}
	v := make([]string, 0, n)
	for range n {
		v = append(v, d.String())
	}
	if d.err != nil {
		return nil
	}
	return v
}
