package dubbo

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"runtime/metrics"
	"slices"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol/hessian"
)

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
		frugal(t, len(body), 1, func() { k.run(nil) })
		got, err := parseHeader(sink.buf, defaultMaxBody)
		if err != nil || got.id != 5 || got.status == 0 || got.length != len(sink.buf)-headerSize {
			t.Fatalf("answer %x, %v", sink.buf, err)
		}
	})
}

// heapAllocs is how many bytes this process has taken so far.
func heapAllocs() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
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
			var err error
			frugal(t, len(body), 1, func() { err = new(caller).receive(w, inv) })
			if _, ok := err.(*api.Error); err != nil && !ok {
				t.Fatalf("error %T: %v", err, err)
			}
			inv.ReplyAttachments.All()
		}
	})
}

// Attachments are read in two ways: those of the usual shape are walked where
// they lie, others decoded. Where both can, they read the same.
func FuzzAttachments(f *testing.F) {
	for _, v := range javaFrames(f) {
		if v.Header == nil || len(v.bytes) > 2000 {
			continue
		}
		if at := bytes.LastIndexByte(v.bytes, tagMap); at > 0 {
			f.Add(v.bytes[at:])
		}
	}
	f.Add([]byte("N"))
	f.Add([]byte("M\x11java.util.HashMap\x01aI\x00\x00\x00\x05Z"))
	f.Add([]byte("H\x01a\x91\x01b\xc8\x05\x01c\xd4\x00\x01\x01dI\x00\x00\x00\x05Z"))
	f.Add([]byte("H\x01a\x91\x01bTZ"))
	f.Fuzz(func(t *testing.T, body []byte) {
		frugal(t, len(body), 1, func() {
			var d hessian.Decoder
			d.Reset(body, nil)
			raw, err := readAttachments(&d)
			got, objects := raw.AppendAttachments(nil, nil)
			if err != nil && len(got) > 0 {
				t.Fatalf("%v beside %v", got, err)
			}
			if raw.plain != nil {
				d.Reset(body, nil)
				if want := decodeAttachments(&d); d.Err() != nil || len(d.Rest()) > 0 || !slices.Equal(got, want.list) || !slices.Equal(objects, want.objects) {
					t.Fatalf("walked: %v %v\ndecoded: %v %v, %v", got, objects, want.list, want.objects, d.Err())
				}
			}
			if again := append(appendAttachments([]byte{tagMap}, got), tagEnd); err == nil {
				d.Reset(again, nil)
				raw, err := readAttachments(&d)
				if back := textsOf(&raw); err != nil || !slices.Equal(back, got) {
					t.Fatalf("%v became %v, %v", got, back, err)
				}
			}
		})
	})
}

// The strings of Java 3.2's error answers. What is read, written in the plainest
// form and read again is the same.
func FuzzJSONB(f *testing.F) {
	for _, v := range javaFrames(f) {
		for _, b := range [][]byte{v.bytes, v.reply} {
			if len(b) > headerSize && b[2]&maskCodec == codecFastjson2 && len(b) < 4000 {
				f.Add(b[headerSize:])
			}
		}
	}
	for _, b := range []string{"\x49", "\x4bhi", "\x79\x02hi", "\x7a\x02\xc3\xa9", "\x7b\x02\x00\xe9", "\x7c\x04\x3d\xd8\x22\xdc", "\x79\x38\x02hi", "\x79\x44\x00\x02hi", "\x79\x48\x00\x00\x00\x02hi"} {
		f.Add(append(binary.BigEndian.AppendUint32(nil, uint32(len(b))), b...))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		frugal(t, len(body), 1, func() {
			got, err := decodeJSONBText(body)
			if err != nil && got != "" || len(got) > 2*len(body) {
				t.Fatalf("%q, %v", got, err)
			}
			if err != nil {
				return
			}
			text := append(binary.BigEndian.AppendUint32([]byte{jsonbUTF8, 0x48}, uint32(len(got))), got...)
			text = append(binary.BigEndian.AppendUint32(nil, uint32(len(text))), text...)
			if again, err := decodeJSONBText(text); err != nil || again != got {
				t.Fatalf("%q became %q, %v", got, again, err)
			}
		})
	})
}
