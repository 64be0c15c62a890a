package dubbo

import (
	"context"
	"net"
	"testing"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// anything is an argument and a reply of any kind.
type anything struct{ anyReply }

func (*anything) Len() int     { return 1 }
func (a *anything) At(int) any { return a.v }

// Protocol.Limits hold for what either end reads: requests and answers.
func TestLimitsOfEitherEnd(t *testing.T) {
	m := api.Method{Name: "any", Desc: "Ljava/lang/Object;", Params: []string{"java.lang.Object"}, Result: "java.lang.Object"}
	newAny := func() *api.Invocation {
		return &api.Invocation{Service: &testService, Method: &m, Args: new(anything), Reply: new(anything)}
	}
	h := new(handler)
	h.on(&m, func(_ context.Context, inv *api.Invocation) error {
		inv.Reply.(*anything).v = inv.Args.(*anything).v
		return nil
	})
	h.endpoints[m.Name+m.Desc].New = newAny
	deep := Protocol{Limits: hessian.Limits{Depth: 200}}
	for _, c := range []struct {
		name           string
		server, client Protocol
		want           api.Code
		sent           api.Sent
	}{
		{"both", deep, deep, api.OK, 0},
		{"the client alone", Protocol{}, deep, api.Codec, api.SentNo},
		{"the server alone", deep, Protocol{}, api.Codec, api.SentMaybe},
	} {
		t.Run(c.name, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			srv, err := c.server.Serve(ln, h, protocol.ServeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer srv.Close()
			cli, err := c.client.Dial(ln.Addr().String(), protocol.DialOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer cli.Close()
			inv := newAny()
			for range 100 {
				inv.Args.(*anything).v = []any{inv.Args.(*anything).v}
			}
			err = cli.Invoke(t.Context(), inv)
			if c.want != api.OK {
				wantError(t, err, c.want, c.sent, "64")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			depth := 0
			for v := inv.Reply.(*anything).v; v != nil; v = v.([]any)[0] {
				depth++
			}
			if depth != 100 {
				t.Errorf("came back %d deep", depth)
			}
		})
	}
}
