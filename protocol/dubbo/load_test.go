package dubbo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// Many callers, some of which give up, over one connection: each gets its own
// answer, once.
func TestManyCallersWithCancellations(t *testing.T) {
	h := newHandler()
	h.on(&waitMethod, func(ctx context.Context, inv *api.Invocation) error {
		inv.Reply.(*text).v = inv.Args.(*text).v
		select { // often later than the caller's patience
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
		}
		return nil
	})
	cli, _ := pair(t, h, protocol.ServeOptions{}, protocol.DialOptions{})
	const callers, calls = 150, 60
	var ok, gaveUp atomic.Int32
	var wg sync.WaitGroup
	for g := range callers {
		wg.Go(func() {
			for i := range calls {
				want := fmt.Sprintf("%d/%d/%s", g, i, strings.Repeat("x", (g*i)%3000))
				m := &echoMethod
				ctx, cancel := t.Context(), func() {}
				inv := stringCall(m, want)
				switch i % 4 {
				case 1:
					inv = stringCall(&waitMethod, want)
					ctx, cancel = context.WithCancel(ctx)
					time.AfterFunc(time.Duration(i%7)*300*time.Microsecond, cancel)
				case 2:
					inv = stringCall(&waitMethod, want)
					inv.Deadline = time.Now().Add(time.Duration(i%9) * 400 * time.Microsecond)
				}
				err := cli.Invoke(ctx, inv)
				cancel()
				switch {
				case err == nil && inv.Reply.(*text).v == want:
					ok.Add(1)
				case i%4 == 1 && errors.Is(err, context.Canceled), i%4 == 2 && errors.Is(err, context.DeadlineExceeded):
					gaveUp.Add(1)
				default:
					t.Errorf("call %d of caller %d: %q, %v", i, g, inv.Reply.(*text).v, err)
				}
			}
		})
	}
	wg.Wait()
	if ok.Load() < callers*calls/2 || gaveUp.Load() == 0 {
		t.Errorf("%d answered, %d gave up: the test tests nothing", ok.Load(), gaveUp.Load())
	}
}

// More calls under way than the table has slots.
func TestMoreCallsThanSlots(t *testing.T) {
	h := newHandler()
	release := make(chan struct{})
	var arrived sync.WaitGroup
	const n = 2*slots + 100
	arrived.Add(n)
	h.on(&waitMethod, func(_ context.Context, inv *api.Invocation) error {
		arrived.Done()
		<-release
		inv.Reply.(*text).v = inv.Args.(*text).v
		return nil
	})
	cli, _ := pair(t, h, protocol.ServeOptions{}, protocol.DialOptions{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			inv := stringCall(&waitMethod, fmt.Sprint(i))
			if err := cli.Invoke(t.Context(), inv); err != nil || inv.Reply.(*text).v != fmt.Sprint(i) {
				t.Errorf("call %d got %q, %v", i, inv.Reply.(*text).v, err)
			}
		})
	}
	arrived.Wait()
	close(release)
	wg.Wait()
}

func TestTooManyCallsOfOneConnectionAreRejected(t *testing.T) {
	h := newHandler()
	release := make(chan struct{})
	h.on(&waitMethod, func(context.Context, *api.Invocation) error { <-release; return nil })
	nc, _ := rawServer(t, h, 0)
	one := requestFrame(&waitMethod, 1, &text{"x"})
	one = one[:len(one):len(one)]
	// No timeout: every call is to stay.
	one = requestFrameNoTimeout(&waitMethod, 1, &text{"x"})
	go nc.Write(bytes.Repeat(one, maxCalls+1))
	if h, body := readFrame(t, nc); h.status != 100 || !bytes.Contains(body, []byte("overloaded: ")) {
		t.Errorf("answer %+v %q", h, body)
	}
	close(release)
	for range maxCalls {
		if h, _ := readFrame(t, nc); h.status != statusOK {
			t.Fatalf("answer %+v", h)
		}
	}
}

// What calls hold is bounded in bytes, too: requests that wait for their
// handlers and answers that wait for their reader.
func TestCallsThatHoldTooMuchAreRejected(t *testing.T) {
	const max = 100_000
	h := newHandler()
	release := make(chan struct{})
	h.endpoints["blob[B"].Invoker = api.InvokerFunc(func(_ context.Context, inv *api.Invocation) error {
		<-release
		inv.Reply.(*blob).v = inv.Args.(*blob).v[:1]
		return inv.Sink.EncodeReply(inv.Reply)
	})
	nc, _ := rawServer(t, h, max)
	half := make([]byte, max/2)
	for id := range int64(2*maxHeld + 1) {
		nc.Write(requestFrame(&blobMethod, id, &blob{half}))
	}
	over, body := readFrame(t, nc)
	if over.id != 2*maxHeld-1 && over.id != 2*maxHeld || over.status != 100 || !bytes.Contains(body, []byte("overloaded: ")) {
		t.Errorf("answer %+v %q", over, body)
	}
	close(release)
	refused := 1
	for range 2 * maxHeld {
		if h, _ := readFrame(t, nc); h.status == 100 {
			refused++
		} else if h.status != statusOK {
			t.Fatalf("answer %+v", h)
		}
	}
	if refused > 2 {
		t.Errorf("%d calls were refused", refused)
	}
	// What was held is free again.
	for id := range int64(2 * maxHeld) {
		nc.Write(requestFrame(&blobMethod, id, &blob{half}))
		if h, body := readFrame(t, nc); h.status != statusOK {
			t.Fatalf("answer %+v %q", h, body)
		}
	}
}

// Small requests whose answers nobody reads hold as much as large requests do.
func TestAnswersThatNobodyReadsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const max, calls = 100_000, 60
		h := newHandler()
		h.endpoints["blob[B"].Invoker = api.InvokerFunc(func(_ context.Context, inv *api.Invocation) error {
			inv.Reply.(*blob).v = make([]byte, max*9/10)
			return inv.Sink.EncodeReply(inv.Reply)
		})
		ln := newPipeListener()
		srv, err := New().Serve(ln, h, protocol.ServeOptions{MaxMessage: max})
		if err != nil {
			t.Fatal(err)
		}
		defer srv.Close()
		nc, err := ln.dial(t.Context(), "tcp", "")
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		wrote := make(chan struct{})
		go func() {
			defer close(wrote)
			for id := range int64(calls) {
				nc.Write(requestFrame(&blobMethod, id, &blob{[]byte("x")}))
				time.Sleep(time.Millisecond) // until its answer waits
			}
		}()
		time.Sleep(time.Second)
		refused := 0
		for range calls {
			if h, _ := readFrame(t, nc); h.status == 100 {
				refused++
			}
		}
		<-wrote
		if refused == 0 {
			t.Errorf("%d answers of %d bytes waited and no call was refused", calls, max*9/10)
		}
	})
}

// Close on either side under load: every call returns, exactly once, and what
// is said not to have been sent did not run.
func TestCloseUnderLoad(t *testing.T) {
	for _, side := range []string{"client", "server"} {
		for round := range 5 {
			t.Run(fmt.Sprint(side, round), func(t *testing.T) {
				h := newHandler()
				var mu sync.Mutex
				ran := make(map[string]int)
				h.on(&waitMethod, func(_ context.Context, inv *api.Invocation) error {
					mu.Lock()
					ran[inv.Args.(*text).v]++
					mu.Unlock()
					return nil
				})
				cli, srv := pair(t, h, protocol.ServeOptions{}, protocol.DialOptions{})
				var wg sync.WaitGroup
				var begun atomic.Int32
				notSent := make(map[string]bool)
				for g := range 100 {
					wg.Go(func() {
						for i := 0; ; i++ {
							name := fmt.Sprint(g, "/", i)
							err := cli.Invoke(t.Context(), stringCall(&waitMethod, name))
							begun.Add(1)
							if err == nil {
								continue
							}
							e, ok := errors.AsType[*api.Error](err)
							if !ok || e.Code != api.Disconnected && e.Code != api.Unavailable && e.Code != api.GoingAway {
								t.Errorf("got %v", err)
							}
							if e.Sent == api.SentNo {
								mu.Lock()
								notSent[name] = true
								mu.Unlock()
							}
							return
						}
					})
				}
				for begun.Load() < 500 {
					runtime.Gosched()
				}
				if side == "client" {
					cli.Close()
				} else {
					srv.Close()
				}
				wg.Wait()
				srv.Close()
				mu.Lock()
				defer mu.Unlock()
				for name, n := range ran {
					if n != 1 {
						t.Errorf("%s ran %d times", name, n)
					}
					if notSent[name] {
						t.Errorf("%s was said not to have been sent, and ran", name)
					}
				}
			})
		}
	}
}

// A lost connection is made again.
func TestServerRestart(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	srv, err := New().Serve(ln, newHandler(), protocol.ServeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	cli, err := New().Dial(address, protocol.DialOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer cli.Close()
	if err := cli.Invoke(t.Context(), stringCall(&echoMethod, "x")); err != nil {
		t.Fatal(err)
	}
	srv.Close()
	if ln, err = net.Listen("tcp", address); err != nil {
		t.Fatal(err)
	}
	if srv, err = New().Serve(ln, newHandler(), protocol.ServeOptions{}); err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	// The client may still be learning that the old connection is gone.
	for {
		inv := stringCall(&echoMethod, "x")
		err := cli.Connect(t.Context())
		if err == nil {
			err = cli.Invoke(t.Context(), inv)
		}
		if err == nil {
			return
		}
		if c := api.CodeOf(err); c != api.Unavailable && c != api.Disconnected {
			t.Fatal(err)
		}
	}
}

// Frames of this module between a goroutine's start, or the caller, and the
// user's method, or the wait.
func TestFewFramesOnTheStack(t *testing.T) {
	h := newHandler()
	server := make(chan []string, 1)
	h.endpoints["echo"+stringDesc].Invoker = api.InvokerFunc(func(context.Context, *api.Invocation) error {
		server <- ownFrames(2)
		return nil
	})
	nc := make(chan []string, 1)
	cli, _ := pair(t, h, protocol.ServeOptions{}, protocol.DialOptions{})
	inv := newCall(&echoMethod)
	inv.Args = &watched{seen: nc}
	if err := cli.Invoke(t.Context(), inv); err != nil {
		t.Fatal(err)
	}
	for side, frames := range map[string][]string{"server": <-server, "client": <-nc} {
		if len(frames) > 4 || len(frames) == 0 {
			t.Errorf("%s: %d frames: %v", side, len(frames), frames)
		}
	}
}

// watched tells the frames from Invoke down to the encoding of the arguments,
// one deeper than where the call waits.
type watched struct {
	text
	seen chan []string
}

func (w *watched) EncodeHessian(e *hessian.Encoder) {
	w.seen <- ownFrames(2)
	w.text.EncodeHessian(e)
}

// ownFrames returns the functions of this module on the stack that are no
// tests', beginning above skip callers.
func ownFrames(skip int) []string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(skip, pcs[:])])
	var own []string
	for {
		f, more := frames.Next()
		if strings.Contains(f.Function, "gubbo/gubbo/") && !strings.HasSuffix(f.File, "_test.go") && f.File != "<autogenerated>" && !strings.Contains(f.Function, "InvokerFunc") {
			own = append(own, f.Function)
		}
		if !more {
			return own
		}
	}
}
