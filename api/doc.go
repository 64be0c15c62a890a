// Package api holds the words that every other package of gubbo shares: what
// a service, a method and a call are, how a call is invoked, filtered and
// observed, how it fails, and the URL under which a provider is known.
//
// It imports the standard library only, does no I/O, starts no goroutine and
// has no variable that changes. Everything above it may import it; it imports
// nothing of gubbo.
package api
