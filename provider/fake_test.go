package provider

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/registry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeProtocol has no wire: tests call its server directly.
type fakeProtocol struct {
	served chan *fakeServer
	err    error
}

func newFakeProtocol() *fakeProtocol { return &fakeProtocol{served: make(chan *fakeServer, 1)} }

func (p *fakeProtocol) Name() string { return "fake" }

func (p *fakeProtocol) Dial(string, protocol.DialOptions) (protocol.Client, error) {
	return nil, errors.New("fake: not used")
}

func (p *fakeProtocol) Serve(ln net.Listener, h protocol.Handler, o protocol.ServeOptions) (protocol.Server, error) {
	if p.err != nil {
		return nil, p.err
	}
	s := &fakeServer{ln: ln, handler: h, options: o}
	p.served <- s
	return s, nil
}

type fakeServer struct {
	ln      net.Listener
	handler protocol.Handler
	options protocol.ServeOptions

	mu     sync.Mutex
	events []string
	drain  func(ctx context.Context) error
}

func (s *fakeServer) note(event string) {
	s.mu.Lock()
	s.events = append(s.events, event)
	s.mu.Unlock()
}

func (s *fakeServer) Drain(ctx context.Context) error {
	s.note("drain")
	if s.drain != nil {
		return s.drain(ctx)
	}
	return nil
}

func (s *fakeServer) Close() error {
	s.note("close")
	return s.ln.Close()
}

func (s *fakeServer) Drops() protocol.Drops { return protocol.Drops{Late: 3} }

// sink takes a reply as a protocol would.
type sink struct {
	reply any
	err   error
}

func (s *sink) EncodeReply(reply any) error {
	s.reply = reply
	return s.err
}

// call does what a protocol does with a request; fill sets the arguments.
func (s *fakeServer) call(ctx context.Context, t protocol.Target, fill func(*api.Invocation)) (*api.Invocation, *sink, error) {
	e, err := s.handler.Find(t)
	if err != nil {
		return nil, nil, err
	}
	inv, out := e.New(), new(sink)
	inv.Sink, inv.Peer, inv.PeerApplication, inv.BytesIn = out, "127.0.0.1:9", "shop", 100
	if fill != nil {
		fill(inv)
	}
	return inv, out, e.Invoker.Invoke(context.WithValue(ctx, protocol.CallKey{}, inv), inv)
}

// fakeRegistry remembers what is registered.
type fakeRegistry struct {
	refuse error         // what Register returns
	wait   chan struct{} // nil: URLs stand at once

	mu    sync.Mutex
	stand map[string]bool
	note  func(event string)
}

func (r *fakeRegistry) Register(u api.URL) (registry.Registration, error) {
	if r.refuse != nil {
		return nil, r.refuse
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stand == nil {
		r.stand = make(map[string]bool)
	}
	r.stand[u.String()] = true
	return &fakeRegistration{r, u}, nil
}

func (r *fakeRegistry) Subscribe(registry.Query, func(registry.Snapshot)) (registry.Subscription, error) {
	return nil, errors.New("fake: not used")
}

func (r *fakeRegistry) State() registry.State { return registry.State{} }
func (r *fakeRegistry) Close() error          { return nil }

func (r *fakeRegistry) standing() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.stand)
}

type fakeRegistration struct {
	r *fakeRegistry
	u api.URL
}

func (g *fakeRegistration) Wait(ctx context.Context) error {
	select {
	case <-g.r.wait:
		return nil
	case <-ctx.Done():
		return errors.New("fake: registry is away")
	default:
	}
	if g.r.wait == nil {
		return nil
	}
	select {
	case <-g.r.wait:
		return nil
	case <-ctx.Done():
		return errors.New("fake: registry is away")
	}
}

func (g *fakeRegistration) Close(ctx context.Context) error {
	g.r.mu.Lock()
	defer g.r.mu.Unlock()
	delete(g.r.stand, g.u.String())
	if g.r.note != nil {
		g.r.note("unregister")
	}
	return ctx.Err()
}

// echo is a service as generated code would describe it.
type echoCall struct {
	api.Invocation
	args  echoArgs
	reply string
}

type echoArgs struct{ text string }

func (a *echoArgs) Len() int   { return 1 }
func (a *echoArgs) At(int) any { return a.text }

var echoDesc = api.ServiceDesc{
	Service: api.Service{Interface: "lab.Echo"},
	Methods: []api.Method{
		{Name: "say", Desc: "Ljava/lang/String;", Params: []string{"java.lang.String"}, Result: "java.lang.String", Timeout: 500 * time.Millisecond},
		{Name: "say", Desc: "I", Params: []string{"int"}, Result: "java.lang.String", Timeout: 2 * time.Second},
		{Name: "list", Desc: "", Result: "java.lang.String"},
	},
}

// handlers runs f for every method of echoDesc.
func handlers(f func(ctx context.Context, text string) (string, error)) []Handler {
	h := Handler{
		New: func() *api.Invocation {
			c := new(echoCall)
			c.Args, c.Reply = &c.args, &c.reply
			return &c.Invocation
		},
		Call: func(ctx context.Context, inv *api.Invocation) (err error) {
			*inv.Reply.(*string), err = f(ctx, inv.Args.(*echoArgs).text)
			return err
		},
	}
	return []Handler{h, h, h}
}

func identity(_ context.Context, text string) (string, error) { return text, nil }

// say is what a consumer asks echoDesc for.
var say = protocol.Target{Path: "lab.Echo", Method: "say", Desc: "Ljava/lang/String;", DescKnown: true}

func text(s string) func(*api.Invocation) {
	return func(inv *api.Invocation) { inv.Args.(*echoArgs).text = s }
}

// running is a Server whose Run has begun.
type running struct {
	*Server
	wire *fakeServer
	stop context.CancelFunc
	done chan error
}

// run starts a server of the echo service and waits until it is ready.
func run(t *testing.T, c Config, f func(context.Context, string) (string, error), opts ...ServiceOption) *running {
	t.Helper()
	p := newFakeProtocol()
	c.Protocols = []protocol.Protocol{p}
	if c.Application == "" {
		c.Application = "test"
	}
	if c.Listen == "" && c.Listener == nil {
		c.Listen = "127.0.0.1:0"
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Register(&echoDesc, handlers(f), opts...); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{Server: s, stop: cancel, done: make(chan error, 1)}
	go func() { r.done <- s.Run(ctx) }()
	select {
	case <-s.Ready():
	case err := <-r.done:
		cancel()
		t.Fatalf("Run ended before it was ready: %v", err)
	}
	r.wire = <-p.served
	t.Cleanup(r.leave)
	return r
}

// leave ends Run and waits for it.
func (r *running) leave() {
	r.stop()
	if err, ok := <-r.done; ok {
		close(r.done)
		if err != nil {
			panic(err)
		}
	}
}
