package zk

import (
	"slices"
	"strings"
)

// complete says what the last word of text may become: the words that begin
// with it, in order, and where in text it begins. A word with a slash is a
// path, and children lists a node; a hyphen begins an option of the command; all
// else is a command, if it is the first word.
func complete(text string, children func(path string) []string) (start int, words []string) {
	start = strings.LastIndexByte(text, ' ') + 1
	word := text[start:]
	fields := strings.Fields(text[:start])
	var all []string
	switch {
	case strings.HasPrefix(word, "/"):
		slash := strings.LastIndexByte(word, '/')
		dir := word[:slash]
		if dir == "" {
			dir = "/"
		}
		for _, name := range children(dir) {
			all = append(all, word[:slash+1]+name)
		}
	case len(fields) == 0:
		for _, cmd := range commands() {
			all = append(all, cmd.name)
		}
	case strings.HasPrefix(word, "-"):
		if cmd := commandNamed(fields[0]); cmd != nil {
			for _, o := range cmd.options {
				all = append(all, "-"+o.name)
			}
		}
	}
	for _, w := range all {
		if strings.HasPrefix(w, word) {
			words = append(words, w)
		}
	}
	slices.Sort(words)
	return start, words
}

// extend is text with its last word grown as far as all words agree. One word
// alone is done with a space, unless it is a path, which may go on.
func extend(text string, start int, words []string) string {
	if len(words) == 0 {
		return text
	}
	common := words[0]
	for _, w := range words[1:] {
		for !strings.HasPrefix(w, common) {
			common = common[:len(common)-1]
		}
	}
	if len(words) == 1 && !strings.HasPrefix(common, "/") {
		common += " "
	}
	return text[:start] + strings.ToValidUTF8(common, "")
}
