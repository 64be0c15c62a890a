package dubbo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// A stream that cannot be read on is answered, reported and closed.
func TestServerRefusesBrokenStreams(t *testing.T) {
	tooLong := frame(flagRequest|flagTwoway|codecHessian2, 0, 9, nil)
	binary.BigEndian.PutUint32(tooLong[12:], 1<<31)
	over := frame(flagRequest|flagTwoway|codecHessian2, 0, 9, nil)
	binary.BigEndian.PutUint32(over[12:], 4001)
	for _, c := range []struct {
		name, says string
		bytes      []byte
		id         int64
	}{
		{"wrong magic", "0x4745", []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), 0},
		{"one wrong byte", "0x6c00", []byte("l"), 0},
		{"second byte wrong", "0xdabc", []byte{0xda, 0xbc}, 0},
		{"length over the limit", "limit is 4000", over, 9},
		{"negative length", "2147483648", tooLong, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			nc, heard := rawServer(t, newHandler(), 4000)
			if _, err := nc.Write(c.bytes); err != nil {
				t.Fatal(err)
			}
			h, body := readFrame(t, nc)
			if h.status != statusBadRequest || h.id != c.id || !bytes.Contains(body, []byte(c.says)) {
				t.Errorf("answer %+v %q does not say %q", h, body, c.says)
			}
			if n, err := nc.Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("after the answer: %d bytes, %v, want the end", n, err)
			}
			if err := <-heard; !strings.Contains(err.Error(), c.says) {
				t.Errorf("OnError heard %q, which does not say %q", err, c.says)
			}
		})
	}
}

// A frame that is whole but means nothing hurts only itself.
func TestServerAnswersBadRequestsAndLivesOn(t *testing.T) {
	good := requestFrame(&echoMethod, 1, &text{"x"})
	body := good[headerSize:]
	undeclared := &hessian.Object{Class: "test.Evil", Fields: []hessian.Field{{Name: "name", Value: "x"}}}
	two := flagRequest | flagTwoway
	for _, c := range []struct {
		name, says string
		frame      []byte
		silent     bool // OnError is not told
	}{
		{"empty body", "request body", frame(byte(two|codecHessian2), 0, 3, nil), false},
		{"garbage", "request body", frame(byte(two|codecHessian2), 0, 3, bytes.Repeat([]byte{0xff}, 50)), false},
		{"body cut inside the head", "request body", frame(byte(two|codecHessian2), 0, 3, body[:20]), false},
		{"body cut inside the attachments", "request body", frame(byte(two|codecHessian2), 0, 3, body[:len(body)-1]), false},
		{"unknown serialization", "serialization id 8 ", frame(byte(two|8), 0, 3, body), false},
		{"fastjson2", "serialization id 23 ", frame(byte(two|codecFastjson2), 0, 3, body), false},
		{"bad descriptor", "bad parameter descriptor", rename(t, good, stringDesc, "Qjava/lang/String;"), false},
		{"unknown method", "no method nope", rename(t, good, "echo", "nope"), true},
		{"undeclared class", "test.Evil", requestFrame(&userMethod, 3, &anyBody{undeclared}), false},
		{"string for an object", "arguments of", requestFrame(&userMethod, 3, &text{"x"}), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			nc, heard := rawServer(t, newHandler(), 0)
			nc.Write(c.frame)
			h, answer := readFrame(t, nc)
			if h.status != statusBadRequest || !bytes.Contains(answer, []byte(c.says)) {
				t.Errorf("answer %+v %q does not say %q", h, answer, c.says)
			}
			if !c.silent {
				if err := <-heard; !strings.Contains(err.Error(), c.says) {
					t.Errorf("OnError heard %q", err)
				}
			}
			nc.Write(good)
			if h, answer := readFrame(t, nc); h.status != statusOK || h.id != 1 {
				t.Errorf("the next call failed: %+v %q", h, answer)
			}
		})
	}
}

// Whatever serialization a request is in, it is answered, in Hessian 2, and the
// same connection serves the next.
func TestServerRefusesEverySerializationButItsOwn(t *testing.T) {
	nc, heard := rawServer(t, newHandler(), 0)
	good := requestFrame(&echoMethod, 1, &text{"x"})
	for id := range byte(maskCodec + 1) {
		if id == codecHessian2 {
			continue
		}
		nc.Write(append(frame(flagRequest|flagTwoway|id, 0, 100+int64(id), []byte("body of whatever kind")), good...))
		var d hessian.Decoder
		h, body := readFrame(t, nc)
		d.Reset(body, nil)
		if says := d.String(); h.flag != codecHessian2 || h.status != statusBadRequest || h.id != 100+int64(id) ||
			!strings.HasPrefix(says, fmt.Sprintf("codec: dubbo: serialization id %d is not supported", id)) {
			t.Errorf("serialization %d: answer %+v %q", id, h, says)
		}
		if err := <-heard; err == nil {
			t.Errorf("serialization %d: OnError heard nothing", id)
		}
		if h, _ := readFrame(t, nc); h.id != 1 || h.status != statusOK {
			t.Errorf("serialization %d: the next call was answered %+v", id, h)
		}
	}
}

// A peer that wants no answer gets none, whatever is wrong with its request.
func TestOnewayRequestsAreNeverAnswered(t *testing.T) {
	good := requestFrame(&echoMethod, 1, &text{"x"})
	for name, f := range map[string][]byte{
		"unknown serialization": frame(flagRequest|8, 0, 3, good[headerSize:]),
		"garbage":               frame(flagRequest|codecHessian2, 0, 3, bytes.Repeat([]byte{0xff}, 50)),
	} {
		t.Run(name, func(t *testing.T) {
			nc, heard := rawServer(t, newHandler(), 0)
			nc.Write(f)
			if err := <-heard; err == nil {
				t.Error("OnError heard nothing")
			}
			nc.Write(good)
			if h, _ := readFrame(t, nc); h.id != 1 || h.status != statusOK {
				t.Errorf("the first answer is %+v, want that of the call after", h)
			}
		})
	}
}

type anyBody struct{ v any }

func (b *anyBody) EncodeHessian(e *hessian.Encoder) { e.Any(b.v) }
func (b *anyBody) DecodeHessian(d *hessian.Decoder) { b.v = d.Any() }
func (b *anyBody) HessianTypes() *hessian.Types     { return nil }

// rename replaces text in a frame, short strings' lengths included.
func rename(t *testing.T, f []byte, old, new string) []byte {
	t.Helper()
	from, to := hessian.AppendString(nil, old), hessian.AppendString(nil, new)
	body := bytes.Replace(f[headerSize:], from, to, 1)
	if bytes.Equal(body, f[headerSize:]) {
		t.Fatalf("%q is not in the frame", old)
	}
	return frame(f[2], 0, 3, body)
}

// A request whose body never comes in full is no call, and no error of ours.
func TestServerSeesABodyCutShort(t *testing.T) {
	nc, heard := rawServer(t, newHandler(), 0)
	nc.Write(requestFrame(&echoMethod, 1, &text{"x"})[:40])
	nc.(*net.TCPConn).CloseWrite()
	if n, err := nc.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("read %d bytes, %v, want the end", n, err)
	}
	if err := <-heard; !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("OnError heard %v", err)
	}
}

// A header alone must not make the server allocate what it announces.
func TestAnnouncedBodyIsNotAllocatedAhead(t *testing.T) {
	r := &frameReader{max: 8 << 20, buf: make([]byte, readBuffer), nc: fakeConn{bytes.NewReader(
		append(frame(0xc2, 0, 1, nil)[:12], 0, 0x7f, 0xff, 0xff)), nil}}
	allocated := testing.Benchmark(func(b *testing.B) {
		for range b.N {
			r.nc = fakeConn{bytes.NewReader(append(frame(0xc2, 0, 1, nil)[:12], 0, 0x7f, 0xff, 0xff)), nil}
			r.start, r.end = 0, 0
			if _, _, _, err := r.next(); err != io.ErrUnexpectedEOF {
				b.Fatal(err)
			}
		}
	}).AllocedBytesPerOp()
	if allocated > 1<<20 {
		t.Errorf("%d bytes were allocated for a header", allocated)
	}
}

type fakeConn struct {
	io.Reader
	net.Conn
}

func (c fakeConn) Read(p []byte) (int, error) { return c.Reader.Read(p) }

// rawClient returns a client whose connection's other end is ours.
func rawClient(t *testing.T, o protocol.DialOptions) (protocol.Client, func() net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	cli, err := New().Dial(ln.Addr().String(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cli.Close() })
	return cli, func() net.Conn {
		nc, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { nc.Close() })
		nc.SetDeadline(time.Now().Add(20 * time.Second))
		return nc
	}
}

// invoke starts a call; the error comes through the channel.
func invoke(t *testing.T, cli protocol.Client, inv *api.Invocation) <-chan error {
	done := make(chan error, 1)
	go func() { done <- cli.Invoke(t.Context(), inv) }()
	return done
}

func TestClientRefusesBrokenStreams(t *testing.T) {
	over := frame(codecHessian2, statusOK, 0, nil)
	binary.BigEndian.PutUint32(over[12:], 4001)
	for _, c := range []struct {
		name  string
		bytes []byte
		first api.Code // of the call that the frame names; the other is Disconnected
		says  string
	}{
		{"wrong magic", []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), api.Disconnected, "0x4854"},
		{"length over the limit", over, api.TooLarge, "limit is 4000"},
		{"body cut short", frame(codecHessian2, statusOK, 0, []byte("xxxx"))[:18], api.Disconnected, "unexpected EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cli, accept := rawClient(t, protocol.DialOptions{MaxMessage: 4000})
			first := invoke(t, cli, stringCall(&echoMethod, "a"))
			nc := accept()
			readFrame(t, nc) // id 0
			second := invoke(t, cli, stringCall(&echoMethod, "b"))
			readFrame(t, nc)
			nc.Write(c.bytes)
			nc.(*net.TCPConn).CloseWrite()
			wantError(t, <-first, c.first, api.SentMaybe, c.says)
			wantError(t, <-second, api.Disconnected, api.SentMaybe, c.says)
			io.Copy(io.Discard, nc) // until the client closes
		})
	}
}

// A response that cannot be decoded fails its own call only.
func TestClientLivesOnAfterABadResponse(t *testing.T) {
	cli, accept := rawClient(t, protocol.DialOptions{})
	done := invoke(t, cli, stringCall(&echoMethod, "a"))
	nc := accept()
	for _, c := range []struct {
		name, says string
		flag       byte
		status     byte
		body       []byte
		code       api.Code
		sent       api.Sent
	}{
		{"empty", "response to test.Service.echo", codecHessian2, statusOK, nil, api.Codec, api.SentMaybe},
		{"unknown constant", "starts with 9", codecHessian2, statusOK, []byte{tagReply + 9}, api.Codec, api.SentMaybe},
		{"no value", "data ends", codecHessian2, statusOK, []byte{tagReply + replyValue}, api.Codec, api.SentMaybe},
		{"cut string", "data ends", codecHessian2, statusOK, []byte{tagReply + replyValue, 5, 'a'}, api.Codec, api.SentMaybe},
		{"cut attachments", "data ends", codecHessian2, statusOK, []byte{tagReply + replyValueAttached, 1, 'a', 'H', 1}, api.Codec, api.SentMaybe},
		{"fastjson2 reply", "serialization id 23", codecFastjson2, statusOK, []byte{0, 0, 0, 1, 1}, api.Codec, api.SentMaybe},
		{"undeclared class", "test.Evil", codecHessian2, statusOK, evilReply(), api.Codec, api.SentMaybe},
		{"error text in no language", "cannot be read", 9, 70, []byte("x"), api.Internal, api.SentMaybe},
		{"broken fastjson2 text", "cannot be read", codecFastjson2, 70, []byte{0, 0, 0, 9, 1}, api.Internal, api.SentMaybe},
		{"unknown status", "status 7", codecHessian2, 7, []byte{1, 'x'}, api.Internal, api.SentMaybe},
		{"Java's not found", "gone", codecHessian2, 40, hessian.AppendString(nil, "gone"), api.NotFound, api.SentNo},
		{"Java's full pool", "pool", codecHessian2, 100, hessian.AppendString(nil, "pool"), api.Overloaded, api.SentNo},
	} {
		h, _ := readFrame(t, nc)
		nc.Write(frame(c.flag, c.status, h.id+1000, c.body)) // nobody's
		nc.Write(frame(c.flag, c.status, h.id, c.body))
		err := <-done
		if c.name == "undeclared class" {
			if err == nil {
				t.Error("an object of an undeclared class was taken for a user")
			}
		} else {
			wantError(t, err, c.code, c.sent, c.says)
		}
		inv := stringCall(&echoMethod, "a")
		if c.name == "fastjson2 reply" {
			inv = newCall(&userMethod)
		}
		done = invoke(t, cli, inv)
	}
	h, _ := readFrame(t, nc)
	nc.Write(frame(codecHessian2, statusOK, h.id, []byte{tagReply + replyValue, 2, 'o', 'k'}))
	if err := <-done; err != nil {
		t.Errorf("the connection did not live on: %v", err)
	}
	if d := cli.(protocol.DropCounter).Drops(); d != (protocol.Drops{Unknown: 12}) {
		t.Errorf("dropped %+v, want the 12 answers to calls that were never made", d)
	}
}

func evilReply() []byte {
	e := hessian.NewEncoder([]byte{tagReply + replyValue})
	e.Any(&hessian.Object{Class: "test.Evil", Fields: []hessian.Field{{Name: "name", Value: "x"}}})
	return e.Bytes()
}
