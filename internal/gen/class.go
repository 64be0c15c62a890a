package gen

import (
	"go/token"
	"go/types"
	"reflect"
	"strings"
)

// class returns the class that a struct of the package stands for.
func (g *generator) class(n *types.Named, pos token.Pos, what string) *class {
	if n == nil {
		g.add(pos, "%s: a struct without a name has no Java class; declare a type", what)
		return nil
	}
	if o := g.owner(n); o != g {
		if !o.isClass(n) {
			g.add(pos, "%s: type %s of another package has no Java class; give it one there, with a field of type hessian.Class, or declare a struct in this package", what, g.text(n))
			return nil
		}
		c := o.class(n, pos, what)
		if c != nil && !g.coded(o, c.goName, pos, what) {
			return nil
		}
		return c
	}
	if c, ok := g.classes[n]; ok {
		return c
	}
	s := n.Underlying().(*types.Struct)
	name := n.Obj().Name()
	java, ok := g.classTag(s)
	pojo := !ok
	if pojo {
		java, ok = g.pojoClass(n)
	}
	if ok && pojo && java == "" {
		g.classes[n] = nil // reported
		return nil
	}
	if !ok {
		g.add(n.Obj().Pos(), "struct %s travels (%s) but has no Java class; add the field\n\t_ hessian.Class `java:\"%s\"`\nand import %q", name, what, g.javaPackage()+name, hessianPkg)
		g.classes[n] = nil
		return nil
	}
	c := &class{owner: g, pos: n.Obj().Pos(), goName: name, javaName: java, file: g.file(n.Obj().Pos()), pojo: pojo}
	g.classes[n] = c
	g.exported(n, "struct")
	if !javaClass.MatchString(java) {
		g.add(c.pos, "struct %s: %q is no Java class; write e.g. `java:\"com.example.%s\"`", name, java, name)
	}
	c.exception, c.instance = g.isError(n), g.instances[c.pos]
	outside := g.resolving
	g.resolving = make(map[*types.Named]bool) // a struct may lead back to itself
	g.fields(c, s, make(map[string]string))
	g.resolving = outside
	for _, m := range []string{"EncodeHessian", "DecodeHessianField", classMethod} {
		if obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(n), true, g.types, m); obj != nil {
			g.add(obj.Pos(), "struct %s has its own %s, which the generator writes; remove one: the method or the hessian.Class field", name, m)
		}
	}
	return c
}

// exported reports a class that code of other packages could not name.
func (g *generator) exported(n *types.Named, what string) {
	if o := n.Obj(); !o.Exported() {
		g.add(o.Pos(), "%s %s is not exported, so nobody who calls the service could name it; call it %s", what, o.Name(), upperFirst(o.Name()))
	}
}

// isClass reports whether n, a struct of the package, names its Java class.
func (g *generator) isClass(n *types.Named) bool {
	if _, ok := g.classTag(n.Underlying().(*types.Struct)); ok {
		return true
	}
	fn := g.method0(n, pojoMethod)
	return fn != nil && returns(fn, types.String)
}

// classTag returns the Java class that the marker field of s names.
func (g *generator) classTag(s *types.Struct) (string, bool) {
	for i := range s.NumFields() {
		if n, ok := types.Unalias(s.Field(i).Type()).(*types.Named); ok && is(n, hessianPkg, "Class") {
			return reflect.StructTag(s.Tag(i)).Get("java"), true
		}
	}
	return "", false
}

// javaPackage guesses the Java package for hints.
func (g *generator) javaPackage() string {
	if i := strings.LastIndexByte(g.anyIface, '.'); i >= 0 {
		return g.anyIface[:i+1]
	}
	return "com.example."
}

// fields adds the exported fields of s to c; those of embedded structs stand
// for the fields of Java's superclass.
func (g *generator) fields(c *class, s *types.Struct, seen map[string]string) {
	for i := range s.NumFields() {
		f := s.Field(i)
		tag := reflect.StructTag(s.Tag(i)).Get("java")
		if tag == "" {
			tag, _, _ = strings.Cut(reflect.StructTag(s.Tag(i)).Get("hessian"), ",") // dubbo-go's
		}
		what := "field " + c.goName + "." + f.Name()
		named, _ := types.Unalias(f.Type()).(*types.Named)
		if f.Name() == "_" || tag == "-" || !f.Exported() && !f.Embedded() || named != nil && is(named, hessianPkg, "Class") {
			continue
		}
		if f.Embedded() {
			if named != nil && named.Obj().Pkg() != g.types {
				named, _ = g.real(named, f.Pos(), what).(*types.Named)
				if named == nil {
					continue
				}
			}
			var super *types.Struct
			if named != nil {
				super, _ = named.Underlying().(*types.Struct)
			}
			if super == nil {
				g.add(f.Pos(), "%s: only a struct can be embedded, for Java's superclass; give the field a name", what)
				continue
			}
			if java, ok := g.classTag(super); ok {
				c.supers = append(c.supers, superclass{f.Pos(), f.Name(), java})
			}
			g.fields(c, super, seen)
			continue
		}
		java, options, _ := strings.Cut(tag, ",")
		if java == "" && c.pojo {
			java = pojoField(f.Name())
		} else if java == "" {
			java = lowerFirst(f.Name())
		}
		if !javaMethod.MatchString(java) || keywords[java] {
			g.add(f.Pos(), "%s: %q is no name of a Java field; give it one with a tag, e.g. `java:\"%s\"`", what, java, "value")
			continue
		}
		if seen[java] != "" {
			g.add(f.Pos(), "%s: %s is the Java field %q already; name another one with a tag, e.g. `java:\"%s2\"`", what, seen[java], java, java)
			continue
		}
		seen[java] = f.Name()
		if c.exception && g.throwable(c, f, java, what) {
			continue
		}
		t := g.resolve(f.Type(), f.Pos(), what)
		if t == nil {
			continue
		}
		if options != "" {
			as, ok := strings.CutPrefix(options, "type=")
			kind, valid := parseJava(as)
			if !ok || !valid {
				g.add(f.Pos(), "%s: tag option %q is unknown; write e.g. `java:\"%s,type=long[]\"`", what, options, java)
				continue
			}
			r, want := t.retype(kind)
			if r == nil {
				g.add(f.Pos(), "%s: %s cannot be the Java type %s; it can be %s", what, t.goType, as, want)
				continue
			}
			t = r
		}
		c.fields = append(c.fields, &field{f.Pos(), f.Name(), java, t})
	}
}

// causeType returns the interface that a type of dubbo-go's users declares as
// its cause, "" for what is no error.
func (g *generator) causeType(c *class, f *types.Var, what string) string {
	t := types.Unalias(f.Type())
	if n, ok := t.(*types.Named); ok && c.pojo && n.Obj().Pkg() != g.types {
		t = g.real(n, f.Pos(), what)
	}
	if t == nil || !c.pojo || !types.IsInterface(t) || !types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface)) {
		return ""
	}
	return g.text(f.Type())
}

// throwable takes the fields of an exception that java.lang.Throwable has.
func (g *generator) throwable(c *class, f *types.Var, java, what string) bool {
	switch java {
	case "detailMessage":
		if b, ok := types.Unalias(f.Type()).(*types.Basic); !ok || b.Kind() != types.String {
			g.add(f.Pos(), "%s: Throwable's detailMessage is a string", what)
		}
		c.message = f.Name()
	case "cause":
		if !types.Identical(f.Type(), types.Universe.Lookup("error").Type()) {
			if c.causeType = g.causeType(c, f, what); c.causeType == "" {
				g.add(f.Pos(), "%s: Throwable's cause is an error", what)
			}
		}
		c.cause = f.Name()
	case "stackTrace", "suppressedExceptions":
		if c.pojo {
			break // it stays empty
		}
		g.add(f.Pos(), "%s: Throwable's %s does not travel to Go; leave it out", what, java)
	default:
		return false
	}
	return true
}
