package dubbo

import (
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/protocol"
)

// A provider of Dubbo 2.6 sends heartbeats, too.
func TestClientAnswersHeartbeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cli, ln := pipeClient(t, protocol.DialOptions{})
		go cli.Connect(t.Context())
		nc := <-ln.conns
		for id := range int64(3) {
			nc.Write(frame(0xe2, 0, id, heartbeatBody))
			if h, body := readFrame(t, nc); h.flag != 0x22 || h.status != statusOK || h.id != id || string(body) != "N" {
				t.Errorf("answer %+v %q", h, body)
			}
			time.Sleep(DefaultHeartbeat - time.Second) // so the client needs none of its own
		}
		cli.Close()
		nc.Close()
	})
}

// Events that are no heartbeats are not answered, and one in a serialization
// that is not ours is answered in that.
func TestOnlyHeartbeatsAreAnswered(t *testing.T) {
	nc, _ := rawServer(t, newHandler(), 0)
	for _, f := range [][]byte{
		frame(0xe2, 0, 1, []byte("\x02zz")),
		frame(0xe2, 0, 2, nil),
		frame(0xe2, 0, 3, readonlyBody),
		frame(0xf7, 0, 4, make([]byte, maxNull+1)),
		frame(0xa2, 0, 5, heartbeatBody),
		frame(0xf7, 0, 6, []byte{0, 0, 0, 1, 0xaf}),
	} {
		nc.Write(f)
	}
	if h, body := readFrame(t, nc); h.id != 6 || h.flag != 0x37 || h.status != statusOK || string(body) != "\x00\x00\x00\x01\xaf" {
		t.Errorf("the first answer is %+v %q, want that of the last event", h, body)
	}
}

// A client that is only talked to has no reason to send a heartbeat. The server
// then asks, and closes where nothing comes back.
func TestServerAsksAClientThatOnlyListens(t *testing.T) {
	for _, alive := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			ln := newPipeListener()
			srv, err := New().Serve(ln, newHandler(), protocol.ServeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			nc, _ := ln.dial(t.Context(), "", "")
			synctest.Wait()
			c := theConn(srv.(*server))
			start := time.Now()
			var asked, closed time.Duration
			go func() { // the peer
				for {
					var head [headerSize + 1]byte
					if _, err := io.ReadFull(nc, head[:]); err != nil {
						closed = time.Since(start)
						return
					}
					if h, _ := parseHeader(head[:], 1); h.flag == 0xe2 {
						if asked == 0 {
							asked = time.Since(start)
						}
						if alive {
							nc.Write(frame(0x22, statusOK, h.id, heartbeatBody))
						}
					}
				}
			}()
			for range 100 { // one-way calls, say
				time.Sleep(10 * time.Second)
				c.send(frame(0x82, 0, 1, []byte("x")))
			}
			srv.Close()
			synctest.Wait()
			nc.Close()
			if asked != 2*DefaultHeartbeat {
				t.Errorf("the server asked after %v", asked)
			}
			if alive && closed != 1000*time.Second || !alive && closed != 3*DefaultHeartbeat {
				t.Errorf("peer alive: %v, the connection was closed after %v", alive, closed)
			}
		})
	}
}

func theConn(s *server) *conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		return c
	}
	return nil
}
