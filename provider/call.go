package provider

import (
	"context"

	"github.com/gubbo/gubbo/api"
)

// Call is what a method or filter may know of the call that it serves, beside
// the arguments. It ends with the call, and belongs to the call's goroutine.
// The methods of a nil Call return zero values, so that a method can be tested
// without a Server.
type Call struct{ inv *api.Invocation }

// CallFrom returns the call that ctx belongs to, nil if it belongs to none.
func CallFrom(ctx context.Context) *Call {
	c, _ := ctx.Value(callKey{}).(*Call)
	return c
}

// Service returns the service as it is published here.
func (c *Call) Service() api.Service {
	if c == nil {
		return api.Service{}
	}
	return *c.inv.Service
}

// Method returns the method's Java name.
func (c *Call) Method() string {
	if c == nil {
		return ""
	}
	return c.inv.Method.Name
}

// Peer returns the caller's "host:port".
func (c *Call) Peer() string {
	if c == nil {
		return ""
	}
	return c.inv.Peer
}

// PeerApplication returns the name that the caller gave itself, "" if it gave
// none.
func (c *Call) PeerApplication() string {
	if c == nil {
		return ""
	}
	return c.inv.PeerApplication
}

// Attachment returns what the caller attached under key, "" if nothing.
func (c *Call) Attachment(key string) string {
	if c == nil {
		return ""
	}
	return c.inv.Attachments.Get(key)
}

// Attachments returns all that the caller attached. The slice must not be
// changed.
func (c *Call) Attachments() []api.Attachment {
	if c == nil {
		return nil
	}
	return c.inv.Attachments.All()
}

// Reply attaches a value to the answer. Attachments travel with results and
// with errors that a method returned.
func (c *Call) Reply(key, value string) {
	if c != nil {
		c.inv.ReplyAttachments.Set(key, value)
	}
}

type callKey struct{}

// callContext is the context that filters and methods get: the protocol's,
// with the call in it. Context and call are one object because every call
// allocates it.
type callContext struct {
	context.Context
	call Call
}

func (c *callContext) Value(key any) any {
	if _, ok := key.(callKey); ok {
		return &c.call
	}
	return c.Context.Value(key)
}

// AfterFunc lets contexts derived from this one hang on the protocol's without
// a goroutine of their own.
func (c *callContext) AfterFunc(f func()) (stop func() bool) {
	if a, ok := c.Context.(interface{ AfterFunc(func()) func() bool }); ok {
		return a.AfterFunc(f)
	}
	return context.AfterFunc(c.Context, f)
}
