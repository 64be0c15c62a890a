// Package javatest makes jars from Java sources, for tests. It needs a JDK.
package javatest

import (
	"archive/zip"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/internal/require"
)

// Jar compiles the Java files below dir for a release of Java and returns the
// path of a jar with the classes. It skips t without a JDK. Options go to
// javac.
func Jar(t testing.TB, release int, dir string, options ...string) string {
	t.Helper()
	require.JDK(t)
	tmp := t.TempDir()
	classes, jar := filepath.Join(tmp, "classes"), filepath.Join(tmp, "api.jar")
	args := append([]string{"--release", strconv.Itoa(release), "-Xlint:-options", "-encoding", "UTF-8", "-d", classes}, options...)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".java") {
			args = append(args, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	Run(t, "javac", args...)
	out, err := os.Create(jar)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(out)
	for _, err := range []error{z.AddFS(os.DirFS(classes)), z.Close(), out.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return jar
}

// Run runs a program of the JDK and returns what it printed.
func Run(t testing.TB, program string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	return string(out)
}
