package gen

import (
	"path/filepath"
	"slices"
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
