package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"math"
	"strings"
	"time"

	"dubbo.apache.org/dubbo-go/v3/common/constant"
	"dubbo.apache.org/dubbo-go/v3/protocol/dubbo/hessian2"

	"github.com/gubbo/gubbo/interop/dubbogo/pojo"
)

// call is one row of the table. run returns what came back in short, or why it
// is not what was due.
type call struct {
	name string
	run  func(c *caller) (string, error)
}

// calls have the names and the meaning of those of the Java consumer.
var calls = []call{
	{"string", func(c *caller) (string, error) { return c.hello("Ada") }},
	{"string.unicode", func(c *caller) (string, error) { return c.hello("é漢😀\x00~") }},
	{"string.long", func(c *caller) (string, error) {
		for _, s := range []string{"x" + strings.Repeat("😀", 50000), "yx" + strings.Repeat("😀", 50000) + "y"} {
			if _, err := c.hello(s); err != nil {
				return "", err
			}
		}
		return "100002 UTF-16 units", nil
	}},
	{"long", func(c *caller) (string, error) {
		if got, err := returns(c, int64(1<<40-3), "addLong", int64(1<<40), int64(-3)); err != nil {
			return got, err
		}
		return returns(c, int64(math.MinInt64), "addLong", int64(math.MaxInt64), int64(1))
	}},
	{"double", doubles},
	{"boolean", func(c *caller) (string, error) {
		if got, err := returns(c, false, "not", true); err != nil {
			return got, err
		}
		return returns(c, true, "not", false)
	}},
	{"pojo", func(c *caller) (string, error) { return c.user(ada(), "echoUser", ada()) }},
	{"pojo.bare", func(c *caller) (string, error) { return c.user(bare(), "echoUser", bare()) }},
	{"pojo.null", func(c *caller) (string, error) { return c.user(nil, "echoUser", (*pojo.User)(nil)) }},
	{"pojo.found", func(c *caller) (string, error) { return c.user(ada(), "find", int64(adaID)) }},
	{"enum", func(c *caller) (string, error) {
		if got, err := returns(c, pojo.Mid, "nextLevel", pojo.Low); err != nil {
			return got, err
		}
		return returns(c, pojo.Low, "nextLevel", pojo.High)
	}},
	{"enum.null", func(c *caller) (string, error) {
		var got *pojo.Level
		err := c.invoke("nextLevel", &got, nil)
		return same((*pojo.Level)(nil))(got, err)
	}},
	{"null", func(c *caller) (string, error) {
		var got *string
		if err := c.invoke("maybe", &got, nil); err != nil || got != nil {
			return "", fmt.Errorf("null came back as %v, %w", got, err)
		}
		return returns(c, "", "maybe", "")
	}},
	{"list", list},
	{"map", func(c *caller) (string, error) {
		for _, words := range [][]any{{"a", "漢", "a"}, {}} {
			want := make(map[any]any) // a list is []any and a map that is returned map[any]any in dubbo-go
			for _, w := range words {
				n, _ := want[w].(int32)
				want[w] = n + 1
			}
			var got map[any]any
			if err := c.invoke("count", &got, words); err != nil || got == nil || !maps.Equal(got, want) {
				return "", fmt.Errorf("got %#v, want %v, %w", got, want, err)
			}
		}
		return "two words and none", nil
	}},
	{"exception.declared", func(c *caller) (string, error) {
		var got *pojo.User
		return thrown("lab.greet.NotFoundException", fmt.Sprint("no user ", nobodyID), c.invoke("find", &got, int64(nobodyID)))
	}},
	{"exception.undeclared", func(c *caller) (string, error) {
		var nothing any
		return thrown("java.lang.IllegalStateException", "boom", c.invoke("fail", &nothing, "boom"))
	}},
	{"oneway", func(c *caller) (string, error) {
		token := rand.Text()
		var nothing any
		return token, c.invokeWith(attached(constant.AsyncKey, "true"), timeout, "notify", &nothing, token)
	}},
	{"attachments", func(c *caller) (string, error) {
		var got string
		err := c.invokeWith(attached("lab-key", "v é漢"), timeout, "attach", &got, "lab-key")
		if _, err := same("v é漢")(got, err); err != nil {
			return "", err
		}
		return same[any]("back v é漢")(c.replies.attachment("back-lab-key"), nil)
	}},
	{"timeout", func(c *caller) (string, error) {
		start := time.Now()
		var got string
		err := c.invokeWith(context.Background(), slowTimeout, "slow", &got, int32(5*slowTimeout.Milliseconds()))
		took := time.Since(start)
		// The clock by which dubbo-go waits is up to some 50 ms early.
		if err == nil || !strings.Contains(err.Error(), "timeout") || took < slowTimeout/2 || took > 4*slowTimeout {
			return "", fmt.Errorf("got %q after %v, %w", got, took, err)
		}
		return "timed out", nil
	}},
	{"after.timeout", func(c *caller) (string, error) { return c.hello("again") }},
}

func (c *caller) hello(name string) (string, error) {
	return returns(c, "hello, "+name, "sayHello", name)
}

func (c *caller) user(want *pojo.User, method string, arg any) (string, error) {
	var got *pojo.User
	err := c.invoke(method, &got, arg)
	return same(text(want))(text(got), err)
}

// list asks for []any, which is what dubbo-go makes of a list without a type, or
// with []*pojo.User for what another dubbo-go returned.
func list(c *caller) (string, error) {
	for _, n := range []int32{20, 0} {
		var want, users []*pojo.User
		for i := range n {
			want = append(want, numbered(i))
		}
		var got any
		err := c.invoke("list", &got, n)
		switch got := got.(type) {
		case []*pojo.User:
			users = got
		case []any:
			for _, u := range got {
				user, ok := u.(*pojo.User)
				if !ok {
					return "", fmt.Errorf("the list has a %T", u)
				}
				users = append(users, user)
			}
		default:
			return "", fmt.Errorf("got a %T, %v", got, err)
		}
		if err != nil || text(users...) != text(want...) {
			return "", fmt.Errorf("got %s, want %s, %v", text(users...), text(want...), err)
		}
	}
	return "20 users and none", nil
}

func doubles(c *caller) (string, error) {
	values := []float64{0, 1, 3, -128, 32767, 0.1, 12.345, math.Pi, 1e300, math.SmallestNonzeroFloat64 * 2, -1e-9, math.Inf(1), math.Inf(-1), math.NaN()}
	for _, v := range values {
		var got float64
		err := c.invoke("half", &got, v)
		if err != nil || got != v/2 && !(math.IsNaN(v) && math.IsNaN(got)) {
			return "", fmt.Errorf("half of %v is %v, %v", v, got, err)
		}
	}
	return fmt.Sprint(len(values), " values"), nil
}

// thrown checks a call's exception. dubbo-go gives class and message, but no
// fields of any class.
func thrown(class, message string, err error) (string, error) {
	x, ok := errors.AsType[*hessian2.GenericException](err)
	if !ok || x.ExceptionClass != class || x.ExceptionMessage != message {
		return "", fmt.Errorf("got %T %v", err, err)
	}
	return class + ": " + message, nil
}

// returns calls a method and checks what it returns.
func returns[T comparable](c *caller, want T, method string, args ...any) (string, error) {
	var got T
	err := c.invoke(method, &got, args...)
	return same(want)(got, err)
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
