package main

import (
	"context"
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

func newUser() *User20 {
	s := strings.Repeat("abcdefgh", 6)
	return &User20{
		S0: s, S1: s, S2: s, S3: s, S4: s, S5: s, S6: s, S7: s,
		L0: 1 << 40, L1: 1 << 50, L2: 5, L3: 70000, I0: 1, I1: 1000, I2: 100000, I3: 1 << 30,
		D0: 99.5, D1: 3.141592653589793, B0: true,
	}
}
