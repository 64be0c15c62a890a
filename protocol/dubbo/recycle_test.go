package dubbo

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// answerEchoes answers the calls of echo on the one connection that ln accepts,
// and those of other methods never.
func answerEchoes(ln net.Listener) {
	nc, err := ln.Accept()
	if err != nil {
		return
	}
	defer nc.Close()
	in := bufio.NewReader(nc)
	for {
		var head [headerSize]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return
		}
		h, err := parseHeader(head[:], defaultMaxBody)
		if err != nil {
			return
		}
		body := make([]byte, h.length)
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		if bytes.Contains(body, []byte("\x04echo")) {
			if _, err := nc.Write(frame(codecHessian2, statusOK, h.id, []byte{tagReply + replyValue, 1, 'x'})); err != nil {
				return
			}
		}
	}
}

// A call that ends must leave its waiter alone before another call has it: who
// still stops the timer then takes the other call's deadline away.
func TestRecycledWaiterKeepsTheDeadlineOfItsNextCall(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8)) // so that a call may be interrupted anywhere
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() { defer close(served); answerEchoes(ln) }()
	cli, err := New().Dial(ln.Addr().String(), protocol.DialOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { cli.Close(); ln.Close(); <-served }()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // of calls that nothing else ends
	defer cancel()
	end := time.Now().Add(time.Second)
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			for time.Now().Before(end) && !t.Failed() {
				m, patience, want := &echoMethod, 30*time.Second, api.OK
				if i%4 == 0 {
					m, patience, want = &waitMethod, 2*time.Millisecond, api.Timeout
				}
				inv := stringCall(m, "x")
				inv.Deadline = time.Now().Add(patience)
				err := cli.Invoke(ctx, inv)
				if ctx.Err() != nil {
					t.Errorf("a call of %s was not ended by its deadline, %v from its beginning", m.Name, patience)
				} else if api.CodeOf(err) != want {
					t.Errorf("a call of %s ended with %v", m.Name, err)
				}
			}
		})
	}
	wg.Wait()
}
