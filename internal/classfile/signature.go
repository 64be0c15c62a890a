package classfile

import "strings"

// Kind says what a Type is: the letter that stands for it in a descriptor or
// signature.
type Kind byte

// The kinds. A class's is 'L', an array's '[', a type variable's 'T'; in the
// arguments of a class also the wildcards.
const (
	Boolean  Kind = 'Z'
	Byte     Kind = 'B'
	Char     Kind = 'C'
	Short    Kind = 'S'
	Int      Kind = 'I'
	Long     Kind = 'J'
	Float    Kind = 'F'
	Double   Kind = 'D'
	Void     Kind = 'V'
	Object   Kind = 'L'
	Array    Kind = '['
	Variable Kind = 'T'
	Any      Kind = '*' // ?
	Extends  Kind = '+' // ? extends
	Super    Kind = '-' // ? super
)

// Type is a Java type as a descriptor or signature has it.
type Type struct {
	Kind Kind
	// Name is a class's binary name, or a variable's.
	Name string
	// Elem is an array's element, or the bound of Extends and Super.
	Elem *Type
	// Args are the type arguments of a class; those of the classes around it
	// are left out.
	Args []Type
}

// Param is a type parameter with its bounds, the class's first.
type Param struct {
	Name   string
	Bounds []Type
}

// ClassSignature is the generic declaration of a class.
type ClassSignature struct {
	Params     []Param
	Super      Type
	Interfaces []Type
}

// MethodSignature is the generic declaration of a method.
type MethodSignature struct {
	TypeParams []Param
	Params     []Type
	Result     Type
}

var primitives = map[Kind]string{
	Boolean: "boolean", Byte: "byte", Char: "char", Short: "short", Int: "int", Long: "long", Float: "float", Double: "double", Void: "void",
}

// Primitive tells whether t is one of Java's primitive types or void.
func (t Type) Primitive() bool { return primitives[t.Kind] != "" }

// String returns t as people write it: "java.util.List<java.lang.String>[]".
func (t Type) String() string {
	var b strings.Builder
	t.write(&b)
	return b.String()
}

func (t Type) write(b *strings.Builder) {
	switch t.Kind {
	case Array:
		t.Elem.write(b)
		b.WriteString("[]")
	case Any:
		b.WriteByte('?')
	case Extends:
		b.WriteString("? extends ")
		t.Elem.write(b)
	case Super:
		b.WriteString("? super ")
		t.Elem.write(b)
	case Object, Variable:
		b.WriteString(t.Name)
		for i, a := range t.Args {
			b.WriteString(map[bool]string{true: "<", false: ", "}[i == 0])
			a.write(b)
		}
		if len(t.Args) > 0 {
			b.WriteByte('>')
		}
	default:
		b.WriteString(primitives[t.Kind])
	}
}

// deepest is how deep types may lie in each other: arrays, type arguments and
// bounds together.
const deepest = 64

// signature is a descriptor or signature that is being taken apart.
type signature struct {
	r     *reader
	text  string
	pos   int
	at    int // offset in the file of the index that named it
	what  string
	depth int
}

// signature reads the index that the Signature attribute is.
func (r *reader) signature() *signature { return r.signatureAt("signature") }

// signatureAt reads the index of a descriptor or signature; nil on error.
func (r *reader) signatureAt(what string) *signature {
	at := r.pos
	text := r.utf8(what)
	if r.err != nil {
		return nil
	}
	if r.budget -= len(text); r.budget < 0 {
		r.failAt(at, "%s: the descriptors and signatures of this class are too long", what)
		return nil
	}
	return &signature{r: r, text: text, at: at, what: what}
}

func (s *signature) fail(why string) {
	s.r.failAt(s.at, "%s %q: %s at character %d", s.what, clip(s.text), why, s.pos)
}

func (s *signature) peek() byte {
	if s.r.err == nil && s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

// is moves over b if it is next.
func (s *signature) is(b byte) bool {
	if s.peek() != b || b == 0 {
		return false
	}
	s.pos++
	return true
}

func (s *signature) want(b byte) {
	if !s.is(b) {
		s.fail("want '" + string(rune(b)) + "'")
	}
}

// end refuses what follows the end.
func (s *signature) end() {
	if s.pos < len(s.text) {
		s.fail("something follows the end")
	}
}

// name reads up to one of the bytes of stop.
func (s *signature) name(stop string) string {
	n := strings.IndexAny(s.text[s.pos:], stop)
	if n <= 0 {
		s.fail("a name is missing")
		return ""
	}
	name := s.text[s.pos : s.pos+n]
	s.pos += n
	return name
}

func (s *signature) fieldDescriptor() Type {
	t := s.descriptor(false)
	s.end()
	return t
}

func (s *signature) methodDescriptor() (params []Type, result Type) {
	s.want('(')
	for s.r.err == nil && !s.is(')') {
		params = s.param(params, s.descriptor(false))
	}
	result = s.descriptor(true)
	s.end()
	return params, result
}

// param appends t unless the JVM would refuse the method.
func (s *signature) param(params []Type, t Type) []Type {
	if len(params) == 255 {
		s.fail("more than 255 parameters")
		return params
	}
	return append(params, t)
}

func (s *signature) descriptor(void bool) Type {
	t := s.javaType(void)
	if s.r.err == nil && !plain(&t) {
		s.fail("a descriptor has no type variables and arguments")
	}
	return t
}

// plain tells whether t may stand in a descriptor.
func plain(t *Type) bool {
	for t.Kind == Array {
		t = t.Elem
	}
	return t.Kind != Variable && len(t.Args) == 0
}

func (s *signature) fieldSignature() Type {
	t := s.javaType(false)
	s.end()
	return t
}

func (s *signature) classSignature() *ClassSignature {
	c := &ClassSignature{Params: s.typeParams(), Super: s.classType()}
	for s.r.err == nil && s.pos < len(s.text) {
		c.Interfaces = append(c.Interfaces, s.classType())
	}
	return c
}

func (s *signature) methodSignature() *MethodSignature {
	m := &MethodSignature{TypeParams: s.typeParams()}
	s.want('(')
	for s.r.err == nil && !s.is(')') {
		m.Params = s.param(m.Params, s.javaType(false))
	}
	m.Result = s.javaType(true)
	for s.is('^') { // throws; Method.Throws has their erasure
		s.javaType(false)
	}
	s.end()
	return m
}

func (s *signature) typeParams() []Param {
	if !s.is('<') {
		return nil
	}
	var params []Param
	for s.r.err == nil && !s.is('>') {
		p := Param{Name: s.name(":>")}
		s.want(':')
		if c := s.peek(); c == 'L' || c == 'T' || c == '[' {
			p.Bounds = append(p.Bounds, s.javaType(false))
		}
		for s.is(':') {
			p.Bounds = append(p.Bounds, s.javaType(false))
		}
		params = append(params, p)
	}
	return params
}

// enter counts how deep types lie in each other; leave takes it back.
func (s *signature) enter() bool {
	if s.depth++; s.depth > deepest {
		s.fail("types lie deeper in each other than 64")
	}
	return s.r.err == nil
}

func (s *signature) leave() { s.depth-- }

func (s *signature) javaType(void bool) Type {
	defer s.leave()
	if !s.enter() {
		return Type{}
	}
	k := Kind(s.peek())
	switch {
	case k == Object:
		return s.classType()
	case k == Variable:
		s.pos++
		t := Type{Kind: Variable, Name: s.name(";")}
		s.want(';')
		return t
	case k == Array:
		s.pos++
		elem := s.javaType(false)
		return Type{Kind: Array, Elem: &elem}
	case k == Void && !void || primitives[k] == "":
		s.fail("no Java type begins")
		return Type{}
	}
	s.pos++
	return Type{Kind: k}
}

// classType reads "Lcom/acme/Outer<TT;>.Inner;".
func (s *signature) classType() Type {
	s.want('L')
	t := Type{Kind: Object}
	if s.r.err != nil {
		return t
	}
	internal := s.name(";<.")
	for s.r.err == nil {
		t.Args = nil // those of the class around
		if s.is('<') {
			t.Args = s.typeArgs()
		}
		if !s.is('.') {
			break
		}
		internal += "$" + s.name(";<.")
	}
	s.want(';')
	if s.r.err == nil && !isInternalName(internal) {
		s.fail("no class name")
	}
	t.Name = dotted(internal)
	return t
}

func (s *signature) typeArgs() []Type {
	var args []Type
	for s.r.err == nil && !s.is('>') {
		k := Kind(s.peek())
		switch k {
		case Any:
			s.pos++
			args = append(args, Type{Kind: Any})
		case Extends, Super:
			s.pos++
			bound := s.javaType(false)
			args = append(args, Type{Kind: k, Elem: &bound})
		default:
			args = append(args, s.javaType(false))
		}
	}
	if s.r.err == nil && len(args) == 0 {
		s.fail("no type arguments")
	}
	return args
}

// isInternalName tells whether name is a class as class files name it:
// "com/acme/Order$Line".
func isInternalName(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || strings.ContainsAny(part, ".;[<>:") {
			return false
		}
	}
	return true
}

func dotted(internal string) string { return strings.ReplaceAll(internal, "/", ".") }
