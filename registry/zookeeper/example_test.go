package zookeeper_test

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/registry"
	"github.com/gubbo/gubbo/registry/zkserver"
	"github.com/gubbo/gubbo/registry/zookeeper"
)

// A provider's URL stands as long as it is wanted, and whoever subscribed is
// told of the whole list, now and after each change.
func ExampleNew() {
	server, err := zkserver.New(zkserver.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = server.Close() }()

	reg, err := zookeeper.New("zookeeper://" + server.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = reg.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	u, err := api.ParseURL("dubbo://10.0.0.5:20880/com.acme.User?version=1.0.0")
	if err != nil {
		fmt.Println(err)
		return
	}
	provider, err := reg.Register(u) // does not wait for the registry to be there
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := provider.Wait(ctx); err != nil { // unless asked to
		fmt.Println(err)
		return
	}

	query := registry.Query{Service: api.Service{Interface: "com.acme.User", Version: "1.0.0"}}
	sub, err := reg.Subscribe(query, func(s registry.Snapshot) { fmt.Println(s.Providers) })
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := sub.Wait(ctx); err != nil {
		fmt.Println(err)
	}
	sub.Close()
	// Output: [dubbo://10.0.0.5:20880/com.acme.User?version=1.0.0]
}
