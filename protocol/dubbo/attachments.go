package dubbo

import (
	"encoding/binary"
	"fmt"
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

// appendObjects goes on after appendAttachments with those that are no strings.
// dst is enc's bytes, then the map so far, whose head counts for enc's
// references, too.
func appendObjects(dst []byte, enc *hessian.Encoder, list []api.ObjectAttachment) ([]byte, error) {
	enc.Map("")
	enc.Raw(dst[enc.Len():])
	for _, o := range list {
		enc.String(o.Key)
		enc.Any(o.Value)
		if err := enc.Err(); err != nil {
			return enc.Bytes(), fmt.Errorf("attachment %q: %w", o.Key, err)
		}
	}
	return enc.Bytes(), nil
}

// rawAttachments are received attachments, checked. Nearly always they are an
// untyped map of short strings, which pairs can walk without decoding; any
// other shape is decoded to list at once.
type rawAttachments struct {
	plain   []byte // the map's pairs and its end; nil if the others hold them
	list    []api.Attachment
	objects []api.ObjectAttachment
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
	r := decodeAttachments(d)
	if err := d.Err(); err != nil {
		return rawAttachments{}, err
	}
	return r, nil
}

// retype reads the attachments once more with d, which has read the arguments:
// now the classes of the method are known. What they do not fit stays as it is.
func (r *rawAttachments) retype(d *hessian.Decoder) {
	if typed := decodeAttachments(d); d.Err() == nil {
		r.objects = typed.objects
	}
}

// decodeAttachments reads attachments of any shape.
func decodeAttachments(d *hessian.Decoder) (r rawAttachments) {
	if d.Null() || !d.Map() {
		return r
	}
	for d.MapMore() {
		k, kok := scalarText(d.Any())
		v := d.Any()
		if !kok || v == nil || d.Err() != nil {
			continue
		}
		text, ok := scalarText(v)
		if ok {
			r.list = append(r.list, api.Attachment{Key: k, Value: text})
		}
		if _, ok := v.(string); !ok {
			r.objects = append(r.objects, api.ObjectAttachment{Key: k, Value: v})
		}
	}
	return r
}

// scalarText returns a scalar as Java's String.valueOf does. Dubbo lets
// attachments be any object (setObjectAttachment); one that is no scalar has
// no text, as Java's getAttachment returns strings alone.
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

// pairInt returns the value of the pair that plain begins with if it is an int.
func pairInt(plain []byte) (int32, bool) {
	_, value, _ := plainString(plain)
	v, n := plainInt(value)
	return v, n > 0
}

// AppendAttachments makes rawAttachments an api.LazyAttachments.
func (r *rawAttachments) AppendAttachments(dst []api.Attachment, objects []api.ObjectAttachment) ([]api.Attachment, []api.ObjectAttachment) {
	for plain := r.plain; ; {
		k, v, rest, more := nextPair(plain)
		if !more {
			break
		}
		key := string(k)
		dst = append(dst, api.Attachment{Key: key, Value: string(v)})
		if n, ok := pairInt(plain); ok {
			objects = append(objects, api.ObjectAttachment{Key: key, Value: n})
		}
		plain = rest
	}
	return append(dst, r.list...), append(objects, r.objects...)
}

var _ api.LazyAttachments = (*rawAttachments)(nil)
