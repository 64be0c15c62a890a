// Package report sends what a process counted to the monitor: that it is there
// at once, each minute soon after its end, until the monitor has it on disk. New returns the
// api.Observer to put in the Config of a provider or a consumer.
//
// A monitor that is away costs nothing but memory: sealed minutes wait, up to
// an hour of them. Calls never wait for a report.
package report

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/monitor"
	"github.com/gubbo/gubbo/registry"
)

// ErrRefused is what a Sender wraps where a batch will never be taken, so that
// sending it again is no use.
var ErrRefused = errors.New("report: the monitor refused the batch")

// Sender carries batches to where they are kept.
type Sender interface {
	// Send returns nil only when b is durable. It is called by one goroutine at
	// a time and must give up when ctx ends.
	Send(ctx context.Context, b *monitor.Batch) error
	// Close releases what the Sender holds.
	Close() error
}

// Reporter is an api.Observer that counts and reports. One Reporter may serve
// several Configs of one process if the first of their Closes may end it.
type Reporter struct {
	*monitor.Collector
	config config
	id     monitor.Reporter
	sender Sender
	spool  *spool // the loop's; after it ended Close's
	tasks  task.Group

	closing sync.Once
	err     error // of the one Close

	away  bool // the last batch was not taken; belongs to whom spool belongs to
	taken bool // some batch was taken
}

var _ api.Observer = (*Reporter)(nil)

const (
	sendTimeout  = 5 * time.Second
	closeTimeout = 5 * time.Second // where the ctx of Close has no deadline
	firstRetry   = time.Second
	lastRetry    = 30 * time.Second
)

// unknown names an application or instance that has no name: the monitor takes
// none without.
const unknown = "unknown"

// New starts to report the calls of an application to the monitor that reg
// names, or to the one of the option Address; then reg may be nil. It returns
// at once and reports whenever a monitor is there. The Reporter does not close
// reg. Names of application and instance are cut at monitor.MaxName bytes.
func New(reg registry.Registry, application string, opts ...Option) *Reporter {
	c := config{jitter: defaultJitter, minutes: defaultMinutes, logger: slog.Default(), now: time.Now}
	for _, o := range opts {
		o(&c)
	}
	if c.instance == "" {
		c.instance, _ = os.Hostname()
	}
	c.instance, application = monitor.Name(cmp.Or(c.instance, unknown)), monitor.Name(cmp.Or(application, unknown))
	boot := make([]byte, 8)
	rand.Read(boot) // never fails
	r := &Reporter{
		Collector: monitor.NewCollector(application, c.maxSeries),
		config:    c,
		id:        monitor.Reporter{Application: application, Instance: c.instance, Boot: hex.EncodeToString(boot), Started: c.now().UnixMilli()},
		sender:    c.via,
	}
	if r.sender == nil {
		r.sender = newNodeSender(reg, application, c.addresses)
	}
	every := time.Minute + c.jitter
	if c.states > 0 {
		every = min(every, c.states)
	}
	// An outage of n minutes touches up to two more: one that was sealed but
	// not yet sent, and one that is sealed before the next retry.
	r.spool = newSpool(r.Collector, r.id, every, c.minutes+2)
	r.tasks.Go(r.loop)
	return r
}

// ID tells under which name the monitor knows this Reporter.
func (r *Reporter) ID() monitor.Reporter { return r.id }

// loop seals, sends and waits, until Close.
func (r *Reporter) loop(ctx context.Context) {
	offset := time.Duration(0)
	if r.config.jitter > 0 {
		offset = mathrand.N(r.config.jitter)
	}
	retry := firstRetry
	for {
		r.spool.turn(r.config.now())
		// The first turn comes at once and is sent until it is taken: a process
		// that is killed before its first minute ends is then known, and so is
		// the gap that it leaves.
		if r.config.states == 0 && r.taken {
			r.spool.running = nil
		}
		if err := r.send(ctx); err != nil {
			retry = min(2*retry, lastRetry)
		} else {
			retry = firstRetry
		}

		now := r.config.now()
		next := now.Truncate(time.Minute).Add(offset)
		if !next.After(now) {
			next = next.Add(time.Minute)
		}
		wait := next.Sub(now)
		if r.config.states > 0 {
			wait = min(wait, r.config.states)
		}
		if r.away {
			// Half of the wait is drawn, so that a fleet does not come back as
			// one when the monitor does.
			wait = min(wait, retry/2+mathrand.N(retry/2))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// send sends all there is, until one batch is not taken.
func (r *Reporter) send(ctx context.Context) error {
	for b := r.spool.next(); b != nil; b = r.spool.next() {
		attempt, cancel := context.WithTimeout(ctx, sendTimeout)
		err := r.sender.Send(attempt, b)
		cancel()
		if errors.Is(err, ErrRefused) {
			r.config.logger.Error("report: a batch is given up", "minute", monitor.MinuteTime(b.Minute), "rows", len(b.Rows), "err", err)
			r.spool.refused()
			continue
		}
		if err != nil {
			if !r.away && ctx.Err() == nil {
				r.config.logger.Warn("report: the monitor takes no statistics; they wait", "minutes", r.config.minutes, "err", err)
				r.away = true
			}
			return err
		}
		if r.away {
			r.config.logger.Info("report: the monitor takes statistics again", "waiting", len(r.spool.waiting), "dropped_minutes", r.spool.dropped)
		}
		r.away, r.taken = false, true
		r.spool.ack()
	}
	return nil
}

// Close seals the running minute and sends what still waits, as long as ctx
// allows, or for 5 s if it has no deadline. It returns an error that says what
// could not be sent; that is lost. Calls that end later are not counted. Only
// the first Close does anything.
func (r *Reporter) Close(ctx context.Context) error {
	r.closing.Do(func() { r.err = r.close(ctx) })
	return r.err
}

func (r *Reporter) close(ctx context.Context) error {
	r.tasks.Stop()
	r.tasks.Wait()
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, closeTimeout)
		defer cancel()
	}
	r.spool.finish(r.config.now())
	err := r.flush(ctx)
	if err != nil {
		err = fmt.Errorf("report: %d minutes of statistics could not be sent and are lost: %w", len(r.spool.waiting), err)
	}
	return errors.Join(err, r.sender.Close())
}

func (r *Reporter) flush(ctx context.Context) error {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := r.send(ctx)
		if err == nil {
			return nil
		}
		if !r.taken && errors.Is(err, api.ErrNoProvider) {
			return err // there never was a monitor: nothing to wait for
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return err
		case <-timer.C:
		}
	}
}
