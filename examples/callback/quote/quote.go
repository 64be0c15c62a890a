// Package quote is a contract with a listener: Java would call it an interface
// with a callback argument.
package quote

import (
	"context"

	"github.com/gubbo/gubbo/protocol/hessian"
)

//go:generate go run github.com/gubbo/gubbo/cmd/gubbo-gen .

// Service tells prices to whoever listens.
//
//gubbo:service lab.quote.QuoteService
type Service interface {
	// AddListener registers l for symbol, for as long as the connection lives,
	// and returns the price of now.
	AddListener(ctx context.Context, symbol string, l Listener) (*Quote, error)

	// RemoveListener takes l back.
	//gubbo:method removeListener callback=false
	RemoveListener(ctx context.Context, symbol string, l Listener) error

	// Publish tells a price to the listeners of its symbol and returns the sum
	// of their answers.
	Publish(ctx context.Context, q *Quote) (int64, error)

	// PublishLater returns at once and then tells the price.
	PublishLater(ctx context.Context, q *Quote) error
}

// Listener hears of prices.
//
//gubbo:callback lab.quote.QuoteListener
type Listener interface {
	// Changed returns how many prices the listener has heard.
	//gubbo:method changed timeout=3s
	Changed(ctx context.Context, q *Quote) (int64, error)

	// Closing says that no more prices will come.
	Closing(ctx context.Context, reason string) error
}

// Quote is a price.
type Quote struct {
	_      hessian.Class `java:"lab.quote.Quote"`
	Symbol string
	Price  float64
}
