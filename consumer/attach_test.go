package consumer

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/gubbo/gubbo/api"
)

// What AttachObject attaches goes with every try, and what a try adds with no
// other.
func TestAttachObject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		handle := func(_ context.Context, inv *api.Invocation) error {
			seen = append(seen, fmt.Sprint(inv.Attachments.All(), inv.Attachments.Objects()))
			inv.Attachments.SetObject("list", "of this try")
			inv.ReplyAttachments.SetObject("back", int32(len(seen)))
			if len(seen) == 1 {
				return api.NewError(api.Overloaded, api.SentNo, "scripted", nil)
			}
			return nil
		}
		_, r := fleet(t, 2, handle)
		var info CallInfo
		shared := r.With(Attach("a", "1"), AttachObject("list", []any{true}), AttachObject("b", int32(1)), AttachObject("a", int32(2)), Capture(&info))
		other := shared.With(Attach("b", "text"), AttachObject("text", "t"))
		for _, c := range []struct {
			r    *Reference
			want string
		}{
			{shared, "[] [{list [true]} {b 1} {a 2}]"},
			{other, "[{b text} {text t}] [{list [true]} {a 2}]"},
		} {
			seen = nil
			if err := call(c.r, sayHello); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(seen, []string{c.want, c.want}) {
				t.Errorf("the tries had %q, want %q", seen, c.want)
			}
			if info.ReplyObject("back") != int32(2) || info.ReplyObject("none") != nil {
				t.Errorf("the reply had %v", info.ReplyObjects)
			}
		}
		seen = []string{"no first failure"}
		inv := &api.Invocation{Method: sayHello}
		inv.Attachments.SetObject("b", false)
		inv.Attachments.Set("list", "mine")
		if err := shared.Invoke(t.Context(), inv); err != nil || seen[1] != "[{list mine}] [{b false} {a 2}]" {
			t.Errorf("what the Invocation had became %q, %v", seen[1:], err)
		}
		for _, bad := range []Option{AttachObject("", 1), AttachObject("k", nil)} {
			if err := call(r.With(bad), sayHello); err == nil {
				t.Error("an option that attaches nothing was taken")
			}
		}
	})
}
