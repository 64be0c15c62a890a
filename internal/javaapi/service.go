package javaapi

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gubbo/gubbo/internal/classfile"
)

// Service is an interface that can be called from afar.
type Service struct {
	Name string
	// Methods are its own, in the order of the source, then those that it
	// inherits.
	Methods []*Method
}

// Method is a method of a service.
type Method struct {
	Name string
	// Owner is the interface that declares it.
	Owner string
	// Desc is the JVM descriptor of the parameters, without parentheses.
	Desc   string
	Params []Value
	// Names are the parameters' names, "" where the class file has none.
	Names []string
	// Result is nil for void. A CompletableFuture is what it will hold: that is
	// what travels.
	Result *Value
	// Throws are the exceptions that it declares.
	Throws []string

	// overrides is Desc with type variables replaced, by which a method of a
	// subinterface hides one that it inherits.
	overrides string
}

// Signature returns the method as "com.acme.UserService.find(long)".
func (m *Method) Signature() string {
	var types []string
	for _, p := range m.Params {
		types = append(types, p.Wire)
	}
	return m.Owner + "." + m.Name + "(" + strings.Join(types, ", ") + ")"
}

// deepestChain is how many classes may extend each other.
const deepestChain = 200

// Service returns an interface with all methods that a caller may use: its own
// and inherited ones, default methods too, but no static ones. Methods that
// skip names are left out: it is asked with "com.acme.UserService.find".
func (l *Library) Service(name string, skip func(member string) bool) (*Service, error) {
	c, err := l.Class(name)
	if err != nil {
		return nil, err
	}
	if !c.Flags.Has(classfile.Interface) || c.Flags.Has(classfile.Annotation) {
		return nil, fmt.Errorf("javaapi: %s is no interface, so it cannot be a service", name)
	}
	s := &Service{Name: name}
	w := serviceWalk{lib: l, service: s, skip: skip}
	w.visit(c, scope{}.with(params(c), nil), nil)
	return s, errors.Join(w.errs...)
}

func params(c *classfile.Class) []classfile.Param {
	if c.Generic == nil {
		return nil
	}
	return c.Generic.Params
}

type serviceWalk struct {
	lib     *Library
	service *Service
	skip    func(string) bool
	errs    []error
	visits  int
}

// visit adds the methods of c and of what it extends. above are the interfaces
// that led here.
func (w *serviceWalk) visit(c *classfile.Class, s scope, above []string) {
	if slices.Contains(above, c.Name) {
		w.errs = append(w.errs, fmt.Errorf("javaapi: %s: interface %s extends itself through %s", c.Where, c.Name, strings.Join(above, ", ")))
		return
	}
	// Interfaces may meet again; a hostile jar lets them meet exponentially.
	if w.visits++; w.visits > 10*deepestChain || len(above) > deepestChain {
		if w.visits == 10*deepestChain+1 || len(above) == deepestChain+1 {
			w.errs = append(w.errs, fmt.Errorf("javaapi: %s: interface %s inherits too many others", c.Where, w.service.Name))
		}
		return
	}
	for i := range c.Methods {
		m := &c.Methods[i]
		if !callable(m) {
			continue
		}
		if w.skip != nil && (w.skip(c.Name+"."+m.Name) || w.skip(w.service.Name+"."+m.Name)) {
			continue
		}
		method, err := w.method(c, m, s)
		if err != nil {
			w.errs = append(w.errs, fmt.Errorf("javaapi: %s: method %s%s: %w", c.Where, m.Name, m.Desc, err))
			continue
		}
		hidden := slices.ContainsFunc(w.service.Methods, func(other *Method) bool {
			return other.Name == method.Name && (other.Desc == method.Desc || other.overrides == method.overrides)
		})
		if !hidden {
			w.service.Methods = append(w.service.Methods, method)
		}
	}
	above = append(slices.Clip(above), c.Name)
	for i, name := range c.Interfaces {
		if IsJDK(name) {
			continue // Serializable, AutoCloseable and the like are no part of a contract
		}
		super, err := w.lib.Class(name)
		if err != nil {
			w.errs = append(w.errs, fmt.Errorf("javaapi: interface %s extends %s: %w", c.Name, name, err))
			continue
		}
		args, err := s.argsOf(c, name, i)
		if err != nil {
			w.errs = append(w.errs, fmt.Errorf("javaapi: interface %s extends %s: %w", c.Name, name, err))
			continue
		}
		w.visit(super, scope{}.with(params(super), args), above)
	}
}

// argsOf returns what c gives to the i-th interface that it extends as type
// arguments; i is -1 for its superclass.
func (s scope) argsOf(c *classfile.Class, name string, i int) ([]bound, error) {
	if c.Generic == nil {
		return nil, nil
	}
	t := c.Generic.Super
	if i >= 0 {
		if i >= len(c.Generic.Interfaces) {
			return nil, errors.New("its signature has fewer interfaces than the class")
		}
		t = c.Generic.Interfaces[i]
	}
	if t.Name != name {
		return nil, fmt.Errorf("its signature says %s", t.Name)
	}
	return s.resolveAll(t.Args)
}

// callable tells whether a caller's proxy has the method.
func callable(m *classfile.Method) bool {
	if m.Flags&(classfile.Static|classfile.Private|classfile.Synthetic|classfile.Bridge) != 0 || strings.HasPrefix(m.Name, "<") {
		return false
	}
	switch m.Name + m.Desc { // every object has them; an interface may declare them again
	case "equals(Ljava/lang/Object;)Z", "hashCode()I", "toString()Ljava/lang/String;":
		return false
	}
	return true
}

func (w *serviceWalk) method(c *classfile.Class, m *classfile.Method, s scope) (*Method, error) {
	if !javaName.MatchString(m.Name) {
		return nil, errors.New("this is no name that Java's compiler would give")
	}
	r := &Method{Name: m.Name, Owner: c.Name, Throws: m.Throws}
	generic := m.Generic
	if generic != nil {
		if len(generic.Params) != len(m.Params) {
			return nil, fmt.Errorf("its signature has %d parameters, its descriptor %d", len(generic.Params), len(m.Params))
		}
		s = s.with(generic.TypeParams, nil)
	}
	for i, p := range m.Params {
		var g *classfile.Type
		if generic != nil {
			g = &generic.Params[i]
		}
		v, err := s.value(p, g)
		if err != nil {
			return nil, fmt.Errorf("parameter %d: %w", i+1, err)
		}
		r.Params = append(r.Params, v)
		r.Desc += descriptor(p)
		r.overrides += descriptor(v.Type)
		name := ""
		if len(m.Names) == len(m.Params) && javaName.MatchString(m.Names[i]) {
			name = m.Names[i]
		}
		r.Names = append(r.Names, name)
	}
	for _, t := range m.Throws {
		if !IsJavaClass(t) {
			return nil, fmt.Errorf("throws %q, which is no class name that Java's compiler would give", t)
		}
	}
	var g *classfile.Type
	if generic != nil {
		g = &generic.Result
	}
	v, err := s.value(m.Result, g)
	if err != nil {
		return nil, fmt.Errorf("result: %w", err)
	}
	r.Result = result(v)
	return r, nil
}

// result is what travels for a declared result, nil for nothing.
func result(v Value) *Value {
	if v.Wire == "java.util.concurrent.CompletableFuture" {
		t := object
		if len(v.Type.Args) == 1 {
			t = v.Type.Args[0]
		}
		v = Value{Wire: erased(t), Type: t}
	}
	if v.Wire == "void" || v.Wire == "java.lang.Void" {
		return nil
	}
	return &v
}

// NoMethods is why an interface without methods is no service.
const NoMethods = "it has no methods"

// Services returns the names of the interfaces in the first jar that look like
// services, sorted: public, with a method, nobody's super type and nobody's
// parameter or field. why tells what was left out and the reason.
func (l *Library) Services() (names []string, why map[string]string, err error) {
	if err := l.scan(); err != nil {
		return nil, nil, err
	}
	first := l.jars[0]
	used := make(map[string]string)
	var candidates []*classfile.Class
	for _, name := range first.Names() {
		if !IsJavaClass(name) {
			continue
		}
		c, err := l.Class(name)
		if err != nil {
			return nil, nil, err
		}
		if c.Flags.Has(classfile.Interface|classfile.Public) && !c.Flags.Has(classfile.Annotation) {
			candidates = append(candidates, c)
		}
		for _, f := range c.Fields {
			mention(used, f.Type, "it is the type of the field "+c.Name+"."+f.Name)
		}
		for _, m := range c.Methods {
			for _, t := range append([]classfile.Type{m.Result}, m.Params...) {
				if t.Name != c.Name { // a builder or a tree is no service either, but says so itself
					mention(used, t, "it is in the signature of "+c.Name+"."+m.Name)
				}
			}
		}
	}
	why = make(map[string]string)
	for _, c := range candidates {
		switch {
		case !slices.ContainsFunc(c.Methods, func(m classfile.Method) bool { return callable(&m) }) && len(c.Interfaces) == 0:
			why[c.Name] = NoMethods
		case len(l.children[c.Name]) > 0:
			why[c.Name] = l.children[c.Name][0] + " extends it"
		case used[c.Name] != "":
			why[c.Name] = used[c.Name]
		default:
			names = append(names, c.Name)
		}
	}
	return names, why, nil
}

func mention(used map[string]string, t classfile.Type, how string) {
	for t.Kind == classfile.Array {
		t = *t.Elem
	}
	if t.Kind == classfile.Object && used[t.Name] == "" {
		used[t.Name] = how
	}
}
