package provider

import (
	"context"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// Call is what a method or filter may know of the call that it serves, beside
// the arguments. It ends with the call, and belongs to the call's goroutine.
// The methods of the zero Call return zero values, so that a method can be
// tested without a Server.
type Call struct{ inv *api.Invocation }

// CallFrom returns the call that ctx belongs to, the zero Call if it belongs
// to none. It allocates nothing.
func CallFrom(ctx context.Context) Call {
	inv, _ := ctx.Value(protocol.CallKey{}).(*api.Invocation)
	return Call{inv}
}

// Service returns the service as it is published here.
func (c Call) Service() api.Service {
	if c.inv == nil {
		return api.Service{}
	}
	return *c.inv.Service
}

// Method returns the method's Java name.
func (c Call) Method() string {
	if c.inv == nil {
		return ""
	}
	return c.inv.Method.Name
}

// Peer returns the caller's "host:port".
func (c Call) Peer() string {
	if c.inv == nil {
		return ""
	}
	return c.inv.Peer
}

// PeerApplication returns the name that the caller gave itself, "" if it gave
// none.
func (c Call) PeerApplication() string {
	if c.inv == nil {
		return ""
	}
	return c.inv.PeerApplication
}

// Attachment returns what the caller attached under key as text, "" if nothing
// or if it is no string, number or boolean.
func (c Call) Attachment(key string) string {
	if c.inv == nil {
		return ""
	}
	return c.inv.Attachments.Get(key)
}

// Attachments returns what the caller attached that has a text. The slice must
// not be changed.
func (c Call) Attachments() []api.Attachment {
	if c.inv == nil {
		return nil
	}
	return c.inv.Attachments.All()
}

// AttachmentObject returns what the caller attached under key as the value
// that it is: a string, or from Java's setObjectAttachment also a number, a
// list, a map or an object, as hessian.Decoder.Any has them; nil if nothing.
// Classes that the method's parameters or result mention are their Go types. An
// object that is also an argument may be the same pointer.
func (c Call) AttachmentObject(key string) any {
	if c.inv == nil {
		return nil
	}
	return c.inv.Attachments.Object(key)
}

// AttachmentObjects returns what the caller attached that is no string. The
// slice must not be changed. Attachments has a number or boolean as well, as text.
func (c Call) AttachmentObjects() []api.ObjectAttachment {
	if c.inv == nil {
		return nil
	}
	return c.inv.Attachments.Objects()
}

// Reply attaches a value to the answer. Attachments travel with results and
// with errors that a method returned.
func (c Call) Reply(key, value string) {
	if c.inv != nil {
		c.inv.ReplyAttachments.Set(key, value)
	}
}

// ReplyObject attaches a value that is no string to the answer; Java's is
// setObjectAttachment, and Dubbo 2.6 has none. It is encoded after the filters,
// as hessian.Encoder.Any does, and must not change until then; one that cannot
// be encoded fails the call. The last of Reply and ReplyObject counts; nil takes
// the key away.
func (c Call) ReplyObject(key string, value any) {
	if c.inv != nil {
		c.inv.ReplyAttachments.SetObject(key, value)
	}
}
