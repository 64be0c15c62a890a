package api

// Attachment is one key and value that travel beside the arguments of a call
// or beside its result. Keys are case-sensitive.
type Attachment struct{ Key, Value string }

// Attachments is a small list of attachments, searched linearly. The zero
// value is empty and ready to use. What a protocol received is decoded only
// when somebody asks for it.
//
// It is part of an Invocation and shares its rules: one goroutine at a time.
type Attachments struct {
	list []Attachment
	lazy LazyAttachments
}

// LazyAttachments are attachments that still lie encoded in a received frame.
// The protocol checks them when the frame arrives, so decoding cannot fail.
type LazyAttachments interface {
	// AppendAttachments appends the decoded attachments to dst.
	AppendAttachments(dst []Attachment) []Attachment
}

// AttachmentsOf returns Attachments that hold list. The caller gives the
// slice away; a Set copies it first if other Attachments may share it.
func AttachmentsOf(list []Attachment) Attachments {
	return Attachments{list: list[:len(list):len(list)]}
}

// SetLazy replaces the content by what l will decode. For protocols.
func (a *Attachments) SetLazy(l LazyAttachments) { a.list, a.lazy = nil, l }

func (a *Attachments) decode() {
	if a.lazy != nil {
		l := a.lazy
		a.lazy = nil
		a.list = l.AppendAttachments(a.list)
	}
}

// Get returns the value of key, "" if there is none.
func (a *Attachments) Get(key string) string {
	v, _ := a.Lookup(key)
	return v
}

// Lookup returns the value of key and whether there is one.
func (a *Attachments) Lookup(key string) (string, bool) {
	a.decode()
	for i := range a.list {
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
	for i := range a.list {
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

// Len returns the number of attachments.
func (a *Attachments) Len() int {
	a.decode()
	return len(a.list)
}

// All returns the attachments in the order in which they were set or
// received. The slice must not be changed.
func (a *Attachments) All() []Attachment {
	a.decode()
	return a.list
}

// Reset empties a.
func (a *Attachments) Reset() { a.list, a.lazy = nil, nil }
