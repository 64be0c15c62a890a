package fromjar

import (
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
	// declare is how a directive or tag calls the Java type, arguments and all.
	declare string
	// inside is set if an argument is not what the generator would take it for.
	inside bool
	// free is set for a type that may be declared as any Java class, fixed for
	// one that may be declared as no other.
	free, fixed bool
	key         bool   // whether a Go map can have such keys
	note        string // what a reader should know, "" for nothing
}

// plain are the Java types that have one Go type; docs/types.md has the table.
var plain = map[string]mapped{
	"boolean": {expr: "bool", java: "boolean", key: true}, "byte": {expr: "int8", java: "byte", key: true},
	"short": {expr: "int16", java: "short", key: true}, "int": {expr: "int32", java: "int", key: true},
	"long": {expr: "int64", java: "long", key: true}, "float": {expr: "float32", java: "float", key: true},
	"double": {expr: "float64", java: "double", key: true}, "char": {expr: "hessian.Char", java: "char", key: true},
	"byte[]": {expr: "[]byte", java: "byte[]"}, "char[]": {expr: "string", java: "java.lang.String"},
	"java.lang.String":           {expr: "string", java: "java.lang.String", key: true},
	"java.lang.CharSequence":     {expr: "string", java: "java.lang.String"},
	"java.util.Date":             {expr: "time.Time", java: "java.util.Date", key: true},
	"java.math.BigInteger":       {expr: "*big.Int", java: "java.math.BigInteger"},
	"java.lang.Object":           {expr: "any", java: "java.lang.Object", free: true},
	"java.io.Serializable":       {expr: "any", java: "java.lang.Object", free: true},
	"java.lang.Comparable":       {expr: "any", java: "java.lang.Object", free: true},
	"java.lang.Number":           {expr: "any", java: "java.lang.Object", free: true},
	"java.lang.Throwable":        {expr: "error", java: "java.lang.Throwable"},
	"java.lang.Exception":        {expr: "error", java: "java.lang.Throwable"},
	"java.lang.RuntimeException": {expr: "error", java: "java.lang.Throwable"},
	"java.lang.Error":            {expr: "error", java: "java.lang.Throwable"},
}

// values are the classes of the JDK that package hessian has a type for. Those
// that are true have a zero value that is not null.
var values = map[string]struct {
	name    string
	nonzero bool
	key     bool
}{
	"java.math.BigDecimal": {"BigDecimal", false, true},
	"java.util.UUID":       {"UUID", true, true}, "java.util.Locale": {"Locale", true, true}, "java.util.Currency": {"Currency", false, true},
	"java.util.BitSet": {"BitSet", false, false}, "java.util.Calendar": {"Calendar", false, false},
	"java.sql.Timestamp": {"Timestamp", false, true}, "java.sql.Date": {"SQLDate", false, true}, "java.sql.Time": {"SQLTime", false, true},
	"java.time.LocalDate": {"LocalDate", false, true}, "java.time.LocalTime": {"LocalTime", true, true}, "java.time.LocalDateTime": {"LocalDateTime", false, true},
	"java.time.Instant": {"Instant", false, true}, "java.time.Duration": {"Duration", true, true}, "java.time.Period": {"Period", true, true},
	"java.time.Year": {"Year", true, true}, "java.time.YearMonth": {"YearMonth", false, true}, "java.time.MonthDay": {"MonthDay", false, true},
	"java.time.ZoneId": {"ZoneID", false, true}, "java.time.ZoneOffset": {"ZoneOffset", true, true},
	"java.time.OffsetDateTime": {"OffsetDateTime", false, true}, "java.time.OffsetTime": {"OffsetTime", true, true}, "java.time.ZonedDateTime": {"ZonedDateTime", false, true},
}

// boxes are Java's boxed types, with the Go type inside the pointer.
var boxes = map[string]string{
	"java.lang.Boolean": "bool", "java.lang.Byte": "int8", "java.lang.Short": "int16", "java.lang.Integer": "int32",
	"java.lang.Long": "int64", "java.lang.Float": "float32", "java.lang.Double": "float64", "java.lang.Character": "hessian.Char",
}

// The collections of java.util that the generator knows: lists are slices, sets
// are maps of nothing where their order says nothing, mapTypes are maps, and
// those that keep the order are hessian.Pairs.
var (
	listTypes = []string{
		"java.util.List", "java.util.Collection", "java.lang.Iterable", "java.util.ArrayList", "java.util.LinkedList", "java.util.Queue",
		"java.util.Deque", "java.util.Vector", "java.util.Stack", "java.util.ArrayDeque", "java.util.concurrent.CopyOnWriteArrayList",
		"java.util.concurrent.CopyOnWriteArraySet", "java.util.LinkedHashSet", "java.util.SortedSet", "java.util.NavigableSet", "java.util.TreeSet",
	}
	setTypes = []string{"java.util.Set", "java.util.HashSet"}
	mapTypes = []string{
		"java.util.Map", "java.util.HashMap", "java.util.Hashtable", "java.util.SortedMap", "java.util.NavigableMap", "java.util.TreeMap",
		"java.util.concurrent.ConcurrentMap", "java.util.concurrent.ConcurrentHashMap",
	}
	orderedMaps = []string{"java.util.LinkedHashMap"}
)

// value returns the Go type of a parameter, result or field, and the Java type
// that must be declared for it, "" for none.
func (w *writer) value(v javaapi.Value) (m mapped, declare string, err error) {
	m, err = w.typ(v.Type, true)
	if err != nil {
		return m, "", err
	}
	own := erasure(v.Type)
	if own != v.Wire { // a type variable that stands for something
		anything := slices.Contains([]string{"java.lang.Object", "java.io.Serializable", "java.lang.Comparable"}, v.Wire)
		if m.fixed || m.inside || !m.free && !anything {
			m = anyOf(v.Type, "it is declared as "+v.Wire)
		}
		return m, v.Wire, nil
	}
	if m.java != v.Wire || m.inside {
		declare = m.declare
	}
	return m, declare, nil
}

// erasure returns t as a descriptor's type is written.
func erasure(t classfile.Type) string {
	if t.Kind == classfile.Array {
		return erasure(*t.Elem) + "[]"
	}
	t.Args = nil
	return t.String()
}

// anyOf is the way out for what has no Go type of its own.
func anyOf(t classfile.Type, why string) mapped {
	return mapped{expr: "any", java: "java.lang.Object", declare: erasure(t), free: true, note: "Java's " + t.String() + ": " + why}
}

// typ maps a type: of a parameter, result or field at the top, else of an
// element, where a box needs no pointer.
func (w *writer) typ(t classfile.Type, top bool) (mapped, error) {
	m, ok := plain[erasure(t)]
	if ok {
		m.declare = erasure(t)
		return m, nil
	}
	if t.Kind == classfile.Array {
		elem, err := w.typ(*t.Elem, false)
		return mapped{expr: "[]" + elem.expr, java: "java.util.List", declare: elem.declare + "[]", note: elem.note}, err
	}
	if t.Kind != classfile.Object {
		return mapped{}, fmt.Errorf("%s has no Go type", t)
	}
	m = mapped{java: t.Name, declare: t.Name}
	if expr, ok := boxes[t.Name]; ok {
		m.expr, m.key = expr, true
		if top {
			m.expr = "*" + expr
		}
		return m, nil
	}
	if v, ok := values[t.Name]; ok {
		m.expr, m.key = "hessian."+v.name, v.key
		if top && v.nonzero {
			m.expr = "*" + m.expr
		}
		return m, nil
	}
	switch {
	case slices.Contains(listTypes, t.Name), slices.Contains(setTypes, t.Name):
		return w.list(t)
	case slices.Contains(mapTypes, t.Name), slices.Contains(orderedMaps, t.Name):
		return w.mapOf(t)
	case javaapi.IsJDK(t.Name):
		return anyOf(t, "it has no Go type of its own; it travels as what hessian.Decoder.Any gives"), nil
	case isStream(t.Name):
		return mapped{}, fmt.Errorf("streams (%s) are not supported", t.Name)
	}
	c, err := w.class(t.Name)
	if err != nil {
		return mapped{}, err
	}
	m.free, m.expr = true, w.goNames[t.Name]
	switch c.Form {
	case javaapi.Enum:
		m.key = true
	case javaapi.Abstract:
		if m.expr == "" {
			return anyOf(t, "no class in the jars extends it; add theirs with --from, or, if it is a listener that the provider calls back, declare its interface with //gubbo:callback "+t.Name), nil
		}
	case javaapi.Opaque:
		return anyOf(t, "it extends "+c.Base+", so it is no object with fields"), nil
	default:
		m.expr = "*" + m.expr
	}
	return m, nil
}

// isStream tells whether a class is one of Dubbo's for streams.
func isStream(name string) bool {
	return strings.HasSuffix(name, ".StreamObserver") || strings.HasPrefix(name, "reactor.core.publisher.") || strings.HasPrefix(name, "io.reactivex.")
}

// list maps a collection with one type argument, or a raw one.
func (w *writer) list(t classfile.Type) (mapped, error) {
	m := mapped{expr: "[]any", java: "java.util.List", declare: t.Name}
	if len(t.Args) != 1 {
		return m, nil
	}
	elem, err := w.typ(t.Args[0], false)
	if err != nil {
		return mapped{}, err
	}
	m.expr, m.note = "[]"+elem.expr, elem.note
	if slices.Contains(setTypes, t.Name) && elem.key {
		m.expr, m.java = "map["+elem.expr+"]struct{}", "java.util.Set"
	}
	m.arguments(t, elem)
	return m, nil
}

// mapOf maps a map with two type arguments, or a raw one.
func (w *writer) mapOf(t classfile.Type) (mapped, error) {
	m := mapped{expr: "hessian.Pairs[any, any]", java: "java.util.Map", declare: t.Name}
	if len(t.Args) != 2 {
		return m, nil
	}
	key, err := w.typ(t.Args[0], false)
	if err != nil {
		return mapped{}, err
	}
	elem, err := w.typ(t.Args[1], false)
	if err != nil {
		return mapped{}, err
	}
	m.expr = "hessian.Pairs[" + key.expr + ", " + elem.expr + "]"
	if key.key && !slices.Contains(orderedMaps, t.Name) {
		m.expr = "map[" + key.expr + "]" + elem.expr
	}
	m.note = key.note
	if m.note == "" {
		m.note = elem.note
	}
	m.arguments(t, key, elem)
	return m, nil
}

// arguments adds type arguments to what declares m, where the generator would
// take one of them for something else.
func (m *mapped) arguments(t classfile.Type, args ...mapped) {
	var list []string
	for i, a := range args {
		list = append(list, a.declare)
		if a.inside || a.expr != "any" && a.java != erasure(t.Args[i]) {
			m.inside = true
		}
	}
	if m.inside {
		m.declare += "<" + strings.Join(list, ",") + ">"
	}
}
