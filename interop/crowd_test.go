package interop

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/interop/features"
	"github.com/gubbo/gubbo/interop/java"
	"github.com/gubbo/gubbo/interop/process"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// goCalls is how many calls of one connection a Go provider runs at once.
const goCalls = 8192

// A provider that has more calls than it takes answers with status 100: the
// caller learns of it at once, and goes on to another provider.
func TestCrowd(t *testing.T) {
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
				l.javaCrowdsGo(version)
				full := l.crowdedJava(version)
				l.goCrowdsJava(full)
				if soak {
					l.javaCrowdsJava(version, full)
				}
			})
		}
	})
}

// fullJava is a Java provider that takes one call at a time.
type fullJava struct{ name, address, registry string }

// crowdedJava starts one, with another provider, a Go one, in its registry.
func (l *lab) crowdedJava(version string) fullJava {
	l.t.Helper()
	full := fullJava{registry: "zookeeper://" + zktest.Start(l.t).Addr()}
	l.named("other", open(l.t, full.registry))
	narrow := *l
	narrow.properties = append(slices.Clone(l.properties), "lab.threads=1", "lab.queues=0")
	port := freePort(l.t)
	p, name := narrow.start(version, "provider", port, "-", full.registry)
	if _, err := p.Await(l.ctx, "READY"); err != nil {
		l.t.Fatal(err)
	}
	full.name, full.address = name, "127.0.0.1:"+port
	return full
}

// goCrowdsJava calls a Java provider with one slow call after the other, and
// others beside.
func (l *lab) goCrowdsJava(full fullJava) {
	l.t.Helper()
	cli, err := consumer.New(consumer.Config{Application: "go-consumer", Registry: open(l.t, full.registry), Advertise: "127.0.0.1", Timeout: 8 * time.Second, CheckWait: 10 * time.Second})
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() {
		if err := cli.Close(); err != nil {
			l.t.Error(err)
		}
	}()
	one, err := features.NewFeaturesClient(cli, consumer.Direct("dubbo://"+full.address))
	if err != nil {
		l.t.Fatal(err)
	}
	both, err := features.NewFeaturesClient(cli)
	if err != nil {
		l.t.Fatal(err)
	}

	crowd, disperse := context.WithCancel(l.ctx)
	defer disperse()
	var held sync.WaitGroup
	held.Go(func() {
		for crowd.Err() == nil { // refused where another call came first
			_, _ = one.With(consumer.Timeout(time.Minute)).Twice(crowd, 1, 1000)
		}
	})
	until := func(what string, f func() bool) {
		soon, cancel := context.WithTimeout(l.ctx, time.Minute)
		defer cancel()
		for !f() {
			if l.t.Failed() || soon.Err() != nil {
				l.t.Fatalf("go -> %s: it was never %s", full.name, what)
			}
		}
	}
	var refusal error
	until("full", func() bool {
		_, refusal = one.With(consumer.Retries(0)).Where(l.ctx)
		return refusal != nil
	})
	e, ok := refusal.(*api.Error)
	if !ok || e.Code != api.Overloaded || e.Sent != api.SentNo || !strings.Contains(e.Message, "status 100") || !strings.Contains(e.Message, "exhausted") {
		l.t.Errorf("go -> %s: %v", full.name, refusal)
	}
	until("full and another was free", func() bool {
		var info consumer.CallInfo
		name, err := both.With(consumer.Capture(&info)).Where(l.ctx)
		if err != nil {
			l.t.Errorf("go -> %s and another: %v", full.name, err)
		}
		return len(info.Attempts) == 2 && info.Attempts[0].Code == api.Overloaded && name == "other"
	})
	disperse()
	held.Wait()
	until("free again", func() bool {
		_, err := one.Where(l.ctx)
		return err == nil
	})
	l.t.Logf("gubbo-table %-30s -> %-30s refused with status 100, another answers ok", "go", full.name)
}

// crowded holds its calls of Twice until it is told to answer.
type crowded struct {
	feature
	answer chan struct{}
}

func (c crowded) Twice(_ context.Context, n, _ int32) (int32, error) {
	<-c.answer // for the others to find it full, also after the caller has gone
	return 2 * n, nil
}

// javaCrowdsGo has a Java consumer make as many calls as a Go provider takes.
func (l *lab) javaCrowdsGo(version string) {
	l.t.Helper()
	address := "zookeeper://" + zktest.Start(l.t).Addr()
	full := crowded{feature{"full"}, make(chan struct{})}
	answer := sync.OnceFunc(func() { close(full.answer) })
	direct, _ := l.serving(full, open(l.t, address))
	l.t.Cleanup(answer) // before it leaves
	l.named("other", open(l.t, address))
	p, name := l.start(version, "crowd", fmt.Sprint(goCalls), direct, address)
	l.refused(p, name, "go", "overloaded: ", "other", answer)
}

// javaCrowdsJava has a Java consumer make as many calls as a Java provider takes.
func (l *lab) javaCrowdsJava(version string, full fullJava) {
	l.t.Helper()
	p, name := l.start(version, "crowd", "1", "dubbo://"+full.address, full.registry)
	l.refused(p, name, full.name, "exhausted", "", func() {})
}

// refused checks what a crowd tells: a text in the refusal, and whoever answered
// instead, if nobody else may have; answer ends the calls of the crowd.
func (l *lab) refused(p *process.Process, name, callee, text, instead string, answer func()) {
	l.t.Helper()
	refusal, err := p.Await(l.ctx, "REFUSED")
	if err != nil {
		l.t.Fatal(err)
	}
	if !strings.Contains(refusal[1], text) || strings.HasPrefix(refusal[1], "timeout") {
		l.t.Errorf("%s -> %s: the refusal is %q", name, callee, refusal[1])
	}
	l.t.Logf("%s -> %s: %s", name, callee, refusal[1])
	last, err := p.Await(l.ctx, "LAST")
	if err != nil {
		l.t.Fatal(err)
	}
	if instead != "" && last[1] != instead {
		l.t.Errorf("%s -> %s: %s answered instead", name, callee, last[1])
	}
	answer()
	if err := p.Stop(l.ctx); err != nil {
		l.t.Errorf("%s: %v; its log ends with\n%s", name, err, p.Tail(20))
	}
	if _, err := p.Await(l.ctx, "AGAIN"); err != nil {
		l.t.Error(err)
	}
	l.t.Logf("gubbo-table %-30s -> %-30s refused with status 100, another answers ok", name, callee)
}
