package classfile

import "strings"

// Flags are the access flags of a class, field or method.
type Flags uint16

// The flags that callers ask for.
const (
	Public     Flags = 0x0001
	Private    Flags = 0x0002
	Static     Flags = 0x0008
	Bridge     Flags = 0x0040 // of a method
	Transient  Flags = 0x0080 // of a field
	Interface  Flags = 0x0200
	Abstract   Flags = 0x0400
	Synthetic  Flags = 0x1000
	Annotation Flags = 0x2000
	Enum       Flags = 0x4000
	Module     Flags = 0x8000
)

// Has tells whether all of want are set.
func (f Flags) Has(want Flags) bool { return f&want == want }

// Class is what a class file declares.
type Class struct {
	// Where is the file, as jar!entry if it came out of a jar.
	Where string
	// Name is the binary name: "com.acme.Order$Line".
	Name string
	// Major is the version of the format: 52 is Java 8, 61 is Java 17.
	Major int
	// Flags are of the class; of a nested one, those of its declaration.
	Flags Flags
	// Super is "" for java.lang.Object and for module-info alone.
	Super      string
	Interfaces []string
	Fields     []Field
	Methods    []Method
	// Generic is nil for a class that has and extends nothing generic.
	Generic *ClassSignature
	// Nested is set for a class inside of another one.
	Nested bool
	// Permitted are the subclasses of a sealed class.
	Permitted []string
}

// Field is a field of a class.
type Field struct {
	Name  string
	Flags Flags
	Type  Type
	// Generic is nil where it would say what Type says.
	Generic *Type
}

// Method is a method of a class, constructors and initializers included.
type Method struct {
	Name   string
	Flags  Flags
	Desc   string // "(J)Lcom/acme/User;"
	Params []Type
	Result Type // Kind Void for none
	// Generic is nil where it would say what Params and Result say.
	Generic *MethodSignature
	// Throws are the exceptions of the throws clause.
	Throws []string
	// Names are the names of the parameters, where the compiler wrote them
	// (javac -parameters); nil if not. A name may be "".
	Names []string
}

const magic = 0xcafebabe

// Parse reads a class file. where names it in errors. The result keeps nothing
// of data.
func Parse(where string, data []byte) (*Class, error) {
	r := &reader{where: where, data: data, budget: len(data) + 256<<10}
	c := &Class{Where: where}
	if m := r.u4("magic"); r.err == nil && m != magic {
		r.failAt(0, "begins with %#08x, so it is no class file", m)
	}
	r.u2("minor_version")
	c.Major = r.u2("major_version")
	r.readPool()
	c.Flags = Flags(r.u2("access_flags"))
	c.Name = r.className(false, "this_class")
	c.Super = r.className(true, "super_class")
	if r.err == nil && c.Super == "" && c.Name != "java.lang.Object" && !c.Flags.Has(Module) {
		r.failAt(r.pos-2, "class %s has no superclass", clip(c.Name))
	}
	for range r.count(2, "interfaces_count") {
		c.Interfaces = append(c.Interfaces, r.className(false, "interface"))
	}
	for range r.count(8, "fields_count") {
		if r.err != nil {
			break
		}
		c.Fields = append(c.Fields, r.field())
	}
	for range r.count(8, "methods_count") {
		if r.err != nil {
			break
		}
		c.Methods = append(c.Methods, r.method())
	}
	r.attributes("class", func(name string) {
		switch name {
		case "Signature":
			if s := r.signature(); s != nil {
				c.Generic = s.classSignature()
			}
		case "InnerClasses":
			r.innerClasses(c)
		case "PermittedSubclasses":
			for range r.count(2, "PermittedSubclasses") {
				c.Permitted = append(c.Permitted, r.className(false, "permitted subclass"))
			}
		}
	})
	if r.err == nil && r.left() > 0 {
		r.failAt(r.pos, "%d bytes follow the end of the class", r.left())
	}
	if r.err != nil {
		return nil, r.err
	}
	return c, nil
}

// attributes reads a list of attributes and lets take read the content of
// each; what it leaves is skipped.
func (r *reader) attributes(of string, take func(name string)) {
	for range r.count(6, "attributes_count of "+of) {
		name := r.utf8("name of an attribute")
		at := r.pos
		size := r.u4("length of an attribute")
		if r.err == nil && uint64(size) > uint64(r.left()) {
			r.failAt(at, "attribute %s has %d bytes, but only %d are left", clip(name), size, r.left())
		}
		if r.err != nil {
			return
		}
		whole := r.data
		end := r.pos + int(size)
		r.data = whole[:end]
		take(name)
		r.data = whole
		if r.err != nil {
			return
		}
		r.pos = end
	}
}

func (r *reader) field() Field {
	f := Field{Flags: Flags(r.u2("access_flags"))}
	f.Name = r.memberName("field")
	if s := r.signatureAt("descriptor of field " + clip(f.Name)); s != nil {
		f.Type = s.fieldDescriptor()
	}
	r.attributes("field", func(name string) {
		if name != "Signature" {
			return
		}
		if s := r.signature(); s != nil {
			t := s.fieldSignature()
			f.Generic = &t
		}
	})
	return f
}

func (r *reader) method() Method {
	m := Method{Flags: Flags(r.u2("access_flags"))}
	m.Name = r.memberName("method")
	if s := r.signatureAt("descriptor of method " + clip(m.Name)); s != nil {
		m.Desc = s.text
		m.Params, m.Result = s.methodDescriptor()
	}
	r.attributes("method", func(name string) {
		switch name {
		case "Signature":
			if s := r.signature(); s != nil {
				m.Generic = s.methodSignature()
			}
		case "Exceptions":
			for range r.count(2, "number of exceptions") {
				m.Throws = append(m.Throws, r.className(false, "exception"))
			}
		case "MethodParameters":
			r.parameterNames(&m)
		}
	})
	return m
}

// memberName reads the name of a field or method.
func (r *reader) memberName(of string) string {
	at := r.pos
	name := r.utf8("name of a " + of)
	if r.err == nil && (name == "" || strings.ContainsAny(name, ".;[/")) {
		r.failAt(at, "%q is no name of a %s", clip(name), of)
	}
	return name
}

func (r *reader) parameterNames(m *Method) {
	at := r.pos
	n := r.u1("number of parameters")
	if r.err == nil && n*4 > r.left() {
		r.failAt(at, "MethodParameters of %s has %d parameters, but only %d bytes are left", clip(m.Name), n, r.left())
	}
	if r.err != nil {
		return
	}
	m.Names = make([]string, 0, n)
	for range n {
		index := r.u2("name of a parameter")
		name := ""
		if index != 0 {
			name = r.text(index, r.pos-2, "name of a parameter")
		}
		r.u2("flags of a parameter")
		m.Names = append(m.Names, name)
	}
}

// innerClasses finds the row of InnerClasses that is about c: the flags of a
// nested class itself do not say private or static.
func (r *reader) innerClasses(c *Class) {
	for range r.count(8, "number_of_classes") {
		inner := r.className(false, "inner class")
		r.className(true, "outer class")
		r.u2("inner_name")
		flags := Flags(r.u2("inner_class_access_flags"))
		if r.err == nil && inner == c.Name {
			c.Nested, c.Flags = true, flags
		}
	}
}
