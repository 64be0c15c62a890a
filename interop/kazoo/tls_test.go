package kazoo_test

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/require"
	"github.com/gubbo/gubbo/internal/testcert"
	"github.com/gubbo/gubbo/interop/kazoo"
	"github.com/gubbo/gubbo/registry/zkserver"
)

// secure is a server with a TLS port that asks for certificates.
type secure struct {
	server *zkserver.Server
	files  testcert.Files
}

func (s secure) Addr() string    { return s.server.Addr().String() }
func (s secure) TLSAddr() string { return s.server.TLSAddr().String() }
func (s secure) Stop() error     { return errors.New("a test of TLS stops nothing") }
func (s secure) Start() error    { return s.Stop() }
func (s secure) Client() (key, cert, authority string) {
	return s.files.Key, s.files.Cert, s.files.CA
}

// kazoo's own test of TLS passes at the embedded server's TLS port.
func TestKazooOverTLS(t *testing.T) {
	require.Python(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	kit, err := kazoo.Build(ctx)
	if err != nil {
		t.Fatal(err)
	}
	authority := testcert.New(t)
	server, err := zkserver.New(zkserver.Config{
		TLSListen: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler),
		TLS: &tls.Config{
			Certificates: []tls.Certificate{authority.Issue(t, testcert.Name("server"))},
			ClientCAs:    authority.Pool(), ClientAuth: tls.RequireAndVerifyClientCert,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	s := secure{server, authority.Write(t, authority.Issue(t, testcert.Name("kazoo")))}
	got, err := kit.Run(ctx, s, t.TempDir()+"/log", "kazoo/tests/test_client.py::TestSSLClient")
	if err != nil {
		t.Fatal(err)
	}
	require.Ran(t, require.SuiteKazoo, kazoo.Version)
	if len(got) == 0 {
		t.Error("no test ran")
	}
	for name, result := range got {
		if result != "passed" {
			t.Errorf("%s %.2000s", name, result)
		}
	}
}
