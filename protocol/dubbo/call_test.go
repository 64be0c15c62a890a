package dubbo

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
)

func TestCallsOfEachShape(t *testing.T) {
	cli, _ := pair(t, newHandler(), protocol.ServeOptions{}, protocol.DialOptions{Application: "shop"})
	ctx := t.Context()
	for _, s := range []string{"", "hello", "żółw 🐢", strings.Repeat("x", 200_000)} {
		inv := stringCall(&echoMethod, s)
		if err := cli.Invoke(ctx, inv); err != nil {
			t.Fatal(err)
		}
		if got := inv.Reply.(*text).v; got != s {
			t.Fatalf("echo of %d bytes gave %d bytes", len(s), len(got))
		}
		if inv.BytesOut <= len(s) || inv.BytesIn <= len(s) {
			t.Errorf("sizes %d and %d do not cover %d bytes", inv.BytesOut, inv.BytesIn, len(s))
		}
	}
	big := bytes.Repeat([]byte{1, 2, 3}, 1<<20)
	inv := newCall(&blobMethod)
	inv.Args.(*blob).v = big
	if err := cli.Invoke(ctx, inv); err != nil || !bytes.Equal(inv.Reply.(*blob).v, big) {
		t.Fatalf("3 MiB came back as %d bytes: %v", len(inv.Reply.(*blob).v), err)
	}
	for _, u := range []*user{nil, {Name: "Ann"}} {
		inv := newCall(&userMethod)
		inv.Args.(*userBody).v = u
		if err := cli.Invoke(ctx, inv); err != nil {
			t.Fatal(err)
		}
		got := inv.Reply.(*userBody).v
		if (got == nil) != (u == nil) || u != nil && got.Name != u.Name {
			t.Errorf("user %v came back as %v", u, got)
		}
	}
	if err := cli.Invoke(ctx, newCall(&voidMethod)); err != nil {
		t.Fatal(err)
	}
}

func TestAttachmentsTravelBothWays(t *testing.T) {
	h := newHandler()
	type seen struct {
		peer, application, tenant, odd string
		deadline                       time.Time
		bytesIn                        int
		call                           bool
	}
	got := make(chan seen, 1)
	h.on(&waitMethod, func(ctx context.Context, inv *api.Invocation) error {
		inv.ReplyAttachments.Set("cost", "7")
		inv.ReplyAttachments.Set("name", "żółw")
		dl, _ := ctx.Deadline()
		got <- seen{
			peer: inv.Peer, application: inv.PeerApplication, tenant: inv.Attachments.Get("tenant"), odd: inv.Attachments.Get("żółw"),
			deadline: dl, bytesIn: inv.BytesIn, call: ctx.Value(protocol.CallKey{}) == inv,
		}
		return nil
	})
	cli, _ := pair(t, h, protocol.ServeOptions{}, protocol.DialOptions{Application: "shop"})
	for _, odd := range []string{"", "🐢"} { // with the second the map is not plain
		inv := stringCall(&waitMethod, "x")
		inv.Deadline = time.Now().Add(time.Minute)
		inv.Attachments.Set("tenant", "a")
		if odd != "" {
			inv.Attachments.Set("żółw", odd)
		}
		if err := cli.Invoke(t.Context(), inv); err != nil {
			t.Fatal(err)
		}
		s := <-got
		if s.application != "shop" || s.tenant != "a" || s.odd != odd || !strings.HasPrefix(s.peer, "127.0.0.1:") || !s.call {
			t.Errorf("the handler saw %+v", s)
		}
		if s.bytesIn != inv.BytesOut {
			t.Errorf("%d bytes went out and %d came in", inv.BytesOut, s.bytesIn)
		}
		if left := time.Until(s.deadline); left < 50*time.Second || left > time.Minute {
			t.Errorf("the handler had %v left of a minute", left)
		}
		if c, n, d := inv.ReplyAttachments.Get("cost"), inv.ReplyAttachments.Get("name"), inv.ReplyAttachments.Get("dubbo"); c != "7" || n != "żółw" || d != "2.0.2" {
			t.Errorf("reply attachments %q %q %q", c, n, d)
		}
	}
}

// Java's asynchronous calls bring these two; they change nothing.
func TestAsyncCallsOfJavaAreOrdinary(t *testing.T) {
	h := newHandler()
	h.on(&waitMethod, func(_ context.Context, inv *api.Invocation) error {
		if a, id := inv.Attachments.Get("async"), inv.Attachments.Get("id"); a != "true" || id != "12" {
			t.Errorf("the handler saw async=%q id=%q", a, id)
		}
		return nil
	})
	cli, _ := pair(t, h, protocol.ServeOptions{}, protocol.DialOptions{})
	for _, m := range []*api.Method{&echoMethod, &waitMethod} {
		inv := stringCall(m, "x")
		inv.Attachments.Set("async", "true")
		inv.Attachments.Set("id", "12")
		if err := cli.Invoke(t.Context(), inv); err != nil {
			t.Fatal(err)
		}
		if got := inv.Reply.(*text).v; m == &echoMethod && got != "x" {
			t.Errorf("echo gave %q", got)
		}
	}
}

// An error that panics when it is looked at fails its call and nothing else.
func TestAnErrorThatPanicsFailsItsCallAlone(t *testing.T) {
	cli, _ := pair(t, newHandler(), protocol.ServeOptions{}, protocol.DialOptions{})
	for _, how := range []string{"nil inside", "nil pointer"} {
		inv := stringCall(&throwMethod, how)
		inv.Deadline = time.Now().Add(10 * time.Second)
		err := cli.Invoke(t.Context(), inv)
		if code := api.CodeOf(err); code != api.Internal && code != api.Business {
			t.Errorf("%s: %v (%v)", how, err, code)
		}
		t.Log(err)
	}
	if err := cli.Invoke(t.Context(), stringCall(&echoMethod, "x")); err != nil {
		t.Errorf("a later call: %v", err)
	}
}

func TestPlainReplyHasDubbosAttachment(t *testing.T) {
	cli, _ := pair(t, newHandler(), protocol.ServeOptions{}, protocol.DialOptions{})
	for range 2 {
		inv := stringCall(&echoMethod, "x")
		if err := cli.Invoke(t.Context(), inv); err != nil {
			t.Fatal(err)
		}
		if v := inv.ReplyAttachments.Get("dubbo"); v != "2.0.2" || inv.ReplyAttachments.Len() != 1 {
			t.Errorf("attachments %v", inv.ReplyAttachments.All())
		}
		inv.ReplyAttachments.Set("dubbo", "changed") // must not reach the shared list
		inv.ReplyAttachments.Set("more", "x")
	}
}

func TestErrorsCrossTheWire(t *testing.T) {
	cli, _ := pair(t, newHandler(), protocol.ServeOptions{}, protocol.DialOptions{})
	call := func(arg string) error { return cli.Invoke(t.Context(), stringCall(&throwMethod, arg)) }

	err := call("declared")
	wantError(t, err, api.Business, api.SentMaybe, "no such user")
	if nf, ok := errors.AsType[*notFound](err); !ok || nf.ID != 42 {
		t.Errorf("a declared exception arrived as %v", err)
	}
	err = call("exception")
	wantError(t, err, api.Business, api.SentMaybe)
	if x, ok := errors.AsType[*hessian.Exception](err); !ok || x.Class != "java.lang.IllegalStateException" || x.Message != "odd" {
		t.Errorf("an exception arrived as %v", err)
	}
	err = call("plain text")
	wantError(t, err, api.Business, api.SentMaybe)
	if x, ok := errors.AsType[*hessian.Exception](err); !ok || x.Class != "java.lang.RuntimeException" || x.Message != "plain text" {
		t.Errorf("a Go error arrived as %v", err)
	}
	wantError(t, call("overloaded"), api.Overloaded, api.SentNo, "test: full")
	wantError(t, call("forbidden"), api.Forbidden, api.SentNo, "no token")

	unknown := api.Method{Name: "unknown", Desc: stringDesc}
	wantError(t, cli.Invoke(t.Context(), stringCall(&unknown, "")), api.NotFound, api.SentNo, "unknown")
	inv := stringCall(&echoMethod, "")
	inv.Service = &api.Service{Interface: "test.Other"}
	wantError(t, cli.Invoke(t.Context(), inv), api.NotFound, api.SentNo, "test.Other")
}

func TestGoingAwayIsARejection(t *testing.T) {
	h := newHandler()
	h.find = func(protocol.Target) error { return api.NewError(api.GoingAway, api.SentNo, "test: leaving", nil) }
	cli, _ := pair(t, h, protocol.ServeOptions{}, protocol.DialOptions{})
	wantError(t, cli.Invoke(t.Context(), stringCall(&echoMethod, "")), api.GoingAway, api.SentNo, "leaving")
}

// A reply that cannot be encoded must not look like a rejection: the method ran.
func TestReplyThatCannotBeEncoded(t *testing.T) {
	h := newHandler()
	h.on(&echoMethod, func(_ context.Context, inv *api.Invocation) error {
		inv.Reply = &failing{}
		return nil
	})
	cli, _ := pair(t, h, protocol.ServeOptions{}, protocol.DialOptions{})
	wantError(t, cli.Invoke(t.Context(), stringCall(&echoMethod, "x")), api.Codec, api.SentMaybe, "cannot be encoded")
	inv := newCall(&echoMethod)
	inv.Args = &failing{}
	wantError(t, cli.Invoke(t.Context(), inv), api.Codec, api.SentNo, "cannot be encoded", "echo")
	inv.Args = foreign{}
	wantError(t, cli.Invoke(t.Context(), inv), api.Codec, api.SentNo, "hessian.Body")
}

type failing struct{ text }

func (*failing) EncodeHessian(e *hessian.Encoder) { e.Fail(errors.New("this cannot be encoded")) }

type foreign struct{}

func (foreign) Len() int   { return 0 }
func (foreign) At(int) any { return nil }

func TestFilterMayAnswerInsteadOfTheMethod(t *testing.T) {
	h := newHandler()
	h.endpoints["echo"+stringDesc].Invoker = api.InvokerFunc(func(_ context.Context, inv *api.Invocation) error {
		inv.Reply.(*text).v = "from the filter"
		return nil
	})
	cli, _ := pair(t, h, protocol.ServeOptions{}, protocol.DialOptions{})
	inv := stringCall(&echoMethod, "x")
	if err := cli.Invoke(t.Context(), inv); err != nil || inv.Reply.(*text).v != "from the filter" {
		t.Errorf("got %q, %v", inv.Reply.(*text).v, err)
	}
}

func TestOnewayReturnsAtOnceAndArrives(t *testing.T) {
	h := newHandler()
	heard := make(chan string, 1)
	h.on(&tellMethod, func(_ context.Context, inv *api.Invocation) error {
		heard <- inv.Args.(*text).v
		return errors.New("nobody will know")
	})
	cli, _ := pair(t, h, protocol.ServeOptions{}, protocol.DialOptions{})
	if err := cli.Invoke(t.Context(), stringCall(&tellMethod, "psst")); err != nil {
		t.Fatal(err)
	}
	if s := <-heard; s != "psst" {
		t.Errorf("heard %q", s)
	}
	// The connection is still in step.
	if err := cli.Invoke(t.Context(), stringCall(&echoMethod, "x")); err != nil {
		t.Error(err)
	}
}

func TestEchoMethod(t *testing.T) {
	cli, _ := pair(t, newHandler(), protocol.ServeOptions{}, protocol.DialOptions{})
	echo := api.Method{Name: "$echo", Desc: "Ljava/lang/Object;"}
	inv := stringCall(&echo, "OK")
	if err := cli.Invoke(t.Context(), inv); err != nil || inv.Reply.(*text).v != "OK" {
		t.Errorf("$echo gave %q, %v", inv.Reply.(*text).v, err)
	}
	u := newCall(&userMethod)
	u.Method = &echo
	u.Args.(*userBody).v = &user{Name: "Ann"}
	if err := cli.Invoke(t.Context(), u); err != nil || u.Reply.(*userBody).v == nil || u.Reply.(*userBody).v.Name != "Ann" {
		t.Errorf("$echo of an object gave %v, %v", u.Reply, err)
	}
	other := stringCall(&echo, "OK")
	other.Service = &api.Service{Interface: "test.Other"}
	wantError(t, cli.Invoke(t.Context(), other), api.NotFound, api.SentNo)
}

func TestTooLargeEachWay(t *testing.T) {
	h := newHandler()
	h.on(&waitMethod, func(_ context.Context, inv *api.Invocation) error {
		inv.Reply.(*text).v = strings.Repeat("y", 5000)
		return nil
	})
	cli, _ := pair(t, h, protocol.ServeOptions{MaxMessage: 4000}, protocol.DialOptions{MaxMessage: 3000})
	wantError(t, cli.Invoke(t.Context(), stringCall(&echoMethod, strings.Repeat("x", 3000))), api.TooLarge, api.SentNo, "Data length too large: 3", "max payload: 3000")
	wantError(t, cli.Invoke(t.Context(), stringCall(&waitMethod, "")), api.TooLarge, api.SentMaybe, "Data length too large: 50", "max payload: 4000")
	if err := cli.Invoke(t.Context(), stringCall(&echoMethod, "x")); err != nil {
		t.Errorf("the connection did not live on: %v", err)
	}
	if cli.State() != protocol.Ready {
		t.Errorf("state %v", cli.State())
	}
}

// Java puts a small response in the place of one that exceeds its payload
// limit: status 50 up to 2.7, 25 in 3.
func TestJavaSaysThatAResponseIsTooLarge(t *testing.T) {
	for _, status := range []byte{25, 50} {
		if code := refine(status, "Data length too large: 9444117, max payload: 8388608, channel: NettyChannel"); code != api.TooLarge {
			t.Errorf("status %d is %v", status, code)
		}
		if code := refine(status, "Failed to send response"); code != api.Codec {
			t.Errorf("status %d with another text is %v", status, code)
		}
	}
}

func TestReverseCallsAreRefusedWithoutAHandler(t *testing.T) {
	ln := newPipeListener()
	cli, err := New().Dial("127.0.0.1:1", protocol.DialOptions{Dial: ln.dial})
	if err != nil {
		t.Fatal(err)
	}
	go cli.Connect(t.Context())
	nc := <-ln.conns
	defer nc.Close()
	go nc.Write(requestFrame(&echoMethod, 77, &text{"x"}))
	h, body := readFrame(t, nc)
	if h.id != 77 || h.status != statusBadRequest || !bytes.Contains(body, []byte("takes no calls")) {
		t.Errorf("answer %+v %q", h, body)
	}
	cli.Close()
}
