package kazoo_test

import (
	"context"
	"crypto/tls"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/internal/require"
	"github.com/gubbo/gubbo/internal/testcert"
	"github.com/gubbo/gubbo/internal/zookeepertest"
	"github.com/gubbo/gubbo/interop/kazoo"
	"github.com/gubbo/gubbo/registry/zkserver"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// resuming names zktest's Resume as kazoo does.
type resuming struct{ *zktest.Server }

func (r resuming) Stop() error  { r.Server.Stop(); return nil }
func (r resuming) Start() error { r.Resume(); return nil }

// secured has a TLS port that asks for certificates.
type secured struct {
	kazoo.Server
	address string
	client  testcert.Files
}

func (s secured) TLSAddr() string { return s.address }
func (s secured) Client() (key, cert, authority string) {
	return s.client.Key, s.client.Cert, s.client.CA
}

// embedded starts our server; a restart keeps its data and both its ports.
func embedded(t *testing.T, authority *testcert.Authority, client testcert.Files) secured {
	t.Helper()
	zk := zktest.Start(t, zktest.Tick(2*time.Second), zktest.Dir(t.TempDir()), func(c *zkserver.Config) {
		c.TLSListen = "127.0.0.1:0"
		c.TLS = &tls.Config{
			Certificates: []tls.Certificate{authority.Issue(t, testcert.Name("server"))},
			ClientCAs:    authority.Pool(), ClientAuth: tls.RequireAndVerifyClientCert,
		}
	})
	return secured{resuming{zk}, zk.TLSAddr(), client}
}

// real starts a ZooKeeper that serves alike.
func real(t *testing.T, authority *testcert.Authority, client testcert.Files) (s secured, version string) {
	t.Helper()
	server := authority.Write(t, authority.Issue(t, testcert.Name("server")))
	zk := zookeepertest.Start(t, zookeepertest.Options{Secure: true, Config: []string{
		"ssl.keyStore.location=" + server.Both, "ssl.trustStore.location=" + server.CA, "ssl.clientAuth=need",
	}})
	return secured{zk, zk.SecureAddr(), client}, zk.Version()
}

// sample runs in any case: sessions, watches, ACLs, transactions.
const sample = "kazoo/tests/test_client.py"

// unable are tests that a single server without SASL cannot pass: they want
// that, reconfiguration or a second server. A soak has a real 3.8.0 say so.
var unable = []string{
	"kazoo.tests.test_client.TestReconfig.test_add_remove_observer",
	"kazoo.tests.test_client.TestReconfig.test_bad_input",
	"kazoo.tests.test_client.TestReconfig.test_no_super_auth",
	"kazoo.tests.test_client.TestClient.test_update_host_list",
	"kazoo.tests.test_eventlet_handler.TestEventletClient.test_update_host_list",
	"kazoo.tests.test_gevent_handler.TestGeventClient.test_update_host_list",
	"kazoo.tests.test_connection.TestReadOnlyMode.test_read_only",
	"kazoo.tests.test_sasl.TestLegacySASLDigestAuthentication.test_connect_sasl_auth",
	"kazoo.tests.test_sasl.TestSASLDigestAuthentication.test_connect_sasl_auth",
}

// kazoo, the ZooKeeper client for Python, takes the embedded server for a real
// one: its own suite ends alike on both.
func TestKazoo(t *testing.T) {
	require.Python(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	kit, err := kazoo.Build(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tests := sample
	if soak {
		tests = "kazoo/tests"
	}
	run := func(s kazoo.Server) map[string]string {
		t.Helper()
		results, err := kit.Run(ctx, s, t.TempDir()+"/log", tests)
		if err != nil {
			t.Fatal(err)
		}
		return results
	}
	authority := testcert.New(t)
	client := authority.Write(t, authority.Issue(t, testcert.Name("kazoo")))
	got := run(embedded(t, authority, client))
	require.Ran(t, require.SuiteKazoo, kazoo.Version)
	passed := 0
	for _, name := range slices.Sorted(maps.Keys(got)) {
		result := got[name]
		able := !slices.Contains(unable, name)
		switch {
		case result == "passed":
			passed++
			if !able {
				t.Errorf("%s passed: take it from the list of those that cannot", name)
			}
		case able && result != "skipped":
			t.Errorf("%s %.300s", name, result)
		}
	}
	t.Logf("gubbo-table kazoo %s: %d of its %d tests pass", kazoo.Version, passed, len(got))
	if passed < 100 {
		t.Errorf("only %d of %d tests passed", passed, len(got))
	}
	if !soak {
		return
	}
	require.ZooKeeper(t)
	zk, version := real(t, authority, client)
	want := run(zk)
	passed = 0
	for name, result := range want {
		word, _, _ := strings.Cut(result, ":")
		if word == "passed" {
			passed++
		}
		if mine, _, _ := strings.Cut(got[name], ":"); mine != word {
			t.Errorf("%s: zkserver %.300s, ZooKeeper %s %.300s", name, got[name], version, result)
		}
	}
	t.Logf("gubbo-table kazoo %s: %d of its %d tests pass at ZooKeeper %s", kazoo.Version, passed, len(want), version)
	if len(want) != len(got) {
		t.Errorf("%d tests ran at zkserver, %d at ZooKeeper", len(got), len(want))
	}
}
