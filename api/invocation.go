package api

import (
	"context"
	"time"
)

// Invocation is one call, or one attempt of a call, on either side. Generated
// code embeds it, with the typed arguments and the reply, in the one object
// that a call allocates.
//
// It belongs to the goroutine that runs the call: filters may read and set
// fields before they call the next Invoker, and read them after it returned.
// Nobody may keep it longer than the call.
type Invocation struct {
	// Service and Method say what is called; never nil, never changed.
	Service *Service
	Method  *Method

	// Args are the arguments. The protocol in use asserts them to its own
	// codec interface.
	Args Args
	// Reply points to where the result goes; nil if Method.Oneway. Like Args it
	// also implements the codec interface of the protocol in use.
	Reply any

	// Attachments travel with the request, ReplyAttachments with the answer.
	Attachments      Attachments
	ReplyAttachments Attachments

	// Deadline is when the caller gives up: on the client set before the first
	// filter runs, on the server made anew from the time left that the wire
	// told. Zero means none.
	Deadline time.Time

	// AwaitSent makes a call of a Method.Oneway return when the connection has
	// taken its bytes instead of when they are queued, and fail if that does not
	// happen before the deadline: Dubbo's sent=true. It means nothing for others,
	// which wait for their answer, and nothing on the server.
	AwaitSent bool

	// Peer is the address of the other side, "host:port". On the client it is
	// "" until a provider is chosen.
	Peer string
	// PeerApplication is the name the other side gave itself; "" if unknown.
	PeerApplication string

	// Attempt counts the tries of this call, from 1. On the server always 1.
	Attempt int

	// BytesOut and BytesIn are the sizes of the frame sent and received, set
	// by the protocol.
	BytesOut, BytesIn int

	// Owner belongs to the package that runs the call: a consumer keeps there
	// what this call asked for. Filters and protocols leave it alone.
	Owner any

	// Sink takes the result on the server, right after the user's method
	// returned; nil on the client. See ReplySink.
	Sink ReplySink
}

// Args gives a filter or router access to the arguments. At boxes, so the hot
// path does not call it.
type Args interface {
	Len() int
	// At returns argument i, 0 ≤ i < Len.
	At(i int) any
}

// ReplySink is the server protocol's end of a call. Dispatch hands it the
// reply as soon as the user's method returned, so that the value is encoded
// before anybody else may change it and an encoding error is seen by the
// filters; the reply attachments are encoded after the filters.
type ReplySink interface {
	EncodeReply(reply any) error
}

// Invoker runs a call. A filter chain, a cluster, a protocol's client and the
// dispatch to a user's method are all Invokers.
//
// Invoke returns when the call has ended: the reply is decoded into inv.Reply
// or the error says why not. Every error that leaves a protocol or a cluster
// is an *Error. It may be called from many goroutines, each with its own
// Invocation.
type Invoker interface {
	Invoke(ctx context.Context, inv *Invocation) error
}

// InvokerFunc is a function that is an Invoker.
type InvokerFunc func(ctx context.Context, inv *Invocation) error

// Invoke calls f.
func (f InvokerFunc) Invoke(ctx context.Context, inv *Invocation) error { return f(ctx, inv) }

// Filter wraps an Invoker in another one. It runs once per construction of a
// chain, never per call; the Invoker that it returns runs per call. The first
// filter of a slice acts first.
type Filter func(next Invoker) Invoker

// Chain puts filters before last; the first acts first.
func Chain(last Invoker, filters ...Filter) Invoker {
	for i := len(filters) - 1; i >= 0; i-- {
		last = filters[i](last)
	}
	return last
}
