// Package greet is the contract of the demo.
package greet

import (
	"context"
	"time"

	"github.com/gubbo/gubbo/protocol/hessian"
)

//go:generate go run github.com/gubbo/gubbo/cmd/gubbo-gen .

// Greeter is the contract of the demo: a method that may be repeated and one
// that must not.
//
//gubbo:service lab.greet.Greeter
type Greeter interface {
	//gubbo:method sayHello idempotent
	SayHello(ctx context.Context, name string) (string, error)
	//gubbo:method order
	Order(ctx context.Context, o *OrderRequest) (*Receipt, error)
}

// OrderRequest asks for goods.
type OrderRequest struct {
	_     hessian.Class `java:"lab.greet.OrderRequest"`
	ID    string
	Lines []*OrderLine
}

// OrderLine is one kind of goods of an order.
type OrderLine struct {
	_     hessian.Class `java:"lab.greet.OrderLine"`
	Item  string
	Count int32
}

// Receipt confirms an order.
type Receipt struct {
	_     hessian.Class `java:"lab.greet.Receipt"`
	ID    string
	At    time.Time
	Total int32
}
