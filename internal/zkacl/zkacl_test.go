package zkacl_test

import (
	"testing"

	"github.com/gubbo/gubbo/internal/zkacl"
)

func TestSplit(t *testing.T) {
	for entry, want := range map[string][3]string{
		"world:anyone:cdrwa": {"world", "anyone", "cdrwa"},
		"digest:u:hash=:r":   {"digest", "u:hash=", "r"},
		"ip:::1:":            {"ip", "::1", ""},
		"auth::a":            {"auth", "", "a"},
	} {
		if scheme, id, perms, ok := zkacl.Split(entry); !ok || [3]string{scheme, id, perms} != want {
			t.Errorf("%q: %q, %q, %q, %v", entry, scheme, id, perms, ok)
		}
	}
	for _, entry := range []string{"", "world", "world:anyone", ":"} {
		if _, _, _, ok := zkacl.Split(entry); ok {
			t.Errorf("%q is an entry", entry)
		}
	}
}

func TestBits(t *testing.T) {
	var all int32
	for _, letter := range zkacl.Letters {
		all |= zkacl.Bit(letter)
	}
	if all != 31 || zkacl.Bit('x') != 0 {
		t.Errorf("all are %d, x is %d", all, zkacl.Bit('x'))
	}
}
