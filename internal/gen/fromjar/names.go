package fromjar

import (
	"go/token"
	"go/types"
	"strconv"
	"strings"
	"unicode"

	"github.com/gubbo/gubbo/internal/gen"
)

// initialisms are the words that Go writes in capitals.
var initialisms = map[string]bool{
	"API": true, "DNS": true, "HTML": true, "HTTP": true, "HTTPS": true, "ID": true, "IP": true, "JSON": true, "RPC": true,
	"SQL": true, "TCP": true, "TLS": true, "TTL": true, "UDP": true, "UI": true, "URI": true, "URL": true, "UTF8": true,
	"UUID": true, "XML": true,
}

// words splits a Java name: "userId" is user and Id, "HTTPServer" is HTTP and
// Server, "IN_PROGRESS" is IN and PROGRESS.
func words(name string) []string {
	var list []string
	r := []rune(name)
	start := 0
	cut := func(end int) {
		if end > start {
			list = append(list, string(r[start:end]))
		}
		start = end
	}
	for i := range r {
		switch {
		case !unicode.IsLetter(r[i]) && !unicode.IsDigit(r[i]):
			cut(i)
			start = i + 1
		case i > start && unicode.IsUpper(r[i]) && (!unicode.IsUpper(r[i-1]) || i+1 < len(r) && unicode.IsLower(r[i+1])):
			cut(i)
		}
	}
	cut(len(r))
	return list
}

// exported returns the Go name of a Java name: "userId" is "UserID". Of a
// constant, "IN_PROGRESS" is "InProgress".
func exported(name string, constant bool) string {
	var b strings.Builder
	for _, w := range words(name) {
		upper := strings.ToUpper(w)
		if initialisms[upper] {
			b.WriteString(upper)
			continue
		}
		r := []rune(w)
		rest := string(r[1:])
		if constant && w == upper {
			rest = strings.ToLower(rest)
		}
		b.WriteRune(unicode.ToUpper(r[0]))
		b.WriteString(rest)
	}
	s := b.String()
	if s == "" || !unicode.IsUpper([]rune(s)[0]) {
		return "X" + s // no letter that Go could export
	}
	return s
}

// parameter returns a Go name for a parameter.
func parameter(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '$' {
			return '_'
		}
		return r
	}, name)
	if token.IsKeyword(name) || types.Universe.Lookup(name) != nil || strings.Trim(name, "_") == "" {
		name += "_"
	}
	if name == "_" || name == "__" {
		name = "arg"
	}
	return name
}

// nameSet gives out names once each.
type nameSet map[string]bool

// take returns name, with a number if it is taken, and marks it.
func (s nameSet) take(name string) string {
	for i := 1; ; i++ {
		try := name
		if i > 1 {
			try += strconv.Itoa(i)
		}
		// The generator's own names begin with a small letter, where "URL" and
		// "Url" become one.
		if !s[try] && !s[gen.JavaName(try)] {
			s[try], s[gen.JavaName(try)] = true, true
			return try
		}
	}
}

// simpleName returns a class's name without its package: "Order$Line" is
// "OrderLine".
func simpleName(java string) string {
	return exported(java[strings.LastIndexByte(java, '.')+1:], false)
}

// packageWord returns the last part of a class's package, as a prefix for a
// name that two packages have.
func packageWord(java string) string {
	i := strings.LastIndexByte(java, '.')
	if i < 0 {
		return ""
	}
	return exported(java[strings.LastIndexByte(java[:i], '.')+1:i], false)
}
