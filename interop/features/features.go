// Package features has services that show what a Dubbo can do beside carrying
// values; their Java twins are in java/src/lab/features.
package features

import (
	"context"

	"github.com/gubbo/gubbo/protocol/hessian"
)

//go:generate go run github.com/gubbo/gubbo/cmd/gubbo-gen .

// Features is exported many times, each time under other terms.
//
//gubbo:service lab.features.Features
type Features interface {
	// Where returns the name of this export.
	Where(ctx context.Context) (string, error)
	// Attached returns the attachment of the key as text, and replies with one
	// of key back-int that is no String where that can be.
	Attached(ctx context.Context, key string) (string, error)
	// Object fails unless the attachment object is what kind names. It returns
	// thing, and attaches to the reply what kind names as back-object.
	Object(ctx context.Context, kind string, thing *Thing) (*Thing, error)
	// Sum returns the sum of the unsigned bytes.
	Sum(ctx context.Context, data []byte) (int64, error)
	// Grow returns n bytes of 7.
	Grow(ctx context.Context, n int32) ([]byte, error)
	// Twice returns 2n after that many milliseconds.
	Twice(ctx context.Context, n, millis int32) (int32, error)
	// Odd throws an unchecked exception of the interface's own jar that no
	// method declares.
	Odd(ctx context.Context, message string) error
	// Unlisted throws one more; Java's serialize.allowlist has not even heard
	// of it.
	Unlisted(ctx context.Context, message string) error
	// Peer returns the caller's address as host:port.
	Peer(ctx context.Context) (string, error)
}

// Later has methods that return a CompletableFuture in Java, which an
// interface of Dubbo 2.6 cannot.
//
//gubbo:service lab.features.Later
type Later interface {
	// Later returns the text after that many milliseconds; without a text it
	// fails with an IllegalArgumentException.
	Later(ctx context.Context, text string, millis int32) (string, error)
}

// Thing is a class of which there are attachments.
type Thing struct {
	_    hessian.Class `java:"lab.features.Thing"`
	Name string
}
