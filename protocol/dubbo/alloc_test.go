//go:build !race

package dubbo

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/protocol"
)

// The race detector makes pools lose things, so this is not tested with it.

// measured makes n calls and returns the allocations of each, in the whole
// process.
func measured(t *testing.T, call func()) float64 {
	t.Helper()
	for range 200 {
		call()
	}
	return testing.AllocsPerRun(3000, call)
}

func TestClientAllocations(t *testing.T) {
	cli, accept := rawClient(t, protocol.DialOptions{Application: "shop"})
	inv := stringCall(&echoMethod, strings.Repeat("x", 100))
	inv.Deadline = time.Now().Add(time.Hour)
	go func() {
		nc := accept()
		buf := make([]byte, 4096)
		reply := frame(codecHessian2, statusOK, 0, append(append([]byte{tagReply + replyValueAttached}, []byte("\x30\x64"+strings.Repeat("y", 100))...), plainTail...))
		for {
			if _, err := io.ReadFull(nc, buf[:headerSize]); err != nil {
				return
			}
			h, _ := parseHeader(buf, 4000)
			io.ReadFull(nc, buf[:h.length])
			putHeader(reply, header{flag: codecHessian2, status: statusOK, id: h.id, length: len(reply) - headerSize})
			nc.Write(reply)
		}
	}()
	allocs := measured(t, func() {
		if err := cli.Invoke(t.Context(), inv); err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("client: %.2f allocations a call besides the call object", allocs)
	if allocs > 2.1 {
		t.Errorf("a call allocates %.2f times, at most 2 are allowed", allocs)
	}
}

func TestServerAllocations(t *testing.T) {
	nc, _ := rawServer(t, newHandler(), 0)
	nc.(*net.TCPConn).SetNoDelay(true)
	req := requestFrame(&echoMethod, 1, &text{strings.Repeat("x", 100)})
	answer := make([]byte, 4096)
	allocs := measured(t, func() {
		nc.Write(req)
		if _, err := io.ReadFull(nc, answer[:headerSize]); err != nil {
			t.Fatal(err)
		}
		h, _ := parseHeader(answer, 4000)
		if _, err := io.ReadFull(nc, answer[:h.length]); err != nil || h.status != statusOK {
			t.Fatal(err, h)
		}
	})
	t.Logf("server: %.2f allocations a call", allocs)
	if allocs > 3.1 {
		t.Errorf("a call allocates %.2f times, at most 3 are allowed", allocs)
	}
}
