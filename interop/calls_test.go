package interop

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"math"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// greets is the suite of lab.greet; its twin is GreetCalls.java.
var greets = suiteOf("greet", provideGreeter,
	func(at place) (*greet.GreetServiceClient, error) {
		return greet.NewGreetServiceClient(at.cli, at.opts("")...)
	}, greetCalls)

var greetCalls = []call[*greet.GreetServiceClient]{
	{name: "string", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		return same("hello, Ada")(c.SayHello(ctx, "Ada"))
	}},
	{name: "string.unicode", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		return same("hello, é漢😀\x00~")(c.SayHello(ctx, "é漢😀\x00~"))
	}},
	{name: "string.long", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		for _, s := range []string{"x" + strings.Repeat("😀", 50000), "yx" + strings.Repeat("😀", 50000) + "y"} {
			if _, err := same("hello, " + s)(c.SayHello(ctx, s)); err != nil {
				return "", err
			}
		}
		return "100002 UTF-16 units", nil
	}},
	{name: "long", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		if got, err := same(int64(1<<40 - 3))(c.AddLong(ctx, 1<<40, -3)); err != nil {
			return got, err
		}
		return same(int64(math.MinInt64))(c.AddLong(ctx, math.MaxInt64, 1))
	}},
	{name: "double", run: doubles},
	{name: "boolean", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		if got, err := same(false)(c.Not(ctx, true)); err != nil {
			return got, err
		}
		return same(true)(c.Not(ctx, false))
	}},
	{name: "pojo", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		return sameUser(ada())(c.EchoUser(ctx, ada()))
	}},
	{name: "pojo.bare", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		return sameUser(bare())(c.EchoUser(ctx, bare()))
	}},
	{name: "pojo.null", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		return sameUser(nil)(c.EchoUser(ctx, nil))
	}},
	{name: "pojo.found", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		return sameUser(ada())(c.Find(ctx, adaID))
	}},
	{name: "enum", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		if got, err := same(greet.Mid)(c.NextLevel(ctx, greet.Low)); err != nil {
			return got, err
		}
		return same(greet.Low)(c.NextLevel(ctx, greet.High))
	}},
	{name: "enum.null", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		return same(greet.Level(""))(c.NextLevel(ctx, ""))
	}},
	{name: "null", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		if got, err := c.Maybe(ctx, nil); err != nil || got != nil {
			return "", fmt.Errorf("null came back as %v, %w", got, err)
		}
		got, err := c.Maybe(ctx, new(""))
		if err != nil || got == nil || *got != "" {
			return "", fmt.Errorf("the empty string came back as %v, %w", got, err)
		}
		return "null", nil
	}},
	{name: "list", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		var want []*greet.User
		for i := range int32(20) {
			want = append(want, numbered(i))
		}
		got, err := c.List(ctx, 20)
		if err == nil {
			_, err = same(text(want...))(text(got...), nil)
		}
		if err != nil {
			return "", err
		}
		got, err = c.List(ctx, 0)
		return same("20 users and 0 true")(fmt.Sprint("20 users and ", len(got), " ", got != nil), err)
	}},
	{name: "map", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		got, err := c.Count(ctx, []string{"a", "漢", "a"})
		if err != nil || !maps.Equal(got, map[string]int32{"a": 2, "漢": 1}) {
			return "", fmt.Errorf("got %v, %w", got, err)
		}
		none, err := c.Count(ctx, []string{})
		if err != nil || none == nil || len(none) != 0 {
			return "", fmt.Errorf("no words gave %#v, %w", none, err)
		}
		return fmt.Sprint(got), nil
	}},
	{name: "exception.declared", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		got, err := c.Find(ctx, nobodyID)
		nf, ok := errors.AsType[*greet.NotFound](err)
		if !ok || nf.ID != nobodyID || nf.Message != fmt.Sprint("no user ", nobodyID) || api.CodeOf(err) != api.Business {
			return "", fmt.Errorf("got %v, %w", got, err)
		}
		return nf.Message, nil
	}},
	{name: "exception.undeclared", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		err := c.Fail(ctx, "boom")
		x, ok := errors.AsType[*hessian.Exception](err)
		if !ok || x.Class != "java.lang.IllegalStateException" || x.Message != "boom" || api.CodeOf(err) != api.Business {
			return "", fmt.Errorf("got %w", err)
		}
		return x.Error(), nil
	}},
	{name: "oneway", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		token := rand.Text()
		return token, c.Notify(ctx, token)
	}},
	{name: "oneway.sent", notJava: true, run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		token := rand.Text()
		return token, c.With(consumer.Sent(true)).Notify(ctx, token)
	}},
	{name: "attachments", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		var info consumer.CallInfo
		if _, err := same("v é漢")(c.With(consumer.Attach("lab-key", "v é漢"), consumer.Capture(&info)).Attach(ctx, "lab-key")); err != nil {
			return "", err
		}
		return same("back v é漢")(info.Reply("back-lab-key"), nil)
	}},
	{name: "timeout", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		const pause = 3 * time.Second // of the callee: who returns before did not wait for it
		start := time.Now()
		got, err := c.With(consumer.Timeout(300*time.Millisecond)).Slow(ctx, int32(pause.Milliseconds()))
		took := time.Since(start)
		if !errors.Is(err, context.DeadlineExceeded) || api.CodeOf(err) != api.Timeout || took < 290*time.Millisecond || took >= pause {
			return "", fmt.Errorf("got %q after %v, %w", got, took, err)
		}
		return "timed out", nil
	}},
	{name: "after.timeout", run: func(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
		return same("hello, again")(c.SayHello(ctx, "again"))
	}},
}

func doubles(ctx context.Context, c *greet.GreetServiceClient) (string, error) {
	values := []float64{0, 1, 3, -128, 32767, 0.1, 12.345, math.Pi, 1e300, math.SmallestNonzeroFloat64 * 2, -1e-9, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, v := range values {
		got, err := c.Half(ctx, v)
		if err != nil || got != v/2 && !(math.IsNaN(v) && math.IsNaN(got)) {
			return "", fmt.Errorf("half of %v is %v, %w", v, got, err)
		}
	}
	return fmt.Sprint(len(values), " values"), nil
}

// same checks a call's result.
func same[T comparable](want T) func(T, error) (string, error) {
	return func(got T, err error) (string, error) {
		if err == nil && got != want {
			err = fmt.Errorf("got %v, want %v", got, want)
		}
		return fmt.Sprint(got), err
	}
}

func sameUser(want *greet.User) func(*greet.User, error) (string, error) {
	return func(got *greet.User, err error) (string, error) {
		if err != nil {
			return "", err
		}
		return same(text(want))(text(got), nil)
	}
}
