package registrytest

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/registry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemory(t *testing.T) {
	RunPlain(t, func(testing.TB) Harness {
		var m Memory
		return Harness{Name: "memory", Open: func(testing.TB, Options) registry.Registry { return m.Open() }}
	})
}
