package fromjar

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/gubbo/gubbo/internal/classfile"
	"github.com/gubbo/gubbo/internal/gen"
	"github.com/gubbo/gubbo/internal/javaapi"
)

func (w *writer) service(b *bytes.Buffer, s *javaapi.Service) {
	fmt.Fprintf(b, "\n// %s is Java's %s.\n//\n//gubbo:service %s\ntype %s interface {\n", w.goNames[s.Name], s.Name, s.Name, w.goNames[s.Name])
	names := make(nameSet)
	// The first method of a name keeps it; so one that Java adds later renames
	// none.
	first := make(map[string]*javaapi.Method)
	for _, m := range s.Methods {
		if first[m.Name] == nil {
			first[m.Name] = m
			names.take(exported(m.Name, false))
		}
	}
	for _, m := range s.Methods {
		name := exported(m.Name, false)
		if first[m.Name] != m {
			for _, p := range m.Params {
				name += typeWord(p.Wire)
			}
			name = names.take(name)
		}
		w.method(b, m, name)
	}
	b.WriteString("}\n")
}

// typeWord returns what tells an overload apart: "String", "LongArray".
func typeWord(java string) string {
	elem := strings.TrimRight(java, "[]")
	return simpleName(elem) + strings.Repeat("Array", strings.Count(java, "[]"))
}

func (w *writer) method(b *bytes.Buffer, m *javaapi.Method, name string) {
	member := m.Owner + "." + m.Name
	var params, types, notes, throws []string
	declared := false
	taken := nameSet{"ctx": true}
	for i, p := range m.Params {
		t, declare, err := w.value(p)
		if err != nil {
			w.fail(member, fmt.Errorf("parameter %d: %w", i+1, err))
			return
		}
		if declare == "" {
			declare = p.Wire
		} else {
			declared = true
		}
		types = append(types, declare)
		java := m.Names[i]
		if java == "" {
			java = w.parameterName(p.Type, i)
		}
		params = append(params, taken.take(parameter(java))+" "+w.use(t.expr))
		notes = appendNote(notes, t.note)
	}
	directive := "//gubbo:method " + m.Name
	if declared {
		directive += " types=" + strings.Join(types, ",")
	}
	result := "error"
	if m.Result != nil {
		t, declare, err := w.value(*m.Result)
		if err != nil {
			w.fail(member, fmt.Errorf("result: %w", err))
			return
		}
		result = "(" + w.use(t.expr) + ", error)"
		if declare != "" {
			directive += " result=" + declare
		}
		notes = appendNote(notes, t.note)
	}
	for _, t := range m.Throws {
		if c := w.classes[t]; c == nil {
			if javaapi.IsJDK(t) {
				notes = appendNote(notes, "It may throw "+t)
			}
		} else if c.Form == javaapi.Exception {
			throws = append(throws, w.goNames[t])
		}
	}
	if len(throws) > 0 {
		directive += " throws=" + strings.Join(throws, ",")
	}
	comment(b, notes, true)
	fmt.Fprintf(b, "%s\n%s(%s) %s\n", directive, name, strings.Join(append([]string{"ctx context.Context"}, params...), ", "), result)
}

// parameterName makes a name where Java's compiler wrote none.
func (w *writer) parameterName(t classfile.Type, i int) string {
	plural := ""
	for t.Kind == classfile.Array || slices.Contains(listTypes, t.Name) && len(t.Args) == 1 {
		plural = "s"
		if t.Kind == classfile.Array {
			t = *t.Elem
		} else {
			t = t.Args[0]
		}
	}
	if name := w.goNames[t.Name]; name != "" && t.Kind == classfile.Object {
		return gen.JavaName(name) + plural
	}
	return fmt.Sprintf("arg%d", i)
}

// use notes the packages that expr needs.
func (w *writer) use(expr string) string {
	for prefix, path := range map[string]string{"time.": "time", "big.": "math/big", "hessian.": hessianPath} {
		if strings.Contains(expr, prefix) {
			w.imports[path] = true
		}
	}
	return expr
}

// abstract writes an interface for an abstract type, and the marks of those
// that are one.
func (w *writer) abstract(b *bytes.Buffer, c *javaapi.Class) {
	name := w.goNames[c.Name]
	fmt.Fprintf(b, "\n// %s is Java's abstract %s.\n//\n//gubbo:interface %s\ntype %s interface{ is%s() }\n\n", name, c.Name, c.Name, name, name)
	for _, sub := range w.members(c.Name) {
		star := "*"
		if w.classes[sub].Form == javaapi.Enum {
			star = ""
		}
		fmt.Fprintf(b, "func (%s%s) is%s() {}\n", star, w.goNames[sub], name)
	}
}

func appendNote(notes []string, note string) []string {
	if note == "" || slices.Contains(notes, note) {
		return notes
	}
	return append(notes, note)
}

// comment writes notes above a member; with an empty line after them before a
// directive.
func comment(b *bytes.Buffer, notes []string, directive bool) {
	for _, n := range notes {
		fmt.Fprintf(b, "// %s.\n", n)
	}
	if len(notes) > 0 && directive {
		b.WriteString("//\n")
	}
}

func (w *writer) bean(b *bytes.Buffer, c *javaapi.Class) {
	name := w.goNames[c.Name]
	fmt.Fprintf(b, "\n// %s is Java's %s.", name, c.Name)
	if c.Form == javaapi.Record {
		b.WriteString(" Java reads a record only with hessian-lite 4 (Dubbo 3.3).")
	}
	if subs, err := w.lib.Subclasses(c.Name); err != nil {
		w.fail(c.Name, err)
	} else if len(subs) > 0 && c.Form != javaapi.Exception {
		fmt.Fprintf(b, " Its subclasses\n// (%s) do not fit in here.", strings.Join(clip(subs, 5), ", "))
	}
	for _, h := range c.Hidden {
		fmt.Fprintf(b, "\n// %s is hidden by a field of that name in a subclass and does not travel.", h)
	}
	w.imports[hessianPath] = true
	fmt.Fprintf(b, "\ntype %s struct {\n_ hessian.Class `java:%q`\n", name, c.Name)
	taken := nameSet{"EncodeHessian": true, "DecodeHessianField": true, "HessianClass": true}
	if c.Form == javaapi.Exception {
		taken["Error"], taken["Unwrap"], taken["Message"], taken["Cause"] = true, true, true, true
		b.WriteString("Message string `java:\"detailMessage\"`\nCause error `java:\"cause\"`\n")
	}
	for _, f := range c.Fields {
		w.field(b, f, taken)
	}
	b.WriteString("}\n")
	if c.Form == javaapi.Exception {
		fmt.Fprintf(b, "\n// Error returns Java's message, or the class if it has none.\nfunc (e *%s) Error() string {\nif e.Message != \"\" {\nreturn e.Message\n}\nreturn %q\n}\n", name, c.Name)
		fmt.Fprintf(b, "\n// Unwrap returns Java's cause, nil for none.\nfunc (e *%s) Unwrap() error { return e.Cause }\n", name)
	}
}

func clip(list []string, most int) []string {
	if len(list) <= most {
		return list
	}
	return append(slices.Clone(list[:most]), "…")
}

func (w *writer) field(b *bytes.Buffer, f *javaapi.Field, taken nameSet) {
	t, declare, err := w.value(f.Type)
	if err != nil {
		w.fail(f.Owner+"."+f.Name, err)
		return
	}
	name := taken.take(exported(f.Name, f.Name == strings.ToUpper(f.Name)))
	tag := f.Name
	if declare != "" {
		tag += ",type=" + declare
	} else if gen.JavaName(name) == f.Name {
		tag = ""
	}
	comment(b, appendNote(nil, t.note), false)
	fmt.Fprintf(b, "%s %s", name, w.use(t.expr))
	if tag != "" {
		fmt.Fprintf(b, " `java:%q`", tag)
	}
	b.WriteByte('\n')
}

func (w *writer) enum(b *bytes.Buffer, c *javaapi.Class, taken nameSet) {
	name := w.goNames[c.Name]
	if len(c.Constants) == 0 {
		w.fail(c.Name, fmt.Errorf("the enum has no constants"))
	}
	fmt.Fprintf(b, "\n// %s is Java's enum %s; \"\" is null.\n//\n//gubbo:enum %s\ntype %s string\n\n// The constants of %s.\nconst (\n", name, c.Name, c.Name, name, name)
	for _, k := range c.Constants {
		fmt.Fprintf(b, "%s %s = %q\n", taken.take(name+exported(k, true)), name, k)
	}
	b.WriteString(")\n")
}
