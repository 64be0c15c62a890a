package hessian

import (
	"fmt"
	"strconv"
	"strings"
)

// JSON writes the one JSON value that text holds, for a Decoder that is told by
// its method JSON. It takes what Java's Gson takes: beside JSON also single
// quotes or none, comments, ";" and "=" for "," and ":", null where a list has
// nothing between its commas, and for no text at all.
func (e *Encoder) JSON(text string) {
	r := jsonReader{e: e, text: text}
	if r.space() == 0 {
		e.Null()
	} else {
		r.value()
	}
	if r.space() != 0 {
		r.fail("there is more after the value")
	}
}

// jsonReader turns a text into Hessian as it goes. It writes lists as open
// ones, since their length comes last, and numbers as byte arrays, which JSON
// does not have: which of their digits count only who reads them knows.
type jsonReader struct {
	e    *Encoder
	text string
	pos  int
}

// fail ends reading: after it every byte is the end of the text.
func (r *jsonReader) fail(format string, args ...any) {
	r.e.failf("JSON: offset %d: "+format, append([]any{r.pos}, args...)...)
	r.pos = len(r.text)
}

// space passes blanks and comments and returns the next byte, 0 at the end. A
// 0 in the text is no blank and begins no value.
func (r *jsonReader) space() byte {
	for r.pos < len(r.text) {
		rest := r.text[r.pos:]
		var end string
		switch c := rest[0]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			r.pos++
			continue
		case c == '#' || strings.HasPrefix(rest, "//"):
			end = "\n"
		case strings.HasPrefix(rest, "/*"):
			end = "*/"
		case c == 0:
			r.fail("a value cannot begin with the character 0")
			return 0
		default:
			return c
		}
		n := strings.Index(rest[1:], end) // not the "/" of "/*/"
		switch {
		case n >= 0:
			r.pos += 1 + n + len(end)
		case end == "\n":
			r.pos = len(r.text)
		default:
			r.fail("a comment has no end")
		}
	}
	return 0
}

func (r *jsonReader) value() {
	switch c := r.space(); c {
	case '{':
		r.object()
	case '[':
		r.list()
	case '"', '\'':
		r.e.String(r.quoted(c))
	default:
		r.literal()
	}
}

func (r *jsonReader) object() {
	if !r.e.Enter() {
		return
	}
	r.pos++
	r.e.Map("")
	for c := r.space(); c != '}'; {
		if c == '"' || c == '\'' {
			r.e.String(r.quoted(c))
		} else {
			r.e.String(r.word())
		}
		if c = r.space(); c != ':' && c != '=' {
			r.fail("want a colon after a name")
			break
		}
		r.pos++
		if c == '=' && r.pos < len(r.text) && r.text[r.pos] == '>' {
			r.pos++
		}
		r.value()
		if c = r.space(); c == '}' {
			break
		}
		if c != ',' && c != ';' {
			r.fail("an object has no end")
			break
		}
		r.pos++
		if c = r.space(); c == '}' {
			r.fail("want a name after a comma")
			break
		}
	}
	r.pos++
	r.e.MapEnd()
	r.e.Leave()
}

func (r *jsonReader) list() {
	if !r.e.Enter() {
		return
	}
	r.pos++
	r.e.slots++
	r.e.buf = append(r.e.buf, tagVarList)
	for c := r.space(); c != ']'; {
		if c == ',' || c == ';' {
			r.e.Null()
		} else {
			r.value()
		}
		if c = r.space(); c == ']' {
			break
		}
		if c != ',' && c != ';' {
			r.fail("a list has no end")
			break
		}
		r.pos++
		if c = r.space(); c == ']' { // after a comma, too
			r.e.Null()
		}
	}
	r.pos++
	r.e.buf = append(r.e.buf, tagEnd)
	r.e.Leave()
}

// word reads a text without quotes.
func (r *jsonReader) word() string {
	rest := r.text[min(r.pos, len(r.text)):]
	n := strings.IndexAny(rest, "{}[]:,;=#/\\ \t\n\r\f")
	if n < 0 {
		n = len(rest)
	}
	if n == 0 {
		r.fail("want a value or name")
	}
	r.pos += n
	return rest[:n]
}

func (r *jsonReader) literal() {
	switch word := r.word(); {
	case r.e.err != nil:
	case isJSONNumber(word):
		r.e.number(word)
	case strings.EqualFold(word, "null"):
		r.e.Null()
	case strings.EqualFold(word, "true"):
		r.e.Bool(true)
	case strings.EqualFold(word, "false"):
		r.e.Bool(false)
	default:
		r.e.String(word)
	}
}

// number writes a short number without a copy.
func (e *Encoder) number(text string) {
	if len(text) < 16 {
		e.buf = append(append(e.buf, 0x20+byte(len(text))), text...)
		return
	}
	e.Binary([]byte(text))
}

// isJSONNumber tells whether s is a number by JSON's grammar.
func isJSONNumber(s string) bool {
	digits := func() bool {
		n := len(s) - len(strings.TrimLeft(s, "0123456789"))
		s = s[n:]
		return n > 0
	}
	s = strings.TrimPrefix(s, "-")
	zero := strings.HasPrefix(s, "0")
	whole := len(s)
	if !digits() || zero && whole-len(s) > 1 {
		return false
	}
	if strings.HasPrefix(s, ".") {
		if s = s[1:]; !digits() {
			return false
		}
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if !digits() {
			return false
		}
	}
	return s == ""
}

// quoted reads a string in quotes.
func (r *jsonReader) quoted(quote byte) string {
	r.pos++
	from := r.pos
	var out []byte // what comes before from, if that is not the text itself
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; c {
		case quote:
			s := r.text[from:r.pos]
			r.pos++
			if out == nil {
				return s
			}
			return string(append(out, s...))
		case '\\':
			out = append(out, r.text[from:r.pos]...)
			out = r.escape(out)
			from = r.pos
		default:
			r.pos++
		}
	}
	r.fail("a string has no end")
	return ""
}

// escape appends the character whose escape begins here. Half a surrogate pair
// is three bytes; two halves are a pair to who reads them.
func (r *jsonReader) escape(out []byte) []byte {
	rest := r.text[r.pos+1:]
	if rest == "" {
		r.fail("a string has no end")
		return out
	}
	r.pos += 2
	switch c := rest[0]; c {
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 'f':
		return append(out, '\f')
	case '"', '\'', '\\', '/', '\n':
		return append(out, c)
	case 'u':
		if len(rest) < 5 {
			break
		}
		u, err := strconv.ParseUint(rest[1:5], 16, 16)
		if err != nil {
			break
		}
		r.pos += 4
		if u < 0x800 {
			return append(out, string(rune(u))...)
		}
		return appendUnit(out, rune(u))
	}
	r.fail("a bad escape in a string: %q", fmt.Sprintf("\\%.5s", rest))
	return out
}
