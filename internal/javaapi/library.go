package javaapi

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/gubbo/gubbo/internal/classfile"
)

// Library is the classes of some jars. The first jar that has a class counts,
// as on a class path. It may not be used by two goroutines at a time.
type Library struct {
	jars     []*classfile.Jar
	classes  map[string]*classfile.Class
	children map[string][]string // by super type; nil until asked for
}

// Open opens jars.
func Open(paths ...string) (*Library, error) {
	if len(paths) == 0 {
		return nil, errors.New("javaapi: no jar given")
	}
	l := &Library{classes: make(map[string]*classfile.Class)}
	for _, p := range paths {
		j, err := classfile.Open(p, classfile.Limits{})
		if err != nil {
			return nil, err
		}
		if len(j.Names()) == 0 {
			return nil, fmt.Errorf("javaapi: %s has no class files; give the jar that javac's classes went into", p)
		}
		l.jars = append(l.jars, j)
	}
	return l, nil
}

// IsJDK tells whether a class comes with Java itself.
func IsJDK(name string) bool { return strings.HasPrefix(name, "java.") }

// MissingError is a class that a jar refers to and no jar has.
type MissingError struct {
	Class string
	Jars  []string
}

// Error names the class and the flag that helps.
func (e *MissingError) Error() string {
	return fmt.Sprintf("class %s is not in %s; add its jar with --from", e.Class, strings.Join(e.Jars, ", "))
}

// Has tells whether a jar has the class.
func (l *Library) Has(name string) bool { return l.jarOf(name) != nil }

func (l *Library) jarOf(name string) *classfile.Jar {
	for _, j := range l.jars {
		if _, ok := slices.BinarySearch(j.Names(), name); ok {
			return j
		}
	}
	return nil
}

// Class reads a class. It returns a *MissingError if no jar has it.
func (l *Library) Class(name string) (*classfile.Class, error) {
	if c := l.classes[name]; c != nil {
		return c, nil
	}
	j := l.jarOf(name)
	if j == nil {
		e := &MissingError{Class: name}
		for _, j := range l.jars {
			e.Jars = append(e.Jars, j.Path)
		}
		return nil, e
	}
	c, err := j.Class(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &MissingError{name, []string{j.Path}}
	}
	if err != nil {
		return nil, err
	}
	if !IsJavaClass(name) {
		return nil, fmt.Errorf("javaapi: %s: %q is no class name that Java's compiler would give", c.Where, name)
	}
	l.classes[name] = c
	return c, nil
}

var (
	javaClass = regexp.MustCompile(`^[\pL_][\pL\pN_]*(\.[\pL_][\pL\pN_]*)*(\$[\pL_][\pL\pN_]*)*$`)
	javaName  = regexp.MustCompile(`^[\pL_$][\pL\pN_$]*$`)
)

// IsJavaClass tells whether name is a class whose name may stand in Go source:
// class files may have any text there.
func IsJavaClass(name string) bool { return javaClass.MatchString(name) }

// scan finds who extends or implements what, in all jars.
func (l *Library) scan() error {
	if l.children != nil {
		return nil
	}
	children := make(map[string][]string)
	for _, j := range l.jars {
		for _, name := range j.Names() {
			if l.jarOf(name) != j {
				continue // another jar's counts
			}
			c := l.classes[name]
			if c == nil {
				var err error
				if c, err = j.Class(name); err != nil {
					return err
				}
			}
			for _, s := range append([]string{c.Super}, c.Interfaces...) {
				children[s] = append(children[s], name)
			}
		}
	}
	l.children = children
	return nil
}

// Subclasses returns the classes of the jars that can be made and that are a
// name, sorted, name itself left out.
func (l *Library) Subclasses(name string) ([]string, error) {
	if err := l.scan(); err != nil {
		return nil, err
	}
	seen := map[string]bool{name: true}
	var found []string
	for queue := []string{name}; len(queue) > 0; queue = queue[1:] {
		for _, sub := range l.children[queue[0]] {
			if seen[sub] || !IsJavaClass(sub) { // "Shape$1" has no name, and no use on the wire
				continue
			}
			seen[sub] = true
			queue = append(queue, sub)
			c, err := l.Class(sub)
			if err != nil {
				return nil, err
			}
			// An enum with an abstract method is abstract, but its constants are made.
			if !c.Flags.Has(classfile.Abstract) && !c.Flags.Has(classfile.Interface) || c.Flags.Has(classfile.Enum) {
				found = append(found, sub)
			}
		}
	}
	slices.Sort(found)
	return found, nil
}
