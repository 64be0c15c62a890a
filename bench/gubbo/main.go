// Command gubbo is the bench's peer that calls with gubbo.
package main

import (
	"context"
	"log/slog"
	"net"
	"time"

	"github.com/gubbo/gubbo/bench/peer"
	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/provider"
)

// echo serves the one method that the bench calls.
type echo struct{ greet.Greeter }

func (echo) SayHello(_ context.Context, s string) (string, error) { return s, nil }

func serve(ready func(string), stop <-chan struct{}) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv, err := provider.New(provider.Config{Application: "bench", Listener: ln, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if err := greet.RegisterGreeter(srv, echo{}); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-stop; cancel() }()
	ready(ln.Addr().String())
	return srv.Run(ctx)
}

func dial(address string, _ int) (func(int, string) (string, error), error) {
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

func main() { peer.Main(serve, dial) }
