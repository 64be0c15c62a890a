package consumer

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

func TestDirectCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newFakeNet()
		node := n.start("127.0.0.1:1", func(_ context.Context, inv *api.Invocation) error {
			if inv.Attachments.Get("tenant") != "a" || inv.Peer != "127.0.0.1:1" || inv.Attempt != 1 || *inv.Service != greeter.Service {
				t.Errorf("the call arrived as %+v", inv)
			}
			inv.ReplyAttachments.Set("server", "x")
			return nil
		})
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}})
		r := refer(t, c, Direct("dubbo://127.0.0.1:1"))
		var info CallInfo
		for range 2 {
			if err := call(r.With(Attach("tenant", "a"), Capture(&info)), sayHello); err != nil {
				t.Fatal(err)
			}
			if info.Peer != "127.0.0.1:1" || len(info.Attempts) != 1 || info.Attempts[0].Code != api.OK || info.Reply("server") != "x" {
				t.Errorf("captured %+v", info)
			}
		}
		if node.calls.Load() != 2 {
			t.Errorf("%d calls arrived, want 2", node.calls.Load())
		}
	})
}

func TestDirectURLMistakes(t *testing.T) {
	c := newClient(t, Config{Protocols: []protocol.Protocol{newFakeNet()}})
	for _, tt := range []struct {
		opts []Option
		want []string
	}{
		{nil, []string{"Config.Registry", "consumer.Direct"}},
		{[]Option{Direct()}, []string{"names no URL"}},
		{[]Option{Direct("127.0.0.1:20880")}, []string{`"127.0.0.1:20880"`, "no scheme", "valid schemes: dubbo"}},
		{[]Option{Direct("tri://127.0.0.1:20880")}, []string{`"tri://127.0.0.1:20880"`, `scheme "tri"`, "valid schemes: dubbo"}},
		{[]Option{Direct("dubbo://127.0.0.1")}, []string{`"dubbo://127.0.0.1"`, "no port", "dubbo://127.0.0.1:20880"}},
		{[]Option{Direct("dubbo://:20880")}, []string{"no host"}},
		{[]Option{Direct("dubbo://127.0.0.1:99999")}, []string{`bad port "99999"`}},
		{[]Option{Direct("dubbo://127.0.0.1:1"), Group("a,b")}, []string{`"a,b"`, "dubbo://127.0.0.1:1?group=a"}},
		{[]Option{Direct("dubbo://127.0.0.1:1"), Timeout(-1)}, []string{"Timeout(-1ns)", "positive"}},
	} {
		_, err := c.Refer(&greeter, tt.opts...)
		if err == nil {
			t.Errorf("want an error with %q", tt.want)
			continue
		}
		for _, w := range append(tt.want, "lab.greet.Greeter") {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("error %q does not say %q", err, w)
			}
		}
	}
}

func TestReferChecksByDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Config{Protocols: []protocol.Protocol{newFakeNet()}})
		_, err := c.Refer(&greeter, Direct("dubbo://127.0.0.1:1"))
		if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") || !strings.Contains(err.Error(), "consumer.Check(false)") {
			t.Fatalf("got %v", err)
		}
		r := refer(t, c, Direct("dubbo://127.0.0.1:1"), Check(false))
		err = call(r, order)
		if !errors.Is(err, api.ErrUnavailable) || !strings.Contains(err.Error(), "lab.greet.Greeter.order at 127.0.0.1:1") {
			t.Fatalf("got %v", err)
		}
	})
}

func TestWithRefusesWhatIsForRefer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newFakeNet()
		n.start("127.0.0.1:1", nil)
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}})
		r := refer(t, c, Direct("dubbo://127.0.0.1:1"))
		err := call(r.With(Group("g")), order)
		if err == nil || !strings.Contains(err.Error(), "option Group is for Refer") {
			t.Fatalf("got %v", err)
		}
		if err := call(r, order); err != nil {
			t.Fatalf("the reference itself: %v", err)
		}
	})
}
