package drift

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gubbo/gubbo/internal/classfile"
	"github.com/gubbo/gubbo/internal/gen"
	"github.com/gubbo/gubbo/internal/javaapi"
)

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
	case j.Form == javaapi.Abstract && (len(j.Fields) == 0 || c.travels[g.Go]): // else it is embedded alone
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
