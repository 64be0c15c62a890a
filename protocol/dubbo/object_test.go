package dubbo

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
)

func texts(list ...api.Attachment) *api.Attachments {
	a := api.AttachmentsOf(list)
	return &a
}

func textsOf(r *rawAttachments) []api.Attachment {
	texts, _ := r.AppendAttachments(nil, nil)
	return texts
}

// values are attachments that are no strings, and what they arrive as.
var values = []struct {
	key        string
	sent, want any
	text       string
}{
	{"int", int32(7), int32(7), "7"},
	{"long", int64(1 << 40), int64(1 << 40), "1099511627776"},
	{"double", 2.5, 2.5, "2.5"},
	{"boolean", true, true, "true"},
	{"list", []any{int32(1), "two"}, []any{int32(1), "two"}, ""},
	{"strings", []string{"a"}, []string{"a"}, ""},
	{"map", map[string]any{"k": []any{int64(3)}}, map[string]any{"k": []any{int64(3)}}, ""},
	{"date", time.UnixMilli(1234567), time.UnixMilli(1234567), ""},
	{"bytes", []byte("abc"), []byte("abc"), ""},
	{"class", &user{"Ada"}, &user{"Ada"}, ""},
	{"same class", &user{"Bob"}, &user{"Bob"}, ""},
	{"other", &hessian.Object{Class: "test.Other", Fields: []hessian.Field{{Name: "name", Value: "x"}}}, &hessian.Object{Class: "test.Other", Fields: []hessian.Field{{Name: "name", Value: "x"}}}, ""},
}

func sameValue(got, want any) bool {
	if w, ok := want.(time.Time); ok {
		g, ok := got.(time.Time)
		return ok && g.Equal(w)
	}
	return reflect.DeepEqual(got, want)
}

// checkValues is told whether the receiver knows the class of a user.
func checkValues(t *testing.T, a *api.Attachments, known bool) {
	t.Helper()
	for _, v := range values {
		want := v.want
		if u, ok := want.(*user); ok && !known {
			want = &hessian.Object{Class: "test.User", Fields: []hessian.Field{{Name: "name", Value: u.Name}}}
		}
		if got := a.Object(v.key); !sameValue(got, want) {
			t.Errorf("%s arrived as %T %v, want %v", v.key, got, got, want)
		}
		if got := a.Get(v.key); got != v.text {
			t.Errorf("the text of %s is %q, want %q", v.key, got, v.text)
		}
	}
	if got := a.Object("text"); got != "words" {
		t.Errorf("the string arrived as %v", got)
	}
}

// Objects travel beside strings, in calls and answers of every kind.
func TestObjectAttachments(t *testing.T) {
	h := newHandler()
	reply := func(inv *api.Invocation) {
		inv.ReplyAttachments.Set("text", "words")
		for _, v := range values {
			inv.ReplyAttachments.SetObject(v.key, v.sent)
		}
	}
	bob := &user{"Bob"}
	var seen *api.Invocation
	h.on(&userMethod, func(_ context.Context, inv *api.Invocation) error {
		checkValues(t, &inv.Attachments, true)
		arg := inv.Args.(*userBody).v
		if same := inv.Attachments.Object("argument"); same != any(arg) {
			t.Errorf("the argument %v is attached as %v", arg, same)
		}
		reply(inv)
		inv.Reply.(*userBody).v = arg
		inv.ReplyAttachments.SetObject("result", arg)
		seen = inv
		return nil
	})
	h.on(&voidMethod, func(_ context.Context, inv *api.Invocation) error {
		checkValues(t, &inv.Attachments, false)
		reply(inv)
		return nil
	})
	h.on(&throwMethod, func(_ context.Context, inv *api.Invocation) error {
		checkValues(t, &inv.Attachments, true)
		reply(inv)
		return &notFound{Message: "no such user"}
	})
	cli, _ := pair(t, h, protocol.ServeOptions{}, protocol.DialOptions{})
	for _, c := range []struct {
		name string
		inv  *api.Invocation
	}{
		{"object", newCall(&userMethod)},
		{"void", newCall(&voidMethod)},
		{"exception", stringCall(&throwMethod, "x")},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.inv.Attachments.Set("text", "words")
			for _, v := range values {
				c.inv.Attachments.SetObject(v.key, v.sent)
			}
			if body, ok := c.inv.Args.(*userBody); ok {
				body.v = bob
				c.inv.Attachments.SetObject("argument", bob)
			}
			err := cli.Invoke(t.Context(), c.inv)
			if _, thrown := errors.AsType[*notFound](err); err != nil && !thrown {
				t.Fatal(err)
			}
			checkValues(t, &c.inv.ReplyAttachments, c.inv.Method != &voidMethod)
			if body, ok := c.inv.Reply.(*userBody); !ok {
				return
			} else if got := c.inv.ReplyAttachments.Object("result"); got != any(body.v) || !reflect.DeepEqual(got, bob) {
				t.Errorf("the result is attached as %v", got)
			}
		})
	}
	if seen != nil && len(seen.Attachments.Objects()) > 0 {
		t.Error("attachments outlive their call")
	}
}

// Later calls use the buffer again in which the objects came.
func TestObjectsShareNoBuffer(t *testing.T) {
	h := newHandler()
	var kept []any
	h.on(&echoMethod, func(_ context.Context, inv *api.Invocation) error {
		if v := inv.Attachments.Object("bytes"); v != nil {
			kept = append(kept, v, inv.Attachments.Object("list"))
		}
		inv.ReplyAttachments.SetObject("bytes", []byte(inv.Args.(*text).v))
		return nil
	})
	cli, _ := pair(t, h, protocol.ServeOptions{}, protocol.DialOptions{})
	for _, word := range []string{"first", "later"} {
		inv := stringCall(&echoMethod, word)
		inv.Attachments.SetObject("bytes", []byte(word))
		inv.Attachments.SetObject("list", []any{word})
		if err := cli.Invoke(t.Context(), inv); err != nil {
			t.Fatal(err)
		}
		kept = append(kept, inv.ReplyAttachments.Object("bytes"))
	}
	for i, want := range []any{[]byte("first"), []any{"first"}, []byte("first")} {
		if !reflect.DeepEqual(kept[i], want) {
			t.Errorf("%v became %v", want, kept[i])
		}
	}
}

// What cannot be encoded fails the call, never the connection.
func TestObjectThatCannotBeEncoded(t *testing.T) {
	h := newHandler()
	h.on(&voidMethod, func(_ context.Context, inv *api.Invocation) error {
		inv.ReplyAttachments.SetObject("odd", make(chan int))
		return nil
	})
	cli, _ := pair(t, h, protocol.ServeOptions{}, protocol.DialOptions{})
	inv := stringCall(&echoMethod, "x")
	inv.Attachments.SetObject("odd", func() {})
	wantError(t, cli.Invoke(t.Context(), inv), api.Codec, api.SentNo, `attachment "odd"`, "func()")
	err := cli.Invoke(t.Context(), newCall(&voidMethod))
	if err == nil || !strings.Contains(err.Error(), `attachment "odd"`) || !strings.Contains(err.Error(), "chan int") {
		t.Errorf("the answer that could not be encoded came as %v", err)
	}
	if err := cli.Invoke(t.Context(), stringCall(&echoMethod, "x")); err != nil {
		t.Error(err)
	}
}

// Attached objects that nobody can read are a bad request, and those that do
// not fit the class that the method has are read as the objects they are.
func TestObjectsFromOddPeers(t *testing.T) {
	h := newHandler()
	got := make(chan any, 1)
	h.on(&userMethod, func(_ context.Context, inv *api.Invocation) error {
		got <- inv.Attachments.Object("o")
		return nil
	})
	plain := requestFrame(&userMethod, 3, &userBody{&user{"Ada"}})
	body := plain[headerSize : len(plain)-1]
	for _, c := range []struct {
		name  string
		bytes string // of the value
		want  any    // nil: refused
	}{
		{"reference to the argument", "Q\x90", &user{"Ada"}},
		{"reference to nothing", "Q\x95", nil},
		{"class by its number", "`\x03Bob", &user{"Bob"}},
		{"class with another field", "C\x09test.User\x91\x05otherb\x01x", nil},
		{"field of another kind", "`y\x01x", &hessian.Object{Class: "test.User", Fields: []hessian.Field{{Name: "name", Value: []any{"x"}}}}},
		{"no value", "\x45", nil},
		{"deep", strings.Repeat("y", 100) + "N", nil},
		{"huge list", "X\x49\x7f\xff\xff\xff", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			nc, _ := rawServer(t, h, 0)
			nc.Write(frame(flagRequest|flagTwoway|codecHessian2, 0, 3, append(append(bytes.Clone(body), "\x01o"+c.bytes...), tagEnd)))
			head, answer := readFrame(t, nc)
			switch {
			case head.status == statusBadRequest && c.want == nil:
			case head.status == statusOK && c.want != nil:
				if v := <-got; !reflect.DeepEqual(v, c.want) {
					t.Errorf("arrived as %T %+v", v, v)
				}
			default:
				if head.status == statusOK {
					t.Logf("arrived as %#v", <-got)
				}
				t.Errorf("answer %+v %q", head, answer)
			}
			nc.Write(plain)
			if head, answer := readFrame(t, nc); head.status != statusOK {
				t.Errorf("the next call failed: %+v %q", head, answer)
			} else {
				<-got
			}
		})
	}
}
