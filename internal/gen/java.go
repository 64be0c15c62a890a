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

// lists are the collections that a slice can be, each with the class that it
// is on the wire; "" is Hessian's own list, which Java reads as an ArrayList.
var lists = map[string]string{
	"java.util.List": "", "java.util.Collection": "", "java.lang.Iterable": "", "java.util.ArrayList": "",
	"java.util.LinkedList": "java.util.LinkedList", "java.util.Queue": "java.util.LinkedList", "java.util.Deque": "java.util.LinkedList",
	"java.util.Vector": "java.util.Vector",
	"java.util.Set":    "java.util.HashSet", "java.util.HashSet": "java.util.HashSet", "java.util.LinkedHashSet": "java.util.LinkedHashSet",
	"java.util.SortedSet": "java.util.TreeSet", "java.util.NavigableSet": "java.util.TreeSet", "java.util.TreeSet": "java.util.TreeSet",
}

// maps are the same for maps; "" is a HashMap.
var maps = map[string]string{
	"java.util.Map": "", "java.util.HashMap": "",
	"java.util.LinkedHashMap": "java.util.LinkedHashMap", "java.util.Hashtable": "java.util.Hashtable",
	"java.util.SortedMap": "java.util.TreeMap", "java.util.NavigableMap": "java.util.TreeMap", "java.util.TreeMap": "java.util.TreeMap",
	"java.util.concurrent.ConcurrentMap": "java.util.concurrent.ConcurrentHashMap", "java.util.concurrent.ConcurrentHashMap": "java.util.concurrent.ConcurrentHashMap",
}

// noArrays are element types whose arrays are no lists in Hessian.
var noArrays = map[string]string{"byte": "[]byte, which is Java's byte[]", "char": "a string"}

// keywords are words that Java's compiler keeps for itself.
var keywords = map[string]bool{
	"abstract": true, "assert": true, "boolean": true, "break": true, "byte": true, "case": true, "catch": true,
	"char": true, "class": true, "const": true, "continue": true, "default": true, "do": true, "double": true,
	"else": true, "enum": true, "extends": true, "final": true, "finally": true, "float": true, "for": true,
	"goto": true, "if": true, "implements": true, "import": true, "instanceof": true, "int": true,
	"interface": true, "long": true, "native": true, "new": true, "package": true, "private": true,
	"protected": true, "public": true, "return": true, "short": true, "static": true, "strictfp": true,
	"super": true, "switch": true, "synchronized": true, "this": true, "throw": true, "throws": true,
	"transient": true, "try": true, "void": true, "volatile": true, "while": true, "true": true, "false": true,
	"null": true,
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

// upperFirst returns the exported form of a Go name.
func upperFirst(s string) string {
	r := []rune(s)
	r[0] = unicode.ToUpper(r[0])
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
			if other := noArrays[elem]; other != "" {
				return nil, "java.util.List or another array; for " + java + " use " + other
			}
			e, want := t.elem.retype(elem)
			if e == nil {
				return nil, "java.util.List or an array of " + want
			}
			c.elem, c.listClass = e, arrayClass(java)
			return &c, ""
		}
		class, ok := lists[java]
		if !ok && !slices.Contains(everything, java) {
			return nil, "java.util.List, java.util.Set, another collection of java.util, or an array such as long[]"
		}
		c.listClass = class
		return &c, ""
	case kindMap:
		class, ok := maps[java]
		if !ok && !slices.Contains(everything, java) {
			return nil, "java.util.Map or another map of java.util"
		}
		c.listClass = class
		return &c, ""
	}
	return nil, t.java
}
