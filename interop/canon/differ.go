package canon

import (
	"slices"
	"strings"
)

// Differ returns the first values, as deep inside as they are, that two texts
// differ in; ok is false if they differ in none. J is any one value. What one
// of them lacks is the end of the list, set or map that lacks it.
func Differ(a, b string) (x, y string, ok bool) {
	if a == b || a == "J" || b == "J" {
		return "", "", false
	}
	if a == "" || b == "" || a[0] != b[0] || !strings.ContainsRune("[<{", rune(a[0])) {
		return a, b, true
	}
	as, bs := members(a), members(b)
	if a[0] != '[' && covers(as, bs) && covers(bs, as) {
		return "", "", false
	}
	for i := range max(len(as), len(bs)) {
		x, y = a[len(a)-1:], b[len(b)-1:]
		switch {
		case i >= len(as):
			return x, bs[i], true
		case i >= len(bs):
			return as[i], y, true
		case a[0] == '{':
			x, y, ok = differEntry(as[i], bs[i])
		default:
			x, y, ok = Differ(as[i], bs[i])
		}
		if ok {
			return x, y, true
		}
	}
	if a[0] == '[' {
		return "", "", false
	}
	return a, b, true // of one member twice, and another not at all
}

// covers tells whether each member of a set or map has its like among the
// others: what J stands for may have another place in the order, and be many.
func covers(members, others []string) bool {
	for _, m := range members {
		if !slices.ContainsFunc(others, func(o string) bool {
			_, _, differ := differEntry(m, o)
			return !differ
		}) {
			return false
		}
	}
	return true
}

// differEntry is Differ for "key=value" and for the member of a set.
func differEntry(a, b string) (x, y string, ok bool) {
	i, j := end(a), end(b)
	if x, y, ok = Differ(a[:i], b[:j]); ok || i == len(a) || j == len(b) {
		return x, y, ok
	}
	return Differ(a[i+1:], b[j+1:])
}

// members cuts the text of a list, set or map.
func members(s string) (all []string) {
	for s = s[1 : len(s)-1]; s != ""; {
		i := end(s)
		if i < len(s) && s[i] == '=' {
			i += 1 + end(s[i+1:])
		}
		all = append(all, s[:i])
		s = s[min(i+1, len(s)):] // with the comma
	}
	return all
}

// end is where the value ends that s begins with.
func end(s string) int {
	depth, inText := 0, false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"':
			inText = !inText
		case inText:
		case strings.IndexByte("[<{", c) >= 0:
			depth++
		case depth > 0 && strings.IndexByte("]>}", c) >= 0:
			depth--
		case depth == 0 && (c == ',' || c == '='):
			return i
		}
	}
	return len(s)
}
