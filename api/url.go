package api

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// URL is how Dubbo writes down a provider, a consumer, a rule or a registry:
//
//	protocol://[user[:password]@]host[:port]/path[?key=value&key=value…]
//
// A URL never changes; the With methods return a new one. The zero value is
// an empty URL. Values are kept as they are: Dubbo does not escape them one by
// one but encodes the whole text once where it becomes a znode's name (Encode).
type URL struct {
	protocol, user, password string
	host                     string
	port                     int
	path                     string
	params                   []Attachment // sorted by key, no empty key, no empty value
}

// NewURL makes a URL from its parts; params may be in any order, and empty
// keys and values are left out, since Dubbo compares absent with absent.
func NewURL(protocol, host string, port int, path string, params map[string]string) URL {
	u := URL{protocol: protocol, host: host, port: port, path: path}
	for k, v := range params {
		if k != "" && v != "" {
			u.params = append(u.params, Attachment{k, v})
		}
	}
	slices.SortFunc(u.params, func(a, b Attachment) int { return strings.Compare(a.Key, b.Key) })
	return u
}

// ParseURL reads the text form. It is strict where a mistake would silently
// reach somebody else (no scheme, a bad port) and lenient in the parameters,
// as Java is: "a" without "=" is "a=a", and a "default.x" key of Dubbo before
// 2.7 also sets x if x is absent.
func ParseURL(text string) (URL, error) {
	bad := func(why string) (URL, error) {
		return URL{}, fmt.Errorf("api: url %q %s", abbreviate(text), why)
	}
	for i := range len(text) {
		if text[i] < ' ' || text[i] == 0x7f {
			return bad("holds a control character")
		}
	}
	var u URL
	rest := text
	query := ""
	if i := strings.IndexByte(rest, '?'); i >= 0 {
		rest, query = rest[:i], rest[i+1:]
	}
	i := strings.Index(rest, "://")
	if i <= 0 {
		return bad(`has no scheme; write "scheme://host:port"`)
	}
	u.protocol, rest = rest[:i], rest[i+3:]
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		rest, u.path = rest[:i], rest[i+1:]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		u.user, rest = rest[:i], rest[i+1:]
		if i := strings.IndexByte(u.user, ':'); i >= 0 {
			u.user, u.password = u.user[:i], u.user[i+1:]
		}
	}
	// An ensemble "a:2181,b:2181" keeps its first member as host and port; the
	// others become the parameter "backup", as Java rewrites it.
	backup := ""
	if i := strings.IndexByte(rest, ','); i >= 0 {
		rest, backup = rest[:i], rest[i+1:]
	}
	u.host = rest
	if i := strings.LastIndexByte(rest, ':'); i >= 0 && !strings.HasSuffix(rest, "]") && (strings.IndexByte(rest, ':') == i || rest[0] == '[') {
		port, err := strconv.ParseUint(rest[i+1:], 10, 16)
		if err != nil {
			return bad(fmt.Sprintf("has the bad port %q", rest[i+1:]))
		}
		u.host, u.port = rest[:i], int(port)
	}
	u.host = strings.TrimSuffix(strings.TrimPrefix(u.host, "["), "]")
	params := make(map[string]string)
	for query != "" {
		part := query
		if i := strings.IndexAny(query, "&;"); i >= 0 {
			part, query = query[:i], query[i+1:]
		} else {
			query = ""
		}
		k, v, found := strings.Cut(strings.TrimSpace(part), "=")
		if !found {
			v = k
		}
		if k == "" {
			continue
		}
		params[k] = v
		if short, ok := strings.CutPrefix(k, "default."); ok {
			if _, set := params[short]; !set {
				params[short] = v
			}
		}
	}
	if backup != "" {
		if more := params["backup"]; more != "" {
			backup += "," + more
		}
		params["backup"] = backup
	}
	u.params = NewURL("", "", 0, "", params).params
	return u, nil
}

func abbreviate(s string) string {
	if len(s) > 200 {
		return s[:200] + "…"
	}
	return s
}

// Protocol returns the scheme, e.g. "dubbo".
func (u URL) Protocol() string { return u.protocol }

// User and Password return the user info, "" if there is none.
func (u URL) User() string { return u.user }

// Password returns the password of the user info, "" if there is none.
func (u URL) Password() string { return u.password }

// Host returns the host without brackets.
func (u URL) Host() string { return u.host }

// Port returns the port, 0 if there is none.
func (u URL) Port() int { return u.port }

// Address returns "host:port", with brackets around an IPv6 host, or the host
// alone if there is no port.
func (u URL) Address() string {
	if u.port == 0 {
		return u.host
	}
	return net.JoinHostPort(u.host, strconv.Itoa(u.port))
}

// Path returns the path without its leading slash.
func (u URL) Path() string { return u.path }

// Param returns the value of key, "" if it is absent.
func (u URL) Param(key string) string {
	if i, ok := u.find(key); ok {
		return u.params[i].Value
	}
	return ""
}

// ParamOr returns the value of key, or otherwise if it is absent.
func (u URL) ParamOr(key, otherwise string) string {
	if v := u.Param(key); v != "" {
		return v
	}
	return otherwise
}

// MethodParam returns the value of "<method>.<key>", else that of key.
func (u URL) MethodParam(method, key string) string {
	if method != "" {
		if v := u.Param(method + "." + key); v != "" {
			return v
		}
	}
	return u.Param(key)
}

// Int returns the value of key as an integer, or otherwise if it is absent or
// no integer.
func (u URL) Int(key string, otherwise int) int {
	if v, err := strconv.Atoi(u.Param(key)); err == nil {
		return v
	}
	return otherwise
}

// Bool returns the value of key, or otherwise if it is absent. Like Java, any
// text but "true" is false.
func (u URL) Bool(key string, otherwise bool) bool {
	if v := u.Param(key); v != "" {
		return strings.EqualFold(v, "true")
	}
	return otherwise
}

// Millis returns the value of key, which Dubbo writes in milliseconds, or
// otherwise if it is absent, negative or no integer.
func (u URL) Millis(key string, otherwise time.Duration) time.Duration {
	v, err := strconv.ParseInt(u.Param(key), 10, 64)
	if err != nil || v < 0 || v > int64((1<<63-1)/time.Millisecond) {
		return otherwise
	}
	return time.Duration(v) * time.Millisecond
}

// Params returns the parameters sorted by key. The slice must not be changed.
func (u URL) Params() []Attachment { return u.params }

func (u URL) find(key string) (int, bool) {
	return slices.BinarySearchFunc(u.params, key, func(a Attachment, k string) int { return strings.Compare(a.Key, k) })
}

// With returns u with key set to value; an empty value removes the key.
func (u URL) With(key, value string) URL {
	i, found := u.find(key)
	if !found && value == "" || key == "" {
		return u
	}
	params := slices.Clone(u.params)
	switch {
	case value == "":
		params = slices.Delete(params, i, i+1)
	case found:
		params[i].Value = value
	default:
		params = slices.Insert(params, i, Attachment{key, value})
	}
	u.params = params
	return u
}

// WithAddress returns u with another host and port.
func (u URL) WithAddress(host string, port int) URL {
	u.host, u.port = host, port
	return u
}

// WithProtocol returns u with another scheme.
func (u URL) WithProtocol(protocol string) URL {
	u.protocol = protocol
	return u
}

// Service returns the service that u stands for: its parameters interface
// (the path if absent), group and version.
func (u URL) Service() Service {
	return Service{Interface: u.ParamOr("interface", u.path), Group: u.Param("group"), Version: u.Param("version")}
}

// IsZero reports whether u is the zero URL.
func (u URL) IsZero() bool {
	return u.protocol == "" && u.host == "" && u.port == 0 && u.path == "" && len(u.params) == 0
}

// Equal reports whether both URLs have the same text.
func (u URL) Equal(v URL) bool {
	return u.protocol == v.protocol && u.user == v.user && u.password == v.password &&
		u.host == v.host && u.port == v.port && u.path == v.path && slices.Equal(u.params, v.params)
}

// String returns the text form with the parameters sorted by key, password
// included: see Redacted for logs.
func (u URL) String() string { return u.text(u.password) }

// SecretParam tells whether the parameter key holds a secret, which is neither
// logged nor shown.
func SecretParam(key string) bool {
	switch key {
	case "token", "password", ".secretAccessKey":
		return true
	}
	return false
}

// Redacted returns the text form with "***" for the password and for each
// SecretParam.
func (u URL) Redacted() string {
	const hidden = "***"
	for _, p := range u.Params() {
		if SecretParam(p.Key) && p.Value != "" {
			u = u.With(p.Key, hidden)
		}
	}
	if u.password == "" {
		return u.String()
	}
	return u.text(hidden)
}

func (u URL) text(password string) string {
	var b strings.Builder
	b.WriteString(u.protocol)
	b.WriteString("://")
	if u.user != "" || password != "" {
		b.WriteString(u.user)
		if password != "" {
			b.WriteByte(':')
			b.WriteString(password)
		}
		b.WriteByte('@')
	}
	if strings.IndexByte(u.host, ':') >= 0 {
		b.WriteByte('[')
		b.WriteString(u.host)
		b.WriteByte(']')
	} else {
		b.WriteString(u.host)
	}
	if u.port != 0 {
		b.WriteByte(':')
		b.WriteString(strconv.Itoa(u.port))
	}
	if u.path != "" || len(u.params) > 0 {
		b.WriteByte('/')
		b.WriteString(u.path)
	}
	for i, p := range u.params {
		if i == 0 {
			b.WriteByte('?')
		} else {
			b.WriteByte('&')
		}
		b.WriteString(p.Key)
		b.WriteByte('=')
		b.WriteString(p.Value)
	}
	return b.String()
}

// Encode returns u as the name of a znode: the text form, encoded once.
func (u URL) Encode() string { return EncodeName(u.String()) }

// EncodeName encodes text like java.net.URLEncoder, which made the names that
// Dubbo writes: letters, digits and ".-*_" stand for themselves, a space is
// "+", every other byte is %XX in upper case. (url.QueryEscape differs in "*"
// and "~", so it cannot name a node that Java made.)
func EncodeName(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	b.Grow(len(text) + len(text)/2)
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '-', c == '*', c == '_':
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('+')
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// DecodeName reverses EncodeName and accepts what other encoders leave
// unescaped. It fails on a "%" that two hex digits do not follow.
func DecodeName(name string) (string, error) {
	var b strings.Builder
	b.Grow(len(name))
	for i := 0; i < len(name); i++ {
		switch c := name[i]; c {
		case '+':
			b.WriteByte(' ')
		case '%':
			if i+2 >= len(name) {
				return "", fmt.Errorf("api: name %q ends inside an escape", abbreviate(name))
			}
			v, err := strconv.ParseUint(name[i+1:i+3], 16, 8)
			if err != nil {
				return "", fmt.Errorf("api: name %q has the bad escape %q", abbreviate(name), name[i:i+3])
			}
			b.WriteByte(byte(v))
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), nil
}
