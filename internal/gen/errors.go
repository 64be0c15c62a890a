package gen

import (
	"cmp"
	"fmt"
	"go/token"
	"slices"
	"strings"
)

// Error is one thing in the annotated source that cannot be generated, and
// what to write instead.
type Error struct {
	Pos     token.Position
	Message string
}

// Error returns "file:line:column: message".
func (e *Error) Error() string { return e.Pos.String() + ": " + e.Message }

// SourceErrors is all that is wrong with a package, in the order of the source.
type SourceErrors []*Error

// Error returns one line for each error.
func (l SourceErrors) Error() string {
	lines := make([]string, len(l))
	for i, e := range l {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// problems collects errors; each place and text once.
type problems struct {
	fset *token.FileSet
	list SourceErrors
}

func (p *problems) add(pos token.Pos, format string, args ...any) {
	e := &Error{p.fset.Position(pos), fmt.Sprintf(format, args...)}
	for _, old := range p.list {
		if *old == *e {
			return
		}
	}
	p.list = append(p.list, e)
}

func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b *Error) int {
		return cmp.Or(strings.Compare(a.Pos.Filename, b.Pos.Filename), cmp.Compare(a.Pos.Offset, b.Pos.Offset))
	})
	return p.list
}
