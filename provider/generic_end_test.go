package provider_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/provider"
)

// hoarder keeps the ctx of its calls, as one that starts a goroutine may.
type hoarder struct {
	greeter
	kept []context.Context
}

func (h *hoarder) SayHello(ctx context.Context, _ string) (string, error) {
	h.kept = append(h.kept, ctx)
	call := provider.CallFrom(ctx)
	call.ReplyObject("back", call.AttachmentObject("list"))
	return call.Method(), nil
}

// A ctx that outlives its call knows no call, as with calls that are not generic.
func TestCallOfAGenericCallEndsWithIt(t *testing.T) {
	h := new(hoarder)
	srv, err := provider.New(provider.Config{Application: "greeter", Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	if err := greet.RegisterGreeter(srv, h, provider.Generic()); err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	defer func() {
		leave()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	<-srv.Ready()
	cli, err := consumer.New(consumer.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer cli.Close()
	g, err := cli.Generic(api.Service{Interface: "lab.greet.Greeter"}, consumer.Direct(srv.URLs()[0].String()))
	if err != nil {
		t.Fatal(err)
	}
	for _, tenant := range []string{"a", "b"} {
		var info consumer.CallInfo
		list := []any{tenant, int32(1)}
		got, err := g.With(consumer.Attach("tenant", tenant), consumer.AttachObject("list", list), consumer.Capture(&info)).InvokeGeneric(t.Context(), "sayHello", nil, []any{"Ada"})
		if err != nil || got != "sayHello" {
			t.Fatalf("%v, %v", got, err)
		}
		if back := info.ReplyObject("back"); !reflect.DeepEqual(back, list) {
			t.Errorf("the list came back as %v", back)
		}
	}
	for i, ctx := range h.kept {
		if c := provider.CallFrom(ctx); c.Method() != "" || c.Attachment("tenant") != "" {
			t.Errorf("after call %d its ctx knows %q of tenant %q", i, c.Method(), c.Attachment("tenant"))
		}
	}
}
