package dubbo

import (
	"bytes"
	"context"
	"maps"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// fuzzMax is the limit of a body where a target sets one.
const fuzzMax = 100_000

// wire is a connection whose peer has sent what in holds and reads everything.
type wire struct {
	net.Conn // nil
	in       chunked
	atEnd    func() // called before Read tells the end

	mu  sync.Mutex
	out []byte // guarded by mu
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.in.Read(p)
	if err != nil {
		w.atEnd()
	}
	return n, err
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out = append(w.out, p...)
	return len(p), nil
}

func (w *wire) Close() error                    { return nil }
func (w *wire) RemoteAddr() net.Addr            { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }
func (w *wire) SetReadDeadline(time.Time) error { return nil }

// runOver runs c over stream, to its end and that of all calls in it, and returns
// what it wrote.
func runOver(c *conn, w *wire) []byte {
	var tasks task.Group
	w.atEnd = func() {
		<-c.calls.tasks.Idle()
		<-c.w.idle()
	}
	_ = c.run(&tasks)
	tasks.Wait()
	tasks.Stop()
	<-c.calls.tasks.Idle()
	c.calls.close()
	return w.out
}

// due is what the peer of a connection must see answered.
type due struct {
	event bool
	id    int64
}

// streamed is what is in a stream.
type streamed struct {
	frames    int         // whole ones
	answers   map[due]int // those that its requests are due
	responses []int64     // their ids
	whole     bool        // it can be read to its end
}

func readStream(stream []byte) streamed {
	c := streamed{answers: make(map[due]int)}
	for len(stream) >= headerSize {
		h, err := parseHeader(stream, fuzzMax)
		if err != nil {
			return c
		}
		if len(stream) < headerSize+h.length {
			break
		}
		c.frames++
		body := stream[headerSize:][:h.length]
		stream = stream[headerSize+h.length:]
		null := len(body) <= 16
		if h.codec() == 2 {
			null = string(body) == "N"
		}
		switch twoway := h.flag&0xc0 == 0xc0; {
		case h.event() && twoway && null, !h.event() && twoway:
			c.answers[due{h.event(), h.id}]++
		case !h.event() && !h.request():
			c.responses = append(c.responses, h.id)
		}
	}
	c.whole = len(stream) == 0
	return c
}

// checkAnswers compares what was written with what was due.
func checkAnswers(t *testing.T, written []byte, want map[due]int, whole bool) {
	t.Helper()
	got := make(map[due]int)
	for len(written) > 0 {
		h, err := parseHeader(written, defaultMaxBody)
		if err != nil || h.request() || h.status == 0 || len(written) < headerSize+h.length {
			t.Fatalf("written: %x, %v", written, err)
		}
		written = written[headerSize+h.length:]
		got[due{h.event(), h.id}]++
	}
	if whole && !maps.Equal(got, want) {
		t.Errorf("answered %v, due was %v", got, want)
	}
}

// frugal fails if f allocates out of proportion to the size of what it reads, in
// so many messages.
func frugal(t *testing.T, size, messages int, f func()) {
	t.Helper()
	before := heapAllocs()
	f()
	if got, most := heapAllocs()-before, uint64(16<<20+messages<<20+64*size); got > most {
		t.Errorf("%d bytes made us allocate %d, the limit is %d", size, got, most)
	}
}

func FuzzFrames(f *testing.F) {
	for _, v := range javaFrames(f)[:40] {
		f.Add(v.bytes, uint8(7))
	}
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), uint8(1))
	f.Fuzz(func(t *testing.T, stream []byte, chunk uint8) {
		r := &frameReader{max: fuzzMax, buf: make([]byte, readBuffer), nc: fakeConn{&chunked{stream, int(chunk) + 1}, nil}}
		var read []byte
		for {
			h, body, _, err := r.next()
			if err != nil {
				if rest := stream[min(len(read), len(stream)):]; readStream(rest).frames > 0 {
					t.Fatalf("%v before the frames of %x", err, rest)
				}
				break
			}
			if len(body) != h.length || h.length > fuzzMax {
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

// A server's connection, sockets excepted: each request that wants an answer
// gets one, whatever it holds and whatever else comes.
func FuzzServerStream(f *testing.F) {
	for i, v := range javaFrames(f) {
		if len(v.bytes) < 4000 && v.Header != nil && i%4 == 0 {
			f.Add(v.bytes, uint8(i))
		}
	}
	echo := requestFrame(&echoMethod, 1, &text{"x"})
	f.Add(append(frame(0xe2, 0, 2, heartbeatBody), append(echo, frame(0xd7, 0, 3, []byte("?"))...)...), uint8(15))
	f.Add(append(echo, append(frame(0x22, 20, 2, heartbeatBody), frame(0xa2, 0, 0, readonlyBody)...)...), uint8(255))
	for _, m := range []*api.Method{&addMethod, &removeMethod} {
		inv := listenerCall(m, "k", nil)
		inv.Attachments.Set(keyCallbackArg+"1", "5")
		f.Add(encodedCall(f, inv), uint8(50))
	}
	b := newBoard(1)
	for _, m := range []*api.Method{&addMethod, &removeMethod} {
		b.endpoints[m.Name+m.Desc].Invoker = answering // calls nobody back
	}
	b.on(&waitMethod, func(context.Context, *api.Invocation) error { return nil })
	f.Fuzz(func(t *testing.T, stream []byte, chunk uint8) {
		in := readStream(stream)
		frugal(t, len(stream), in.frames, func() {
			w := &wire{in: chunked{stream, int(chunk) + 1}}
			c := newConn(w, fuzzMax, time.Minute, false, new(drops))
			c.calls = &callRunner{handler: b, back: &backCaller{caller: caller{max: fuzzMax}, calls: task.NewGate()}}
			checkAnswers(t, runOver(c, w), in.answers, in.whole)
			if got, want := c.drops.counts(), (protocol.Drops{Unknown: uint64(len(in.responses))}); got != want {
				t.Errorf("dropped %+v of %v, want %+v", got, in.responses, want)
			}
		})
	})
}

var answering = api.InvokerFunc(func(_ context.Context, inv *api.Invocation) error { return inv.Sink.EncodeReply(inv.Reply) })

func encodedCall(f *testing.F, inv *api.Invocation) []byte {
	var enc hessian.Encoder
	b, err := appendRequest(nil, &enc, newRequestTemplate(inv.Service, inv.Method, ""), inv.Args.(hessian.Body), time.Second, &inv.Attachments)
	if err != nil {
		f.Fatal(err)
	}
	putHeader(b, header{flag: flagRequest | flagTwoway | codecHessian2, length: len(b) - headerSize})
	return b
}

// A client's connection with three calls under way and a listener: each call
// ends once, and responses that are nobody's are counted.
func FuzzClientStream(f *testing.F) {
	for i, v := range javaFrames(f) {
		if len(v.bytes) < 4000 && v.Header != nil && i%4 == 1 {
			f.Add(v.bytes, uint8(i))
		}
	}
	value := []byte{tagReply + replyValue, 2, 'o', 'k'}
	f.Add(append(frame(0x02, 20, 1, value), append(frame(0x02, 20, 1, value), frame(0x17, 40, 2, []byte{0, 0, 0, 3, 0x4b, 'h', 'i'})...)...), uint8(3))
	f.Add(append(frame(0xb7, 0, 9, readonlyJSONB), append(frame(0x02, 20, 77, value), frame(0x02, 20, -1, nil)...)...), uint8(200))
	inv := stringCall(&listenerDesc.Methods[0], "x")
	inv.Service = &listenerService
	inv.Attachments.Set(keyInstance, "1")
	f.Add(encodedCall(f, inv), uint8(30))
	f.Add(append(frame(0x02, 20, 0, nil)[:12], 0x7f, 0xff, 0xff, 0xff), uint8(30))
	f.Fuzz(func(t *testing.T, stream []byte, chunk uint8) {
		in := readStream(stream)
		frugal(t, len(stream), in.frames, func() {
			w := &wire{in: chunked{stream, int(chunk) + 1}}
			c := newConn(w, fuzzMax, time.Minute, true, new(drops))
			c.calls, c.onDrain = new(callRunner), func(bool) {}
			c.ours.claim(listenerKey{&listenerDesc, newListener(heard)}, listen)
			waiting := make(map[int64]*waiter)
			for range 3 {
				w := newWaiter()
				c.calling().add(w)
				waiting[w.id] = w
			}
			checkAnswers(t, runOver(c, w), in.answers, in.whole)
			checkWaiters(t, waiting)
			checkDrops(t, c.drops, in.responses)
		})
	})
}

func checkWaiters(t *testing.T, waiting map[int64]*waiter) {
	t.Helper()
	for id, w := range waiting {
		select {
		case <-w.done:
		default:
			t.Errorf("call %d still waits", id)
			continue
		}
		err := new(caller).receive(w, stringCall(&echoMethod, ""))
		if _, ok := err.(*api.Error); err != nil && !ok {
			t.Errorf("call %d: error %T: %v", id, err, err)
		}
	}
}

func checkDrops(t *testing.T, d *drops, responses []int64) {
	t.Helper()
	var want protocol.Drops
	seen := make(map[int64]bool)
	for _, id := range responses {
		switch made := 0 <= id && id < 3; {
		case !made:
			want.Unknown++
		case seen[id]:
			want.Late++
		default:
			seen[id] = true
		}
	}
	if got := d.counts(); got != want {
		t.Errorf("dropped %+v of %v, want %+v", got, responses, want)
	}
}
