package api

import "slices"

// Attachment is one key and value that travel beside the arguments of a call
// or beside its result. Keys are case-sensitive.
type Attachment struct{ Key, Value string }

// ObjectAttachment is an attachment that is no string but any value that the
// protocol can carry, e.g. over dubbo:// what a hessian.Encoder's Any takes.
// Java's is setObjectAttachment, of Dubbo 2.7 and later.
type ObjectAttachment struct {
	Key   string
	Value any
}

// Attachments is a small list of attachments, searched linearly. The zero
// value is empty and ready to use. What a protocol received is decoded only
// when somebody asks for it.
//
// It is part of an Invocation and shares its rules: one goroutine at a time.
type Attachments struct {
	list []Attachment
	lazy LazyAttachments
	// objects is nil for nearly all calls, and a pointer so that it costs them
	// one word. What it points to is never changed: copies of Attachments share
	// it.
	objects *[]ObjectAttachment
}

// LazyAttachments are attachments that still lie encoded in a received frame.
// The protocol checks them when the frame arrives, so decoding cannot fail.
type LazyAttachments interface {
	// AppendAttachments appends the decoded attachments: those that have a text,
	// a number's too, and as they are those that came as no string.
	AppendAttachments(texts []Attachment, objects []ObjectAttachment) ([]Attachment, []ObjectAttachment)
}

// AttachmentsOf returns Attachments that hold list. The caller gives the
// slice away; a Set copies it first if other Attachments may share it.
func AttachmentsOf(list []Attachment) Attachments {
	return Attachments{list: list[:len(list):len(list)]}
}

// SetLazy replaces the content by what l will decode. For protocols.
func (a *Attachments) SetLazy(l LazyAttachments) { a.list, a.lazy, a.objects = nil, l, nil }

func (a *Attachments) decode() {
	if a.lazy != nil {
		l := a.lazy
		a.lazy = nil
		var objects []ObjectAttachment
		a.list, objects = l.AppendAttachments(a.list, nil)
		a.keep(objects)
	}
}

// keep makes objects those of a, which has the slice from then on.
func (a *Attachments) keep(objects []ObjectAttachment) {
	a.objects = nil
	if len(objects) > 0 {
		kept := objects // what escapes is this, made only here
		a.objects = &kept
	}
}

// Get returns the value of key, "" if there is none.
func (a *Attachments) Get(key string) string {
	v, _ := a.Lookup(key)
	return v
}

// Lookup returns the value of key and whether there is one. Of a key that was
// received twice the last counts, as in Java's map.
func (a *Attachments) Lookup(key string) (string, bool) {
	a.decode()
	for i := len(a.list) - 1; i >= 0; i-- {
		if a.list[i].Key == key {
			return a.list[i].Value, true
		}
	}
	return "", false
}

// Set sets key to value, replacing an earlier value. Slices that All returned
// before keep what they had.
func (a *Attachments) Set(key, value string) {
	a.decode()
	if a.objects != nil {
		a.keep(without(*a.objects, key))
	}
	for i := len(a.list) - 1; i >= 0; i-- {
		if a.list[i].Key == key {
			list := make([]Attachment, len(a.list), len(a.list)+1)
			copy(list, a.list)
			list[i].Value = value
			a.list = list
			return
		}
	}
	a.list = append(a.list, Attachment{key, value})
}

// SetObject sets key to value, replacing an earlier value, a string too. A
// string is set as Set does; nil takes the key away. The value must not change
// until the call has ended.
func (a *Attachments) SetObject(key string, value any) {
	if text, ok := value.(string); ok {
		a.Set(key, text)
		return
	}
	a.decode()
	a.list = slices.DeleteFunc(slices.Clone(a.list), func(t Attachment) bool { return t.Key == key })
	objects := without(a.Objects(), key)
	if value != nil {
		objects = append(objects, ObjectAttachment{key, value})
	}
	a.keep(objects)
}

// without returns a new slice of the objects that have another key.
func without(objects []ObjectAttachment, key string) []ObjectAttachment {
	var rest []ObjectAttachment
	for _, o := range objects {
		if o.Key != key {
			rest = append(rest, o)
		}
	}
	return rest
}

// Object returns the value of key as it was set or received, a string for one
// that Set set; nil if there is none.
func (a *Attachments) Object(key string) any {
	for _, o := range slices.Backward(a.Objects()) {
		if o.Key == key {
			return o.Value
		}
	}
	if text, ok := a.Lookup(key); ok {
		return text
	}
	return nil
}

// Objects returns the attachments that are no strings, in the order in which
// they were set or received. The slice must not be changed. All has a received
// boolean or number as well, as text.
func (a *Attachments) Objects() []ObjectAttachment {
	a.decode()
	if a.objects == nil {
		return nil
	}
	return *a.objects
}

// Len returns the number of attachments that have a text.
func (a *Attachments) Len() int {
	a.decode()
	return len(a.list)
}

// All returns the attachments that have a text in the order in which they were set or
// received. The slice must not be changed.
func (a *Attachments) All() []Attachment {
	a.decode()
	return a.list
}

// Reset empties a.
func (a *Attachments) Reset() { a.list, a.lazy, a.objects = nil, nil, nil }
