package consumer

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gubbo/gubbo/api"
)

var errClosed = errors.New("consumer: the client is closed")

// asError returns the *api.Error in err's chain. An error that has none came
// from a filter, and the context's own errors stand for theirs.
func asError(err error) *api.Error {
	if e, ok := errors.AsType[*api.Error](err); ok {
		return e
	}
	if code := api.CodeOf(err); code == api.Timeout || code == api.Canceled {
		return api.NewError(code, api.SentMaybe, "", err)
	}
	return nil
}

// explain names service, method and peer in an error that leaves the cluster,
// and adds a note on why no further try was made.
func (d *Directory) explain(inv *api.Invocation, e *api.Error, sent api.Sent, note string) error {
	var b strings.Builder
	name := d.service.Interface + "." + inv.Method.Name
	if strings.Contains(e.Message, name) && strings.Contains(e.Message, inv.Peer) {
		b.WriteString(e.Message) // the protocol has said it all
	} else {
		b.WriteString("consumer: ")
		b.WriteString(d.service.Key())
		b.WriteByte('.')
		b.WriteString(inv.Method.Name)
		if inv.Peer != "" {
			b.WriteString(" at ")
			b.WriteString(inv.Peer)
		}
		switch {
		case e.Message != "":
			b.WriteString(": ")
			b.WriteString(e.Message)
		case e.Cause == nil:
			b.WriteString(": ")
			b.WriteString(e.Code.String())
		}
	}
	if note != "" {
		b.WriteString(" (")
		b.WriteString(note)
		b.WriteByte(')')
	}
	return api.NewError(e.Code, sent, b.String(), e.Cause)
}

// history is the tries of a call that failed, for its error.
type history struct {
	n    int
	sent api.Sent
	text strings.Builder
}

func newHistory() history { return history{sent: api.SentNo} }

func (h *history) add(peer string, e *api.Error) {
	h.n++
	if e.Sent == api.SentMaybe {
		h.sent = api.SentMaybe
	}
	if h.n > 10 {
		return
	}
	if h.n > 1 {
		h.text.WriteString(", ")
	}
	h.text.WriteString(peer)
	h.text.WriteByte(' ')
	h.text.WriteString(e.Code.String())
}

// note says how many tries there were and why there was no further one.
func (h *history) note(why string) string {
	if h.n < 2 {
		return why
	}
	if why != "" {
		why = "; " + why
	}
	return fmt.Sprintf("try %d after %s%s", h.n, h.text.String(), why)
}
