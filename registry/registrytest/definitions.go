package registrytest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/registry"
)

// definitions is for registries that keep those.
func definitions(t *testing.T, h Harness) {
	a, can := open(t, h, Options{}).(registry.Definitions)
	if !can {
		t.Skip("this registry keeps no definitions")
	}
	b := open(t, h, Options{}).(registry.Definitions)
	s := api.Service{Interface: "com.acme.User", Group: "g", Version: "1.0"}
	const path = "/dubbo/metadata/com.acme.User/1.0/g/provider/shop"
	until := func(what string, want ...string) time.Duration {
		t.Helper()
		return eventually(t, what, within, func() (bool, error) {
			ctx, cancel := context.WithTimeout(t.Context(), within)
			defer cancel()
			got, err := b.Definitions(ctx, s)
			return err == nil && slices.Equal(got, want), err
		})
	}
	must(t, a.Define(s, "shop", `{"one":1}`))
	must(t, a.Define(s, "shop", `{"one":1}`)) // again is no other
	until("the definition", `{"one":1}`)
	tr := tree(t, h, "")
	if owner, exists, err := tr.Owner(path); owner != 0 || !exists || err != nil {
		t.Errorf("the node: owner 0x%x, exists %v, %v; want one that outlives the process", owner, exists, err)
	}

	must(t, a.Define(s, "shop", `{"two":2}`))
	until("another text", `{"two":2}`)
	must(t, a.Define(s, "cart", `{"cart":1}`))
	until("another application", `{"cart":1}`, `{"two":2}`)

	// A newer process of the application has its say; the older one does not
	// write over it, but puts its own text back if there is none.
	must(t, b.Define(s, "shop", `{"three":3}`))
	until("another process", `{"cart":1}`, `{"three":3}`)
	must(t, a.(registry.Registry).Close())
	until("after a close", `{"cart":1}`, `{"three":3}`)
	must(t, tr.DeleteAll("/dubbo"))
	took := until("after a wipe", `{"three":3}`)
	measured(t, h, "/dubbo deleted: a definition is back", took, time.Second)

	if err := b.Define(api.Service{Interface: "com.acme.User", Group: "*"}, "shop", "{}"); err == nil {
		t.Error("a definition of every group was taken")
	}
	if err := b.Define(s, "", "{}"); err == nil {
		t.Error("a definition of no application was taken")
	}
	if err := b.Define(s, "shop", string(make([]byte, 1<<20))); err == nil {
		t.Error("a definition of 1 MiB was taken")
	}
	if err := a.Define(s, "shop", "{}"); err == nil {
		t.Error("a closed registry took a definition")
	}
}
