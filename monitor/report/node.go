package report

import (
	"context"
	"errors"
	"fmt"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/monitor"
	"github.com/gubbo/gubbo/monitor/statistics"
	"github.com/gubbo/gubbo/registry"
)

// nodeSender sends to a monitor node.
type nodeSender struct {
	client *consumer.Client
	stub   *statistics.StatisticsServiceClient
	err    error // why there is no stub
}

// newNodeSender makes a Sender to the node that reg names, or to one of urls.
// The consumer behind it has no observers: reports are not reported.
func newNodeSender(reg registry.Registry, application string, urls []string) *nodeSender {
	s := &nodeSender{}
	opts := []consumer.Option{consumer.Check(false)}
	switch {
	case len(urls) > 0:
		reg = nil
		opts = append(opts, consumer.Direct(urls...))
	case reg == nil:
		s.err = errors.New("report: there is neither a registry nor an address; give New a registry or the option Address")
		return s
	}
	if s.client, s.err = consumer.New(consumer.Config{Application: application, Registry: reg}); s.err == nil {
		s.stub, s.err = statistics.NewStatisticsServiceClient(s.client, opts...)
	}
	return s
}

// Send implements Sender.
func (s *nodeSender) Send(ctx context.Context, b *monitor.Batch) error {
	if s.err != nil {
		return s.err
	}
	refused, err := s.stub.Report(ctx, statistics.FromBatch(b))
	switch {
	case err == nil && refused != "":
		err = fmt.Errorf("%w: %s", ErrRefused, refused)
	case errors.Is(err, api.ErrTooLarge): // and will be, however often it is sent
		err = fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}

// Close implements Sender.
func (s *nodeSender) Close() error {
	if s.client == nil {
		return nil
	}
	return s.client.Close()
}
