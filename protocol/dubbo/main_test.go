package dubbo

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What generated code would look like for the services of these tests.

type text struct{ v string }

func (t *text) Len() int                         { return 1 }
func (t *text) At(int) any                       { return t.v }
func (t *text) EncodeHessian(e *hessian.Encoder) { e.String(t.v) }
func (t *text) DecodeHessian(d *hessian.Decoder) {
	if !d.Null() {
		t.v = d.String()
	}
}
func (t *text) HessianTypes() *hessian.Types { return testTypes }

type none struct{}

func (none) Len() int                       { return 0 }
func (none) At(int) any                     { return nil }
func (none) EncodeHessian(*hessian.Encoder) {}
func (none) DecodeHessian(*hessian.Decoder) {}
func (none) HessianTypes() *hessian.Types   { return nil }

type blob struct{ v []byte }

func (b *blob) Len() int                         { return 1 }
func (b *blob) At(int) any                       { return b.v }
func (b *blob) EncodeHessian(e *hessian.Encoder) { e.Binary(b.v) }
func (b *blob) DecodeHessian(d *hessian.Decoder) { b.v = d.Binary() }
func (b *blob) HessianTypes() *hessian.Types     { return nil }

// user is a declared class.
type user struct{ Name string }

var userClass = hessian.ClassDesc{Name: "test.User", Fields: []string{"name"}, New: func() any { return new(user) }}

func (u *user) EncodeHessian(e *hessian.Encoder) {
	if u == nil {
		e.Null()
		return
	}
	if e.Ref(u) {
		return
	}
	e.Object(&userClass)
	e.String(u.Name)
}
func (u *user) DecodeHessianField(d *hessian.Decoder, _ int) { u.Name = d.String() }

type userBody struct{ v *user }

func (b *userBody) Len() int                         { return 1 }
func (b *userBody) At(int) any                       { return b.v }
func (b *userBody) EncodeHessian(e *hessian.Encoder) { b.v.EncodeHessian(e) }
func (b *userBody) DecodeHessian(d *hessian.Decoder) { b.v, _ = d.Object(&userClass).(*user) }
func (b *userBody) HessianTypes() *hessian.Types     { return testTypes }

// notFound is a declared exception.
type notFound struct {
	Message string
	ID      int64
}

func (x *notFound) Error() string { return x.Message }

var notFoundClass = hessian.ClassDesc{
	Name: "test.NotFoundException", Fields: append(hessian.ThrowableFields(), "id"),
	New: func() any { return new(notFound) },
}

func (x *notFound) EncodeHessian(e *hessian.Encoder) {
	if e.Ref(x) {
		return
	}
	e.Object(&notFoundClass)
	e.Throwable(x.Message, nil)
	e.Long(x.ID)
}
func (x *notFound) DecodeHessianField(d *hessian.Decoder, field int) {
	switch field {
	case 3:
		if !d.Null() {
			x.Message = d.String()
		}
	case 4:
		x.ID = d.Long()
	default:
		d.Skip()
	}
}

var testTypes = hessian.NewTypes(&userClass, &notFoundClass)

var (
	testService = api.Service{Interface: "test.Service", Version: "1.0.0", Group: "g"}
	stringDesc  = "Ljava/lang/String;"
	echoMethod  = api.Method{Name: "echo", Desc: stringDesc, Params: []string{"java.lang.String"}, Result: "java.lang.String", Idempotent: true}
	blobMethod  = api.Method{Name: "blob", Desc: "[B", Params: []string{"byte[]"}, Result: "byte[]"}
	userMethod  = api.Method{Name: "user", Desc: "Ltest/User;", Params: []string{"test.User"}, Result: "test.User"}
	voidMethod  = api.Method{Name: "nothing", Result: "void"}
	waitMethod  = api.Method{Name: "wait", Desc: stringDesc, Params: []string{"java.lang.String"}, Result: "java.lang.String"}
	tellMethod  = api.Method{Name: "tell", Desc: stringDesc, Params: []string{"java.lang.String"}, Result: "void", Oneway: true}
	throwMethod = api.Method{Name: "throw", Desc: stringDesc, Params: []string{"java.lang.String"}, Result: "java.lang.String"}
)

// handler is a provider of one service.
type handler struct {
	endpoints map[string]*protocol.Endpoint
	find      func(protocol.Target) error // may refuse
}

func (h *handler) Find(t protocol.Target) (*protocol.Endpoint, error) {
	if h.find != nil {
		if err := h.find(t); err != nil {
			return nil, err
		}
	}
	s := api.Service{Interface: t.Path, Group: t.Group, Version: t.Version}
	if s != testService {
		return nil, api.NewError(api.NotFound, api.SentNo, "test: no service "+s.Key(), nil)
	}
	if t.Method == "$echo" {
		return &protocol.Endpoint{Service: s}, nil
	}
	if ep := h.endpoints[t.Method+t.Desc]; ep != nil {
		return ep, nil
	}
	return nil, api.NewError(api.NotFound, api.SentNo, "test: no method "+t.Method+"("+t.Desc+")", nil)
}

func (h *handler) on(m *api.Method, f func(ctx context.Context, inv *api.Invocation) error) {
	if h.endpoints == nil {
		h.endpoints = make(map[string]*protocol.Endpoint)
	}
	h.endpoints[m.Name+m.Desc] = &protocol.Endpoint{
		Service: testService, Method: m,
		New: func() *api.Invocation { return newCall(m) },
		Invoker: api.InvokerFunc(func(ctx context.Context, inv *api.Invocation) error {
			if err := f(ctx, inv); err != nil {
				if _, ok := errors.AsType[*api.Error](err); ok {
					return err
				}
				return api.NewError(api.Business, api.SentMaybe, "", err)
			}
			return inv.Sink.EncodeReply(inv.Reply)
		}),
	}
}

func newHandler() *handler {
	h := new(handler)
	h.on(&echoMethod, func(_ context.Context, inv *api.Invocation) error {
		inv.Reply.(*text).v = inv.Args.(*text).v
		return nil
	})
	h.on(&blobMethod, func(_ context.Context, inv *api.Invocation) error {
		inv.Reply.(*blob).v = inv.Args.(*blob).v
		return nil
	})
	h.on(&userMethod, func(_ context.Context, inv *api.Invocation) error {
		inv.Reply.(*userBody).v = inv.Args.(*userBody).v
		return nil
	})
	h.on(&voidMethod, func(context.Context, *api.Invocation) error { return nil })
	h.on(&throwMethod, func(_ context.Context, inv *api.Invocation) error {
		switch s := inv.Args.(*text).v; s {
		case "declared":
			return &notFound{Message: "no such user", ID: 42}
		case "exception":
			return &hessian.Exception{Class: "java.lang.IllegalStateException", Message: "odd"}
		case "nil inside":
			return nilInside{}
		case "nil pointer":
			return (*notFound)(nil)
		case "overloaded":
			return api.NewError(api.Overloaded, api.SentNo, "test: full", nil)
		case "forbidden":
			return api.NewError(api.Forbidden, api.SentNo, "test: no token", nil)
		default:
			return errors.New(s)
		}
	})
	return h
}

// nilInside is an error whose text panics.
type nilInside struct{ cause error }

func (e nilInside) Error() string { return e.cause.Error() }

type testCall struct {
	api.Invocation
	t, tr text
	b, br blob
	u, ur userBody
}

func newCall(m *api.Method) *api.Invocation {
	c := new(testCall)
	c.Service, c.Method = &testService, m
	switch m {
	case &blobMethod:
		c.Args, c.Reply = &c.b, &c.br
	case &userMethod:
		c.Args, c.Reply = &c.u, &c.ur
	case &voidMethod:
		c.Args, c.Reply = none{}, none{}
	case &tellMethod:
		c.Args, c.Reply = &c.t, nil
	default:
		c.Args, c.Reply = &c.t, &c.tr
	}
	return &c.Invocation
}

func stringCall(m *api.Method, arg string) *api.Invocation {
	inv := newCall(m)
	inv.Args.(*text).v = arg
	return inv
}

// pipeListener accepts what its dial makes: connections without a network.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}
func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		return ours, nil
	case <-l.done:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// pair starts a server with h on a loopback port and a client for it.
func pair(t *testing.T, h protocol.Handler, so protocol.ServeOptions, do protocol.DialOptions) (protocol.Client, protocol.Server) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv, err := New().Serve(ln, h, so)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	cli, err := New().Dial(ln.Addr().String(), do)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cli.Close() })
	return cli, srv
}

// rawServer starts a server and returns a bare connection to it and what its
// OnError heard.
func rawServer(t *testing.T, h protocol.Handler, max int) (net.Conn, <-chan error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan error, 16)
	srv, err := New().Serve(ln, h, protocol.ServeOptions{MaxMessage: max, OnError: func(_ string, err error) { heard <- err }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	nc, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(20 * time.Second))
	return nc, heard
}

// frame builds a frame.
func frame(flag, status byte, id int64, body []byte) []byte {
	b := append(make([]byte, headerSize), body...)
	putHeader(b, header{flag: flag, status: status, id: id, length: len(body)})
	return b
}

func readFrame(t *testing.T, r io.Reader) (header, []byte) {
	t.Helper()
	var head [headerSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		t.Fatalf("no frame: %v", err)
	}
	h, err := parseHeader(head[:], defaultMaxBody)
	if err != nil {
		t.Fatal(err)
	}
	body := make([]byte, h.length)
	if _, err := io.ReadFull(r, body); err != nil {
		t.Fatalf("frame cut short: %v", err)
	}
	return h, body
}

// requestFrame is what a client writes for a call with one string.
func requestFrame(m *api.Method, id int64, arg hessian.Body) []byte {
	var enc hessian.Encoder
	b, err := appendRequest(nil, &enc, newRequestTemplate(&testService, m, "shop"), arg, time.Second, texts())
	if err != nil {
		panic(err)
	}
	putHeader(b, header{flag: flagRequest | flagTwoway | codecHessian2, id: id, length: len(b) - headerSize})
	return b
}

func wantError(t *testing.T, err error, code api.Code, sent api.Sent, words ...string) *api.Error {
	t.Helper()
	e, ok := errors.AsType[*api.Error](err)
	if !ok {
		t.Fatalf("got %v (%T), want an *api.Error of code %v", err, err, code)
	}
	if e.Code != code || e.Sent != sent {
		t.Errorf("got code %v sent %d, want %v sent %d: %v", e.Code, e.Sent, code, sent, err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not name %q", err, w)
		}
	}
	return e
}
