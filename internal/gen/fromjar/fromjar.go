package fromjar

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/format"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gubbo/gubbo/internal/classfile"
	"github.com/gubbo/gubbo/internal/javaapi"
)

// Options say what Generate writes.
type Options struct {
	// Jars are the jar with the services, then those that its classes need.
	Jars []string
	// Services are the Java interfaces; empty is all of the first jar that look
	// like one.
	Services []string
	// Skip are methods and fields to leave out: "com.acme.UserService.watch".
	Skip []string
	// Package is the name of the Go package.
	Package string
}

// Result is what Generate wrote.
type Result struct {
	// Source is the Go file.
	Source []byte
	// Services are the Java interfaces in it.
	Services []string
	// LeftOut says of each interface of the first jar that was not taken for a
	// service, why.
	LeftOut map[string]string
}

// hessianPath is the package of what structs and values need.
const hessianPath = "github.com/gubbo/gubbo/protocol/hessian"

// writer holds what one run knows.
type writer struct {
	lib        *javaapi.Library
	skipped    map[string]bool // whether a skip was met
	services   []*javaapi.Service
	classes    map[string]*javaapi.Class // all that were met
	subclasses map[string][]string       // of the abstract ones
	goNames    map[string]string         // of services, beans, exceptions and enums
	errs       []error
	imports    map[string]bool
}

// Generate returns a Go file with the contract of Java interfaces. What cannot
// be mapped is an error that names the member; all of them are reported.
func Generate(o Options) (*Result, error) {
	if !token.IsIdentifier(o.Package) || o.Package == "_" {
		return nil, fmt.Errorf("fromjar: %q is no name of a Go package; give one with --package", o.Package)
	}
	lib, err := javaapi.Open(o.Jars...)
	if err != nil {
		return nil, err
	}
	w := &writer{
		lib: lib, skipped: make(map[string]bool), classes: make(map[string]*javaapi.Class),
		subclasses: make(map[string][]string), goNames: make(map[string]string),
		imports: make(map[string]bool),
	}
	for _, s := range o.Skip {
		w.skipped[s] = false
	}
	r := &Result{Services: o.Services}
	if len(r.Services) == 0 {
		if r.Services, r.LeftOut, err = lib.Services(); err != nil {
			return nil, err
		}
	}
	for _, name := range r.Services {
		s, err := lib.Service(name, w.skip)
		switch {
		case err != nil:
			w.errs = append(w.errs, err)
		case len(s.Methods) > 0:
			w.services = append(w.services, s)
		case r.LeftOut != nil: // nobody asked for it
			r.LeftOut[name] = javaapi.NoMethods
		default:
			w.errs = append(w.errs, fmt.Errorf("fromjar: interface %s has no methods, so it is no service", name))
		}
	}
	r.Services = slices.DeleteFunc(slices.Clone(r.Services), func(name string) bool { return r.LeftOut[name] != "" })
	if len(r.Services) == 0 {
		return nil, fmt.Errorf("fromjar: %s has no interface that looks like a service; name one with --service", o.Jars[0])
	}
	w.collect()
	w.nameAll()
	source := w.file(o)
	for _, s := range slices.Sorted(maps.Keys(w.skipped)) {
		if !w.skipped[s] {
			w.errs = append(w.errs, fmt.Errorf("fromjar: --skip %s: nothing that is written has that name; name a method or field as com.acme.UserService.watch", s))
		}
	}
	if err := errors.Join(w.errs...); err != nil {
		return nil, err
	}
	if r.Source, err = format.Source(source); err != nil {
		return nil, fmt.Errorf("fromjar: the source does not parse, which is a fault of gubbo: %w", err)
	}
	return r, nil
}

func (w *writer) skip(member string) bool {
	if _, ok := w.skipped[member]; !ok {
		return false
	}
	w.skipped[member] = true
	return true
}

// fail notes an error of a member, each text once.
func (w *writer) fail(member string, err error) {
	hint := ""
	if _, ok := errors.AsType[*javaapi.MissingError](err); !ok {
		hint = "; change it in Java, or leave it out with --skip " + member
	}
	e := fmt.Errorf("fromjar: %s: %w%s", member, err, hint)
	if !slices.ContainsFunc(w.errs, func(old error) bool { return old.Error() == e.Error() }) {
		w.errs = append(w.errs, e)
	}
}

// collect finds the classes that the services reach.
func (w *writer) collect() {
	for _, s := range w.services {
		for _, m := range s.Methods {
			member := m.Owner + "." + m.Name
			for _, p := range m.Params {
				w.reach(member, p.Type)
			}
			if m.Result != nil {
				w.reach(member, m.Result.Type)
			}
			for _, t := range m.Throws {
				if !javaapi.IsJDK(t) {
					w.reach(member, classfile.Type{Kind: classfile.Object, Name: t})
				}
			}
		}
	}
}

// reach collects the classes in t, which member uses.
func (w *writer) reach(member string, t classfile.Type) {
	for t.Kind == classfile.Array {
		t = *t.Elem
	}
	for _, a := range t.Args {
		w.reach(member, a)
	}
	if t.Kind != classfile.Object || javaapi.IsJDK(t.Name) || isStream(t.Name) || w.classes[t.Name] != nil {
		return
	}
	c, err := w.lib.Describe(t.Name, w.skip)
	if err != nil {
		w.fail(member, err)
		return
	}
	w.classes[t.Name] = c
	switch c.Form {
	case javaapi.Abstract:
		subs, err := w.lib.Subclasses(t.Name)
		if err != nil {
			w.fail(member, err)
		}
		w.subclasses[t.Name] = subs
		for _, s := range subs {
			w.reach(member, classfile.Type{Kind: classfile.Object, Name: s})
		}
	case javaapi.Bean, javaapi.Record, javaapi.Exception:
		for _, f := range c.Fields {
			w.reach(f.Owner+"."+f.Name, f.Type.Type)
		}
	}
}

// class returns a class that collect has met.
func (w *writer) class(name string) (*javaapi.Class, error) {
	if c := w.classes[name]; c != nil {
		return c, nil
	}
	_, err := w.lib.Class(name) // collect had this error too
	if err == nil {
		err = fmt.Errorf("class %s was not read", name)
	}
	return nil, err
}

// nameAll gives each service and class its Go name. Of classes of one simple
// name, one in the package of a service keeps it; the others get that of their
// package in front.
func (w *writer) nameAll() {
	taken := make(nameSet)
	for _, s := range w.services {
		name := taken.take(simpleName(s.Name))
		taken[name+"Client"], taken["New"+name+"Client"], taken["Register"+name] = true, true, true
		w.goNames[s.Name] = name
	}
	home := func(java string) int {
		pkg := java[:strings.LastIndexByte(java, '.')+1]
		for _, s := range w.services {
			if s.Name[:strings.LastIndexByte(s.Name, '.')+1] == pkg {
				return 0
			}
		}
		return 1
	}
	order := slices.SortedFunc(maps.Keys(w.classes), func(a, b string) int {
		return cmp.Or(cmp.Compare(home(a), home(b)), strings.Compare(a, b))
	})
	for _, java := range order {
		c := w.classes[java]
		if c.Form == javaapi.Opaque || c.Form == javaapi.Abstract && len(w.members(java)) == 0 || w.goNames[java] != "" {
			continue
		}
		name := simpleName(java)
		if taken[name] {
			name = packageWord(java) + name
		}
		w.goNames[java] = taken.take(name)
	}
}

// members returns the classes that stand for an abstract type.
func (w *writer) members(abstract string) []string {
	return slices.DeleteFunc(slices.Clone(w.subclasses[abstract]), func(sub string) bool {
		c := w.classes[sub]
		return c == nil || c.Form == javaapi.Opaque || c.Form == javaapi.Abstract
	})
}

func (w *writer) file(o Options) []byte {
	var body bytes.Buffer
	for _, s := range w.services {
		w.service(&body, s)
	}
	constants := make(nameSet)
	for _, name := range w.goNames {
		constants[name] = true
	}
	for _, java := range slices.Sorted(maps.Keys(w.classes)) {
		c := w.classes[java]
		if w.goNames[java] == "" {
			continue
		}
		switch c.Form {
		case javaapi.Enum:
			w.enum(&body, c, constants)
		case javaapi.Abstract:
			w.abstract(&body, c)
		default:
			w.bean(&body, c)
		}
	}
	var jars, ifaces []string
	for _, j := range o.Jars {
		jars = append(jars, filepath.Base(j))
	}
	for _, s := range w.services {
		ifaces = append(ifaces, s.Name)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Package %s is the contract of Java's %s,\n// written by \"gubbo gen --from %s\". It is yours to edit;\n", o.Package, strings.Join(ifaces, ", "), strings.Join(jars, " --from "))
	fmt.Fprintf(&b, "// \"gubbo check %s\" tells when Java has moved away from it.\npackage %s\n\n", strings.Join(jars, " --from "), o.Package)
	b.WriteString("import (\n\"context\"\n")
	for _, path := range []string{"math/big", "time"} {
		if w.imports[path] {
			fmt.Fprintf(&b, "%q\n", path)
		}
	}
	if w.imports[hessianPath] {
		fmt.Fprintf(&b, "\n%q\n", hessianPath)
	}
	b.WriteString(")\n\n//go:generate go tool gubbo-gen .\n")
	b.Write(body.Bytes())
	return b.Bytes()
}
