package main

import (
	"context"
	"fmt"
	"sync"

	"github.com/gubbo/gubbo/examples/callback/quote"
	"github.com/gubbo/gubbo/provider"
)

// exchange is the service.
type exchange struct {
	later     sync.WaitGroup // those who publish later
	mu        sync.Mutex
	prices    map[string]float64                     // guarded by mu
	listeners map[string]map[quote.Listener]struct{} // by symbol; guarded by mu
}

func newExchange() *exchange {
	return &exchange{prices: make(map[string]float64), listeners: make(map[string]map[quote.Listener]struct{})}
}

var _ quote.Service = (*exchange)(nil)

// AddListener keeps l, which stays valid after the call has ended.
func (e *exchange) AddListener(_ context.Context, symbol string, l quote.Listener) (*quote.Quote, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.listeners[symbol] == nil {
		e.listeners[symbol] = make(map[quote.Listener]struct{})
	}
	e.listeners[symbol][l] = struct{}{}
	return &quote.Quote{Symbol: symbol, Price: e.prices[symbol]}, nil
}

// RemoveListener is given the same value as AddListener was.
func (e *exchange) RemoveListener(ctx context.Context, symbol string, l quote.Listener) error {
	e.drop(symbol, l)
	return l.Closing(ctx, "you asked for it")
}

func (e *exchange) drop(symbol string, l quote.Listener) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.listeners[symbol], l)
}

// PublishLater publishes when the call that asked for it has ended.
func (e *exchange) PublishLater(_ context.Context, q *quote.Quote) error {
	e.later.Go(func() {
		// The context of the call ends with it; the listeners' methods have
		// timeouts of their own.
		if _, err := e.Publish(context.Background(), q); err != nil {
			fmt.Println("not published:", err)
		}
	})
	return nil
}

// Publish tells all that listen, and forgets those that are gone.
func (e *exchange) Publish(ctx context.Context, q *quote.Quote) (int64, error) {
	e.mu.Lock()
	e.prices[q.Symbol] = q.Price
	var all []quote.Listener
	for l := range e.listeners[q.Symbol] {
		all = append(all, l)
	}
	e.mu.Unlock()
	var sum int64
	for _, l := range all {
		n, err := l.Changed(ctx, q)
		select {
		case <-provider.ListenerDone(l):
			e.drop(q.Symbol, l)
			continue
		default:
		}
		if err != nil {
			return sum, err
		}
		sum += n
	}
	return sum, nil
}
