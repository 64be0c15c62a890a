package curator_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/internal/require"
	"github.com/gubbo/gubbo/internal/zookeepertest"
	"github.com/gubbo/gubbo/interop/curator"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Curator's recipes see the same at our server as at a real ZooKeeper 3.8.0:
// caches, locks, leaders, discovery, transactions, and a session that ends.
func TestRecipes(t *testing.T) {
	require.Java(t, require.SuiteCurator)
	require.ZooKeeper(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	kit, err := curator.Build(ctx)
	if err != nil {
		t.Fatal(err)
	}
	zk := zktest.Start(t, zktest.Tick(500*time.Millisecond))
	ours := recipes(t, ctx, kit, zk.Addr(), func(session int64) error { zk.Expire(session); return nil })
	real := zookeepertest.Start(t, zookeepertest.Options{})
	theirs := recipes(t, ctx, kit, real.Addr(), real.ExpireSession)
	for i := range max(len(ours), len(theirs)) {
		var us, them string
		if i < len(ours) {
			us = ours[i]
		}
		if i < len(theirs) {
			them = theirs[i]
		}
		if us != them {
			t.Errorf("row %d is at zkserver\n%s\nat ZooKeeper %s\n%s", i, us, real.Version(), them)
		}
	}
	if len(theirs) < 40 {
		t.Errorf("only %d rows:\n%s", len(theirs), strings.Join(theirs, "\n"))
	}
	t.Logf("gubbo-table curator %s: %d rows of its recipes are the same at zkserver and at ZooKeeper %s", curator.Version, len(theirs), real.Version())
}

// recipes returns the rows at a server where expire ends a session.
func recipes(t *testing.T, ctx context.Context, kit *curator.Kit, server string, expire func(int64) error) (rows []string) {
	t.Helper()
	p, err := kit.Recipes(t.TempDir()+"/log", server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	peer, err := p.Await(ctx, "PEER")
	if err != nil || !strings.HasPrefix(peer[1], "curator "+curator.Version+",") {
		t.Fatalf("the peer is %q, %v", peer, err)
	}
	require.Ran(t, require.SuiteCurator, peer[1])
	kill, err := p.Await(ctx, "KILL")
	if err != nil {
		t.Fatal(err, p.Rows())
	}
	session, err := strconv.ParseUint(kill[1], 16, 64)
	if err == nil {
		err = expire(int64(session))
	}
	if err == nil {
		err = p.Wait(ctx)
	}
	if err != nil {
		t.Fatalf("%v after %q; the log ends with\n%s", err, p.Rows(), p.Tail(20))
	}
	for _, row := range p.Rows() {
		if !slices.Contains([]string{"PEER", "KILL"}, row[0]) {
			if rows = append(rows, strings.Join(row, " | ")); slices.Contains(row, "nothing in a minute") {
				t.Errorf("at %s an event is missing: %s", server, rows[len(rows)-1])
			}
		}
	}
	return rows
}
