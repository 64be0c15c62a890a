package zkserver

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gubbo/gubbo/internal/task"
)

// A directory holds
//
//	lock              held while a Server is over it
//	secret            what session passwords are made from
//	snapshot.ZXID     all nodes and sessions after transaction ZXID
//	log.ZXID          the transactions after ZXID, in records
//
// A snapshot is written beside and renamed when it is whole and on disk. Logs
// that the newest snapshot covers are removed. Only the last record of the
// last log may be cut short, by a crash before it was acknowledged.
const (
	logPrefix      = "log."
	snapshotPrefix = "snapshot."
	secretName     = "secret"
	lockName       = "lock"
	unfinished     = ".new" // ends the name of a file that is not whole yet
	magic          = "gubbozk1"
)

// store keeps the machine's transactions. It belongs to the goroutine that
// drives the machine; only the writing of a snapshot goes on beside it.
type store struct {
	dir     string
	sync    bool
	after   int64 // bytes of log after which a snapshot is taken
	lock    *os.File
	log     *os.File
	size    int64 // of the log
	logger  *slog.Logger
	tasks   task.Group // the writing of a snapshot
	pending bool       // one was begun; tasks tells when it is over
}

func newSecret() []byte {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	return secret
}

// openStore brings m to where the directory left off and logs from there.
func openStore(cfg *Config, m *machine) (*store, error) {
	s := &store{dir: cfg.Dir, sync: !cfg.NoSync, after: cfg.snapshotAfter, logger: cfg.Logger}
	err := s.makeDir()
	if err != nil {
		return nil, fmt.Errorf("zkserver: data directory %q: %w", cfg.Dir, err)
	}
	if s.lock, err = lockDir(cfg.Dir); err != nil {
		return nil, err
	}
	if err := s.recover(m); err != nil {
		if s.log != nil {
			_ = s.log.Close()
		}
		_ = s.lock.Close()
		return nil, err
	}
	m.logging = true
	return s, nil
}

// makeDir makes the directory, and those above it, so that their names last,
// unless they are there.
func (s *store) makeDir() error {
	var missing []string
	for dir := s.dir; ; dir = filepath.Dir(dir) {
		_, err := os.Stat(dir)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		missing = append(missing, dir)
	}
	for _, dir := range slices.Backward(missing) {
		if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := s.flushDir(filepath.Dir(dir)); err != nil {
			return err
		}
	}
	return nil
}

func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("zkserver: data directory: %w", err)
	}
	if err := lockFile(f); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("zkserver: data directory %q is in use by another server (%w); stop it or choose another directory", dir, err)
	}
	return f, nil
}

// numbered lists the files with the prefix by the zxid in their names.
func (s *store) numbered(prefix string) ([]int64, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("zkserver: data directory: %w", err)
	}
	var found []int64
	for _, e := range entries {
		if text, ok := strings.CutPrefix(e.Name(), prefix); ok {
			if n, err := strconv.ParseInt(text, 16, 64); err == nil {
				found = append(found, n)
			}
		}
	}
	slices.Sort(found)
	return found, nil
}

func (s *store) path(prefix string, zxid int64) string {
	return filepath.Join(s.dir, fmt.Sprintf("%s%016x", prefix, zxid))
}

// begin starts the log of the transactions after zxid.
func (s *store) begin(zxid int64) error {
	f, err := os.OpenFile(s.path(logPrefix, zxid), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("zkserver: log: %w", err)
	}
	if _, err = f.WriteString(magic); err == nil {
		err = s.flush(f)
	}
	if err == nil {
		err = s.flushDir(s.dir)
	}
	if err != nil {
		_ = f.Close()
		return fmt.Errorf("zkserver: log: %w", err)
	}
	if s.log != nil {
		_ = s.log.Close() // each commit has flushed it
	}
	s.log, s.size = f, int64(len(magic))
	return nil
}

func (s *store) flush(f *os.File) error {
	if !s.sync {
		return nil
	}
	return f.Sync()
}

// flushDir makes the names in a directory last.
func (s *store) flushDir(dir string) error {
	if !s.sync {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// commit writes the machine's new records and returns when they are on disk.
func (s *store) commit(m *machine) error {
	if len(m.txlog) == 0 {
		return nil
	}
	n, err := s.log.Write(m.txlog)
	s.size += int64(n)
	if err == nil {
		err = s.flush(s.log)
	}
	if err != nil {
		return fmt.Errorf("zkserver: log: %w", err)
	}
	if m.txlog = m.txlog[:0]; cap(m.txlog) > 1<<20 {
		m.txlog = nil
	}
	if s.size < s.after {
		return nil
	}
	return s.roll(m)
}

// roll goes on in a new log and has a snapshot written that makes the logs
// before it needless.
func (s *store) roll(m *machine) error {
	if s.pending && s.tasks.Running() > 0 {
		return nil // the one before is still being written
	}
	s.pending = true
	zxid, snapshot := m.zxid, m.snapshot()
	if err := s.begin(zxid); err != nil {
		return err
	}
	s.tasks.Go(func(context.Context) {
		if err := s.save(s.path(snapshotPrefix, zxid), snapshot.encode()); err != nil {
			s.logger.Error("zkserver: snapshot not written, the logs are kept", "error", err)
			return
		}
		s.prune(zxid)
	})
	return nil
}

// prune removes what the snapshot of zxid covers: older snapshots, and each log
// whose successor begins no later. What cannot be removed is passed over and
// removed next time.
func (s *store) prune(zxid int64) {
	if snapshots, err := s.numbered(snapshotPrefix); err == nil {
		for _, n := range snapshots {
			if n < zxid {
				_ = os.Remove(s.path(snapshotPrefix, n))
			}
		}
	}
	if logs, err := s.numbered(logPrefix); err == nil {
		for i := 1; i < len(logs) && logs[i] <= zxid; i++ {
			_ = os.Remove(s.path(logPrefix, logs[i-1]))
		}
	}
}

// save writes a file whole or not at all.
func (s *store) save(path string, content []byte) error {
	part := path + unfinished
	err := func() error {
		f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		if _, err = f.Write(content); err == nil {
			err = s.flush(f)
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		if err := os.Rename(part, path); err != nil {
			return err
		}
		return s.flushDir(s.dir)
	}()
	if err != nil {
		_ = os.Remove(part) // a full disk needs the room
		return fmt.Errorf("zkserver: %w", err)
	}
	return nil
}

func (s *store) close() {
	s.tasks.Stop()
	s.tasks.Wait()
	_ = s.log.Close()
	_ = s.lock.Close()
}

// Wipe removes a Server's data from dir, which no Server may be over. Other
// files there stay.
func Wipe(dir string) error {
	lock, err := lockDir(dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("zkserver: %w", err)
	}
	for _, e := range entries {
		if !ours(strings.TrimSuffix(e.Name(), unfinished)) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("zkserver: %w", err)
		}
	}
	return nil
}

// ours reports whether a Server made a file of this name, but for the lock.
func ours(name string) bool {
	if name == secretName {
		return true
	}
	for _, prefix := range []string{logPrefix, snapshotPrefix} {
		if zxid, ok := strings.CutPrefix(name, prefix); ok {
			_, err := strconv.ParseInt(zxid, 16, 64)
			return err == nil
		}
	}
	return false
}
