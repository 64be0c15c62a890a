package dubbo

import (
	"encoding/binary"
	"strconv"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// The attachments that the protocol itself writes or reads.
const (
	keyPath        = "path"
	keyInterface   = "interface"
	keyGroup       = "group"
	keyVersion     = "version"
	keyTimeout     = "timeout"
	keyCountdown   = "_TO" // Java's enable-timeout-countdown: what is left, in ms
	keyApplication = "remote.application"
	keyDubbo       = "dubbo"
)

// noVersion is what Dubbo writes for a service without a version; anyVersion is
// what a consumer of 2.7 that asked for any version writes for one.
const (
	noVersion  = "0.0.0"
	anyVersion = "*"
)

// Tags of Hessian that attachments are made of.
const (
	tagNull = 'N'
	tagMap  = 'H'
	tagEnd  = 'Z'
)

func appendAttachment(dst []byte, key, value string) []byte {
	return hessian.AppendString(hessian.AppendString(dst, key), value)
}

func appendAttachments(dst []byte, list []api.Attachment) []byte {
	for i := range list {
		dst = appendAttachment(dst, list[i].Key, list[i].Value)
	}
	return dst
}

// rawAttachments are received attachments, checked. Nearly always they are an
// untyped map of short strings, which pairs can walk without decoding; any
// other shape is decoded to list at once.
type rawAttachments struct {
	plain []byte // the map's pairs and its end; nil if list holds them
	list  []api.Attachment
}

// readAttachments checks and takes the attachments that are the rest of d's
// data.
func readAttachments(d *hessian.Decoder) (rawAttachments, error) {
	rest := d.Rest()
	if err := d.Err(); err != nil {
		return rawAttachments{}, err
	}
	if len(rest) > 0 && rest[0] == tagMap && plainPairs(rest[1:]) {
		return rawAttachments{plain: rest[1:]}, nil
	}
	if len(rest) == 0 {
		return rawAttachments{}, nil
	}
	list := decodeAttachments(d)
	if err := d.Err(); err != nil {
		return rawAttachments{}, err
	}
	return rawAttachments{list: list}, nil
}

// decodeAttachments reads attachments of any shape.
func decodeAttachments(d *hessian.Decoder) (list []api.Attachment) {
	if d.Null() || !d.Map() {
		return nil
	}
	for d.MapMore() {
		k, kok := scalarText(d.Any())
		v, vok := scalarText(d.Any())
		if kok && vok && d.Err() == nil {
			list = append(list, api.Attachment{Key: k, Value: v})
		}
	}
	return list
}

// scalarText returns a scalar as Java's String.valueOf does. Dubbo lets
// attachments be any object (setObjectAttachment); one that is no scalar is
// left out, as getAttachment of Java leaves out all that are no strings.
func scalarText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case int32:
		return strconv.FormatInt(int64(v), 10), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return hessian.FormatDouble(v), true
	}
	return "", false
}

// plainPairs reports whether b is pairs of plain values up to an end that is
// the end of b.
func plainPairs(b []byte) bool {
	for {
		if len(b) == 1 && b[0] == tagEnd {
			return true
		}
		var ok bool
		if _, b, ok = plainString(b); !ok {
			return false
		}
		if _, b, ok = plainValue(b); !ok {
			return false
		}
	}
}

// plainString takes an unchunked ASCII string off b.
func plainString(b []byte) (s, rest []byte, ok bool) {
	if len(b) == 0 {
		return nil, nil, false
	}
	var n, at int
	switch c := b[0]; {
	case c < 32:
		n, at = int(c), 1
	case 0x30 <= c && c <= 0x33 && len(b) > 1:
		n, at = int(c-0x30)<<8|int(b[1]), 2
	case c == 'S' && len(b) > 2:
		n, at = int(b[1])<<8|int(b[2]), 3
	default:
		return nil, nil, false
	}
	if len(b) < at+n {
		return nil, nil, false
	}
	if s = b[at : at+n]; !isASCII(s) {
		return nil, nil, false
	}
	return s, b[at+n:], true
}

// isASCII looks at eight bytes at a time.
func isASCII(s []byte) bool {
	var all uint64
	for ; len(s) >= 8; s = s[8:] {
		all |= binary.LittleEndian.Uint64(s)
	}
	for _, c := range s {
		all |= uint64(c)
	}
	return all&0x8080808080808080 == 0
}

// plainValue takes a plain string off b, or an int, which it returns as it
// lies there.
func plainValue(b []byte) (v, rest []byte, ok bool) {
	if s, rest, ok := plainString(b); ok {
		return s, rest, true
	}
	if _, n := plainInt(b); n > 0 {
		return b[:n], b[n:], true
	}
	return nil, nil, false
}

// plainInt reads an int and returns its size, 0 if there is none.
func plainInt(b []byte) (v int32, size int) {
	if len(b) == 0 {
		return 0, 0
	}
	switch c := b[0]; {
	case 0x80 <= c && c <= 0xbf:
		return int32(c) - 0x90, 1
	case 0xc0 <= c && c <= 0xcf && len(b) > 1:
		return (int32(c)-0xc8)<<8 | int32(b[1]), 2
	case 0xd0 <= c && c <= 0xd7 && len(b) > 2:
		return (int32(c)-0xd4)<<16 | int32(b[1])<<8 | int32(b[2]), 3
	case c == 'I' && len(b) > 4:
		return int32(b[1])<<24 | int32(b[2])<<16 | int32(b[3])<<8 | int32(b[4]), 5
	}
	return 0, 0
}

// nextPair takes one pair off plain, which plainPairs accepted; an int becomes
// its text.
func nextPair(plain []byte) (key, value, rest []byte, more bool) {
	if len(plain) <= 1 {
		return nil, nil, nil, false
	}
	key, plain, _ = plainString(plain)
	if v, n := plainInt(plain); n > 0 {
		return key, strconv.AppendInt(nil, int64(v), 10), plain[n:], true
	}
	value, rest, _ = plainString(plain)
	return key, value, rest, true
}

// AppendAttachments makes rawAttachments an api.LazyAttachments.
func (r *rawAttachments) AppendAttachments(dst []api.Attachment) []api.Attachment {
	for plain := r.plain; ; {
		k, v, rest, more := nextPair(plain)
		if !more {
			break
		}
		dst = append(dst, api.Attachment{Key: string(k), Value: string(v)})
		plain = rest
	}
	return append(dst, r.list...)
}

var _ api.LazyAttachments = (*rawAttachments)(nil)
