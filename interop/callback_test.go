package interop

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gubbo/gubbo/examples/callback/quote"
	"github.com/gubbo/gubbo/protocol/hessian"
	"github.com/gubbo/gubbo/provider"
)

// exchange is the service that calls its listeners; Exchange.java is its twin.
type exchange struct {
	later sync.WaitGroup

	mu        sync.Mutex
	listeners map[string][]quote.Listener // by symbol; guarded by mu
}

var _ quote.Service = (*exchange)(nil)

// threw is what publish returns for a listener that threw.
const threw = -1000

func (e *exchange) AddListener(_ context.Context, symbol string, l quote.Listener) (*quote.Quote, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.listeners == nil {
		e.listeners = make(map[string][]quote.Listener)
	}
	if !slices.Contains(e.listeners[symbol], l) {
		e.listeners[symbol] = append(e.listeners[symbol], l)
	}
	return &quote.Quote{Symbol: symbol, Price: 0.5}, nil
}

func (e *exchange) RemoveListener(_ context.Context, symbol string, l quote.Listener) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	i := slices.Index(e.listeners[symbol], l)
	if i < 0 {
		return fmt.Errorf("not the listener that was added")
	}
	e.listeners[symbol] = slices.Delete(e.listeners[symbol], i, i+1)
	return nil
}

func (e *exchange) of(symbol string) []quote.Listener {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.listeners[symbol])
}

func (e *exchange) Publish(ctx context.Context, q *quote.Quote) (int64, error) {
	var sum int64
	for _, l := range e.of(q.Symbol) {
		n, err := l.Changed(ctx, q)
		if err != nil && strings.Contains(err.Error(), "too cheap") {
			n, err = threw, nil
		}
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

func (e *exchange) PublishLater(_ context.Context, q *quote.Quote) error {
	e.later.Go(func() {
		for _, l := range e.of(q.Symbol) {
			if _, err := l.Changed(context.Background(), q); err == nil {
				_ = l.Closing(context.Background(), "for today") // who misses it says so
			}
		}
	})
	return nil
}

// heard is a listener that keeps what it hears.
type heard struct {
	closed chan string

	mu     sync.Mutex
	prices []float64 // guarded by mu
}

func newHeard() *heard { return &heard{closed: make(chan string, 1)} }

func (h *heard) Changed(_ context.Context, q *quote.Quote) (int64, error) {
	if q.Price < 0 {
		return 0, &hessian.Exception{Class: "java.lang.IllegalStateException", Message: "too cheap"}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.prices = append(h.prices, q.Price)
	return int64(len(h.prices)), nil
}

func (h *heard) Closing(_ context.Context, reason string) error {
	h.closed <- reason
	return nil
}

func (h *heard) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return fmt.Sprint(h.prices)
}

// trader is a consumer with its listeners.
type trader struct {
	*quote.ServiceClient
	symbol        string
	first, second *heard
}

func (c *trader) publish(ctx context.Context, price float64) (int64, error) {
	return c.Publish(ctx, &quote.Quote{Symbol: c.symbol, Price: price})
}

// callbacks is the suite of listeners that a provider calls back; QuoteCalls.java
// is its twin.
func callbacks() suite {
	provide := func(srv *provider.Server, group string) (notified, error) {
		return nil, quote.RegisterService(srv, new(exchange), provider.Group(group), provider.Callbacks(2))
	}
	connect := func(at place) (*trader, error) {
		c, err := quote.NewServiceClient(at.cli, at.opts("")...)
		return &trader{c, rand.Text(), newHeard(), newHeard()}, err
	}
	return suiteOf("callback", provide, connect, []call[*trader]{
		{name: "register", run: func(ctx context.Context, c *trader) (string, error) {
			q, err := c.AddListener(ctx, c.symbol, c.first)
			if err != nil || q == nil || q.Price != 0.5 {
				return "", fmt.Errorf("got %v, %w", q, err)
			}
			return fmt.Sprint(q.Price), nil
		}},
		{name: "called", run: func(ctx context.Context, c *trader) (string, error) {
			for i := range int64(3) {
				if _, err := same(i + 1)(c.publish(ctx, float64(i)+1.25)); err != nil {
					return "", err
				}
			}
			return same("[1.25 2.25 3.25]")(c.first.text(), nil)
		}},
		{name: "again", run: func(ctx context.Context, c *trader) (string, error) {
			if _, err := c.AddListener(ctx, c.symbol, c.first); err != nil {
				return "", err
			}
			return same(int64(4))(c.publish(ctx, 4))
		}},
		{name: "second", run: func(ctx context.Context, c *trader) (string, error) {
			if _, err := c.AddListener(ctx, c.symbol, c.second); err != nil {
				return "", err
			}
			if _, err := same(int64(5 + 1))(c.publish(ctx, 5)); err != nil {
				return "", err
			}
			return same("[5]")(c.second.text(), nil)
		}},
		{name: "limit", run: func(ctx context.Context, c *trader) (string, error) {
			if _, err := c.AddListener(ctx, c.symbol, newHeard()); err != nil {
				return err.Error(), nil
			}
			return "", fmt.Errorf("a third listener was taken")
		}},
		{name: "exception", run: func(ctx context.Context, c *trader) (string, error) {
			return same(int64(2 * threw))(c.publish(ctx, -1))
		}},
		{name: "remove", run: func(ctx context.Context, c *trader) (string, error) {
			if err := c.RemoveListener(ctx, c.symbol, c.first); err != nil {
				return "", err
			}
			if _, err := same(int64(2))(c.publish(ctx, 6)); err != nil {
				return "", err
			}
			return same("[5 6]")(c.second.text(), nil)
		}},
		{name: "later", run: func(ctx context.Context, c *trader) (string, error) {
			if err := c.PublishLater(ctx, &quote.Quote{Symbol: c.symbol, Price: 7}); err != nil {
				return "", err
			}
			select {
			case reason := <-c.second.closed:
				if reason != "for today" {
					return "", fmt.Errorf("closed because %q", reason)
				}
			case <-time.After(5 * time.Second):
				return "", fmt.Errorf("the listener was not called in 5 s")
			}
			return same("[5 6 7]")(c.second.text(), nil)
		}},
	})
}
