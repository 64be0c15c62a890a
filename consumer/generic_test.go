package consumer_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/dubbo"
	"github.com/gubbo/gubbo/protocol/hessian"
	"github.com/gubbo/gubbo/provider"
)

// shop implements greet.Greeter.
type shop struct{}

func (shop) SayHello(_ context.Context, name string) (string, error) {
	return "Hello, " + name, nil
}

func (shop) Order(_ context.Context, o *greet.OrderRequest) (*greet.Receipt, error) {
	total := int32(0)
	for _, l := range o.Lines {
		total += l.Count
	}
	return &greet.Receipt{ID: o.ID, Total: total, At: time.UnixMilli(1_700_000_000_000)}, nil
}

// users implements what the examples need of greet.GreetService.
type users struct{ greet.GreetService }

func (users) Find(_ context.Context, id int64) (*greet.User, error) {
	return nil, &greet.NotFound{ID: id}
}

// serve runs a provider of greet.Greeter and greet.GreetService on a free port and returns its URL.
func serve(opts ...provider.ServiceOption) (url string, stop func()) {
	srv, err := provider.New(provider.Config{Application: "shop", Listen: "127.0.0.1:0", Protocols: []protocol.Protocol{dubbo.New()}})
	if err != nil {
		panic(err)
	}
	if err := greet.RegisterGreeter(srv, shop{}, opts...); err != nil {
		panic(err)
	}
	if err := greet.RegisterGreetService(srv, users{}); err != nil {
		panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	select {
	case <-srv.Ready():
	case err := <-done:
		panic(err)
	}
	return "dubbo://" + srv.Addr(), func() {
		cancel()
		if err := <-done; err != nil {
			panic(err)
		}
	}
}

func TestGenericCalls(t *testing.T) {
	address, stop := serve()
	defer stop()
	c, err := consumer.New(consumer.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	g, err := c.Generic(api.Service{Interface: "lab.greet.Greeter"}, consumer.Direct(address))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for range 2 {
		got, err := g.Invoke(ctx, "sayHello", []string{"java.lang.String"}, []any{"Ada"})
		if err != nil || got != "Hello, Ada" {
			t.Errorf("%v, %v", got, err)
		}
	}
	line := &hessian.Object{Class: "lab.greet.OrderLine", Fields: []hessian.Field{{Name: "item", Value: "tea"}, {Name: "count", Value: int32(2)}}}
	got, err := g.Invoke(ctx, "order", []string{"lab.greet.OrderRequest"}, []any{map[string]any{"id": "o1", "lines": []any{line}}})
	o, _ := got.(*hessian.Object)
	if err != nil || o == nil || o.Class != "lab.greet.Receipt" {
		t.Fatalf("%v, %v", got, err)
	}
	fields := make(map[string]any)
	for _, f := range o.Fields {
		fields[f.Name] = f.Value
	}
	if fields["id"] != "o1" || fields["total"] != int32(2) {
		t.Errorf("receipt %v", fields)
	}
	_, err = g.Invoke(ctx, "nothing", nil, nil)
	if api.CodeOf(err) != api.NotFound || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("unknown method: %v", err)
	}
	for _, tt := range []struct {
		types []string
		args  []any
		want  string
	}{
		{[]string{"int"}, nil, "1 types and 0 arguments"},
		{[]string{"int"}, []any{1 << 40}, "does not fit int"},
		{[]string{"int"}, []any{nil}, "cannot be null"},
		{[]string{"long"}, []any{"x"}, "no long"},
		{[]string{"long"}, []any{1.5}, "no long"},
		{[]string{"boolean"}, []any{"true"}, "no boolean"},
		{[]string{"String;"}, []any{"x"}, `"String;" is no Java type`},
		{[]string{"int[]"}, []any{[]any{json.Number("1"), "x"}}, "item 1"},
	} {
		if _, err := g.Invoke(ctx, "sayHello", tt.types, tt.args); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v %v: %v, want %q", tt.types, tt.args, err, tt.want)
		}
	}
}
