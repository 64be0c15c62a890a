//go:build soak

package interop

import (
	"cmp"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/interop/features"
	"github.com/gubbo/gubbo/interop/java"
	"github.com/gubbo/gubbo/interop/process"
	"github.com/gubbo/gubbo/registry"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// A leaving Java provider waits as long as anybody is connected, for its default
// farewell at most.
const defaultFarewell, longFarewell = 10 * time.Second, 30 * time.Second

// A consumer with the addresses of two providers, and no registry to tell it,
// fails no call when one of them leaves: the readonly event sends it to the
// other. The one that leaves does not wait for it. It does wait for a Java
// consumer, and takes the Go one's connections all the while, but to close them.
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
				l := all.in(t)
				l.javaLeaves(version, stays, longFarewell, false)
				l.javaLeaves(version, stays, defaultFarewell, true)
			})
		}
	})
}

// Java consumers of two Go providers fail no call when one of them leaves. They
// have the addresses and no registry to tell them; but 2.7 cannot have more than
// one address, it casts what it made of them to a class that it is not.
func TestGoLeaves(t *testing.T) {
	if !namespaced(t) {
		return
	}
	all := newLab(t)
	address := "zookeeper://" + zktest.Start(t).Addr()
	t.Run("versions", func(t *testing.T) {
		for _, version := range java.Versions {
			t.Run(version, func(t *testing.T) {
				t.Parallel()
				if version == "2.7.23" {
					all.in(t).goLeaves(version, address)
				} else {
					all.in(t).goLeaves(version, "")
				}
			})
		}
	})
}

// goLeaves stops a Go provider under the calls of a Java consumer, which finds it
// in the registry at address unless that is "".
func (l *lab) goLeaves(version, address string) {
	l.t.Helper()
	var reg registry.Registry
	if address != "" {
		reg = open(l.t, address)
	}
	stays, _ := l.named("stays", reg)
	leaves, stop := l.named("leaves", reg)
	p, name := l.start(version, "follow", "2", cmp.Or(address, stays+";"+leaves))
	if err := awaitAll(l.ctx, p); err != nil {
		l.t.Fatalf("%s -> go: %v", name, err)
	}
	start := time.Now()
	stop()
	took := time.Since(start)
	if took >= goDrainWait {
		l.t.Errorf("%s -> go: the provider left after %v, as if nobody had heard", name, took)
	}
	if err := p.Stop(l.ctx); err != nil {
		l.t.Fatalf("%v; its log ends with\n%s", err, p.Tail(20))
	}
	var last []string
	for _, row := range p.Rows() {
		switch row[0] {
		case "FAILED":
			l.t.Errorf("%s -> go: %s", name, row[1])
		case "LAST":
			last = row[1:]
		}
	}
	if len(last) != 1 || last[0] != "stays" {
		l.t.Errorf("%s -> go: after one left, %q answer", name, last)
	}
	l.t.Logf("gubbo-table %-30s -> %-30s the provider leaves within %v, no call fails ok", name, "go", took.Round(100*time.Millisecond))
}

// awaitAll waits until a follower has met all providers.
func awaitAll(ctx context.Context, p *process.Process) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	_, err := p.Await(ctx, "FOLLOWS")
	if err != nil {
		return fmt.Errorf("%w; it says %q", err, p.Rows())
	}
	return nil
}

// javaLeaves stops a Java provider under the calls of a Go consumer, and of a
// Java one if that is to hold it.
func (l *lab) javaLeaves(version string, stays target, farewell time.Duration, held bool) {
	l.t.Helper()
	port := freePort(l.t)
	polite := *l
	polite.properties = []string{fmt.Sprintf("dubbo.service.shutdown.wait=%d", farewell.Milliseconds())}
	p, name := polite.start(version, "provider", port, "-")
	l.await(p, "READY")
	if held {
		holder, _ := l.start(version, "follow", "1", "dubbo://127.0.0.1:"+port)
		l.await(holder, "FOLLOWS")
		defer holder.Kill()
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
	var took time.Duration
	stopped, start := make(chan error, 1), time.Now()
	go func() { stopped <- p.Stop(l.ctx) }()
	for gone := false; !gone && !l.t.Failed(); {
		call()
		select {
		case err := <-stopped:
			if err != nil {
				l.t.Error(err)
			}
			gone = true
			took = time.Since(start)
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
	how := "leaves"
	if held {
		how = "waits for a Java consumer, leaves"
	}
	if l.t.Failed() {
		return
	}
	if (took >= farewell) != held {
		l.t.Errorf("%s %s after %v", name, how, took)
	}
	l.t.Logf("gubbo-table %-30s -> %-30s the provider %s within %v, no call fails ok", "go", name, how, took.Round(100*time.Millisecond))
}
