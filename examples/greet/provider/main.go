// Command provider publishes the demo's greeter: a whole provider in one file.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/gubbo/gubbo/api"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/examples/greet/service"
	"github.com/gubbo/gubbo/monitor/report"
	"github.com/gubbo/gubbo/provider"
	"github.com/gubbo/gubbo/registry/zookeeper"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "provider:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	registry := flag.String("registry", "zookeeper://127.0.0.1:2181", "where to register")
	listen := flag.String("listen", "127.0.0.1:20880", "where to serve; port 0 takes a free one")
	name := flag.String("name", "provider", "how to sign the greetings")
	flag.Parse()

	reg, err := zookeeper.New(*registry)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	srv, err := provider.New(provider.Config{
		Application: "greet-provider",
		Registry:    reg,
		Listen:      *listen,
		Observers:   []api.Observer{report.New(reg, "greet-provider", report.Instance(*name))},
	})
	if err != nil {
		return err
	}
	if err := greet.RegisterGreeter(srv, service.New(*name, nil)); err != nil {
		return err
	}
	fmt.Printf("%s is to serve at %s and register at %s; Ctrl-C ends it\n", *name, *listen, *registry)
	return srv.Run(ctx)
}
