package fromjar

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gubbo/gubbo/internal/classfile"
	"github.com/gubbo/gubbo/internal/javaapi"
)

// mapped is a Go type that stands for a Java type.
type mapped struct {
	expr string
	// java is what the generator takes expr for where nothing else is said.
	java string
	// free is set for a type that may be declared as any Java class.
	free bool
	note string // what a reader should know, "" for nothing
}

// plain are the Java types that have one Go type.
var plain = map[string]mapped{
	"boolean": {expr: "bool", java: "boolean"}, "byte": {expr: "int8", java: "byte"}, "short": {expr: "int16", java: "short"},
	"int": {expr: "int32", java: "int"}, "long": {expr: "int64", java: "long"}, "float": {expr: "float32", java: "float"},
	"double": {expr: "float64", java: "double"}, "char": {expr: "string", java: "java.lang.String"},
	"byte[]": {expr: "[]byte", java: "byte[]"}, "java.lang.String": {expr: "string", java: "java.lang.String"},
	"java.lang.CharSequence": {expr: "string", java: "java.lang.String"},
	"java.util.Date":         {expr: "time.Time", java: "java.util.Date"},
	"java.lang.Object":       {expr: "any", java: "java.lang.Object", free: true},
	"java.io.Serializable":   {expr: "any", java: "java.lang.Object", free: true},
	"java.lang.Comparable":   {expr: "any", java: "java.lang.Object", free: true},
	"java.lang.Number":       {expr: "any", java: "java.lang.Object", free: true},
}

// sqlDates are dates only where something says so: in a list they would arrive
// in Java as java.util.Date.
var sqlDates = []string{"java.sql.Timestamp", "java.sql.Date", "java.sql.Time"}

// boxes are Java's boxed types, with the Go type inside the pointer.
var boxes = map[string]string{
	"java.lang.Boolean": "bool", "java.lang.Byte": "int8", "java.lang.Short": "int16", "java.lang.Integer": "int32",
	"java.lang.Long": "int64", "java.lang.Float": "float32", "java.lang.Double": "float64", "java.lang.Character": "string",
}

// listTypes and mapTypes are the collections of java.util that a slice or a map can be.
// Those that are true need no word of their own on the wire.
var (
	listTypes = map[string]bool{
		"java.util.List": true, "java.util.Collection": true, "java.lang.Iterable": true, "java.util.ArrayList": true,
		"java.util.LinkedList": false, "java.util.Queue": false, "java.util.Deque": false, "java.util.Vector": false,
		"java.util.Set": false, "java.util.HashSet": false, "java.util.LinkedHashSet": false,
		"java.util.SortedSet": false, "java.util.NavigableSet": false, "java.util.TreeSet": false,
	}
	mapTypes = map[string]bool{
		"java.util.Map": true, "java.util.HashMap": true,
		"java.util.LinkedHashMap": false, "java.util.Hashtable": false,
		"java.util.SortedMap": false, "java.util.NavigableMap": false, "java.util.TreeMap": false,
		"java.util.concurrent.ConcurrentMap": false, "java.util.concurrent.ConcurrentHashMap": false,
	}
	keys = []string{"string", "bool", "int8", "int16", "int32", "int64"}
)

// place says where a type stands.
type place struct {
	// top is a parameter, a result or a field: there a box is a pointer.
	top bool
	// declared is a place for which a directive or tag can name the Java type:
	// the top, and the elements of an array there.
	declared bool
}

// value returns the Go type of a parameter, result or field, and the Java type
// that must be declared for it, "" for none.
func (w *writer) value(v javaapi.Value) (m mapped, declare string, err error) {
	m, err = w.typ(v.Type, place{top: true, declared: true})
	if err != nil {
		return m, "", err
	}
	own := v.Type.Name
	if v.Type.Kind == classfile.Array || v.Type.Primitive() {
		own = v.Wire
	}
	if own != v.Wire && !m.free && !slices.Contains([]string{"java.lang.Object", "java.io.Serializable", "java.lang.Comparable"}, v.Wire) {
		// A type variable whose bound is neither.
		m = mapped{expr: "any", java: "java.lang.Object", free: true, note: "Java's " + v.Type.String() + " is declared as " + v.Wire}
	}
	if m.java != v.Wire {
		declare = v.Wire
	}
	return m, declare, nil
}

// anyOf is the way out for what has no Go type of its own.
func anyOf(t classfile.Type, why string) mapped {
	return mapped{expr: "any", java: "java.lang.Object", free: true, note: "Java's " + t.String() + ": " + why}
}

func (w *writer) typ(t classfile.Type, at place) (mapped, error) {
	if m, ok := plain[t.String()]; ok {
		return m, nil
	}
	if m, ok := plain[t.Name]; ok && t.Kind == classfile.Object { // Comparable<T>
		return m, nil
	}
	if t.Kind == classfile.Array {
		return w.array(t, at)
	}
	if t.Kind != classfile.Object {
		return mapped{}, fmt.Errorf("%s has no Go type", t)
	}
	if expr, ok := boxes[t.Name]; ok {
		java := t.Name
		if java == "java.lang.Character" {
			java = "java.lang.String"
		}
		if at.top {
			expr = "*" + expr
		}
		return mapped{expr: expr, java: java}, nil
	}
	if slices.Contains(sqlDates, t.Name) {
		if !at.declared {
			return anyOf(t, "a time.Time in a list or map would arrive as java.util.Date; set a *hessian.Object"), nil
		}
		return mapped{expr: "time.Time", java: "java.util.Date"}, nil
	}
	if direct, ok := listTypes[t.Name]; ok {
		return w.list(t, at, direct)
	}
	if direct, ok := mapTypes[t.Name]; ok {
		return w.mapOf(t, at, direct)
	}
	if javaapi.IsJDK(t.Name) {
		return anyOf(t, "it has no Go type of its own; it travels as what hessian.Decoder.Any gives"), nil
	}
	if isStream(t.Name) {
		return mapped{}, fmt.Errorf("streams (%s) are not supported", t.Name)
	}
	c, err := w.class(t.Name)
	if err != nil {
		return mapped{}, err
	}
	m := mapped{java: t.Name, free: true}
	switch c.Form {
	case javaapi.Enum:
		m.expr = w.goNames[t.Name]
	case javaapi.Bean, javaapi.Record, javaapi.Exception:
		m.expr = "*" + w.goNames[t.Name]
	case javaapi.Abstract:
		subs := w.subclasses[t.Name]
		if len(subs) == 0 {
			return anyOf(t, "it is abstract, and no class in the jars extends it"), nil
		}
		var names []string
		for _, s := range subs {
			if n := w.goNames[s]; n != "" {
				names = append(names, n)
			}
		}
		return anyOf(t, "it is abstract; one of "+strings.Join(names, ", ")), nil
	default:
		return anyOf(t, "it extends "+c.Base+", so it is no object with fields"), nil
	}
	return m, nil
}

// isStream tells whether a class is one of Dubbo's for streams.
func isStream(name string) bool {
	return strings.HasSuffix(name, ".StreamObserver") || strings.HasPrefix(name, "reactor.core.publisher.") || strings.HasPrefix(name, "io.reactivex.")
}

func (w *writer) array(t classfile.Type, at place) (mapped, error) {
	if t.Elem.Kind == classfile.Char {
		return mapped{}, errors.New("char[] has no Go type; let Java use String")
	}
	if !at.declared {
		return anyOf(t, "a list of its own inside of a list or map would arrive as java.util.List; set a *hessian.List"), nil
	}
	if strings.Count(t.String(), "[]") > 2 {
		return mapped{}, errors.New("arrays of more than two dimensions are not supported; let Java use lists")
	}
	elem, err := w.typ(*t.Elem, place{declared: true})
	return mapped{expr: "[]" + elem.expr, java: "java.util.List", note: elem.note}, err
}

func (w *writer) list(t classfile.Type, at place, direct bool) (mapped, error) {
	if !direct && !at.declared {
		return anyOf(t, "inside of a list or map it would arrive as java.util.List; set a *hessian.List"), nil
	}
	elem := plain["java.lang.Object"]
	if len(t.Args) == 1 {
		var err error
		if elem, err = w.typ(t.Args[0], place{}); err != nil {
			return mapped{}, err
		}
	}
	return mapped{expr: "[]" + elem.expr, java: "java.util.List", note: elem.note}, nil
}

func (w *writer) mapOf(t classfile.Type, at place, direct bool) (mapped, error) {
	if !direct && !at.declared {
		return anyOf(t, "inside of a list or map it would arrive as java.util.Map; set a *hessian.Map"), nil
	}
	if len(t.Args) != 2 {
		return anyOf(t, "its keys may be anything; it arrives as a map[string]any or a *hessian.Map"), nil
	}
	key, err := w.typ(t.Args[0], place{})
	if err != nil {
		return mapped{}, err
	}
	elem, err := w.typ(t.Args[1], place{})
	if err != nil {
		return mapped{}, err
	}
	if c := w.classes[t.Args[0].Name]; !slices.Contains(keys, key.expr) && (c == nil || c.Form != javaapi.Enum) {
		return anyOf(t, "its keys are none of a Go map; it arrives as a *hessian.Map"), nil
	}
	note := key.note
	if note == "" {
		note = elem.note
	}
	return mapped{expr: "map[" + key.expr + "]" + elem.expr, java: "java.util.Map", note: note}, nil
}
