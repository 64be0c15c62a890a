package api

import "context"

// Callback says that a parameter of a Method is a listener: an object of the
// caller's that the provider calls back, over the connection that brought it.
// Dubbo knows it as a callback argument, on dubbo:// only. Generated code
// declares it; it never changes.
type Callback struct {
	// Param is the parameter's index, from 0.
	Param int
	// Listener is what the parameter can do.
	Listener *ListenerDesc
	// Release says that the call takes the listener back instead of handing it
	// over: Dubbo's "callback=false".
	Release bool
}

// ListenerDesc is the contract of a listener. Generated code declares one for
// each; it never changes.
type ListenerDesc struct {
	// Interface is the Java interface, e.g. "com.example.Listener".
	Interface string
	// Methods are what a provider may call.
	Methods []Method
	// Calls run Methods, in their order, on the side that has the listener.
	Calls []ListenerCall
	// Stub makes what the provider's method is given: a value of the listener's
	// Go type whose methods call through to.
	Stub func(to Invoker) any
}

// ListenerCall is one method of a listener.
type ListenerCall struct {
	// New returns a fresh call with Args and Reply set, ready to decode into.
	New func() *Invocation
	// Run calls the method of listener with inv.Args and fills inv.Reply.
	Run func(ctx context.Context, listener any, inv *Invocation) error
}

// CallbackArgs are the Args of a Method that has Callbacks. On the wire a
// listener is null: At gives the caller's, and the provider's protocol sets
// its stand-in before the method runs.
type CallbackArgs interface {
	Args
	// SetCallback sets argument i to a value that ListenerDesc.Stub made.
	SetCallback(i int, listener any)
}
