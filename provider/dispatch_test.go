package provider

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

func TestFindSaysWhatIsHere(t *testing.T) {
	r := run(t, Config{}, identity, Group("g"), Version("1.0"))
	at := func(change func(*protocol.Target)) error {
		want := say
		want.Group, want.Version = "g", "1.0"
		change(&want)
		_, err := r.wire.handler.Find(want)
		return err
	}
	if err := at(func(*protocol.Target) {}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(*protocol.Target)
		want   string
	}{
		{"service", func(w *protocol.Target) { w.Path = "lab.Other" }, `service "lab.Other" is not here; published are g/lab.Echo:1.0`},
		{"group", func(w *protocol.Target) { w.Group = "h" }, `not here with group "h" and version "1.0"; published are g/lab.Echo:1.0`},
		{"version", func(w *protocol.Target) { w.Version = "" }, `with group "g" and version ""`},
		{"method", func(w *protocol.Target) { w.Method = "shout" }, `has no method "shout"; it has list, say`},
		{"descriptor", func(w *protocol.Target) { w.Desc = "J" }, `has no parameters "J"; it takes (java.lang.String), (int)`},
		{"overloaded", func(w *protocol.Target) { w.DescKnown = false }, "is overloaded; say which of (java.lang.String), (int) is meant"},
	} {
		err := at(c.change)
		if e, ok := errors.AsType[*api.Error](err); !ok || e.Code != api.NotFound || e.Sent != api.SentNo || !strings.Contains(e.Message, c.want) {
			t.Errorf("%s: got %v\nwant %s", c.name, err, c.want)
		}
	}
	if err := at(func(w *protocol.Target) { w.Method, w.Desc, w.DescKnown = "list", "", false }); err != nil {
		t.Errorf("a name that is not overloaded: %v", err)
	}
	if err := at(func(w *protocol.Target) { w.Path = strings.Repeat("x", 1<<20) }); len(err.Error()) > 1000 {
		t.Errorf("a peer's text fills %d bytes of an error", len(err.Error()))
	}
}

func TestHandlersErrors(t *testing.T) {
	downstream := api.NewError(api.NoProvider, api.SentNo, "consumer: nobody", nil)
	for _, c := range []struct {
		name string
		err  error
		code api.Code
	}{
		{"plain", errors.New("no stock"), api.Business},
		{"a call of its own failed unsent", downstream, api.Business},
		{"a context of its own ended", context.DeadlineExceeded, api.Business},
	} {
		r := run(t, Config{}, func(context.Context, string) (string, error) { return "", c.err })
		_, out, err := r.wire.call(t.Context(), say, nil)
		e, ok := err.(*api.Error)
		if !ok || e.Code != c.code || e.Sent != api.SentMaybe || !errors.Is(err, c.err) {
			t.Errorf("%s: got %#v", c.name, err)
		}
		if out.reply != nil {
			t.Errorf("%s: a reply was encoded", c.name)
		}
	}
	once := api.NewError(api.Business, api.SentMaybe, "already", nil)
	r := run(t, Config{}, func(context.Context, string) (string, error) { return "", once })
	if _, _, err := r.wire.call(t.Context(), say, nil); err != error(once) {
		t.Errorf("a business error was wrapped again: %#v", err)
	}
	r = run(t, Config{}, func(ctx context.Context, _ string) (string, error) { return "", ctx.Err() })
	ctx, cancel := context.WithTimeout(t.Context(), -time.Second)
	defer cancel()
	if _, _, err := r.wire.call(ctx, say, nil); api.CodeOf(err) != api.Timeout {
		t.Errorf("the call's own deadline: %v", err)
	}
}

func TestPanicsBecomeErrorsWithOneLogLine(t *testing.T) {
	var log bytes.Buffer
	c := Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}
	r := run(t, c, func(context.Context, string) (string, error) { panic("ouch") })
	_, _, err := r.wire.call(t.Context(), say, nil)
	if api.CodeOf(err) != api.Internal || strings.Contains(err.Error(), "ouch") {
		t.Errorf("method: %v", err)
	}
	if n := strings.Count(log.String(), "level=ERROR"); n != 1 || !strings.Contains(log.String(), "dispatch_test.go") {
		t.Errorf("%d lines, want one with the stack:\n%s", n, log.String())
	}
	log.Reset()
	c.Filters = []api.Filter{func(api.Invoker) api.Invoker {
		return api.InvokerFunc(func(context.Context, *api.Invocation) error { panic("filter") })
	}}
	r = run(t, c, identity)
	if _, _, err := r.wire.call(t.Context(), say, nil); api.CodeOf(err) != api.Internal || strings.Count(log.String(), "level=ERROR") != 1 {
		t.Errorf("filter: %v\n%s", err, log.String())
	}
}

func TestObserversSeeEveryCallOnce(t *testing.T) {
	obs := new(recorder)
	r := run(t, Config{Observers: []api.Observer{obs}}, func(_ context.Context, text string) (string, error) {
		if text == "" {
			return "", errors.New("empty")
		}
		return text, nil
	})
	_, _, _ = r.wire.call(t.Context(), say, text("a"))
	_, _, _ = r.wire.call(t.Context(), say, text(""))
	if len(obs.begun) != 2 || len(obs.ended) != 2 {
		t.Fatalf("%d begun, %d ended", len(obs.begun), len(obs.ended))
	}
	o := obs.ended[0]
	if o.Side != api.ProviderSide || o.Scope != api.CallScope || o.Service.Interface != "lab.Echo" || o.Method.Name != "say" ||
		o.Peer != "127.0.0.1:9" || o.PeerApplication != "shop" || o.BytesIn != 100 || o.Attempts != 1 || o.Elapsed <= 0 || o.Err != nil {
		t.Errorf("success: %+v", o)
	}
	if api.CodeOf(obs.ended[1].Err) != api.Business {
		t.Errorf("failure: %+v", obs.ended[1])
	}
	r.leave()
	if obs.closed != 1 {
		t.Errorf("closed %d times", obs.closed)
	}
}

func TestTokenIsAskedFor(t *testing.T) {
	r := run(t, Config{}, identity, Token("secret"))
	if got := r.URLs()[0].Param("token"); got != "secret" {
		t.Errorf("published token %q", got)
	}
	if _, _, err := r.wire.call(t.Context(), say, nil); !errors.Is(err, api.ErrForbidden) || strings.Contains(err.Error(), "secret") {
		t.Errorf("without: %v", err)
	}
	if _, _, err := r.wire.call(t.Context(), say, func(inv *api.Invocation) { inv.Attachments.Set("token", "secret") }); err != nil {
		t.Errorf("with: %v", err)
	}
}

func TestCallFrom(t *testing.T) {
	r := run(t, Config{}, func(ctx context.Context, _ string) (string, error) {
		c := CallFrom(ctx)
		c.Reply("back", c.Attachment("tenant"))
		c.ReplyObject("objects", int32(len(c.AttachmentObjects())))
		c.ReplyObject("list", c.AttachmentObject("list"))
		return c.Method() + " " + c.Service().Key() + " " + c.Peer() + " " + c.PeerApplication(), nil
	})
	inv, out, err := r.wire.call(t.Context(), say, func(inv *api.Invocation) {
		inv.Attachments.Set("tenant", "a")
		inv.Attachments.SetObject("list", [1]int{7})
	})
	if list, objects := inv.ReplyAttachments.Object("list"), inv.ReplyAttachments.Object("objects"); list != [1]int{7} || objects != int32(1) {
		t.Errorf("attached: %v, one of %v", list, objects)
	}
	if err != nil || *out.reply.(*string) != "say lab.Echo 127.0.0.1:9 shop" || inv.ReplyAttachments.Get("back") != "a" {
		t.Errorf("%v %v %v", err, out.reply, inv.ReplyAttachments.All())
	}
	none := CallFrom(t.Context())
	none.Reply("k", "v")
	none.ReplyObject("k", 1)
	if none.AttachmentObject("k") != nil || none.AttachmentObjects() != nil || none.Peer() != "" || none.Attachments() != nil || none.Service() != (api.Service{}) {
		t.Error("the zero Call says something")
	}
}

// dubbo-go makes the descriptor of the values, not of declared types.
func TestFindTakesGuessedParameters(t *testing.T) {
	for _, c := range []struct {
		declared, desc string
		want           bool
	}{
		{"Ljava/lang/String;", "V", true},
		{"Llab/User;J", "VJ", true},
		{"Ljava/lang/String;", "Ljava/lang/Object;", true},
		{"JLjava/util/List;", "J[Ljava/lang/String;", true},
		{"J", "I", false},
		{"J", "JJ", false},
		{"JJ", "J", false},
		{"", "V", false},
		{"Ljava/lang/String;", "[Ljava/lang/String;", false},
		{"Ljava/lang/String;", "Llab/User;", false},
	} {
		if got := guessed(c.desc, c.declared); got != c.want {
			t.Errorf("%q for declared %q: %v", c.desc, c.declared, got)
		}
	}
}
