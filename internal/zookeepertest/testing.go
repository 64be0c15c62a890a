package zookeepertest

import (
	"testing"

	"github.com/gubbo/gubbo/internal/require"
)

// Start starts one server for t, or skips t when the machine has none. The
// server ends with the test.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	o.fromTest(t)
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Kill(); err != nil {
			t.Error(err)
		}
	})
	require.Ran(t, require.SuiteZooKeeper, s.Version())
	return s
}

// StartEnsemble starts n servers that form one ensemble for t, or skips t when
// the machine has none. They end with the test.
func StartEnsemble(t testing.TB, n int, o Options) *Ensemble {
	t.Helper()
	o.fromTest(t)
	e, err := OpenEnsemble(n, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Kill(); err != nil {
			t.Error(err)
		}
	})
	require.Ran(t, require.SuiteZooKeeper, e.Servers[0].Version())
	return e
}

func (o *Options) fromTest(t testing.TB) {
	t.Helper()
	o.Jar = require.ZooKeeper(t)
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
}
