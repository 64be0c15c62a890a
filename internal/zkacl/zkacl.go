// Package zkacl reads entries of access lists as zkCli writes them, for the
// embedded registry and for gubbo zk. What follows from one that is wrong, and
// where a list is divided, those two decide.
package zkacl

import "strings"

// Letters are the permissions in the order in which zkCli prints them.
const Letters = "cdrwa"

// Bit is the bit of a permission's letter, 0 if there is no such permission.
func Bit(letter rune) int32 {
	switch letter {
	case 'r':
		return 1
	case 'w':
		return 2
	case 'c':
		return 4
	case 'd':
		return 8
	case 'a':
		return 16
	}
	return 0
}

// Split divides an entry scheme:id:perms, of which the id may hold colons; ok is
// false if it is none.
func Split(entry string) (scheme, id, perms string, ok bool) {
	scheme, rest, _ := strings.Cut(entry, ":")
	i := strings.LastIndexByte(rest, ':')
	if i < 0 {
		return "", "", "", false
	}
	return scheme, rest[:i], rest[i+1:], true
}
