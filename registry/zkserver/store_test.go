package zkserver

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
)

// image is everything that a restart must bring back.
func image(m *machine) string {
	at := m.at
	m.at = instant{}
	defer func() { m.at = at }()
	return string(m.snapshot())
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

// written makes a directory with a log, and tells where each record ends and
// what was true then.
func written(t *testing.T) (dir, log string, ends []int64, images []string) {
	t.Helper()
	dir = t.TempDir()
	b, s := mustOpen(t, dir, 0)
	randomWrites(b, 60, rand.New(rand.NewPCG(3, 4)), func() {
		before := s.size
		if err := s.commit(b.m); err != nil {
			t.Fatal(err)
		}
		if s.size > before {
			ends = append(ends, s.size)
			images = append(images, image(b.m))
		}
	})
	log = filepath.Base(s.log.Name())
	s.close()
	return dir, log, ends, images
}

func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestLogCutAnywhere(t *testing.T) {
	dir, log, ends, images := written(t)
	to := copyDir(t, dir)
	whole, err := os.ReadFile(filepath.Join(dir, log))
	if err != nil {
		t.Fatal(err)
	}
	for cut := ends[0]; cut <= int64(len(whole)); cut++ {
		if err := os.WriteFile(filepath.Join(to, log), whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		b, s, err := openBench(t, to, 0)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		last := 0
		for i, end := range ends {
			if end <= cut {
				last = i
			}
		}
		if image(b.m) != images[last] {
			t.Fatalf("cut at %d: not what was true at %d", cut, ends[last])
		}
		// It must go on from there.
		b.client(time.Second)
		if err := s.commit(b.m); err != nil {
			t.Fatal(err)
		}
		now := image(b.m)
		s.close()
		b, s, err = openBench(t, to, 0)
		if err != nil || image(b.m) != now {
			t.Fatalf("cut at %d and written on: %v", cut, err)
		}
		s.close()
	}
}

func TestLogByteFlipped(t *testing.T) {
	dir, log, ends, images := written(t)
	to := copyDir(t, dir)
	whole, err := os.ReadFile(filepath.Join(dir, log))
	if err != nil {
		t.Fatal(err)
	}
	for at := range whole {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 0x10
		if err := os.WriteFile(filepath.Join(to, log), damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		b, s, err := openBench(t, to, 0)
		if err != nil {
			if at >= len(magic) && (!strings.Contains(err.Error(), "offset") || !strings.Contains(err.Error(), log)) {
				t.Fatalf("flipped at %d: the error names neither file nor offset: %v", at, err)
			}
			continue
		}
		s.close()
		if image(b.m) != images[len(ends)-1] {
			t.Fatalf("flipped at %d: an acknowledged write is gone", at)
		}
	}
}

func TestSnapshotByteFlipped(t *testing.T) {
	dir, _, _, images := written(t)
	to := copyDir(t, dir)
	found, err := filepath.Glob(filepath.Join(dir, snapshotPrefix+"*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("snapshots %q, %v", found, err)
	}
	whole, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	for at := range whole {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 0x01
		if err := os.WriteFile(filepath.Join(to, filepath.Base(found[0])), damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		b, s, err := openBench(t, to, 0)
		if err == nil {
			s.close()
			if image(b.m) != images[len(images)-1] {
				t.Fatalf("flipped at %d: taken, and wrong", at)
			}
		}
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
	head := make([]byte, 16)
	head[0] = 0x7f
	f.Add(appendCreate(bytes.Clone(head), "/a", nil, aclOpen, 0))
	f.Add(appendDelete(appendCreate(bytes.Clone(head), "/a", nil, aclOpen, 5), "/a"))
	f.Add(appendClose(appendOpen(bytes.Clone(head), 5, time.Second), 5))
	f.Add(appendNode(bytes.Clone(head), "/zookeeper", &node{}))
	f.Fuzz(func(t *testing.T, payload []byte) {
		b := newBench(t)
		_ = b.m.replay(payload) // an error or not, never a panic
	})
}
