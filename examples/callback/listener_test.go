package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/examples/callback/quote"
	"github.com/gubbo/gubbo/provider"
)

// serve runs an exchange and returns it, its Server and how to end it.
func serve(t *testing.T, c provider.Config, opts ...provider.ServiceOption) (*exchange, *provider.Server, func()) {
	t.Helper()
	c.Application, c.Listen, c.Logger = "exchange", "127.0.0.1:0", slog.New(slog.DiscardHandler)
	srv, err := provider.New(c)
	if err != nil {
		t.Fatal(err)
	}
	e := newExchange()
	if err := quote.RegisterService(srv, e, opts...); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- srv.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		e.later.Wait()
	})
	t.Cleanup(stop)
	<-srv.Ready()
	return e, srv, stop
}

// connect returns a client of providers.
func connect(t *testing.T, c consumer.Config, opts ...consumer.Option) *quote.ServiceClient {
	t.Helper()
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	c.Application, c.Timeout = "trader", 5*time.Second
	cli, err := consumer.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cli.Close(); err != nil {
			t.Error(err)
		}
	})
	quotes, err := quote.NewServiceClient(cli, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return quotes
}

// ear is a listener.
type ear struct {
	changed func(ctx context.Context, q *quote.Quote) (int64, error)
	ended   chan error
}

func newEar(changed func(context.Context, *quote.Quote) (int64, error)) *ear {
	return &ear{changed, make(chan error, 1)}
}

func (e *ear) Changed(ctx context.Context, q *quote.Quote) (int64, error) { return e.changed(ctx, q) }
func (e *ear) Closing(context.Context, string) error                      { return nil }
func (e *ear) ListenerEnded(_ context.Context, err error)                 { e.ended <- err }

func once(context.Context, *quote.Quote) (int64, error) { return 1, nil }

func wantError(t *testing.T, err error, code api.Code, sent api.Sent, words ...string) {
	t.Helper()
	e, ok := errors.AsType[*api.Error](err)
	if !ok {
		t.Fatalf("got %v, want an *api.Error of code %v", err, code)
	}
	if e.Code != code || e.Sent != sent {
		t.Errorf("got code %v sent %d, want %v sent %d: %v", e.Code, e.Sent, code, sent, err)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not say %q", err, w)
		}
	}
}

func TestPublishedParameters(t *testing.T) {
	_, srv, _ := serve(t, provider.Config{}, provider.Callbacks(3))
	u := srv.URLs()[0]
	for key, want := range map[string]string{"addListener.1.callback": "true", "removeListener.1.callback": "false", "callbacks": "3", "publish.0.callback": ""} {
		if got := u.Param(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if _, srv, _ := serve(t, provider.Config{}); srv.URLs()[0].Param("callbacks") != "" {
		t.Errorf("the default is published: %s", srv.URLs()[0])
	}
	other, err := provider.New(provider.Config{Application: "x", Listen: "127.0.0.1:0"})
	if err == nil {
		err = quote.RegisterService(other, newExchange(), provider.Callbacks(0))
	}
	if err == nil || !strings.Contains(err.Error(), "option Callbacks(0) must be at least 1") {
		t.Errorf("got %v", err)
	}
}

// Each end sees such a call as one of the listener's interface, in which the
// consumer is the provider.
func TestObserversSeeBothEnds(t *testing.T) {
	var atProvider, atConsumer watcher
	_, srv, stop := serve(t, provider.Config{Observers: []api.Observer{&atProvider}}, provider.Group("g"), provider.Token("secret"))
	u := srv.URLs()[0]
	quotes := connect(t, consumer.Config{Observers: []api.Observer{&atConsumer}}, consumer.Direct(u.String()), consumer.Group("g"))
	if _, err := quotes.AddListener(t.Context(), "GO", newEar(once)); err != nil {
		t.Fatal(err)
	}
	if n, err := quotes.Publish(t.Context(), &quote.Quote{Symbol: "GO"}); err != nil || n != 1 {
		t.Fatalf("got %d, %v", n, err)
	}
	stop()
	for side, c := range map[string]struct {
		w    *watcher
		want []string
	}{
		"provider": {&atProvider, []string{
			"provider 1 lab.quote.QuoteService.addListener trader <nil>",
			"consumer 2 lab.quote.QuoteListener.changed trader <nil>",
			"consumer 1 lab.quote.QuoteListener.changed trader <nil>",
			"provider 1 lab.quote.QuoteService.publish trader <nil>",
		}},
		"consumer": {&atConsumer, []string{
			"consumer 2 lab.quote.QuoteService.addListener exchange <nil>",
			"consumer 1 lab.quote.QuoteService.addListener exchange <nil>",
			"provider 1 lab.quote.QuoteListener.changed exchange <nil>",
			"consumer 2 lab.quote.QuoteService.publish exchange <nil>",
			"consumer 1 lab.quote.QuoteService.publish exchange <nil>",
		}},
	} {
		if got := c.w.all(); !slices.Equal(got, c.want) {
			t.Errorf("%s saw\n%s\nwant\n%s", side, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
	if g, want := atProvider.group, "g"; g != want {
		t.Errorf("the listener's calls have group %q", g)
	}
}

type watcher struct {
	mu     sync.Mutex
	lines  []string
	group  string // of calls to listeners
	begun  int
	closed bool
}

func (w *watcher) Begin(*api.Observation) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.begun++
}

func (w *watcher) End(o *api.Observation) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		panic("an observer saw a call after its end")
	}
	if o.Side == api.ConsumerSide {
		w.group = o.Service.Group
	}
	if o.Elapsed <= 0 || o.Attempts != 1 || o.BytesIn == 0 || o.BytesOut == 0 || o.Peer == "" {
		w.lines = append(w.lines, fmt.Sprintf("incomplete: %+v", *o))
	}
	w.lines = append(w.lines, fmt.Sprintf("%v %d %s.%s %s %v", o.Side, o.Scope, o.Service.Interface, o.Method.Name, o.PeerApplication, o.Err))
}

func (w *watcher) Close(context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	return nil
}

func (w *watcher) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.begun != len(w.lines) {
		return append(w.lines, fmt.Sprintf("%d begun", w.begun))
	}
	return w.lines
}

func TestListenerThatFails(t *testing.T) {
	e, srv, _ := serve(t, provider.Config{})
	var log bytes.Buffer
	quotes := connect(t, consumer.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}, consumer.Direct(srv.URLs()[0].String()))
	release := make(chan struct{})
	fails := newEar(func(ctx context.Context, q *quote.Quote) (int64, error) {
		switch q.Price {
		case 1:
			panic("not today")
		case 2:
			return 0, api.NewError(api.NoProvider, api.SentNo, "a call of the listener's own failed", nil)
		case 3:
			<-release // its answer must not come before the end of the call
			return 0, ctx.Err()
		}
		return 1, nil
	})
	if _, err := quotes.AddListener(t.Context(), "GO", fails); err != nil {
		t.Fatal(err)
	}
	if _, err := quotes.AddListener(t.Context(), "GO", newEar(once)); api.CodeOf(err) != api.Forbidden || !strings.Contains(err.Error(), "limit is 1") {
		t.Errorf("a second listener: %v", err)
	}
	l := e.all("GO")[0]
	_, err := l.Changed(t.Context(), &quote.Quote{Price: 1})
	wantError(t, err, api.Internal, api.SentMaybe, "listener lab.quote.QuoteListener.changed panicked; the consumer's log has the stack")
	if s := log.String(); !strings.Contains(s, "not today") || !strings.Contains(s, "listener_test.go") {
		t.Errorf("the log is %s", s)
	}
	_, err = l.Changed(t.Context(), &quote.Quote{Price: 2})
	wantError(t, err, api.Business, api.SentMaybe, "a call of the listener's own failed")
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err = l.Changed(ctx, &quote.Quote{Price: 3})
	wantError(t, err, api.Timeout, api.SentMaybe)
	close(release)
	if n, err := l.Changed(t.Context(), &quote.Quote{Price: 4}); n != 1 || err != nil {
		t.Errorf("the connection did not live on: %d, %v", n, err)
	}
}

// all returns the listeners of symbol.
func (e *exchange) all(symbol string) []quote.Listener {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []quote.Listener
	for l := range e.listeners[symbol] {
		all = append(all, l)
	}
	return all
}

// A connection is lost, both sides hear of it, and the listener registers again.
func TestListenerRegistersAgain(t *testing.T) {
	e, srv, _ := serve(t, provider.Config{})
	var mu sync.Mutex
	var last net.Conn
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		nc, err := new(net.Dialer).DialContext(ctx, network, address)
		mu.Lock()
		defer mu.Unlock()
		last = nc
		return nc, err
	}
	quotes := connect(t, consumer.Config{Dial: dial}, consumer.Direct(srv.URLs()[0].String()))
	l := newEar(once)
	if _, err := quotes.AddListener(t.Context(), "GO", l); err != nil {
		t.Fatal(err)
	}
	stub := e.all("GO")[0]
	select {
	case <-provider.ListenerDone(stub):
		t.Fatal("the listener is done already")
	default:
	}
	mu.Lock()
	last.Close()
	mu.Unlock()
	if err := <-l.ended; err == nil {
		t.Error("no reason was told")
	}
	<-provider.ListenerDone(stub)
	_, err := stub.Changed(t.Context(), &quote.Quote{})
	wantError(t, err, api.Unavailable, api.SentNo, "lab.quote.QuoteListener.changed", "the consumer must register it again")
	if !errors.Is(err, api.ErrUnavailable) {
		t.Error("errors.Is does not know it")
	}
	// The old one is dropped when it is met.
	e.drop("GO", stub)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		_, err := quotes.AddListener(ctx, "GO", l)
		if err == nil {
			break
		}
		if c := api.CodeOf(err); c != api.Unavailable && c != api.NoProvider || ctx.Err() != nil {
			t.Fatal(err)
		}
	}
	if n, err := quotes.Publish(ctx, &quote.Quote{Symbol: "GO"}); n != 1 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	if provider.ListenerDone(l) != nil {
		t.Error("a listener that is no stub can be done")
	}
}

// A provider that leaves ends its listeners.
func TestProviderLeaves(t *testing.T) {
	e, srv, stop := serve(t, provider.Config{})
	quotes := connect(t, consumer.Config{}, consumer.Direct(srv.URLs()[0].String()))
	l := newEar(once)
	if _, err := quotes.AddListener(t.Context(), "GO", l); err != nil {
		t.Fatal(err)
	}
	stub := e.all("GO")[0]
	stop()
	<-provider.ListenerDone(stub)
	if err := <-l.ended; err != nil && !errors.Is(err, io.EOF) {
		t.Logf("ended by %v", err)
	}
	_, err := stub.Changed(t.Context(), &quote.Quote{})
	wantError(t, err, api.Unavailable, api.SentNo)
}

// Whoever has the listener takes it back, whichever provider is asked first.
func TestTakingBackFindsTheProvider(t *testing.T) {
	e1, srv1, _ := serve(t, provider.Config{})
	e2, srv2, _ := serve(t, provider.Config{})
	quotes := connect(t, consumer.Config{}, consumer.Direct(srv1.URLs()[0].String(), srv2.URLs()[0].String()))
	for range 8 {
		l := newEar(once)
		if _, err := quotes.AddListener(t.Context(), "GO", l); err != nil {
			t.Fatal(err)
		}
		if n := len(e1.all("GO")) + len(e2.all("GO")); n != 1 {
			t.Fatalf("%d listeners", n)
		}
		if err := quotes.RemoveListener(t.Context(), "GO", l); err != nil {
			t.Fatal(err)
		}
	}
	wantError(t, quotes.RemoveListener(t.Context(), "GO", newEar(once)), api.NotFound, api.SentNo, "is not registered at")
}
