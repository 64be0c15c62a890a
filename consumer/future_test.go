package consumer

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// futures runs f with a reference to a provider that answers with handle.
func futures(t *testing.T, handle func(context.Context, *api.Invocation) error, f func(t *testing.T, c *Client, r *Reference)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := newFakeNet()
		n.start("10.0.0.1:1", handle)
		c, err := New(Config{Protocols: []protocol.Protocol{n}})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		f(t, c, refer(t, c, Direct("dubbo://10.0.0.1:1")))
	})
}

// ordered is a call whose result is its number.
func ordered(r *Reference, n int) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) { return n, callCtx(ctx, r, order) }
}

func TestFuturesRunAtTheSameTime(t *testing.T) {
	slowly := func(context.Context, *api.Invocation) error { time.Sleep(300 * time.Millisecond); return nil }
	futures(t, slowly, func(t *testing.T, c *Client, r *Reference) {
		start := time.Now()
		var all []*Future[int]
		for i := range 20 {
			all = append(all, Go(t.Context(), c, ordered(r, i)))
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("starting took %v", took)
		}
		select {
		case <-all[0].Done():
			t.Error("done before the provider answered")
		default:
		}
		for range 2 { // a result may be looked at again
			for i, f := range all {
				if got, err := f.Wait(t.Context()); got != i || err != nil {
					t.Errorf("future %d gave %d, %v", i, got, err)
				}
			}
		}
		if took := time.Since(start); took != 300*time.Millisecond {
			t.Errorf("20 calls of 300 ms took %v", took)
		}
		<-all[0].Done()
	})
}

func TestFutureFailsAsItsCall(t *testing.T) {
	futures(t, func(context.Context, *api.Invocation) error {
		return api.NewError(api.Business, api.SentMaybe, "no", nil)
	}, func(t *testing.T, c *Client, r *Reference) {
		if got, err := Go(t.Context(), c, ordered(r, 1)).Wait(t.Context()); api.CodeOf(err) != api.Business || got != 1 {
			t.Errorf("got %d, %v", got, err)
		}
	})
}

// Each way for a future's call to end early: the call is told, and the future
// says why.
func TestFutureEndsWith(t *testing.T) {
	type key struct{}
	for _, tt := range []struct {
		name string
		end  func(c *Client, cancel context.CancelFunc, f *Future[int])
		want []api.Code
		took time.Duration
	}{
		{"its ctx", func(_ *Client, cancel context.CancelFunc, _ *Future[int]) { cancel() }, []api.Code{api.Canceled}, 0},
		{"Cancel", func(_ *Client, _ context.CancelFunc, f *Future[int]) { f.Cancel() }, []api.Code{api.Canceled}, 0},
		{"the client", func(c *Client, _ context.CancelFunc, _ *Future[int]) { c.Close() }, []api.Code{api.Canceled, api.Disconnected}, 0},
		{"the call's timeout", func(*Client, context.CancelFunc, *Future[int]) {}, []api.Code{api.Timeout}, time.Second},
	} {
		futures(t, hang, func(t *testing.T, c *Client, r *Reference) {
			ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
			defer cancel()
			start := time.Now()
			f := Go(ctx, c, func(ctx context.Context) (int, error) {
				if ctx.Value(key{}) != "value" {
					t.Error("the ctx has lost its values")
				}
				err := callCtx(ctx, r, order)
				if api.CodeOf(err) == api.Canceled && ctx.Err() == nil {
					t.Errorf("%s: the function's ctx goes on", tt.name)
				}
				return 7, err
			})
			synctest.Wait()
			tt.end(c, cancel, f)
			_, err := f.Wait(context.Background())
			if took := time.Since(start); !slices.Contains(tt.want, api.CodeOf(err)) || took != tt.took {
				t.Errorf("%s: %v after %v", tt.name, err, took)
			}
		})
	}
}

func TestFutureHasTheDeadlineOfItsCtx(t *testing.T) {
	futures(t, hang, func(t *testing.T, c *Client, r *Reference) {
		ctx, cancel := context.WithTimeout(t.Context(), 80*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err := Go(ctx, c, ordered(r, 1)).Wait(context.Background())
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != 80*time.Millisecond {
			t.Errorf("%v after %v", err, took)
		}
	})
}

// Who stops waiting does not stop the call, and a result that is there is
// returned whatever the ctx.
func TestWaitingIsNotTheCall(t *testing.T) {
	slowly := func(context.Context, *api.Invocation) error { time.Sleep(300 * time.Millisecond); return nil }
	futures(t, slowly, func(t *testing.T, c *Client, r *Reference) {
		f := Go(t.Context(), c, ordered(r, 3))
		short, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if got, err := f.Wait(short); got != 0 || !errors.Is(err, context.DeadlineExceeded) || api.CodeOf(err) != api.Timeout {
			t.Errorf("got %d, %v", got, err)
		}
		<-f.Done()
		if got, err := f.Wait(short); got != 3 || err != nil {
			t.Errorf("got %d, %v", got, err)
		}
		f.Cancel()
		if got, err := f.Wait(short); got != 3 || err != nil {
			t.Errorf("after Cancel %d, %v", got, err)
		}
	})
}

func TestFutureOfAClosedClient(t *testing.T) {
	futures(t, hang, func(t *testing.T, c *Client, r *Reference) {
		c.Close()
		f := Go(t.Context(), c, func(context.Context) (int, error) { t.Error("it ran"); return 1, nil })
		if _, err := f.Wait(t.Context()); !errors.Is(err, api.ErrUnavailable) || !errors.Is(err, errClosed) {
			t.Errorf("got %v", err)
		}
	})
}

// Close waits for functions: they may call until it returns, not after that.
func TestCloseWaitsForFutures(t *testing.T) {
	futures(t, hang, func(t *testing.T, c *Client, r *Reference) {
		var ended atomic.Bool
		Go(t.Context(), c, func(ctx context.Context) (int, error) {
			<-ctx.Done()
			time.Sleep(time.Second)
			ended.Store(true)
			return 0, nil
		})
		synctest.Wait()
		if err := c.Close(); err != nil || !ended.Load() {
			t.Errorf("Close returned %v, the function has ended: %v", err, ended.Load())
		}
	})
}

// A function that ignores its ctx cannot hold Close for ever.
func TestCloseGivesUpOnAFuture(t *testing.T) {
	futures(t, hang, func(t *testing.T, c *Client, r *Reference) {
		release := make(chan struct{})
		f := Go(t.Context(), c, func(context.Context) (int, error) { <-release; return 0, nil })
		start := time.Now()
		err := c.Close()
		if took := time.Since(start); err == nil || !strings.Contains(err.Error(), "1 functions of consumer.Go still run") || took != closeWait {
			t.Errorf("got %v after %v", err, took)
		}
		close(release)
		<-f.Done()
	})
}

func TestFutureOutlivesGoexit(t *testing.T) {
	futures(t, hang, func(t *testing.T, c *Client, r *Reference) {
		f := Go(t.Context(), c, func(context.Context) (int, error) { runtime.Goexit(); return 0, nil })
		if _, err := f.Wait(t.Context()); !errors.Is(err, errNoReturn) {
			t.Errorf("got %v", err)
		}
	})
}
