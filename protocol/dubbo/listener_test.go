package dubbo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// What generated code would look like for a listener and a service with it.

type listener interface {
	Changed(ctx context.Context, s string) (string, error)
}

type listenerFunc struct {
	f     func(ctx context.Context, s string) (string, error)
	ended chan error
}

func newListener(f func(ctx context.Context, s string) (string, error)) *listenerFunc {
	return &listenerFunc{f, make(chan error, 1)}
}
func (l *listenerFunc) Changed(ctx context.Context, s string) (string, error) { return l.f(ctx, s) }

var listenerDesc = api.ListenerDesc{
	Interface: "test.Listener",
	Methods:   []api.Method{{Name: "changed", Desc: stringDesc, Params: []string{"java.lang.String"}, Result: "java.lang.String"}},
	Calls: []api.ListenerCall{{
		New: func() *api.Invocation {
			c := new(testCall)
			c.Args, c.Reply = &c.t, &c.tr
			return &c.Invocation
		},
		Run: func(ctx context.Context, l any, inv *api.Invocation) (err error) {
			inv.Reply.(*text).v, err = l.(listener).Changed(ctx, inv.Args.(*text).v)
			return err
		},
	}},
	Stub: func(to api.Invoker) any { return &listenerStub{to} },
}

type listenerStub struct{ to api.Invoker }

func (s *listenerStub) Changed(ctx context.Context, v string) (string, error) {
	c := new(testCall)
	c.Service, c.Method = &listenerService, &listenerDesc.Methods[0]
	c.Args, c.Reply, c.t.v = &c.t, &c.tr, v
	c.Deadline, _ = ctx.Deadline()
	err := s.to.Invoke(ctx, &c.Invocation)
	return c.tr.v, err
}

var listenerService = api.Service{Interface: "test.Listener", Group: "g"}

// keyed is the arguments of a method that takes a key and a listener.
type keyed struct {
	key string
	l   listener
}

func (k *keyed) Len() int { return 2 }
func (k *keyed) At(i int) any {
	if i == 0 {
		return k.key
	}
	return k.l
}
func (k *keyed) SetCallback(_ int, l any)         { k.l = l.(listener) }
func (k *keyed) EncodeHessian(e *hessian.Encoder) { e.String(k.key); e.Null() }
func (k *keyed) DecodeHessian(d *hessian.Decoder) { k.key = d.String(); d.Skip() }
func (k *keyed) HessianTypes() *hessian.Types     { return nil }

var (
	addMethod    = listening("add", api.Callback{Param: 1, Listener: &listenerDesc})
	removeMethod = listening("remove", api.Callback{Param: 1, Listener: &listenerDesc, Release: true})
)

func listening(name string, cb api.Callback) api.Method {
	return api.Method{Name: name, Desc: stringDesc + "Ltest/Listener;", Params: []string{"java.lang.String", "test.Listener"}, Result: "void", Callbacks: []api.Callback{cb}}
}

func listenerCall(m *api.Method, key string, l listener) *api.Invocation {
	c := &struct {
		api.Invocation
		args keyed
	}{args: keyed{key, l}}
	c.Service, c.Method, c.Args, c.Reply = &testService, m, &c.args, none{}
	return &c.Invocation
}

// listen is what a consumer does with a listener.
func listen(desc *api.ListenerDesc, l any) protocol.ListenerHandler {
	return &listening1{desc, l.(*listenerFunc)}
}

type listening1 struct {
	desc *api.ListenerDesc
	l    *listenerFunc
}

func (h *listening1) Find(t protocol.Target) (*protocol.Endpoint, error) {
	for i := range h.desc.Methods {
		if m := &h.desc.Methods[i]; m.Name == t.Method && m.Desc == t.Desc {
			return &protocol.Endpoint{
				Method: m,
				New: func() *api.Invocation {
					inv := h.desc.Calls[i].New()
					inv.Service, inv.Method = &listenerService, m
					return inv
				},
				Invoker: api.InvokerFunc(func(ctx context.Context, inv *api.Invocation) error {
					if err := h.desc.Calls[i].Run(ctx, h.l, inv); err != nil {
						return api.NewError(api.Business, api.SentMaybe, "", err)
					}
					return inv.Sink.EncodeReply(inv.Reply)
				}),
			}, nil
		}
	}
	return nil, api.NewError(api.NotFound, api.SentNo, "test: no method "+t.Method, nil)
}

func (h *listening1) Ended(_ context.Context, err error) { h.l.ended <- err }

// board is a service that keeps listeners.
type board struct {
	handler
	limit int
	mu    sync.Mutex
	added map[string]listener
	raw   map[string]protocol.Listener
	last  protocol.Listener
}

func newBoard(limit int) *board {
	b := &board{handler: *newHandler(), limit: limit, added: make(map[string]listener), raw: make(map[string]protocol.Listener)}
	method := func(m *api.Method, f func(ctx context.Context, key string, l listener) error) {
		b.on(m, func(ctx context.Context, inv *api.Invocation) error {
			a := inv.Args.(*keyed)
			return f(ctx, a.key, a.l)
		})
		ep := b.endpoints[m.Name+m.Desc]
		ep.New = func() *api.Invocation { return listenerCall(m, "", nil) }
		ep.Callbacks = &protocol.Callbacks{Limit: b.limit, Bind: func(l *api.ListenerDesc, to protocol.Listener) any {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.last = to
			return l.Stub(to)
		}}
	}
	method(&addMethod, func(ctx context.Context, key string, l listener) error {
		b.mu.Lock()
		b.added[key], b.raw[key] = l, b.last
		b.mu.Unlock()
		switch key {
		case "fail":
			return errors.New("no such key")
		case "at once":
			if got, err := l.Changed(ctx, "already"); err != nil || got != "heard already" {
				return fmt.Errorf("got %q, %w", got, err)
			}
		}
		return nil
	})
	method(&removeMethod, func(ctx context.Context, key string, l listener) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.added[key] != l {
			return errors.New("not the one that was added")
		}
		return nil
	})
	return b
}

func (b *board) at(key string) listener {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.added[key]
}

func heard(_ context.Context, s string) (string, error) { return "heard " + s, nil }

func TestListenerIsCalledAndTakenBack(t *testing.T) {
	b := newBoard(1)
	cli, _ := pair(t, b, protocol.ServeOptions{}, protocol.DialOptions{Listen: listen})
	l := newListener(heard)
	if err := cli.Invoke(t.Context(), listenerCall(&addMethod, "at once", l)); err != nil {
		t.Fatal(err)
	}
	stub := b.at("at once")
	for i := range 3 {
		if got, err := stub.Changed(t.Context(), fmt.Sprint(i)); err != nil || got != fmt.Sprint("heard ", i) {
			t.Errorf("got %q, %v", got, err)
		}
	}
	// The same Go value is the same listener.
	if err := cli.Invoke(t.Context(), listenerCall(&addMethod, "again", l)); err != nil {
		t.Error(err)
	}
	if b.at("again") != stub {
		t.Error("the provider sees two listeners in one")
	}
	// Another one is above the limit.
	other := newListener(heard)
	wantError(t, cli.Invoke(t.Context(), listenerCall(&addMethod, "other", other)), api.Forbidden, api.SentNo, "1 listeners of test.Listener", "limit is 1", "callbacks")
	wantError(t, cli.Invoke(t.Context(), listenerCall(&removeMethod, "other", other)), api.NotFound, api.SentNo, "argument 1 of test.Service.remove", "is not registered at")
	if err := cli.Invoke(t.Context(), listenerCall(&removeMethod, "again", l)); err != nil {
		t.Fatal(err)
	}
	_, err := stub.Changed(t.Context(), "x")
	wantError(t, err, api.Unavailable, api.SentNo, "test.Listener.changed", "took its listener back")
	wantError(t, cli.Invoke(t.Context(), listenerCall(&removeMethod, "again", l)), api.NotFound, api.SentNo, "is not registered")
	if err := cli.Invoke(t.Context(), listenerCall(&addMethod, "other", other)); err != nil {
		t.Errorf("there was room for another: %v", err)
	}
	if err := cli.Invoke(t.Context(), stringCall(&echoMethod, "x")); err != nil {
		t.Errorf("the connection did not live on: %v", err)
	}
}

// expiring is a context whose deadline passes when over is closed.
type expiring struct {
	context.Context
	over <-chan struct{}
}

func (c *expiring) Done() <-chan struct{} { return c.over }

func (c *expiring) Err() error {
	select {
	case <-c.over:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

func TestListenerErrors(t *testing.T) {
	b := newBoard(9)
	cli, _ := pair(t, b, protocol.ServeOptions{}, protocol.DialOptions{Listen: listen, MaxMessage: 4000})
	waiting, release := make(chan struct{}), make(chan struct{})
	l := newListener(func(_ context.Context, s string) (string, error) {
		if s == "wait" {
			close(waiting)
			<-release
		}
		return "", &notFound{Message: "nobody", ID: 7}
	})
	if err := cli.Invoke(t.Context(), listenerCall(&addMethod, "k", l)); err != nil {
		t.Fatal(err)
	}
	stub := b.at("k")
	_, err := stub.Changed(t.Context(), "x")
	wantError(t, err, api.Business, api.SentMaybe, "nobody")
	ctx := &expiring{t.Context(), waiting}
	_, err = stub.Changed(ctx, "wait")
	wantError(t, err, api.Timeout, api.SentMaybe, "test.Listener.changed", "no answer before the deadline")
	close(release)
	_, err = stub.Changed(ctx, "x")
	wantError(t, err, api.Timeout, api.SentNo)

	// What failed has registered nothing.
	wantError(t, cli.Invoke(t.Context(), listenerCall(&addMethod, "fail", newListener(heard))), api.Business, api.SentMaybe, "no such key")
	_, err = b.at("fail").Changed(t.Context(), "x")
	wantError(t, err, api.Unavailable, api.SentNo, "took its listener back")

	var none *listenerFunc
	wantError(t, cli.Invoke(t.Context(), listenerCall(&addMethod, "k", none)), api.Codec, api.SentNo, "argument 1 of test.Service.add, a listener test.Listener, is nil")
	wantError(t, cli.Invoke(t.Context(), listenerCall(&addMethod, "k", nil)), api.Codec, api.SentNo, "is nil")
	wantError(t, cli.Invoke(t.Context(), listenerCall(&addMethod, "k", funcListener(heard))), api.Codec, api.SentNo, "is a dubbo.funcListener", "hand over a pointer")
	deaf, _ := pair(t, b, protocol.ServeOptions{}, protocol.DialOptions{})
	wantError(t, deaf.Invoke(t.Context(), listenerCall(&addMethod, "k", l)), api.Codec, api.SentNo, "this client takes no calls")
}

type funcListener func(context.Context, string) (string, error)

func (f funcListener) Changed(ctx context.Context, s string) (string, error) { return f(ctx, s) }

// The end of a connection is the end of its listeners, on both sides.
func TestListenerEndsWithItsConnection(t *testing.T) {
	b := newBoard(9)
	var nc atomic.Pointer[net.Conn]
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, address)
		nc.Store(&c)
		return c, err
	}
	cli, _ := pair(t, b, protocol.ServeOptions{}, protocol.DialOptions{Listen: listen, Dial: dial})
	running := make(chan struct{})
	l := newListener(func(ctx context.Context, s string) (string, error) {
		close(running)
		<-ctx.Done()
		return "", ctx.Err()
	})
	if err := cli.Invoke(t.Context(), listenerCall(&addMethod, "k", l)); err != nil {
		t.Fatal(err)
	}
	stub, raw := b.at("k"), b.raw["k"]
	failed := make(chan error, 1)
	go func() {
		_, err := stub.Changed(context.Background(), "x")
		failed <- err
	}()
	<-running
	(*nc.Load()).Close()
	if err := <-l.ended; err == nil {
		t.Error("the listener ended for no reason")
	}
	wantError(t, <-failed, api.Disconnected, api.SentMaybe, "ended")
	<-raw.Done()
	_, err := stub.Changed(t.Context(), "x")
	wantError(t, err, api.Unavailable, api.SentNo, "the connection that brought the listener has ended, the consumer must register it again")

	// It is registered again over the next connection.
	l.f = heard
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := cli.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	wantError(t, cli.Invoke(ctx, listenerCall(&removeMethod, "k", l)), api.NotFound, api.SentNo, "over a connection that has ended")
	if err := cli.Invoke(ctx, listenerCall(&addMethod, "k", l)); err != nil {
		t.Fatal(err)
	}
	if got, err := b.at("k").Changed(ctx, "again"); err != nil || got != "heard again" {
		t.Errorf("got %q, %v", got, err)
	}
	cli.Close()
	select {
	case err := <-l.ended:
		t.Errorf("a client that was closed told its listener: %v", err)
	default:
	}
}

func TestServerDrainsCallsToListeners(t *testing.T) {
	b := newBoard(9)
	cli, srv := pair(t, b, protocol.ServeOptions{}, protocol.DialOptions{Listen: listen})
	running, release := make(chan struct{}), make(chan struct{})
	l := newListener(func(context.Context, string) (string, error) {
		close(running)
		<-release
		return "late", nil
	})
	if err := cli.Invoke(t.Context(), listenerCall(&addMethod, "k", l)); err != nil {
		t.Fatal(err)
	}
	answer := make(chan string, 1)
	go func() {
		s, _ := b.at("k").Changed(context.Background(), "x")
		answer <- s
	}()
	<-running
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := srv.Drain(ctx); err == nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Drain did not wait: %v", err)
	}
	_, err := b.at("k").Changed(t.Context(), "x")
	wantError(t, err, api.GoingAway, api.SentNo, "leaving")
	drained := make(chan error)
	go func() { drained <- srv.Drain(t.Context()) }()
	close(release)
	if s := <-answer; s != "late" {
		t.Errorf("the call that ran was answered %q", s)
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
}

// A client that is closed lets a listener's answer out.
func TestClientDrainsItsListeners(t *testing.T) {
	b := newBoard(9)
	cli, _ := pair(t, b, protocol.ServeOptions{}, protocol.DialOptions{Listen: listen})
	running, closing := make(chan struct{}), make(chan struct{})
	l := newListener(func(ctx context.Context, _ string) (string, error) {
		close(running)
		<-closing
		return "last", ctx.Err()
	})
	if err := cli.Invoke(t.Context(), listenerCall(&addMethod, "k", l)); err != nil {
		t.Fatal(err)
	}
	answer := make(chan string, 1)
	go func() {
		s, err := b.at("k").Changed(context.Background(), "x")
		answer <- fmt.Sprint(s, err)
	}()
	<-running
	time.AfterFunc(20*time.Millisecond, func() { close(closing) })
	cli.Close()
	if s := <-answer; s != "last<nil>" {
		t.Errorf("the listener's last answer came as %q", s)
	}
}

// What a provider sends, byte by byte, and what it may not.
func TestReverseFrames(t *testing.T) {
	ln := newPipeListener()
	cli, err := New().Dial("127.0.0.1:1", protocol.DialOptions{Dial: ln.dial, Listen: listen})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cli.Close() })
	done := make(chan error, 1)
	go func() { done <- cli.Invoke(t.Context(), listenerCall(&addMethod, "k", newListener(heard))) }()
	nc := <-ln.conns
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(20 * time.Second))
	h, body := readFrame(t, nc)
	var rr requestReader
	var r request
	var d hessian.Decoder
	if err := rr.read(&r, &d, body); err != nil {
		t.Fatal(err)
	}
	attached := api.Attachments{}
	attached.SetLazy(&r.attachments)
	if attached.Get("sys_callback_arg-1") != "1" || !bytes.Equal(r.args, []byte("\x01kN")) {
		t.Errorf("the listener travels as %q, %v", r.args, attached.All())
	}
	send(t, nc, append(frame(0x02, 20, h.id, nil)[:headerSize], 0x92))
	if err := <-done; err == nil {
		t.Log("unreachable")
	}

	for _, c := range []struct {
		name, path, method, desc, instance string
		status                             byte
		words                              string
	}{
		{"none", "test.Listener", "changed", stringDesc, "", 40, "serves listeners only"},
		{"zero", "test.Listener", "changed", stringDesc, "0", 40, "serves listeners only"},
		{"no number", "test.Listener", "changed", stringDesc, "one", 40, "serves listeners only"},
		{"unknown", "test.Listener", "changed", stringDesc, "2", 40, `no listener 2 of "test.Listener"`},
		{"another interface", "test.Other", "changed", stringDesc, "1", 40, `no listener 1 of "test.Other"`},
		{"another method", "test.Listener", "hashCode", "", "1", 40, "no method hashCode"},
		{"good", "test.Listener", "changed", stringDesc, "1", 20, "heard x"},
	} {
		m := api.Method{Name: c.method, Desc: c.desc}
		var own []api.Attachment
		if c.instance != "" {
			own = append(own, api.Attachment{Key: keyInstance, Value: c.instance})
		}
		var arg hessian.Body
		if c.desc != "" {
			arg = &text{"x"}
		}
		var enc hessian.Encoder
		f, err := appendRequest(nil, &enc, newRequestTemplate(&api.Service{Interface: c.path}, &m, ""), arg, 0, texts(own...))
		if err != nil {
			t.Fatal(err)
		}
		putHeader(f, header{flag: flagRequest | flagTwoway | codecHessian2, id: 5, length: len(f) - headerSize})
		send(t, nc, f)
		h, body := readFrame(t, nc)
		if h.id != 5 || h.status != c.status || !bytes.Contains(body, []byte(c.words)) {
			t.Errorf("%s: answer %+v %q", c.name, h, body)
		}
	}
}

func send(t *testing.T, w io.Writer, frame []byte) {
	t.Helper()
	length := len(frame) - headerSize
	h, err := parseHeader(frame, defaultMaxBody)
	if err != nil {
		t.Fatal(err)
	}
	h.length = length
	putHeader(frame, h)
	if _, err := w.Write(frame); err != nil {
		t.Fatal(err)
	}
}

// A provider's view of consumers that do not keep the rules.
func TestHostileRegistrations(t *testing.T) {
	b := newBoard(2)
	nc, _ := rawServer(t, b, 4000)
	register := func(m *api.Method, instance string) (header, []byte) {
		var own []api.Attachment
		if instance != "" {
			own = append(own, api.Attachment{Key: "sys_callback_arg-1", Value: instance})
		}
		var enc hessian.Encoder
		f, err := appendRequest(nil, &enc, newRequestTemplate(&testService, m, ""), &keyed{key: "k"}, 0, texts(own...))
		if err != nil {
			t.Fatal(err)
		}
		putHeader(f, header{flag: flagRequest | flagTwoway | codecHessian2, id: 3, length: len(f) - headerSize})
		send(t, nc, f)
		return readFrame(t, nc)
	}
	for _, bad := range []string{"", "-1", "x", "2147483648", "1.0", string(bytes.Repeat([]byte("9"), 1000))} {
		if h, body := register(&addMethod, bad); h.status != statusBadRequest || !bytes.Contains(body, []byte(`"sys_callback_arg-1" must hold a number`)) || len(body) > 400 {
			t.Errorf("instance %.20q: answer %+v %q", bad, h, body)
		}
	}
	for i, want := range []byte{statusOK, statusOK, statusService, statusService} {
		if h, body := register(&addMethod, fmt.Sprint(7+i)); h.status != want {
			t.Errorf("listener %d: answer %+v %q", i, h, body)
		}
	}
	if h, body := register(&removeMethod, "99"); h.status != statusBadRequest || !bytes.Contains(body, []byte("listener 99 of test.Listener is not registered on this connection")) {
		t.Errorf("answer %+v %q", h, body)
	}
	// The call back, and an answer that is too long for this server.
	failed := make(chan error, 1)
	go func() {
		_, err := b.at("k").Changed(context.Background(), "x")
		failed <- err
	}()
	h, body := readFrame(t, nc)
	if h.flag != flagRequest|flagTwoway|codecHessian2 || !bytes.Contains(body, []byte("callback.service.instid\x018")) || !bytes.HasPrefix(body, []byte("\x052.0.2\x0dtest.Listener\x050.0.0\x07changed\x12Ljava/lang/String;\x01x")) || !bytes.Contains(body, []byte("\x05group\x01g")) {
		t.Errorf("the call back is %+v %q", h, body)
	}
	long := frame(codecHessian2, statusOK, h.id, nil)
	putHeader(long, header{flag: codecHessian2, status: statusOK, id: h.id, length: 5000})
	if _, err := nc.Write(long); err != nil {
		t.Fatal(err)
	}
	wantError(t, <-failed, api.TooLarge, api.SentMaybe, "limit is 4000")
}

// Nobody waits for ever for a consumer that is silent.
func TestListenerOfASilentPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard(2)
		ln := newPipeListener()
		srv, err := New().Serve(ln, b, protocol.ServeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer srv.Close()
		nc, err := ln.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		var enc hessian.Encoder
		f, _ := appendRequest(nil, &enc, newRequestTemplate(&testService, &addMethod, ""), &keyed{key: "k"}, 0, texts(api.Attachment{Key: "sys_callback_arg-1", Value: "4"}))
		putHeader(f, header{flag: flagRequest | flagTwoway | codecHessian2, id: 3, length: len(f) - headerSize})
		send(t, nc, f)
		readFrame(t, nc)
		go io.Copy(io.Discard, nc)
		start := time.Now()
		_, err = b.at("k").Changed(context.Background(), "x") // without a deadline
		wantError(t, err, api.Disconnected, api.SentMaybe)
		if took := time.Since(start); took > 4*DefaultHeartbeat {
			t.Errorf("it took %v", took)
		}
		<-b.raw["k"].Done()
	})
}

// Answers of listeners that nobody waits for are counted, before and after the
// server has called any.
func TestServerCountsDroppedAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBoard(2)
		ln := newPipeListener()
		srv, err := New().Serve(ln, b, protocol.ServeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer srv.Close()
		nc, err := ln.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		answer := func(id int64) {
			send(t, nc, frame(codecHessian2, statusOK, id, []byte{tagReply + replyValue, 2, 'o', 'k'}))
		}
		wantDrops := func(want protocol.Drops) {
			t.Helper()
			synctest.Wait()
			if got := srv.(protocol.DropCounter).Drops(); got != want {
				t.Errorf("dropped %+v, want %+v", got, want)
			}
		}
		answer(0)
		wantDrops(protocol.Drops{Unknown: 1})

		var enc hessian.Encoder
		f, _ := appendRequest(nil, &enc, newRequestTemplate(&testService, &addMethod, ""), &keyed{key: "k"}, 0, texts(api.Attachment{Key: "sys_callback_arg-1", Value: "4"}))
		putHeader(f, header{flag: flagRequest | flagTwoway | codecHessian2, id: 3, length: len(f) - headerSize})
		send(t, nc, f)
		readFrame(t, nc)
		called := make(chan error, 1)
		call := func(ctx context.Context) int64 {
			go func() {
				_, err := b.at("k").Changed(ctx, "x")
				called <- err
			}()
			h, _ := readFrame(t, nc)
			return h.id
		}
		id := call(t.Context())
		answer(id + 1000)
		answer(id)
		if err := <-called; err != nil {
			t.Error(err)
		}
		answer(id)
		wantDrops(protocol.Drops{Unknown: 2, Late: 1})

		ctx, cancel := context.WithCancel(t.Context())
		id = call(ctx)
		cancel()
		wantError(t, <-called, api.Canceled, api.SentMaybe)
		answer(id)
		wantDrops(protocol.Drops{Unknown: 2, Late: 2})
	})
}
