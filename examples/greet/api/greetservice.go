package greet

import (
	"context"
	"fmt"
	"time"

	"github.com/gubbo/gubbo/protocol/hessian"
)

// GreetService is the contract that the interoperability tests share with
// Java's lab.greet.GreetService: one method for each kind of value and outcome.
//
//gubbo:service lab.greet.GreetService
type GreetService interface {
	//gubbo:method sayHello idempotent
	SayHello(ctx context.Context, name string) (string, error)
	//gubbo:method addLong idempotent
	AddLong(ctx context.Context, a, b int64) (int64, error)
	//gubbo:method half idempotent
	Half(ctx context.Context, v float64) (float64, error)
	//gubbo:method not idempotent
	Not(ctx context.Context, v bool) (bool, error)
	//gubbo:method echoUser idempotent
	EchoUser(ctx context.Context, u *User) (*User, error)
	//gubbo:method nextLevel idempotent
	NextLevel(ctx context.Context, l Level) (Level, error)
	//gubbo:method maybe idempotent
	Maybe(ctx context.Context, s *string) (*string, error)
	//gubbo:method list idempotent
	List(ctx context.Context, n int32) ([]*User, error)
	//gubbo:method count idempotent
	Count(ctx context.Context, words []string) (map[string]int32, error)
	//gubbo:method find idempotent throws=NotFound
	Find(ctx context.Context, id int64) (*User, error)
	//gubbo:method fail
	Fail(ctx context.Context, message string) error
	//gubbo:method notify oneway
	Notify(ctx context.Context, message string) error
	//gubbo:method attach idempotent
	Attach(ctx context.Context, key string) (string, error)
	//gubbo:method slow
	Slow(ctx context.Context, ms int32) (string, error)
}

// User is lab.greet.User.
type User struct {
	_      hessian.Class `java:"lab.greet.User"`
	ID     int64
	Name   string
	Age    *int32 // Integer: nil is null
	Score  float64
	Active bool
	Level  Level
	Tags   []string
	Counts map[string]int32
	Born   time.Time
	Friend *User
}

// Level is the enum lab.greet.Level.
//
//gubbo:enum lab.greet.Level
type Level string

// The levels.
const (
	Low  Level = "LOW"
	Mid  Level = "MID"
	High Level = "HIGH"
)

// NotFound is the checked exception lab.greet.NotFoundException.
type NotFound struct {
	_       hessian.Class `java:"lab.greet.NotFoundException"`
	Message string        `java:"detailMessage"`
	ID      int64
}

// Error returns Java's message, or one made from the id.
func (e *NotFound) Error() string {
	if e.Message != "" {
		return e.Message
	}
	return fmt.Sprintf("no user %d", e.ID)
}
