package consumer

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// deafListener panics when it is told of its end.
type deafListener struct{}

func (deafListener) ListenerEnded(context.Context, error) { panic("not again") }

// A provider of another version may know methods that this listener has not.
func TestListenerHasNoSuchMethod(t *testing.T) {
	var log bytes.Buffer
	c, err := New(Config{Application: "shop", Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	desc := &api.ListenerDesc{
		Interface: "a.Listener",
		Methods: []api.Method{
			{Name: "changed", Desc: "J", Params: []string{"long"}},
			{Name: "changed", Desc: "Ljava/lang/String;", Params: []string{"java.lang.String"}},
		},
		Calls: make([]api.ListenerCall, 2),
	}
	h := c.listen(desc, deafListener{})
	for i, d := range []string{"J", "Ljava/lang/String;"} {
		ep, err := h.Find(protocol.Target{Path: "a.Listener", Method: "changed", Desc: d, DescKnown: true})
		if err != nil || ep.Method != &desc.Methods[i] {
			t.Errorf("%s: got %+v, %v", d, ep, err)
		}
	}
	for _, target := range []protocol.Target{
		{Method: "changed", Desc: "I", DescKnown: true},
		{Method: "hashCode", DescKnown: true},
		{Method: strings.Repeat("x", 1000), DescKnown: true},
	} {
		_, err := h.Find(target)
		if !errors.Is(err, api.ErrNotFound) && api.CodeOf(err) != api.NotFound {
			t.Errorf("%.20s: got %v", target.Method, err)
			continue
		}
		if text := err.Error(); !strings.Contains(text, "listener a.Listener has no method") || !strings.HasSuffix(text, "it has changed(long), changed(java.lang.String)") || len(text) > 300 {
			t.Errorf("error %q", text)
		}
	}
	if ep, err := h.Find(protocol.Target{Method: "$echo", DescKnown: true}); err != nil || ep.Invoker != nil {
		t.Errorf("$echo: %+v, %v", ep, err)
	}
	h.Ended(t.Context(), errors.New("lost"))
	if !strings.Contains(log.String(), "not again") {
		t.Errorf("the log is %s", &log)
	}
	c.listen(desc, new(int)).Ended(t.Context(), errors.New("lost")) // it does not want to know
}
