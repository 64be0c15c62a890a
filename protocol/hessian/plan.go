package hessian

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
)

// plan is what the Codec knows of one struct or enum type.
type plan struct {
	typ    reflect.Type
	desc   *ClassDesc
	fields []planField
	// message and cause are the indexes in fields of an exception's
	// detailMessage and cause; -1 for none.
	throwable      bool
	message, cause int
	pojo           bool // its fields are named as dubbo-go does
	enum           enum
}

// planField is one field of a struct; for an exception the first four are
// java.lang.Throwable's and may have no Go field.
type planField struct {
	index []int // nil: none
	coder coder
}

// coder encodes and decodes values of one Go type.
type coder struct {
	encode func(e *Encoder, v reflect.Value)
	decode func(d *Decoder, v reflect.Value)
}

var (
	classType = reflect.TypeFor[Class]()
	errorType = reflect.TypeFor[error]()
)

// pojo is what dubbo-go's users give to their structs and enums.
type pojo interface{ JavaClassName() string }

// className returns the Java class of t and whether it is an enum; "" if t is
// neither class nor enum.
func className(t reflect.Type) (name string, enum bool) {
	switch t.Kind() {
	case reflect.String:
		switch v := reflect.New(t).Interface().(type) {
		case interface{ JavaEnum() string }:
			return v.JavaEnum(), true
		case pojo:
			return v.JavaClassName(), true
		}
	case reflect.Int32:
		if v, ok := reflect.New(t).Interface().(pojo); ok && isPojoEnum(reflect.PointerTo(t)) {
			return v.JavaClassName(), true
		}
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.Type == classType {
				return f.Tag.Get("java"), false
			}
		}
		if v, ok := reflect.New(t).Interface().(pojo); ok {
			return v.JavaClassName(), false
		}
	}
	return "", false
}

// isPojo tells whether struct t is one of dubbo-go's, with its names.
func isPojo(t reflect.Type) bool {
	for i := range t.NumField() {
		if t.Field(i).Type == classType {
			return false
		}
	}
	return true
}

// register makes the plan of t and of all types that it contains.
func (c *Codec) register(t reflect.Type) error {
	if c.plans[t] != nil {
		return nil
	}
	name, enum := className(t)
	if name == "" {
		return fmt.Errorf("hessian: %v is no Java class: give it a field `_ hessian.Class` with the tag `java:\"com.example.%s\"`", t, t.Name())
	}
	p := &plan{typ: t, message: -1, cause: -1, desc: &ClassDesc{Name: name}}
	c.plans[t] = p
	if enum {
		p.enum = enumOf(t)
		p.desc.Enum = func(name string) any {
			v := reflect.New(t).Elem()
			p.enum.set(v, name)
			return v.Interface()
		}
		return nil
	}
	p.pojo = isPojo(t)
	p.throwable = reflect.PointerTo(t).Implements(errorType)
	if p.throwable {
		p.desc.Fields = ThrowableFields()
		p.fields = make([]planField, len(p.desc.Fields))
	}
	p.desc.New = func() any { return &reflected{plan: p, v: reflect.New(p.typ)} }
	if err := c.addFields(p, t, nil); err != nil {
		delete(c.plans, t)
		return err
	}
	return nil
}

func (c *Codec) addFields(p *plan, t reflect.Type, path []int) error {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int(nil), path...), i)
		if f.Type == classType || f.Tag.Get("java") == "-" || f.Tag.Get("hessian") == "-" {
			continue
		}
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			if err := c.addFields(p, f.Type, index); err != nil {
				return err
			}
			continue
		}
		if !f.IsExported() {
			continue
		}
		name := p.fieldName(f)
		k, err := c.coderOf(f.Type)
		if err != nil {
			return fmt.Errorf("hessian: field %s of %v: %w", f.Name, t, err)
		}
		at := -1
		for j, have := range p.desc.Fields {
			if have == name {
				at = j
			}
		}
		if p.pojo {
			p.addAliases(f.Name, name)
		}
		switch {
		case at < 0:
			p.desc.Fields = append(p.desc.Fields, name)
			p.fields = append(p.fields, planField{index, k})
		case p.fields[at].index != nil:
			return fmt.Errorf("hessian: %v has two fields for the Java field %q: rename one with a java tag", t, name)
		default:
			p.fields[at] = planField{index, k}
			switch name {
			case fieldMessage:
				p.message = at
			case fieldCause:
				p.cause = at
			}
		}
	}
	return nil
}

// fieldName returns the Java name of a struct field.
func (p *plan) fieldName(f reflect.StructField) string {
	for _, tag := range []string{"java", "hessian"} {
		if name, _, _ := strings.Cut(f.Tag.Get(tag), ","); name != "" {
			return name
		}
	}
	if p.pojo {
		return lowerFirst(f.Name)
	}
	return JavaName(f.Name)
}

// JavaName returns the Java name of a Go field without a tag: the capitals at
// the front are lowered, but for one that begins a word. ID is id, UserName
// userName, URLPath urlPath.
func JavaName(name string) string {
	r := []rune(name)
	for i := range r {
		if !unicode.IsUpper(r[i]) || i > 0 && i+1 < len(r) && unicode.IsLower(r[i+1]) {
			break
		}
		r[i] = unicode.ToLower(r[i])
	}
	return string(r)
}

// encode writes a struct. v is addressable if it came by a pointer.
func (p *plan) encode(e *Encoder, v reflect.Value) {
	if !e.Enter() {
		return
	}
	e.Object(p.desc)
	from := 0
	if p.throwable {
		p.encodeThrowable(e, v)
		from = 4
	}
	for i := from; i < len(p.fields) && e.err == nil; i++ {
		f := &p.fields[i]
		f.coder.encode(e, v.FieldByIndex(f.index))
	}
	e.Leave()
}

func (p *plan) encodeThrowable(e *Encoder, v reflect.Value) {
	var message string
	var cause error
	if p.message >= 0 {
		message = fmt.Sprint(v.FieldByIndex(p.fields[p.message].index).Interface())
	} else {
		ptr := reflect.New(p.typ)
		ptr.Elem().Set(v)
		message = ptr.Interface().(error).Error()
	}
	if p.cause >= 0 {
		cause, _ = v.FieldByIndex(p.fields[p.cause].index).Interface().(error)
	}
	self := e.slots - 1
	p.encodeEach(e, v, 0, emptyListClass, "")
	p.encodeEach(e, v, 1, stackTraceClass, stackTraceClass)
	e.cause(self, cause)
	e.String(message)
}

// encodeEach writes the slice in one of an exception's first two fields, which
// may have no Go field.
func (p *plan) encodeEach(e *Encoder, v reflect.Value, field int, empty, class string) {
	if index := p.fields[field].index; index != nil {
		if s := v.FieldByIndex(index); s.Kind() == reflect.Slice && s.Len() > 0 {
			e.List(class, s.Len())
			for i := 0; i < s.Len() && e.err == nil; i++ {
				e.Any(s.Index(i).Interface())
			}
			return
		}
	}
	e.List(empty, 0)
}

// reflected is what ClassDesc.New returns for a plan: a pointer to a struct.
type reflected struct {
	plan *plan
	v    reflect.Value // pointer
}

func (r *reflected) hessianValue() any        { return r.v.Interface() }
func (r *reflected) hessianClass() *ClassDesc { return r.plan.desc }
func (r *reflected) hessianSize() int         { return 64 + int(r.plan.typ.Size())*9/8 }

// DecodeHessianField reads one field.
func (r *reflected) DecodeHessianField(d *Decoder, field int) {
	f := &r.plan.fields[field]
	if f.index == nil {
		d.Skip()
		return
	}
	v := r.v.Elem().FieldByIndex(f.index)
	if field == r.plan.cause && v.Kind() == reflect.Interface {
		// A cause of a class that the field's own interface does not fit is
		// no reason to lose the exception.
		x, _ := r.v.Interface().(error)
		if got := d.Cause(x); got != nil && reflect.TypeOf(got).AssignableTo(v.Type()) {
			v.Set(reflect.ValueOf(got))
		}
	} else {
		f.coder.decode(d, v)
	}
}
