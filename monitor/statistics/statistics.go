// Package statistics is the service between reporters and monitor nodes: what
// travels, and how it becomes monitor's rows again. The rest of the file set is
// written by gubbo-gen.
package statistics

import (
	"context"

	"github.com/gubbo/gubbo/protocol/hessian"
)

//go:generate go run github.com/gubbo/gubbo/cmd/gubbo-gen .

// StatisticsService takes what reporters counted.
//
//gubbo:service gubbo.monitor.StatisticsService
type StatisticsService interface {
	// Report keeps b. It returns once b is durable: "" then, else why b will
	// never be taken, so that sending it again is no use. An error says that b
	// was not kept, and may be sent again. Rows are states, so a batch that
	// comes twice counts once.
	//
	//gubbo:method report idempotent timeout=5s
	Report(ctx context.Context, b *Batch) (string, error)
}

// Batch is a monitor.Batch on the wire.
type Batch struct {
	_           hessian.Class `java:"gubbo.monitor.Batch"`
	Application string
	Instance    string
	Boot        string
	Started     int64
	Minute      int64
	Seq         int64
	Rev         int64
	Through     int64
	Sealed      bool
	Final       bool `java:"last"`
	Every       int64
	Dropped     int64
	Rows        []*Row
}

// Row is a monitor.Row on the wire; minute and application are its batch's.
type Row struct {
	_              hessian.Class `java:"gubbo.monitor.Row"`
	Side           string
	Service        string
	Group          string
	Version        string
	Method         string
	Peer           string
	Success        int64
	Business       int64
	Timeout        int64
	Rejected       int64
	Network        int64
	Codec          int64
	NoProvider     int64
	Other          int64
	Attempts       int64
	Elapsed        int64
	MaxElapsed     int64
	Concurrency    int64
	MaxConcurrency int64
	BytesIn        int64
	BytesOut       int64
	Latency        []byte
}
