package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/examples/greet/ledger"
	"github.com/gubbo/gubbo/examples/greet/load"
	"github.com/gubbo/gubbo/examples/greet/service"
	"github.com/gubbo/gubbo/monitor/report"
	"github.com/gubbo/gubbo/provider"
	"github.com/gubbo/gubbo/registry"
)

// The applications of the lab, as registry and monitor show them.
const (
	providerApplication = "greet-provider"
	consumerApplication = "greet-consumer"
)

// reportStates is how often a child sends the state of the running minute, so
// that the dashboard lives.
const reportStates = 2 * time.Second

// callTimeout is the consumers' timeout. The lab is about calls that are lost
// or counted wrong, not about slow ones, and a machine that builds something
// beside it may well leave a process without CPU or disk for a second.
const callTimeout = 5 * time.Second

// method is one method under load.
type method struct {
	name       string
	idempotent bool
	workers    int // per consumer
	every      time.Duration
}

// methods are what the consumers call.
var methods = [...]method{
	{"sayHello", true, 8, 40 * time.Millisecond},
	{"order", false, 4, 100 * time.Millisecond},
}

// Child says what a child process is to do.
type Child struct {
	// Name is the process's name in the lab.
	Name string
	// Registry is where it registers or finds; the child closes it.
	Registry registry.Registry
	// Ledger is the file that a provider writes its executions to.
	Ledger string
	// Out takes the messages to the lab.
	Out io.Writer
}

// printer writes messages one at a time.
type printer struct {
	mu sync.Mutex // guards w
	w  io.Writer
}

func (p *printer) say(m message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = json.NewEncoder(p.w).Encode(m) // a lab that is gone has closed our input as well
}

// RunProvider is a provider process of the lab; it leaves when ctx ends.
func RunProvider(ctx context.Context, c Child) error {
	defer c.Registry.Close()
	book, err := ledger.Create(c.Ledger)
	if err != nil {
		return err
	}
	defer book.Close()
	obs := report.New(c.Registry, providerApplication, report.Instance(c.Name), report.States(reportStates))
	srv, err := provider.New(provider.Config{
		Application: providerApplication,
		Registry:    c.Registry,
		Listen:      "127.0.0.1:0",
		Observers:   []api.Observer{obs},
	})
	if err != nil {
		return err
	}
	if err := greet.RegisterGreeter(srv, service.New(c.Name, book)); err != nil {
		return err
	}
	out := &printer{w: c.Out}
	stopped := make(chan struct{})
	var ready sync.WaitGroup
	ready.Go(func() {
		select {
		case <-srv.Ready():
			out.say(message{Ready: true, Reporter: obs.ID().Boot, Address: "dubbo://" + srv.Addr()})
		case <-stopped:
		}
	})
	err = srv.Run(ctx)
	close(stopped)
	ready.Wait()
	if err == nil {
		out.say(message{Final: true})
	}
	return err
}

// RunConsumer is a consumer process of the lab; it leaves when ctx ends and
// its last call has returned.
func RunConsumer(ctx context.Context, c Child) (err error) {
	defer c.Registry.Close()
	obs := report.New(c.Registry, consumerApplication, report.Instance(c.Name), report.States(reportStates))
	cli, err := consumer.New(consumer.Config{
		Application: consumerApplication,
		Registry:    c.Registry,
		Observers:   []api.Observer{obs},
		Timeout:     callTimeout,
		CheckWait:   startWait, // who starts us knows when to give up
	})
	if err != nil {
		return err
	}
	closed := false
	defer func() {
		if !closed {
			cli.Close()
		}
	}()
	greeter, err := greet.NewGreeterClient(cli)
	if err != nil {
		return err
	}
	calls := map[string]func(ctx context.Context, id string) error{
		"sayHello": func(ctx context.Context, id string) error {
			_, err := greeter.SayHello(ctx, id)
			return err
		},
		"order": func(ctx context.Context, id string) error {
			_, err := greeter.Order(ctx, &greet.OrderRequest{ID: id, Lines: []*greet.OrderLine{{Item: "tea", Count: 2}}})
			return err
		},
	}
	out := &printer{w: c.Out}
	var loads []load.Method
	for _, m := range methods {
		loads = append(loads, load.Method{Name: m.name, Workers: m.workers, Every: m.every, Call: calls[m.name]})
	}
	l := load.New(c.Name, func(method, id string, err error) {
		out.say(message{Failure: fmt.Sprintf("%s %s: %v", method, id, err)})
	}, loads...)
	out.say(message{Ready: true, Reporter: obs.ID().Boot})

	ended := make(chan struct{})
	var telling sync.WaitGroup
	telling.Go(func() {
		often := time.NewTicker(100 * time.Millisecond) // the lab prints once a second, and not in step
		defer often.Stop()
		for {
			select {
			case <-ended:
				return
			case <-often.C:
				out.say(message{Counts: l.Counts()})
			}
		}
	})
	l.Run(ctx)
	close(ended)
	telling.Wait()
	closed = true
	err = cli.Close() // flushes the statistics
	out.say(message{Counts: l.Counts(), Final: true})
	return err
}
