package protocol

import (
	"context"

	"github.com/gubbo/gubbo/api"
)

// ListenerHandler takes the calls to one listener that came over one
// connection. Find is asked with the listener's interface as the path; what
// Endpoint.Service it returns does not matter.
type ListenerHandler interface {
	Handler
	// Ended is called once if the connection ended while the provider had the
	// listener, so that nobody calls it any more; err says why. It may block;
	// ctx ends with the client. It is not called when the client is closed.
	Ended(ctx context.Context, err error)
}

// Listener is a listener of a consumer as a server reaches it: its Invoke sends
// inv, with Service, Method, Args, Reply and Deadline set, over the connection
// that brought it. It fails with api.Unavailable, api.SentNo, once Done is
// closed.
type Listener interface {
	api.Invoker
	// Done is closed when the consumer has taken the listener back or its
	// connection has ended.
	Done() <-chan struct{}
}

// Callbacks tells a server how the listeners of a method become arguments.
type Callbacks struct {
	// Limit is how many listeners of one interface one connection may have.
	Limit int
	// Bind makes the argument that stands for to. It is called once for each
	// listener of a connection: who hands it over again is given the same.
	Bind func(l *api.ListenerDesc, to Listener) any
}
