package zkserver

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// A name in a certificate is a list of sets of these.
type (
	attribute struct {
		Type  asn1.ObjectIdentifier
		Value asn1.RawValue
	}
	attributeSET []attribute // asn1 goes by the end of the type's name
)

// subject is the name of whom a certificate was made for as Java's server has
// it: RFC 2253, with keywords for the attributes that the RFC names only.
func subject(cert *x509.Certificate) string {
	var name []attributeSET
	if rest, err := asn1.Unmarshal(cert.RawSubject, &name); err != nil || len(rest) > 0 {
		return ""
	}
	var parts []string
	for _, set := range slices.Backward(name) {
		var together []string
		for _, a := range set {
			together = append(together, a.String())
		}
		parts = append(parts, strings.Join(together, "+"))
	}
	return strings.Join(parts, ",")
}

func (a attribute) String() string {
	oid := a.Type.String()
	keyword := rfc2253[oid]
	text, ok := text(a.Value)
	if keyword == "" || !ok {
		if keyword == "" {
			keyword = oid
		}
		return fmt.Sprintf("%s=#%x", keyword, a.Value.FullBytes)
	}
	inner := strings.Trim(text, " ")
	left, right, _ := strings.Cut(text, inner)
	if inner == "" {
		left, right = text, ""
	}
	space := func(s string) string { return strings.ReplaceAll(s, " ", `\ `) }
	return keyword + "=" + space(left) + escape.Replace(inner) + space(right)
}

var (
	rfc2253 = map[string]string{
		"2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "STREET", "2.5.4.10": "O", "2.5.4.11": "OU",
		"0.9.2342.19200300.100.1.25": "DC", "0.9.2342.19200300.100.1.1": "UID",
	}
	escape = strings.NewReplacer(",", `\,`, "=", `\=`, "+", `\+`, "<", `\<`, ">", `\>`, "#", `\#`, ";", `\;`, `"`, `\"`, `\`, `\\`, "\x00", `\00`)
)

// text is an attribute's value if it is one of the kinds that Java shows, each
// of which it reads as UTF-8.
func text(v asn1.RawValue) (string, bool) {
	switch v.Tag {
	case asn1.TagUTF8String, asn1.TagPrintableString, asn1.TagIA5String, asn1.TagGeneralString, asn1.TagT61String, asn1.TagBMPString:
		return strings.ToValidUTF8(string(v.Bytes), "\ufffd"), true
	}
	return "", false
}

// validSubject reports whether an ACL may name s: a list of KEYWORD=value, as
// far as Java's parser of names asks for it.
func validSubject(s string) bool {
	if s == "" {
		return true
	}
	for part := range splitName([]byte(s)) {
		keyword, value, ok := bytes.Cut(part, []byte("="))
		if !ok || !knownKeyword(string(keyword)) {
			return false
		}
		if digits, hexed := bytes.CutPrefix(bytes.TrimSpace(value), []byte("#")); hexed && !encoded(digits) {
			return false
		}
	}
	return true
}

// encoded reports whether digits are one value in DER.
func encoded(digits []byte) bool {
	var der []byte
	var v asn1.RawValue
	if n, err := fmt.Sscanf(string(digits), "%x", &der); n != 1 || err != nil || 2*len(der) != len(digits) {
		return false
	}
	rest, err := asn1.Unmarshal(der, &v)
	return err == nil && len(rest) == 0
}

// splitName yields what stands between commas, semicolons and plus signs that
// are neither quoted nor escaped.
func splitName(s []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		start, quoted := 0, false
		for i := 0; i < len(s); i++ {
			switch c := s[i]; {
			case c == '\\':
				i++
			case c == '"':
				quoted = !quoted
			case !quoted && (c == ',' || c == ';' || c == '+'):
				if !yield(s[start:i]) {
					return
				}
				start = i + 1
			}
		}
		yield(s[start:])
	}
}

func knownKeyword(s string) bool {
	s = strings.ToUpper(strings.TrimSpace(s))
	switch s {
	case "CN", "C", "L", "S", "ST", "O", "OU", "T", "IP", "STREET", "DC", "DNQUALIFIER", "DNQ", "SURNAME", "GIVENNAME", "INITIALS",
		"GENERATION", "EMAIL", "EMAILADDRESS", "UID", "SERIALNUMBER":
		return true
	}
	oid := strings.TrimPrefix(s, "OID.")
	arcs := strings.Split(oid, ".")
	for _, arc := range arcs {
		if arc == "" || strings.Trim(arc, "0123456789") != "" {
			return false
		}
	}
	return len(arcs) > 1
}
