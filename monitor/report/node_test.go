package report

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/monitor"
	"github.com/gubbo/gubbo/monitor/statistics"
	"github.com/gubbo/gubbo/provider"
)

// takes is a monitor that takes every batch that reaches it.
type takes struct{ rows chan int }

func (m takes) Report(_ context.Context, b *statistics.Batch) (string, error) {
	m.rows <- len(b.Rows)
	return "", nil
}

// A batch that no message can carry is given up: if it were sent again for
// ever, none of those behind it would come.
func TestABatchTooLargeToSendIsRefused(t *testing.T) {
	srv, err := provider.New(provider.Config{Application: "monitor", Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	node := takes{make(chan int, 1)}
	if err := statistics.RegisterStatisticsService(srv, node); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- srv.Run(ctx) }()
	<-srv.Ready()
	sender := newNodeSender(nil, "greet", []string{srv.URLs()[0].String()})
	defer func() {
		if err := errors.Join(sender.Close(), func() error { stop(); return <-ended }()); err != nil {
			t.Error(err)
		}
	}()

	var b monitor.Batch
	long := strings.Repeat("x", monitor.MaxName-8)
	for i := range 20_000 {
		s := monitor.Series{Service: api.Service{Interface: long, Group: long}, Method: fmt.Sprint(i)}
		b.Rows = append(b.Rows, monitor.Row{Series: s})
	}
	wait, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := sender.Send(wait, &b); !errors.Is(err, ErrRefused) || !errors.Is(err, api.ErrTooLarge) {
		t.Errorf("a batch above the limit of a message: %v", err)
	}
	b.Rows = b.Rows[:1]
	if err := sender.Send(wait, &b); err != nil || <-node.rows != 1 {
		t.Errorf("one that fits: %v", err)
	}
}
