package zkserver_test

import (
	"context"
	"crypto/tls"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
	"github.com/gubbo/gubbo/internal/require"
	"github.com/gubbo/gubbo/internal/testcert"
	"github.com/gubbo/gubbo/internal/zookeepertest"
	"github.com/gubbo/gubbo/registry/zkserver"
)

// dialTLS is dialRaw over TLS; the certificate may be none.
func dialTLS(t *testing.T, addr string, a *testcert.Authority, certs ...tls.Certificate) *raw {
	t.Helper()
	nc, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: a.Pool(), Certificates: certs})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = nc.Close() })
	return &raw{t: t, nc: nc}
}

func sessionTLS(t *testing.T, addr string, a *testcert.Authority, certs ...tls.Certificate) *raw {
	t.Helper()
	r := dialTLS(t, addr, a, certs...)
	if err := r.handshake(0, 30*time.Second, 0, make([]byte, 16)); err != nil || r.id == 0 {
		t.Fatalf("handshake over TLS: session %#x, %v", r.id, err)
	}
	return r
}

// whoAmI is what the server takes the client for, but for its address.
func whoAmI(r *raw) []string {
	r.t.Helper()
	p := r.call(107, nil)
	d := jute.NewDecoder(p.body)
	var who []string
	for range d.Count(8) {
		if scheme, id := d.String(), d.String(); scheme != "ip" {
			who = append(who, scheme+" "+id)
		}
	}
	slices.Sort(who)
	return who
}

func rdn(pairs ...any) (set pkix.RelativeDistinguishedNameSET) {
	for i := 0; i < len(pairs); i += 2 {
		set = append(set, pkix.AttributeTypeAndValue{Type: pairs[i].(asn1.ObjectIdentifier), Value: pairs[i+1]})
	}
	return set
}

// subjects are names of certificates, plain and odd.
func subjects() map[string]pkix.RDNSequence {
	cn, o, c, serial := asn1.ObjectIdentifier{2, 5, 4, 3}, asn1.ObjectIdentifier{2, 5, 4, 10}, asn1.ObjectIdentifier{2, 5, 4, 6}, asn1.ObjectIdentifier{2, 5, 4, 5}
	dc, uid, mail := asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 25}, asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}
	ia5 := func(s string) asn1.RawValue { return asn1.RawValue{Tag: asn1.TagIA5String, Bytes: []byte(s)} }
	bmp := asn1.RawValue{Tag: asn1.TagBMPString, Bytes: []byte{0, 'b', 0x4e, 0x2d}}
	return map[string]pkix.RDNSequence{
		"plain":     {rdn(c, "DE"), rdn(o, "Shop"), rdn(cn, "client")},
		"escaped":   {rdn(o, `a,b=c+d<e>f#g;h"i\j`), rdn(cn, "#x")},
		"spaces":    {rdn(o, "  two  spaces "), rdn(cn, " ")},
		"foreign":   {rdn(cn, "Jürgen 中")},
		"together":  {rdn(o, "x"), rdn(cn, "a", uid, "b")},
		"keywords":  {rdn(dc, ia5("com")), rdn(dc, ia5("example")), rdn(uid, "u"), rdn(serial, "42"), rdn(mail, ia5("a@b"))},
		"wide":      {rdn(cn, bmp)},
		"empty":     {rdn(cn, "")},
		"locations": {rdn(asn1.ObjectIdentifier{2, 5, 4, 7}, "L"), rdn(asn1.ObjectIdentifier{2, 5, 4, 8}, "ST"), rdn(asn1.ObjectIdentifier{2, 5, 4, 9}, "Street 1"), rdn(asn1.ObjectIdentifier{2, 5, 4, 17}, "12345"), rdn(asn1.ObjectIdentifier{2, 5, 4, 11}, "OU"), rdn(asn1.ObjectIdentifier{2, 5, 4, 12}, "Title")},
	}
}

// aclNames are what clients may want to put into an ACL of scheme x509.
var aclNames = []string{
	"CN=client,O=Shop,C=DE", "cn=x", "", "nonsense", "CN=", "CN=a,", ",CN=a", "CN=a;O=b", "CN=a+O=b", `CN=a\,b`, `CN="a,b"`, "CN=#0401", "CN=#040100", "CN=#zz", "CN=#040",
	"1.2.3=a", "OID.1.2.3=a", "X=a", "=a", " CN = a , O = b ", "EMAILADDRESS=a", "CN=a,CN", "STREET=s", "T=t", "1.2=", "CN=a b c", "CN=ü", "world",
}

// A client with a certificate is to ACLs what a real server takes it for.
func TestCertificatesAreWhatRealZooKeeperTakesThemFor(t *testing.T) {
	authority := testcert.New(t)
	files := authority.Write(t, authority.Issue(t, testcert.Name("server")))
	real := zookeepertest.Start(t, zookeepertest.Options{Secure: true, Config: []string{
		"ssl.keyStore.location=" + files.Both, "ssl.trustStore.location=" + files.CA, "ssl.clientAuth=want",
	}})
	s := serve(t, zkserver.Config{TLSListen: "127.0.0.1:0", TLS: &tls.Config{
		Certificates: []tls.Certificate{authority.Issue(t, testcert.Name("server"))},
		ClientCAs:    authority.Pool(), ClientAuth: tls.VerifyClientCertIfGiven,
	}})
	tell := func(secure, plain string) (told []string) {
		say := func(format string, args ...any) { told = append(told, fmt.Sprintf(format, args...)) }
		for name, subject := range subjects() {
			cert := authority.Issue(t, subject)
			r := sessionTLS(t, secure, authority, cert)
			who := whoAmI(r)
			say("%s is %q", name, who)
			if len(who) != 1 {
				continue
			}
			id := strings.TrimPrefix(who[0], "x509 ")
			path := "/" + name
			say("%s creates for itself: %d", name, r.call(1, createBody(path, nil, []aclEntry{{31, "x509", id}}, 0)).err)
			say("%s reads its own: %d", name, r.call(4, watchBody(path, false)).err)
			say("its ACL: %x", r.call(6, pathBody(path)).body[:12])
			stranger := sessionTLS(t, secure, authority, authority.Issue(t, testcert.Name("stranger")))
			say("a stranger reads it: %d", stranger.call(4, watchBody(path, false)).err)
		}
		r := sessionTLS(t, secure, authority, authority.Issue(t, subjects()["plain"]))
		for i, id := range aclNames {
			say("an ACL for %q: %d", id, r.call(1, createBody(fmt.Sprint("/acl", i), nil, []aclEntry{{31, "x509", id}}, 0)).err)
		}
		say("auth for all: %d", r.call(1, createBody("/all", nil, []aclEntry{{31, "auth", ""}}, 0)).err)
		d := jute.NewDecoder(r.call(6, pathBody("/all")).body)
		say("became %d %d %s %s", d.Int(), d.Int(), d.String(), d.String())
		say("a proof by certificate: %d", r.call(100, authBody("x509", "")).err)
		say("and is %q", whoAmI(r))

		nobody := sessionTLS(t, secure, authority)
		say("without a certificate: %q", whoAmI(nobody))
		say("reads it: %d", nobody.call(4, watchBody("/all", false)).err)
		say("may name a certificate: %d", nobody.call(1, createBody("/named", nil, []aclEntry{{31, "x509", "CN=x"}}, 0)).err)
		nobody.send(100, authBody("x509", ""))
		p, err := nobody.receive()
		say("proof without one: %d %v", p.err, err)
		_, err = nobody.frame()
		say("then closed: %v", err != nil)

		outside := session(t, plain, 30*time.Second)
		say("by the plain port: %q, reads it %d, may name a certificate: %d", whoAmI(outside), outside.call(4, watchBody("/all", false)).err,
			outside.call(1, createBody("/named2", nil, []aclEntry{{31, "x509", "CN=x"}}, 0)).err)
		slices.Sort(told)
		return told
	}
	got, want := tell(s.TLSAddr().String(), s.Addr().String()), tell(real.SecureAddr(), real.Addr())
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("statement %d differs:\n%s\n\nreal:\n%s", i, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	t.Log(strings.Join(want, "\n"))
}

func TestCertificatesThatAreRequired(t *testing.T) {
	authority, other := testcert.New(t), testcert.New(t)
	s := serve(t, zkserver.Config{
		TLSListen: "127.0.0.1:0", SuperSubject: "CN=boss",
		TLS: &tls.Config{
			Certificates: []tls.Certificate{authority.Issue(t, testcert.Name("server"))},
			ClientCAs:    authority.Pool(), ClientAuth: tls.RequireAndVerifyClientCert,
		},
	})
	addr := s.TLSAddr().String()
	for name, certs := range map[string][]tls.Certificate{"none": nil, "one of another authority": {other.Issue(t, testcert.Name("boss"))}} {
		nc, err := tls.Dial("tcp", addr, &tls.Config{RootCAs: authority.Pool(), Certificates: certs})
		if err == nil { // TLS 1.3 tells at the first read
			_, err = nc.Read(make([]byte, 1))
			_ = nc.Close()
		}
		if err == nil || err == io.EOF {
			t.Errorf("a certificate that is %s: %v", name, err)
		}
	}
	owner, boss := sessionTLS(t, addr, authority, authority.Issue(t, testcert.Name("owner"))), sessionTLS(t, addr, authority, authority.Issue(t, testcert.Name("boss")))
	if p := owner.call(1, createBody("/own", nil, []aclEntry{{31, "x509", "CN=owner"}}, 0)); p.err != 0 {
		t.Fatal(p.err)
	}
	if p := boss.call(4, watchBody("/own", false)); p.err != 0 {
		t.Errorf("the super subject reads: %d", p.err)
	}
	if p := session(t, s.Addr().String(), 30*time.Second).call(4, watchBody("/own", false)); p.err != -102 {
		t.Errorf("someone on the plain port reads: %d", p.err)
	}
}

// Without a super subject nobody is super: not even who has no subject, as many
// a certificate that names its holder elsewhere.
func TestCertificateWithoutASubject(t *testing.T) {
	authority := testcert.New(t)
	for _, super := range []string{"", "CN=boss"} {
		s := serve(t, zkserver.Config{
			TLSListen: "127.0.0.1:0", SuperSubject: super,
			TLS: &tls.Config{
				Certificates: []tls.Certificate{authority.Issue(t, testcert.Name("server"))},
				ClientCAs:    authority.Pool(), ClientAuth: tls.RequireAndVerifyClientCert,
			},
		})
		owner := session(t, s.Addr().String(), 30*time.Second)
		owner.call(100, authBody("digest", "owner:secret"))
		if p := owner.call(1, createBody("/own", nil, []aclEntry{{31, "auth", ""}}, 0)); p.err != 0 {
			t.Fatal(p.err)
		}
		nameless := sessionTLS(t, s.TLSAddr().String(), authority, authority.Issue(t, pkix.RDNSequence{}))
		if p := nameless.call(4, watchBody("/own", false)); p.err != -102 {
			t.Errorf("super subject %q: who has none reads what is another's: %d", super, p.err)
		}
		if who := whoAmI(nameless); !slices.Equal(who, []string{"x509 "}) {
			t.Errorf("super subject %q: who has none is %q", super, who)
		}
	}
}

func TestTLSPortNeedsWhatItNeeds(t *testing.T) {
	for name, cfg := range map[string]zkserver.Config{
		"no certificate": {TLSListen: "127.0.0.1:0"},
		"no address":     {TLS: &tls.Config{}},
		"address":        {TLSListen: "no port", TLS: &tls.Config{}},
	} {
		cfg.Logger = slog.New(slog.DiscardHandler)
		if s, err := zkserver.New(cfg); err == nil {
			t.Errorf("%s: taken", name)
			_ = s.Close()
		}
	}
}

// A client of the plain port that comes to the TLS port, and one that comes
// and says nothing, get nowhere and take nothing along.
func TestStrangersAtTheTLSPort(t *testing.T) {
	authority := testcert.New(t)
	s := serve(t, zkserver.Config{TLSListen: "127.0.0.1:0", TLS: &tls.Config{Certificates: []tls.Certificate{authority.Issue(t, testcert.Name("server"))}}})
	silent := dialRaw(t, s.TLSAddr().String())
	plain := dialRaw(t, s.TLSAddr().String())
	if err := plain.handshake(0, time.Second, 0, make([]byte, 16)); err == nil && plain.id != 0 {
		t.Error("the TLS port takes a plain handshake")
	}
	good := sessionTLS(t, s.TLSAddr().String(), authority)
	if p := good.call(11, nil); p.err != 0 {
		t.Error(p.err)
	}
	nc := dialTLS(t, s.TLSAddr().String(), authority).nc
	if _, err := io.WriteString(nc, "srvr"); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(nc); err != nil || !strings.HasPrefix(string(b), "Zookeeper version") {
		t.Errorf("a four-letter word over TLS: %q, %v", b, err)
	}
	if err := s.Close(); err != nil { // does not wait for the silent one
		t.Error(err)
	}
	_ = silent
}

// Java's own client, which is zkCli, over TLS with a certificate.
func TestZKCliOverTLS(t *testing.T) {
	jar := require.ZooKeeper(t)
	authority := testcert.New(t)
	s := serve(t, zkserver.Config{TLSListen: "127.0.0.1:0", TLS: &tls.Config{
		Certificates: []tls.Certificate{authority.Issue(t, testcert.Name("server"))},
		ClientCAs:    authority.Pool(), ClientAuth: tls.RequireAndVerifyClientCert,
	}})
	files := authority.Write(t, authority.Issue(t, testcert.Name("zkCli")))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cli := exec.CommandContext(ctx, "java", "-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-Dzookeeper.client.secure=true", "-Dzookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty",
		"-Dzookeeper.ssl.keyStore.location="+files.Both, "-Dzookeeper.ssl.trustStore.location="+files.CA,
		"-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
		"-cp", zookeepertest.Classpath(jar), "org.apache.zookeeper.ZooKeeperMain", "-waitforconnection", "-server", s.TLSAddr().String())
	cli.Stdin = strings.NewReader("whoami\ncreate /j hello auth::cdrwa\nget /j\ngetAcl /j\nquit\n")
	out, err := cli.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"x509: CN=zkCli", "Created /j", "\nhello\n", "'x509,'CN=zkCli\n: cdrwa"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("zkCli does not say %q:\n%s", want, out)
		}
	}
}
