package gen

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What users of dubbo-go write, so that they need no change: a method that
// names the Java class, and field names by dubbo-go-hessian2's rules.

// pojoMethod names the Java class of a type that has no directive and no tag.
const pojoMethod = "JavaClassName"

// pojoClass returns the Java class that n's own method names: "" after it has
// reported that the method does not say so in the source, and false if there
// is no such method.
func (g *generator) pojoClass(n *types.Named) (java string, ok bool) {
	fn := g.method0(n, pojoMethod)
	if fn == nil || !returns(fn, types.String) {
		return "", false
	}
	decl := g.bodies[fn.Pos()]
	value := g.constantOf(decl)
	if value == nil {
		g.add(fn.Pos(), "%s.%s must do nothing but return a constant string, which the generator reads here; write e.g. return \"com.example.%s\", or give the type %s",
			n.Obj().Name(), pojoMethod, n.Obj().Name(), otherWay(n))
		return "", true
	}
	java = constant.StringVal(value)
	if !javaClass.MatchString(java) {
		g.add(fn.Pos(), "%s.%s: %q is no Java class; return e.g. \"com.example.%s\"", n.Obj().Name(), pojoMethod, java, n.Obj().Name())
		return "", true
	}
	return java, true
}

func otherWay(n *types.Named) string {
	if _, ok := n.Underlying().(*types.Struct); ok {
		return "a field of type hessian.Class"
	}
	return directive + "enum"
}

// method0 returns n's own method of that name that takes nothing, nil for none.
// What an embedded struct has is that struct's.
func (g *generator) method0(n *types.Named, name string) *types.Func {
	obj, index, _ := types.LookupFieldOrMethod(types.NewPointer(n), true, g.types, name)
	fn, ok := obj.(*types.Func)
	if !ok || len(index) != 1 || fn.Signature().Params().Len() != 0 {
		return nil
	}
	return fn
}

func returns(fn *types.Func, kind types.BasicKind) bool {
	out := fn.Signature().Results()
	return out.Len() == 1 && types.Identical(out.At(0).Type(), types.Typ[kind])
}

// constantOf returns what a method always returns, nil if the source does not
// tell.
func (g *generator) constantOf(decl *ast.FuncDecl) constant.Value {
	if decl == nil || decl.Body == nil || len(decl.Body.List) != 1 {
		return nil
	}
	ret, ok := decl.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return nil
	}
	for _, field := range decl.Recv.List { // a receiver may hide a constant
		for _, name := range field.Names {
			if mentions(ret.Results[0], name.Name) {
				return nil
			}
		}
	}
	info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue)}
	if err := types.CheckExpr(g.fset, g.types, token.NoPos, ret.Results[0], info); err != nil {
		return nil
	}
	if v := info.Types[ret.Results[0]].Value; v != nil && v.Kind() == constant.String {
		return v
	}
	return nil
}

func mentions(x ast.Expr, name string) (found bool) {
	ast.Inspect(x, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == name
		return true
	})
	return found
}

// pojoEnum reports whether n is dubbo-go's POJOEnum: an int32 type with the
// methods JavaClassName, String and EnumValue. What it is made of is a type of
// a package that need not be read.
func (g *generator) pojoEnum(n *types.Named) bool {
	if n.Obj().Pkg() != g.types || g.method0(n, pojoMethod) == nil {
		return false
	}
	name := g.method0(n, "String")
	obj, index, _ := types.LookupFieldOrMethod(types.NewPointer(n), true, g.types, "EnumValue")
	value, ok := obj.(*types.Func)
	if name == nil || !returns(name, types.String) || !ok || len(index) != 1 {
		return false
	}
	sig := value.Signature()
	return sig.Params().Len() == 1 && types.Identical(sig.Params().At(0).Type(), types.Typ[types.String]) && sig.Results().Len() == 1
}

// pojoField is dubbo-go's Java name of a field without a tag.
func pojoField(name string) string {
	r, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(r)) + name[size:]
}

// also are the other names under which the fields of c may arrive, each with
// the Java name, in the order of the fields.
func (c *class) also() (list [][2]string) {
	if !c.pojo {
		return nil
	}
	taken := make(map[string]bool)
	for _, f := range c.fields {
		taken[f.javaName] = true
	}
	for _, f := range c.fields {
		for _, name := range []string{f.goName, strings.ToLower(f.goName), pojoField(f.goName)} {
			if !taken[name] {
				taken[name] = true
				list = append(list, [2]string{name, f.javaName})
			}
		}
	}
	return list
}
