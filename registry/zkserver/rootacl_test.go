package zkserver_test

import (
	"crypto/tls"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
	"github.com/gubbo/gubbo/internal/testcert"
	"github.com/gubbo/gubbo/registry/zkserver"
)

func rootACL(r *raw) (list []aclEntry) {
	r.t.Helper()
	d := jute.NewDecoder(r.call(6, pathBody("/")).body)
	for range d.Count(12) {
		list = append(list, aclEntry{d.Int(), d.String(), d.String()})
	}
	return list
}

func TestRootACL(t *testing.T) {
	dir := t.TempDir()
	const hash = "u1:fpT/y03U+EjItKZOSLGvjnJlyng="
	start := func(list string) (*zkserver.Server, *raw) {
		t.Helper()
		s, err := zkserver.New(zkserver.Config{Dir: dir, NoSync: true, RootACL: list, SuperPassword: "pw"})
		if err != nil {
			t.Fatal(err)
		}
		r := session(t, s.Addr().String(), 10*time.Second)
		r.call(100, authBody("digest", "super:pw")) // who sees digests whole
		return s, r
	}
	for _, c := range []struct {
		list string
		want []aclEntry
	}{
		{"", worldAll},
		{"world:anyone:r,digest:" + hash + ":cdrwa", []aclEntry{{1, "world", "anyone"}, {31, "digest", hash}}},
		{"", []aclEntry{{1, "world", "anyone"}, {31, "digest", hash}}}, // it stays
		{"ip:127.0.0.1/8:cd,world:anyone:a", []aclEntry{{12, "ip", "127.0.0.1/8"}, {16, "world", "anyone"}}},
		{"ip:127.0.0.1/8:cd,world:anyone:a", []aclEntry{{12, "ip", "127.0.0.1/8"}, {16, "world", "anyone"}}},
	} {
		s, r := start(c.list)
		if got := rootACL(r); !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, want %v", c.list, got, c.want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s, super := start("world:anyone:r,digest:" + hash + ":cdrwa")
	defer s.Close()
	stranger, user := session(t, s.Addr().String(), 10*time.Second), session(t, s.Addr().String(), 10*time.Second)
	user.call(100, authBody("digest", "u1:p1"))
	for name, c := range map[string]struct {
		r    *raw
		want int32
	}{"stranger": {stranger, -102}, "user": {user, 0}, "super": {super, 0}} {
		if p := c.r.call(1, createBody("/"+name, nil, worldAll, 0)); p.err != c.want {
			t.Errorf("the %s creates: %d, want %d", name, p.err, c.want)
		}
	}
	if p := stranger.call(8, watchBody("/", false)); p.err != 0 {
		t.Errorf("the stranger reads: %d", p.err)
	}
}

func TestRootACLOfCertificates(t *testing.T) {
	authority := testcert.New(t)
	s := serve(t, zkserver.Config{
		TLSListen: "127.0.0.1:0",
		TLS:       &tls.Config{Certificates: []tls.Certificate{authority.Issue(t, testcert.Name("server"))}},
		RootACL:   "x509:CN=client,O=Shop,C=DE:cdrwa,world:anyone:r",
	})
	want := []aclEntry{{31, "x509", "CN=client,O=Shop,C=DE"}, {1, "world", "anyone"}}
	if got := rootACL(session(t, s.Addr().String(), 10*time.Second)); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestRootACLThatCannotBe(t *testing.T) {
	for _, list := range []string{"world", "world:anyone", "world:anyone:x", "world:someone:r", "digest:u:cdrwa", "auth::cdrwa", "sasl:x:r", "ip:300.0.0.1:r", "x509:CN=a:r", ",", "world:anyone:r,"} {
		s, err := zkserver.New(zkserver.Config{RootACL: list})
		if err == nil {
			_ = s.Close()
		}
		if !errors.Is(err, zkserver.ErrRootACL) {
			t.Errorf("%q: %v", list, err)
		}
	}
}
