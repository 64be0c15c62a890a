package provider_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/provider"
)

// greeter counts what it runs.
type greeter struct {
	runs  atomic.Int64
	stack string
}

func (g *greeter) SayHello(_ context.Context, name string) (string, error) {
	b := make([]byte, 16<<10)
	g.stack = string(b[:runtime.Stack(b, false)])
	return "Hello " + name, nil
}

func (g *greeter) Order(_ context.Context, o *greet.OrderRequest) (*greet.Receipt, error) {
	g.runs.Add(1)
	time.Sleep(time.Millisecond) // so that calls are under way when a provider leaves
	return &greet.Receipt{ID: o.ID, Total: int32(len(o.Lines))}, nil
}

// serve runs a provider over dubbo:// and returns its URL and how to end it.
func serve(t *testing.T, impl greet.Greeter) (url string, leave func()) {
	t.Helper()
	srv, err := provider.New(provider.Config{Application: "greeter", Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	if err := greet.RegisterGreeter(srv, impl); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	select {
	case <-srv.Ready():
	case err := <-done:
		t.Fatal(err)
	}
	leave = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(leave)
	return srv.URLs()[0].String(), leave
}

func client(t *testing.T, urls ...string) *greet.GreeterClient {
	t.Helper()
	cli, err := consumer.New(consumer.Config{Application: "shop", Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cli.Close(); err != nil {
			t.Error(err)
		}
	})
	c, err := greet.NewGreeterClient(cli, consumer.Direct(urls...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNoCallFailsWhileAProviderLeaves(t *testing.T) {
	first, second := &greeter{}, &greeter{}
	url1, leave := serve(t, first)
	url2, _ := serve(t, second)
	c := client(t, url1, url2)
	var calls, failed atomic.Int64
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				id := fmt.Sprintf("%d-%d", w, i)
				calls.Add(1)
				if r, err := c.Order(t.Context(), &greet.OrderRequest{ID: id}); err != nil || r.ID != id {
					failed.Add(1)
					t.Errorf("order %s: %+v %v", id, r, err)
				}
			}
		})
	}
	for first.runs.Load() < 50 {
		time.Sleep(time.Millisecond)
	}
	leave()
	after := second.runs.Load()
	for second.runs.Load() < after+50 {
		time.Sleep(time.Millisecond)
	}
	close(stop)
	wg.Wait()
	if runs := first.runs.Load() + second.runs.Load(); failed.Load() != 0 || runs != calls.Load() {
		t.Errorf("%d calls, %d failed, %d runs", calls.Load(), failed.Load(), runs)
	}
}

func TestFewFramesBelowAMethod(t *testing.T) {
	g := &greeter{}
	url, _ := serve(t, g)
	if s, err := client(t, url).SayHello(t.Context(), "you"); err != nil || s != "Hello you" {
		t.Fatal(s, err)
	}
	n := 0
	for _, line := range strings.Split(g.stack, "\n") {
		if strings.HasPrefix(line, "github.com/gubbo/gubbo/") && !strings.Contains(line, "internal/task") {
			n++
		}
	}
	if n == 0 || n > 8 {
		t.Errorf("%d of our frames, want 1 to 8:\n%s", n, g.stack)
	}
}

func ExampleServer_Run() {
	srv, err := provider.New(provider.Config{Application: "greeter", Listen: "127.0.0.1:0"})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := greet.RegisterGreeter(srv, &greeter{}); err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- srv.Run(ctx) }()
	<-srv.Ready()
	fmt.Println(srv.URLs()[0].Path())
	cancel() // a program would use signal.NotifyContext
	fmt.Println(<-done)
	// Output:
	// lab.greet.Greeter
	// <nil>
}

func TestPortInUseNamesIt(t *testing.T) {
	url, _ := serve(t, &greeter{})
	u, err := api.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	srv, err := provider.New(provider.Config{Application: "second", Listen: u.Address()})
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(greet.RegisterGreeter(srv, &greeter{}), srv.Run(t.Context()))
	if err == nil || !strings.Contains(err.Error(), u.Address()+`" is in use`) {
		t.Errorf("got %v", err)
	}
}
