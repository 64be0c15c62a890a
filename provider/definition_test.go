package provider

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gubbo/gubbo/api"
)

// definingRegistry also takes definitions.
type definingRegistry struct {
	fakeRegistry
	refuses error

	mu    sync.Mutex
	texts map[string]string // by service key and application
}

func (r *definingRegistry) Define(s api.Service, application, text string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.texts == nil {
		r.texts = make(map[string]string)
	}
	r.texts[s.Key()+" by "+application] = text
	return r.refuses
}

func (r *definingRegistry) Definitions(context.Context, api.Service) ([]string, error) {
	return nil, errors.New("fake: not used")
}

func TestDefinitionIsPublished(t *testing.T) {
	reg := &definingRegistry{refuses: errors.New("fake: no")} // which is nothing to fail for
	run(t, Config{Application: "shop", Registry: reg, Logger: slog.New(slog.DiscardHandler)}, identity,
		Group("g"), Version("1.0"), Token("secret"), Weight(7)).leave()
	text, ok := reg.texts["g/lab.Echo:1.0 by shop"]
	if !ok || len(reg.texts) != 1 {
		t.Fatalf("defined: %q", reg.texts)
	}
	var d struct {
		CanonicalName string
		Methods       []struct {
			Name, ReturnType string
			ParameterTypes   []string
		}
		Types      []any
		Parameters map[string]string
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if d.CanonicalName != "lab.Echo" || d.Types == nil || len(d.Methods) != len(echoDesc.Methods) {
		t.Errorf("definition %s", text)
	}
	for i, m := range echoDesc.Methods {
		if got := d.Methods[i]; got.Name != m.Name || got.ReturnType != m.Result || !slices.Equal(got.ParameterTypes, m.Params) || got.ParameterTypes == nil {
			t.Errorf("method %d is %+v, want %+v", i, got, m)
		}
	}
	p := d.Parameters
	if p["application"] != "shop" || p["weight"] != "7" || p["side"] != "provider" || p["token"] != "" || p["pid"] != "" || p["timestamp"] != "" {
		t.Errorf("parameters %q", p)
	}
}

func TestDefinitionHasNoSecrets(t *testing.T) {
	u := api.NewURL("dubbo", "10.0.0.1", 20880, "lab.Echo", map[string]string{"token": "s1", "password": "s2", ".secretAccessKey": "s3", "weight": "7"})
	text, err := definition(nil, u)
	if err != nil || !strings.Contains(string(text), `"weight":"7"`) {
		t.Fatalf("%s, %v", text, err)
	}
	for _, secret := range []string{"s1", "s2", "s3", "token", "assword", "ecret"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%q is in %s", secret, text)
		}
	}
}
