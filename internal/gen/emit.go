package gen

import (
	"fmt"
	"go/format"
	"path/filepath"
	"slices"
	"strings"
)

// source is a file being written.
type source struct {
	strings.Builder
	imports map[string]bool
}

// p adds a line.
func (s *source) p(f string, args ...any) {
	fmt.Fprintf(&s.Builder, f, args...)
	s.WriteByte('\n')
}

func (s *source) use(paths ...string) {
	for _, p := range paths {
		s.imports[p] = true
	}
}

// emit writes one file for each source that has services or classes.
func (g *generator) emit() ([]File, error) {
	sources := make(map[string]*source)
	at := func(file string) *source {
		if sources[file] == nil {
			sources[file] = &source{imports: make(map[string]bool)}
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
		text := g.head(s) + s.String()
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

func (g *generator) head(s *source) string {
	var std, ours []string
	for p := range s.imports {
		if strings.Contains(p, ".") {
			ours = append(ours, p)
		} else {
			std = append(std, p)
		}
	}
	slices.Sort(std)
	slices.Sort(ours)
	var b strings.Builder
	fmt.Fprintf(&b, "%s\npackage %s\n\nimport (\n", header, g.types.Name())
	for _, p := range std {
		fmt.Fprintf(&b, "%q\n", p)
	}
	b.WriteByte('\n')
	for _, p := range ours {
		fmt.Fprintf(&b, "%q\n", p)
	}
	b.WriteString(")\n")
	return b.String()
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
