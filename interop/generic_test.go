package interop

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
	"github.com/gubbo/gubbo/provider"
)

// generics is the suite of callers that lack the service's classes; its twin
// is GenericCalls.java.
var generics = suiteOf("generic", func(srv *provider.Server, group string) (notified, error) {
	return nil, greet.RegisterGreetService(srv, &greeter{}, provider.Group(group+"-generic"), provider.Generic())
}, func(at place) (*consumer.Generic, error) {
	return at.cli.Generic(api.Service{Interface: "lab.greet.GreetService"}, at.opts("-generic")...)
}, genericCalls)

// bean is an object for those who lack its class.
type bean = map[string]any

const (
	javaUser   = "lab.greet.User"
	javaString = "java.lang.String"
)

var genericCalls = []call[*consumer.Generic]{
	{name: "bean", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		return sameBean(ada())(g.InvokeGeneric(ctx, "echoUser", []string{javaUser}, []any{beanOf(ada(), make(map[*greet.User]bean))}))
	}},
	{name: "bean.bare", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		return sameBean(bare())(g.InvokeGeneric(ctx, "echoUser", []string{javaUser}, []any{bean{"id": int32(-1), "name": "bob", "unknown": []any{"x"}}}))
	}},
	{name: "bean.date", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		got, err := g.InvokeGeneric(ctx, "echoUser", []string{javaUser}, []any{bean{"born": "2024-02-29 01:02:03"}})
		if err != nil {
			return "", err
		}
		return same(time.Date(2024, 2, 29, 1, 2, 3, 0, time.Local).UnixMilli())(property[time.Time](got, "born").UnixMilli(), nil)
	}},
	{name: "enum", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		return same[any]("MID")(g.InvokeGeneric(ctx, "nextLevel", []string{"lab.greet.Level"}, []any{"LOW"}))
	}},
	{name: "null", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		if got, err := same[any](nil)(g.InvokeGeneric(ctx, "maybe", []string{javaString}, []any{nil})); err != nil {
			return got, err
		}
		return same[any](nil)(g.InvokeGeneric(ctx, "echoUser", []string{javaUser}, []any{nil}))
	}},
	{name: "list", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		got, err := g.InvokeGeneric(ctx, "list", []string{"int"}, []any{int32(5)})
		if err != nil {
			return "", err
		}
		var want, back []*greet.User
		for i, item := range itemsOf(got) {
			u, err := userOf(item, make(map[any]*greet.User))
			if err != nil {
				return "", err
			}
			want, back = append(want, numbered(int32(i))), append(back, u)
		}
		if len(want) != 5 {
			return "", fmt.Errorf("got %v", got)
		}
		return same(text(want...))(text(back...), nil)
	}},
	{name: "array", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		got, err := g.InvokeGeneric(ctx, "count", []string{"java.util.List"}, []any{[]string{"a", "b", "a"}})
		if err != nil {
			return "", err
		}
		return same("2 1")(fmt.Sprint(property[int32](got, "a"), property[int32](got, "b")), nil)
	}},
	{name: "convert", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		return same[any](int64(42))(g.InvokeGeneric(ctx, "addLong", []string{"long", "long"}, []any{"40", int32(2)}))
	}},
	{name: "exception", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		_, err := g.InvokeGeneric(ctx, "find", []string{"long"}, []any{int64(nobodyID)})
		return genericThrown("lab.greet.NotFoundException", fmt.Sprint("no user ", nobodyID), err)
	}},
	{name: "exception.undeclared", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		_, err := g.InvokeGeneric(ctx, "fail", []string{javaString}, []any{"boom"})
		return genericThrown("java.lang.IllegalStateException", "boom", err)
	}},
	{name: "null.primitive", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		got, err := g.InvokeGeneric(ctx, "addLong", []string{"long", "long"}, []any{nil, int64(1)})
		if code := api.CodeOf(err); code == api.OK || code == api.Timeout {
			return "", fmt.Errorf("got %v, %w", got, err)
		}
		return err.Error(), nil
	}},
	{name: "types.none", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		return same[any]("hello, Ada")(g.InvokeGeneric(ctx, "sayHello", nil, []any{"Ada"}))
	}},
	{name: "method.unknown", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		got, err := g.InvokeGeneric(ctx, "nowhere", []string{"int"}, []any{int32(1)})
		if code := api.CodeOf(err); code == api.OK || code == api.Business || !strings.Contains(err.Error(), "nowhere") {
			return "", fmt.Errorf("got %v, %w", got, err)
		}
		return err.Error(), nil
	}},
	{name: "async", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		return same[any]("hello, Ada")(g.With(consumer.Attach("generic", "true")).Invoke(ctx, "$invokeAsync",
			invokeTypes, []any{"sayHello", []any{javaString}, []any{"Ada"}}))
	}},
	{name: "raw", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		got, err := g.With(consumer.Attach("generic", "raw.return")).Invoke(ctx, "$invoke",
			invokeTypes, []any{"echoUser", []any{javaUser}, []any{beanOf(ada(), make(map[*greet.User]bean))}})
		o, ok := got.(*hessian.Object)
		if !ok || o.Class != javaUser || o.Get("name") != ada().Name {
			return "", fmt.Errorf("got %#v, %w", got, err)
		}
		return o.Class, nil
	}},
	// Descriptors of values: Java alone has such callers.
	{name: "descriptor.bean"}, {name: "descriptor.cycle"}, {name: "descriptor.enum"}, {name: "descriptor.scalar"},
	{name: "descriptor.list"}, {name: "descriptor.map"}, {name: "descriptor.exception"},
	{name: "nativejava", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		return refusedMode(ctx, g, "nativejava", []byte{1}, "Native Java Serializer is not allowed by default.")
	}},
	{name: "protobuf-json", run: func(ctx context.Context, g *consumer.Generic) (string, error) {
		return refusedMode(ctx, g, "protobuf-json", "{}", "")
	}},
	{name: "late", notJava: true, run: late},
}

// refusedMode calls in a mode that the provider does not allow, or that its
// methods are not for.
func refusedMode(ctx context.Context, g *consumer.Generic, mode string, arg any, why string) (string, error) {
	got, err := g.With(consumer.Attach("generic", mode)).Invoke(ctx, "$invoke", invokeTypes, []any{"echoUser", []any{javaUser}, []any{arg}})
	if code := api.CodeOf(err); code == api.OK || code == api.Business || code == api.Timeout || !strings.Contains(err.Error(), why) {
		return "", fmt.Errorf("got %v, %w", got, err)
	}
	return err.Error(), nil
}

// late waits for the answer to the call that timed out in the suite greet: it is
// dropped and counted, and none came that nobody had asked for.
func late(ctx context.Context, g *consumer.Generic) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		var drops protocol.Drops
		for _, p := range g.Reference().Explain("").Providers {
			drops.Late, drops.Unknown = drops.Late+p.Drops.Late, drops.Unknown+p.Drops.Unknown
		}
		if drops.Late > 0 {
			return same(protocol.Drops{Late: 1})(drops, nil)
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("no answer was late: %w", ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// invokeTypes are the parameters of "$invoke" and "$invokeAsync".
var invokeTypes = []string{javaString, javaString + "[]", "java.lang.Object[]"}

// genericThrown checks an exception of the service that came by way of $invoke.
func genericThrown(class, message string, err error) (string, error) {
	x, ok := errors.AsType[*hessian.Exception](err)
	if !ok || x.Class != class || x.Message != message || api.CodeOf(err) != api.Business {
		return "", fmt.Errorf("got %w", err)
	}
	return x.Error(), nil
}

func sameBean(want *greet.User) func(any, error) (string, error) {
	return func(got any, err error) (string, error) {
		if err != nil {
			return "", err
		}
		u, err := userOf(got, make(map[any]*greet.User))
		if err != nil {
			return "", err
		}
		return same(text(want))(text(u), nil)
	}
}

// beanOf is the user as a caller without its class has it.
func beanOf(u *greet.User, seen map[*greet.User]bean) any {
	if u == nil {
		return nil
	}
	if m, ok := seen[u]; ok {
		return m
	}
	m := bean{"class": javaUser, "id": u.ID, "name": u.Name, "score": u.Score, "active": u.Active}
	seen[u] = m
	if u.Age != nil {
		m["age"] = *u.Age
	}
	if u.Level != "" {
		m["level"] = string(u.Level)
	}
	if u.Tags != nil {
		m["tags"], m["counts"] = u.Tags, u.Counts
	}
	if !u.Born.IsZero() {
		m["born"] = u.Born
	}
	m["friend"] = beanOf(u.Friend, seen)
	return m
}

// userOf reads a bean, which is a *hessian.Map if it leads back to itself.
func userOf(v any, seen map[any]*greet.User) (*greet.User, error) {
	if v == nil {
		return nil, nil
	}
	key := v
	if _, ok := v.(bean); ok {
		key = &v // it leads nowhere
	}
	if u, ok := seen[key]; ok {
		return u, nil
	}
	if class := property[string](v, "class"); class != javaUser {
		return nil, fmt.Errorf("class %q in %v", class, v)
	}
	u := &greet.User{
		ID: property[int64](v, "id"), Name: property[string](v, "name"), Score: property[float64](v, "score"),
		Active: property[bool](v, "active"), Level: greet.Level(property[string](v, "level")), Born: property[time.Time](v, "born"),
	}
	seen[key] = u
	if age, ok := get(v, "age").(int32); ok {
		u.Age = &age
	}
	if tags := get(v, "tags"); tags != nil {
		u.Tags = []string{}
		for _, tag := range itemsOf(tags) {
			u.Tags = append(u.Tags, fmt.Sprint(tag))
		}
	}
	switch counts := get(v, "counts").(type) {
	case bean:
		u.Counts = make(map[string]int32)
		for k := range counts {
			u.Counts[k] = property[int32](counts, k)
		}
	case *hessian.Map:
		u.Counts = make(map[string]int32)
		for _, e := range counts.Entries {
			u.Counts[fmt.Sprint(e.Key)] = property[int32](counts, fmt.Sprint(e.Key))
		}
	}
	var err error
	u.Friend, err = userOf(get(v, "friend"), seen)
	return u, err
}

func get(v any, name string) any {
	switch v := v.(type) {
	case bean:
		return v[name]
	case *hessian.Map:
		return v.Get(name)
	}
	return nil
}

// property returns the zero value for what is null or no T.
func property[T any](v any, name string) T {
	t, _ := get(v, name).(T)
	return t
}

func itemsOf(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case *hessian.List:
		return v.Items
	}
	return nil
}
