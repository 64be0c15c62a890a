package zkserver

import (
	"cmp"
	"crypto/sha1" //nolint:gosec // the digest scheme of ZooKeeper is SHA-1
	"encoding/base64"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/gubbo/gubbo/internal/jute"
)

// Permissions of an ACL entry, as bits.
const (
	permRead = 1 << iota
	permWrite
	permCreate
	permDelete
	permAdmin
	permAll = permRead | permWrite | permCreate | permDelete | permAdmin
)

// identity is who a connection is, or whom an ACL entry names.
type identity struct{ scheme, id string }

// sortAsJava puts ids, of which the last is new, in the order in which a real
// server tells them: that of Java's hash map, whose table doubles when three
// quarters of it are full.
func sortAsJava(ids []identity) {
	size := int32(16)
	for len(ids) >= int(size)*3/4 {
		size *= 2
	}
	slot := func(id identity) int32 {
		h := (17*37+javaHash(id.scheme))*37 + javaHash(id.id)
		return (h ^ int32(uint32(h)>>16)) & (size - 1)
	}
	slices.SortStableFunc(ids, func(a, b identity) int { return cmp.Compare(slot(a), slot(b)) })
}

func javaHash(s string) (h int32) {
	for _, unit := range utf16.Encode([]rune(s)) {
		h = 31*h + int32(unit)
	}
	return h
}

// grant is one entry of an ACL.
type grant struct {
	perms int32
	who   identity
}

// acl is an access list as nodes share it; it never changes once made.
type acl []grant

var (
	anyone  = identity{"world", "anyone"}
	aclOpen = acl{{permAll, anyone}}
	aclRead = acl{{permRead, anyone}}
)

func decodeACL(d *jute.Decoder) acl {
	n := d.Count(12)
	if n == 0 {
		return nil
	}
	a := make(acl, 0, n)
	for range n {
		g := grant{perms: d.Int()}
		g.who.scheme, g.who.id = d.String(), d.String()
		a = append(a, g)
	}
	return a
}

func appendACL(b []byte, a acl) []byte {
	b = jute.AppendInt(b, int32(len(a)))
	for _, g := range a {
		b = jute.AppendInt(b, g.perms)
		b = jute.AppendString(b, g.who.scheme)
		b = jute.AppendString(b, g.who.id)
	}
	return b
}

// masked is a as someone without ADMIN may read it.
func (a acl) masked() acl {
	m := slices.Clone(a)
	for i := range m {
		if user, _, ok := strings.Cut(m[i].who.id, ":"); ok && m[i].who.scheme == "digest" {
			m[i].who.id = user + ":x"
		}
	}
	return m
}

// allows reports whether one of ids has one of perms. An empty list allows all.
func (a acl) allows(ids []identity, perms int32) bool {
	if len(a) == 0 {
		return true
	}
	for _, g := range a {
		if g.perms&perms != 0 && g.who == anyone {
			return true
		}
	}
	for _, id := range ids {
		if id.scheme == "super" {
			return true
		}
		for _, g := range a {
			if g.perms&perms != 0 && g.who.scheme == id.scheme && matchesID(id, g.who.id) {
				return true
			}
		}
	}
	return false
}

func matchesID(have identity, want string) bool {
	switch have.scheme {
	case "digest", "x509":
		return have.id == want
	case "ip":
		prefix, ok := parsePrefix(want)
		addr, err := netip.ParseAddr(have.id)
		return ok && err == nil && prefix.Contains(addr.Unmap())
	}
	return false
}

// parsePrefix reads "addr" or "addr/bits".
func parsePrefix(s string) (netip.Prefix, bool) {
	host, bits, cut := strings.Cut(s, "/")
	addr, err := netip.ParseAddr(host)
	if err != nil || addr.Zone() != "" {
		return netip.Prefix{}, false
	}
	n := addr.BitLen()
	if cut {
		if n, err = strconv.Atoi(bits); err != nil {
			return netip.Prefix{}, false
		}
	}
	prefix, err := addr.Prefix(n)
	return prefix, err == nil
}

// maxACL is how many bytes a list may have in a record. Each entry of scheme auth
// becomes as many as the client has identities, and each node that is made with
// the list has it in the log.
const maxACL = 16 << 10

// size is what g takes in a record.
func (g grant) size() int { return 12 + len(g.who.scheme) + len(g.who.id) }

// settle checks a list that a client wants to set and replaces the entries of
// scheme auth by the identities that the client has proved; nil if the list is
// not well formed, or too long. Names of certificates are only with x509.
func settle(want acl, ids []identity, x509 bool) acl {
	asked, proved := 0, 0
	for _, id := range ids {
		proved += grant{who: id}.size()
	}
	for _, g := range want {
		if asked += g.size(); g.who.scheme == "auth" {
			asked += proved
		}
		if asked > maxACL {
			return nil
		}
	}
	var out acl
	for i, g := range want {
		if slices.Contains(want[:i], g) {
			continue
		}
		switch g.who.scheme {
		case "world":
			if g.who != anyone {
				return nil
			}
			out = append(out, g)
		case "auth":
			proved := false
			for _, id := range ids {
				if id.scheme == "digest" || id.scheme == "x509" {
					out = append(out, grant{g.perms, id})
					proved = true
				}
			}
			if !proved {
				return nil
			}
		case "digest":
			// Java splits at each colon and drops empty parts at the end.
			user, hash, ok := strings.Cut(g.who.id, ":")
			hash = strings.TrimRight(hash, ":")
			if !ok || user == "" && hash == "" || hash == "" || strings.Contains(hash, ":") {
				return nil
			}
			out = append(out, g)
		case "ip":
			if _, ok := parsePrefix(g.who.id); !ok {
				return nil
			}
			out = append(out, g)
		case "x509":
			if !x509 || !validSubject(g.who.id) {
				return nil
			}
			out = append(out, g)
		default:
			return nil
		}
	}
	return out
}

// digestID turns "user:password" into the id that ACLs name:
// "user:base64(sha1(user:password))".
func digestID(secret string) string {
	user, _, _ := strings.Cut(secret, ":")
	sum := sha1.Sum([]byte(secret)) //nolint:gosec // see the import
	return user + ":" + base64.StdEncoding.EncodeToString(sum[:])
}
