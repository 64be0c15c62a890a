package gen

import (
	"cmp"
	"slices"
	"strings"
)

// javaType is a Java type as people write it: "java.util.Map<java.lang.String,long[]>[]".
type javaType struct {
	class string // or a primitive
	args  []javaType
	dims  int
}

// parseJava reads a type; false if s is none.
func parseJava(s string) (t javaType, ok bool) {
	t, rest, ok := parseJavaPrefix(s)
	return t, ok && rest == ""
}

func parseJavaPrefix(s string) (t javaType, rest string, ok bool) {
	end := strings.IndexAny(s, "<>,[")
	if end < 0 {
		end = len(s)
	}
	t.class, rest = s[:end], s[end:]
	if t.class == "void" || t.class != "?" && !javaClass.MatchString(t.class) {
		return t, rest, false
	}
	for open := byte('<'); len(rest) > 0 && rest[0] == open; open = ',' {
		arg, after, ok := parseJavaPrefix(rest[1:])
		if !ok || after == "" {
			return t, rest, false
		}
		t.args, rest = append(t.args, arg), after
	}
	if t.args != nil {
		if rest[0] != '>' {
			return t, rest, false
		}
		rest = rest[1:]
	}
	for strings.HasPrefix(rest, "[]") {
		t.dims, rest = t.dims+1, rest[2:]
	}
	return t, rest, t.class != "?" || t.dims == 0 && t.args == nil
}

// erased returns the type without type arguments, as descriptors have it.
func (t javaType) erased() string { return t.class + strings.Repeat("[]", t.dims) }

// splitJava cuts a list of types at its commas.
func splitJava(s string) (list []string) {
	depth, from := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '<':
			depth++
		case '>':
			depth--
		case ',':
			if depth == 0 {
				list, from = append(list, s[from:i]), i+1
			}
		}
	}
	return append(list, s[from:])
}

// retype returns t as the Java type that types=, result= or a field's tag
// names, or what would have been right.
func (t *typ) retype(java javaType) (*typ, string) {
	r, want := t.as(java)
	if r != nil && r != t {
		r.own = cmp.Or(t.own, t.java)
	}
	return r, want
}

func (t *typ) as(java javaType) (*typ, string) {
	c := *t
	c.java = java.erased()
	if java.class == "?" {
		return t, ""
	}
	_, primitive := primitives[c.java]
	array := java.dims > 0
	switch t.kind {
	case kindSlice:
		if array {
			return t.asArray(java)
		}
		return t.asList(java)
	case kindSet:
		if array {
			return nil, "java.util.Set or another collection of java.util"
		}
		return t.asList(java)
	case kindMap, kindPairs:
		return t.asMap(java)
	case kindBytes:
		if c.java == "byte[]" || slices.Contains(everything, c.java) {
			return &c, ""
		}
		return nil, "byte[]"
	case kindAny, kindEnum, kindStruct, kindUnion:
		if !primitive && !array {
			return &c, ""
		}
		return nil, "a class"
	case kindPointer:
		if t.elem.kind == kindStruct {
			return t.asClass(java)
		}
		may := []string{t.java}
		for _, s := range scalars[t.elem.kind].also {
			if primitives[s] == "" && !slices.Contains(may, s) {
				may = append(may, s)
			}
		}
		if !slices.Contains(may, c.java) && !slices.Contains(everything, c.java) {
			return nil, strings.Join(may, ", ")
		}
		if wrap := dates[c.java]; wrap != "" && t.elem.kind == kindTime {
			elem := *t.elem
			elem.wrap = wrap
			c.elem = &elem
		}
		return &c, ""
	}
	if t.kind == kindListener {
		if c.java == t.java {
			return t, ""
		}
		return nil, t.java
	}
	may := append([]string{t.java}, scalars[t.kind].also...)
	if box := boxes[t.java]; box != "" {
		may = append(may, box)
	}
	if !slices.Contains(may, c.java) && !slices.Contains(everything, c.java) {
		return nil, strings.Join(may, ", ")
	}
	if t.kind == kindTime {
		c.wrap = dates[c.java]
	}
	return &c, ""
}

func (t *typ) asClass(java javaType) (*typ, string) {
	if primitives[java.class] != "" || java.dims > 0 {
		return nil, "a class"
	}
	c := *t
	c.java = java.erased()
	return &c, ""
}

func (t *typ) asArray(java javaType) (*typ, string) {
	of := java
	of.dims--
	if other := noArrays[of.erased()]; other != "" {
		return nil, "java.util.List or another array; for " + java.erased() + " use " + other
	}
	elem, want := t.elem.retype(of)
	if elem == nil {
		return nil, "java.util.List or an array of " + want
	}
	c := *t
	c.java, c.elem, c.listClass = java.erased(), elem, arrayClass(java.erased())
	return &c, ""
}

func (t *typ) asList(java javaType) (*typ, string) {
	class, ok := listClasses[java.class]
	if !ok && !slices.Contains(everything, java.class) {
		return nil, "java.util.List, java.util.Set, another collection of java.util, or an array such as long[]"
	}
	c := *t
	c.java, c.listClass = java.erased(), class
	if t.kind == kindSet && class == "" {
		c.listClass = t.listClass // Java would make a list of it
	}
	if len(java.args) == 0 {
		return &c, ""
	}
	elem, want := t.elem.argument(java.args, 0, 1)
	if elem == nil {
		return nil, java.class + "<" + want + ">"
	}
	c.elem = elem
	return &c, ""
}

func (t *typ) asMap(java javaType) (*typ, string) {
	class, ok := mapClasses[java.class]
	if java.dims > 0 || !ok && !slices.Contains(everything, java.class) {
		return nil, "java.util.Map or another map of java.util"
	}
	c := *t
	c.java, c.listClass = java.erased(), class
	if t.kind == kindPairs && class == "" && java.class != "java.util.HashMap" {
		c.listClass = t.listClass // it keeps the order
	}
	if len(java.args) == 0 {
		return &c, ""
	}
	key, wantKey := t.key.argument(java.args, 0, 2)
	elem, want := t.elem.argument(java.args, 1, 2)
	if key == nil || elem == nil {
		return nil, java.class + "<" + wantKey + "," + want + ">"
	}
	c.key, c.elem = key, elem
	return &c, ""
}

// argument returns t as argument i of n type arguments, and else what would
// have been right.
func (t *typ) argument(args []javaType, i, n int) (*typ, string) {
	want := t.java
	if s, ok := scalars[t.kind]; ok && s.boxed != "" {
		want = s.boxed
	} else if box := boxes[t.java]; box != "" {
		want = box
	}
	if len(args) != n || primitives[args[i].class] != "" && args[i].dims == 0 {
		return nil, want
	}
	r, other := t.retype(args[i])
	if r == nil {
		return nil, other
	}
	return r, want
}
