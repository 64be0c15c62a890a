package gen

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	pathpkg "path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// source is a file being written.
type source struct {
	strings.Builder
	g *generator
}

// p adds a line.
func (s *source) p(f string, args ...any) {
	fmt.Fprintf(&s.Builder, f, args...)
	s.WriteByte('\n')
}

// emit writes one file for each source that has services or classes.
func (g *generator) emit() ([]File, error) {
	sources := make(map[string]*source)
	at := func(file string) *source {
		if sources[file] == nil {
			sources[file] = &source{g: g}
		}
		return sources[file]
	}
	for _, s := range g.services {
		if s.listener {
			emitListener(at(s.file), s)
		} else {
			g.emitService(at(s.file), s)
		}
	}
	for _, c := range g.sorted {
		if c.enum {
			emitEnum(at(c.file), c)
		} else {
			emitClass(at(c.file), c)
		}
	}
	var files []File
	for name, s := range sources {
		text := g.head(s.String()) + s.String()
		code, err := format.Source([]byte(text))
		if err != nil {
			// Our own fault: show what we made.
			return nil, fmt.Errorf("gen: bug: the code for %s does not parse: %w\n%s", name, err, text)
		}
		files = append(files, File{filepath.Join(g.dir, strings.TrimSuffix(name, ".go")+suffix), code})
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

// head returns the beginning of a file with the imports that body needs.
func (g *generator) head(body string) string {
	paths := maps.Clone(fixed)
	maps.Copy(paths, g.names)
	used := selectors(body)
	var std, others []string
	for path, name := range paths {
		if !used[name] {
			continue
		}
		spec := strconv.Quote(path)
		if fixed[path] == "" && name != pathpkg.Base(path) {
			spec = name + " " + spec
		}
		if first, _, _ := strings.Cut(path, "/"); fixed[path] != "" && !strings.Contains(first, ".") {
			std = append(std, spec)
		} else {
			others = append(others, spec)
		}
	}
	byPath := func(a, b string) int {
		return strings.Compare(a[strings.IndexByte(a, '"'):], b[strings.IndexByte(b, '"'):])
	}
	slices.SortFunc(std, byPath)
	slices.SortFunc(others, byPath)
	return fmt.Sprintf("%s\npackage %s\n\nimport (\n%s\n\n%s\n)\n", header, g.types.Name(), strings.Join(std, "\n"), strings.Join(others, "\n"))
}

// selectors returns the names before dots in Go declarations.
func selectors(body string) map[string]bool {
	used := make(map[string]bool)
	f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+body, parser.SkipObjectResolution)
	if err != nil {
		return used // and format will tell
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := s.X.(*ast.Ident); ok {
				used[id.Name] = true
			}
		}
		return true
	})
	return used
}

// names are what the generated declarations of a service are called.
type names struct {
	lower                                    string
	desc, types, client, construct, register string
}

func newNames(s *service) names {
	l := lowerFirst(s.goName)
	if s.listener {
		return names{lower: l, desc: l + "Desc", types: l + "Types", client: l + "Stub"}
	}
	return names{l, l + "Desc", l + "Types", s.goName + "Client", "New" + s.goName + "Client", "Register" + s.goName}
}

func (n names) call(m *method) string  { return n.lower + m.goName + "Call" }
func (n names) args(m *method) string  { return n.lower + m.goName + "Args" }
func (n names) reply(m *method) string { return n.lower + m.goName + "Reply" }

func (c *class) varName() string { return lowerFirst(c.goName) + "Class" }
