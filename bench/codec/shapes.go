package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/gubbo/gubbo/protocol/hessian"
)

//go:generate go run github.com/gubbo/gubbo/cmd/gubbo-gen .

// Shapes makes the generator write the codec of the shapes; nobody serves it.
//
//gubbo:service bench.Shapes
type Shapes interface {
	//gubbo:method user
	User(ctx context.Context, u *User20) (*User20, error)
	//gubbo:method users
	Users(ctx context.Context, users []*User20) ([]*User20, error)
	//gubbo:method order
	Order(ctx context.Context, o *Order) (*Order, error)
	//gubbo:method longs
	Longs(ctx context.Context, longs []int64) ([]int64, error)
	//gubbo:method strings
	Strings(ctx context.Context, strings []string) ([]string, error)
	//gubbo:method counts
	Counts(ctx context.Context, counts map[string]int64) (map[string]int64, error)
}

// User20 is the struct of 20 fields of the project's benchmarks: 8 strings and
// 12 numbers and booleans, some 600 bytes on the wire.
type User20 struct {
	_  hessian.Class `java:"bench.User20"`
	S0 string
	S1 string
	S2 string
	S3 string
	S4 string
	S5 string
	S6 string
	S7 string
	L0 int64
	L1 int64
	L2 int64
	L3 int64
	I0 int32
	I1 int32
	I2 int32
	I3 int32
	D0 float64
	D1 float64
	B0 bool
	B1 bool
}

// JavaClassName is what dubbo-go-hessian2 asks for.
func (*User20) JavaClassName() string { return "bench.User20" }

// Order is a struct with structs, a list and a map in it.
type Order struct {
	_      hessian.Class `java:"bench.Order"`
	Number int64
	Buyer  *Party
	Items  []*Item
	Labels map[string]string
}

// Party is one side of an Order.
type Party struct {
	_     hessian.Class `java:"bench.Party"`
	Name  string
	Email string
}

// Item is a line of an Order.
type Item struct {
	_     hessian.Class `java:"bench.Item"`
	Name  string
	Count int32
	Price float64
}

// JavaClassName is what dubbo-go-hessian2 asks for.
func (*Order) JavaClassName() string { return "bench.Order" }

// JavaClassName is what dubbo-go-hessian2 asks for.
func (*Party) JavaClassName() string { return "bench.Party" }

// JavaClassName is what dubbo-go-hessian2 asks for.
func (*Item) JavaClassName() string { return "bench.Item" }

func newOrder() *Order {
	o := &Order{
		Number: 1 << 40, Buyer: &Party{Name: "Anna Schmidt", Email: "anna.schmidt@example.com"},
		Labels: map[string]string{"tenant": "a", "channel": "web", "currency": "EUR"},
	}
	for i := range 5 {
		o.Items = append(o.Items, &Item{Name: fmt.Sprint("item ", i), Count: int32(i + 1), Price: 19.99})
	}
	return o
}

func newUser() *User20 {
	s := strings.Repeat("abcdefgh", 6)
	return &User20{
		S0: s, S1: s, S2: s, S3: s, S4: s, S5: s, S6: s, S7: s,
		L0: 1 << 40, L1: 1 << 50, L2: 5, L3: 70000, I0: 1, I1: 1000, I2: 100000, I3: 1 << 30,
		D0: 99.5, D1: 3.141592653589793, B0: true,
	}
}
