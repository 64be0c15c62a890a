// Command callback shows a listener: a consumer hands it to a provider, which
// calls it back over the same connection. Both run here, in one process.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"sync"

	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/examples/callback/quote"
	"github.com/gubbo/gubbo/provider"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	srv, err := provider.New(provider.Config{Application: "exchange", Listen: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	// Each consumer may have two listeners, where Dubbo's default is one.
	if err := quote.RegisterService(srv, newExchange(), provider.Callbacks(2)); err != nil {
		return err
	}
	ctx, leave := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- srv.Run(ctx) }()
	select {
	case <-srv.Ready():
		err = listen(ctx, srv.URLs()[0].String())
	case err = <-ended:
		ended <- nil
	}
	leave()
	return errors.Join(err, <-ended)
}

// listen is the consumer.
func listen(ctx context.Context, url string) error {
	cli, err := consumer.New(consumer.Config{Application: "trader"})
	if err != nil {
		return err
	}
	defer cli.Close()
	quotes, err := quote.NewServiceClient(cli, consumer.Direct(url))
	if err != nil {
		return err
	}
	l := &printer{quotes: quotes}
	if err := l.register(ctx); err != nil {
		return err
	}
	for _, price := range []float64{101.5, 99.75, 100} {
		if _, err := quotes.Publish(ctx, &quote.Quote{Symbol: "GO", Price: price}); err != nil {
			return err
		}
	}
	return quotes.RemoveListener(ctx, "GO", l)
}

// printer is a listener.
type printer struct {
	quotes quote.Service
	mu     sync.Mutex
	heard  int64 // guarded by mu: calls may come at once
}

func (p *printer) register(ctx context.Context) error {
	now, err := p.quotes.AddListener(ctx, "GO", p)
	if err == nil {
		fmt.Println("registered at", now.Price)
	}
	return err
}

// Changed is called by the provider.
func (p *printer) Changed(_ context.Context, q *quote.Quote) (int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.heard++
	fmt.Printf("%d: %s is at %v\n", p.heard, q.Symbol, q.Price)
	return p.heard, nil
}

// Closing is called by the provider.
func (p *printer) Closing(_ context.Context, reason string) error {
	fmt.Println("no more prices:", reason)
	return nil
}

// ListenerEnded is called when the connection is lost: the provider has
// forgotten this listener, so it registers again.
func (p *printer) ListenerEnded(ctx context.Context, err error) {
	fmt.Println("connection lost:", err)
	if err := p.register(ctx); err != nil {
		fmt.Println("not registered again:", err)
	}
}

var _ consumer.ListenerEnder = (*printer)(nil)
