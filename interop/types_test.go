package interop

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/examples/types"
	"github.com/gubbo/gubbo/examples/types/geo"
	"github.com/gubbo/gubbo/protocol/hessian"
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
	if t, ok := v.(time.Time); ok && strings.HasPrefix(name, "moment.") {
		v = hessian.Instant{Time: t} // the one method at which a Time is no Date
	}
	if got, want := textOf(v), c.texts[name]; got != want || want == "" {
		return fmt.Errorf("%s %s, want %s", who, got, want)
	}
	return nil
}

// caseAttachment names the case which the argument is.
const caseAttachment = "lab-case"

// typed is the suite of lab.types; its twin is TypesSuite.java.
func typed() suite {
	calls := make([]call[typesClient], 0, 200)
	values := typeValues()
	for _, name := range typeConstants().names {
		calls = append(calls, call[typesClient]{name: name, run: func(ctx context.Context, c typesClient) (string, error) {
			return trip(ctx, c, name, values)
		}})
	}
	return suiteOf("types", provideTypes, connectTypes, append(append(calls, typeSpecials...), relationCalls...))
}

// typesClient has the services of the example as one.
type typesClient struct {
	*types.EverythingClient
	library     *types.LibraryClient
	collections *types.CollectionsClient
	relations   *types.RelationsClient
}

func provideTypes(srv *provider.Server, group string) (notified, error) {
	return nil, registerTypes(srv, group)
}

func registerTypes(srv *provider.Server, group string, opts ...provider.ServiceOption) error {
	opts = append(opts, provider.Group(group), provider.Version(""))
	return cmp.Or(
		types.RegisterEverything(srv, newEverything(), opts...),
		types.RegisterLibrary(srv, library{}, opts...),
		types.RegisterCollections(srv, collections{}, opts...),
		types.RegisterRelations(srv, relations{}, opts...),
	)
}

func connectTypes(at place) (c typesClient, err error) {
	var errs [4]error
	c.EverythingClient, errs[0] = types.NewEverythingClient(at.cli, at.opts("", consumer.Version(""))...)
	c.library, errs[1] = types.NewLibraryClient(at.cli, at.opts("")...)
	c.collections, errs[2] = types.NewCollectionsClient(at.cli, at.opts("")...)
	c.relations, errs[3] = types.NewRelationsClient(at.cli, at.opts("")...)
	return c, errors.Join(errs[:]...)
}

// method finds the method that returns what it gets, with the case attached.
func (c typesClient) method(java, name string) reflect.Value {
	goName, ok := map[string]string{"longInt": "Int", "id": "ID", "uuid": "UUID", "sqlDate": "SQLDate", "sqlTime": "SQLTime"}[java]
	if !ok {
		goName = strings.ToUpper(java[:1]) + java[1:]
	}
	attach := consumer.Attach(caseAttachment, name)
	for _, client := range []any{c.With(attach), c.library.With(attach), c.collections.With(attach), c.relations.With(attach)} {
		if m := reflect.ValueOf(client).MethodByName(goName); m.IsValid() {
			return m
		}
	}
	return reflect.Value{}
}

// trip sends the value of a case to the method that returns it.
func trip(ctx context.Context, c typesClient, name string, values map[string]any) (string, error) {
	value, ok := values[name]
	if !ok {
		return "", fmt.Errorf("types_values_test.go has no case %s", name)
	}
	if err := typeConstants().check("the consumer has", name, value); err != nil {
		return "", err
	}
	java, _, _ := strings.Cut(name, ".")
	method := c.method(java, name)
	if !method.IsValid() {
		return "", fmt.Errorf("no method %s", java)
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

var typeSpecials = []call[typesClient]{
	{name: "small", run: func(ctx context.Context, c typesClient) (string, error) {
		return same(int32(108))(c.Small(ctx, 10, "b"))
	}},
	{name: "same.one", run: func(ctx context.Context, c typesClient) (string, error) {
		n := &types.Node{}
		return same(true)(c.Same(ctx, n, n))
	}},
	{name: "same.two", run: func(ctx context.Context, c typesClient) (string, error) {
		return same(false)(c.Same(ctx, &types.Node{}, &types.Node{}))
	}},
	{name: "overload.long", run: func(ctx context.Context, c typesClient) (string, error) {
		_, err := c.Find(ctx, 7)
		nf, ok := errors.AsType[*types.NotFoundError](err)
		if !ok || nf.ID != 7 {
			return "", fmt.Errorf("got %w", err)
		}
		return "7", nil
	}},
	{name: "overload.string", run: func(ctx context.Context, c typesClient) (string, error) {
		n, err := c.FindNamed(ctx, "Ada")
		if err != nil {
			return "", err
		}
		return same("Ada")(n.Name, nil)
	}},
	{name: "exception.cause", run: func(ctx context.Context, c typesClient) (string, error) {
		_, err := c.Find(ctx, -1)
		refused, _ := errors.AsType[*types.RefusedError](err)
		nf, ok := errors.AsType[*types.NotFoundError](err)
		if refused == nil || refused.Message != "too low" || refused.Level != types.High || !ok || nf.ID != -1 {
			return "", fmt.Errorf("got %w", err)
		}
		return refused.Message, nil
	}},
	{name: "exception.nocause", run: func(ctx context.Context, c typesClient) (string, error) {
		_, err := c.Find(ctx, -2)
		refused, ok := errors.AsType[*types.RefusedError](err)
		if !ok || refused.Message != "too low" || refused.Level != "" || refused.Cause != nil {
			return "", fmt.Errorf("got %w", err)
		}
		return refused.Message, nil
	}},
	{name: "exception.plain", run: func(ctx context.Context, c typesClient) (string, error) {
		_, err := c.Find(ctx, -3)
		return thrown("java.lang.RuntimeException", "plain", err)
	}},
	{name: "exception.error", run: func(ctx context.Context, c typesClient) (string, error) {
		_, err := c.Find(ctx, -4)
		return thrown("java.lang.StackOverflowError", "deep", err)
	}},
	{name: "exception.silent", run: func(ctx context.Context, c typesClient) (string, error) {
		_, err := c.Find(ctx, -5)
		return thrown("java.lang.IllegalStateException", "", err)
	}},
	{name: "told", run: func(ctx context.Context, c typesClient) (string, error) {
		if err := c.Tell(ctx, "once"); err != nil {
			return "", err
		}
		return same("once")(c.Told(ctx))
	}},
	{name: "void", run: func(ctx context.Context, c typesClient) (string, error) {
		if err := c.Nothing(ctx); err != nil {
			return "", err
		}
		return "", c.Unnamed(ctx, "a", 1)
	}},
	{name: "null.argument"}, // Go's is no pointer
	{name: "list.open"},     // Go never writes one
	{name: "null.field", run: func(ctx context.Context, c typesClient) (string, error) {
		got, err := c.With(consumer.Attach(caseAttachment, "null.field")).Scalars(ctx, &types.Scalars{})
		return nullIn("float32", got, err)
	}},
	{name: "null.result", notJava: true, run: func(ctx context.Context, c typesClient) (string, error) {
		got, err := c.Small(ctx, -1, "b")
		return nullIn("", got, err)
	}},
}

// nullIn wants that what came could not be read, for a null where Go has no
// pointer.
func nullIn(field string, got any, err error) (string, error) {
	if api.CodeOf(err) != api.Codec || !strings.Contains(err.Error(), "null") || !strings.Contains(err.Error(), field) {
		return "", fmt.Errorf("got %v, %w", got, err)
	}
	return err.Error(), nil
}

var relationCalls = []call[typesClient]{
	{name: "overload.rename", run: func(ctx context.Context, c typesClient) (string, error) {
		if got, err := same("7 a")(c.relations.Rename(ctx, 7, "a")); err != nil {
			return got, err
		}
		if got, err := same("7 a true")(c.relations.RenameStrict(ctx, 7, "a", true)); err != nil {
			return got, err
		}
		return same("boxed 8 9")(c.relations.RenameBoxed(ctx, new(int64(8)), int32(9)))
	}},
	{name: "exception.package", run: func(ctx context.Context, c typesClient) (string, error) {
		_, err := c.relations.FindPlace(ctx, "Ulm", geo.City)
		lost, ok := errors.AsType[*geo.LostError](err)
		if !ok || lost.Message != "no Ulm" || lost.Last == nil || lost.Last.Name != "Ulm" || lost.Last.Kind != geo.City {
			return "", fmt.Errorf("got %w", err)
		}
		return lost.Error(), nil
	}},
	{name: "exception.subclass", run: func(ctx context.Context, c typesClient) (string, error) {
		err := c.relations.Remove(ctx, 5)
		gone, ok := errors.AsType[*types.GoneError](err)
		if !ok || gone.ID != 5 || !gone.Since.Equal(day) {
			return "", fmt.Errorf("got %w", err)
		}
		return gone.Error(), nil
	}},
	{name: "exception.superclass", run: func(ctx context.Context, c typesClient) (string, error) {
		err := c.relations.Remove(ctx, 6)
		nf, ok := errors.AsType[*types.NotFoundError](err)
		if !ok || nf.ID != 6 {
			return "", fmt.Errorf("got %w", err)
		}
		return nf.Error(), nil
	}},
	{name: "throwable", run: func(ctx context.Context, c typesClient) (string, error) {
		back, err := c.relations.Problem(ctx, &hessian.Exception{Class: "java.lang.IllegalStateException", Message: "as a value"})
		x, ok := back.(*hessian.Exception)
		if err != nil || !ok || x.Class != "java.lang.IllegalStateException" || x.Message != "as a value" {
			return "", fmt.Errorf("got %v, %w", back, err)
		}
		return x.Error(), nil
	}},
	{name: "throwable.suppressed"}, // Go's Exception does not show them
	{name: "throwable.stack", run: func(ctx context.Context, c typesClient) (string, error) {
		back, err := c.relations.Problem(ctx, &hessian.Exception{Class: "java.lang.IllegalStateException", Message: "outer",
			Cause: &hessian.Exception{Class: "java.lang.IllegalArgumentException", Message: "inner"}})
		x, ok := back.(*hessian.Exception)
		inner, _ := errors.Unwrap(back).(*hessian.Exception)
		if err != nil || !ok || inner == nil || inner.Class != "java.lang.IllegalArgumentException" || inner.Message != "inner" {
			return "", fmt.Errorf("got %v, %w", back, err)
		}
		return x.Error(), nil
	}},
}
