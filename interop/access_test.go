package interop

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/provider"
)

// accesses is the suite of who may call, and by which path; its twin is
// AccessCalls.java.
var accesses = suiteOf("access", provideAccess, func(at place) (place, error) { return at, nil }, accessCalls)

const greeterPath = "lab/greeter"

func provideAccess(srv *provider.Server, group string) (notified, error) {
	secrets := map[string]string{"ak": "hush"}
	return nil, errors.Join(
		greet.RegisterGreetService(srv, &greeter{}, provider.Group(group+"-path"), provider.Version("1.0.0"), provider.Path(greeterPath)),
		greet.RegisterGreetService(srv, &greeter{}, provider.Group(group+"-accesskey"), provider.Version("1.0.0"),
			provider.AccessKey(func(id string) string { return secrets[id] })),
		greet.RegisterGreetService(srv, &greeter{}, provider.Group(group+"-basic"),
			provider.BasicAuth(func(user, password string) bool { return user == "ada" && password == "p:w" })),
	)
}

var accessCalls = []call[place]{
	{name: "path", run: func(ctx context.Context, at place) (string, error) {
		if !at.registry {
			at.direct += "/" + greeterPath
		}
		return at.hello(ctx, "-path", consumer.Version("1.0.0"))
	}},
	{name: "accesskey.right", run: func(ctx context.Context, at place) (string, error) {
		return at.hello(ctx, "-accesskey", consumer.Version("1.0.0"), consumer.AccessKey("ak", "hush"))
	}},
	{name: "accesskey.wrong", run: func(ctx context.Context, at place) (string, error) {
		return refused(at.hello(ctx, "-accesskey", consumer.Version("1.0.0"), consumer.AccessKey("ak", "shh")))
	}},
	{name: "accesskey.none", run: func(ctx context.Context, at place) (string, error) {
		return refused(at.hello(ctx, "-accesskey", consumer.Version("1.0.0")))
	}},
	{name: "basic.right", run: func(ctx context.Context, at place) (string, error) {
		return at.hello(ctx, "-basic", consumer.BasicAuth("ada", "p:w"))
	}},
	{name: "basic.wrong", run: func(ctx context.Context, at place) (string, error) {
		return refused(at.hello(ctx, "-basic", consumer.BasicAuth("ada", "pw")))
	}},
	{name: "basic.none", run: func(ctx context.Context, at place) (string, error) {
		return refused(at.hello(ctx, "-basic"))
	}},
}

// hello calls the export with that suffix.
func (p place) hello(ctx context.Context, suffix string, opts ...consumer.Option) (string, error) {
	c, err := greet.NewGreetServiceClient(p.cli, p.opts(suffix, opts...)...)
	if err != nil {
		return "", err
	}
	return same("hello, Ada")(c.SayHello(ctx, "Ada"))
}

// refused wants a call to have failed for want of the right credentials. Java
// throws an exception, but does not allow itself to send it, and so answers a
// status whose text names it.
func refused(got string, err error) (string, error) {
	if api.CodeOf(err) == api.OK || !strings.Contains(err.Error(), "RpcAuthenticationException") {
		return "", fmt.Errorf("got %q, %w", got, err)
	}
	return err.Error(), nil
}
