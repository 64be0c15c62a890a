package javaapi

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gubbo/gubbo/internal/classfile"
)

// Value is the type of a parameter, a result or a field.
type Value struct {
	// Wire is the erased type, as descriptors name it: "java.util.List".
	Wire string
	// Type is what the source says, with type variables and wildcards replaced
	// by what they stand for: java.util.List<com.acme.User>.
	Type classfile.Type
}

// object is java.lang.Object.
var object = classfile.Type{Kind: classfile.Object, Name: "java.lang.Object"}

// largest is how many names a type may hold after its variables are replaced;
// a hostile chain of generic superclasses doubles them at each step.
const largest = 1000

var errTooLarge = errors.New("its generic type is too large")

// scope says what the type variables stand for at some place.
type scope map[string]bound

type bound struct {
	t    classfile.Type
	size int
}

// with returns a scope inside of s in which params stand for args, or, where
// args are not given, for their bounds.
func (s scope) with(params []classfile.Param, args []bound) scope {
	if len(params) == 0 {
		return s
	}
	in := make(scope, len(s)+len(params))
	for k, v := range s {
		in[k] = v
	}
	for _, p := range params {
		in[p.Name] = bound{object, 1} // while their bounds refer to each other
	}
	for i, p := range params {
		if len(args) == len(params) {
			in[p.Name] = args[i]
		} else {
			in[p.Name] = bound{in.erasure(p), 1}
		}
	}
	return in
}

// erasure returns the class that stands for p where nothing says more.
func (s scope) erasure(p classfile.Param) classfile.Type {
	if len(p.Bounds) == 0 {
		return object
	}
	t := p.Bounds[0]
	if t.Kind == classfile.Variable {
		return s[t.Name].raw()
	}
	t.Args = nil
	return t
}

func (b bound) raw() classfile.Type {
	if b.size == 0 {
		return object
	}
	t := b.t
	t.Args = nil
	return t
}

// resolve replaces the variables and wildcards in t.
func (s scope) resolve(t classfile.Type) (bound, error) {
	switch t.Kind {
	case classfile.Variable:
		b, ok := s[t.Name]
		if !ok {
			return bound{object, 1}, nil
		}
		return b, nil
	case classfile.Any, classfile.Super:
		return bound{object, 1}, nil
	case classfile.Extends:
		return s.resolve(*t.Elem)
	case classfile.Array:
		elem, err := s.resolve(*t.Elem)
		if err == nil && elem.size >= largest {
			err = errTooLarge
		}
		t.Elem = &elem.t
		return bound{t, elem.size + 1}, err
	case classfile.Object:
		if !IsJavaClass(t.Name) {
			return bound{}, fmt.Errorf("%q is no class name that Java's compiler would give", t.Name)
		}
		args, err := s.resolveAll(t.Args)
		if err != nil {
			return bound{}, err
		}
		size := 1
		t.Args = nil
		for _, a := range args {
			t.Args = append(t.Args, a.t)
			size += a.size
		}
		if size > largest {
			return bound{}, errTooLarge
		}
		return bound{t, size}, nil
	}
	return bound{t, 1}, nil
}

func (s scope) resolveAll(types []classfile.Type) ([]bound, error) {
	var list []bound
	for _, t := range types {
		b, err := s.resolve(t)
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, nil
}

// value joins a descriptor's type with the signature's, nil for none.
func (s scope) value(wire classfile.Type, generic *classfile.Type) (Value, error) {
	if generic == nil {
		generic = &wire
	} else if got := erased(*generic); got != "" && got != wire.String() {
		return Value{}, fmt.Errorf("its signature says %s, its descriptor %s", got, wire)
	}
	b, err := s.resolve(*generic)
	if err != nil {
		return Value{}, err
	}
	return Value{Wire: wire.String(), Type: b.t}, nil
}

// erased returns t as a descriptor's type is written, "" where that rests on a
// type variable.
func erased(t classfile.Type) string {
	switch t.Kind {
	case classfile.Array:
		if elem := erased(*t.Elem); elem != "" {
			return elem + "[]"
		}
		return ""
	case classfile.Object:
		return t.Name
	case classfile.Variable:
		return ""
	}
	return t.String()
}

// descriptor returns the JVM's name of a type as String gives it.
func descriptor(t classfile.Type) string {
	switch t.Kind {
	case classfile.Array:
		return "[" + descriptor(*t.Elem)
	case classfile.Object:
		return "L" + strings.ReplaceAll(t.Name, ".", "/") + ";"
	}
	return string(rune(t.Kind))
}
