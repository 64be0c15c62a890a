package dubbo

import (
	"context"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// suspicion is how long a call of a second takes to find its peer silent.
const suspicion = 2*maxPatience + secondLook

// timed makes a call with a deadline, whose outcome and duration come through
// the channel.
func timed(cli protocol.Client, inv *api.Invocation, timeout time.Duration) <-chan outcome {
	start := time.Now()
	inv.Deadline = start.Add(timeout)
	done := make(chan outcome, 1)
	go func() {
		err := cli.Invoke(context.Background(), inv)
		done <- outcome{err, time.Since(start)}
	}()
	return done
}

type outcome struct {
	err  error
	took time.Duration
}

func leave(_ *api.Invocation, e *api.Error) error { return e }

// swallow reads what nc brings and answers nothing. It returns how many
// heartbeats came.
func swallow(nc net.Conn) *atomic.Int64 {
	heartbeats := new(atomic.Int64)
	go func() {
		for {
			var head [headerSize]byte
			if _, err := io.ReadFull(nc, head[:]); err != nil {
				return
			}
			h, err := parseHeader(head[:], defaultMaxBody)
			if err != nil {
				return
			}
			if _, err := io.CopyN(io.Discard, nc, int64(h.length)); err != nil {
				return
			}
			if h.flag == 0xe2 {
				heartbeats.Add(1)
			}
		}
	}()
	return heartbeats
}

func wantState(t *testing.T, cli protocol.Client, want protocol.State) {
	t.Helper()
	synctest.Wait()
	if got := cli.State(); got != want {
		t.Errorf("the client is %v, want %v", got, want)
	}
}

// A peer that answers neither calls nor a heartbeat is suspect; whoever may
// leaves it, the others wait, and any byte from it clears it.
func TestSilentPeerIsSuspect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		cli, ln := pipeClient(t, protocol.DialOptions{Leave: func(inv *api.Invocation, e *api.Error) error {
			asked.Add(1)
			if inv.Method.Idempotent {
				return e
			}
			return nil
		}})
		go cli.Connect(t.Context())
		nc := <-ln.conns
		heartbeats := swallow(nc)
		time.Sleep(10 * time.Second)
		wantState(t, cli, protocol.Ready) // nobody waits
		leaves, stays := timed(cli, stringCall(&echoMethod, "x"), time.Second), timed(cli, stringCall(&throwMethod, "x"), time.Second)
		time.Sleep(suspicion - time.Millisecond)
		wantState(t, cli, protocol.Ready)
		o := <-leaves
		wantError(t, o.err, api.Disconnected, api.SentMaybe, "test.Service.echo at 127.0.0.1:1", "sent nothing for 10.525s")
		if o.took.Truncate(time.Millisecond) != suspicion {
			t.Errorf("the call left after %v", o.took)
		}
		wantState(t, cli, protocol.Suspect)
		if n := heartbeats.Load(); n != 1 {
			t.Errorf("%d heartbeats were sent", n)
		}
		o = <-stays
		wantError(t, o.err, api.Timeout, api.SentMaybe)
		if o.took != time.Second {
			t.Errorf("the call that may not leave ended after %v", o.took)
		}
		if err := cli.Connect(t.Context()); err != nil {
			t.Errorf("the client is connected and says %v", err)
		}
		late := timed(cli, stringCall(&echoMethod, "x"), time.Second) // finds it as it is
		if o = <-late; o.took.Truncate(time.Millisecond) != maxPatience {
			t.Errorf("a call that came later left after %v: %v", o.took, o.err)
		}
		nc.Write(frame(0x22, statusOK, 4242, heartbeatBody))
		wantState(t, cli, protocol.Ready)
		if n := asked.Load(); n != 3 {
			t.Errorf("%d times a call was asked whether it leaves", n)
		}
		cli.Close()
		nc.Close()
	})
}

// A provider whose handlers are slow answers heartbeats, so nothing is wrong.
func TestSlowHandlersAreNotSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler()
		h.on(&waitMethod, func(ctx context.Context, inv *api.Invocation) error {
			time.Sleep(50 * time.Second)
			return nil
		})
		ln := newPipeListener()
		srv, err := New().Serve(ln, h, protocol.ServeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		cli, err := New().Dial("127.0.0.1:1", protocol.DialOptions{
			Dial: ln.dial,
			OnState: func(s protocol.State) {
				if s == protocol.Suspect {
					t.Error("the provider became suspect")
				}
			},
			Leave: func(_ *api.Invocation, e *api.Error) error {
				t.Error("a call was asked whether it leaves")
				return e
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		patient, hasty := timed(cli, stringCall(&waitMethod, "x"), time.Minute), timed(cli, stringCall(&waitMethod, "x"), 40*time.Millisecond)
		if o := <-patient; o.err != nil || o.took != 50*time.Second {
			t.Errorf("after %v: %v", o.took, o.err)
		}
		wantError(t, (<-hasty).err, api.Timeout, api.SentMaybe)
		cli.Close()
		srv.Close()
	})
}

// Calls whose deadlines come before anything could be known leave the question
// behind.
func TestShortCallsAskToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cli, ln := pipeClient(t, protocol.DialOptions{Leave: leave})
		go cli.Connect(t.Context())
		nc := <-ln.conns
		swallow(nc)
		o := <-timed(cli, stringCall(&echoMethod, "x"), 20*time.Millisecond)
		wantError(t, o.err, api.Timeout, api.SentMaybe)
		time.Sleep(minPatience + secondLook)
		wantState(t, cli, protocol.Suspect)
		cli.Close()
		nc.Close()
	})
}

// A call that found the batch full surely was not sent, and says so.
func TestSilentPeerThatReadsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cli, ln := pipeClient(t, protocol.DialOptions{Leave: leave})
		go cli.Connect(t.Context())
		nc := <-ln.conns
		var big []<-chan outcome
		for range 3 { // one is being written, the others fill the batch
			inv := newCall(&blobMethod)
			inv.Args.(*blob).v = make([]byte, maxBatch-1000)
			big = append(big, timed(cli, inv, 10*time.Second))
			synctest.Wait()
		}
		o := <-timed(cli, stringCall(&throwMethod, "x"), time.Second)
		wantError(t, o.err, api.Disconnected, api.SentNo)
		if o.took.Truncate(time.Millisecond) != suspicion {
			t.Errorf("the call left after %v", o.took)
		}
		for _, b := range big { // they were given the time that so much may take
			o := <-b
			wantError(t, o.err, api.Disconnected, api.SentMaybe)
			if o.took < time.Second || o.took > 2*time.Second {
				t.Errorf("a large call left after %v", o.took)
			}
		}
		cli.Close()
		nc.Close()
	})
}

// The connection of a silent peer ends at last. The next one has to show that
// somebody is there: the system takes connections for a process that is
// stopped.
func TestSilentPeerIsConnectedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cli, ln := pipeClient(t, protocol.DialOptions{})
		go cli.Connect(t.Context())
		nc := <-ln.conns
		swallow(nc)
		<-timed(cli, stringCall(&echoMethod, "x"), time.Second)
		next := <-ln.conns
		wantState(t, cli, protocol.Suspect)
		h, _ := readFrame(t, next)
		wantState(t, cli, protocol.Suspect)
		next.Write(frame(0x22, statusOK, h.id, heartbeatBody))
		wantState(t, cli, protocol.Ready)
		cli.Close()
		nc.Close()
		next.Close()
	})
}
