// Package protocol is the seam between calls and bytes: what provider and
// consumer ask of a wire protocol. The protocols themselves are the packages
// below this one; each translates calls, errors and attachments to its wire
// and back at one place, so that above them nobody knows which protocol spoke.
package protocol

import (
	"context"
	"net"

	"github.com/gubbo/gubbo/api"
)

// Protocol is one wire protocol. It is a stateless value that may be shared.
type Protocol interface {
	// Name is the URL scheme, e.g. "dubbo".
	Name() string

	// Dial makes a client for the provider at address, "host:port". It does not
	// wait for the connection: the client connects when it is first used, and
	// again, with jittered backoff, whenever the connection is lost.
	Dial(address string, o DialOptions) (Client, error)

	// Serve serves the connections that ln accepts until the Server is closed.
	// It returns at once; the Server owns ln from then on.
	Serve(ln net.Listener, h Handler, o ServeOptions) (Server, error)
}

// Client is the connection, or the few connections, to one provider address.
// Its Invoke sends inv and waits for the answer, for ctx or for inv.Deadline.
//
// Every error is an *api.Error whose Sent is api.SentNo only if the provider
// surely did not run the call.
type Client interface {
	api.Invoker

	// State tells whether the address is worth choosing. It is cheap: a
	// balancer asks for each pick.
	State() State

	// Connect starts connecting if need be and waits until the client is ready,
	// ctx ends or the attempt fails.
	Connect(ctx context.Context) error

	// Close closes the connections and returns when the client's goroutines
	// are gone. Calls under way fail with api.Disconnected. It may be called
	// twice.
	Close() error
}

// DropCounter is a Client, or a Server that calls listeners, which tells the
// responses that it had to drop.
type DropCounter interface {
	// Drops returns the counts since it was made, over all of its connections.
	Drops() Drops
}

// Drops counts responses that no call waited for.
type Drops struct {
	// Late is how many answered a call that had given up, by timeout or
	// cancellation, or was answered before. Many mean that the timeouts are
	// shorter than the provider needs.
	Late uint64
	// Unknown is how many answered a call that was never made. A peer that
	// sends one is broken.
	Unknown uint64
}

// State is what a client knows of its peer.
type State uint8

const (
	// Idle has no connection and nothing against the address.
	Idle State = iota
	// Connecting is dialling.
	Connecting
	// Ready has a live connection.
	Ready
	// Suspect has a connection whose peer neither answers the calls that wait
	// nor a heartbeat: it may be stopped or gone. Any byte from it makes it Ready.
	Suspect
	// Draining has a live connection to a peer that said it is leaving
	// (dubbo:// readonly event, HTTP/2 GOAWAY).
	Draining
	// Failed could not connect or lost the connection, and waits before it
	// tries again.
	Failed
	// Closed was closed by its owner.
	Closed
)

// String returns the state's name in lower case.
func (s State) String() string {
	names := [...]string{"idle", "connecting", "ready", "suspect", "draining", "failed", "closed"}
	if int(s) < len(names) {
		return names[s]
	}
	return "unknown"
}

// Connected tells whether a client in state s has a connection.
func (s State) Connected() bool { return s == Ready || s == Suspect || s == Draining }

// DialOptions are what a consumer tells a protocol. The zero value works.
type DialOptions struct {
	// Application is the name that the consumer gives itself to providers; ""
	// gives none.
	Application string
	// Dial opens a connection; nil is a net.Dialer with a 3 s timeout.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Listen makes what takes the calls that a provider makes to a listener, a
	// callback argument; nil refuses calls that have one. It is called when a
	// call brings the listener to a connection that does not know it yet.
	Listen func(l *api.ListenerDesc, listener any) ListenerHandler
	// OnState is called, if not nil, after each change of State, one change at
	// a time, from a goroutine of the client. It must not block and must not
	// call the client's Close.
	OnState func(State)
	// Leave decides, while the client is Suspect, whether the call inv waits on,
	// or ends with the error that Leave returns, e as a rule, because it had
	// better be tried elsewhere; if Leave is nil, all wait. It is called from the
	// goroutine of the call, perhaps more than once.
	Leave func(inv *api.Invocation, e *api.Error) error
	// Spare tells whether no call needs this address any more. It is asked, now
	// and then, while the client is Draining and nothing is under way over its
	// connection. Then the client closes that, for a leaving peer may wait until
	// nobody is connected, and is Failed until it has connected again. If Spare is
	// nil, the peer closes. It must not block.
	Spare func() bool
	// MaxMessage bounds the body of a message in bytes; 0 is 8 MiB, Dubbo's
	// default payload.
	MaxMessage int
}

// ServeOptions are what a provider tells a protocol. The zero value works.
type ServeOptions struct {
	// Application is the name that the provider gives itself when it calls the
	// listeners of its consumers; "" gives none.
	Application string
	// MaxMessage bounds the body of a message in bytes; 0 is 8 MiB. What the
	// calls of one connection hold at once is bounded with it: dubbo:// answers
	// as overloaded what goes beyond eight times as much.
	MaxMessage int
	// OnError is told of connections and frames that had to be refused; nil
	// ignores them. It must not block.
	OnError func(peer string, err error)
}

// Server serves connections.
type Server interface {
	// Drain tells every peer that this server is leaving, goes on answering,
	// and returns when no call is under way, its answer written, or ctx ends.
	// Calls that arrive meanwhile are still run: a peer may not have heard yet.
	Drain(ctx context.Context) error

	// Close stops accepting, closes the listener and all connections, ends the
	// contexts of the calls under way and returns when all goroutines of the
	// server are gone, the user's handlers excepted only if ctx-ignoring ones
	// outlive 1 s; those end on their own. It may be called twice.
	Close() error
}

// Handler finds what a request asks for.
type Handler interface {
	// Find returns the endpoint for t or an *api.Error (api.NotFound,
	// api.GoingAway …) that the protocol sends back. It is called for each
	// request, from many goroutines, before the arguments are decoded.
	//
	// Every Dubbo service answers the method "$echo". A handler that has the
	// service but no such method returns an Endpoint whose Invoker is nil, and
	// the protocol echoes by itself.
	Find(t Target) (*Endpoint, error)
}

// Target is what a request says it wants.
type Target struct {
	// Path routes, and is normally the interface; Group and Version complete
	// the service's key. Versions "0.0.0" and "*" have become "".
	Path, Group, Version string
	// Method and Desc select the method; Desc is the JVM descriptor. DescKnown
	// is false where the wire has none, which is fine unless the name is
	// overloaded.
	Method, Desc string
	DescKnown    bool
}

// Endpoint is one method of one published service.
type Endpoint struct {
	Service api.Service
	Method  *api.Method
	// New returns a fresh call with Service, Method, Args and Reply set, ready
	// to decode into.
	New func() *api.Invocation
	// Invoker runs the call: the provider's filters, then the user's method.
	Invoker api.Invoker
	// Callbacks makes the listeners of a Method that has some; nil refuses its
	// calls.
	Callbacks *Callbacks
}

// CallKey is the key under which the context of a server's call holds the
// *api.Invocation that runs: ctx.Value(CallKey{}).
type CallKey struct{}
