package consumer

import (
	"context"
	"errors"

	"github.com/gubbo/gubbo/api"
)

// Future is what becomes of a function that Go runs. Its methods may be called
// from many goroutines.
type Future[T any] struct {
	cancel context.CancelFunc
	done   chan struct{} // closed once value and err are set
	value  T
	err    error
}

var errNoReturn = errors.New("consumer: the function of this Future ended its goroutine instead of returning")

// Go runs f in a goroutine that belongs to cli, and returns at once: to call
// several providers at the same time, or to go on and look at the result later.
//
//	f := consumer.Go(ctx, cli, func(ctx context.Context) (*User, error) { return users.GetUser(ctx, 42) })
//
// The ctx that f gets is made of ctx, with its values and its deadline, and ends
// when f has returned, by Future.Cancel, or by cli.Close, which waits for f; so
// f hands it to its calls, and does not call Close itself. Nobody need look at the
// result. How many functions run at once is for the caller to bound. After
// cli.Close f does not run, and the result is api.Unavailable.
func Go[T any](ctx context.Context, cli *Client, f func(ctx context.Context) (T, error)) *Future[T] {
	ctx, cancel := context.WithCancel(ctx)
	r := &Future[T]{cancel: cancel, done: make(chan struct{}), err: errNoReturn}
	if !cli.futures.Go(func(closing context.Context) {
		unlink := context.AfterFunc(closing, cancel)
		defer func() { // also after a Goexit, so that Wait ends
			unlink()
			cancel()
			close(r.done)
		}()
		r.value, r.err = f(ctx)
	}) {
		cancel()
		r.err = api.NewError(api.Unavailable, api.SentNo, "consumer: not started", errClosed)
		close(r.done)
	}
	return r
}

// Wait returns what the function returned, as soon as it has. If ctx ends before,
// the error is an *api.Error of code Timeout or Canceled, and the function runs
// on: its own ctx bounds it.
func (f *Future[T]) Wait(ctx context.Context) (T, error) {
	select {
	case <-f.done: // goes before a ctx that has ended
		return f.value, f.err
	default:
	}
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
		var none T
		return none, api.NewError(api.CodeOf(ctx.Err()), api.SentMaybe, "consumer: the result of a Future is not there yet", ctx.Err())
	}
}

// Done returns a channel that is closed when Wait returns at once, for select.
func (f *Future[T]) Done() <-chan struct{} { return f.done }

// Cancel ends the ctx of the function, whose calls fail with api.Canceled then.
// It does not wait, and has no effect once the function has returned.
func (f *Future[T]) Cancel() { f.cancel() }
