package gen

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// The packages whose types have a meaning here.
const (
	module     = "github.com/gubbo/gubbo"
	hessianPkg = module + "/protocol/hessian"
	apiPkg     = module + "/api"
)

// pkg is a parsed package.
type pkg struct {
	dir   string
	files []*ast.File // sorted by name
	types *types.Package
	// failed are the type checker's complaints, which count only where a type
	// that we need is invalid.
	failed []types.Error
	// docs are the comments above each named type and interface method.
	docs map[token.Pos]*ast.CommentGroup
	// bodies are the methods that name a Java class, by the places of their
	// names.
	bodies map[token.Pos]*ast.FuncDecl
	// instances are the types declared as a generic type with arguments.
	instances map[token.Pos]bool
	// done are the types that have generated code in dir by now.
	done map[string]bool
}

// load parses and checks the package in dir, which is imported as path,
// without the files that this generator wrote.
func load(fset *token.FileSet, dir, path string) (*pkg, error) {
	paths, err := filepath.Glob(filepath.Join(globEscape(dir), "*.go"))
	if err != nil {
		return nil, err
	}
	slices.Sort(paths)
	p := &pkg{dir: dir, docs: make(map[token.Pos]*ast.CommentGroup), instances: make(map[token.Pos]bool), bodies: make(map[token.Pos]*ast.FuncDecl), done: make(map[string]bool)}
	wrong := problems{fset: fset}
	for _, file := range paths {
		name := filepath.Base(file)
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if ok, err := build.Default.MatchFile(dir, name); err != nil || !ok {
			continue // for another system, or no Go at all: the compiler will tell
		}
		if ours, err := isGenerated(file); err != nil {
			return nil, err
		} else if ours {
			p.collectDone(file)
			continue
		}
		f, err := parser.ParseFile(fset, file, nil, parser.ParseComments|parser.SkipObjectResolution)
		if list, ok := errors.AsType[scanner.ErrorList](err); ok {
			for _, e := range list {
				wrong.list = append(wrong.list, &Error{e.Pos, e.Msg})
			}
			continue
		} else if err != nil {
			return nil, err
		}
		p.files = append(p.files, f)
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	if len(p.files) == 0 {
		return nil, fmt.Errorf("gen: directory %q has no Go files", dir)
	}
	p.collectDocs()
	names := newForeign(p.files)
	c := types.Config{
		IgnoreFuncBodies: true,
		Importer:         names,
		Error: func(err error) {
			if e, ok := errors.AsType[types.Error](err); ok {
				p.failed = append(p.failed, e)
			}
		},
	}
	// The error is the first of those that p.failed holds.
	p.types, _ = c.Check(path, fset, p.files, nil)
	return p, nil
}

// classMethod is the method by which other packages reach the hessian.ClassDesc
// of a type.
const classMethod = "HessianClass"

// collectDone finds the types that a generated file has code for.
func (p *pkg) collectDone(file string) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		return // somebody edited it: as if it were not there
	}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Name.Name != classMethod || fn.Recv.NumFields() != 1 {
			continue
		}
		x := fn.Recv.List[0].Type
		if star, ok := x.(*ast.StarExpr); ok {
			x = star.X
		}
		if id, ok := x.(*ast.Ident); ok {
			p.done[id.Name] = true
		}
	}
}

// collectDocs finds the comment above each type and method, and the methods
// that name a Java class.
func (p *pkg) collectDocs() {
	for _, f := range p.files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GenDecl:
				for _, s := range n.Specs {
					t, ok := s.(*ast.TypeSpec)
					if !ok {
						continue
					}
					doc := t.Doc
					if doc == nil && n.Lparen == token.NoPos {
						doc = n.Doc
					}
					p.docs[t.Name.Pos()] = doc
					switch t.Type.(type) {
					case *ast.IndexExpr, *ast.IndexListExpr:
						p.instances[t.Name.Pos()] = true
					}
				}
			case *ast.FuncDecl:
				if n.Recv != nil && n.Name.Name == pojoMethod {
					p.bodies[n.Name.Pos()] = n
				}
			case *ast.InterfaceType:
				for _, m := range n.Methods.List {
					for _, name := range m.Names {
						p.docs[name.Pos()] = m.Doc
					}
				}
			}
			return true
		})
	}
}

// foreign imports packages of which it knows only the names that the files
// use: enough to say "time.Time" apart from "other.Thing".
type foreign map[string]*types.Package

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

func newForeign(files []*ast.File) foreign {
	f := make(foreign)
	for _, file := range files {
		byName := make(map[string]*types.Package)
		for _, spec := range file.Imports {
			pth := strings.Trim(spec.Path.Value, "\"`")
			name := path.Base(pth)
			if majorVersion.MatchString(name) {
				name = path.Base(path.Dir(pth))
			}
			name = strings.TrimPrefix(name, "go-")
			name, _, _ = strings.Cut(name, ".")
			name = strings.ReplaceAll(name, "-", "_")
			if f[pth] == nil {
				f[pth] = types.NewPackage(pth, name)
			}
			if spec.Name != nil {
				name = spec.Name.Name
			}
			byName[name] = f[pth]
		}
		ast.Inspect(file, func(n ast.Node) bool {
			arity := 0
			x, _ := n.(ast.Expr)
			switch e := n.(type) {
			case *ast.FuncDecl:
				return false
			case *ast.IndexExpr:
				x, arity = e.X, 1
			case *ast.IndexListExpr:
				x, arity = e.X, len(e.Indices)
			}
			if s, ok := x.(*ast.SelectorExpr); ok {
				if id, ok := s.X.(*ast.Ident); ok && byName[id.Name] != nil {
					declare(byName[id.Name], s.Sel.Name, arity)
				}
			}
			return true
		})
	}
	for _, p := range f {
		p.MarkComplete()
	}
	return f
}

// declare adds an opaque type to p.
func declare(p *types.Package, name string, arity int) {
	if p.Scope().Lookup(name) != nil {
		return
	}
	obj := types.NewTypeName(token.NoPos, p, name, nil)
	underlying := types.Type(types.NewStruct(nil, nil))
	if p.Path() == "context" && name == "Context" {
		underlying = types.NewInterfaceType(nil, nil)
	}
	t := types.NewNamed(obj, underlying, nil)
	var params []*types.TypeParam
	for i := range arity {
		tp := types.NewTypeName(token.NoPos, p, fmt.Sprintf("P%d", i), nil)
		params = append(params, types.NewTypeParam(tp, types.NewInterfaceType(nil, nil)))
	}
	t.SetTypeParams(params)
	p.Scope().Insert(obj)
}

// Import implements types.Importer.
func (f foreign) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p := f[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("package %q is not imported by name", path)
}
