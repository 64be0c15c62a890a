package drift

import (
	"slices"
	"strings"

	"github.com/gubbo/gubbo/internal/classfile"
	"github.com/gubbo/gubbo/internal/gen"
	"github.com/gubbo/gubbo/internal/javaapi"
)

// mismatch returns the Java type if g is not what v says, "" if it is.
func (c *comparison) mismatch(g gen.TypeContract, v javaapi.Value) string {
	switch {
	case g.Java != v.Wire && v.Type.String() == v.Wire:
		return v.Wire
	case g.Java != v.Wire:
		return v.Wire + " (" + v.Type.String() + ")"
	case wire(v.Type) != v.Wire && g.Own != v.Wire && !c.standsFor(g, v.Type),
		!c.fits(g.Key, v.Type, 0), !c.fits(g.Elem, v.Type, 1), !c.use(g, v.Type):
		return v.Type.String()
	}
	return ""
}

// standsFor tells whether g may be what Java has in place of a type variable:
// a descriptor says nothing of it.
func (c *comparison) standsFor(g gen.TypeContract, t classfile.Type) bool {
	switch {
	case g.Own == "java.lang.Object" || alike(g.Own, wire(t)) || box(g.Own) == box(wire(t)):
	case g.Elem != nil && (t.Kind == classfile.Array || len(t.Args) > 0): // which list it is stays open
	case g.Own == "java.lang.Throwable" && t.Kind == classfile.Object && javaapi.IsJDK(t.Name) && javaapi.IsThrowable(t.Name):
	default:
		return false
	}
	return c.fits(g.Key, t, 0) && c.fits(g.Elem, t, 1) && c.use(g, t)
}

// use tells whether the fields of g, if that is one use of a generic class, are
// what they are in Java's use t.
func (c *comparison) use(g gen.TypeContract, t classfile.Type) bool {
	i := slices.IndexFunc(c.uses, func(u gen.ClassContract) bool {
		return u.Go == strings.TrimPrefix(g.Go, "*") && u.Java == t.Name
	})
	if i < 0 || len(t.Args) == 0 {
		return true
	}
	asked := g.Go + " " + t.String()
	if c.asked[asked] {
		return true // it leads back to itself
	}
	c.asked[asked] = true
	defer delete(c.asked, asked)
	j, err := c.lib.DescribeUse(t, c.skip)
	if err != nil {
		return true // the class itself says so
	}
	of, err := c.describe(c.uses[i])
	if err != nil {
		return true
	}
	for _, f := range c.uses[i].Fields {
		k := slices.IndexFunc(j.Fields, func(x *javaapi.Field) bool { return x.Name == f.Java })
		switch {
		case k < 0:
		case j.Fields[k].Variable && !c.standsFor(f.Type, j.Fields[k].Type.Type):
			return false
		case !j.Fields[k].Variable && c.mismatch(f.Type, of.Fields[k].Type) == "" && c.mismatch(f.Type, j.Fields[k].Type) != "":
			return false // what differs in each use the class itself says
		}
	}
	return true
}

// fits tells whether g, the key (which is 0) or element of a Go map or slice, is
// what the Java collection t holds.
func (c *comparison) fits(g *gen.TypeContract, t classfile.Type, which int) bool {
	if g == nil {
		return true
	}
	switch {
	case t.Kind == classfile.Array:
		t = *t.Elem
	case len(t.Args) == 1 && which == 1:
		t = t.Args[0]
	case len(t.Args) == 2:
		t = t.Args[which]
	default:
		return true // a raw type says nothing
	}
	if g.Java != "java.lang.Object" && box(g.Java) != box(wire(t)) && !alike(g.Java, wire(t)) {
		return false
	}
	return c.fits(g.Key, t, 0) && c.fits(g.Elem, t, 1) && c.use(*g, t)
}

func wire(t classfile.Type) string {
	if t.Kind == classfile.Array {
		return wire(*t.Elem) + "[]"
	}
	t.Args = nil
	return t.String()
}

// box returns the boxed type of a primitive: in a list they are the same.
func box(java string) string {
	switch java {
	case "boolean":
		return "java.lang.Boolean"
	case "char":
		return "java.lang.Character"
	case "byte":
		return "java.lang.Byte"
	case "short":
		return "java.lang.Short"
	case "int":
		return "java.lang.Integer"
	case "long":
		return "java.lang.Long"
	case "float":
		return "java.lang.Float"
	case "double":
		return "java.lang.Double"
	}
	return java
}

// same are Java types that are one on the wire: inside of a list nothing says
// which of them it is.
var same = [][]string{
	{"java.util.List", "java.util.Collection", "java.lang.Iterable", "java.util.ArrayList"},
	{"java.util.Map", "java.util.HashMap"},
	{"java.util.Set", "java.util.HashSet"},
	{"java.lang.String", "java.lang.CharSequence"},
}

// alike tells whether g, of a Go element, may stand for t there.
func alike(g, t string) bool {
	if t == "java.lang.Object" || t == "java.io.Serializable" || t == "java.lang.Comparable" {
		return true
	}
	return slices.ContainsFunc(same, func(s []string) bool { return slices.Contains(s, g) && slices.Contains(s, t) })
}
