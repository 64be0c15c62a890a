package consumer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/registry"
)

// fakeNet is a protocol whose providers are functions, so that time and
// failure can be scripted.
type fakeNet struct {
	name  string
	mu    sync.Mutex
	nodes map[string]*fakeNode // guarded by mu
}

func newFakeNet() *fakeNet { return &fakeNet{name: "dubbo", nodes: make(map[string]*fakeNode)} }

// fakeNode is one address. An address nobody started refuses connections.
type fakeNode struct {
	net     *fakeNet
	address string
	handle  func(ctx context.Context, inv *api.Invocation) error // guarded by net.mu
	state   protocol.State                                       // Ready, Draining or Failed; guarded by net.mu
	changed chan struct{}                                        // closed when state changes; guarded by net.mu
	calls   atomic.Int64                                         // handed to handle
	tries   atomic.Int64                                         // all that reached the client
	dials   atomic.Int64
	open    atomic.Int64 // clients not closed
}

func (n *fakeNet) node(address string) *fakeNode {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.nodeLocked(address)
}

func (n *fakeNet) nodeLocked(address string) *fakeNode {
	f := n.nodes[address]
	if f == nil {
		f = &fakeNode{net: n, address: address, state: protocol.Failed, changed: make(chan struct{})}
		n.nodes[address] = f
	}
	return f
}

// start makes the node at address answer with handle; nil answers at once.
func (n *fakeNet) start(address string, handle func(ctx context.Context, inv *api.Invocation) error) *fakeNode {
	f := n.node(address)
	if handle == nil {
		handle = func(context.Context, *api.Invocation) error { return nil }
	}
	n.mu.Lock()
	f.handle = handle
	n.mu.Unlock()
	f.become(protocol.Ready)
	return f
}

func (f *fakeNode) become(s protocol.State) {
	f.net.mu.Lock()
	defer f.net.mu.Unlock()
	f.state = s
	close(f.changed)
	f.changed = make(chan struct{})
}

// kill breaks all connections and refuses new ones.
func (f *fakeNode) kill() { f.become(protocol.Failed) }

func (f *fakeNode) look() (protocol.State, func(context.Context, *api.Invocation) error, <-chan struct{}) {
	f.net.mu.Lock()
	defer f.net.mu.Unlock()
	return f.state, f.handle, f.changed
}

func (n *fakeNet) Name() string { return n.name }

func (n *fakeNet) Serve(net.Listener, protocol.Handler, protocol.ServeOptions) (protocol.Server, error) {
	return nil, errors.New("the fake does not serve")
}

func (n *fakeNet) Dial(address string, o protocol.DialOptions) (protocol.Client, error) {
	c := &fakeClient{node: n.node(address), onState: o.OnState, wanted: make(chan struct{}), closed: make(chan struct{}), first: make(chan struct{})}
	c.node.open.Add(1)
	c.done.Add(1)
	go c.run()
	return c, nil
}

// fakeClient follows its node like a real one: it connects when first used,
// and again after a pause when refused.
type fakeClient struct {
	node    *fakeNode
	onState func(protocol.State)
	state   atomic.Uint32
	want    sync.Once
	wanted  chan struct{}
	tried   sync.Once
	first   chan struct{} // closed after the first attempt to connect
	closing sync.Once
	closed  chan struct{}
	done    sync.WaitGroup
}

var _ protocol.Client = (*fakeClient)(nil)

func (c *fakeClient) set(s protocol.State) {
	c.state.Store(uint32(s))
	if c.onState != nil {
		c.onState(s)
	}
}

const fakeBackoff = 200 * time.Millisecond

func (c *fakeClient) run() {
	defer c.done.Done()
	select {
	case <-c.wanted:
	case <-c.closed:
		return
	}
	for {
		c.set(protocol.Connecting)
		c.node.dials.Add(1)
		state, _, changed := c.node.look()
		c.set(state)
		c.tried.Do(func() { close(c.first) })
		if state == protocol.Failed {
			select {
			case <-time.After(fakeBackoff):
			case <-c.closed:
				return
			}
			continue
		}
		for state != protocol.Failed {
			select {
			case <-changed:
			case <-c.closed:
				return
			}
			state, _, changed = c.node.look()
			c.set(state)
		}
	}
}

func (c *fakeClient) Drops() protocol.Drops { return protocol.Drops{Late: 3} }

func (c *fakeClient) State() protocol.State { return protocol.State(c.state.Load()) }

func (c *fakeClient) Connect(ctx context.Context) error {
	c.want.Do(func() { close(c.wanted) })
	select {
	case <-c.first:
	case <-ctx.Done():
		return ctx.Err()
	case <-c.closed:
		return errors.New("closed")
	}
	if c.State() == protocol.Failed {
		return errors.New("refused")
	}
	return nil
}

func (c *fakeClient) Close() error {
	c.closing.Do(func() {
		close(c.closed)
		c.done.Wait()
		c.set(protocol.Closed)
		c.node.open.Add(-1)
	})
	return nil
}

func (c *fakeClient) Invoke(ctx context.Context, inv *api.Invocation) error {
	c.node.tries.Add(1)
	if s := c.State(); s != protocol.Ready && s != protocol.Draining {
		if s == protocol.Closed {
			return api.NewError(api.Unavailable, api.SentNo, "fake: closed", nil)
		}
		if err := c.Connect(ctx); err != nil {
			return api.NewError(api.Unavailable, api.SentNo, "fake: connection refused", nil)
		}
	}
	state, handle, changed := c.node.look()
	if state == protocol.Failed {
		return api.NewError(api.Unavailable, api.SentNo, "fake: connection refused", nil)
	}
	c.node.calls.Add(1)
	inv.BytesOut, inv.BytesIn = 10, 20
	if err := handle(ctx, inv); !errors.Is(err, errHang) {
		return err
	}
	timer := time.NewTimer(time.Until(inv.Deadline))
	defer timer.Stop()
	select {
	case <-timer.C:
		return api.NewError(api.Timeout, api.SentMaybe, "fake: no answer", nil)
	case <-ctx.Done():
		return api.NewError(api.CodeOf(ctx.Err()), api.SentMaybe, "fake: gave up", ctx.Err())
	case <-changed:
		return api.NewError(api.Disconnected, api.SentMaybe, "fake: connection lost", nil)
	case <-c.closed:
		return api.NewError(api.Disconnected, api.SentMaybe, "fake: client closed", nil)
	}
}

// errHang is what a node's handler returns to leave the call without an
// answer until its deadline or until the node is killed.
var errHang = errors.New("hang")

// fakeRegistry delivers what the test publishes.
type fakeRegistry struct {
	mu         sync.Mutex
	last       *registry.Snapshot         // guarded by mu
	subs       map[*fakeSubscription]bool // guarded by mu
	registered map[string]api.URL         // guarded by mu
	state      registry.State             // guarded by mu
}

type fakeSubscription struct {
	r       *fakeRegistry
	deliver func(registry.Snapshot)
}

func newFakeRegistry() *fakeRegistry {
	return &fakeRegistry{subs: make(map[*fakeSubscription]bool), registered: make(map[string]api.URL), state: registry.State{Connected: true}}
}

// publish makes the URLs the list of providers, for now and for later
// subscribers.
func (r *fakeRegistry) publish(t testing.TB, providers ...string) {
	t.Helper()
	s := registry.Snapshot{}
	for _, text := range providers {
		u, err := api.ParseURL(text)
		if err != nil {
			t.Fatal(err)
		}
		s.Providers = append(s.Providers, u)
	}
	r.push(s)
}

func (r *fakeRegistry) push(s registry.Snapshot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = &s
	for sub := range r.subs {
		sub.deliver(s)
	}
}

func (r *fakeRegistry) Subscribe(_ registry.Query, deliver func(registry.Snapshot)) (registry.Subscription, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &fakeSubscription{r, deliver}
	r.subs[s] = true
	if r.last != nil {
		deliver(*r.last)
	}
	return s, nil
}

func (s *fakeSubscription) Wait(context.Context) error { return nil }
func (s *fakeSubscription) Close() {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	delete(s.r.subs, s)
}

func (r *fakeRegistry) Register(u api.URL) (registry.Registration, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.registered[u.String()] = u
	return fakeRegistration{r, u.String()}, nil
}

type fakeRegistration struct {
	r   *fakeRegistry
	key string
}

func (f fakeRegistration) Wait(context.Context) error { return nil }
func (f fakeRegistration) Close(context.Context) error {
	f.r.mu.Lock()
	defer f.r.mu.Unlock()
	delete(f.r.registered, f.key)
	return nil
}

func (r *fakeRegistry) State() registry.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

func (r *fakeRegistry) Close() error { return nil }

func (r *fakeRegistry) urls() []api.URL {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []api.URL
	for _, u := range r.registered {
		list = append(list, u)
	}
	return list
}

var greeter = api.ServiceDesc{
	Service: api.Service{Interface: "lab.greet.Greeter"},
	Methods: []api.Method{
		{Name: "sayHello", Idempotent: true},
		{Name: "order"},
		{Name: "slow", Timeout: 300 * time.Millisecond},
	},
}

var (
	sayHello = &greeter.Methods[0]
	order    = &greeter.Methods[1]
	slow     = &greeter.Methods[2]
)

// call makes one call with a fresh Invocation.
func call(r *Reference, m *api.Method) error { return callCtx(context.Background(), r, m) }

func callCtx(ctx context.Context, r *Reference, m *api.Method) error {
	return r.Invoke(ctx, &api.Invocation{Method: m})
}

func newClient(t testing.TB, cfg Config) *Client {
	t.Helper()
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return c
}

func refer(t testing.TB, c *Client, opts ...Option) *Reference {
	t.Helper()
	r, err := c.Refer(&greeter, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// url writes a provider's URL.
func url(address, format string, args ...any) string {
	return "dubbo://" + address + "/lab.greet.Greeter?interface=lab.greet.Greeter&" + fmt.Sprintf(format, args...)
}
