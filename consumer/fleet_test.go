package consumer_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/dubbo"
	"github.com/gubbo/gubbo/provider"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
	"github.com/gubbo/gubbo/registry/zookeeper"
)

// A consumer starts before its registry, finds the provider soon after the
// registry comes, and goes on calling when the registry goes; a second one
// then starts from the list on disk.
func TestRegistryComesAndGoes(t *testing.T) {
	zk := zktest.Start(t, zktest.Tick(time.Second)) // it keeps its port while it is stopped
	zk.Stop()
	reg, err := zookeeper.New("zookeeper://" + zk.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	cfg := consumer.Config{Application: "early", Registry: reg, CacheDir: t.TempDir(), CheckWait: 5 * time.Second}
	newGreeter := func(opts ...consumer.Option) *greet.GreeterClient {
		t.Helper()
		cli, err := consumer.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cli.Close() }) // the registry is away by then, and it says so
		greeter, err := greet.NewGreeterClient(cli, opts...)
		if err != nil {
			t.Fatal(err)
		}
		return greeter
	}
	ctx := context.Background()
	greeter := newGreeter(consumer.Check(false))
	if _, err := greeter.SayHello(ctx, "a"); !errors.Is(err, api.ErrNoProvider) {
		t.Fatalf("without a registry: %v", err)
	}

	srv, err := provider.New(provider.Config{Application: "late", Registry: reg, Listen: "127.0.0.1:0", Check: provider.CheckOff, Protocols: []protocol.Protocol{dubbo.New()}, DrainWait: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if err := greet.RegisterGreeter(srv, shop{}); err != nil {
		t.Fatal(err)
	}
	run, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- srv.Run(run) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	<-srv.Ready()

	zk.Resume()
	began := time.Now()
	for {
		_, err := greeter.SayHello(ctx, "b")
		if err == nil {
			break
		}
		if time.Since(began) > 5*time.Second {
			t.Fatalf("5 s after the registry came: %v", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Logf("calls work %v after the registry came", time.Since(began).Round(time.Millisecond))
	zk.Stop()
	for range 100 {
		if _, err := greeter.SayHello(ctx, "c"); err != nil {
			t.Fatalf("the registry is away: %v", err)
		}
	}
	if _, err := newGreeter().SayHello(ctx, "d"); err != nil {
		t.Errorf("from the list on disk: %v", err)
	}
}
