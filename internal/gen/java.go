package gen

import (
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

// listClasses are the collections that a slice can be, each with the class that it
// is on the wire; "" is Hessian's own list, which Java reads as an ArrayList.
var listClasses = map[string]string{
	"java.util.List": "", "java.util.Collection": "", "java.lang.Iterable": "", "java.util.ArrayList": "",
	"java.util.LinkedList": "java.util.LinkedList", "java.util.Queue": "java.util.LinkedList", "java.util.Deque": "java.util.LinkedList",
	"java.util.Vector": "java.util.Vector", "java.util.Stack": "java.util.Stack", "java.util.ArrayDeque": "java.util.ArrayDeque",
	"java.util.concurrent.CopyOnWriteArrayList": "java.util.concurrent.CopyOnWriteArrayList", "java.util.concurrent.CopyOnWriteArraySet": "java.util.concurrent.CopyOnWriteArraySet",
	"java.util.Set": "java.util.HashSet", "java.util.HashSet": "java.util.HashSet", "java.util.LinkedHashSet": "java.util.LinkedHashSet",
	"java.util.SortedSet": "java.util.TreeSet", "java.util.NavigableSet": "java.util.TreeSet", "java.util.TreeSet": "java.util.TreeSet",
}

// mapClasses are the same for maps; "" is a HashMap.
var mapClasses = map[string]string{
	"java.util.Map": "", "java.util.HashMap": "",
	"java.util.LinkedHashMap": "java.util.LinkedHashMap", "java.util.Hashtable": "java.util.Hashtable", "java.util.Properties": "java.util.Properties",
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
