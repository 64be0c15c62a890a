package provider

import (
	"fmt"
	"strings"
	"time"

	"github.com/gubbo/gubbo/protocol/hessian"
)

// The class of generic=bean, in the packages of Dubbo 2.7 and later and of 2.6.
const (
	descriptor   = "org.apache.dubbo.common.beanutil.JavaBeanDescriptor"
	descriptor26 = "com.alibaba.dubbo.common.beanutil.JavaBeanDescriptor"
)

// The kinds of a descriptor, as Java numbers them.
const (
	kindClass int32 = 1 + iota
	kindEnum
	kindCollection
	kindMap
	kindArray
	kindPrimitive // also strings, numbers of all kinds and dates
	kindBean
)

// decodeBeans reads the n arguments that d is at, each a descriptor or null, into
// body, and returns the class that the caller has for descriptors. What a
// descriptor says becomes what a generic call with maps would bring, so that the
// declared types rule.
func decodeBeans(d *hessian.Decoder, n int, body hessian.Body) (class string, err error) {
	r := beanReader{done: make(map[any]any)}
	var e hessian.Encoder
	class = descriptor
	for i := 0; d.More(i, n); i++ {
		v := d.Tree()
		if o, ok := v.(*hessian.Object); ok && isDescriptor(o.Class) {
			class = o.Class
		} else if v != nil && d.Err() == nil {
			return class, fmt.Errorf("argument %d is no %s, which generic=bean wants", i+1, descriptor)
		}
		e.Any(r.value(v))
	}
	for _, err := range []error{d.Err(), r.err, e.Err()} {
		if err != nil {
			return class, err
		}
	}
	in := hessian.NewDecoder(e.Bytes(), body.HessianTypes())
	in.Generic()
	body.DecodeHessian(in)
	return class, in.Err()
}

func isDescriptor(class string) bool { return class == descriptor || class == descriptor26 }

// beanReader turns descriptors into the values of a generic call with maps.
type beanReader struct {
	done  map[any]any // what a descriptor became; its properties, which become nothing twice
	depth int
	err   error
}

func (r *beanReader) value(v any) any {
	o, ok := v.(*hessian.Object)
	if !ok || !isDescriptor(o.Class) {
		return v
	}
	if to, ok := r.done[o]; ok {
		return to
	}
	class, _ := o.Get("className").(string)
	properties, _ := o.Get("properties").(*hessian.Map)
	kind, _ := o.Get("type").(int32)
	_, twice := r.done[properties]
	switch {
	case r.err != nil:
	case properties == nil:
		r.fail("a descriptor of %q has no properties", clip(class))
	case twice: // a small text could make much of them
		r.fail("a descriptor of %q has the properties of another one", clip(class))
	case r.depth >= maxGenericDepth:
		r.fail("descriptors nest deeper than %d", maxGenericDepth)
	}
	if r.err != nil {
		return nil
	}
	r.done[properties] = nil
	r.depth++
	defer func() { r.depth-- }()
	switch kind {
	case kindPrimitive:
		r.done[o] = properties.Get("value")
		return r.done[o]
	case kindClass:
		r.done[o] = properties.Get("name")
		return r.done[o]
	case kindArray, kindCollection:
		l := &hessian.List{Items: make([]any, len(properties.Entries))}
		if kind == kindCollection {
			l.Class = class
		}
		r.done[o] = l
		for i, e := range properties.Entries {
			l.Items[i] = r.value(e.Value)
		}
		return l
	case kindMap, kindBean, kindEnum:
		m := &hessian.Map{Entries: make([]hessian.Entry, 0, len(properties.Entries)+1)}
		r.done[o] = m
		for _, e := range properties.Entries {
			m.Entries = append(m.Entries, hessian.Entry{Key: r.value(e.Key), Value: r.value(e.Value)})
		}
		if kind == kindMap {
			m.Class = class
		} else {
			m.Entries = append(m.Entries, hessian.Entry{Key: "class", Value: class})
		}
		return m
	}
	r.fail("a descriptor of %q has the type %d, want 1 to 7", clip(class), kind)
	return nil
}

func (r *beanReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("generic=bean: "+format, args...)
	}
}

// replyBean returns the reply of a method as a descriptor of that class, whose
// bytes may be limit.
func replyBean(reply any, class string, limit int) (any, error) {
	d, types, err := encodedReply(reply)
	if d == nil {
		return nil, err
	}
	tree := d.Tree()
	if err := d.Err(); err != nil {
		return nil, err
	}
	w := beanWriter{class: class, types: types, limit: limit, done: make(map[any]*hessian.Object)}
	v := w.value(tree)
	if w.err != nil {
		return nil, w.err
	}
	return v, nil
}

// minDescriptor is what a descriptor takes on the wire beside its class and what
// its properties hold. In memory it takes far more, so that this is counted
// before it is written.
const minDescriptor = 6

// beanWriter describes a tree. What it describes twice is one descriptor.
type beanWriter struct {
	class string
	types *hessian.Types
	limit int // bytes on the wire
	least int // how many there will be at least
	done  map[any]*hessian.Object
	depth int
	err   error
}

func (w *beanWriter) value(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case bool:
		return w.primitive("java.lang.Boolean", v)
	case int32:
		return w.primitive("java.lang.Integer", v)
	case int64:
		return w.primitive("java.lang.Long", v)
	case float64:
		return w.primitive("java.lang.Double", v)
	case string:
		return w.primitive("java.lang.String", v)
	case time.Time:
		return w.primitive("java.util.Date", v)
	case []byte:
		return w.describe(nil, kindArray, "byte", func(set setter) {
			for i, b := range v {
				set(int32(i), w.primitive("java.lang.Byte", int32(int8(b))))
			}
		})
	case *hessian.List:
		kind, class := kindCollection, v.Class
		switch {
		case class == "":
			class = "java.util.ArrayList"
		case class[0] == '[':
			kind, class = kindArray, componentOf(class)
		}
		return w.describe(v, kind, class, func(set setter) {
			for i, item := range v.Items {
				set(int32(i), w.value(item))
			}
		})
	case *hessian.Map:
		class := v.Class
		if class == "" {
			class = "java.util.HashMap"
		}
		return w.describe(v, kindMap, class, func(set setter) {
			for _, e := range v.Entries {
				set(w.value(e.Key), w.value(e.Value))
			}
		})
	case *hessian.Object:
		return w.object(v)
	}
	return v
}

func (w *beanWriter) object(o *hessian.Object) any {
	if to := w.done[o]; to != nil {
		return to
	}
	if jdk(o) { // Java reads such an object itself
		return w.describe(o, kindPrimitive, o.Class, func(set setter) { set("value", o) })
	}
	if c := w.types.Class(o.Class); c != nil && c.New == nil {
		return w.describe(o, kindEnum, o.Class, func(set setter) { set("name", o.Get("name")) })
	}
	return w.describe(o, kindBean, o.Class, func(set setter) {
		for _, f := range o.Fields {
			if f.Value != nil {
				set(f.Name, w.value(f.Value))
			}
		}
	})
}

type setter func(key, value any)

func (w *beanWriter) primitive(class string, v any) any {
	return w.describe(nil, kindPrimitive, class, func(set setter) { set("value", v) })
}

// describe returns the descriptor of a value; the same one for the same of, if
// that is not nil.
func (w *beanWriter) describe(of any, kind int32, class string, properties func(setter)) *hessian.Object {
	if o := w.done[of]; o != nil {
		return o
	}
	w.least += minDescriptor + len(class)
	switch {
	case w.err != nil:
	case w.least > w.limit:
		w.err = fmt.Errorf("provider: generic=bean: more than %d bytes of descriptors", w.limit)
	case w.depth >= maxGenericDepth:
		w.err = fmt.Errorf("provider: generic=bean: values nest deeper than %d", maxGenericDepth)
	}
	if w.err != nil {
		return nil
	}
	w.depth++
	defer func() { w.depth-- }()
	m := &hessian.Map{Class: "java.util.LinkedHashMap"}
	o := &hessian.Object{Class: w.class, Fields: []hessian.Field{{Name: "className", Value: class}, {Name: "type", Value: kind}, {Name: "properties", Value: m}}}
	if of != nil {
		w.done[of] = o
	}
	properties(func(key, value any) { m.Entries = append(m.Entries, hessian.Entry{Key: key, Value: value}) })
	return o
}

// componentOf returns Java's name for the elements of a Hessian array class.
func componentOf(class string) string {
	item := strings.TrimLeft(class, "[")
	depth := len(class) - len(item)
	letter := ""
	switch item {
	case "boolean":
		letter = "Z"
	case "byte":
		letter = "B"
	case "char":
		letter = "C"
	case "short":
		letter = "S"
	case "int":
		letter = "I"
	case "long":
		letter = "J"
	case "float":
		letter = "F"
	case "double":
		letter = "D"
	case "string":
		item = "java.lang.String"
	case "object":
		item = "java.lang.Object"
	case "date":
		item = "java.util.Date"
	}
	switch {
	case depth == 1:
		return item
	case letter == "":
		letter = "L" + item + ";"
	}
	return strings.Repeat("[", depth-1) + letter
}
