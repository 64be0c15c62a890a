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
	c := &comparison{lib: lib, skip: skip, report: new(Report), asked: make(map[string]bool)}
	for _, cl := range contract.Classes {
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

func (c *comparison) class(g gen.ClassContract) error {
	j, err := c.describe(g)
	if err != nil {
		return c.missing(g.Pos, g.Java, err)
	}
	c.report.Classes++
	switch {
	case g.Enum != (j.Form == javaapi.Enum):
		c.differ(g.Pos, g.Java, "Go's %s is %s; Java has %s", g.Go, map[bool]string{true: "an enum", false: "a struct"}[g.Enum], forms[j.Form])
		return nil
	case g.Enum && g.Methods: // the source does not tell its constants
		return nil
	case g.Enum:
		c.constants(g, j)
		return nil
	case g.Exception != (j.Form == javaapi.Exception):
		c.differ(g.Pos, g.Java, "Go's %s is %s; Java has %s", g.Go, map[bool]string{true: "an error", false: "a struct without an Error method"}[g.Exception], forms[j.Form])
	case j.Form == javaapi.Abstract && len(j.Fields) == 0:
		c.differ(g.Pos, g.Java, "Go's %s is a struct; Java has %s, which cannot travel itself", g.Go, forms[j.Form])
		return nil
	case j.Form == javaapi.Opaque:
		c.differ(g.Pos, g.Java, "Go's %s is a struct; Java's class extends %s and is no object with fields", g.Go, j.Base)
		return nil
	}
	for _, s := range g.Supers {
		if !javaapi.IsJDK(s.Java) && s.Java != g.Java && !slices.Contains(j.Supers, s.Java) {
			c.differ(s.Pos, g.Java, "Go's %s embeds %s, which is %s; Java's class extends %s", g.Go, s.Go, s.Java, cmp.Or(strings.Join(j.Supers, ", "), j.Base))
		}
	}
	c.fields(g, j)
	return nil
}

// describe returns Java's class, of anything where g is one use of it.
func (c *comparison) describe(g gen.ClassContract) (*javaapi.Class, error) {
	t := classfile.Type{Kind: classfile.Object, Name: g.Java}
	if g.Instance {
		class, err := c.lib.Class(g.Java)
		if err != nil {
			return nil, err
		}
		for class.Generic != nil && len(t.Args) < len(class.Generic.Params) {
			t.Args = append(t.Args, classfile.Type{Kind: classfile.Object, Name: "java.lang.Object"})
		}
	}
	return c.lib.DescribeUse(t, c.skip)
}

// union compares the classes that may stand for an abstract type.
func (c *comparison) union(u gen.UnionContract) error {
	j, err := c.lib.Class(u.Java)
	if err != nil {
		return c.missing(u.Pos, u.Java, err)
	}
	subs, err := c.lib.Subclasses(u.Java)
	if err != nil {
		return err
	}
	if !j.Flags.Has(classfile.Abstract) {
		subs = append(subs, u.Java) // it can be made itself
	}
	for _, g := range u.Classes {
		if !slices.Contains(subs, g.Java) && !javaapi.IsJDK(g.Java) && !c.skip(g.Java) {
			if _, err := c.lib.Class(g.Java); err == nil { // else the class itself says so
				c.differ(g.Pos, g.Java, "Java's class is no %s; Go's %s is one of %s", u.Java, g.Go, u.Go)
			}
		}
	}
	for _, sub := range subs {
		if slices.ContainsFunc(u.Classes, func(g gen.NameContract) bool { return g.Java == sub }) || c.skip(sub) {
			continue
		}
		d, err := c.lib.Describe(sub, c.skip)
		if err != nil {
			return err
		}
		if d.Form != javaapi.Opaque {
			c.differ(u.Pos, sub, "Java's class is a %s; Go's %s has no such type", u.Java, u.Go)
		}
	}
	return nil
}

var forms = map[javaapi.Form]string{
	javaapi.Bean: "a class", javaapi.Record: "a record", javaapi.Exception: "an exception", javaapi.Enum: "an enum",
	javaapi.Abstract: "an interface or abstract class", javaapi.Opaque: "a class of a collection or the like",
}

func (c *comparison) constants(g gen.ClassContract, j *javaapi.Class) {
	var have []string
	for _, k := range g.Constants {
		c.report.Members++
		have = append(have, k.Java)
		if !slices.Contains(j.Constants, k.Java) {
			c.differ(k.Pos, g.Java+"."+k.Java, "Java has no such constant; Go has %s", k.Go)
		}
	}
	for _, k := range j.Constants {
		if !slices.Contains(have, k) && !c.skip(g.Java+"."+k) {
			c.differ(g.Pos, g.Java+"."+k, "Go's %s has no such constant", g.Go)
		}
	}
}

func (c *comparison) fields(g gen.ClassContract, j *javaapi.Class) {
	found := make(map[string]bool)
	for _, f := range g.Fields {
		if c.skip(g.Java + "." + f.Java) {
			continue
		}
		c.report.Members++
		i := slices.IndexFunc(j.Fields, func(x *javaapi.Field) bool { return x.Name == f.Java })
		if i < 0 {
			c.differ(f.Pos, g.Java+"."+f.Java, "Java has no such field that travels; Go has %s.%s", g.Go, f.Go)
			continue
		}
		found[f.Java] = true
		if g.Instance && j.Fields[i].Variable {
			continue // compared where it is used
		}
		if want := c.mismatch(f.Type, j.Fields[i].Type); want != "" {
			c.differ(f.Pos, j.Fields[i].Owner+"."+f.Java, "Go's %s.%s is %s, which is %s; Java has %s", g.Go, f.Go, f.Type.Go, f.Type.Java, want)
		}
	}
	for _, f := range j.Fields {
		if !found[f.Name] {
			c.differ(g.Pos, f.Owner+"."+f.Name, "Go's %s has no such field; Java's is a %s", g.Go, f.Type.Type)
		}
	}
}
