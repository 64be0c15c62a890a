package hessian

// Object is an object of a class that the decoder was not told of. It keeps
// its fields in order and is encoded back as it came. Set up one's own, it is
// written as an object of that class.
type Object struct {
	Class  string
	Fields []Field
}

// Field is a field of an Object.
type Field struct {
	Name  string
	Value any
}

// Get returns the value of the field with that name, nil if there is none.
func (o *Object) Get(name string) any {
	for i := range o.Fields {
		if o.Fields[i].Name == name {
			return o.Fields[i].Value
		}
	}
	return nil
}

// List is a list with a Java type, such as "java.util.HashSet" or "[int".
type List struct {
	Class string // "" for none
	Items []any
}

// Map is a map with a Java type, or with keys that are not strings. It keeps
// its order.
type Map struct {
	Class   string // "" for none, which is java.util.HashMap
	Entries []Entry
}

// Entry is a key and value of a Map.
type Entry struct{ Key, Value any }

// Get returns the value of the string key, nil if there is none.
func (m *Map) Get(key string) any {
	for i := range m.Entries {
		if k, ok := m.Entries[i].Key.(string); ok && k == key {
			return m.Entries[i].Value
		}
	}
	return nil
}
