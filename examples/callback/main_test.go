package main

import (
	"context"
	"fmt"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func Example() {
	if err := run(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// registered at 0
	// 1: GO is at 101.5
	// 2: GO is at 99.75
	// 3: GO is at 100
	// no more prices: you asked for it
}
