package main

import (
	"context"
	"log/slog"
	"net"
	"time"

	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/provider"
)

// gubboEcho serves the one method that the bench calls.
type gubboEcho struct{ greet.Greeter }

func (gubboEcho) SayHello(_ context.Context, s string) (string, error) { return s, nil }

func serveGubbo(ready func(string), stop <-chan struct{}) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv, err := provider.New(provider.Config{Application: "bench", Listener: ln, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if err := greet.RegisterGreeter(srv, gubboEcho{}); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-stop; cancel() }()
	ready(ln.Addr().String())
	return srv.Run(ctx)
}

func dialGubbo(address string, _ int) (func(int, string) (string, error), error) {
	cli, err := consumer.New(consumer.Config{Application: "bench", Timeout: 5 * time.Second, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	greeter, err := greet.NewGreeterClient(cli, consumer.Direct("dubbo://"+address))
	if err != nil {
		return nil, err
	}
	return func(_ int, s string) (string, error) { return greeter.SayHello(context.Background(), s) }, nil
}
