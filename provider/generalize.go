package provider

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// generalize turns the reply of a method into what Java's PojoUtils.generalize
// would: an object becomes a map of its fields and its class, an enum its name,
// a list an ArrayList, another collection a HashSet. What is shared stays
// shared, and cycles survive.
func generalize(reply any) (any, error) {
	d, types, err := encodedReply(reply)
	if d == nil {
		return nil, err
	}
	tree := d.Tree()
	if err := d.Err(); err != nil {
		return nil, err
	}
	g := generalizer{types: types, done: make(map[any]any)}
	v := g.value(tree)
	if g.err != nil {
		return nil, g.err
	}
	return v, nil
}

// encodedReply returns a decoder of the reply's own encoding, which knows every
// type that there is, and the classes in it; nil for no reply.
func encodedReply(reply any) (*hessian.Decoder, *hessian.Types, error) {
	if reply == nil { // oneway
		return nil, nil, nil
	}
	body, ok := reply.(hessian.Body)
	if !ok {
		return nil, nil, fmt.Errorf("provider: reply of type %T does not implement hessian.Body; generate it with gubbo-gen", reply)
	}
	var e hessian.Encoder
	body.EncodeHessian(&e)
	if err := e.Err(); err != nil {
		return nil, nil, err
	}
	d := hessian.NewDecoder(e.Bytes(), nil)
	// It is our own value, so its size is nobody's attack.
	d.SetLimits(hessian.Limits{Depth: 1 << 10, Classes: 1 << 14, Fields: 1 << 14, Alloc: 1<<20 + 512*len(e.Bytes())})
	return d, body.HessianTypes(), nil
}

// maxGenericDepth bounds how deep values may refer to one another, as the
// encoder bounds how deep they may nest. What was read flat can be deep, where a
// part that is passed over has the values that others refer to.
const maxGenericDepth = 512

// generalizer converts one tree of *hessian.Object, *List and *Map.
type generalizer struct {
	types *hessian.Types
	done  map[any]any // what an object, list or map became
	depth int
	err   error
}

func (g *generalizer) value(v any) any {
	if g.depth >= maxGenericDepth {
		g.err = fmt.Errorf("provider: values nest deeper than %d", maxGenericDepth)
		return nil
	}
	g.depth++
	defer func() { g.depth-- }()
	switch v := v.(type) {
	case *hessian.Object:
		return g.object(v)
	case *hessian.List:
		return g.list(v)
	case *hessian.Map:
		if to, ok := g.done[v]; ok {
			return to
		}
		m := &hessian.Map{Class: v.Class}
		g.done[v] = m
		for _, e := range v.Entries {
			m.Entries = append(m.Entries, hessian.Entry{Key: g.value(e.Key), Value: g.value(e.Value)})
		}
		return m
	}
	return v
}

func (g *generalizer) list(v *hessian.List) any {
	if to, ok := g.done[v]; ok {
		return to
	}
	l := &hessian.List{Items: make([]any, len(v.Items))}
	g.done[v] = l
	switch {
	case strings.HasPrefix(v.Class, "["):
		l.Class = "[object"
		if plainArray(v.Class) {
			l.Class = v.Class
		}
	case strings.HasSuffix(v.Class, "Set"):
		l.Class = "java.util.HashSet"
	}
	for i, item := range v.Items {
		l.Items[i] = g.value(item)
	}
	return l
}

// plainArray tells whether an array stays as it is: its elements are, in any
// number of dimensions, Java's primitives, strings or dates.
func plainArray(class string) bool {
	switch strings.TrimLeft(class, "[") {
	case "boolean", "byte", "short", "int", "long", "float", "double", "string", "date":
		return true
	}
	return false
}

// handles is where hessian-lite has the classes that stand for some of Java's,
// such as java.time's.
const handles = "com.alibaba.com.caucho.hessian.io."

// throwableStack is a field that every throwable has, and only those.
const throwableStack = "stackTrace"

// jdk tells whether o is an object of Java's own that is no throwable: a
// BigDecimal, UUID, Locale.
func jdk(o *hessian.Object) bool {
	return strings.HasPrefix(o.Class, "java.") && o.Get(throwableStack) == nil || strings.HasPrefix(o.Class, handles)
}

func (g *generalizer) object(o *hessian.Object) any {
	if to, ok := g.done[o]; ok {
		return to
	}
	if text, ok := isoText(o); ok {
		g.done[o] = text
		return text
	}
	if jdk(o) {
		g.done[o] = o
		return o
	}
	if c := g.types.Class(o.Class); c != nil && c.New == nil {
		return o.Get("name")
	}
	m := &hessian.Map{Entries: make([]hessian.Entry, 0, len(o.Fields)+1)}
	g.done[o] = m
	_, throwable := o.Get(throwableStack).(*hessian.List)
	for _, f := range o.Fields {
		name := f.Name
		if throwable {
			switch name {
			case throwableStack, "suppressedExceptions":
				continue
			case "detailMessage":
				name = "message"
			case "cause":
				if f.Value == any(o) { // Java's way to say that there is none
					f.Value = nil
				}
			}
		}
		m.Entries = append(m.Entries, hessian.Entry{Key: name, Value: g.value(f.Value)})
	}
	m.Entries = append(m.Entries, hessian.Entry{Key: "class", Value: o.Class})
	return m
}

// isoText returns the ISO text of a LocalDate, LocalTime or LocalDateTime;
// false for every other object.
func isoText(o *hessian.Object) (string, bool) {
	if !strings.HasPrefix(o.Class, handles+"java8.Local") {
		return "", false
	}
	var e hessian.Encoder
	e.Any(o)
	switch v := hessian.NewDecoder(e.Bytes(), nil).Any().(type) {
	case hessian.LocalDate:
		return v.String(), true
	case hessian.LocalTime:
		return v.String(), true
	case hessian.LocalDateTime:
		return v.String(), true
	}
	return "", false
}

// genericException is how every Dubbo with compatible classes names it, i.e.
// every one that ships as one jar.
const genericException = "com.alibaba.dubbo.rpc.service.GenericException"

// genericFailure returns what the caller of "$invoke" gets for err: the
// GenericException of what the method returned, all other errors as they are.
func genericFailure(err error) error {
	e, ok := errors.AsType[*api.Error](err)
	if !ok || e.Code != api.Business {
		return err
	}
	class, message := thrown(e)
	text := class
	if message != "" {
		text += ": " + message
	}
	x := &hessian.Exception{Class: genericException, Message: text}
	x.Fields = []hessian.Field{
		{Name: "suppressedExceptions", Value: &hessian.List{Class: "java.util.Collections$EmptyList"}},
		{Name: throwableStack, Value: &hessian.List{Class: "[java.lang.StackTraceElement"}},
		{Name: "cause", Value: error(x)}, // itself: there is none
		{Name: "detailMessage", Value: text},
		{Name: "exceptionMessage", Value: message},
		{Name: "exceptionClass", Value: class},
	}
	return api.NewError(api.Business, e.Sent, "", x)
}

// thrown returns the class and the message that a Java caller would see of e,
// which is only sure once it is encoded.
func thrown(e *api.Error) (class, message string) {
	cause := hessian.ThrowableIn(e)
	if cause == nil {
		cause = e.Cause
	}
	if cause == nil {
		cause = e
	}
	var enc hessian.Encoder
	enc.Exception(cause)
	var x *hessian.Exception
	if enc.Err() == nil {
		x, _ = hessian.NewDecoder(enc.Bytes(), nil).Any().(*hessian.Exception)
	}
	if x == nil { // it cannot be encoded; its text always can
		return "java.lang.RuntimeException", cause.Error()
	}
	return x.Class, x.Message
}
