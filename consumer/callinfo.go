package consumer

import (
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
	// ReplyAttachments came with the answer.
	ReplyAttachments []api.Attachment
}

// Attempt is one try of a call at one provider.
type Attempt struct {
	Peer    string
	Code    api.Code
	Elapsed time.Duration
	// Err is why the try failed, nil for success.
	Err error
}

// Reply returns the reply attachment of key, "" if there is none.
func (c *CallInfo) Reply(key string) string {
	for _, a := range c.ReplyAttachments {
		if a.Key == key {
			return a.Value
		}
	}
	return ""
}

func (c *CallInfo) reset() {
	c.Peer, c.Elapsed, c.ReplyAttachments = "", 0, nil
	c.Attempts = c.Attempts[:0]
}

// finish copies what the Invocation knows: info may outlive it.
func (c *CallInfo) finish(inv *api.Invocation, elapsed time.Duration) {
	c.Peer, c.Elapsed = inv.Peer, elapsed
	c.ReplyAttachments = append([]api.Attachment(nil), inv.ReplyAttachments.All()...)
}
