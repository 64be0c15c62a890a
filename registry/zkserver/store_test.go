package zkserver

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
	"github.com/gubbo/gubbo/internal/zkquota"
)

// image is everything that a restart must bring back.
func image(m *machine) string {
	at := m.at
	m.at = instant{}
	defer func() { m.at = at }()
	return string(m.snapshot().encode())
}

func openBench(t testing.TB, dir string, after int64) (*bench, *store, error) {
	t.Helper()
	b := newBench(t, func(c *Config) { c.Dir, c.NoSync, c.snapshotAfter = dir, true, after })
	cfg := Config{Dir: dir, NoSync: true, Logger: b.m.log}
	if err := cfg.validate(); err != nil {
		t.Fatal(err)
	}
	if after > 0 {
		cfg.snapshotAfter = after
	}
	s, err := openStore(&cfg, b.m)
	return b, s, err
}

func mustOpen(t testing.TB, dir string, after int64) (*bench, *store) {
	t.Helper()
	b, s, err := openBench(t, dir, after)
	if err != nil {
		t.Fatal(err)
	}
	return b, s
}

// randomWrites has clients change the tree n times; after each, then is called.
func randomWrites(b *bench, n int, rnd *rand.Rand, then func()) {
	clients := []*client{b.client(4 * time.Second), nil}
	then()
	clients[1] = b.client(8 * time.Second)
	then()
	for _, path := range []string{"/zookeeper/quota/a", zkquota.Limits("/a"), zkquota.Stats("/a")} {
		if b.m.tree.nodes[path] == nil { // else it stands from a time before
			b.must(clients[0], opCreate2, create(path, flagPersistent))
		}
		then()
	}
	for range n {
		c := clients[rnd.IntN(2)]
		path := fmt.Sprintf("/%c", 'a'+rune(rnd.IntN(4)))
		if rnd.IntN(2) == 0 {
			path += fmt.Sprintf("/%c", 'x'+rune(rnd.IntN(3)))
		}
		switch rnd.IntN(6) {
		case 0, 1:
			b.do(c, opCreate2, create(path, int32(rnd.IntN(4))))
		case 2:
			b.do(c, opSetData, jute.AppendInt(jute.AppendBuffer(jute.AppendString(nil, path), make([]byte, rnd.IntN(40))), -1))
		case 3:
			b.do(c, opDelete, versioned(path, -1))
		case 4:
			multi := append(appendMultiHeader(nil, opCreate, false, -1), create("/m-", flagSequential)...)
			multi = append(appendMultiHeader(multi, opSetData, false, -1), jute.AppendInt(jute.AppendBuffer(jute.AppendString(nil, path), nil), -1)...)
			b.do(c, opMulti, appendMultiHeader(multi, opError, true, -1))
		case 5:
			if i := rnd.IntN(8); i < 2 {
				b.do(clients[i], opCloseSession, nil)
				then()
				clients[i] = b.client(4 * time.Second)
			} else {
				b.do(c, opSetACL, jute.AppendInt(appendACL(jute.AppendString(nil, path), acl{{permAll - permRead, anyone}}), -1))
			}
		}
		then()
	}
}

func TestRestartBringsBackAll(t *testing.T) {
	dir := t.TempDir()
	b, s := mustOpen(t, dir, 4096) // with a snapshot now and then
	randomWrites(b, 2000, rand.New(rand.NewPCG(1, 2)), func() {
		if err := s.commit(b.m); err != nil {
			t.Fatal(err)
		}
	})
	s.close()
	again, s2 := mustOpen(t, dir, 0)
	defer s2.close()
	if image(b.m) != image(again.m) {
		t.Error("the tree or the sessions differ after a restart")
	}
	if len(again.m.sessions) == 0 || !bytes.Equal(b.m.secret, again.m.secret) {
		t.Error("sessions cannot come back")
	}
	for id, old := range b.m.sessions {
		if now := again.m.sessions[id]; now.bytes != old.bytes {
			t.Errorf("session %s has %d bytes of ephemerals, had %d", hex(id), now.bytes, old.bytes)
		}
	}
	if logs, _ := s2.numbered(logPrefix); len(logs) > 2 {
		t.Errorf("%d logs are kept, want what the newest snapshot does not cover", len(logs))
	}
}

// A log whose beginning did not fit on the disk: the one before it is written
// on, for which the disk needs no room, and nothing comes between them.
func TestRestartAfterALogThatCouldNotBegin(t *testing.T) {
	for _, begun := range []string{"", magic[:3]} {
		dir := t.TempDir()
		b, s := mustOpen(t, dir, 0)
		write := func(b *bench, s *store) {
			randomWrites(b, 20, rand.New(rand.NewPCG(5, 6)), func() {
				if err := s.commit(b.m); err != nil {
					t.Fatal(err)
				}
			})
		}
		write(b, s)
		old, empty := s.log.Name(), s.path(logPrefix, b.m.zxid)
		s.close()
		if err := os.WriteFile(empty, []byte(begun), 0o600); err != nil {
			t.Fatal(err)
		}
		again, s := mustOpen(t, dir, 0)
		if image(b.m) != image(again.m) {
			t.Error("the tree or the sessions differ after a restart")
		}
		if _, err := os.Stat(empty); !errors.Is(err, fs.ErrNotExist) || s.log.Name() != old {
			t.Errorf("%s is written on, and of the empty log %v", s.log.Name(), err)
		}
		write(again, s)
		s.close()
		last, s := mustOpen(t, dir, 0)
		if image(last.m) != image(again.m) {
			t.Error("the tree or the sessions differ after another one")
		}
		s.close()
	}
}

func TestDirectoriesAboveAreMade(t *testing.T) {
	dir := t.TempDir() + "/a/b/c"
	_, s := mustOpen(t, dir, 0)
	s.close()
	t.Chdir(filepath.Dir(dir))
	for _, dir := range []string{"c", "d", "e/f", "g/"} {
		_, s := mustOpen(t, dir, 0)
		s.close()
	}
}

// A start removes what a crash left of its own files, and nothing else.
func TestHalfWrittenFilesAreRemoved(t *testing.T) {
	dir := t.TempDir() + "/[odd]*" // no pattern
	_, s := mustOpen(t, dir, 0)
	s.close()
	ours := []string{"snapshot.00000000000000ff.new", "secret.new"}
	for _, name := range append(ours, "notes.new") {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, s = mustOpen(t, dir, 0)
	s.close()
	for _, name := range ours {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want it removed", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "notes.new")); err != nil {
		t.Errorf("somebody else's file: %v", err)
	}
}

func TestDirectoryInUse(t *testing.T) {
	dir := t.TempDir()
	_, s := mustOpen(t, dir, 0)
	defer s.close()
	if _, _, err := openBench(t, dir, 0); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("a second server over the directory: %v", err)
	}
	if err := Wipe(dir); err == nil {
		t.Error("wiped under a server")
	}
}

// FuzzReplay feeds payloads of any kind to the replay.
func FuzzReplay(f *testing.F) {
	next := newBench(f).m.zxid + 1
	head := func() []byte { return jute.AppendLong(jute.AppendLong(nil, next), 0) }
	f.Add(appendCreate(head(), "/a", nil, aclOpen, 0))
	f.Add(appendDelete(appendCreate(head(), "/a", nil, aclOpen, 5), "/a"))
	f.Add(appendClose(appendOpen(head(), 5, time.Second), 5))
	f.Add(appendNode(head(), "/zookeeper", &node{}))
	f.Fuzz(func(t *testing.T, payload []byte) {
		b := newBench(t)
		_ = b.m.replay(payload) // an error or not, never a panic
	})
}
