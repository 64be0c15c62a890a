package interop

import (
	"archive/zip"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/internal/require"
)

// The contracts of the examples, which are written by hand, agree with the jar
// of their Java twins; and what `gubbo gen --from` makes of that jar compiles,
// and agrees with it, too.
func TestJar(t *testing.T) {
	require.Java(t, require.SuiteJava)
	gubbo, jar := tool(t), filepath.Join(t.TempDir(), "api.jar")
	writeJar(t, jar, kit(t, "3.3.6").Classes(), "lab/features", "lab/greet", "lab/quote", "lab/types")
	out := run(t, gubbo, "check", jar, "../examples/types", "../examples/types/geo", "../examples/greet/api", "../examples/callback/quote", "features",
		"--skip", "lab.types.Scalars.float32", // Dubbo 3.3 loses a primitive one
		"--skip", "lab.greet.Greeter", "--skip", "lab.greet.OrderRequest", "--skip", "lab.greet.OrderLine", "--skip", "lab.greet.Receipt") // Go alone has them
	if !strings.Contains(out, "agree with") {
		t.Errorf("gubbo check says\n%s", out)
	}

	dir := filepath.Join(t.TempDir(), "contract")
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.sum"), string(sums))
	write(t, filepath.Join(dir, "go.mod"), "module example.com/contract\n\ngo 1.26\n\nrequire github.com/gubbo/gubbo v0.0.0\n\nreplace github.com/gubbo/gubbo => "+root+"\n")
	out = run(t, gubbo, "gen", "--from", jar, "--out", dir)
	for _, want := range []string{"wrote", "lab.quote.QuoteListener", "lab.types.Animal"} {
		if !strings.Contains(out, want) {
			t.Errorf("gubbo gen does not say %s:\n%s", want, out)
		}
	}
	if out := run(t, gubbo, "check", jar, dir); !strings.Contains(out, "agree with") {
		t.Errorf("gubbo check says\n%s", out)
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "./...")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("the generated contract: %v\n%s", err, out)
	}
}

// run runs a command that must succeed, and returns what it prints.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// writeJar packs the classes of a few Java packages.
func writeJar(t *testing.T, path, classes string, packages ...string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z := zip.NewWriter(file)
	for _, pkg := range packages {
		err := fs.WalkDir(os.DirFS(classes), pkg, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(filepath.Join(classes, filepath.FromSlash(name)))
			if err != nil {
				return err
			}
			w, err := z.Create(name)
			if err != nil {
				return err
			}
			_, err = w.Write(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}
