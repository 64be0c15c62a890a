package interop

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/interop/features"
	"github.com/gubbo/gubbo/protocol/hessian"
	"github.com/gubbo/gubbo/provider"
)

const mib = 1 << 20

// featured is the suite of lab.features; its twin is FeaturesSuite.java.
var featured = suiteOf("features", provideFeatures, func(at place) (featureClient, error) {
	c, err := features.NewFeaturesClient(at.cli, at.opts("")...)
	return featureClient{at, c}, err
}, slices.Concat(featureCalls, objectCalls()))

type featureClient struct {
	at place
	*features.FeaturesClient
}

// where calls the export that is found by opts.
func (c featureClient) where(ctx context.Context, want string, opts []consumer.Option) (string, error) {
	other, err := features.NewFeaturesClient(c.at.cli, opts...)
	if err != nil {
		return "", err
	}
	return same(want)(other.Where(ctx))
}

var featureCalls = []call[featureClient]{
	{name: "plain", run: func(ctx context.Context, c featureClient) (string, error) {
		return c.where(ctx, "plain", c.at.opts(""))
	}},
	{name: "group", run: func(ctx context.Context, c featureClient) (string, error) {
		return c.where(ctx, "other group", c.at.opts("-other"))
	}},
	{name: "version.1", run: func(ctx context.Context, c featureClient) (string, error) {
		return c.where(ctx, "version 1", c.at.opts("", consumer.Version("1.0.0")))
	}},
	{name: "version.2", run: func(ctx context.Context, c featureClient) (string, error) {
		return c.where(ctx, "version 2", c.at.opts("", consumer.Version("2.0.0")))
	}},
	{name: "version.any", run: func(ctx context.Context, c featureClient) (string, error) {
		return c.where(ctx, "other group", c.at.opts("-other", consumer.Version("*")))
	}},
	{name: "group.list", run: func(ctx context.Context, c featureClient) (string, error) {
		return c.where(ctx, "other group", c.at.opts("-nobody,"+c.at.group+"-other"))
	}},
	{name: "token", run: func(ctx context.Context, c featureClient) (string, error) {
		opts := c.at.opts("", consumer.Version("3.0.0"))
		if !c.at.registry {
			opts = c.at.dial("?token=secret", consumer.Version("3.0.0"))
		}
		return c.where(ctx, "token", opts)
	}},
	{name: "token.none", run: func(ctx context.Context, c featureClient) (string, error) {
		got, err := c.where(ctx, "token", c.at.dial("", consumer.Version("3.0.0")))
		if err == nil || !strings.Contains(err.Error(), "oken") {
			return "", fmt.Errorf("got %q, %w", got, err)
		}
		return err.Error(), nil
	}},
	{name: "service.unknown", run: func(ctx context.Context, c featureClient) (string, error) {
		got, err := c.where(ctx, "nowhere", c.at.dial("", consumer.Version("9.9.9")))
		if api.CodeOf(err) != api.NotFound {
			return "", fmt.Errorf("got %q, %w", got, err)
		}
		return err.Error(), nil
	}},
	{name: "echo", run: func(ctx context.Context, c featureClient) (string, error) {
		g, err := c.at.cli.Generic(api.Service{Interface: "lab.features.Features"}, c.at.opts("")...)
		if err != nil {
			return "", err
		}
		for _, v := range []any{"echo 漢", int32(7)} {
			if _, err := same(v)(g.Invoke(ctx, "$echo", []string{"java.lang.Object"}, []any{v})); err != nil {
				return "", err
			}
		}
		return "", nil
	}},
	{name: "method.unknown", notJava: true, run: func(ctx context.Context, c featureClient) (string, error) {
		g, err := c.at.cli.Generic(api.Service{Interface: "lab.features.Features"}, c.at.opts("")...)
		if err != nil {
			return "", err
		}
		got, err := g.Invoke(ctx, "nowhere", []string{"int"}, []any{int32(1)})
		if err == nil || !strings.Contains(err.Error(), "nowhere") || api.CodeOf(err) == api.Timeout {
			return "", fmt.Errorf("got %v, %w", got, err)
		}
		return err.Error(), nil
	}},
	{name: "attach.application", run: func(ctx context.Context, c featureClient) (string, error) {
		return same("go-consumer")(c.Attached(ctx, "remote.application"))
	}},
	{name: "attach.int"},
	{name: "attach.list"},
	{name: "attach.reply.int", run: func(ctx context.Context, c featureClient) (string, error) {
		var info consumer.CallInfo
		if _, err := c.With(consumer.Capture(&info)).Attached(ctx, "none"); err != nil {
			return "", err
		}
		return same("7")(info.Reply("back-int"), nil)
	}},
	{name: "attach.beside", run: beside},
	{name: "exception.odd", run: func(ctx context.Context, c featureClient) (string, error) {
		return thrown("lab.features.OddException", "boom", c.Odd(ctx, "boom"))
	}},
	{name: "exception.stack", run: func(ctx context.Context, c featureClient) (string, error) {
		x, ok := errors.AsType[*hessian.Exception](c.Odd(ctx, "boom"))
		if !ok {
			return "", errors.New("got no exception")
		}
		for _, f := range x.StackTrace() {
			if f.Class == "lab.peer.features.FeaturesService" && f.Method == "odd" && f.File == "FeaturesService.java" && f.Line > 0 {
				return fmt.Sprint(f), nil
			}
		}
		return "", fmt.Errorf("its frames are %+v", x.StackTrace())
	}},
	{name: "exception.unlisted", run: func(ctx context.Context, c featureClient) (string, error) {
		return thrown("lab.features.UnlistedException", "boom", c.Unlisted(ctx, "boom"))
	}},
	{name: "large.request", run: func(ctx context.Context, c featureClient) (string, error) {
		return same(int64(7 * mib))(c.Sum(ctx, sevens(mib)))
	}},
	{name: "large.reply", run: func(ctx context.Context, c featureClient) (string, error) {
		got, err := c.Grow(ctx, mib)
		return same(true)(bytes.Equal(got, sevens(mib)), err)
	}},
	{name: "limit.request", run: func(ctx context.Context, c featureClient) (string, error) {
		return tooLarge(c.Sum(ctx, sevens(9*mib)))
	}},
	{name: "limit.reply", run: func(ctx context.Context, c featureClient) (string, error) {
		return tooLarge(c.Grow(ctx, 9*mib))
	}},
	{name: "limit.after", run: func(ctx context.Context, c featureClient) (string, error) {
		return same(int32(4))(c.Twice(ctx, 2, 0))
	}},
	{name: "countdown"}, // Go's timeouts shrink by themselves
	{name: "concurrent", run: concurrent},
	{name: "async", run: func(ctx context.Context, c featureClient) (string, error) {
		slow := consumer.Go(ctx, c.at.cli, func(ctx context.Context) (int32, error) { return c.Twice(ctx, 21, 50) })
		if _, err := same(int32(2))(c.Twice(ctx, 1, 0)); err != nil {
			return "", err
		}
		return same(int32(42))(slow.Wait(ctx))
	}},
	{name: "async.exception", run: func(ctx context.Context, c featureClient) (string, error) {
		_, err := consumer.Go(ctx, c.at.cli, func(ctx context.Context) (any, error) { return nil, c.Odd(ctx, "boom") }).Wait(ctx)
		return thrown("lab.features.OddException", "boom", err)
	}},
	{name: "future", run: func(ctx context.Context, c featureClient) (string, error) {
		later, err := features.NewLaterClient(c.at.cli, c.at.opts("")...)
		if err != nil {
			return "", err
		}
		return same("late")(later.Later(ctx, "late", 20))
	}},
	{name: "future.both", run: func(ctx context.Context, c featureClient) (string, error) {
		later, err := features.NewLaterClient(c.at.cli, c.at.opts("")...)
		if err != nil {
			return "", err
		}
		call := func(text string, millis int32) *consumer.Future[string] {
			return consumer.Go(ctx, c.at.cli, func(ctx context.Context) (string, error) { return later.Later(ctx, text, millis) })
		}
		slow, fast := call("slow", 2000), call("fast", 0)
		if _, err := same("fast")(fast.Wait(ctx)); err != nil {
			return "", err
		}
		select {
		case <-slow.Done():
			return "", errors.New("the slow call was as fast as the fast one")
		default:
		}
		return same("slow")(slow.Wait(ctx))
	}},
	{name: "future.exception", run: func(ctx context.Context, c featureClient) (string, error) {
		later, err := features.NewLaterClient(c.at.cli, c.at.opts("")...)
		if err != nil {
			return "", err
		}
		_, err = later.Later(ctx, "", 0)
		return thrown("java.lang.IllegalArgumentException", "no text", err)
	}},
}

// attachedKinds are those of attachments that are no strings.
var attachedKinds = []string{"int", "long", "double", "boolean", "list", "map", "date", "bean", "argument"}

// attachedObject is what kind names in a call with, or a reply of, that thing;
// its twin is Attached.java.
func attachedObject(kind string, thing *features.Thing) any {
	switch kind {
	case "int":
		return int32(7)
	case "long":
		return int64(1 << 40)
	case "double":
		return 2.5
	case "boolean":
		return true
	case "list":
		return []any{int32(1), "two"}
	case "map":
		return map[string]any{"k": int64(3)}
	case "date":
		return time.UnixMilli(1234567)
	case "bean":
		return &features.Thing{Name: "attached"}
	case "argument":
		return thing
	}
	panic(kind)
}

// checkObject wants got to be what kind names; the thing itself, not its like.
func checkObject(kind string, thing *features.Thing, got any) error {
	want := attachedObject(kind, thing)
	same := reflect.DeepEqual(got, want)
	switch kind {
	case "date":
		at, ok := got.(time.Time)
		same = ok && at.Equal(want.(time.Time))
	case "argument":
		same = got == want
	}
	if !same {
		return fmt.Errorf("the attachment is %T %v, want %v", got, got, want)
	}
	return nil
}

func objectCalls() (list []call[featureClient]) {
	for _, kind := range attachedKinds {
		list = append(list, call[featureClient]{name: "attach.object." + kind, run: func(ctx context.Context, c featureClient) (string, error) {
			thing := &features.Thing{Name: "argument"}
			var info consumer.CallInfo
			back, err := c.With(consumer.AttachObject("object", attachedObject(kind, thing)), consumer.Capture(&info)).Object(ctx, kind, thing)
			if err != nil {
				return "", err
			}
			if back == nil || *back != *thing {
				return "", fmt.Errorf("got %v", back)
			}
			return fmt.Sprint(info.ReplyObject("back-object")), checkObject(kind, back, info.ReplyObject("back-object"))
		}})
	}
	return list
}

// beside attaches an object and a string. Dubbo 2.6, which has no such
// objects, serves the call, unless the method asks for that very one. Java's
// twin attaches a string alone, and gets objects beside its answer.
func beside(ctx context.Context, c featureClient) (string, error) {
	service := c.With(consumer.AttachObject("lab-list", []any{int32(1)}), consumer.Attach("lab-text", "beside"))
	got, err := same("beside")(service.Attached(ctx, "lab-text"))
	if err != nil || c.at.version != "2.6.12" {
		return got, err
	}
	_, err = service.Attached(ctx, "lab-list")
	if x, ok := errors.AsType[*hessian.Exception](err); !ok || x.Class != "java.lang.ClassCastException" {
		return "", fmt.Errorf("got %w", err)
	}
	return err.Error(), nil
}

// thrown checks that err is that exception of the service.
func thrown(class, message string, err error) (string, error) {
	x, ok := errors.AsType[*hessian.Exception](err)
	if !ok || x.Class != class || x.Message != message || api.CodeOf(err) != api.Business {
		return "", fmt.Errorf("got %w", err)
	}
	return x.Error(), nil
}

func tooLarge(got any, err error) (string, error) {
	if api.CodeOf(err) != api.TooLarge {
		return "", fmt.Errorf("got %T, %w", got, err)
	}
	return err.Error(), nil
}

func sevens(n int) []byte { return bytes.Repeat([]byte{7}, n) }

// concurrent makes calls that are under way at the same time, on one
// connection, and end out of order.
func concurrent(ctx context.Context, c featureClient) (string, error) {
	const all = 1000
	numbers, errs := make(chan int32), make(chan error, all)
	var callers sync.WaitGroup
	for range 32 {
		callers.Go(func() {
			for n := range numbers {
				_, err := same(2 * n)(c.Twice(ctx, n, n%7))
				errs <- err
			}
		})
	}
	for n := range int32(all) {
		numbers <- n
	}
	close(numbers)
	callers.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprint(all, " calls"), nil
}

// feature is one export of the service on the Go side; FeaturesService.java is
// its twin.
type feature struct{ name string }

var _ features.Features = feature{}

func provideFeatures(srv *provider.Server, group string) (notified, error) {
	return nil, cmp.Or(
		features.RegisterFeatures(srv, feature{"plain"}, provider.Group(group)),
		features.RegisterFeatures(srv, feature{"other group"}, provider.Group(group+"-other")),
		features.RegisterFeatures(srv, feature{"version 1"}, provider.Group(group), provider.Version("1.0.0")),
		features.RegisterFeatures(srv, feature{"version 2"}, provider.Group(group), provider.Version("2.0.0")),
		features.RegisterFeatures(srv, feature{"token"}, provider.Group(group), provider.Version("3.0.0"), provider.Token("secret")),
		features.RegisterLater(srv, later{}, provider.Group(group)),
	)
}

func (f feature) Where(context.Context) (string, error) { return f.name, nil }

func (f feature) Attached(ctx context.Context, key string) (string, error) {
	call := provider.CallFrom(ctx)
	call.ReplyObject("back-int", int32(7))
	call.ReplyObject("back-list", []any{int32(1)})
	return call.Attachment(key), nil
}

func (f feature) Object(ctx context.Context, kind string, thing *features.Thing) (*features.Thing, error) {
	call := provider.CallFrom(ctx)
	call.ReplyObject("back-object", attachedObject(kind, thing))
	return thing, checkObject(kind, thing, call.AttachmentObject("object"))
}

func (f feature) Sum(_ context.Context, data []byte) (int64, error) {
	var sum int64
	for _, v := range data {
		sum += int64(v)
	}
	return sum, nil
}

func (f feature) Grow(_ context.Context, n int32) ([]byte, error) { return sevens(int(n)), nil }

func (f feature) Twice(ctx context.Context, n, millis int32) (int32, error) {
	return 2 * n, pause(ctx, millis)
}

func (f feature) Odd(_ context.Context, message string) error {
	return &hessian.Exception{Class: "lab.features.OddException", Message: message}
}

func (f feature) Unlisted(_ context.Context, message string) error {
	return &hessian.Exception{Class: "lab.features.UnlistedException", Message: message}
}

func (f feature) Peer(ctx context.Context) (string, error) { return provider.CallFrom(ctx).Peer(), nil }

type later struct{}

var _ features.Later = later{}

func (later) Later(ctx context.Context, text string, millis int32) (string, error) {
	if err := pause(ctx, millis); err != nil {
		return "", err
	}
	if text == "" {
		return "", &hessian.Exception{Class: "java.lang.IllegalArgumentException", Message: "no text"}
	}
	return text, nil
}

func pause(ctx context.Context, millis int32) error {
	select {
	case <-time.After(time.Duration(millis) * time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
