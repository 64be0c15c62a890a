package consumer_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/provider"
	"github.com/gubbo/gubbo/registry"
)

// A consumer that knows its provider's address.
func Example_direct() {
	address, stop := serve() // "dubbo://127.0.0.1:…", a provider
	defer stop()

	cli, err := consumer.New(consumer.Config{Application: "example"})
	if err != nil {
		log.Fatal(err)
	}
	defer cli.Close()
	greeter, err := greet.NewGreeterClient(cli, consumer.Direct(address))
	if err != nil {
		log.Fatal(err)
	}
	hello, err := greeter.SayHello(context.Background(), "Ada")
	fmt.Println(hello, err)
	// Output: Hello, Ada <nil>
}

// A consumer that asks a registry. Any registry.Registry will do; use
// zookeeper.New("zookeeper://127.0.0.1:2181") for a real one.
func Example_registry() {
	address, stop := serve()
	defer stop()
	var reg registry.Registry = oneProvider(address + "/lab.greet.Greeter")

	cli, err := consumer.New(consumer.Config{Application: "example", Registry: reg})
	if err != nil {
		log.Fatal(err)
	}
	defer cli.Close()
	greeter, err := greet.NewGreeterClient(cli)
	if err != nil {
		log.Fatal(err)
	}
	hello, err := greeter.SayHello(context.Background(), "Grace")
	fmt.Println(hello, err)
	// Output: Hello, Grace <nil>
}

// What one call wants for itself, and what became of it.
func ExampleReference_With() {
	address, stop := serve()
	defer stop()
	cli, err := consumer.New(consumer.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer cli.Close()
	greeter, err := greet.NewGreeterClient(cli, consumer.Direct(address))
	if err != nil {
		log.Fatal(err)
	}
	var info consumer.CallInfo
	_, err = greeter.With(
		consumer.Attach("tenant", "a"),
		consumer.Timeout(500*time.Millisecond),
		consumer.Capture(&info),
	).SayHello(context.Background(), "Ada")
	fmt.Println(err, len(info.Attempts), info.Attempts[0].Code, "dubbo://"+info.Peer == address)
	// Output: <nil> 1 ok true
}

// Two calls at the same time, each with a result of its own type. A future ends
// with its ctx, by its Cancel, or with the client.
func ExampleGo() {
	address, stop := serve()
	defer stop()
	cli, err := consumer.New(consumer.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer cli.Close()
	greeter, err := greet.NewGreeterClient(cli, consumer.Direct(address))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	hello := consumer.Go(ctx, cli, func(ctx context.Context) (string, error) { return greeter.SayHello(ctx, "Ada") })
	order := consumer.Go(ctx, cli, func(ctx context.Context) (*greet.Receipt, error) {
		return greeter.Order(ctx, &greet.OrderRequest{ID: "1"})
	})
	text, err := hello.Wait(ctx)
	fmt.Println(text, err)
	receipt, err := order.Wait(ctx)
	fmt.Println(receipt != nil, err)
	// Output:
	// Hello, Ada <nil>
	// true <nil>
}

// A oneway call that returns once its bytes are written, or says why not.
func ExampleSent() {
	address, stop := serve()
	defer stop()
	cli, err := consumer.New(consumer.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer cli.Close()
	users, err := greet.NewGreetServiceClient(cli, consumer.Direct(address), consumer.Sent(true))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(users.Notify(context.Background(), "Ada"))
	// Output: <nil>
}

// A declared Java exception is a Go error that errors.As finds.
func Example_exception() {
	address, stop := serve()
	defer stop()
	cli, err := consumer.New(consumer.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer cli.Close()
	users, err := greet.NewGreetServiceClient(cli, consumer.Direct(address))
	if err != nil {
		log.Fatal(err)
	}
	_, err = users.Find(context.Background(), 42)
	var nf *greet.NotFound
	if errors.As(err, &nf) {
		fmt.Println("there is no user", nf.ID)
	}
	// Output: there is no user 42
}

// A provider that is down costs no call: another one is asked. RetryOn also
// retries calls that may have run already, as Java Dubbo does by default.
func ExampleRetryOn() {
	address, stop := serve()
	defer stop()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	down := "dubbo://" + ln.Addr().String()
	ln.Close()

	cli, err := consumer.New(consumer.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer cli.Close()
	greeter, err := greet.NewGreeterClient(cli,
		consumer.Direct(address, down),
		consumer.Cluster(consumer.Failover),
		consumer.Retries(2),
		consumer.RetryOn(consumer.AnyFailure),
	)
	if err != nil {
		log.Fatal(err)
	}
	failed := 0
	for range 20 {
		if _, err := greeter.Order(context.Background(), &greet.OrderRequest{ID: "1"}); err != nil {
			failed++
		}
	}
	fmt.Println(failed, "failed")
	// Output: 0 failed
}

// A filter sees each call once; AttemptFilters see each try.
func Example_filter() {
	address, stop := serve()
	defer stop()
	shout := func(next api.Invoker) api.Invoker {
		return api.InvokerFunc(func(ctx context.Context, inv *api.Invocation) error {
			fmt.Println("calling", inv.Method.Name)
			err := next.Invoke(ctx, inv)
			fmt.Println("called", inv.Method.Name, err)
			return err
		})
	}
	cli, err := consumer.New(consumer.Config{Filters: []api.Filter{shout}})
	if err != nil {
		log.Fatal(err)
	}
	defer cli.Close()
	greeter, err := greet.NewGreeterClient(cli, consumer.Direct(address))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := greeter.SayHello(context.Background(), "Ada"); err != nil {
		log.Fatal(err)
	}
	// Output:
	// calling sayHello
	// called sayHello <nil>
}

// An observer sees calls and tries end, after decoding.
func Example_observer() {
	address, stop := serve()
	defer stop()
	cli, err := consumer.New(consumer.Config{Observers: []api.Observer{printer{}}})
	if err != nil {
		log.Fatal(err)
	}
	greeter, err := greet.NewGreeterClient(cli, consumer.Direct(address))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := greeter.SayHello(context.Background(), "Ada"); err != nil {
		log.Fatal(err)
	}
	if err := cli.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// attempt: ok true
	// call: ok true
	// flushed
}

type printer struct{}

func (printer) Begin(*api.Observation) {}

func (printer) End(o *api.Observation) {
	scope := "call"
	if o.Scope == api.AttemptScope {
		scope = "attempt"
	}
	fmt.Printf("%s: %v %v\n", scope, api.CodeOf(o.Err), o.Elapsed > 0)
}

func (printer) Close(context.Context) error {
	fmt.Println("flushed")
	return nil
}

// A tool calls without generated code.
func ExampleClient_Generic() {
	address, stop := serve()
	defer stop()
	cli, err := consumer.New(consumer.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer cli.Close()
	g, err := cli.Generic(api.ParseService("lab.greet.Greeter"), consumer.Direct(address))
	if err != nil {
		log.Fatal(err)
	}
	hello, err := g.Invoke(context.Background(), "sayHello", []string{"java.lang.String"}, []any{"Ada"})
	fmt.Println(hello, err)
	// Output: Hello, Ada <nil>
}

// A tool that has JSON and wants JSON calls without generated code. The provider
// reads it, so its service must be registered with provider.Generic.
func ExampleGeneric_InvokeJSON() {
	address, stop := serve(provider.Generic())
	defer stop()
	cli, err := consumer.New(consumer.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer cli.Close()
	g, err := cli.Generic(api.ParseService("lab.greet.Greeter"), consumer.Direct(address))
	if err != nil {
		log.Fatal(err)
	}
	hello, err := g.InvokeJSON(context.Background(), "sayHello", []string{"java.lang.String"}, []string{`"Ada"`})
	fmt.Println(hello, err)
	// Output: "Hello, Ada" <nil>
}

// Errors say what kind they are.
func Example_errors() {
	cli, err := consumer.New(consumer.Config{Registry: oneProvider("tri://127.0.0.1:1/lab.greet.Greeter")})
	if err != nil {
		log.Fatal(err)
	}
	defer cli.Close()
	greeter, err := greet.NewGreeterClient(cli, consumer.Check(false))
	if err != nil {
		log.Fatal(err)
	}
	_, err = greeter.SayHello(context.Background(), "Ada")
	fmt.Println(errors.Is(err, api.ErrNoProvider))
	fmt.Println(err)
	// Output:
	// true
	// consumer: no provider for lab.greet.Greeter.sayHello: 1 known from the registry; 1 filtered: 1 of protocol "tri", which is not spoken here (dubbo)
}

// oneProvider is a registry with one URL in it.
type oneProvider string

func (o oneProvider) Subscribe(_ registry.Query, deliver func(registry.Snapshot)) (registry.Subscription, error) {
	u, err := api.ParseURL(string(o))
	if err != nil {
		return nil, err
	}
	deliver(registry.Snapshot{Providers: []api.URL{u}})
	return standing{}, nil
}

func (o oneProvider) Register(api.URL) (registry.Registration, error) { return standingURL{}, nil }
func (o oneProvider) State() registry.State                           { return registry.State{Connected: true} }
func (o oneProvider) Close() error                                    { return nil }

type standing struct{}

func (standing) Wait(context.Context) error { return nil }
func (standing) Close()                     {}

type standingURL struct{}

func (standingURL) Wait(context.Context) error  { return nil }
func (standingURL) Close(context.Context) error { return nil }
