package consumer

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// What providers answer to generic=gson depends on their Dubbo, which only
// their URL tells.
func TestInvokeJSONByRelease(t *testing.T) {
	n := newFakeNet()
	var answer any
	n.start("127.0.0.1:1", func(_ context.Context, inv *api.Invocation) error {
		args := inv.Args.(*invokeArgs)
		if inv.Attachments.Get("generic") != "gson" || args.method != "find" || !slices.Equal(args.args, []any{`{"id":1}`}) {
			t.Errorf("generic=%q %+v", inv.Attachments.Get("generic"), args)
		}
		inv.Reply.(*anyReply).value = answer
		return nil
	})
	c := newClient(t, Config{Protocols: []protocol.Protocol{n}})
	for _, tt := range []struct {
		release string
		answer  any
		want    string
	}{
		{"3.3.6", "12", "12"},
		{"gubbo/0.1.0", `{"x":1}`, `{"x":1}`},
		{"3.2.16", "12", `"12"`},
		{"2.7.23", "12", `"12"`},
		{"2.7.23", nil, "null"},
		{"2.7.23", map[string]any{"class": "a.B", "x": int32(1), "y": nil}, `{"class":"a.B","x":1}`},
		{"", "12", "12"},
		{"", "hello", `"hello"`},
		{"", int64(12), "12"},
	} {
		answer = tt.answer
		g, err := c.Generic(api.Service{Interface: "a.B"}, Direct("dubbo://127.0.0.1:1/a.B?release="+tt.release))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := g.InvokeJSON(t.Context(), "find", nil, []string{`{"id":1}`}); err != nil || got != tt.want {
			t.Errorf("%q of %s: got %s, %v, want %s", tt.answer, tt.release, got, err, tt.want)
		}
		if _, err := g.InvokeJSON(t.Context(), "find", []string{"int"}, nil); err == nil || !strings.Contains(err.Error(), "1 types and 0 arguments") {
			t.Errorf("without arguments: %v", err)
		}
	}
}
