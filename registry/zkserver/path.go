package zkserver

import (
	"strings"
	"unicode/utf8"
)

// split cuts path into its parent and its last name. The parent of "/a" is
// "/". Without a slash, or with a NUL, it is not ok.
func split(path string) (parent, name string, ok bool) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 || strings.IndexByte(path, 0) >= 0 {
		return "", "", false
	}
	if i == 0 {
		return "/", path[1:], true
	}
	return path[:i], path[i+1:], true
}

// parentOf is split for paths that the tree holds already.
func parentOf(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "/"
}

// validPath reports whether path may name a node: absolute, no empty, "." or
// ".." segment, no trailing slash, no control character, and none of what
// Java sees as a surrogate or private character.
func validPath(path string) bool {
	if path == "" || path[0] != '/' {
		return false
	}
	if path == "/" {
		return true
	}
	for segment := range strings.SplitSeq(path[1:], "/") {
		if segment == "" || segment == "." || segment == ".." {
			return false
		}
	}
	for i := 0; i < len(path); {
		c := path[i]
		if c < utf8.RuneSelf {
			if c <= 0x1f || c == 0x7f {
				return false
			}
			i++
			continue
		}
		// A byte that is no UTF-8 decodes as U+FFFD, which is refused below.
		r, size := utf8.DecodeRuneInString(path[i:])
		if r <= 0x9f || r >= 0xd800 && r <= 0xf8ff || r >= 0xfff0 {
			return false
		}
		i += size
	}
	return true
}

// reserved paths cannot be deleted.
func reserved(path string) bool {
	switch path {
	case "/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config":
		return true
	}
	return false
}
