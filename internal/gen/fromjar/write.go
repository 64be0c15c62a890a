package fromjar

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/gubbo/gubbo/internal/gen"
	"github.com/gubbo/gubbo/internal/javaapi"
)

// WriteOptions say what Write does beside Options.
type WriteOptions struct {
	Options
	// Dir is the directory of the package; it is made if it is not there.
	// Options.Package may be "": then it is named like Dir.
	Dir string
	// Force lets Write replace a contract that is there and differs.
	Force bool
	// Out takes a line for each file and each interface that was not taken
	// for a service; nil is io.Discard.
	Out io.Writer
}

// Write puts the contract into Dir, in a file that is named like the package,
// and runs the generator there.
func Write(o WriteOptions) error {
	if o.Out == nil {
		o.Out = io.Discard
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return fmt.Errorf("fromjar: %w", err)
	}
	if o.Package == "" {
		o.Package = packageName(filepath.Base(dir))
	}
	r, err := Generate(o.Options)
	if err != nil {
		return err
	}
	path := filepath.Join(o.Dir, o.Package+".go")
	old, err := os.ReadFile(path)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("fromjar: %w", err)
	case err == nil && !bytes.Equal(old, r.Source) && !o.Force:
		return fmt.Errorf("fromjar: %s is there and differs; keep it and see what Java changed with gubbo check %s, write elsewhere with --out, or replace it with --force", path, strings.Join(o.Jars, " --from "))
	case !bytes.Equal(old, r.Source):
		if err := os.MkdirAll(o.Dir, 0o777); err != nil {
			return fmt.Errorf("fromjar: %w", err)
		}
		if err := os.WriteFile(path, r.Source, 0o666); err != nil {
			return fmt.Errorf("fromjar: %w", err)
		}
		fmt.Fprintln(o.Out, "wrote", path)
	}
	for _, name := range slices.Sorted(maps.Keys(r.LeftOut)) {
		hint := ""
		if r.LeftOut[name] != javaapi.NoMethods {
			hint = "; --service " + name + " takes it for one"
		}
		fmt.Fprintf(o.Out, "not taken for a service: %s, since %s%s\n", name, r.LeftOut[name], hint)
	}
	return gen.Run(gen.Options{Dirs: []string{o.Dir}, Out: o.Out})
}

// packageName makes a package's name of a directory's: "user-api" is "userapi".
func packageName(dir string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, dir)
	return strings.TrimLeftFunc(name, unicode.IsDigit)
}
