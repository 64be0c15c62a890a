package interop

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"

	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/examples/types"
	"github.com/gubbo/gubbo/provider"
)

// constants has what each case of the suite must be as text, from the file
// that both languages read: so no two equal mistakes hide each other.
type constants struct {
	names []string
	texts map[string]string
}

var typeConstants = sync.OnceValue(func() constants {
	c := constants{texts: make(map[string]string)}
	file, err := os.Open("java/src/lab/peer/types/cases.txt")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name, text, ok := strings.Cut(lines.Text(), " ")
		if ok && !strings.HasPrefix(name, "#") {
			c.names = append(c.names, name)
			c.texts[name] = strings.TrimSpace(text)
		}
	}
	return c
})

// check fails unless v is what the case called name must be.
func (c constants) check(who, name string, v any) error {
	if got, want := textOf(v), c.texts[name]; got != want || want == "" {
		return fmt.Errorf("%s %s, want %s", who, got, want)
	}
	return nil
}

// caseAttachment names the case which the argument is.
const caseAttachment = "lab-case"

// typed is the suite of lab.types; its twin is TypesSuite.java.
func typed() suite {
	calls := make([]call[*types.EverythingClient], 0, 200)
	values := typeValues()
	for _, name := range typeConstants().names {
		calls = append(calls, call[*types.EverythingClient]{name: name, run: func(ctx context.Context, c *types.EverythingClient) (string, error) {
			return trip(ctx, c, name, values)
		}})
	}
	return suiteOf("types", func(srv *provider.Server, group string) (notified, error) {
		return nil, types.RegisterEverything(srv, newEverything(), provider.Group(group), provider.Version(""))
	}, func(at place) (*types.EverythingClient, error) {
		return types.NewEverythingClient(at.cli, at.opts("", consumer.Version(""))...)
	}, append(calls, typeSpecials...))
}

// trip sends the value of a case to the method that returns it.
func trip(ctx context.Context, c *types.EverythingClient, name string, values map[string]any) (string, error) {
	value, ok := values[name]
	if !ok {
		return "", fmt.Errorf("types_values_test.go has no case %s", name)
	}
	if err := typeConstants().check("the consumer has", name, value); err != nil {
		return "", err
	}
	java, _, _ := strings.Cut(name, ".")
	goName, ok := map[string]string{"longInt": "Int", "id": "ID"}[java]
	if !ok {
		goName = strings.ToUpper(java[:1]) + java[1:]
	}
	method := reflect.ValueOf(c.With(consumer.Attach(caseAttachment, name))).MethodByName(goName)
	if !method.IsValid() {
		return "", fmt.Errorf("no method %s", goName)
	}
	arg := reflect.Zero(method.Type().In(1))
	if value != nil {
		arg = reflect.ValueOf(value).Convert(method.Type().In(1))
	}
	out := method.Call([]reflect.Value{reflect.ValueOf(ctx), arg})
	if err, _ := out[1].Interface().(error); err != nil {
		return "", err
	}
	return "", typeConstants().check("back came", name, out[0].Interface())
}

var typeSpecials = []call[*types.EverythingClient]{
	{name: "small", run: func(ctx context.Context, c *types.EverythingClient) (string, error) {
		return same(int32(108))(c.Small(ctx, 10, "b"))
	}},
	{name: "same.one", run: func(ctx context.Context, c *types.EverythingClient) (string, error) {
		n := &types.Node{}
		return same(true)(c.Same(ctx, n, n))
	}},
	{name: "same.two", run: func(ctx context.Context, c *types.EverythingClient) (string, error) {
		return same(false)(c.Same(ctx, &types.Node{}, &types.Node{}))
	}},
	{name: "overload.long", run: func(ctx context.Context, c *types.EverythingClient) (string, error) {
		_, err := c.Find(ctx, 7)
		nf, ok := errors.AsType[*types.NotFoundError](err)
		if !ok || nf.ID != 7 {
			return "", fmt.Errorf("got %w", err)
		}
		return "7", nil
	}},
	{name: "overload.string", run: func(ctx context.Context, c *types.EverythingClient) (string, error) {
		n, err := c.FindNamed(ctx, "Ada")
		if err != nil {
			return "", err
		}
		return same("Ada")(n.Name, nil)
	}},
	{name: "exception.cause", run: func(ctx context.Context, c *types.EverythingClient) (string, error) {
		_, err := c.Find(ctx, -1)
		refused, _ := errors.AsType[*types.RefusedError](err)
		nf, ok := errors.AsType[*types.NotFoundError](err)
		if refused == nil || refused.Message != "too low" || refused.Level != types.High || !ok || nf.ID != -1 {
			return "", fmt.Errorf("got %w", err)
		}
		return refused.Message, nil
	}},
	{name: "exception.nocause", run: func(ctx context.Context, c *types.EverythingClient) (string, error) {
		_, err := c.Find(ctx, -2)
		refused, ok := errors.AsType[*types.RefusedError](err)
		if !ok || refused.Message != "too low" || refused.Level != "" || refused.Cause != nil {
			return "", fmt.Errorf("got %w", err)
		}
		return refused.Message, nil
	}},
	{name: "told", run: func(ctx context.Context, c *types.EverythingClient) (string, error) {
		if err := c.Tell(ctx, "once"); err != nil {
			return "", err
		}
		return same("once")(c.Told(ctx))
	}},
	{name: "void", run: func(ctx context.Context, c *types.EverythingClient) (string, error) {
		if err := c.Nothing(ctx); err != nil {
			return "", err
		}
		return "", c.Unnamed(ctx, "a", 1)
	}},
}
