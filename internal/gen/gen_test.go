package gen

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What is committed is what the generator writes today.
func TestTheRepositoryIsFresh(t *testing.T) {
	root := filepath.Join("..", "..")
	dirs, err := expand([]string{root + "/..."})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"examples/greet/api", "examples/types"} {
		if !slices.Contains(dirs, filepath.Join(root, filepath.FromSlash(want))) {
			t.Errorf("%s was not looked at, only %s", want, dirs)
		}
	}
	if err := Run(Options{Dirs: []string{root + "/..."}, Check: true}); err != nil {
		t.Error(err)
	}
}

func TestErrorsNameThePlaceAndTheCure(t *testing.T) {
	for _, c := range []struct{ name, methods, rest, want string }{
		{"no context", "Get(id int64) error", "", "user.go:7:2: method S.Get: the first parameter must be a context.Context"},
		{"no error", "Get(ctx context.Context) int64", "", "the results must be (T, error) or error"},
		{"channel", "Get(ctx context.Context, c chan int) error", "", "a channel cannot travel; use a slice"},
		{"func", "Get(ctx context.Context, f func()) error", "", "a func cannot travel"},
		{"uint64", "Get(ctx context.Context, n uint64) error", "", "Java has no uint64; use int64"},
		{"complex", "Get(ctx context.Context, n complex128) error", "", "Java has no complex128"},
		{"undefined", "Get(ctx context.Context, n Nope) error", "", "undefined: Nope"},
		{"variadic", "Get(ctx context.Context, n ...int64) error", "", "use a slice"},
		{"stream", "Get(ctx context.Context) iter.Seq2[int64, error]", "", "not supported yet"},
		{"no class", "Get(ctx context.Context, u *U) error", "type U struct{ A int64 }", "add the field\n\t_ hessian.Class `java:\"com.example.U\"`"},
		{"twice", "Get(ctx context.Context, a int64) error\n//gubbo:method get\nPut(ctx context.Context, a int64) error", "", "methods Get and Put are both get(J) in Java"},
		{"unknown key", "//gubbo:method get twice\nGet(ctx context.Context) error", "", `does not know "twice"; it knows idempotent`},
		{"unknown directive", "Get(ctx context.Context) error", "//gubbo:servise x\n", `unknown directive "//gubbo:servise"`},
		{"bad types", "//gubbo:method get types=int\nGet(ctx context.Context, a int64) error", "", "Go's int64 cannot be Java's int; it can be long"},
		{"bad timeout", "//gubbo:method get timeout=5\nGet(ctx context.Context) error", "", "write e.g. timeout=500ms"},
		{"throws nobody", "//gubbo:method get throws=X\nGet(ctx context.Context) error", "", "there is no type X"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			source := "package user\nimport (\n\t\"context\"\n\t\"iter\"\n)\n//gubbo:service com.example.S\ntype S interface {\n" + c.methods + "\n}\n" + c.rest
			source = strings.Replace(source, "type S interface {\n", "type S interface {\n\t", 1)
			source = strings.Replace(source, "import (\n\t\"context\"\n\t\"iter\"\n)\n", "import (\"context\"; \"iter\")\n\n\n", 1)
			if err := os.WriteFile(filepath.Join(dir, "user.go"), []byte(source), 0o666); err != nil {
				t.Fatal(err)
			}
			_, err := Generate(dir)
			if _, ok := errors.AsType[SourceErrors](err); !ok || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}
