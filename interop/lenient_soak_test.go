//go:build soak

package interop

import (
	"testing"

	"github.com/gubbo/gubbo/interop/java"
)

// The matrix by address, where Java is told to allow classes that are not
// Serializable and to do no more than warn of those that no list allows: then the
// cells are filled that its own strictness leaves empty.
func TestLenient(t *testing.T) {
	if !namespaced(t) {
		return
	}
	all := newLab(t)
	all.properties = lenient
	goes := all.goProvider(nil, "")
	goes.via += lenientWay
	t.Run("versions", func(t *testing.T) {
		for _, version := range java.Versions {
			t.Run(version, func(t *testing.T) {
				t.Parallel()
				l := all.in(t)
				itself := l.javaProvider(version, "")
				itself.via += lenientWay
				l.goConsumer(nil, itself)
				l.javaConsumer(version, itself, goes)
			})
		}
	})
	all.table.close(t, 3*len(java.Versions))
}
