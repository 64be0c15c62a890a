package hessian

import (
	"errors"
	"fmt"
	"reflect"
)

// Exception is a Java throwable that has no Go type of its own. It is an
// error, and is encoded back as it came.
type Exception struct { //nolint:errname // it is a java.lang.Exception, and its users say so
	// Class is the Java class, e.g. "java.lang.IllegalStateException".
	Class string
	// Message is Java's detailMessage.
	Message string
	// Cause is another *Exception, a declared exception, or nil.
	Cause error
	// Fields are all fields as they came, stackTrace and suppressedExceptions
	// among them. When it is encoded, Message and Cause count rather than the
	// fields detailMessage and cause. One's own Exception needs no Fields.
	Fields []Field
}

// Error returns "class: message".
func (x *Exception) Error() string {
	if x.Message == "" {
		return x.Class
	}
	return x.Class + ": " + x.Message
}

// Unwrap returns the cause.
func (x *Exception) Unwrap() error { return x.Cause }

// StackFrame is a java.lang.StackTraceElement.
type StackFrame struct {
	Class, Method, File string
	Line                int // -1 if unknown, -2 in native code
}

// String returns the frame as Java prints it.
func (f StackFrame) String() string {
	switch {
	case f.Line == -2:
		return fmt.Sprintf("%s.%s(Native Method)", f.Class, f.Method)
	case f.File == "":
		return fmt.Sprintf("%s.%s(Unknown Source)", f.Class, f.Method)
	case f.Line < 0:
		return fmt.Sprintf("%s.%s(%s)", f.Class, f.Method, f.File)
	}
	return fmt.Sprintf("%s.%s(%s:%d)", f.Class, f.Method, f.File, f.Line)
}

// StackTrace returns where Java threw x, innermost frame first, as far as it
// came along in Fields.
func (x *Exception) StackTrace() []StackFrame {
	var frames []StackFrame
	for _, v := range x.items(fieldStack) {
		o, ok := v.(*Object)
		if !ok {
			continue
		}
		text := func(name string) string { s, _ := o.Get(name).(string); return s }
		line := -1
		switch n := o.Get("lineNumber").(type) {
		case int32:
			line = int(n)
		case int64:
			line = int(n)
		}
		frames = append(frames, StackFrame{text("declaringClass"), text("methodName"), text("fileName"), line})
	}
	return frames
}

// Suppressed returns the exceptions that Java suppressed in favour of x, as
// far as they came along in Fields.
func (x *Exception) Suppressed() []error {
	var errs []error
	for _, v := range x.items(fieldSuppressed) {
		if err, ok := v.(error); ok {
			errs = append(errs, err)
		}
	}
	return errs
}

// items returns those of a list among the fields.
func (x *Exception) items(name string) []any {
	o := Object{Fields: x.Fields}
	switch v := o.Get(name).(type) {
	case []any:
		return v
	case *List:
		return v.Items
	}
	return nil
}

// Names of java.lang.Throwable's fields.
const (
	fieldSuppressed = "suppressedExceptions"
	fieldStack      = "stackTrace"
	fieldCause      = "cause"
	fieldMessage    = "detailMessage"
)

const (
	emptyListClass  = "java.util.Collections$EmptyList"
	stackTraceClass = "[" + stackElementClass
	runtimeClass    = "java.lang.RuntimeException"
)

// ThrowableFields are the fields of java.lang.Throwable in the order in which
// Encoder.Throwable writes their values. A declared exception's ClassDesc
// begins with them.
func ThrowableFields() []string {
	return []string{fieldSuppressed, fieldStack, fieldCause, fieldMessage}
}

func isThrowable(fields []string) bool {
	for _, f := range fields {
		if f == fieldMessage {
			return true
		}
	}
	return false
}

// set makes v, which was read, x's field i.
func (x *Exception) set(i int, name string, v any) {
	x.Fields[i] = Field{name, v}
	switch name {
	case fieldMessage:
		x.Message, _ = v.(string)
	case fieldCause:
		x.Cause = causeOf(x, v)
	}
}

// maxCauses bounds a chain of causes.
const maxCauses = 64

// causeOf returns v if it is an error that may be the cause of x. The exception
// itself is Java's way to say that there is none; and a chain that leads back
// to x would never end for errors.Is.
func causeOf(x error, v any) error {
	cause, ok := v.(error)
	if !ok {
		return nil
	}
	n := 0
	for err := cause; err != nil; err = errors.Unwrap(err) {
		if n++; n > maxCauses || err == x { //nolint:errorlint // this very pointer
			return nil
		}
	}
	return cause
}

// Cause reads the cause of throwable x; nil for none, and for one whose own
// causes lead back to x or are more than 64.
func (d *Decoder) Cause(x error) error { return causeOf(x, d.Any()) }

// Exception reads a throwable: a declared one of Types as its Go error, any
// other as *Exception. A value that is no throwable becomes the message of an
// *Exception. It returns nil for null and on error.
func (d *Decoder) Exception() error {
	v := d.Any()
	switch v := v.(type) {
	case nil:
		return nil
	case error:
		return v
	case string:
		return &Exception{Class: runtimeClass, Message: v}
	case *Object:
		return &Exception{Class: v.Class, Fields: v.Fields}
	}
	return &Exception{Class: runtimeClass, Message: "the provider threw a value that is no throwable"}
}

// ThrowableIn returns the first error in err's chain that travels as the Java
// exception that it is: an *Exception, else a declared one; nil if there is
// none.
func ThrowableIn(err error) error {
	if x, ok := errors.AsType[*Exception](err); ok {
		return x
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if _, ok := e.(Marshaler); ok {
			return e
		}
	}
	return nil
}

// Throwable writes the values of ThrowableFields. It must be called right after
// Object. As Java does, a nil cause is written as the throwable itself, and no
// message as null.
func (e *Encoder) Throwable(message string, cause error) {
	self := e.slots - 1
	e.List(emptyListClass, 0)
	e.List(stackTraceClass, 0)
	e.cause(self, cause)
	if message == "" {
		e.Null()
		return
	}
	e.String(message)
}

func (e *Encoder) cause(self int, cause error) {
	if cause == nil {
		e.writeRef(self)
		return
	}
	e.Exception(cause)
}

// Exception writes err as a throwable: a declared exception as its class, an
// *Exception as what it stands for, any other error as a RuntimeException with
// its text. Null for nil.
func (e *Encoder) Exception(err error) {
	if !e.Enter() {
		return
	}
	defer e.Leave()
	switch v := err.(type) { //nolint:errorlint // what is wrapped must not replace what wraps it
	case nil:
		e.Null()
	case *Exception:
		e.exception(v)
	case Marshaler:
		v.EncodeHessian(e)
	default:
		e.plainError(v)
	}
}

func (e *Encoder) plainError(err error) {
	v := reflect.ValueOf(err)
	if v.Kind() == reflect.Pointer && v.IsNil() {
		e.Null()
		return
	}
	if t := v.Type(); t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct {
		if name, _ := className(t.Elem()); name != "" {
			e.reflectedPointer(v)
			return
		}
	}
	e.dynamicObject(runtimeClass, ThrowableFields())
	e.Throwable(err.Error(), nil)
}

func (e *Encoder) exception(x *Exception) {
	if x == nil {
		e.Null()
		return
	}
	if e.Ref(x) {
		return
	}
	if len(x.Fields) == 0 {
		e.dynamicObject(x.Class, ThrowableFields())
		e.Throwable(x.Message, x.Cause)
		return
	}
	names := make([]string, len(x.Fields))
	for i := range x.Fields {
		names[i] = x.Fields[i].Name
	}
	self := e.slots
	e.dynamicObject(x.Class, names)
	for i := range x.Fields {
		switch f := &x.Fields[i]; f.Name {
		case fieldMessage:
			if _, null := f.Value.(string); !null && x.Message == "" {
				e.Any(f.Value)
			} else {
				e.String(x.Message)
			}
		case fieldCause:
			if err, ok := f.Value.(error); x.Cause == nil && (!ok || err != error(x)) { //nolint:errorlint // as in Decoder.exception
				e.Any(f.Value)
			} else {
				e.cause(self, x.Cause)
			}
		default:
			e.Any(f.Value)
		}
	}
}
