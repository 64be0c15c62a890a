package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/protocol/hessian"
	"github.com/gubbo/gubbo/provider"
	"github.com/gubbo/gubbo/registry"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// people implements what the tests need of greet.GreetService.
type people struct{ greet.GreetService }

func (people) SayHello(_ context.Context, name string) (string, error)        { return "hello, " + name, nil }
func (people) AddLong(_ context.Context, a, b int64) (int64, error)           { return a + b, nil }
func (people) Half(_ context.Context, v float64) (float64, error)             { return v / 2, nil }
func (people) Not(_ context.Context, v bool) (bool, error)                    { return !v, nil }
func (people) Maybe(_ context.Context, s *string) (*string, error)            { return s, nil }
func (people) EchoUser(_ context.Context, u *greet.User) (*greet.User, error) { return u, nil }

func (people) NextLevel(_ context.Context, l greet.Level) (greet.Level, error) {
	return map[greet.Level]greet.Level{greet.Low: greet.Mid, greet.Mid: greet.High}[l], nil
}

// List answers with one user n times.
func (people) List(_ context.Context, n int32) ([]*greet.User, error) {
	u := &greet.User{ID: 1<<53 + 1, Name: "<Ada>\u009b", Age: new(int32(36)), Score: 0.5, Level: greet.High, Tags: []string{"a"}, Counts: map[string]int32{"x": 1}, Born: time.UnixMilli(1)}
	u.Friend = u
	users := make([]*greet.User, n)
	for i := range users {
		users[i] = u
	}
	return users, nil
}

func (people) Count(_ context.Context, words []string) (map[string]int32, error) {
	counts := make(map[string]int32)
	for _, w := range words {
		counts[w]++
	}
	return counts, nil
}

func (people) Find(_ context.Context, id int64) (*greet.User, error) {
	return nil, &greet.NotFound{ID: id, Message: fmt.Sprintf("no user %d\x1b[2J", id)}
}

func (people) Fail(_ context.Context, message string) error {
	return &hessian.Exception{Class: "java.lang.IllegalStateException", Message: message}
}

func (people) Attach(ctx context.Context, key string) (string, error) {
	call := provider.CallFrom(ctx)
	call.Reply("back", "b "+call.Attachment(key))
	return call.Attachment(key), nil
}

func (people) Slow(ctx context.Context, _ int32) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

// serve provides people until the test ends and returns where.
func serve(t *testing.T, reg registry.Registry, opts ...provider.ServiceOption) string {
	t.Helper()
	srv, err := provider.New(provider.Config{Application: "people", Listen: "127.0.0.1:0", Advertise: "127.0.0.1", Registry: reg, DrainWait: time.Second})
	if err == nil {
		err = greet.RegisterGreetService(srv, people{}, opts...)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	select {
	case <-srv.Ready():
	case err := <-done:
		done <- nil
		t.Fatal(err)
	}
	return "dubbo://" + srv.Addr()
}

// serveRegistered provides people in a registry of the test's own and returns
// that one's URL.
func serveRegistered(t *testing.T, opts ...provider.ServiceOption) string {
	t.Helper()
	address := "zookeeper://" + zktest.Start(t, zktest.Tick(time.Second)).Addr()
	reg, err := openRegistry(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reg.Close() })
	serve(t, reg, opts...)
	return address
}

// gubbo runs the program.
func gubbo(t *testing.T, args ...string) (out, errs string, code int) {
	t.Helper()
	var o, e strings.Builder
	code = run(t.Context(), args, strings.NewReader(""), &o, &e)
	return o.String(), e.String(), code
}

const interfaceName = "lab.greet.GreetService"

func TestCall(t *testing.T) {
	address := serve(t, nil)
	for _, tt := range []struct{ name, method, types, args, want string }{
		{"string", "sayHello", "", `["you <&> é漢😀"]`, `"hello, you <&> é漢😀"`},
		{"long", "addLong", "", `[9007199254740993, -2]`, `9007199254740991`},
		{"double", "half", "", `[5.0]`, `2.5`},
		{"whole number for a double", "half", "double", `[5]`, `2.5`},
		{"boolean", "not", "", `[true]`, `false`},
		{"null", "maybe", "java.lang.String", `[null]`, `null`},
		{"null result of a string", "maybe", "", `["x"]`, `"x"`},
		{"map", "count", "", `[["a","b","a"]]`, "{\n  \"a\": 2,\n  \"b\": 1\n}"},
		{"no list", "list", "int", `[0]`, `[]`},
		{"enum", "nextLevel", "lab.greet.Level", `["LOW"]`, "{\n  \"class\": \"lab.greet.Level\",\n  \"name\": \"MID\"\n}"},
		{"enum as an object", "nextLevel", "", `[{"class":"lab.greet.Level","name":"MID"}]`, "{\n  \"class\": \"lab.greet.Level\",\n  \"name\": \"HIGH\"\n}"},
		{"echo", "$echo", "java.lang.Object", `["still here"]`, `"still here"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := []string{"call", "--direct", address, interfaceName, tt.method, tt.args}
			if tt.types != "" {
				args = append(args, "--types", tt.types)
			}
			out, errs, code := gubbo(t, args...)
			if code != 0 || out != tt.want+"\n" || errs != "" {
				t.Errorf("exit %d, got %s%s\nwant %s", code, out, errs, tt.want)
			}
		})
	}
}

func TestCallWithObjects(t *testing.T) {
	address := serve(t, nil)
	user := `[{"class":"lab.greet.User","id":7,"name":"Ada","age":36,"score":1,"level":{"class":"lab.greet.Level","name":"LOW"},"tags":["x"],"friend":{"class":"lab.greet.User","name":"Bob"}}]`
	const want = `{
  "class": "lab.greet.User",
  "id": 7,
  "name": "Ada",
  "age": 36,
  "score": 1,
  "active": false,
  "level": {
    "class": "lab.greet.Level",
    "name": "LOW"
  },
  "tags": [
    "x"
  ],
  "counts": null,
  "born": null,
  "friend": {
    "class": "lab.greet.User",
    "id": 0,
    "name": "Bob",
    "age": null,
    "score": 0,
    "active": false,
    "level": null,
    "tags": null,
    "counts": null,
    "born": null,
    "friend": null
  }
}
`
	out, errs, code := gubbo(t, "call", "--direct", address, interfaceName, "echoUser", user)
	if code != 0 || out != want {
		t.Errorf("exit %d, got %s%s\nwant %s", code, out, errs, want)
	}
	out, errs, code = gubbo(t, "call", "--direct", address, interfaceName, "list", "[2]", "--types", "int")
	for _, part := range []string{`"id": 9007199254740993`, `"name": "<Ada>\u009b"`, `"born": "1970-01-01T00:00:00.001Z"`, "\"friend\": {\n      \"$ref\": \"$[0]\"", "  {\n    \"$ref\": \"$[0]\"\n  }\n]"} {
		if code != 0 || !strings.Contains(out, part) {
			t.Errorf("exit %d, no %q in %s%s", code, part, out, errs)
		}
	}
}

func TestCallThroughARegistry(t *testing.T) {
	address := serveRegistered(t, provider.Group("g"), provider.Version("1.0"))
	for _, args := range [][]string{
		{"g/" + interfaceName + ":1.0"},
		{interfaceName, "--group", "g", "--version", "1.0"},
		{interfaceName, "--group", "*", "--version", "*"},
	} {
		out, errs, code := gubbo(t, append([]string{"call", "--registry", address, "--attach", "k=v w", "-v", args[0], "attach", `["k"]`}, args[1:]...)...)
		if code != 0 || out != "\"v w\"\n" || !strings.Contains(errs, "attachment  back=b v w\n") || !strings.Contains(errs, "peer  127.0.0.1:") || !strings.Contains(errs, "elapsed  ") {
			t.Errorf("%q: exit %d, %s%s", args, code, out, errs)
		}
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{interfaceName, "sayHello", `["you"]`}, "there is g/" + interfaceName + ":1.0"},
		{[]string{"lab.Nobody", "sayHello"}, "gubbo: no provider: consumer: refer lab.Nobody: none within 3s: 0 known from the registry; start a provider, or compare group and version; consumer.Check(false) does not wait\n"},
		{[]string{"g/" + interfaceName + ":1.0", "shout"}, `has no method "shout"; it has addLong, attach, count,`},
	} {
		out, errs, code := gubbo(t, append([]string{"call", "--registry", address}, tt.args...)...)
		if code != 1 || out != "" || !strings.Contains(errs, tt.want) {
			t.Errorf("%q: exit %d, %s%s\nwant %q", tt.args, code, out, errs, tt.want)
		}
	}
	out, errs, code := gubbo(t, "ls", "--registry", address, "Greet")
	if code != 0 || !strings.HasPrefix(out, "g/"+interfaceName+":1.0\n  provider  dubbo://127.0.0.1:") || !strings.Contains(out, "  people  ") {
		t.Errorf("ls: exit %d, %s%s", code, out, errs)
	}
	out, errs, code = gubbo(t, "ls", "--registry", address, "--json")
	if code != 0 || !strings.Contains(out, `"service":"g/`+interfaceName+`:1.0","side":"provider"`) {
		t.Errorf("ls --json: exit %d, %s%s", code, out, errs)
	}
}

// No types are named, and the object needs no class: the provider knows.
func TestCallOfAGenericProvider(t *testing.T) {
	address := serveRegistered(t, provider.Generic())
	out, errs, code := gubbo(t, "call", "--registry", address, interfaceName, "echoUser", `[{"name": "Ada", "age": 36, "level": "HIGH"}]`)
	if code != 0 || !strings.Contains(out, `"class": "lab.greet.User"`) || !strings.Contains(out, `"level": "HIGH"`) || !strings.Contains(out, `"age": 36`) {
		t.Errorf("exit %d, %s%s", code, out, errs)
	}
	out, errs, code = gubbo(t, "call", "--registry", address, interfaceName, "find", `["7"]`)
	if code != 1 || out != "" || !strings.Contains(errs, "lab.greet.NotFoundException: no user 7") {
		t.Errorf("a failure: exit %d, %s%s", code, out, errs)
	}
}

func TestFailedCalls(t *testing.T) {
	address := serve(t, nil)
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	for _, tt := range []struct {
		name string
		args []string
		want []string
	}{
		{"declared exception", []string{"find", "[7]"}, []string{"business: ", "lab.greet.NotFoundException", "no user 7�[2J"}},
		{"undeclared exception", []string{"fail", `["boom"]`}, []string{"business: ", "java.lang.IllegalStateException", "boom"}},
		{"timeout", []string{"slow", "[1]", "--types", "int", "--timeout", "100ms"}, []string{"timeout: "}},
		{"unknown method", []string{"shout", "[]"}, []string{"not found: ", `no method "shout"`, "sayHello"}},
		{"guessed types", []string{"slow", "[1]"}, []string{"not found: ", "it takes (int)", "the types long were guessed", "--types"}},
		{"wrong count", []string{"sayHello", `["a","b"]`}, []string{"it takes (java.lang.String)", "java.lang.String,java.lang.String were guessed"}},
		{"wrong count of types", []string{"sayHello", `["a"]`, "--types", "int,int"}, []string{"2 types, but there are 1 arguments"}},
		{"no type", []string{"maybe", "[null]"}, []string{"argument 1 is null", "--types"}},
		{"no such type", []string{"maybe", "[null]", "--types", "String;"}, []string{`"String;" is no Java type`}},
		{"type does not fit", []string{"slow", `["x"]`, "--types", "int"}, []string{"argument 1", "no int"}},
		{"no date", []string{"maybe", `["x"]`, "--types", "java.util.Date"}, []string{`"x" is no date`}},
		{"no base64", []string{"maybe", `["ä"]`, "--types", "byte[]"}, []string{"no base64"}},
		{"no JSON", []string{"sayHello", `[you]`}, []string{`the arguments "[you]" are no JSON`, "'y'"}},
		{"half of JSON", []string{"sayHello", `["you"`}, []string{"ends too early"}},
		{"more than JSON", []string{"sayHello", `["you"] 1`}, []string{"go on after"}},
		{"no array", []string{"sayHello", `"you"`}, []string{"no JSON array", `'["you"]'`}},
		{"large number", []string{"addLong", `[9223372036854775808, 1]`}, []string{"argument 1: 9223372036854775808 does not fit a long"}},
		{"huge number", []string{"half", `[1e999]`}, []string{"does not fit a double"}},
		{"attachment", []string{"half", `[1.5]`, "--attach", "k"}, []string{`--attach "k" is not key=value`}},
		{"$invoke at gubbo", []string{"sayHello", `["you"]`, "--generic"}, []string{"forbidden: ", "takes no generic calls"}},
		{"nobody there", []string{"sayHello", `["you"]`, "--direct", "dubbo://" + gone.Addr().String()}, []string{"none of 1 providers", gone.Addr().String()}},
		{"no dubbo", []string{"sayHello", `["you"]`, "--direct", "tri://127.0.0.1:1"}, []string{`scheme "tri"`, "dubbo"}},
		{"too many arguments", []string{"sayHello", "[]", "x"}, []string{"call takes SERVICE METHOD [JSON-ARRAY]", "not 4 arguments", `"x"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, errs, code := gubbo(t, append([]string{"call", "--direct", address, interfaceName}, tt.args...)...)
			if code != 1 || out != "" {
				t.Errorf("exit %d, %s", code, out)
			}
			for _, want := range tt.want {
				if !strings.Contains(errs, want) {
					t.Errorf("got %s\nwant %q", errs, want)
				}
			}
		})
	}
}

// Only a fleet where everybody answers $invoke is called by way of it.
func TestInvocableFleets(t *testing.T) {
	const java, ours, old, generic = "dubbo://h:1/a.B?release=3.3.6&methods=x", "dubbo://h:2/a.B?release=gubbo/0.1.0&methods=y", "dubbo://h:3/a.B", "dubbo://h:4/a.B?gubbo.generic=true&release=gubbo/0.1.0"
	for _, tt := range []struct {
		urls []string
		want bool
	}{{nil, false}, {[]string{java}, true}, {[]string{old}, true}, {[]string{ours}, false}, {[]string{java, ours}, false}, {[]string{generic}, true}, {[]string{generic, java}, true}, {[]string{generic, ours}, false}} {
		if got := invocable(explanation(tt.urls...)); got != tt.want {
			t.Errorf("%q: %v", tt.urls, got)
		}
	}
	if err := listed(explanation(java, ours), "z"); err == nil || !strings.Contains(err.Error(), "it has x, y") {
		t.Error(err)
	}
	if err := listed(explanation(java, old), "z"); err != nil {
		t.Error(err)
	}
}

func TestFailuresAsText(t *testing.T) {
	err := api.NewError(api.Internal, api.SentMaybe, "a.X: m\x07\n\tat a.B.c(B.java:1)\nCaused by: a.Y\n\tat z\n\t... 3 more", nil)
	const short = "internal: a.X: m�\nCaused by: a.Y"
	if got := failed(err, false).Error(); got != short {
		t.Errorf("got %q, want %q", got, short)
	}
	if got := failed(err, true).Error(); !strings.Contains(got, "m�\n    at a.B.c(B.java:1)\nCaused by: a.Y\n    at z\n    ... 3 more") {
		t.Errorf("got %q", got)
	}
	x := &hessian.Exception{Class: "a.X", Message: "m", Cause: &hessian.Exception{Class: "a.Y"}}
	if got := failed(x, true).Error(); got != "a.X: m\ncaused by a.Y" {
		t.Errorf("got %q", got)
	}
	if got := failed(errors.New("plain"), false).Error(); got != "plain" {
		t.Errorf("got %q", got)
	}
}
