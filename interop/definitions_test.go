package interop

import (
	"bytes"
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/registry"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// Each side reads the service definition that the other wrote to the metadata
// center: `gubbo call` takes its types from Java's, and Java's own metadata
// report finds and parses ours.
func TestDefinitions(t *testing.T) {
	path := tool(t)
	if !namespaced(t) {
		return
	}
	address := "zookeeper://" + zktest.Start(t, zktest.Tick(time.Second)).Addr()
	reg := open(t, address)
	for _, version := range []string{"2.7.23", "3.3.6"} {
		t.Run(version, func(t *testing.T) {
			l, group := newLab(t), "java-"+version
			p, name := l.startClass(version, "lab.peer.Definitions", "provide", freePort(t), group, address)
			if _, err := p.Await(l.ctx, "READY"); err != nil {
				t.Fatalf("%v; its log ends with\n%s", err, p.Tail(20))
			}
			awaitDefinition(t, l.ctx, reg, api.Service{Interface: "lab.greet.GreetService", Group: group})
			// Without the types, 5 is a long, 2 is one too, and "LOW" a string.
			for _, c := range []struct{ method, args, want string }{
				{"half", "[5]", "2.5"},
				{"list", "[2]", `"name": "user 1"`},
				{"nextLevel", `["LOW"]`, `"name": "MID"`},
				{"count", `[["a"]]`, `"a": 1`},
			} {
				out, err := exec.CommandContext(l.ctx, path, "call", "--registry", address, "--generic=false", group+"/lab.greet.GreetService", c.method, c.args).CombinedOutput()
				if err != nil || !strings.Contains(string(out), c.want) {
					t.Errorf("%s: %s%s: %v\n%s", name, c.method, c.args, err, bytes.TrimSpace(out))
				}
			}
			if err := p.Stop(l.ctx); err != nil {
				t.Error(err)
			}
		})
	}

	l := newLab(t)
	l.goProvider(reg, "go")
	awaitDefinition(t, l.ctx, reg, api.Service{Interface: "lab.greet.GreetService", Group: "go"})
	p, name := l.startClass("3.3.6", "lab.peer.Definitions", "read", address, "lab.greet.GreetService", "", "go", "go-provider")
	if err := p.Wait(l.ctx); err != nil {
		t.Fatalf("%s: %v; its log ends with\n%s", name, err, p.Tail(20))
	}
	for _, want := range [][]string{
		{"DEFINITION", "lab.greet.GreetService"},
		{"METHOD", "half", "double", "double"},
		{"METHOD", "addLong", "long,long", "long"},
		{"METHOD", "count", "java.util.List", "java.util.Map"},
		{"METHOD", "nextLevel", "lab.greet.Level", "lab.greet.Level"},
		{"METHOD", "notify", "java.lang.String", "void"},
		{"PARAMETER", "application", "go-provider"},
		{"PARAMETER", "side", "provider"},
	} {
		if !slices.ContainsFunc(p.Rows(), func(row []string) bool { return slices.Equal(row, want) }) {
			t.Errorf("%s does not read %q in\n%q", name, want, p.Rows())
		}
	}
}

// awaitDefinition waits until a provider of s has published what it looks like.
func awaitDefinition(t *testing.T, ctx context.Context, reg registry.Definitions, s api.Service) {
	t.Helper()
	for {
		got, err := reg.Definitions(ctx, s)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) > 0 {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("no definition of %s: %v", s.Key(), ctx.Err())
		}
	}
}
