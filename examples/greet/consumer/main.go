// Command consumer greets through whoever provides the demo's greeter: a whole
// consumer in one file.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/monitor/report"
	"github.com/gubbo/gubbo/registry/zookeeper"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "consumer:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	registry := flag.String("registry", "zookeeper://127.0.0.1:2181", "where to find providers")
	every := flag.Duration("every", time.Second, "how often to call")
	calls := flag.Int("calls", 0, "end after this many calls; 0 goes on until Ctrl-C")
	flag.Parse()
	if *every <= 0 {
		return fmt.Errorf("-every %v must be positive", *every)
	}

	reg, err := zookeeper.New(*registry)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	cli, err := consumer.New(consumer.Config{
		Application: "greet-consumer",
		Registry:    reg,
		Observers:   []api.Observer{report.New(reg, "greet-consumer")},
	})
	if err != nil {
		return err
	}
	defer func() {
		if err := cli.Close(); err != nil { // e.g. no monitor took the statistics
			fmt.Fprintln(os.Stderr, err)
		}
	}()
	greeter, err := greet.NewGreeterClient(cli)
	if err != nil {
		return err
	}

	tick := time.NewTicker(*every)
	defer tick.Stop()
	for n := 1; ; n++ {
		var info consumer.CallInfo
		answer, err := greeter.With(consumer.Capture(&info)).SayHello(ctx, fmt.Sprint("caller ", n))
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			fmt.Println(err)
		default:
			fmt.Printf("%s (%s)\n", answer, info.Peer)
		}
		if n == *calls {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
