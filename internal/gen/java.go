package gen

import (
	"slices"
	"strings"
	"unicode"
)

// primitives are Java's, with their letters in descriptors.
var primitives = map[string]string{
	"boolean": "Z", "byte": "B", "char": "C", "short": "S", "int": "I", "long": "J", "float": "F", "double": "D", "void": "V",
}

// everything are Java types that hold a value of any class.
var everything = []string{"java.lang.Object", "java.io.Serializable", "java.lang.Comparable"}

// descriptor returns the JVM descriptor of a Java type as people write it.
func descriptor(java string) string {
	if elem, ok := strings.CutSuffix(java, "[]"); ok {
		return "[" + descriptor(elem)
	}
	if p := primitives[java]; p != "" {
		return p
	}
	return "L" + strings.ReplaceAll(java, ".", "/") + ";"
}

// arrayClass returns what Hessian calls an array: "[int", "[string", "[[int".
func arrayClass(java string) string {
	elem, ok := strings.CutSuffix(java, "[]")
	if !ok {
		switch java {
		case "java.lang.String":
			return "string"
		case "java.lang.Object":
			return "object"
		case "java.util.Date":
			return "date"
		}
		return java
	}
	return "[" + arrayClass(elem)
}

// isJavaType says whether s is a Java type as people write it.
func isJavaType(s string) bool {
	s = strings.TrimSuffix(strings.TrimSuffix(s, "[]"), "[]")
	return s != "void" && javaClass.MatchString(s)
}

// lowerFirst returns the Java name of a Go name: "GetUser" is "getUser", "ID"
// is "id", "URLPath" is "urlPath".
func lowerFirst(s string) string {
	r := []rune(s)
	for i := range r {
		if !unicode.IsUpper(r[i]) || i > 0 && i+1 < len(r) && unicode.IsLower(r[i+1]) {
			break
		}
		r[i] = unicode.ToLower(r[i])
	}
	return string(r)
}

// retype returns t as the Java type that types=, result= or a field's tag
// names, or what would have been right.
func (t *typ) retype(java string) (*typ, string) {
	c := *t
	c.java = java
	if s, ok := scalars[t.kind]; ok && t.kind != kindAny && t.kind != kindBytes {
		may := append([]string{s.java}, s.also...)
		if slices.Contains(may, java) || slices.Contains(everything, java) {
			return &c, ""
		}
		return nil, strings.Join(may, ", ")
	}
	_, primitive := primitives[java]
	array := strings.HasSuffix(java, "[]")
	switch t.kind {
	case kindBytes:
		if java == "byte[]" || slices.Contains(everything, java) {
			return &c, ""
		}
		return nil, "byte[]"
	case kindPointer:
		if t.elem.kind != kindStruct {
			may := append([]string{t.java}, scalars[t.elem.kind].also...)
			if slices.Contains(may, java) && !primitive || slices.Contains(everything, java) {
				return &c, ""
			}
			return nil, t.java
		}
		fallthrough
	case kindAny, kindEnum, kindStruct:
		if !primitive && !array {
			return &c, ""
		}
		return nil, "a class"
	case kindSlice:
		if array {
			elem, _ := strings.CutSuffix(java, "[]")
			e, want := t.elem.retype(elem)
			if e == nil {
				return nil, "java.util.List or an array of " + want
			}
			c.elem, c.listClass = e, arrayClass(java)
			return &c, ""
		}
		switch java {
		case "java.util.List", "java.util.Collection", "java.lang.Iterable", "java.util.ArrayList":
			c.listClass = ""
		case "java.util.Set":
			c.listClass = "java.util.HashSet"
		default:
			if !strings.HasPrefix(java, "java.util.") {
				if slices.Contains(everything, java) {
					c.listClass = ""
					return &c, ""
				}
				return nil, "java.util.List, java.util.Set, another collection of java.util, or an array such as long[]"
			}
			c.listClass = java
		}
		return &c, ""
	case kindMap:
		switch {
		case java == "java.util.Map", java == "java.util.HashMap", slices.Contains(everything, java):
			c.listClass = ""
		case strings.HasPrefix(java, "java.util.") && !array:
			c.listClass = java
		default:
			return nil, "java.util.Map or another map of java.util"
		}
		return &c, ""
	}
	return nil, t.java
}
