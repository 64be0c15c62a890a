package interop

import (
	"context"
	"fmt"
	"sync"
	"time"

	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/protocol/hessian"
	"github.com/gubbo/gubbo/provider"
)

// greeter is the service on the Go side; Greeter.java is its twin.
type greeter struct {
	mu   sync.Mutex
	seen map[string]bool // what Notify got; guarded by mu
}

var _ greet.GreetService = (*greeter)(nil)

func provideGreeter(srv *provider.Server, group string) (notified, error) {
	g := &greeter{}
	return g.notified, greet.RegisterGreetService(srv, g, provider.Group(group))
}

func (g *greeter) SayHello(_ context.Context, name string) (string, error) {
	return "hello, " + name, nil
}
func (g *greeter) AddLong(_ context.Context, a, b int64) (int64, error) { return a + b, nil }
func (g *greeter) Half(_ context.Context, v float64) (float64, error)   { return v / 2, nil }
func (g *greeter) Not(_ context.Context, v bool) (bool, error)          { return !v, nil }
func (g *greeter) Maybe(_ context.Context, s *string) (*string, error)  { return s, nil }

func (g *greeter) EchoUser(_ context.Context, u *greet.User) (*greet.User, error) {
	if u != nil && u.ID == adaID && text(u) != text(ada()) {
		return nil, fmt.Errorf("this is not ada: %s", text(u))
	}
	return u, nil
}

func (g *greeter) NextLevel(_ context.Context, l greet.Level) (greet.Level, error) {
	return map[greet.Level]greet.Level{greet.Low: greet.Mid, greet.Mid: greet.High, greet.High: greet.Low}[l], nil
}

func (g *greeter) List(_ context.Context, n int32) ([]*greet.User, error) {
	users := make([]*greet.User, n)
	for i := range users {
		users[i] = numbered(int32(i))
	}
	return users, nil
}

func (g *greeter) Count(_ context.Context, words []string) (map[string]int32, error) {
	counts := make(map[string]int32)
	for _, w := range words {
		counts[w]++
	}
	return counts, nil
}

func (g *greeter) Find(_ context.Context, id int64) (*greet.User, error) {
	if id != adaID {
		return nil, &greet.NotFound{ID: id, Message: fmt.Sprint("no user ", id)}
	}
	return ada(), nil
}

func (g *greeter) Fail(_ context.Context, message string) error {
	return &hessian.Exception{Class: "java.lang.IllegalStateException", Message: message}
}

func (g *greeter) Notify(_ context.Context, message string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.seen == nil {
		g.seen = make(map[string]bool)
	}
	g.seen[message] = true
	return nil
}

// notified waits until Notify has got message.
func (g *greeter) notified(ctx context.Context, message string) error {
	for tick := time.Tick(5 * time.Millisecond); ; {
		g.mu.Lock()
		seen := g.seen[message]
		g.mu.Unlock()
		if seen {
			return nil
		}
		select {
		case <-tick:
		case <-ctx.Done():
			return fmt.Errorf("the provider never got %q", message)
		}
	}
}

func (g *greeter) Attach(ctx context.Context, key string) (string, error) {
	call := provider.CallFrom(ctx)
	value := call.Attachment(key)
	call.Reply("back-"+key, "back "+value)
	return value, nil
}

func (g *greeter) Slow(ctx context.Context, ms int32) (string, error) {
	select {
	case <-time.After(time.Duration(ms) * time.Millisecond):
		return fmt.Sprint("slept ", ms), nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
