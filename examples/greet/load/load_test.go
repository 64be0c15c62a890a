package load

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gubbo/gubbo/api"
)

func TestLoadCountsOutcomes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		ids := map[string]bool{}
		n := 0
		l := New("c1", nil, Method{Name: "m", Workers: 2, Every: 10 * time.Millisecond, Call: func(_ context.Context, id string) error {
			mu.Lock()
			defer mu.Unlock()
			ids[id] = true
			n++
			switch n % 4 {
			case 1:
				return api.NewError(api.Unavailable, api.SentNo, "refused", nil)
			case 2:
				return api.NewError(api.Disconnected, api.SentMaybe, "lost", nil)
			case 3:
				return errors.New("anything else")
			}
			return nil
		}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second-time.Millisecond)
		defer cancel()
		l.Run(ctx)
		got := l.Counts()["m"]
		if want := (Counts{Calls: 200, Success: 50, Failed: 50, Unknown: 100}); got != want {
			t.Errorf("counted %+v, want %+v", got, want)
		}
		if len(ids) != 200 {
			t.Errorf("%d different ids, want 200", len(ids))
		}
	})
}
