package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// What follows the command's name is the command's, and its exit code is
// gubbo's.
func TestZkCommand(t *testing.T) {
	s := zktest.Start(t)
	for _, c := range []struct {
		args      []string
		in        string
		code      int
		out, errs string
	}{
		{[]string{"-q", "--server", s.Addr(), "create", "-s", "/a-", "x"}, "", 0, "", "Created /a-0000000000\n"},
		{[]string{"-q", "--server", s.Addr(), "ls", "-R", "/a-0000000000"}, "", 0, "/a-0000000000\n", ""},
		{[]string{"-q", "--server", s.Addr(), "get", "/none"}, "", 1, "", "Node does not exist: /none\n"},
		{[]string{"-q", "--server", s.Addr()}, "get /none\nget /a-0000000000", 0, "x\n", "Node does not exist: /none\n"},
		{[]string{"-q", "--server", s.Addr()}, "get /none\nquit\nget /a-0000000000\n", 1, "", "Node does not exist: /none\n"},
	} {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"zk"}, c.args...), strings.NewReader(c.in), &out, &errs)
		if code != c.code || out.String() != c.out || errs.String() != c.errs {
			t.Errorf("%q: exit code %d, out %q, errors %q", c.args, code, out.String(), errs.String())
		}
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"zk", "--server", s.Addr(), "nosuch"}, strings.NewReader(""), &out, &errs); code != 127 || !strings.HasSuffix(errs.String(), "nosuch\n") {
		t.Errorf("no such command: exit code %d, errors %q", code, errs.String())
	}
}

func TestTLSFlags(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name, kind string, der []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	f := tlsFlags{on: true, ca: file("ca.pem", "CERTIFICATE", cert)}
	f.cert, f.key = f.ca, file("key.pem", "PRIVATE KEY", secret)
	if c, err := f.config(); err != nil || c.RootCAs == nil || len(c.Certificates) != 1 {
		t.Errorf("all files: %+v, %v", c, err)
	}
	f.ca = f.key
	if _, err := f.config(); err == nil || !strings.Contains(err.Error(), "no certificate") {
		t.Errorf("a key as authority: %v", err)
	}
	if c, err := (&tlsFlags{}).config(); c != nil || err != nil {
		t.Errorf("without --tls: %+v, %v", c, err)
	}
}
