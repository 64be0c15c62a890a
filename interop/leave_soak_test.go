//go:build soak

package interop

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/interop/features"
	"github.com/gubbo/gubbo/interop/java"
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
				l.javaIdles(version, itself)
				l.javaIdles(version, goes)
			})
		}
	})
}

// goIdles has a Go consumer with a heartbeat of a second call, wait, and call.
func (l *lab) goIdles(to target) {
	l.t.Helper()
	cli, err := consumer.New(consumer.Config{Application: "go-consumer", Protocols: []protocol.Protocol{dubbo.Protocol{Heartbeat: time.Second}}})
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
}

// javaIdles has a Java consumer do the same.
func (l *lab) javaIdles(version string, to target) {
	l.t.Helper()
	p, name := l.start(version, "idle", to.direct)
	row, err := p.Await(l.ctx, "IDLE")
	if err != nil {
		l.t.Error(err)
		return
	}
	if err := p.Wait(l.ctx); err != nil {
		l.t.Error(err)
	}
	if len(row) != 3 || row[1] != row[2] || !strings.Contains(row[1], ":") {
		l.t.Errorf("%s -> %s: the provider saw %q", name, to.callee, row[1:])
		return
	}
	l.t.Logf("gubbo-table %-30s -> %-30s idle for 4.5 heartbeats ok", name, to.callee)
}

// A consumer with the addresses of two providers, and no registry to tell it,
// fails no call when one of them leaves: the readonly event sends it to the
// other.
func TestLeaving(t *testing.T) {
	if !namespaced(t) {
		return
	}
	all := newLab(t)
	stays := all.goProvider(nil, "")
	t.Run("versions", func(t *testing.T) {
		for _, version := range java.Versions {
			t.Run(version, func(t *testing.T) {
				t.Parallel()
				all.in(t).javaLeaves(version, stays)
			})
		}
	})
}

// javaLeaves stops a Java provider under the calls of a Go consumer.
func (l *lab) javaLeaves(version string, stays target) {
	l.t.Helper()
	port := freePort(l.t)
	p, name := l.start(version, "provider", port, "-")
	if _, err := p.Await(l.ctx, "READY"); err != nil {
		l.t.Fatal(err)
	}
	cli, err := consumer.New(consumer.Config{Application: "go-consumer", Retries: -1, Timeout: 8 * time.Second})
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() {
		if err := cli.Close(); err != nil {
			l.t.Error(err)
		}
	}()
	leaving := "127.0.0.1:" + port
	c, err := features.NewFeaturesClient(cli, consumer.Direct("dubbo://"+leaving, stays.direct))
	if err != nil {
		l.t.Fatal(err)
	}
	answered := make(map[string]int)
	call := func() {
		var info consumer.CallInfo
		if _, err := c.With(consumer.Capture(&info)).Twice(l.ctx, 1, 1); err != nil {
			l.t.Errorf("%s left: %v", name, err)
		}
		answered[info.Peer]++
	}
	for answered[leaving] < 20 && !l.t.Failed() {
		call()
	}
	stopped := make(chan error, 1)
	go func() { stopped <- p.Stop(l.ctx) }()
	for gone := false; !gone && !l.t.Failed(); {
		call()
		select {
		case err := <-stopped:
			if err != nil {
				l.t.Error(err)
			}
			gone = true
		default:
		}
	}
	clear(answered)
	for range 50 {
		call()
	}
	if answered[leaving] > 0 {
		l.t.Errorf("%s was called after it left: %v", name, answered)
	}
	l.t.Logf("gubbo-table %-30s -> %-30s the provider leaves, no call fails ok", "go", name)
}

func (l *lab) pause(d time.Duration) {
	ctx, cancel := context.WithTimeout(l.ctx, d)
	defer cancel()
	<-ctx.Done()
	if err := l.ctx.Err(); err != nil {
		l.t.Fatal(fmt.Errorf("pause: %w", err))
	}
}
