package api

import (
	"context"
	"errors"
	"strings"
)

// Error is how a call fails. Every error that a client method returns is one
// of these, possibly wrapping the cause that errors.As finds, e.g. the Go
// error that stands for a declared Java exception.
type Error struct {
	// Code is the kind of failure.
	Code Code
	// Sent says whether the provider may have run the call.
	Sent Sent
	// Message is for people: what failed, where, and what to do next.
	Message string
	// Cause is the error below, nil if there is none.
	Cause error
}

// Sent says whether a failed call may have run at a provider. Failover relies
// on it.
type Sent uint8

const (
	// SentMaybe means that the request was, or may have been, handed to the
	// network, so the provider may have run it. It is the zero value: who does
	// not know must say maybe.
	SentMaybe Sent = iota
	// SentNo means that no provider ran the call: it was never written, or the
	// provider rejected it before running it.
	SentNo
)

// Errors for errors.Is; each matches every *Error with its code.
// context.DeadlineExceeded matches Timeout and context.Canceled matches
// Canceled likewise.
var (
	ErrUnavailable = &Error{Code: Unavailable}
	ErrOverloaded  = &Error{Code: Overloaded}
	ErrGoingAway   = &Error{Code: GoingAway}
	ErrNoProvider  = &Error{Code: NoProvider}
	ErrNotFound    = &Error{Code: NotFound}
	ErrForbidden   = &Error{Code: Forbidden}
	ErrTooLarge    = &Error{Code: TooLarge}
)

// NewError makes an *Error. cause may be nil.
func NewError(code Code, sent Sent, message string, cause error) *Error {
	return &Error{Code: code, Sent: sent, Message: message, Cause: cause}
}

// Error returns "message: cause", with the code's name for an empty message.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Message != "" {
		b.WriteString(e.Message)
	} else if e.Cause == nil {
		b.WriteString(e.Code.String())
	}
	if e.Cause != nil {
		if b.Len() > 0 {
			b.WriteString(": ")
		}
		b.WriteString(e.Cause.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is reports whether target names e's kind: one of the Err values of this
// package, or the context error that belongs to the code.
func (e *Error) Is(target error) bool {
	switch target {
	case context.DeadlineExceeded:
		return e.Code == Timeout
	case context.Canceled:
		return e.Code == Canceled
	}
	t, ok := target.(*Error)
	return ok && t.Message == "" && t.Cause == nil && t.Code == e.Code
}

// CodeOf returns the code of err: OK for nil, that of the first *Error in its
// chain, Timeout and Canceled for the context's errors, else Business, since
// an error of any other type came from a user's handler.
func CodeOf(err error) Code {
	if err == nil {
		return OK
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	case errors.Is(err, context.Canceled):
		return Canceled
	}
	return Business
}
