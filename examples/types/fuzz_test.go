package types

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"runtime/metrics"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
	"github.com/gubbo/gubbo/provider"
)

// hold is a protocol that serves nobody: it gives the handler away.
type hold struct{ handler chan protocol.Handler }

func (hold) Name() string { return "dubbo" }
func (hold) Dial(string, protocol.DialOptions) (protocol.Client, error) {
	return nil, errors.New("not spoken")
}
func (h hold) Serve(ln net.Listener, handler protocol.Handler, _ protocol.ServeOptions) (protocol.Server, error) {
	h.handler <- handler
	return held{ln}, nil
}

type held struct{ ln net.Listener }

func (held) Drain(context.Context) error { return nil }
func (h held) Close() error              { return h.ln.Close() }

// endpoint is a method as a provider's protocol finds it, and "$invoke" of its
// service.
type endpoint struct{ typed, generic *protocol.Endpoint }

// everyEndpoint are those of all methods.
func everyEndpoint(f *testing.F) (all []endpoint) {
	h := hold{make(chan protocol.Handler, 1)}
	srv, err := provider.New(provider.Config{Application: "types", Listen: "127.0.0.1:0", Protocols: []protocol.Protocol{h}, Logger: slog.New(slog.DiscardHandler)})
	e := &echo{}
	if err == nil {
		err = errors.Join(RegisterEverything(srv, e, provider.Generic()), RegisterLibrary(srv, e, provider.Generic()),
			RegisterCollections(srv, e, provider.Generic()), RegisterRelations(srv, e, provider.Generic()))
	}
	if err != nil {
		f.Fatal(err)
	}
	ctx, leave := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	handler := <-h.handler
	f.Cleanup(func() { leave(); <-done })
	find := func(s api.Service, method, desc string) *protocol.Endpoint {
		ep, err := handler.Find(protocol.Target{Path: s.Interface, Group: s.Group, Version: s.Version, Method: method, Desc: desc, DescKnown: true})
		if err != nil {
			f.Fatal(err)
		}
		return ep
	}
	for _, s := range []*api.ServiceDesc{&everythingDesc, &libraryDesc, &collectionsDesc, &relationsDesc} {
		for _, m := range s.Methods {
			if m.Oneway || m.Name == "told" { // they wait for each other
				continue
			}
			all = append(all, endpoint{
				find(s.Service, m.Name, m.Desc),
				find(s.Service, "$invoke", "Ljava/lang/String;[Ljava/lang/String;[Ljava/lang/Object;"),
			})
		}
	}
	return all
}

// What a peer may send as the arguments of any method, in the way of typed and
// of generic callers: no panic, nothing out of proportion, and what was read can
// be written and read again, enums apart.
func FuzzArguments(f *testing.F) {
	all := everyEndpoint(f)
	for i, ep := range all {
		var e hessian.Encoder
		ep.typed.New().Args.(hessian.Body).EncodeHessian(&e)
		f.Add(uint8(i), false, e.Bytes())
		f.Add(uint8(i), true, e.Bytes())
		for _, v := range []any{bean{"class": "lab.types.Point", "x": 1.0, "y": "2"}, "2024-02-29 01:02:03", "7", int64(7), []any{int32(1), "b", nil}, map[string]any{"a": []any{1.5}}} {
			var e hessian.Encoder
			e.Any(v)
			f.Add(uint8(i), true, e.Bytes())
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, generic bool, args []byte) {
		ep := all[int(which)%len(all)]
		before := heapAllocs()
		if generic {
			checkGeneric(t, ep, args)
		} else {
			checkTyped(t, ep.typed, args)
		}
		if got, most := heapAllocs()-before, uint64(32<<20+512*len(args)); got > most {
			t.Errorf("%d bytes made us allocate %d, the limit is %d", len(args), got, most)
		}
	})
}

func checkTyped(t *testing.T, ep *protocol.Endpoint, args []byte) {
	read := func(data []byte) (hessian.Body, error) {
		b := ep.New().Args.(hessian.Body)
		d := hessian.NewDecoder(data, b.HessianTypes())
		d.SetLimits(hessian.Limits{Alloc: 64*len(args) + 1<<20})
		b.DecodeHessian(d)
		return b, d.Err()
	}
	b, err := read(args)
	if err != nil {
		return
	}
	var e hessian.Encoder
	b.EncodeHessian(&e)
	if err := e.Err(); err != nil {
		if strings.Contains(err.Error(), "has no constant") { // a newer peer's enum is read, but not written
			return
		}
		t.Fatalf("%s: %x was read and cannot be written: %v", ep.Method.Name, args, err)
	}
	if _, err := read(e.Bytes()); err != nil {
		t.Fatalf("%s: %x became %x, which cannot be read: %v", ep.Method.Name, args, e.Bytes(), err)
	}
}

func checkGeneric(t *testing.T, ep endpoint, args []byte) {
	var e hessian.Encoder
	e.String(ep.typed.Method.Name)
	e.List("[string", len(ep.typed.Method.Params))
	for _, p := range ep.typed.Method.Params {
		e.String(p)
	}
	e.List("[object", len(ep.typed.Method.Params))
	inv := ep.generic.New()
	body := inv.Args.(hessian.Body)
	d := hessian.NewDecoder(append(e.Bytes(), args...), body.HessianTypes())
	body.DecodeHessian(d)
	if d.Err() != nil {
		return
	}
	inv.Sink = sink{}
	err := ep.generic.Invoker.Invoke(context.Background(), inv)
	if e, ok := errors.AsType[*api.Error](err); err != nil && (!ok || strings.Contains(e.Message, "conversion")) {
		t.Fatalf("%s: %x: %T %v", ep.typed.Method.Name, args, err, err)
	}
}

// sink encodes a reply and forgets it.
type sink struct{}

func (sink) EncodeReply(reply any) error {
	var e hessian.Encoder
	if reply != nil {
		reply.(hessian.Body).EncodeHessian(&e)
	}
	return e.Err()
}

// heapAllocs is how many bytes this process has taken so far.
func heapAllocs() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
