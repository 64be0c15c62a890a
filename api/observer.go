package api

import (
	"context"
	"time"
)

// Side tells which end of a call is meant.
type Side uint8

// The sides of a call.
const (
	ConsumerSide Side = iota + 1
	ProviderSide
)

// String returns the name that Dubbo uses in URLs: "consumer" or "provider".
func (s Side) String() string {
	switch s {
	case ConsumerSide:
		return "consumer"
	case ProviderSide:
		return "provider"
	}
	return "unknown"
}

// Scope tells what an Observation covers.
type Scope uint8

// The scopes of an observation.
const (
	// CallScope is a user's call from beginning to end: on a consumer with all
	// its tries, on a provider the one execution.
	CallScope Scope = iota + 1
	// AttemptScope is one try of a consumer at one provider. A provider has
	// none.
	AttemptScope
)

// Observation is what an Observer learns of a call or an attempt. Begin sees
// the fields up to Start, End sees all.
type Observation struct {
	Side    Side
	Scope   Scope
	Service *Service
	Method  *Method
	Start   time.Time

	// Peer is the other side's "host:port"; of a call, that of the last try.
	Peer string
	// PeerApplication is the other side's application; "" if unknown.
	PeerApplication string
	// Elapsed is the time from Start to the end of decoding.
	Elapsed time.Duration
	// BytesOut and BytesIn are frame sizes; of a call, the sums over its tries.
	BytesOut, BytesIn int
	// Attempts is the number of tries that a call made; 1 for an attempt and
	// on a provider.
	Attempts int
	// Err is the outcome, nil for success. CodeOf(Err) is its class.
	Err error
}

// Observer sees every call and every attempt begin and end, after encoding
// and decoding, and is how statistics and traces plug in. Its methods are
// called on the goroutine of the call, from many goroutines at once, so they
// must be fast and must not block. They must not keep the Observation.
type Observer interface {
	Begin(o *Observation)
	End(o *Observation)
	// Close flushes what the observer still holds; whoever owns the Config
	// that names it calls Close last, once, when no call runs any more.
	Close(ctx context.Context) error
}
