package gen

import "go/types"

// values are the types of protocol/hessian that stand for one Java class each
// and write and read themselves.
var values = map[string]struct {
	java string
	key  bool // whether it can be the key of a map
}{
	"Char":           {"char", true},
	"BigDecimal":     {"java.math.BigDecimal", true},
	"UUID":           {"java.util.UUID", true},
	"Locale":         {"java.util.Locale", true},
	"Currency":       {"java.util.Currency", true},
	"BitSet":         {"java.util.BitSet", false},
	"Calendar":       {"java.util.Calendar", false},
	"Timestamp":      {"java.sql.Timestamp", true},
	"SQLDate":        {"java.sql.Date", true},
	"SQLTime":        {"java.sql.Time", true},
	"LocalDate":      {"java.time.LocalDate", true},
	"LocalTime":      {"java.time.LocalTime", true},
	"LocalDateTime":  {"java.time.LocalDateTime", true},
	"Instant":        {"java.time.Instant", true},
	"Duration":       {"java.time.Duration", true},
	"Period":         {"java.time.Period", true},
	"Year":           {"java.time.Year", true},
	"YearMonth":      {"java.time.YearMonth", true},
	"MonthDay":       {"java.time.MonthDay", true},
	"ZoneID":         {"java.time.ZoneId", true},
	"ZoneOffset":     {"java.time.ZoneOffset", true},
	"OffsetDateTime": {"java.time.OffsetDateTime", true},
	"OffsetTime":     {"java.time.OffsetTime", true},
	"ZonedDateTime":  {"java.time.ZonedDateTime", true},
}

// boxes are the classes of values that are primitive in Java.
var boxes = map[string]string{"char": "java.lang.Character"}

// dates are what a time.Time can be but for a java.util.Date, each with what
// writes it. All are read as a date.
var dates = map[string]string{
	"java.sql.Timestamp": "hessian.Timestamp{Time: %s}", "java.sql.Date": "hessian.SQLDate{Time: %s}", "java.sql.Time": "hessian.SQLTime{Time: %s}",
	"java.time.Instant": "hessian.Instant{Time: %s}", "java.util.Calendar": "hessian.Calendar{Time: %s}",
}

// value returns what a type of protocol/hessian is, nil if it is no value.
func (g *generator) value(n *types.Named) *typ {
	if p := n.Obj().Pkg(); p == nil || p.Path() != hessianPkg {
		return nil
	}
	v, ok := values[n.Obj().Name()]
	if !ok {
		return nil
	}
	return &typ{kind: kindValue, goType: "hessian." + n.Obj().Name(), java: v.java}
}

// isKey reports whether a map can have keys of t, whose Go type is u.
func (t *typ) isKey(u types.Type) bool {
	switch t.kind {
	case kindAny, kindError, kindBytes, kindSlice, kindMap, kindSet, kindPairs, kindBigInt:
		return false
	case kindPointer:
		return t.elem.kind == kindStruct
	case kindStruct:
		return types.Comparable(u)
	case kindValue:
		return values[t.goType[len("hessian."):]].key
	}
	return true
}
