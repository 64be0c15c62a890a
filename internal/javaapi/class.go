package javaapi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gubbo/gubbo/internal/classfile"
)

// Form says what a class is on the wire.
type Form int

// The forms.
const (
	// Bean is an object with fields.
	Bean Form = iota
	// Record is one too; Java reads it only with hessian-lite 4.
	Record
	// Exception is a Throwable.
	Exception
	// Enum is one of its constants.
	Enum
	// Abstract is an interface or abstract class: one of its subclasses travels.
	Abstract
	// Opaque extends a class of the JDK, such as ArrayList, and does not travel
	// as an object with fields.
	Opaque
)

// Class is a class whose values travel.
type Class struct {
	Name string
	Form Form
	// Base is the class of the JDK that its superclasses end in.
	Base string
	// Fields are those of its superclasses, the topmost first, then its own.
	Fields []*Field
	// Hidden are the fields of superclasses whose names a subclass uses anew;
	// hessian-lite knows a field by its name, so they do not travel.
	Hidden []string
	// Constants are an enum's.
	Constants []string
	// Supers are its superclasses in the jars, the nearest first.
	Supers []string
}

// Field is a field that travels: not static, not transient.
type Field struct {
	Name string
	// Owner is the class that declares it.
	Owner string
	Type  Value
	// Variable is set if its declared type is a type variable.
	Variable bool
}

// Describe returns what a class of the jars is. It returns a *MissingError if
// no jar has it. Fields that skip names are left out: it is asked with
// "com.acme.User.name".
func (l *Library) Describe(name string, skip func(member string) bool) (*Class, error) {
	return l.DescribeUse(classfile.Type{Kind: classfile.Object, Name: name}, skip)
}

// DescribeUse is Describe of a generic class where its type variables stand for
// the arguments of t.
func (l *Library) DescribeUse(t classfile.Type, skip func(member string) bool) (*Class, error) {
	c, err := l.Class(t.Name)
	if err != nil {
		return nil, err
	}
	r := &Class{Name: t.Name}
	if c.Flags.Has(classfile.Interface) {
		r.Form = Abstract
		return r, nil
	}
	args, err := scope{}.resolveAll(t.Args)
	if err != nil {
		return nil, err
	}
	chain, err := l.chain(c, args)
	if err != nil {
		return nil, err
	}
	for _, super := range chain[1:] {
		r.Supers = append(r.Supers, super.class.Name)
	}
	top := chain[len(chain)-1].class
	r.Base = top.Super
	if r.Form = formOf(top.Super); r.Form == Enum {
		for _, f := range top.Fields {
			if f.Flags.Has(classfile.Enum) {
				if !javaName.MatchString(f.Name) {
					return nil, fmt.Errorf("javaapi: %s: constant %q has no name that Java's compiler would give", c.Where, f.Name)
				}
				r.Constants = append(r.Constants, f.Name)
			}
		}
		return r, nil
	}
	if r.Form == Bean && c.Flags.Has(classfile.Abstract) {
		r.Form = Abstract
	}
	for _, link := range slices.Backward(chain) {
		if err := r.add(link, skip); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// link is a class with what its type variables stand for in the class that was
// asked for.
type link struct {
	class *classfile.Class
	scope scope
}

// chain returns c, with args for its type variables, and its superclasses in
// the jars, c first.
func (l *Library) chain(c *classfile.Class, args []bound) ([]link, error) {
	chain := []link{{c, scope{}.with(params(c), args)}}
	for {
		at := chain[len(chain)-1]
		super := at.class.Super
		if IsJDK(super) {
			return chain, nil
		}
		if slices.ContainsFunc(chain, func(x link) bool { return x.class.Name == super }) {
			return nil, fmt.Errorf("javaapi: %s: class %s extends itself through %s", at.class.Where, super, at.class.Name)
		}
		if len(chain) == deepestChain {
			return nil, fmt.Errorf("javaapi: %s: class %s has more than %d superclasses", c.Where, c.Name, deepestChain)
		}
		next, err := l.Class(super)
		if err != nil {
			return nil, fmt.Errorf("javaapi: class %s extends %s: %w", at.class.Name, super, err)
		}
		args, err := at.scope.argsOf(at.class, super, -1)
		if err != nil {
			return nil, fmt.Errorf("javaapi: class %s extends %s: %w", at.class.Name, super, err)
		}
		chain = append(chain, link{next, scope{}.with(params(next), args)})
	}
}

// formOf tells by the JDK's class that a chain ends in.
func formOf(base string) Form {
	switch base {
	case "java.lang.Object":
		return Bean
	case "java.lang.Enum":
		return Enum
	case "java.lang.Record":
		return Record
	}
	if IsThrowable(base) {
		return Exception
	}
	return Opaque
}

// IsThrowable tells whether a class of the JDK is an exception, by its name.
func IsThrowable(jdk string) bool {
	return strings.HasSuffix(jdk, "Exception") || strings.HasSuffix(jdk, "Error") || jdk == "java.lang.Throwable"
}

func (r *Class) add(at link, skip func(string) bool) error {
	for i := range at.class.Fields {
		f := &at.class.Fields[i]
		if f.Flags&(classfile.Static|classfile.Transient|classfile.Synthetic) != 0 {
			continue
		}
		if skip != nil && (skip(at.class.Name+"."+f.Name) || skip(r.Name+"."+f.Name)) {
			continue
		}
		if !javaName.MatchString(f.Name) {
			return fmt.Errorf("javaapi: %s: field %q has no name that Java's compiler would give", at.class.Where, f.Name)
		}
		v, err := at.scope.value(f.Type, f.Generic)
		if err != nil {
			return fmt.Errorf("javaapi: %s: field %s: %w", at.class.Where, f.Name, err)
		}
		field := &Field{Name: f.Name, Owner: at.class.Name, Type: v, Variable: f.Generic != nil && f.Generic.Kind == classfile.Variable}
		if i := slices.IndexFunc(r.Fields, func(o *Field) bool { return o.Name == f.Name }); i >= 0 {
			r.Hidden = append(r.Hidden, r.Fields[i].Owner+"."+f.Name)
			r.Fields[i] = field
			continue
		}
		r.Fields = append(r.Fields, field)
	}
	return nil
}
