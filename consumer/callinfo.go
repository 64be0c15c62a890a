package consumer

import (
	"slices"
	"time"

	"github.com/gubbo/gubbo/api"
)

// CallInfo is what Capture tells of one call. It is complete when the call has
// returned.
type CallInfo struct {
	// Peer is the provider of the last try, "host:port"; "" if none was tried.
	Peer string
	// Attempts are the tries in order.
	Attempts []Attempt
	// Elapsed is the duration of the whole call.
	Elapsed time.Duration
	// ReplyAttachments came with the answer and have a text.
	ReplyAttachments []api.Attachment
	// ReplyObjects came with the answer and are no strings. A number or boolean
	// is among ReplyAttachments, too, as text.
	ReplyObjects []api.ObjectAttachment
}

// Attempt is one try of a call at one provider.
type Attempt struct {
	Peer    string
	Code    api.Code
	Elapsed time.Duration
	// Err is why the try failed, nil for success.
	Err error
}

// Reply returns the reply attachment of key as text, "" if there is none or it
// is no string, number or boolean.
func (c *CallInfo) Reply(key string) string {
	for _, a := range slices.Backward(c.ReplyAttachments) {
		if a.Key == key {
			return a.Value
		}
	}
	return ""
}

// ReplyObject returns the reply attachment of key as the value that it is: a
// string, or from Java's setObjectAttachment also a number, a list, a map or an
// object, as hessian.Decoder.Any has them; nil if there is none. Classes that the
// method's result mentions are their Go types.
func (c *CallInfo) ReplyObject(key string) any {
	for _, o := range slices.Backward(c.ReplyObjects) {
		if o.Key == key {
			return o.Value
		}
	}
	for _, a := range slices.Backward(c.ReplyAttachments) {
		if a.Key == key {
			return a.Value
		}
	}
	return nil
}

func (c *CallInfo) reset() {
	c.Peer, c.Elapsed, c.ReplyAttachments, c.ReplyObjects = "", 0, nil, nil
	c.Attempts = c.Attempts[:0]
}

// finish copies what the Invocation knows: info may outlive it.
func (c *CallInfo) finish(inv *api.Invocation, elapsed time.Duration) {
	c.Peer, c.Elapsed = inv.Peer, elapsed
	c.ReplyAttachments = append([]api.Attachment(nil), inv.ReplyAttachments.All()...)
	c.ReplyObjects = inv.ReplyAttachments.Objects()
}
