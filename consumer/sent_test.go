package consumer

import (
	"context"
	"testing"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

var teller = api.ServiceDesc{
	Service: api.Service{Interface: "lab.greet.Greeter"},
	Methods: []api.Method{{Name: "tell", Oneway: true}, {Name: "ask"}},
}

// Who decides whether a oneway call waits until it is written: the option, then
// the provider's URL, as with Java's parameter sent.
func TestSentIsTheFirstThatIsSet(t *testing.T) {
	tell, ask := &teller.Methods[0], &teller.Methods[1]
	for _, tt := range []struct {
		name        string
		url         string
		refer, call []Option
		method      *api.Method
		want        bool
	}{
		{name: "default", method: tell},
		{name: "reference", refer: []Option{Sent(true)}, method: tell, want: true},
		{name: "call", call: []Option{Sent(true)}, method: tell, want: true},
		{name: "call over reference", refer: []Option{Sent(true)}, call: []Option{Sent(false)}, method: tell},
		{name: "url", url: "?sent=true", method: tell, want: true},
		{name: "url of the method", url: "?sent=true&tell.sent=false", method: tell},
		{name: "url of another method", url: "?ask.sent=true", method: tell},
		{name: "reference over url", url: "?tell.sent=true", refer: []Option{Sent(false)}, method: tell},
		{name: "two-way", url: "?sent=true", refer: []Option{Sent(true)}, method: ask},
	} {
		n := newFakeNet()
		got := make(chan bool, 1)
		n.start("10.0.0.1:1", func(_ context.Context, inv *api.Invocation) error { got <- inv.AwaitSent; return nil })
		c := newClient(t, Config{Protocols: []protocol.Protocol{n}})
		r, err := c.Refer(&teller, append(tt.refer, Direct("dubbo://10.0.0.1:1/lab.greet.Greeter"+tt.url))...)
		if err == nil {
			err = call(r.With(tt.call...), tt.method)
		}
		if err != nil {
			t.Fatal(err)
		}
		if sent := <-got; sent != tt.want {
			t.Errorf("%s: AwaitSent is %v, want %v", tt.name, sent, tt.want)
		}
	}
}

// A oneway call that was surely not written goes to another provider; the
// answer of the URL is asked anew there.
func TestOnewayThatWasNotSentFailsOver(t *testing.T) {
	n := newFakeNet()
	var heard []string
	for _, address := range []string{"10.0.0.1:1", "10.0.0.2:1"} {
		n.start(address, func(_ context.Context, inv *api.Invocation) error {
			heard = append(heard, inv.Peer)
			if inv.AwaitSent != (inv.Peer == "10.0.0.1:1") {
				t.Errorf("AwaitSent is %v at %s", inv.AwaitSent, inv.Peer)
			}
			if len(heard) == 1 {
				return api.NewError(api.Disconnected, api.SentNo, "fake: ended", nil)
			}
			return nil
		})
	}
	c := newClient(t, Config{Protocols: []protocol.Protocol{n}})
	r, err := c.Refer(&teller, Direct("dubbo://10.0.0.1:1/lab.greet.Greeter?sent=true", "dubbo://10.0.0.2:1/lab.greet.Greeter"))
	if err == nil {
		err = call(r, &teller.Methods[0])
	}
	if err != nil || len(heard) != 2 || heard[0] == heard[1] {
		t.Errorf("the call went to %v, %v", heard, err)
	}
}
