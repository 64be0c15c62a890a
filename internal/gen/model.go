package gen

import (
	"go/token"
	"time"
)

// service is an annotated interface: a service, or a listener.
type service struct {
	listener       bool
	pos            token.Pos
	goName         string
	iface          string // of Java
	group, version string
	file           string // base name of the source
	methods        []*method
	types          []*class // what its signatures reach, in a stable order
}

// method is one method of a service.
type method struct {
	pos        token.Pos
	goName     string
	javaName   string
	desc       string
	params     []*param
	result     *typ   // nil for none
	resultJava string // "void" for none
	idempotent bool
	oneway     bool
	timeout    time.Duration
	throws     []*class
	release    bool // its listeners are taken back
}

// param is one parameter after the context.
type param struct {
	goName string
	typ    *typ
}

// class is a struct or enum that has a Java class.
type class struct {
	owner     *generator // of its package
	pos       token.Pos
	goName    string
	javaName  string
	file      string // base name of the source
	enum      bool
	constants []string // of an enum: Go names
	exception bool
	// pojo is set for a type of dubbo-go's users: a struct whose fields have
	// their names, or an enum that is an int32 with methods.
	pojo     bool
	instance bool // of a generic type, as in type Users Page[User]
	fields   []*field
	supers   []superclass
	// message and cause are the Go fields of an exception that hold
	// Throwable's, "" for none.
	message, cause string
	// causeType is what the cause is declared as, if it is no error.
	causeType string
}

// field is a field of a class.
type field struct {
	pos      token.Pos
	goName   string
	javaName string
	typ      *typ
}

// superclass is an embedded struct with a Java class, at any depth.
type superclass struct {
	pos              token.Pos
	goName, javaName string
}

// kind says how a Go type travels.
type kind int

const (
	kindBool kind = iota
	kindInt8
	kindInt16
	kindInt32
	kindInt64
	kindInt
	kindFloat32
	kindFloat64
	kindString
	kindBytes
	kindTime
	kindAny
	kindError    // a Throwable
	kindDuration // time.Duration
	kindBigInt   // *big.Int
	kindValue    // a type of protocol/hessian that writes itself
	kindEnum
	kindUnion   // an interface
	kindStruct  // a struct by value
	kindPointer // to elem: a struct, or something boxed
	kindSlice
	kindMap
	kindListener // of a service's method, which calls it back
	kindSet      // map[K]struct{}
	kindPairs    // hessian.Pairs[K, V]
)

// typ is a Go type and what it is in Java.
type typ struct {
	kind      kind
	goType    string // as generated code writes it
	java      string // as Params of api.Method writes it
	own       string // what java was before a directive or tag said another, "" for the same
	listClass string // what a list or map is called on the wire, "" for untyped
	wrap      string // a format for what is written in place of a value
	class     *class // of a struct or enum
	listener  *service
	union     *union // of an interface
	key, elem *typ
}

// scalars ties the kinds that are one value on the wire to Go, to Java, and to
// the methods of Encoder and Decoder.
var scalars = map[kind]struct {
	goType string
	java   string   // as it is
	boxed  string   // as a pointer
	also   []string // what types= may say instead
	method string   // of Encoder and Decoder
	wire   string   // the Go type of that method
}{
	kindBool:     {"bool", "boolean", "java.lang.Boolean", []string{"java.lang.Boolean"}, "Bool", "bool"},
	kindInt8:     {"int8", "byte", "java.lang.Byte", []string{"java.lang.Byte", "java.lang.Number"}, "Int", "int32"},
	kindInt16:    {"int16", "short", "java.lang.Short", []string{"java.lang.Short", "java.lang.Number"}, "Int", "int32"},
	kindInt32:    {"int32", "int", "java.lang.Integer", []string{"java.lang.Integer", "short", "byte", "java.lang.Short", "java.lang.Byte", "java.lang.Number"}, "Int", "int32"},
	kindInt64:    {"int64", "long", "java.lang.Long", []string{"java.lang.Long", "java.lang.Number"}, "Long", "int64"},
	kindInt:      {"int", "long", "java.lang.Long", []string{"java.lang.Long", "java.lang.Number"}, "Long", "int64"},
	kindFloat32:  {"float32", "float", "java.lang.Float", []string{"java.lang.Float", "java.lang.Number"}, "Float", "float32"},
	kindFloat64:  {"float64", "double", "java.lang.Double", []string{"java.lang.Double", "java.lang.Number"}, "Double", "float64"},
	kindString:   {"string", "java.lang.String", "java.lang.String", []string{"char", "java.lang.Character", "java.lang.CharSequence", "char[]"}, "String", "string"},
	kindBytes:    {"[]byte", "byte[]", "", nil, "Binary", "[]byte"},
	kindTime:     {"time.Time", "java.util.Date", "java.util.Date", []string{"java.sql.Timestamp", "java.sql.Date", "java.sql.Time", "java.time.Instant", "java.util.Calendar"}, "Date", "time.Time"},
	kindDuration: {"time.Duration", "java.time.Duration", "java.time.Duration", nil, "Duration", "time.Duration"},
	kindBigInt:   {"*big.Int", "java.math.BigInteger", "", []string{"java.lang.Number"}, "BigInteger", "*big.Int"},
	kindError:    {"error", "java.lang.Throwable", "", []string{"java.lang.Exception", "java.lang.RuntimeException", "java.lang.Error"}, "Exception", "error"},
	kindAny:      {"any", "java.lang.Object", "", nil, "Any", "any"},
}
