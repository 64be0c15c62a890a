package hessian

import (
	"fmt"
	"math/big"
	"reflect"
	"strings"
)

// content is what Java takes as an item of an array, or as a field of one of
// its own classes. Its zero value takes anything.
type content struct {
	item
	// list is the class of a list that has none of its own which fits.
	list string
	// object is the class that is wanted, for errors, and fits tells whether a
	// value is one of it.
	object string
	fits   func(v any) bool
	// like is for objects of a class that Java does not know, which it reads as
	// if they were of this one; a reference to one is none.
	like bool
}

// itemsOf returns what the list class says of its items.
func itemsOf(class string) content {
	if class == "" || class[0] != '[' {
		return content{}
	}
	return contentOf(class[1:])
}

// contentOf returns what may stand where Java has the type, named as in the
// class of an array. Classes that are not Java's own say nothing.
func contentOf(typ string) content {
	switch typ {
	case "boolean":
		return content{item: boolItem}
	case "short":
		return content{item: shortItem}
	case "int":
		return content{item: intItem}
	case "long":
		return content{item: longItem}
	case "float":
		return content{item: floatItem}
	case "double":
		return content{item: doubleItem}
	case "string", "[char":
		return content{item: stringItem}
	case "date":
		return content{item: dateItem}
	case "[byte":
		return content{item: bytesItem}
	case "java.lang.Boolean":
		return content{item: boolItem | boxedItem}
	case "java.lang.Byte":
		return content{item: byteItem | boxedItem}
	case "java.lang.Character":
		return content{item: charItem | boxedItem}
	case "java.lang.Short":
		return content{item: shortItem | boxedItem}
	case "java.lang.Integer":
		return content{item: intItem | boxedItem}
	case "java.lang.Long":
		return content{item: longItem | boxedItem}
	case "java.lang.Float":
		return content{item: floatItem | boxedItem}
	case "java.lang.Double":
		return content{item: doubleItem | boxedItem}
	case "java.util.List", "java.util.Collection":
		return content{item: listItem, list: arrayList}
	case "java.util.Map":
		return content{item: mapItem}
	}
	if strings.HasPrefix(typ, "[") {
		return content{item: listItem, list: typ}
	}
	return jdkContent(typ)
}

// content reads a value as Java reads it where it declares what c says: numbers
// are converted, and what does not fit is an error.
func (d *Decoder) content(c *content) any {
	switch c.item {
	case anyItem:
		return d.Any()
	case listItem, mapItem, objectItem:
	default:
		return d.item(c.item)
	}
	b, ok := d.definitions()
	at := d.pos
	var v any
	switch {
	case !ok:
		return nil
	case b == tagNull:
		d.pos++
		return nil
	case b == tagRef:
		v = d.anyRef()
	case c.item == listItem && isList(b):
		return d.anyList(c.list)
	case c.item == mapItem && (isMap(b) || isObject(b)), c.item == objectItem && isObject(b):
		v = d.container(b)
	default:
		d.want(c.what())
		return nil
	}
	if o, ok := v.(*Object); ok && b == tagRef && c.like && o.Class == c.object {
		return v // checked when it was read, and not again for each reference
	} else if v == nil || (!ok || b != tagRef || !c.like) && c.takes(v) { // nil is an error, or a stand-in for what cannot be
		return v
	}
	d.pos = at
	d.failf("found %s, want %s", found(v), c.what())
	return nil
}

// found names a value that was read, for errors.
func found(v any) string {
	switch v := v.(type) {
	case *Object:
		return fmt.Sprintf("an object of class %q", v.Class)
	case *Exception:
		return fmt.Sprintf("an object of class %q", v.Class)
	}
	return fmt.Sprintf("a %T", v)
}

// takes tells whether v, which a reference may have named, fits.
func (c *content) takes(v any) bool {
	switch c.item {
	case listItem:
		class, list := listClass(v)
		return list && fitting(class, c.list)
	case mapItem:
		_, list := listClass(v)
		return !list
	}
	return c.fits(v) || isDeclared(v)
}

// isDeclared tells whether v is of a class in Types: what that stands for its
// owner knows.
func isDeclared(v any) bool {
	if _, ok := v.(*big.Int); ok {
		return false
	}
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name() != "" && t.PkgPath() != "" && t.PkgPath() != reflect.TypeFor[Object]().PkgPath()
}

// what names what is wanted, for errors.
func (c *content) what() string {
	switch c.item {
	case listItem:
		if c.list == arrayList {
			return "a list"
		}
		return "a list for " + c.list
	case mapItem:
		return "a map"
	}
	return c.object
}

// listClass returns the class of the list that Any made v of.
func listClass(v any) (class string, ok bool) {
	switch v := v.(type) {
	case []any:
		return "", true
	case []bool:
		return "[boolean", true
	case []int32:
		return "[int", true
	case []int64:
		return "[long", true
	case []float64:
		return "[double", true
	case []string:
		return "[string", true
	case *List:
		return v.Class, true
	}
	return "", false
}

// fitting tells whether a list of the class may stand where Java has declared
// another: any that is no array for a List, an array of the same class or
// of objects for an array.
func fitting(class, declared string) bool {
	array := strings.HasPrefix(class, "[")
	if declared == "" || declared == class || declared[0] != '[' {
		return !array || declared == "" || declared == class
	}
	return array && itemsOf(declared).item == anyItem && !primitive(class[1:])
}

func primitive(typ string) bool {
	switch typ {
	case "boolean", "byte", "char", "short", "int", "long", "float", "double":
		return true
	}
	return false
}
