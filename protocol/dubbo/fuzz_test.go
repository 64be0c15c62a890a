package dubbo

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol/hessian"
)

func FuzzFrames(f *testing.F) {
	for _, v := range javaFrames(f)[:40] {
		f.Add(v.bytes, uint8(7))
	}
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), uint8(1))
	f.Fuzz(func(t *testing.T, stream []byte, chunk uint8) {
		const max = 100_000
		r := &frameReader{max: max, buf: make([]byte, readBuffer), nc: fakeConn{&chunked{stream, int(chunk) + 1}, nil}}
		var read []byte
		for {
			h, body, _, err := r.next()
			if err != nil {
				if len(stream)-len(read) >= headerSize+max && err == io.EOF {
					t.Fatal("a frame was lost")
				}
				break
			}
			if len(body) != h.length || h.length > max {
				t.Fatalf("header %+v with a body of %d", h, len(body))
			}
			var head [headerSize]byte
			putHeader(head[:], h)
			read = append(append(read, head[:]...), body...)
		}
		if !bytes.HasPrefix(stream, read) {
			t.Fatal("what was read is not what the stream holds")
		}
	})
}

// chunked reads at most n bytes at a time.
type chunked struct {
	b []byte
	n int
}

func (c *chunked) Read(p []byte) (int, error) {
	if len(c.b) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), c.n)], c.b)
	c.b = c.b[n:]
	return n, nil
}

// The whole way of a request on the server, without the sockets.
func FuzzRequest(f *testing.F) {
	for _, v := range javaFrames(f) {
		if len(v.bytes) > headerSize && len(v.bytes) < 4000 && v.bytes[2]&flagRequest != 0 {
			f.Add(v.bytes[headerSize:])
		}
	}
	f.Add(requestFrame(&userMethod, 1, &userBody{&user{Name: "Ann"}})[headerSize:])
	h := newHandler()
	h.on(&waitMethod, func(context.Context, *api.Invocation) error { return nil })
	runner := &callRunner{handler: h}
	f.Fuzz(func(t *testing.T, body []byte) {
		sink := newWriter(nil)
		sink.asleep = false // nobody flushes
		c := &conn{max: defaultMaxBody, ctx: context.Background(), w: sink}
		k := &call{runner: runner, conn: c, header: header{flag: 0xc2, id: 5}, body: body, arrived: time.Now()}
		c.underWay.Add(1)
		k.run(nil)
		got, err := parseHeader(sink.buf, defaultMaxBody)
		if err != nil || got.id != 5 || got.status == 0 || got.length != len(sink.buf)-headerSize {
			t.Fatalf("answer %x, %v", sink.buf, err)
		}
	})
}

func FuzzResponse(f *testing.F) {
	for _, v := range javaFrames(f) {
		if len(v.bytes) > headerSize && len(v.bytes) < 4000 && v.bytes[2]&flagRequest == 0 {
			f.Add(v.bytes[2], v.bytes[3], v.bytes[headerSize:])
		}
	}
	f.Fuzz(func(t *testing.T, flag, status byte, body []byte) {
		for _, reply := range []hessian.Body{new(text), new(userBody), new(anyReply), none{}} {
			inv := javaCall(reply)
			w := &waiter{header: header{flag: flag, status: status}, body: body}
			err := receive(w, inv)
			if _, ok := err.(*api.Error); err != nil && !ok {
				t.Fatalf("error %T: %v", err, err)
			}
			inv.ReplyAttachments.All()
		}
	})
}
