package provider_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/provider"
)

// publish serves a greeter with opts and returns its URL.
func publish(opts ...provider.ServiceOption) (url string, stop func()) {
	srv, err := provider.New(provider.Config{Application: "greeter", Listen: "127.0.0.1:0"})
	if err == nil {
		err = greet.RegisterGreeter(srv, &greeter{}, opts...)
	}
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	<-srv.Ready()
	return srv.URLs()[0].String(), func() {
		cancel()
		<-done
	}
}

// A gateway without the service's types calls it by names, with maps in place
// of objects.
func ExampleGeneric() {
	url, stop := publish(provider.Generic())
	defer stop()
	cli, err := consumer.New(consumer.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer cli.Close()
	g, err := cli.Generic(api.ParseService("lab.greet.Greeter"), consumer.Direct(url))
	if err != nil {
		log.Fatal(err)
	}
	order := map[string]any{"id": "o1", "lines": []any{map[string]any{"item": "tea", "count": "2"}}}
	receipt, err := g.InvokeGeneric(context.Background(), "order", nil, []any{order})
	if err != nil {
		log.Fatal(err)
	}
	fields := receipt.(map[string]any)
	fmt.Println(fields["class"], fields["id"], fields["total"])
	// Output: lab.greet.Receipt o1 1
}

// Callers sign with a key that the provider knows.
func ExampleAccessKey() {
	secrets := map[string]string{"shop": "a long secret"}
	url, stop := publish(provider.AccessKey(func(id string) string { return secrets[id] }))
	defer stop()
	cli, err := consumer.New(consumer.Config{Application: "shop"})
	if err != nil {
		log.Fatal(err)
	}
	defer cli.Close()
	greeter, err := greet.NewGreeterClient(cli, consumer.Direct(url), consumer.AccessKey("shop", "a long secret"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(greeter.SayHello(context.Background(), "Ada"))
	_, err = greeter.With(consumer.AccessKey("shop", "a guess")).SayHello(context.Background(), "Eve")
	fmt.Println(errors.Is(err, api.ErrForbidden))
	// Output:
	// Hello Ada <nil>
	// true
}
