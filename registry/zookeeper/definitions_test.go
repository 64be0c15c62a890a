package zookeeper

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/registry"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

func TestDefinitions(t *testing.T) {
	addr := zktest.Start(t, zktest.Tick(time.Second)).Addr()
	tree := openTree(t, addr, "")
	defer tree.Close()
	set := func(path string, data []byte) {
		t.Helper()
		if err := tree.Create(path, false); err != nil {
			t.Fatal(err)
		}
		if _, err := tree.conn.Set(path, data, -1); err != nil {
			t.Fatal(err)
		}
	}
	set("/dubbo/metadata/a.B/provider/two", []byte("2"))
	set("/dubbo/metadata/a.B/provider/one", []byte("1"))
	set("/dubbo/metadata/a.B/provider/none", nil)
	set("/dubbo/metadata/a.B/1.0/g/provider/x", []byte("vg"))
	set("/dubbo/metadata/a.B/same/provider/x", []byte("collapsed"))
	for i := range maxDefinitions + 4 {
		set("/dubbo/metadata/a.Many/provider/"+string(rune('a'+i)), []byte("x"))
	}

	r, err := New("zookeeper://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	sub, err := r.Subscribe(registry.Query{Service: api.Service{Interface: "a.B"}}, func(registry.Snapshot) {})
	if err == nil {
		err = sub.Wait(ctx) // connected
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		s    api.Service
		want []string
	}{
		{api.Service{Interface: "a.B"}, []string{"1", "2"}},
		{api.Service{Interface: "a.B", Version: "1.0", Group: "g"}, []string{"vg"}},
		{api.Service{Interface: "a.B", Version: "same", Group: "same"}, []string{"collapsed"}},
		{api.Service{Interface: "a.B", Version: "2.0"}, nil},
		{api.Service{Interface: "a.Nobody"}, nil},
		{api.Service{Interface: "a.Many"}, slices.Repeat([]string{"x"}, maxDefinitions)},
	} {
		if got, err := r.Definitions(ctx, tt.s); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, %v, want %q", tt.s, got, err, tt.want)
		}
	}
	if _, err := tree.conn.Set("/dubbo/metadata/a.B/provider/one", bytes.Repeat([]byte{'x'}, 1000), -1); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Definitions(ctx, api.Service{Interface: "a.B"}); err != nil || len(got) != 2 || len(got[0]) != 1000 {
		t.Errorf("after a change: %d, %v", len(got), err)
	}
	for _, s := range []api.Service{{}, {Interface: "*"}, {Interface: ".."}, {Interface: "a.B", Group: "*"}, {Interface: "a.B", Group: "g,h"}, {Interface: "a.B", Version: "../../x"}} {
		if got, err := r.Definitions(ctx, s); err == nil || !strings.HasPrefix(err.Error(), "zookeeper: ") {
			t.Errorf("%q: %q, %v", s.Key(), got, err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Definitions(ctx, api.Service{Interface: "a.B"}); err != errClosed {
		t.Errorf("closed: %v", err)
	}
}
