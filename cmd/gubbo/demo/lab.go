package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gubbo/gubbo/examples/greet/ledger"
	"github.com/gubbo/gubbo/examples/greet/load"
	"github.com/gubbo/gubbo/registry"
)

const (
	// providers and consumers are how many processes of each the lab has.
	providers, consumers = 2, 2
	// startWait bounds how long a part of the lab may take to be ready.
	startWait = 30 * time.Second
	// stopWait bounds how long a part may take to leave.
	stopWait = 30 * time.Second
	// gapWait bounds how long the monitor may take to call a killed process
	// silent.
	gapWait = 30 * time.Second
	// chaosEvery is how often --chaos kills a provider; it is down for
	// chaosDown.
	chaosEvery = 10 * time.Second
	chaosDown  = time.Second
)

// Config says what the lab is to do. OpenRegistry and Out are required.
type Config struct {
	// Registry is the URL of the registry; "" runs an embedded one.
	Registry string
	// OpenRegistry opens a registry by its URL.
	OpenRegistry func(url string) (registry.Registry, error)
	// HTTP is where the dashboard listens; a port in use is replaced by a free
	// one.
	HTTP string
	// Duration ends the lab by itself; 0 waits for the context.
	Duration time.Duration
	// Chaos kills a provider with SIGKILL every 10 s and starts it again.
	Chaos bool
	// Out takes the live lines and the closing comparison.
	Out io.Writer

	// BeforeVerify, if not nil, runs between the end of the lab and the comparison; tests
	// spoil the store with it.
	BeforeVerify func(storeDir string) error
}

// lab is a running demo.
type lab struct {
	cfg      Config
	dir      string
	registry string // URL that children are given
	monitor  *monitorNode
	begin    time.Time

	mu        sync.Mutex // guards what follows, and Out
	consumers []*process
	providers []*process // in the order of their starts, the gone ones too
	serial    int
}

// Run runs the lab until ctx ends or Duration has passed, then compares the
// monitor's rows with the books. It returns an error if a part failed or a
// comparison does not hold.
func Run(ctx context.Context, cfg Config) (err error) {
	dir, err := os.MkdirTemp("", "gubbo-demo-")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer os.RemoveAll(dir)
	l := &lab{cfg: cfg, dir: dir, registry: cfg.Registry, begin: time.Now()}
	logger := slog.New(slog.NewTextHandler(logWriter{l}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	embedded := ""
	if l.registry == "" {
		s, err := startRegistry(l.say, logger)
		if err != nil {
			return err
		}
		defer s.Close()
		l.registry, embedded = "zookeeper://"+s.Addr().String(), " (embedded)"
	}
	l.say("registry    %s%s", l.registry, embedded)
	reg, err := cfg.OpenRegistry(l.registry)
	if err != nil {
		return err
	}
	defer reg.Close()
	if l.monitor, err = startMonitor(reg, cfg.HTTP, filepath.Join(dir, "monitor"), logger, l.say); err != nil {
		return err
	}
	defer l.monitor.stop()
	l.say("dashboard   %s", l.monitor.url)

	defer l.killAll()
	for n := range providers {
		if err := l.startProvider(fmt.Sprint("provider-", n+1)); err != nil {
			return err
		}
	}
	for n := range consumers {
		if err := l.startConsumer(fmt.Sprint("consumer-", n+1)); err != nil {
			return err
		}
	}
	l.say("Ctrl-C ends it; kill -9 a provider and see what happens\n")
	return errors.Join(l.live(ctx), l.finish())
}

func (l *lab) say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.cfg.Out, format+"\n", args...)
}

// startProvider starts another process for the provider called name, with a
// ledger of its own.
func (l *lab) startProvider(name string) error {
	l.serial++
	p, err := start(name, []string{"demo", "provider", "--name", name, "--registry", l.registry, "--ledger", l.ledger(l.serial)}, l.log(name))
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.providers = append(l.providers, p)
	l.mu.Unlock()
	if err := p.waitReady(startWait); err != nil {
		return err
	}
	l.say("%s  %s, pid %d", name, p.where(), p.cmd.Process.Pid)
	return nil
}

// ledger is the file in which the provider process with a serial number
// writes its executions; numbers count from 1.
func (l *lab) ledger(serial int) string { return filepath.Join(l.dir, fmt.Sprint("ledger-", serial)) }

func (l *lab) startConsumer(name string) error {
	p, err := start(name, []string{"demo", "consumer", "--name", name, "--registry", l.registry}, l.log(name))
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.consumers = append(l.consumers, p)
	l.mu.Unlock()
	if err := p.waitReady(startWait); err != nil {
		return err
	}
	l.say("%s  pid %d", name, p.cmd.Process.Pid)
	return nil
}

func (l *lab) log(name string) func(string) {
	return func(line string) { l.say("%s: %s", name, line) }
}

// live prints a line per second, and kills providers if asked to, until ctx
// ends or the time is over. The error is that chaos could not go on.
func (l *lab) live(ctx context.Context) error {
	if l.cfg.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, l.cfg.Duration)
		defer cancel()
	}
	second := time.NewTicker(time.Second)
	defer second.Stop()
	begin, killed, last := time.Now(), time.Now(), map[string]load.Counts{}
	victim := 0
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-second.C:
		}
		now := l.sum()
		l.say("%s", liveLine(time.Since(begin), last, now))
		last = now
		if err := l.revive(); err != nil {
			l.say("%v", err)
		}
		if l.cfg.Chaos && time.Since(killed) >= chaosEvery && !l.endsWithin(begin, chaosDown+2*time.Second) {
			killed = time.Now()
			if err := l.chaos(ctx, fmt.Sprint("provider-", victim%providers+1)); err != nil {
				l.say("chaos: %v", err)
				return err
			}
			victim++
		}
	}
}

func (l *lab) endsWithin(begin time.Time, d time.Duration) bool {
	return l.cfg.Duration > 0 && time.Since(begin)+d > l.cfg.Duration
}

// chaos kills the running process called name and starts it again.
func (l *lab) chaos(ctx context.Context, name string) error {
	p := l.running(name)
	if p == nil {
		return fmt.Errorf("no running %s", name)
	}
	pid := p.cmd.Process.Pid
	p.kill()
	l.say("chaos: killed %s, pid %d, with SIGKILL", name, pid)
	down := time.NewTimer(chaosDown)
	defer down.Stop()
	select {
	case <-ctx.Done():
		return nil
	case <-down.C:
	}
	return l.startProvider(name)
}

// revive starts a provider again that somebody else has ended.
func (l *lab) revive() error {
	for n := range providers {
		name := fmt.Sprint("provider-", n+1)
		if l.running(name) != nil {
			continue
		}
		l.say("%s is gone; it is started again", name)
		if err := l.startProvider(name); err != nil {
			return err
		}
	}
	return nil
}

func (l *lab) running(name string) *process {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.providers {
		if p.name == name && !p.isGone() {
			return p
		}
	}
	return nil
}

// sum adds up what the consumers counted so far.
func (l *lab) sum() map[string]load.Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	sum := map[string]load.Counts{}
	for _, p := range l.consumers {
		_, counts, _ := p.snapshot()
		for method, n := range counts {
			s := sum[method]
			s.Calls += n.Calls
			s.Success += n.Success
			s.Failed += n.Failed
			s.Unknown += n.Unknown
			sum[method] = s
		}
	}
	return sum
}

func liveLine(at time.Duration, last, now map[string]load.Counts) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%5.0fs", at.Seconds())
	for _, m := range methods {
		n, before := now[m.name], last[m.name]
		fmt.Fprintf(&b, "   %s %d calls/s, %d in all, ", m.name, n.Calls-before.Calls, n.Calls)
		if m.idempotent {
			fmt.Fprintf(&b, "%d failed", n.Failed+n.Unknown)
		} else {
			fmt.Fprintf(&b, "%d failed, %d of unknown outcome", n.Failed, n.Unknown)
		}
	}
	return b.String()
}

// finish stops consumers, then providers, then compares.
func (l *lab) finish() error {
	var errs []error
	l.say("\nstopping: consumers first, then providers; each sends its last minute")
	for _, p := range l.consumers {
		errs = append(errs, p.stop(stopWait))
	}
	for _, p := range l.providers {
		if !p.isGone() {
			errs = append(errs, p.stop(stopWait))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	b := books{callers: 0, idempotent: map[string]bool{}}
	for _, m := range methods {
		b.callers += consumers * m.workers
		b.idempotent[m.name] = m.idempotent
	}
	for _, p := range l.consumers {
		reporter, counts, final := p.snapshot()
		if !final {
			return fmt.Errorf("demo: %s ended without its final counts", p.name)
		}
		b.consumers = append(b.consumers, consumerBook{p.name, reporter, counts})
	}
	for i, p := range l.providers {
		executions, err := ledger.Read(l.ledger(i + 1))
		if err != nil {
			return err
		}
		reporter, _, _ := p.snapshot()
		b.providers = append(b.providers, providerBook{fmt.Sprintf("%s pid %d", p.name, p.cmd.Process.Pid), reporter, p.killed || p.result() != nil, executions})
	}
	reporters, err := l.reporters(b.providers)
	if err != nil {
		return err
	}
	if err := l.monitor.stop(); err != nil {
		return err
	}
	if l.cfg.BeforeVerify != nil {
		if err := l.cfg.BeforeVerify(l.monitor.dir); err != nil {
			return err
		}
	}
	rows, err := storedRows(l.monitor.dir, l.begin)
	if err != nil {
		return err
	}
	l.say("\nthe monitor's rows against the books of callers and handlers:")
	l.mu.Lock()
	failed := b.verify(l.cfg.Out, rows, reporters)
	l.mu.Unlock()
	if failed > 0 {
		return fmt.Errorf("demo: %d comparisons do not hold", failed)
	}
	l.say("\nevery comparison holds")
	return nil
}

// reporters asks the monitor for the reporting processes until it shows the
// killed ones as silent: it allows a process a few seconds of delay first.
func (l *lab) reporters(providers []providerBook) (map[string]Reporter, error) {
	deadline := time.Now().Add(gapWait)
	for {
		all, err := l.monitor.reporters()
		if err != nil {
			return nil, err
		}
		waiting := false
		for _, p := range providers {
			if r, known := all[p.reporter]; p.killed && known && !r.Gap {
				waiting = true
			}
		}
		if !waiting || time.Now().After(deadline) {
			return all, nil
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// logWriter puts the log of the parts in this process between the live lines.
type logWriter struct{ l *lab }

// Write implements io.Writer.
func (w logWriter) Write(p []byte) (int, error) {
	w.l.say("%s", strings.TrimRight(string(p), "\n"))
	return len(p), nil
}

// killAll ends what still runs after a failure.
func (l *lab) killAll() {
	l.mu.Lock()
	all := append(append([]*process{}, l.consumers...), l.providers...)
	l.mu.Unlock()
	for _, p := range all {
		if !p.isGone() {
			p.kill()
		}
	}
}
