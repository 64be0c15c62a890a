package dubbo

import (
	"context"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// parting starts a client that nobody needs, over pipes, and one call, which is
// answered before the peer says that it leaves. open tells whether the
// connection, from which nobody reads otherwise, is still open after d.
func parting(t *testing.T, o protocol.DialOptions) (cli protocol.Client, ln *pipeListener, nc net.Conn, open func(d time.Duration) bool) {
	cli, ln = pipeClient(t, o)
	done := invoke(t, cli, stringCall(&echoMethod, "x"))
	nc = <-ln.conns
	answerEcho(t, nc)
	if err := <-done; err != nil {
		t.Error(err)
	}
	nc.Write(frame(0xa2, 0, 0, readonlyBody))
	return cli, ln, nc, func(d time.Duration) bool {
		nc.SetReadDeadline(time.Now().Add(d))
		defer nc.SetReadDeadline(time.Time{})
		_, err := nc.Read(make([]byte, 1))
		e, ok := err.(net.Error)
		return ok && e.Timeout()
	}
}

// answerEcho reads a request and answers it.
func answerEcho(t *testing.T, nc net.Conn) {
	t.Helper()
	h, _ := readFrame(t, nc)
	nc.Write(frame(codecHessian2, statusOK, h.id, []byte{tagReply + replyValue, 2, 'o', 'k'}))
}

func always() bool { return true }

func TestIdleConnectionToALeavingPeerIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cli, ln, nc, open := parting(t, protocol.DialOptions{Spare: always})
		if !open(partAfter) || open(partAfter+1) {
			t.Errorf("it was not closed between %v and %v", partAfter, 2*partAfter)
		}
		wantState(t, cli, protocol.Failed)
		wantError(t, cli.Invoke(t.Context(), stringCall(&echoMethod, "")), api.Unavailable, api.SentNo, "leaving", "127.0.0.1:1")

		// What takes connections there next may do so but to close them: it must
		// speak first, and is not asked more often than once a second until then.
		for range 3 {
			closed := time.Now()
			nc = <-ln.conns
			if paused := time.Since(closed); paused < leftPause {
				t.Errorf("connected again after %v", paused)
			}
			wantState(t, cli, protocol.Suspect)
			nc.Close()
			wantState(t, cli, protocol.Failed)
		}
		nc = <-ln.conns
		h, _ := readFrame(t, nc)
		nc.Write(frame(0x22, statusOK, h.id, heartbeatBody))
		wantState(t, cli, protocol.Ready)
		cli.Close()
		nc.Close()
	})
}

func TestConnectionToALeavingPeerThatIsNeededStays(t *testing.T) {
	const long = 10 * partAfter
	for name, run := range map[string]func(t *testing.T, spare *atomic.Bool, cli protocol.Client, nc net.Conn, open func(time.Duration) bool){
		"while others cannot take the calls": func(t *testing.T, spare *atomic.Bool, _ protocol.Client, _ net.Conn, open func(time.Duration) bool) {
			spare.Store(false)
			if !open(long) {
				t.Error("it was closed")
			}
			spare.Store(true)
		},
		"while a call is under way": func(t *testing.T, _ *atomic.Bool, cli protocol.Client, nc net.Conn, open func(time.Duration) bool) {
			inv := stringCall(&echoMethod, "x")
			done := invoke(t, cli, inv)
			h, _ := readFrame(t, nc)
			go io.Copy(io.Discard, nc) // heartbeats
			time.Sleep(long)
			nc.Write(frame(codecHessian2, statusOK, h.id, []byte{tagReply + replyValue, 2, 'o', 'k'}))
			if err := <-done; err != nil || inv.Reply.(*text).v != "ok" {
				t.Errorf("the call got %v", err)
			}
		},
		"while calls come": func(t *testing.T, _ *atomic.Bool, cli protocol.Client, nc net.Conn, _ func(time.Duration) bool) {
			for range 20 {
				time.Sleep(partAfter - 1)
				done := invoke(t, cli, stringCall(&echoMethod, "x"))
				answerEcho(t, nc)
				if err := <-done; err != nil {
					t.Error(err)
				}
			}
		},
		"while a oneway request is not yet written": func(t *testing.T, _ *atomic.Bool, cli protocol.Client, nc net.Conn, _ func(time.Duration) bool) {
			if err := cli.Invoke(t.Context(), stringCall(&tellMethod, "x")); err != nil {
				t.Error(err)
			}
			time.Sleep(long) // nobody reads
			if h, body := readFrame(t, nc); h.twoway() || len(body) == 0 {
				t.Errorf("it got %+v", h)
			}
		},
		"when it leaves no more": func(t *testing.T, _ *atomic.Bool, _ protocol.Client, nc net.Conn, open func(time.Duration) bool) {
			nc.Write(frame(0xa2, 0, 0, writableBody))
			if !open(long) {
				t.Error("it was closed")
			}
			nc.Write(frame(0xb7, 0, 0, readonlyJSONB))
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var spare atomic.Bool
				spare.Store(true)
				cli, _, nc, open := parting(t, protocol.DialOptions{Spare: spare.Load})
				run(t, &spare, cli, nc, open)
				if open(3 * partAfter) {
					t.Error("it was not closed at last")
				}
				cli.Close()
				nc.Close()
			})
		})
	}
}

// A peer that has a listener may call it, leaving or not.
func TestConnectionThatCarriesAListenerStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard(1)
		ln := newPipeListener()
		srv, err := New().Serve(ln, b, protocol.ServeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		cli, err := New().Dial("127.0.0.1:1", protocol.DialOptions{Dial: ln.dial, Listen: listen, Spare: always})
		if err != nil {
			t.Fatal(err)
		}
		l := newListener(heard)
		if err := cli.Invoke(t.Context(), listenerCall(&addMethod, "k", l)); err != nil {
			t.Fatal(err)
		}
		srv.(*server).mu.Lock()
		for c := range srv.(*server).conns {
			c.sendReadonly()
		}
		srv.(*server).mu.Unlock()
		time.Sleep(10 * partAfter)
		wantState(t, cli, protocol.Draining)
		if s, err := b.at("k").Changed(t.Context(), "x"); err != nil || s != "heard x" {
			t.Errorf("the listener said %q, %v", s, err)
		}
		if err := cli.Invoke(t.Context(), listenerCall(&removeMethod, "k", l)); err != nil {
			t.Error(err)
		}
		time.Sleep(3 * partAfter)
		wantState(t, cli, protocol.Failed)
		cli.Close()
		srv.Close()
	})
}

// Calls that are made in the moment of the close are answered, or surely were
// not sent.
func TestNoCallIsLostWhenAConnectionIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler()
		var ran atomic.Int64
		h.on(&echoMethod, func(ctx context.Context, inv *api.Invocation) error {
			ran.Add(1)
			inv.Reply.(*text).v = inv.Args.(*text).v
			return nil
		})
		ln := newPipeListener()
		srv, err := New().Serve(ln, h, protocol.ServeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := srv.Drain(t.Context()); err != nil { // each connection hears of it at once
			t.Fatal(err)
		}
		var answered, refused int64
		var mu sync.Mutex
		for round := range 200 {
			closing := make(chan struct{})
			spare := sync.OnceValue(func() bool {
				close(closing)
				for range round % 20 { // calls come in now
					runtime.Gosched()
				}
				return true
			})
			cli, err := New().Dial("127.0.0.1:1", protocol.DialOptions{Dial: ln.dial, Spare: spare})
			if err != nil {
				t.Fatal(err)
			}
			cli.Connect(t.Context())
			wantState(t, cli, protocol.Draining)
			var calls sync.WaitGroup
			for i := range 4 {
				calls.Go(func() {
					<-closing
					inv := stringCall(&echoMethod, fmt.Sprint(round, i))
					inv.Deadline = time.Now().Add(time.Second)
					err := cli.Invoke(context.Background(), inv)
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil && inv.Reply.(*text).v == fmt.Sprint(round, i):
						answered++
					case err == nil:
						t.Errorf("the answer is %q", inv.Reply.(*text).v)
					default:
						refused++
						wantError(t, err, api.Unavailable, api.SentNo)
					}
				})
			}
			calls.Wait()
			cli.Close()
		}
		srv.Close()
		if ran.Load() != answered || answered+refused != 800 {
			t.Errorf("%d calls ran, %d were answered, %d refused", ran.Load(), answered, refused)
		}
		t.Logf("%d answered, %d refused", answered, refused)
	})
}

// Close does not wait for a call that holds a connection which takes no more.
func TestCloseWhileParting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cli protocol.Client
		var nc net.Conn
		done := make(chan error, 1)
		started := make(chan struct{})
		var late sync.Once
		spare := func() bool {
			<-started
			late.Do(func() { // a call that comes in the last moment
				go func() { done <- cli.Invoke(context.Background(), stringCall(&echoMethod, "late")) }()
				readFrame(t, nc)
			})
			return true
		}
		cli, _, nc, _ = parting(t, protocol.DialOptions{Spare: spare})
		close(started)
		time.Sleep(5 * partAfter) // the call is never answered
		synctest.Wait()
		wantState(t, cli, protocol.Draining)
		start := time.Now()
		cli.Close()
		if took := time.Since(start); took > 0 {
			t.Errorf("Close took %v", took)
		}
		wantError(t, <-done, api.Disconnected, api.SentMaybe)
		nc.Close()
	})
}
