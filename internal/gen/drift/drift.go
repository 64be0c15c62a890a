// Package drift compares the Go contract of a package with the Java jar that it
// is a twin of. "gubbo check" calls it.
package drift

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/gubbo/gubbo/internal/classfile"
	"github.com/gubbo/gubbo/internal/gen"
	"github.com/gubbo/gubbo/internal/javaapi"
)

// Difference is one thing in which Go and Java disagree.
type Difference struct {
	// Pos is the Go declaration, or, for what Go lacks, that of its owner.
	Pos token.Position
	// Member is the Java class or member, such as "com.acme.User.name".
	Member string
	// Message says what differs and what to write.
	Message string
}

// String returns "file:line: member: message".
func (d Difference) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", d.Pos.Filename, d.Pos.Line, d.Member, d.Message)
}

// Report is the outcome of a comparison.
type Report struct {
	// Differences are in the order of the Go source.
	Differences []Difference
	// Services, Methods, Classes and Members count what was compared; Members
	// are fields and constants.
	Services, Methods, Classes, Members int
}

// Add takes in what another comparison found.
func (r *Report) Add(o *Report) {
	r.Differences = append(r.Differences, o.Differences...)
	r.Services += o.Services
	r.Methods += o.Methods
	r.Classes += o.Classes
	r.Members += o.Members
}

type comparison struct {
	lib    *javaapi.Library
	skip   func(string) bool
	report *Report
	// uses are Go's uses of generic classes, asked those that are being looked at.
	uses  []gen.ClassContract
	asked map[string]bool
	// travels are the Go types of parameters, results and fields.
	travels map[string]bool
}

// Compare compares the package in dir with Java. Members that skip names are
// not looked at: it is asked with "com.acme.User.name"; nil skips none. The
// error says what stopped the comparison; differences are no error.
func Compare(lib *javaapi.Library, dir string, skip func(member string) bool) (*Report, error) {
	contract, err := gen.Describe(dir)
	if err != nil {
		return nil, err
	}
	if skip == nil {
		skip = func(string) bool { return false }
	}
	c := &comparison{lib: lib, skip: skip, report: new(Report), asked: make(map[string]bool), travels: make(map[string]bool)}
	for _, s := range contract.Services {
		for _, m := range s.Methods {
			for _, p := range m.Params {
				c.travel(&p)
			}
			c.travel(m.Result)
		}
	}
	for _, cl := range contract.Classes {
		for _, f := range cl.Fields {
			c.travel(&f.Type)
		}
		if cl.Instance {
			c.uses = append(c.uses, cl)
		}
	}
	for _, s := range contract.Services {
		if skip(s.Java) {
			continue
		}
		if err := c.service(s); err != nil {
			return nil, err
		}
	}
	for _, cl := range contract.Classes {
		if javaapi.IsJDK(cl.Java) || skip(cl.Java) {
			continue
		}
		if err := c.class(cl); err != nil {
			return nil, err
		}
	}
	for _, u := range contract.Unions {
		if javaapi.IsJDK(u.Java) || skip(u.Java) {
			continue
		}
		if err := c.union(u); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(c.report.Differences, func(a, b Difference) int {
		return cmp.Or(strings.Compare(a.Pos.Filename, b.Pos.Filename), cmp.Compare(a.Pos.Line, b.Pos.Line))
	})
	return c.report, nil
}

// travel notes what is sent where t is.
func (c *comparison) travel(t *gen.TypeContract) {
	if t != nil {
		c.travels[strings.TrimPrefix(t.Go, "*")] = true
		c.travel(t.Key)
		c.travel(t.Elem)
	}
}

func (c *comparison) differ(pos token.Position, member, format string, args ...any) {
	c.report.Differences = append(c.report.Differences, Difference{pos, member, fmt.Sprintf(format, args...)})
}

// missing notes a class that no jar has; other errors stop the comparison.
func (c *comparison) missing(pos token.Position, member string, err error) error {
	if m, ok := errors.AsType[*javaapi.MissingError](err); ok {
		c.differ(pos, member, "%v, or mend the name", m)
		return nil
	}
	return err
}

func (c *comparison) service(s gen.ServiceContract) error {
	class, err := c.lib.Class(s.Java)
	if err != nil {
		return c.missing(s.Pos, s.Java, err)
	}
	if !class.Flags.Has(classfile.Interface) {
		c.differ(s.Pos, s.Java, "Go's %s is a service; Java has a class", s.Go)
		return nil
	}
	java, err := c.lib.Service(s.Java, c.skip)
	if err != nil {
		return c.missing(s.Pos, s.Java, err)
	}
	c.report.Services++
	found := make(map[*javaapi.Method]bool)
	for _, m := range s.Methods {
		if c.skip(s.Java + "." + m.Java) {
			continue
		}
		var same, other *javaapi.Method
		for _, j := range java.Methods {
			if j.Name == m.Java && j.Desc == m.Desc {
				same = j
			} else if j.Name == m.Java && !slices.ContainsFunc(s.Methods, func(o gen.MethodContract) bool { return o.Java == j.Name && o.Desc == j.Desc }) {
				other = cmp.Or(other, j)
			}
		}
		switch {
		case same != nil:
			found[same] = true
			c.method(s, m, same)
		case other != nil:
			found[other] = true
			c.differ(m.Pos, other.Signature(), "Go's %s.%s has the parameters (%s)", s.Go, m.Go, strings.Join(wires(m.Params), ", "))
		default:
			c.differ(m.Pos, s.Java+"."+m.Java, "Java has no such method; Go has %s.%s(%s)", s.Go, m.Go, strings.Join(wires(m.Params), ", "))
		}
	}
	for _, j := range java.Methods {
		if !found[j] {
			c.differ(s.Pos, j.Signature(), "Go's %s has no such method", s.Go)
		}
	}
	return nil
}

func wires(types []gen.TypeContract) []string {
	var list []string
	for _, t := range types {
		list = append(list, t.Java)
	}
	return list
}

// method compares what the descriptor does not say.
func (c *comparison) method(s gen.ServiceContract, m gen.MethodContract, j *javaapi.Method) {
	c.report.Methods++
	member := j.Signature()
	for i, p := range m.Params {
		if want := c.mismatch(p, j.Params[i]); want != "" {
			c.differ(m.Pos, member, "parameter %d of %s.%s is %s, which is %s; Java has %s", i+1, s.Go, m.Go, p.Go, p.Java, want)
		}
	}
	switch {
	case m.Result == nil && j.Result == nil:
	case m.Result == nil:
		c.differ(m.Pos, member, "%s.%s has no result; Java returns %s", s.Go, m.Go, j.Result.Type)
	case j.Result == nil:
		c.differ(m.Pos, member, "%s.%s returns %s; Java returns nothing", s.Go, m.Go, m.Result.Go)
	default:
		if want := c.mismatch(*m.Result, *j.Result); want != "" {
			c.differ(m.Pos, member, "%s.%s returns %s, which is %s; Java returns %s", s.Go, m.Go, m.Result.Go, m.Result.Java, want)
		}
	}
	for _, t := range j.Throws {
		if !javaapi.IsJDK(t) && !slices.Contains(m.Throws, t) {
			c.differ(m.Pos, member, "Java declares the exception %s; name its Go type in throws=", t)
		}
	}
	for _, t := range m.Throws {
		if !slices.Contains(j.Throws, t) {
			c.differ(m.Pos, member, "throws= names %s, which Java does not declare", t)
		}
	}
}
