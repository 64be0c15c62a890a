package main

import (
	"strings"
	"testing"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/registry"
)

func TestListing(t *testing.T) {
	provider := api.NewURL("dubbo", "10.0.0.1", 20880, "a.B", map[string]string{"application": "shop\x1b[2J", "version": "1.0", "release": "3.3.6"})
	consumer := api.NewURL("consumer", "10.0.0.2", 0, "a.B", map[string]string{"application": "web", "version": "1.0"})
	twin := api.NewURL("consumer", "10.0.0.2", 0, "a.B", map[string]string{"version": "1.0", "pid": "77"})
	other := api.NewURL("dubbo", "10.0.0.3", 1, "c.D", map[string]string{"weight": "7"})
	all := entries(registry.Snapshot{Providers: []api.URL{other, provider}, Consumers: []api.URL{consumer, twin}}, "")
	var w strings.Builder
	if err := printEntries(&w, all, []string{"bad%zz"}, false); err != nil {
		t.Fatal(err)
	}
	want := `a.B:1.0
  provider  dubbo://10.0.0.1:20880  shop�[2J  weight 100  3.3.6
  consumer  consumer://10.0.0.2     web       pid -       -
  consumer  consumer://10.0.0.2     -         pid 77      -
c.D
  provider  dubbo://10.0.0.3:1  -  weight 7  -
unreadable node "bad%zz"
`
	if w.String() != want {
		t.Errorf("got\n%s\nwant\n%s", w.String(), want)
	}
	if got := entries(registry.Snapshot{Providers: []api.URL{other, provider}}, "c."); len(got) != 1 || got[0].Weight != 7 {
		t.Errorf("filtered: %+v", got)
	}
}

func TestUnknownRegistryScheme(t *testing.T) {
	for text, want := range map[string]string{"nacos://127.0.0.1:8848": "zookeeper://", "127.0.0.1:2181": "no scheme", "zookeeper://h:x": `bad port "x"`} {
		if _, err := openRegistry(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("openRegistry(%q) = %v, want an error with %q", text, err, want)
		}
	}
}
