package hessian

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What dubbo-go-hessian2 v1.12.5 does with the types of its users, so that they
// need no change here.

// lowerFirst is its name for a field without a tag. When it reads, it also
// takes the Go name as it is and all in small letters.
func lowerFirst(name string) string {
	r, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(r)) + name[size:]
}

// addAliases lets the field of that Go name arrive under its other names too,
// unless a field before it has them.
func (p *plan) addAliases(goName, field string) {
	if p.desc.Also == nil {
		p.desc.Also = make(map[string]string)
	}
	for _, name := range []string{goName, strings.ToLower(goName), lowerFirst(goName)} {
		if _, taken := p.desc.Also[name]; !taken && name != field {
			p.desc.Also[name] = field
		}
	}
}

// enum turns Go values of an enum into names and back.
type enum struct {
	name func(v reflect.Value) string
	set  func(v reflect.Value, name string)
}

// enumOf returns the enum of t, which className knows as one: a string type,
// which is the name itself, or an int32 type with methods.
func enumOf(t reflect.Type) enum {
	if t.Kind() == reflect.String {
		return enum{reflect.Value.String, reflect.Value.SetString}
	}
	return enum{
		func(v reflect.Value) string {
			p := reflect.New(t)
			p.Elem().Set(v)
			return p.Interface().(fmt.Stringer).String()
		},
		func(v reflect.Value, name string) {
			if name == "" { // null
				v.SetZero()
				return
			}
			got := v.Addr().MethodByName("EnumValue").Call([]reflect.Value{reflect.ValueOf(name)})
			v.SetInt(got[0].Int())
		},
	}
}

// isPojoEnum tells whether p, a pointer to an int32 type, has the methods of
// dubbo-go's POJOEnum:
//
//	String() string
//	EnumValue(name string) hessian.JavaEnum // an int32
func isPojoEnum(p reflect.Type) bool {
	m, ok := p.MethodByName("EnumValue")
	return ok && p.Implements(reflect.TypeFor[fmt.Stringer]()) && m.Type.NumIn() == 2 && m.Type.In(1).Kind() == reflect.String &&
		m.Type.NumOut() == 1 && m.Type.Out(0).Kind() == reflect.Int32
}
