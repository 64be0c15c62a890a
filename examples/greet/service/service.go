// Package service implements the demo's greeter.
package service

import (
	"context"
	"fmt"
	"time"

	greet "github.com/gubbo/gubbo/examples/greet/api"
)

// Book is where executions are written down; see package ledger.
type Book interface {
	Add(method, id string) error
}

// Greeter is a greet.Greeter that writes each execution into its book before
// it answers.
type Greeter struct {
	name string
	book Book
}

var _ greet.Greeter = (*Greeter)(nil)

// New makes a Greeter that signs with name; book may be nil.
func New(name string, book Book) *Greeter { return &Greeter{name, book} }

func (g *Greeter) add(method, id string) error {
	if g.book == nil {
		return nil
	}
	return g.book.Add(method, id)
}

// SayHello greets name.
func (g *Greeter) SayHello(_ context.Context, name string) (string, error) {
	if err := g.add("sayHello", name); err != nil {
		return "", err
	}
	return fmt.Sprintf("Hello %s, this is %s", name, g.name), nil
}

// Order takes an order; it must not be run twice.
func (g *Greeter) Order(_ context.Context, o *greet.OrderRequest) (*greet.Receipt, error) {
	if o == nil || o.ID == "" {
		return nil, fmt.Errorf("service: an order needs an id")
	}
	if err := g.add("order", o.ID); err != nil {
		return nil, err
	}
	r := &greet.Receipt{ID: o.ID, At: time.Now()}
	for _, line := range o.Lines {
		if line != nil {
			r.Total += line.Count
		}
	}
	return r, nil
}
