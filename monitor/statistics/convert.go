package statistics

import (
	"fmt"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/monitor"
)

// FromBatch writes b for the wire.
func FromBatch(b *monitor.Batch) *Batch {
	w := &Batch{
		Application: b.Reporter.Application, Instance: b.Reporter.Instance, Boot: b.Reporter.Boot, Started: b.Reporter.Started,
		Minute: b.Minute, Seq: b.Seq, Rev: b.Rev, Through: b.Through, Sealed: b.Sealed, Final: b.Final, Every: b.Every, Dropped: b.Dropped,
		Rows: make([]*Row, len(b.Rows)),
	}
	rows := make([]Row, len(b.Rows))
	for i := range b.Rows {
		r, c := &b.Rows[i], &b.Rows[i].Calls
		rows[i] = Row{
			Side: r.Series.Side.String(), Service: r.Series.Service.Interface, Group: r.Series.Service.Group, Version: r.Series.Service.Version,
			Method: r.Series.Method, Peer: r.Series.Peer,
			Success: c[api.ClassSuccess], Business: c[api.ClassBusiness], Timeout: c[api.ClassTimeout], Rejected: c[api.ClassRejected],
			Network: c[api.ClassNetwork], Codec: c[api.ClassCodec], NoProvider: c[api.ClassNoProvider], Other: c[api.ClassOther],
			Attempts: r.Attempts, Elapsed: r.Elapsed, MaxElapsed: r.MaxElapsed, Concurrency: r.Concurrency, MaxConcurrency: r.MaxConcurrency,
			BytesIn: r.BytesIn, BytesOut: r.BytesOut, Latency: r.Latency,
		}
		w.Rows[i] = &rows[i]
	}
	return w
}

const (
	maxRows  = 20_000
	maxCount = 1 << 48 // far above what a minute or a clock holds, far below where sums overflow
)

// ToBatch checks what came from outside and returns it as monitor's batch. The
// error says which field is wrong.
func (b *Batch) ToBatch() (*monitor.Batch, error) {
	if b == nil {
		return nil, fmt.Errorf("statistics: batch is null")
	}
	if err := names(true, "application", b.Application, "instance", b.Instance, "boot", b.Boot); err != nil {
		return nil, err
	}
	if err := counts("started", b.Started, "seq", b.Seq, "rev", b.Rev, "through", b.Through, "every", b.Every, "dropped", b.Dropped, "minute", b.Minute); err != nil {
		return nil, err
	}
	if len(b.Rows) > maxRows {
		return nil, fmt.Errorf("statistics: batch has %d rows, more than %d", len(b.Rows), maxRows)
	}
	if b.Through < b.Minute*60_000 || b.Through > (b.Minute+1)*60_000 {
		return nil, fmt.Errorf("statistics: through %d lies outside of minute %d", b.Through, b.Minute)
	}
	m := &monitor.Batch{
		Reporter: monitor.Reporter{Application: b.Application, Instance: b.Instance, Boot: b.Boot, Started: b.Started},
		Minute:   b.Minute, Seq: b.Seq, Rev: b.Rev, Through: b.Through, Sealed: b.Sealed, Final: b.Final, Every: b.Every, Dropped: b.Dropped,
		Rows: make([]monitor.Row, len(b.Rows)),
	}
	seen := make(map[monitor.Series]bool, len(b.Rows))
	for i, r := range b.Rows {
		if err := r.to(b, &m.Rows[i]); err != nil {
			return nil, fmt.Errorf("%w (row %d)", err, i)
		}
		if s := m.Rows[i].Series; seen[s] {
			return nil, fmt.Errorf("statistics: series %+v comes twice (row %d)", s, i)
		} else {
			seen[s] = true
		}
	}
	return m, nil
}

func (r *Row) to(b *Batch, m *monitor.Row) error {
	if r == nil {
		return fmt.Errorf("statistics: row is null")
	}
	if err := names(true, "service", r.Service, "method", r.Method); err != nil {
		return err
	}
	if err := names(false, "group", r.Group, "version", r.Version, "peer", r.Peer); err != nil {
		return err
	}
	if err := counts("success", r.Success, "business", r.Business, "timeout", r.Timeout, "rejected", r.Rejected, "network", r.Network,
		"codec", r.Codec, "noProvider", r.NoProvider, "other", r.Other, "attempts", r.Attempts, "elapsed", r.Elapsed, "maxElapsed", r.MaxElapsed,
		"concurrency", r.Concurrency, "maxConcurrency", r.MaxConcurrency, "bytesIn", r.BytesIn, "bytesOut", r.BytesOut); err != nil {
		return err
	}
	var side api.Side
	switch r.Side {
	case api.ConsumerSide.String():
		side = api.ConsumerSide
	case api.ProviderSide.String():
		side = api.ProviderSide
	default:
		return fmt.Errorf("statistics: side is %q, want consumer or provider", cut(r.Side))
	}
	*m = monitor.Row{
		Series: monitor.Series{Side: side, Application: b.Application, Service: api.Service{Interface: r.Service, Group: r.Group, Version: r.Version}, Method: r.Method, Peer: r.Peer},
		Minute: b.Minute, Rev: b.Rev, Latency: r.Latency,
		Counts: monitor.Counts{Attempts: r.Attempts, Elapsed: r.Elapsed, MaxElapsed: r.MaxElapsed,
			Concurrency: r.Concurrency, MaxConcurrency: r.MaxConcurrency, BytesIn: r.BytesIn, BytesOut: r.BytesOut},
	}
	m.Calls = [api.Classes]int64{api.ClassSuccess: r.Success, api.ClassBusiness: r.Business, api.ClassTimeout: r.Timeout, api.ClassRejected: r.Rejected,
		api.ClassNetwork: r.Network, api.ClassCodec: r.Codec, api.ClassNoProvider: r.NoProvider, api.ClassOther: r.Other}
	n, err := monitor.CountEncoded(r.Latency)
	if err != nil {
		return err
	}
	if n != uint64(m.Total()) {
		return fmt.Errorf("statistics: latency counts %d calls, the row %d", n, m.Total())
	}
	return nil
}

// names checks pairs of a field's name and its text.
func names(required bool, pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if required && pairs[i+1] == "" {
			return fmt.Errorf("statistics: %s is empty", pairs[i])
		}
		if len(pairs[i+1]) > monitor.MaxName {
			return fmt.Errorf("statistics: %s %q is longer than %d bytes", pairs[i], cut(pairs[i+1]), monitor.MaxName)
		}
	}
	return nil
}

// counts checks pairs of a field's name and its number.
func counts(pairs ...any) error {
	for i := 0; i < len(pairs); i += 2 {
		if n := pairs[i+1].(int64); n < 0 || n > maxCount {
			return fmt.Errorf("statistics: %s %d is out of range", pairs[i], n)
		}
	}
	return nil
}

func cut(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
