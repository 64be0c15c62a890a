package api_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/api"
)

func TestServiceKey(t *testing.T) {
	for _, s := range []api.Service{
		{Interface: "a.B"}, {Interface: "a.B", Group: "g"}, {Interface: "a.B", Version: "1.0"}, {Interface: "a.B", Group: "g", Version: "1.0"},
	} {
		if got := api.ParseService(s.Key()); got != s {
			t.Errorf("%q parsed to %+v", s.Key(), got)
		}
	}
	if key := (api.Service{Interface: "a.B", Group: "g", Version: "1.0"}).Key(); key != "g/a.B:1.0" {
		t.Errorf("key %q", key)
	}
}

type lazyPair struct{ decoded *int }

func (l lazyPair) AppendAttachments(texts []api.Attachment, objects []api.ObjectAttachment) ([]api.Attachment, []api.ObjectAttachment) {
	*l.decoded++
	return append(texts, api.Attachment{Key: "k", Value: "v"}), append(objects, api.ObjectAttachment{Key: "o", Value: int32(7)})
}

func TestAttachments(t *testing.T) {
	shared := []api.Attachment{{Key: "path", Value: "x"}}
	a, b := api.AttachmentsOf(shared), api.AttachmentsOf(shared)
	a.Set("path", "y")
	a.Set("new", "1")
	b.Set("other", "2")
	if shared[0].Value != "x" || b.Get("path") != "x" || b.Get("new") != "" || a.Get("other") != "" {
		t.Errorf("attachments that share a slice disturbed each other: %v %v %v", shared, a.All(), b.All())
	}
	if a.Len() != 2 || a.Get("path") != "y" {
		t.Errorf("Set gave %v", a.All())
	}
	twice := api.AttachmentsOf([]api.Attachment{{Key: "group", Value: "template's"}, {Key: "group", Value: "the caller's"}})
	if got := twice.Get("group"); got != "the caller's" {
		t.Errorf("of a key received twice the first counts: %q", got)
	}
	decoded := 0
	var l api.Attachments
	l.SetLazy(lazyPair{&decoded})
	if decoded != 0 {
		t.Error("decoded before anybody asked")
	}
	if v, ok := l.Lookup("k"); v != "v" || !ok || l.Len() != 1 || decoded != 1 {
		t.Errorf("Lookup = %q %v, decoded %d times", v, ok, decoded)
	}
	if l.Object("o") != int32(7) || l.Object("k") != "v" || len(l.Objects()) != 1 {
		t.Errorf("the objects are %v", l.Objects())
	}
	l.Reset()
	if l.Len() != 0 || l.Object("o") != nil {
		t.Error("Reset left something")
	}
}

// A key is a string or an object, what it was last, and copies are apart.
func TestObjectAttachments(t *testing.T) {
	var a api.Attachments
	if a.Objects() != nil || a.Object("k") != nil {
		t.Error("the zero value has objects")
	}
	a.Set("k", "text")
	a.SetObject("k", int32(1))
	if v, ok := a.Lookup("k"); ok || a.Object("k") != int32(1) || a.Len() != 0 {
		t.Errorf("the object's text is %q", v)
	}
	before := a
	a.SetObject("k", int32(2))
	a.SetObject("other", []any{true})
	if before.Object("k") != int32(1) || before.Object("other") != nil || a.Object("k") != int32(2) || len(a.Objects()) != 2 {
		t.Errorf("%v and its copy %v", a.Objects(), before.Objects())
	}
	a.Set("k", "text")
	if a.Object("k") != "text" || len(a.Objects()) != 1 || before.Object("k") != int32(1) {
		t.Errorf("the string is %v beside %v", a.Object("k"), a.Objects())
	}
	a.SetObject("k", "other text")
	a.SetObject("other", nil)
	if a.Get("k") != "other text" || a.Objects() != nil {
		t.Errorf("%v beside %v", a.All(), a.Objects())
	}
	a.SetObject("k", nil)
	if a.Len() != 0 {
		t.Errorf("left: %v", a.All())
	}
}

func TestChainOrder(t *testing.T) {
	var trace []string
	filter := func(name string) api.Filter {
		return func(next api.Invoker) api.Invoker {
			return api.InvokerFunc(func(ctx context.Context, inv *api.Invocation) error {
				trace = append(trace, name)
				return next.Invoke(ctx, inv)
			})
		}
	}
	last := api.InvokerFunc(func(context.Context, *api.Invocation) error { trace = append(trace, "last"); return nil })
	if err := api.Chain(last, filter("first"), filter("second")).Invoke(context.Background(), &api.Invocation{}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(trace, " "); got != "first second last" {
		t.Errorf("ran %s", got)
	}
}

type notFound struct{ id int }

func (e *notFound) Error() string { return fmt.Sprint("no user ", e.id) }

func TestErrors(t *testing.T) {
	err := error(api.NewError(api.Business, api.SentMaybe, "getUser at 10.0.0.1:20880", &notFound{7}))
	wrapped := fmt.Errorf("shop: %w", err)
	if nf, ok := errors.AsType[*notFound](wrapped); !ok || nf.id != 7 {
		t.Error("the cause is out of reach")
	}
	if got := err.Error(); got != "getUser at 10.0.0.1:20880: no user 7" {
		t.Errorf("text %q", got)
	}
	for _, c := range []struct {
		err    error
		code   api.Code
		is     error
		isnt   error
		string string
	}{
		{nil, api.OK, nil, api.ErrNoProvider, "ok"},
		{wrapped, api.Business, nil, api.ErrNotFound, "business"},
		{api.NewError(api.NoProvider, api.SentNo, "none", nil), api.NoProvider, api.ErrNoProvider, api.ErrNotFound, "no provider"},
		{api.NewError(api.Timeout, api.SentMaybe, "", nil), api.Timeout, context.DeadlineExceeded, context.Canceled, "timeout"},
		{api.NewError(api.Canceled, api.SentMaybe, "", nil), api.Canceled, context.Canceled, context.DeadlineExceeded, "canceled"},
		{context.DeadlineExceeded, api.Timeout, context.DeadlineExceeded, context.Canceled, "timeout"},
		{context.Canceled, api.Canceled, context.Canceled, api.ErrOverloaded, "canceled"},
		{errors.New("plain"), api.Business, nil, api.ErrForbidden, "business"},
	} {
		if got := api.CodeOf(c.err); got != c.code || got.String() != c.string {
			t.Errorf("CodeOf(%v) = %v, want %v", c.err, got, c.code)
		}
		if c.is != nil && !errors.Is(c.err, c.is) {
			t.Errorf("%v is not %v", c.err, c.is)
		}
		if errors.Is(c.err, c.isnt) {
			t.Errorf("%v is %v", c.err, c.isnt)
		}
	}
}

// Each code has a row, and what goes to the wire comes back as a code of the
// same class of statistics where the status is not shared.
func TestCodeTable(t *testing.T) {
	for c := api.OK; c <= api.Internal; c++ {
		if c.String() == "" || c.DubboStatus() == 0 || int(c.Class()) >= api.Classes || c.Class().String() == "" {
			t.Errorf("code %d has an empty row", c)
		}
	}
	for _, c := range []api.Code{api.OK, api.Timeout, api.Disconnected, api.Overloaded, api.NotFound, api.Internal} {
		if got := api.CodeOfDubboStatus(c.DubboStatus()); got != c {
			t.Errorf("%v goes to status %d and comes back as %v", c, c.DubboStatus(), got)
		}
	}
	if api.Code(200).String() != "internal" || api.CodeOfDubboStatus(77) != api.Internal {
		t.Error("an unknown code is not internal")
	}
}
