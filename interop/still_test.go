package interop

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gubbo/gubbo/interop/features"
	"github.com/gubbo/gubbo/interop/java"
	"github.com/gubbo/gubbo/interop/process"
	"github.com/gubbo/gubbo/provider"
	"github.com/gubbo/gubbo/registry"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
	"github.com/gubbo/gubbo/registry/zookeeper"
)

// With provideVar this test binary is a Go provider in a process of its own, one
// that can be stopped: it answers with the variable's value as its name, until
// its input ends. registryVar names its registry, if it has one.
const (
	provideVar  = "GUBBO_INTEROP_PROVIDE"
	registryVar = "GUBBO_INTEROP_REGISTRY"
)

func provideAlone(name, address string) error {
	var reg registry.Registry
	if address != "" {
		open, err := zookeeper.New(address)
		if err != nil {
			return err
		}
		defer open.Close()
		reg = open
	}
	srv, err := provider.New(provider.Config{Application: "go-provider", Listen: "127.0.0.1:0", Advertise: "127.0.0.1", Registry: reg, DrainWait: time.Second})
	if err != nil {
		return err
	}
	if err := features.RegisterFeatures(srv, feature{name}); err != nil {
		return err
	}
	ctx, leave := context.WithCancel(context.Background())
	go func() {
		select {
		case <-srv.Ready():
			fmt.Printf("PEER\tgo\nREADY\t%s\n", srv.Addr())
		case <-ctx.Done():
		}
		_, _ = io.Copy(io.Discard, os.Stdin)
		leave()
	}()
	return srv.Run(ctx)
}

// alone starts a Go provider in a process of its own.
func (l *lab) alone(name, registry string) (p *process.Process, address string) {
	l.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), provideVar+"="+name, registryVar+"="+registry)
	p, err := process.Start(cmd, l.t.TempDir()+"/log")
	l.started(p, err, "go")
	row, err := p.Await(l.ctx, "READY")
	if err != nil {
		l.t.Fatal(err)
	}
	return p, "dubbo://" + row[1]
}

// The calls of a Java consumer to a Go provider that stands still, with its
// connections up, time out; 2.6 and 2.7 connect again after three heartbeats. It
// is answered when the provider goes on. If there is another provider no call
// fails.
func TestGoStandsStill(t *testing.T) {
	if !namespaced(t) {
		return
	}
	versions := []string{"3.3.6"}
	if soak {
		versions = java.Versions
	}
	all := newLab(t)
	t.Run("versions", func(t *testing.T) {
		for _, version := range versions {
			t.Run(version, func(t *testing.T) {
				t.Parallel()
				l := all.in(t)
				l.goStandsStill(version)
				if soak {
					l.goStandsStillBesideAnother(version)
				}
			})
		}
	})
}

func (l *lab) signal(p *process.Process, s os.Signal) {
	l.t.Helper()
	if err := p.Signal(s); err != nil {
		l.t.Fatal(err)
	}
}

// await returns the row of a peer that begins so.
func (l *lab) await(p *process.Process, first string) []string {
	l.t.Helper()
	row, err := p.Await(l.ctx, first)
	if err != nil {
		l.t.Fatal(err)
	}
	return row
}

func (l *lab) goStandsStill(version string) {
	l.t.Helper()
	still, address := l.alone("still", "")
	p, name := l.start(version, "follow", "1", address, "where.timeout=1000", "heartbeat=1000")
	l.await(p, "FOLLOWS")
	l.signal(still, syscall.SIGSTOP)
	start := time.Now()
	l.await(p, "FAILED")
	how := fmt.Sprintf("a call fails after %v", time.Since(start).Round(100*time.Millisecond))
	if version < "3" { // 3 looks for silent connections once a minute
		l.awaitLog(p, "heartbeat read idle time out")
		how += fmt.Sprintf(", connected again after %v", time.Since(start).Round(100*time.Millisecond))
	}
	l.signal(still, syscall.SIGCONT)
	l.await(p, "AGAIN")
	l.last(p, name, "still")
	l.t.Logf("gubbo-table %-30s -> %-30s stands still: %s, answered when it goes on ok", name, "go", how)
}

// awaitLog waits until a peer has logged text.
func (l *lab) awaitLog(p *process.Process, text string) {
	l.t.Helper()
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		data, err := os.ReadFile(p.Log)
		switch {
		case err != nil:
			l.t.Fatal(err)
		case strings.Contains(string(data), text):
			return
		}
		select {
		case <-look.C:
		case <-l.ctx.Done():
			l.t.Fatalf("the log never has %q; it ends with\n%s", text, p.Tail(20))
		}
	}
}

func (l *lab) goStandsStillBesideAnother(version string) {
	l.t.Helper()
	address := ""
	if version == "2.7.23" { // it cannot have more than one address
		address = "zookeeper://" + zktest.Start(l.t).Addr()
	}
	var reg registry.Registry
	if address != "" {
		reg = open(l.t, address)
	}
	still, one := l.alone("still", address)
	other, _ := l.named("other", reg)
	p, name := l.start(version, "follow", "2", cmp.Or(address, one+";"+other), "where.timeout=1000", "where.retries=2", "heartbeat=1000")
	l.await(p, "FOLLOWS")
	l.signal(still, syscall.SIGSTOP)
	slow := l.await(p, "SLOW")
	l.signal(still, syscall.SIGCONT)
	l.last(p, name, "still", "other")
	for _, row := range p.Rows() {
		if row[0] == "FAILED" {
			l.t.Errorf("%s -> go: %s", name, row[1])
		}
	}
	l.t.Logf("gubbo-table %-30s -> %-30s one of two stands still: a call takes %s ms, none fails ok", name, "go", slow[1])
}

// last ends a follower, which must be answered by those named, or by some of
// them, and by nobody else.
func (l *lab) last(p *process.Process, name string, names ...string) {
	l.t.Helper()
	if err := p.Stop(l.ctx); err != nil {
		l.t.Fatalf("%s: %v; its log ends with\n%s", name, err, p.Tail(20))
	}
	for n := range strings.SplitSeq(l.await(p, "LAST")[1], ",") {
		if !slices.Contains(names, n) {
			l.t.Errorf("%s -> go: %q answers at last", name, n)
		}
	}
}
