//go:build soak

package interop

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/interop/features"
	"github.com/gubbo/gubbo/interop/java"
	"github.com/gubbo/gubbo/interop/process"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/dubbo"
)

// A connection that is idle for longer than three heartbeats is still the same
// one: each side asks, and answers, as the other expects.
func TestHeartbeats(t *testing.T) {
	if !namespaced(t) {
		return
	}
	all := newLab(t)
	goes := all.goProvider(nil, "")
	t.Run("versions", func(t *testing.T) {
		for _, version := range java.Versions {
			t.Run(version, func(t *testing.T) {
				t.Parallel()
				l := all.in(t)
				itself := l.javaProvider(version, "")
				l.goIdles(itself)
				// On a busy machine Java's heartbeats may come too late for itself.
				if problem := l.javaIdles(version, itself); problem != "" {
					t.Logf("gubbo-table Java's own pair fails, its row of a Go provider is empty: %s", problem)
				} else if problem := l.javaIdles(version, goes); problem != "" {
					t.Error(problem)
				}
			})
		}
	})
}

// goIdles has a Go consumer with a heartbeat of a second call, wait, and call.
func (l *lab) goIdles(to target) {
	l.t.Helper()
	spy := &suspicions{Protocol: dubbo.Protocol{Heartbeat: time.Second}}
	cli, err := consumer.New(consumer.Config{Application: "go-consumer", Protocols: []protocol.Protocol{spy}})
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() {
		if err := cli.Close(); err != nil {
			l.t.Error(err)
		}
	}()
	c, err := features.NewFeaturesClient(cli, consumer.Direct(to.direct))
	if err != nil {
		l.t.Fatal(err)
	}
	first, err := c.Peer(l.ctx)
	if err != nil {
		l.t.Fatal(err)
	}
	l.pause(4500 * time.Millisecond)
	again, err := c.Peer(l.ctx)
	if err != nil || again != first {
		l.t.Errorf("go -> %s: the provider saw %s, then %s, %v", to.callee, first, again, err)
	}
	l.t.Logf("gubbo-table %-30s -> %-30s idle for 4.5 heartbeats ok", "go", to.callee)
	// It answers heartbeats while its methods run.
	const slow = 3000
	if n, err := c.With(consumer.Timeout(20*time.Second)).Twice(l.ctx, 21, slow); err != nil || n != 42 {
		l.t.Errorf("go -> %s: a slow call got %d, %v", to.callee, n, err)
	}
	if n := spy.n.Load(); n > 0 {
		l.t.Errorf("go -> %s: the provider was suspected %d times", to.callee, n)
	}
	l.t.Logf("gubbo-table %-30s -> %-30s a call of %d ms raises no suspicion ok", "go", to.callee, slow)
}

// suspicions is a protocol that counts how often a provider is taken to be
// silent.
type suspicions struct {
	dubbo.Protocol
	n atomic.Int64
}

func (s *suspicions) Dial(address string, o protocol.DialOptions) (protocol.Client, error) {
	told := o.OnState
	o.OnState = func(state protocol.State) {
		if state == protocol.Suspect {
			s.n.Add(1)
		}
		told(state)
	}
	return s.Protocol.Dial(address, o)
}

// javaIdles has a Java consumer do the same and returns what is wrong with it.
func (l *lab) javaIdles(version string, to target) (problem string) {
	l.t.Helper()
	p, name := l.start(version, "idle", to.direct)
	row, err := p.Await(l.ctx, "IDLE")
	if err != nil {
		return err.Error()
	}
	if err := p.Wait(l.ctx); err != nil {
		return err.Error()
	}
	if len(row) != 3 || row[1] != row[2] || !strings.Contains(row[1], ":") {
		return fmt.Sprintf("%s -> %s: the provider saw %q", name, to.callee, row[1:])
	}
	l.t.Logf("gubbo-table %-30s -> %-30s idle for 4.5 heartbeats ok", name, to.callee)
	return ""
}

// A Java provider that stands still, with its connection up, is found dead after
// three heartbeats, long before its calls time out, and is called again when it
// goes on.
func TestStandsStill(t *testing.T) {
	if !namespaced(t) {
		return
	}
	all := newLab(t)
	t.Run("versions", func(t *testing.T) {
		for _, version := range java.Versions {
			t.Run(version, func(t *testing.T) {
				t.Parallel()
				l := all.in(t)
				port := freePort(t)
				p, name := l.start(version, "provider", port, "-")
				if _, err := p.Await(l.ctx, "READY"); err != nil {
					t.Fatal(err)
				}
				l.standsStill(p, name, "dubbo://127.0.0.1:"+port)
			})
		}
	})
}

func (l *lab) standsStill(p *process.Process, name, address string) {
	l.t.Helper()
	const limit = time.Minute
	cli, err := consumer.New(consumer.Config{
		Application: "go-consumer", Retries: -1, Timeout: limit, Protocols: []protocol.Protocol{dubbo.Protocol{Heartbeat: time.Second}},
	})
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() {
		if err := cli.Close(); err != nil {
			l.t.Error(err)
		}
	}()
	c, err := features.NewFeaturesClient(cli, consumer.Direct(address))
	if err != nil {
		l.t.Fatal(err)
	}
	if _, err := c.Where(l.ctx); err != nil {
		l.t.Fatal(err)
	}
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		l.t.Fatal(err)
	}
	start := time.Now()
	_, err = c.Where(l.ctx)
	took := time.Since(start)
	if api.CodeOf(err) != api.Disconnected || took > limit/2 {
		l.t.Errorf("go -> %s: it stands still: %v after %v", name, err, took)
	}
	if err := p.Signal(syscall.SIGCONT); err != nil {
		l.t.Fatal(err)
	}
	for {
		_, err := c.With(consumer.Timeout(5 * time.Second)).Where(l.ctx)
		if err == nil {
			break
		}
		if l.ctx.Err() != nil {
			l.t.Fatalf("go -> %s: it goes on: %v", name, err)
		}
	}
	l.t.Logf("gubbo-table %-30s -> %-30s found still after %v, called again when it goes on ok", "go", name, took.Round(time.Millisecond))
}

func (l *lab) pause(d time.Duration) {
	ctx, cancel := context.WithTimeout(l.ctx, d)
	defer cancel()
	<-ctx.Done()
	if err := l.ctx.Err(); err != nil {
		l.t.Fatal(fmt.Errorf("pause: %w", err))
	}
}
