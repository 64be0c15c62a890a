package provider_test

import (
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/provider"
)

// text is a log that may be read while it grows.
type text struct {
	mu sync.Mutex
	b  strings.Builder
}

func (t *text) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

// serveWith publishes the greeter once for each set of options and returns the
// URLs, and what was logged until the test ends.
func serveWith(t *testing.T, services ...[]provider.ServiceOption) (urls []string, log *text) {
	t.Helper()
	log = new(text)
	srv, err := provider.New(provider.Config{Application: "greeter", Listen: "127.0.0.1:0", Logger: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	for _, opts := range services {
		if err := greet.RegisterGreeter(srv, &greeter{}, opts...); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	select {
	case <-srv.Ready():
	case err := <-done:
		done <- nil
		t.Fatal(err)
	}
	for _, u := range srv.URLs() {
		urls = append(urls, u.String())
	}
	return urls, log
}

// hello calls the greeter at url.
func hello(t *testing.T, url string, opts ...consumer.Option) error {
	t.Helper()
	cli, err := consumer.New(consumer.Config{Application: "caller", Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := cli.Close(); err != nil {
			t.Error(err)
		}
	}()
	c, err := greet.NewGreeterClient(cli, append(opts, consumer.Direct(url))...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.SayHello(t.Context(), "Ada")
	if err == nil && got != "Hello Ada" {
		t.Errorf("got %q", got)
	}
	return err
}

func param(t *testing.T, url, key string) string {
	t.Helper()
	u, err := api.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	return u.Param(key)
}

func TestTokens(t *testing.T) {
	urls, log := serveWith(t, []provider.ServiceOption{provider.Token("s3cret")}, []provider.ServiceOption{provider.Token("true"), provider.Group("random")})
	random := param(t, urls[1], "token")
	if param(t, urls[0], "token") != "s3cret" || len(random) < 20 || strings.Contains(random, "true") {
		t.Errorf("the URLs are %q", urls)
	}
	for i, group := range []string{"", "random"} {
		if err := hello(t, urls[i], consumer.Group(group)); err != nil {
			t.Errorf("through the URL: %v", err)
		}
		bare, _, _ := strings.Cut(urls[i], "?")
		for _, wrong := range []string{"", "?token=guess", "?token=s3cre", "?token=s3cretx", "?token=true"} {
			err := hello(t, bare+wrong, consumer.Group(group))
			if !errors.Is(err, api.ErrForbidden) || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), random) {
				t.Errorf("with %q: %v", wrong, err)
			}
		}
	}
	if strings.Contains(log.String(), "s3cret") || strings.Contains(log.String(), random) {
		t.Errorf("the log has a token: %s", log)
	}
}

func TestPaths(t *testing.T) {
	urls, _ := serveWith(t,
		[]provider.ServiceOption{provider.Path("/shop/greeter")},
		[]provider.ServiceOption{provider.Path("shop/greeter"), provider.Group("g"), provider.Version("2.0.0")},
		[]provider.ServiceOption{provider.Group("h")},
	)
	u, err := api.ParseURL(urls[0])
	if err != nil || u.Path() != "shop/greeter" || u.Service().Interface != "lab.greet.Greeter" {
		t.Fatalf("published is %s, %v", urls[0], err)
	}
	if err := hello(t, urls[0]); err != nil {
		t.Error(err)
	}
	if err := hello(t, urls[1], consumer.Group("*"), consumer.Version("*")); err != nil {
		t.Error(err)
	}
	if err := hello(t, urls[2], consumer.Group("g,h")); err != nil {
		t.Error(err)
	}
	err = hello(t, "dubbo://"+u.Address())
	if !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "g/shop/greeter:2.0.0") {
		t.Errorf("by its interface: %v", err)
	}
}

func TestAccessKeys(t *testing.T) {
	secrets := map[string]string{"ak": "hush", "other": "shh"}
	key := provider.AccessKey(func(id string) string { return secrets[id] })
	urls, log := serveWith(t, []provider.ServiceOption{key, provider.Version("1.0.0"), provider.Generic()}, []provider.ServiceOption{key, provider.Group("g1")})
	for i, url := range urls {
		as := []consumer.Option{consumer.Group("*"), consumer.Version("*")}
		with := func(o ...consumer.Option) []consumer.Option { return append(o, as...) }
		if param(t, url, "auth") != "true" || param(t, url, "authenticator") != "accesskey" || strings.Contains(url, "hush") {
			t.Errorf("the URL is %s", url)
		}
		if err := hello(t, url, with(consumer.AccessKey("ak", "hush"))...); err != nil {
			t.Errorf("service %d: %v", i, err)
		}
		for name, opts := range map[string][]consumer.Option{
			"unsigned": nil, "wrong secret": {consumer.AccessKey("ak", "shh")}, "unknown id": {consumer.AccessKey("nobody", "hush")},
			"basic": {consumer.BasicAuth("ak", "hush")},
		} {
			err := hello(t, url, with(opts...)...)
			if !errors.Is(err, api.ErrForbidden) || !strings.Contains(err.Error(), "org.apache.dubbo.auth.exception.RpcAuthenticationException") || strings.Contains(err.Error(), "hush") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	err := hello(t, strings.Replace(urls[0], "&pid=", "&param.sign=true&pid=", 1), consumer.Version("1.0.0"), consumer.AccessKey("ak", "hush"))
	if !errors.Is(err, api.ErrForbidden) || !strings.Contains(err.Error(), "param.sign=true") || !strings.Contains(err.Error(), "not supported") {
		t.Errorf("with param.sign: %v", err)
	}
	if strings.Contains(log.String(), "hush") {
		t.Errorf("the log has a secret: %s", log)
	}

	cli, err := consumer.New(consumer.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer cli.Close()
	g, err := cli.Generic(api.Service{Interface: "lab.greet.Greeter", Version: "1.0.0"}, consumer.Direct(urls[0]), consumer.AccessKey("ak", "hush"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := g.InvokeGeneric(t.Context(), "sayHello", nil, []any{"Ada"}); err != nil || got != "Hello Ada" {
		t.Errorf("a signed generic call: %v, %v", got, err)
	}
	_, err = g.With(consumer.AccessKey("ak", "x")).InvokeGeneric(t.Context(), "sayHello", nil, []any{"Ada"})
	if !errors.Is(err, api.ErrForbidden) {
		t.Errorf("a generic call with a wrong signature: %v", err)
	}
}

func TestBasicAuth(t *testing.T) {
	urls, log := serveWith(t, []provider.ServiceOption{provider.BasicAuth(func(user, password string) bool { return user == "ada" && password == "p:w" })})
	url := urls[0]
	if param(t, url, "auth") != "true" || param(t, url, "authenticator") != "basic" || strings.Contains(url, "p:w") || strings.Contains(url, "username") {
		t.Errorf("the URL is %s", url)
	}
	if err := hello(t, url, consumer.BasicAuth("ada", "p:w")); err != nil {
		t.Error(err)
	}
	if err := hello(t, url, consumer.Attach("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("ada:p:w")))); err != nil {
		t.Errorf("under the other name: %v", err)
	}
	for name, o := range map[string]consumer.Option{
		"none": nil, "wrong": consumer.BasicAuth("ada", "pw"), "another": consumer.AccessKey("ada", "p:w"),
		"no base64": consumer.Attach("authorization", "Basic !"), "no colon": consumer.Attach("authorization", "Basic YWRh"), "bearer": consumer.Attach("authorization", "Bearer x"),
	} {
		if err := hello(t, url, o); !errors.Is(err, api.ErrForbidden) || strings.Contains(err.Error(), "p:w") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if strings.Contains(log.String(), "p:w") {
		t.Errorf("the log has a password: %s", log)
	}
}

func TestAccessOptionsThatAreWrong(t *testing.T) {
	srv, err := provider.New(provider.Config{Application: "greeter", Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	yes := func(string, string) bool { return true }
	for want, opts := range map[string][]provider.ServiceOption{
		"AccessKey(nil)":                        {provider.AccessKey(nil)},
		"BasicAuth(nil)":                        {provider.BasicAuth(nil)},
		"given more than once":                  {provider.BasicAuth(yes), provider.AccessKey(func(string) string { return "" })},
		`"param.sign") asks for a signature`:    {provider.Param("param.sign", "true")},
		"would publish a secret; use AccessKey": {provider.Param(".secretAccessKey", "sk")},
		"would publish a secret; use BasicAuth": {provider.Param("password", "sk")},
		`Path("") is no path`:                   {provider.Path("/")},
		`Path("a?b") is no path`:                {provider.Path("a?b")},
		`"auth") sets a parameter`:              {provider.Param("auth", "true")},
	} {
		if err := greet.RegisterGreeter(srv, &greeter{}, opts...); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), `"sk"`) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if err := greet.RegisterGreeter(srv, &greeter{}, provider.Path("p")); err != nil {
		t.Fatal(err)
	}
	if err := greet.RegisterGreetService(srv, nil, provider.Path("p")); err == nil || !strings.Contains(err.Error(), `one path "p"`) {
		t.Errorf("two services of one path: %v", err)
	}
	cli, err := consumer.New(consumer.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer cli.Close()
	for want, o := range map[string]consumer.Option{
		"an id and a secret": consumer.AccessKey("ak", ""), "a user name without a colon": consumer.BasicAuth("a:b", "c"),
	} {
		if _, err := greet.NewGreeterClient(cli, o, consumer.Direct("dubbo://127.0.0.1:1")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
