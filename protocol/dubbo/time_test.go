package dubbo

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// The tests of this file run in the time of package synctest, over net.Pipe.

// pipePair starts server and client over pipes.
func pipePair(t *testing.T, h protocol.Handler) (protocol.Client, protocol.Server, *pipeListener) {
	ln := newPipeListener()
	srv, err := New().Serve(ln, h, protocol.ServeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	cli, err := New().Dial("127.0.0.1:1", protocol.DialOptions{Dial: ln.dial})
	if err != nil {
		t.Fatal(err)
	}
	return cli, srv, ln
}

// pipeClient returns a client whose connections' other ends come through the
// channel.
func pipeClient(t *testing.T, o protocol.DialOptions) (protocol.Client, *pipeListener) {
	ln := newPipeListener()
	o.Dial = ln.dial
	cli, err := New().Dial("127.0.0.1:1", o)
	if err != nil {
		t.Fatal(err)
	}
	return cli, ln
}

func TestTimeoutFreesTheCallerAndALateResponseIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cli, ln := pipeClient(t, protocol.DialOptions{})
		inv := stringCall(&echoMethod, "slow")
		inv.Deadline = time.Now().Add(300 * time.Millisecond)
		start := time.Now()
		done := invoke(t, cli, inv)
		nc := <-ln.conns
		h, body := readFrame(t, nc)
		var r request
		var k call
		if err := new(requestReader).read(&r, &k.dec, body); err != nil || r.timeout != 300*time.Millisecond {
			t.Errorf("the wire told a timeout of %v, %v", r.timeout, err)
		}
		err := <-done
		wantError(t, err, api.Timeout, api.SentMaybe, "test.Service.echo", "127.0.0.1:1")
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Error("errors.Is does not find DeadlineExceeded")
		}
		if took := time.Since(start); took != 300*time.Millisecond {
			t.Errorf("the caller was free after %v", took)
		}
		if asked, _ := readFrame(t, nc); asked.flag != 0xe2 {
			t.Errorf("the peer was sent %+v, want a heartbeat", asked)
		}
		nc.Write(frame(codecHessian2, statusOK, h.id, []byte{tagReply + replyValue, 4, 'l', 'a', 't', 'e'}))
		next := stringCall(&echoMethod, "next")
		done = invoke(t, cli, next)
		h, _ = readFrame(t, nc)
		nc.Write(frame(codecHessian2, statusOK, h.id, []byte{tagReply + replyValue, 2, 'o', 'k'}))
		if err := <-done; err != nil || next.Reply.(*text).v != "ok" {
			t.Errorf("the next call got %q, %v", next.Reply.(*text).v, err)
		}
		if d := cli.(protocol.DropCounter).Drops(); d != (protocol.Drops{Late: 1}) {
			t.Errorf("dropped %+v, want one late answer", d)
		}
		cli.Close()
		nc.Close()
	})
}

func TestCancellationFreesTheCallerAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cli, ln := pipeClient(t, protocol.DialOptions{})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- cli.Invoke(ctx, stringCall(&echoMethod, "x")) }()
		nc := <-ln.conns
		readFrame(t, nc)
		cancel()
		err := <-done
		wantError(t, err, api.Canceled, api.SentMaybe)
		if !errors.Is(err, context.Canceled) {
			t.Error("errors.Is does not find Canceled")
		}
		wantError(t, cli.Invoke(ctx, stringCall(&echoMethod, "x")), api.Canceled, api.SentNo)
		late := stringCall(&echoMethod, "x")
		late.Deadline = time.Now()
		wantError(t, cli.Invoke(t.Context(), late), api.Timeout, api.SentNo)
		cli.Close()
		nc.Close()
	})
}

// A peer that reads nothing fills the batch; who waits for space can leave, and
// surely was not sent.
func TestFullBatchHoldsCallersBackUntilTheirDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cli, ln := pipeClient(t, protocol.DialOptions{})
		go cli.Connect(t.Context())
		nc := <-ln.conns // and nobody reads
		const n = 40
		results := make(chan error, n)
		for range n {
			inv := newCall(&blobMethod)
			inv.Args.(*blob).v = make([]byte, 100<<10)
			inv.Deadline = time.Now().Add(time.Second)
			go func() { results <- cli.Invoke(t.Context(), inv) }()
		}
		var no, maybe int
		for range n {
			e, ok := errors.AsType[*api.Error](<-results)
			if !ok || e.Code != api.Timeout {
				t.Fatalf("got %v", e)
			}
			if e.Sent == api.SentNo {
				no++
			} else {
				maybe++
			}
		}
		// One batch under way, one waiting: each up to the bound and one frame.
		if maybe > 24 || no < n-24 {
			t.Errorf("%d calls were queued and %d held back: the batch is not bounded", maybe, no)
		}
		cli.Close()
		nc.Close()
	})
}

func TestClientSendsHeartbeatsAndGivesADeadPeerUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cli, ln := pipeClient(t, protocol.DialOptions{})
		go cli.Connect(t.Context())
		nc := <-ln.conns
		start := time.Now()
		h, body := readFrame(t, nc)
		if took := time.Since(start); took != DefaultHeartbeat {
			t.Errorf("the first heartbeat came after %v", took)
		}
		if h.flag != 0xe2 || string(body) != "N" {
			t.Errorf("heartbeat %+v %q", h, body)
		}
		nc.Write(frame(flagEvent|codecHessian2, statusOK, h.id, heartbeatBody))
		// From here on the peer is dead: two more heartbeats, then the end.
		start = time.Now()
		readFrame(t, nc)
		readFrame(t, nc)
		if _, err := nc.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("after the heartbeats: %v", err)
		}
		if took := time.Since(start); took != 3*DefaultHeartbeat {
			t.Errorf("the peer was given up after %v", took)
		}
		nc.Close()
		(<-ln.conns).Close() // it connects again
		cli.Close()
	})
}

// A client that writes but hears nothing sends heartbeats all the same.
func TestHeartbeatDependsOnReadsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cli, ln := pipeClient(t, protocol.DialOptions{})
		go cli.Connect(t.Context())
		nc := <-ln.conns
		var events atomic.Int32
		go func() {
			for {
				var head [headerSize]byte
				if _, err := io.ReadFull(nc, head[:]); err != nil {
					return
				}
				h, _ := parseHeader(head[:], 1000)
				io.CopyN(io.Discard, nc, int64(h.length))
				if h.event() {
					events.Add(1)
				}
			}
		}()
		for range 11 {
			if err := cli.Invoke(t.Context(), stringCall(&tellMethod, "x")); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
		}
		if n := events.Load(); n != 1 {
			t.Errorf("%d heartbeats in 110 s of writing without reading, want 1", n)
		}
		cli.Close()
		nc.Close()
	})
}

func TestServerAnswersHeartbeatsAndClosesTheIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := newPipeListener()
		h := newHandler()
		release := make(chan struct{})
		h.on(&waitMethod, func(context.Context, *api.Invocation) error { <-release; return nil })
		srv, err := New().Serve(ln, h, protocol.ServeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		nc, _ := ln.dial(t.Context(), "", "")
		nc.Write(frame(0xe2, 0, -9, heartbeatBody))
		if h, body := readFrame(t, nc); h.flag != 0x22 || h.status != statusOK || h.id != -9 || string(body) != "N" {
			t.Errorf("answer %+v %q", h, body)
		}
		nc.Write(frame(0xa2, 0, 1, heartbeatBody)) // one-way: no answer
		nc.Write(frame(0xf7, 0, 2, []byte{0, 0, 0, 1, 0xaf}))
		if h, _ := readFrame(t, nc); h.id != 2 {
			t.Errorf("answer to %d, want 2", h.id)
		}
		start := time.Now()
		if _, err := nc.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("read %v", err)
		}
		if took := time.Since(start); took != 3*DefaultHeartbeat {
			t.Errorf("the idle connection was closed after %v", took)
		}
		nc.Close()

		// A client that waits for an answer is not idle.
		nc, _ = ln.dial(t.Context(), "", "")
		nc.Write(requestFrame(&waitMethod, 1, &text{"x"}))
		time.Sleep(10 * DefaultHeartbeat)
		close(release)
		if h, _ := readFrame(t, nc); h.id != 1 || h.status != statusOK {
			t.Errorf("answer %+v", h)
		}
		nc.Close()
		srv.Close()
	})
}

func TestExpiredRequestIsNotRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler()
		var ran atomic.Bool
		h.on(&waitMethod, func(context.Context, *api.Invocation) error { ran.Store(true); return nil })
		// The time passes between the arrival and the run.
		h.find = func(protocol.Target) error { time.Sleep(2 * time.Second); return nil }
		cli, srv, _ := pipePair(t, h)
		inv := stringCall(&waitMethod, "x")
		inv.Deadline = time.Now().Add(time.Second)
		wantError(t, cli.Invoke(t.Context(), inv), api.Timeout, api.SentMaybe)
		cli.Close()
		time.Sleep(5 * time.Second)
		srv.Close()
		if ran.Load() {
			t.Error("a request was run whose caller had given up")
		}
	})
}

func TestHandlersContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler()
		ended := make(chan error, 4)
		var kept context.Context
		h.on(&waitMethod, func(ctx context.Context, inv *api.Invocation) error {
			switch inv.Args.(*text).v {
			case "":
				kept = ctx
			case "done":
				<-ctx.Done()
			case "child":
				child, cancel := context.WithTimeout(ctx, time.Hour)
				defer cancel()
				stop := context.AfterFunc(ctx, func() { ended <- errors.New("stopped too late") })
				if !stop() {
					t.Error("AfterFunc could not be stopped")
				}
				context.AfterFunc(ctx, func() { ended <- ctx.Err() })
				<-child.Done()
			case "poll":
				for ctx.Err() == nil {
					time.Sleep(time.Second)
				}
			}
			ended <- ctx.Err()
			if inv.Args.(*text).v != "" {
				time.Sleep(time.Second) // the caller's time is over at this very moment
			}
			return nil
		})
		cli, srv, ln := pipePair(t, h)
		for _, how := range []string{"done", "child", "poll"} {
			inv := stringCall(&waitMethod, how)
			inv.Deadline = time.Now().Add(time.Second)
			wantError(t, cli.Invoke(t.Context(), inv), api.Timeout, api.SentMaybe)
			n := 1
			if how == "child" {
				n = 2
			}
			for range n {
				if err := <-ended; err != context.DeadlineExceeded {
					t.Errorf("%s: the context ended with %v", how, err)
				}
			}
		}
		// The end of the call ends its context, for those who kept it.
		if err := cli.Invoke(t.Context(), stringCall(&waitMethod, "")); err != nil {
			t.Fatal(err)
		}
		<-ended
		<-kept.Done()
		if kept.Err() != context.Canceled || kept.Value(protocol.CallKey{}) != nil {
			t.Errorf("after the call: %v, %v", kept.Err(), kept.Value(protocol.CallKey{}))
		}
		if context.AfterFunc(kept, func() { ended <- nil }); <-ended != nil {
			t.Error("AfterFunc of an ended context did not run")
		}
		// So does the end of the connection.
		nc, _ := ln.dial(t.Context(), "", "")
		for _, how := range []string{"done", "poll"} {
			nc.Write(requestFrameNoTimeout(&waitMethod, 1, &text{how}))
		}
		synctest.Wait()
		nc.Close()
		for range 2 {
			if err := <-ended; err != context.Canceled {
				t.Errorf("the context ended with %v", err)
			}
		}
		cli.Close()
		srv.Close()
	})
}

func requestFrameNoTimeout(m *api.Method, id int64, arg *text) []byte {
	var k call
	b, err := appendRequest(nil, &k.enc, newRequestTemplate(&testService, m, ""), arg, 0, texts())
	if err != nil {
		panic(err)
	}
	putHeader(b, header{flag: flagRequest | flagTwoway | codecHessian2, id: id, length: len(b) - headerSize})
	return b
}

func TestDrainTellsPeersAndWaitsForCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler()
		h.on(&waitMethod, func(context.Context, *api.Invocation) error { time.Sleep(10 * time.Second); return nil })
		ln := newPipeListener()
		srv, err := New().Serve(ln, h, protocol.ServeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		states := make(chan protocol.State, 16)
		cli, err := New().Dial("127.0.0.1:1", protocol.DialOptions{Dial: ln.dial, OnState: func(s protocol.State) { states <- s }})
		if err != nil {
			t.Fatal(err)
		}
		if cli.State() != protocol.Idle {
			t.Errorf("state %v before use", cli.State())
		}
		done := invoke(t, cli, stringCall(&waitMethod, "x"))
		synctest.Wait()
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := srv.Drain(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Drain returned %v with a call under way", err)
		}
		if cli.State() != protocol.Draining {
			t.Errorf("state %v, want draining", cli.State())
		}
		// It still answers, and a newcomer hears at once.
		if err := cli.Invoke(t.Context(), stringCall(&echoMethod, "x")); err != nil {
			t.Error(err)
		}
		nc, _ := ln.dial(t.Context(), "", "")
		if h, body := readFrame(t, nc); h.flag != 0xa2 || string(body) != "\x01R" {
			t.Errorf("a newcomer heard %+v %q", h, body)
		}
		nc.Close()
		start := time.Now()
		if err := srv.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != 9*time.Second {
			t.Errorf("Drain took %v", took)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		srv.Close()
		synctest.Wait()
		cli.Close()
		var got []protocol.State
		for len(states) > 0 {
			got = append(got, <-states)
		}
		want := []protocol.State{protocol.Connecting, protocol.Ready, protocol.Draining, protocol.Failed, protocol.Closed}
		for i := range want {
			if i >= len(got) || got[i] != want[i] {
				t.Fatalf("states %v, want %v", got, want)
			}
		}
	})
}

// A call whose answer still waits to be written is under way: a server that
// closed then would run it for nothing.
func TestDrainWaitsForAnswersToBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := newPipeListener()
		srv, err := New().Serve(ln, newHandler(), protocol.ServeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		nc, err := ln.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		nc.Write(requestFrame(&echoMethod, 7, &text{"x"}))
		synctest.Wait() // the method has returned, and nobody has read the answer
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := srv.Drain(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Drain returned %v while an answer was not written", err)
		}
		drained := make(chan error, 1)
		go func() { drained <- srv.Drain(t.Context()) }()
		if h, _ := readFrame(t, nc); h.id != 7 || h.status != statusOK {
			t.Errorf("the answer is %+v", h)
		}
		for range 2 { // one for each Drain
			if h, body := readFrame(t, nc); h.flag != 0xa2 || string(body) != "\x01R" {
				t.Errorf("after the answer: %+v %q", h, body)
			}
		}
		if err := <-drained; err != nil {
			t.Error(err)
		}
		nc.Close()
		srv.Close()
	})
}

// Java 3.2 sends the event in fastjson2, and takes it back with "W".
func TestReadonlyEventsOfJava(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cli, ln := pipeClient(t, protocol.DialOptions{})
		go cli.Connect(t.Context())
		nc := <-ln.conns
		for _, c := range []struct {
			frame []byte
			want  protocol.State
		}{
			{frame(0xb7, 0, 1, []byte{0, 0, 0, 2, 0x4a, 'R'}), protocol.Draining},
			{frame(0xa2, 0, 1, []byte{1, 'W'}), protocol.Ready},
			{frame(0xa2, 0, 1, []byte{1, 'R'}), protocol.Draining},
			{frame(0xa2, 0, 1, []byte{1, '?'}), protocol.Draining},
			{frame(0xa2, 0, 1, nil), protocol.Draining},
		} {
			nc.Write(c.frame)
			synctest.Wait()
			if cli.State() != c.want {
				t.Errorf("after %x: %v, want %v", c.frame, cli.State(), c.want)
			}
		}
		cli.Close()
		nc.Close()
	})
}

func TestClientConnectsAgainWithBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var dials []time.Time
		refuse := true
		ln := newPipeListener()
		cli, err := New().Dial("127.0.0.1:1", protocol.DialOptions{Dial: func(ctx context.Context, n, a string) (net.Conn, error) {
			mu.Lock()
			defer mu.Unlock()
			dials = append(dials, time.Now())
			if refuse {
				return nil, errors.New("connection refused")
			}
			return ln.dial(ctx, n, a)
		}})
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, cli.Invoke(t.Context(), stringCall(&echoMethod, "")), api.Unavailable, api.SentNo, "refused", "127.0.0.1:1")
		// Between attempts it fails at once.
		start := time.Now()
		wantError(t, cli.Invoke(t.Context(), stringCall(&echoMethod, "")), api.Unavailable, api.SentNo)
		if time.Since(start) != 0 {
			t.Error("a call waited out the backoff")
		}
		time.Sleep(time.Minute)
		mu.Lock()
		for i := 1; i < len(dials); i++ {
			wait, most := dials[i].Sub(dials[i-1]), min(minBackoff<<(i-1), maxBackoff)
			if wait > most || wait < most/2 {
				t.Errorf("wait %d was %v, want %v to %v", i, wait, most/2, most)
			}
		}
		if n := len(dials); n < 12 || n > 40 {
			t.Errorf("%d attempts in a minute", n)
		}
		// Connect does not wait for the next attempt; it makes one.
		n := len(dials)
		mu.Unlock()
		wantError(t, cli.Connect(t.Context()), api.Unavailable, api.SentNo, "refused")
		mu.Lock()
		if len(dials) != n+1 {
			t.Errorf("Connect dialled %d times", len(dials)-n)
		}
		refuse = false
		mu.Unlock()
		go func() { <-ln.conns }()
		if err := cli.Connect(t.Context()); err != nil || cli.State() != protocol.Ready {
			t.Errorf("Connect: %v, state %v", err, cli.State())
		}
		cli.Close()
		cli.Close()
		if cli.State() != protocol.Closed {
			t.Errorf("state %v", cli.State())
		}
		wantError(t, cli.Invoke(t.Context(), stringCall(&echoMethod, "")), api.Unavailable, api.SentNo, "closed")
		wantError(t, cli.Connect(t.Context()), api.Unavailable, api.SentNo, "closed")
	})
}

// Calls made while connecting wait for the connection, no longer than they may,
// and there is one dial for all of them.
func TestCallsWaitForTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler()
		ln := newPipeListener()
		srv, err := New().Serve(ln, h, protocol.ServeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var dials atomic.Int32
		cli, err := New().Dial("127.0.0.1:1", protocol.DialOptions{Dial: func(ctx context.Context, n, a string) (net.Conn, error) {
			dials.Add(1)
			time.Sleep(2 * time.Second)
			return ln.dial(ctx, n, a)
		}})
		if err != nil {
			t.Fatal(err)
		}
		var done []<-chan error
		for range 10 {
			done = append(done, invoke(t, cli, stringCall(&echoMethod, "x")))
		}
		hasty := stringCall(&echoMethod, "x")
		hasty.Deadline = time.Now().Add(time.Second)
		wantError(t, cli.Invoke(t.Context(), hasty), api.Timeout, api.SentNo)
		for _, d := range done {
			if err := <-d; err != nil {
				t.Error(err)
			}
		}
		if n := dials.Load(); n != 1 {
			t.Errorf("%d dials", n)
		}
		cli.Close()
		srv.Close()
	})
}

// Close does not wait for a handler that ignores its context for longer than a
// second; that one ends on its own.
func TestServerCloseEndsCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler()
		h.on(&waitMethod, func(ctx context.Context, inv *api.Invocation) error {
			if inv.Args.(*text).v == "deaf" {
				time.Sleep(time.Minute)
			}
			<-ctx.Done()
			return ctx.Err()
		})
		cli, srv, _ := pipePair(t, h)
		polite := invoke(t, cli, stringCall(&waitMethod, ""))
		synctest.Wait()
		start := time.Now()
		srv.Close()
		if took := time.Since(start); took != 0 {
			t.Errorf("Close took %v with a handler that listens", took)
		}
		wantError(t, <-polite, api.Disconnected, api.SentMaybe)
		cli.Close()

		cli, srv, _ = pipePair(t, h)
		deaf := invoke(t, cli, stringCall(&waitMethod, "deaf"))
		synctest.Wait()
		start = time.Now()
		srv.Close()
		srv.Close()
		if took := time.Since(start); took < time.Second || took > 2*time.Second {
			t.Errorf("Close took %v with a deaf handler", took)
		}
		wantError(t, <-deaf, api.Disconnected, api.SentMaybe)
		cli.Close()
		time.Sleep(time.Hour) // the deaf one ends
	})
}

// The reader of a peer that reads nothing waits for space to answer it. The end
// of the connection must not wait for that.
func TestServerClosesAPeerThatReadsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ln := newPipeListener()
		srv, err := New().Serve(ln, newHandler(), protocol.ServeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		nc, err := ln.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		for id := range int64(2) { // one answer is being written, the other one fills the batch
			nc.Write(requestFrame(&blobMethod, id, &blob{make([]byte, maxBatch)}))
			synctest.Wait()
		}
		nc.Write(frame(flagRequest|flagTwoway|flagEvent|codecHessian2, 0, 9, heartbeatBody))
		synctest.Wait()
		start := time.Now()
		srv.Close()
		if took := time.Since(start); took != 0 {
			t.Errorf("Close took %v", took)
		}
		nc.Close()
	})
}
