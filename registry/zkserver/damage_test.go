package zkserver

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
)

// directory is one with a snapshot and two logs, as a crash leaves it after the
// second log was begun and before the snapshot that goes with it was written.
type directory struct {
	path                  string
	snapshot, first, last string // names of the files
	ends                  []int64
	images                []string // what was true when the last log ended at ends[i]
}

func (d *directory) now() string { return d.images[len(d.images)-1] }

func newDirectory(t *testing.T) *directory {
	t.Helper()
	d := &directory{path: t.TempDir()}
	b, s := mustOpen(t, d.path, 0)
	rnd := rand.New(rand.NewPCG(3, 4))
	commit := func() {
		if err := s.commit(b.m); err != nil {
			t.Fatal(err)
		}
	}
	d.first = filepath.Base(s.log.Name())
	d.snapshot = strings.Replace(d.first, logPrefix, snapshotPrefix, 1)
	randomWrites(b, 25, rnd, commit)
	if err := s.begin(b.m.zxid); err != nil {
		t.Fatal(err)
	}
	d.last = filepath.Base(s.log.Name())
	d.ends, d.images = append(d.ends, s.size), append(d.images, image(b.m))
	randomWrites(b, 25, rnd, func() {
		before := s.size
		if commit(); s.size > before {
			d.ends, d.images = append(d.ends, s.size), append(d.images, image(b.m))
		}
	})
	s.close()
	return d
}

// damaged is a copy of d in which one file is changed again and again.
type damaged struct {
	t    *testing.T
	dir  string
	file string
}

func (d *directory) copy(t *testing.T, file string) (*damaged, []byte) {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(d.path)); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(to, file))
	if err != nil {
		t.Fatal(err)
	}
	return &damaged{t, to, file}, whole
}

func (d *damaged) write(content []byte) {
	d.t.Helper()
	// Not os.WriteFile, which empties the file first: that is slow, thousands of
	// times.
	f, err := os.OpenFile(filepath.Join(d.dir, d.file), os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteAt(content, 0)
		err = errors.Join(err, f.Truncate(int64(len(content))), f.Close())
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// refused wants the directory refused with file and offset; what says how it
// was damaged.
func (d *damaged) refused(what string) {
	d.t.Helper()
	_, s, err := openBench(d.t, d.dir, 0)
	if err == nil {
		s.close()
		d.t.Fatalf("%s: taken", what)
	}
	if !strings.Contains(err.Error(), "offset ") || !strings.Contains(err.Error(), d.file) {
		d.t.Fatalf("%s: the error names not both file and offset: %v", what, err)
	}
}

func TestLastLogCutAnywhere(t *testing.T) {
	d := newDirectory(t)
	to, whole := d.copy(t, d.last)
	for cut := 0; cut <= len(whole); cut++ {
		if 0 < cut && cut <= len(magic) {
			to, _ = d.copy(t, d.last) // without a beginning it is the log before that is written on
		}
		to.write(whole[:cut])
		b, s, err := openBench(t, to.dir, 0)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		last := 0
		for i, end := range d.ends {
			if end <= int64(cut) {
				last = i
			}
		}
		if image(b.m) != d.images[last] {
			t.Fatalf("cut at %d: not what was true at %d", cut, d.ends[last])
		}
		if s.close(); cut%10 > 0 {
			continue
		}
		// It must go on from there.
		b, s = mustOpen(t, to.dir, 0)
		b.client(time.Second)
		if err := s.commit(b.m); err != nil {
			t.Fatal(err)
		}
		now := image(b.m)
		s.close()
		b, s, err = openBench(t, to.dir, 0)
		if err != nil || image(b.m) != now {
			t.Fatalf("cut at %d and written on: %v", cut, err)
		}
		s.close()
	}
}

// Power may go after the file's new length reached the disk and before its
// bytes did.
func TestLastLogEndsInZeros(t *testing.T) {
	d := newDirectory(t)
	to, whole := d.copy(t, d.last)
	for _, n := range []int{1, 3, recordHead - 1, recordHead, recordHead + 1, 4096, 100_000} {
		to.write(append(bytes.Clone(whole), make([]byte, n)...))
		b, s, err := openBench(t, to.dir, 0)
		if err != nil {
			t.Fatalf("%d zeros: %v", n, err)
		}
		if s.close(); image(b.m) != d.now() {
			t.Fatalf("%d zeros: an acknowledged write is gone", n)
		}
	}
	to.write(append(append(bytes.Clone(whole), make([]byte, 100)...), 1))
	to.refused("zeros and then something")
}

func TestOtherFilesCutAnywhere(t *testing.T) {
	d := newDirectory(t)
	for _, file := range []string{d.snapshot, d.first} {
		to, whole := d.copy(t, file)
		for cut := len(whole) - 1; cut >= 0; cut-- {
			if err := os.Truncate(filepath.Join(to.dir, file), int64(cut)); err != nil {
				t.Fatal(err)
			}
			to.refused(fmt.Sprintf("%s cut at %d of %d", file, cut, len(whole)))
		}
	}
}

func TestByteFlippedAnywhere(t *testing.T) {
	d := newDirectory(t)
	for _, file := range []string{d.snapshot, d.first, d.last} {
		to, whole := d.copy(t, file)
		f, err := os.OpenFile(filepath.Join(to.dir, file), os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		put := func(at int, b byte) {
			if _, err := f.WriteAt([]byte{b}, int64(at)); err != nil {
				t.Fatal(err)
			}
		}
		for at, b := range whole {
			put(at, b^1<<(at%8))
			to.refused(fmt.Sprintf("%s flipped at %d", file, at))
			put(at, b)
		}
		_ = f.Close()
	}
}

func TestRecordTwiceAndRecordMissing(t *testing.T) {
	d := newDirectory(t)
	to, whole := d.copy(t, d.last)
	i := len(d.ends) / 2
	from, until := d.ends[i], d.ends[i+1]

	to.write(bytes.Join([][]byte{whole[:until], whole[from:until], whole[until:]}, nil))
	b, s, err := openBench(t, to.dir, 0)
	if err != nil {
		t.Fatalf("a record twice: %v", err)
	}
	if s.close(); image(b.m) != d.now() {
		t.Error("a record twice is applied twice")
	}

	to.write(append(bytes.Clone(whole[:from]), whole[until:]...))
	to.refused("a record missing")
	to.write(whole)
	if err := os.Remove(filepath.Join(to.dir, d.first)); err != nil {
		t.Fatal(err)
	}
	to.refused("a log missing")
}

func TestSecretCutIsRefused(t *testing.T) {
	d := newDirectory(t)
	to, whole := d.copy(t, secretName)
	for cut := range whole {
		to.write(whole[:cut])
		to.refused(fmt.Sprintf("secret cut at %d", cut))
	}
}

// What a crash leaves half written, and what a snapshot made needless, must not
// stay for ever.
func TestRecoveryRemovesLeftovers(t *testing.T) {
	d := newDirectory(t)
	b, s := mustOpen(t, d.path, 0)
	if err := s.save(s.path(snapshotPrefix, b.m.zxid), b.m.snapshot().encode()); err != nil { // and no prune: a crash
		t.Fatal(err)
	}
	if err := s.begin(b.m.zxid); err != nil {
		t.Fatal(err)
	}
	s.close()
	half := filepath.Join(d.path, snapshotPrefix+"00000000000000ff"+unfinished)
	if err := os.WriteFile(half, []byte(magic), 0o600); err != nil {
		t.Fatal(err)
	}
	// A needless log may be damaged: nobody reads it.
	if err := os.WriteFile(filepath.Join(d.path, d.first), []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	again, s := mustOpen(t, d.path, 0)
	s.close()
	if image(again.m) != d.now() {
		t.Error("an acknowledged write is gone")
	}
	entries, err := os.ReadDir(d.path)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if len(names) != 4 { // lock, secret, one snapshot, one log
		t.Errorf("left: %q", names)
	}
}

// A clock that went back must not make the server give out an id twice.
func TestSessionIDsSurviveAClockThatWentBack(t *testing.T) {
	dir := t.TempDir()
	b, s := mustOpen(t, dir, 1) // a snapshot after each transaction
	for range 5 {
		c := b.client(time.Second)
		b.m.request(c, jute.AppendInt(jute.AppendInt(nil, 1), opCloseSession))
	}
	given := b.m.nextID
	if err := s.commit(b.m); err != nil {
		t.Fatal(err)
	}
	s.close()
	again, s := mustOpen(t, dir, 0) // whose clock reads what the first one's did
	defer s.close()
	if again.m.nextID != given || len(again.m.sessions) != 0 {
		t.Errorf("next id after %s, %d sessions; want %s and none", hex(again.m.nextID), len(again.m.sessions), hex(given))
	}
}
