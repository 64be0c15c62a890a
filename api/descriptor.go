package api

import (
	"fmt"
	"strings"
)

// Descriptor returns the JVM descriptor of parameters with these Java types,
// as Method.Desc has it: "ILjava/lang/String;" for "int" and
// "java.lang.String". An array is written "int[]", or as Java's Class.getName
// does, "[I" and "[Ljava.lang.String;". What is no type is an error.
func Descriptor(types ...string) (string, error) {
	var b strings.Builder
	for _, t := range types {
		name := strings.TrimLeft(t, "[")
		dims := len(t) - len(name)
		if dims > 0 {
			element, ok := arrayElement(name)
			if !ok {
				return "", notJava(t)
			}
			name = element
		}
		for strings.HasSuffix(name, "[]") {
			name = strings.TrimSuffix(name, "[]")
			dims++
		}
		letter := primitive(name)
		if dims > 255 || letter == "" && (name == "" || name == "void" || strings.ContainsAny(name, " []<>;/\t\r\n")) {
			return "", notJava(t)
		}
		b.WriteString(strings.Repeat("[", dims))
		if letter != "" {
			b.WriteString(letter)
			continue
		}
		b.WriteByte('L')
		b.WriteString(strings.ReplaceAll(name, ".", "/"))
		b.WriteByte(';')
	}
	return b.String(), nil
}

// arrayElement returns the element type of an array that Class.getName named,
// its brackets taken off.
func arrayElement(name string) (string, bool) {
	if class, ok := strings.CutPrefix(name, "L"); ok && strings.HasSuffix(class, ";") {
		return strings.TrimSuffix(class, ";"), true
	}
	for _, p := range primitives {
		if p.letter == name {
			return p.name, true
		}
	}
	return "", false
}

func notJava(t string) error {
	if len(t) > 120 {
		t = t[:120] + "…"
	}
	return fmt.Errorf("%q is no Java type; write one like long, java.lang.String, java.lang.String[] or java.util.List", t)
}

// primitives are Java's, each with its letter in a descriptor.
var primitives = [...]struct{ name, letter string }{
	{"boolean", "Z"}, {"byte", "B"}, {"char", "C"}, {"short", "S"},
	{"int", "I"}, {"long", "J"}, {"float", "F"}, {"double", "D"},
}

func primitive(name string) string {
	for _, p := range primitives {
		if p.name == name {
			return p.letter
		}
	}
	return ""
}
