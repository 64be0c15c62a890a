package interop

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/internal/require"
	"github.com/gubbo/gubbo/interop/java"
	"github.com/gubbo/gubbo/interop/process"
)

func TestMain(m *testing.M) {
	if name := os.Getenv(provideVar); name != "" {
		if err := provideAlone(name, os.Getenv(registryVar)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// insideVar is set in the copy of this test binary that runs in the namespace.
const insideVar = "GUBBO_INTEROP_INSIDE"

// namespaced is isolated for a test with Java, whose peers it builds first: the
// namespace has no way to fetch them.
func namespaced(t *testing.T) bool {
	t.Helper()
	if os.Getenv(insideVar) == "" {
		require.Java(t, require.SuiteJava)
		for _, version := range java.Versions {
			kit(t, version)
		}
	}
	return isolated(t)
}

// isolated reports whether the test t runs where peers keep to 127.0.0.1: in
// a network namespace that has nothing but a loopback. If not, it runs t there,
// in a copy of this test binary, passes on what that one prints for the closing
// table, and returns false.
func isolated(t *testing.T) bool {
	t.Helper()
	if os.Getenv(insideVar) != "" {
		interfaces, err := net.Interfaces()
		if err != nil || len(interfaces) != 1 || interfaces[0].Flags&(net.FlagLoopback|net.FlagUp) != net.FlagLoopback|net.FlagUp {
			t.Fatalf("this namespace has more or less than a loopback that is up: %v, %v", interfaces, err)
		}
		require.Ran(t, require.SuiteNetns, "nothing but "+interfaces[0].Name)
		return true
	}
	command := require.Netns(t)
	command = append(command, os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=15m")
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Env = append(os.Environ(), insideVar+"=1")
	cmd.SysProcAttr = process.DieWithParent() // else it, and its peers, outlive this one's timeout
	out, err := cmd.CombinedOutput()
	for line := range bytes.Lines(out) {
		for _, marker := range []string{"gubbo-table ", require.Marker + " "} {
			if i := strings.Index(string(line), marker); i >= 0 {
				t.Log(strings.TrimRight(string(line[i:]), "\n"))
			}
		}
	}
	switch {
	case err != nil:
		t.Errorf("in the namespace: %v\n%s", err, out)
	case bytes.Contains(out, []byte("--- SKIP: "+t.Name())):
		t.Skip("skipped in the namespace")
	case !bytes.Contains(out, []byte("--- PASS: "+t.Name())):
		t.Errorf("did not run in the namespace:\n%s", out)
	}
	return false
}

// kit returns the Java peer for a version of Dubbo.
func kit(t *testing.T, version string) *java.Kit {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	k, err := java.Build(ctx, version)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// freePort returns a port on which nobody listens; in a namespace of its own
// nobody will take it.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func TestVersionsHaveProfiles(t *testing.T) {
	pom, err := os.ReadFile("java/pom.xml")
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range java.Versions {
		if !strings.Contains(string(pom), "<id>"+version+"</id>") {
			t.Errorf("pom.xml has no profile %s", version)
		}
	}
	if !slices.IsSorted(java.Versions) {
		t.Errorf("versions %v", java.Versions)
	}
	if _, err := java.Build(t.Context(), "1.0"); err == nil || !strings.Contains(err.Error(), `"1.0"`) {
		t.Errorf("building an unknown version says %v", err)
	}
}
