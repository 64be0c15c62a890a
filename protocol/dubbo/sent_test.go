package dubbo

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// tell makes a oneway call of n bytes, which waits for its bytes to be written
// if sent is true.
func tell(ctx context.Context, cli protocol.Client, n int, sent bool) <-chan error {
	inv := stringCall(&tellMethod, strings.Repeat("x", n))
	inv.AwaitSent = sent
	inv.Deadline = time.Now().Add(time.Second)
	result := make(chan error, 1)
	go func() { result <- cli.Invoke(ctx, inv) }()
	return result
}

func ended(result <-chan error) bool {
	synctest.Wait()
	return len(result) > 0
}

// Without AwaitSent a oneway call is over when it is queued. With it, when the
// connection has taken its own frame, whatever waits behind it: here each frame
// is a batch of its own, since the one before is still being written.
func TestOnewayThatIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cli, ln := pipeClient(t, protocol.DialOptions{})
		go cli.Connect(t.Context())
		nc := <-ln.conns
		queued := tell(t.Context(), cli, 10, false)
		if !ended(queued) || <-queued != nil {
			t.Error("a call that does not wait has not returned, or failed")
		}
		second := tell(t.Context(), cli, 20, true)
		if ended(second) {
			t.Error("a call that waits returned before anybody read")
		}
		readFrame(t, nc)
		if ended(second) {
			t.Error("a call that waits returned with the batch before its own")
		}
		third := tell(t.Context(), cli, 30, true)
		if ended(third) {
			t.Error("the third call did not wait")
		}
		readFrame(t, nc)
		if !ended(second) || <-second != nil || ended(third) {
			t.Error("after its bytes were read the second call waits on, or failed, or the third did not wait")
		}
		readFrame(t, nc)
		if err := <-third; err != nil {
			t.Error(err)
		}
		cli.Close()
		nc.Close()
	})
}

// A oneway call that is not written in time says so, and that it may still be.
func TestOnewayThatIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cli, ln := pipeClient(t, protocol.DialOptions{})
		go cli.Connect(t.Context())
		nc := <-ln.conns // and nobody reads
		ctx, cancel := context.WithCancel(t.Context())
		late, canceled := tell(t.Context(), cli, 10, true), tell(ctx, cli, 10, true)
		start := time.Now()
		synctest.Wait()
		cancel()
		wantError(t, <-canceled, api.Canceled, api.SentMaybe, "test.Service.tell")
		wantError(t, <-late, api.Timeout, api.SentMaybe, "test.Service.tell", "not written before the deadline")
		if took := time.Since(start); took != time.Second {
			t.Errorf("it took %v", took)
		}
		cli.Close()
		nc.Close()
	})
}

// Where the connection ends before it took the whole frame, the provider cannot
// have run the call, whether the frame was being written or waited behind others.
func TestConnectionEndsBeforeAOnewayIsSent(t *testing.T) {
	for name, end := range map[string]func(cli protocol.Client, nc io.Closer){
		"the peer closes":   func(_ protocol.Client, nc io.Closer) { nc.Close() },
		"the client closes": func(cli protocol.Client, _ io.Closer) { cli.Close() },
	} {
		synctest.Test(t, func(t *testing.T) {
			cli, ln := pipeClient(t, protocol.DialOptions{})
			go cli.Connect(t.Context())
			nc := <-ln.conns
			first := tell(t.Context(), cli, 1000, true)
			synctest.Wait()
			second := tell(t.Context(), cli, 10, true)
			if _, err := io.ReadFull(nc, make([]byte, 100)); err != nil {
				t.Fatal(err)
			}
			if ended(first) || ended(second) {
				t.Errorf("%s: a call returned before", name)
			}
			end(cli, nc)
			for _, result := range []<-chan error{first, second} {
				wantError(t, <-result, api.Disconnected, api.SentNo, "ended")
			}
			cli.Close()
			nc.Close()
		})
	}
}

func TestSentArrives(t *testing.T) {
	h := newHandler()
	heard := make(chan string, 1000)
	h.on(&tellMethod, func(_ context.Context, inv *api.Invocation) error {
		heard <- inv.Args.(*text).v
		return nil
	})
	cli, _ := pair(t, h, protocol.ServeOptions{}, protocol.DialOptions{})
	results := make(chan error, 8)
	for range cap(results) {
		go func() {
			for range 100 {
				inv := stringCall(&tellMethod, "x")
				inv.AwaitSent = true
				inv.Deadline = time.Now().Add(20 * time.Second)
				if err := cli.Invoke(t.Context(), inv); err != nil {
					results <- err
					return
				}
			}
			results <- nil
		}()
	}
	for range cap(results) {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	for range 100 * cap(results) {
		<-heard
	}
}
