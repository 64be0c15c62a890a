package zkserver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gubbo/gubbo/internal/jute"
)

// recover brings m to where the directory left off and opens the log to be
// written on.
func (s *store) recover(m *machine) error {
	if err := s.sweep(); err != nil {
		return err
	}
	snapshots, err := s.numbered(snapshotPrefix)
	if err != nil {
		return err
	}
	if err := s.secret(m); err != nil {
		return err
	}
	if len(snapshots) == 0 {
		if logs, err := s.numbered(logPrefix); err != nil || len(logs) > 0 {
			return errors.Join(err, fmt.Errorf("zkserver: %q has a log but no snapshot; something removed it: bring it back, or empty the directory to begin anew", s.dir))
		}
		if err := s.save(s.path(snapshotPrefix, m.zxid), m.snapshot().encode()); err != nil {
			return err
		}
		return s.begin(m.zxid)
	}
	newest := snapshots[len(snapshots)-1]
	if err := s.load(m, newest); err != nil {
		return err
	}
	s.prune(newest)
	logs, err := s.numbered(logPrefix)
	if err != nil {
		return err
	}
	empty, err := s.emptyLog(logs)
	if err != nil {
		return err
	}
	for i, first := range logs {
		var next int64
		if i < len(logs)-1 {
			next = logs[i+1]
		}
		last := next == empty
		if err := s.replayLog(m, first, next, last); err != nil {
			return err
		}
		if last {
			break
		}
	}
	if empty != 0 {
		if err := os.Remove(s.path(logPrefix, empty)); err != nil {
			return fmt.Errorf("zkserver: log: %w", err)
		}
		if err := s.flushDir(s.dir); err != nil {
			return fmt.Errorf("zkserver: log: %w", err)
		}
	}
	if s.log == nil { // a crash between the first snapshot and its log
		return s.begin(m.zxid)
	}
	return nil
}

// sweep removes what a crash left half written, and nobody else's files.
func (s *store) sweep() error {
	entries, err := os.ReadDir(s.dir)
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), unfinished); ok && ours(name) {
			err = errors.Join(err, os.Remove(filepath.Join(s.dir, e.Name())))
		}
	}
	if err != nil {
		return fmt.Errorf("zkserver: data directory: %w", err)
	}
	return nil
}

// secret reads what session passwords are made from. It is written before
// anything else.
func (s *store) secret(m *machine) error {
	path := filepath.Join(s.dir, secretName)
	secret, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.save(path, m.secret)
	case err != nil:
		return fmt.Errorf("zkserver: data directory: %w", err)
	case len(secret) != len(m.secret):
		return fmt.Errorf("zkserver: secret %q ends at offset %d of %d; restore it from a copy, or remove it to give up the sessions",
			path, len(secret), len(m.secret))
	}
	m.secret = secret
	return nil
}

// load puts a snapshot into a machine that is new.
func (s *store) load(m *machine, zxid int64) error {
	path := s.path(snapshotPrefix, zxid)
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("zkserver: snapshot: %w", err)
	}
	rest, ok := bytes.CutPrefix(b, []byte(magic))
	if !ok {
		return fmt.Errorf("zkserver: snapshot %q at offset 0: does not begin with %q; restore it from a copy", path, magic)
	}
	for whole := false; !whole; {
		offset := len(b) - len(rest)
		var payload []byte
		if payload, rest, err = nextRecord(rest); err != nil {
			return fmt.Errorf("zkserver: snapshot %q at offset %d: %w; restore it from a copy", path, offset, err)
		}
		d := jute.NewDecoder(payload)
		d.Long()
		if whole, err = m.replayChanges(zxid, d.Long(), &d); err != nil || d.Err() != nil {
			return fmt.Errorf("zkserver: snapshot %q at offset %d: %w", path, offset, errors.Join(err, d.Err()))
		}
	}
	m.zxid = zxid
	return nil
}

// emptyLog is the last of several logs if not even its beginning was written:
// what comes next goes into the one before it, since a full disk, which may be
// why, has no room for a beginning either. It is 0 if there is none such.
func (s *store) emptyLog(logs []int64) (int64, error) {
	if len(logs) < 2 {
		return 0, nil
	}
	last := logs[len(logs)-1]
	info, err := os.Stat(s.path(logPrefix, last))
	if err != nil {
		return 0, fmt.Errorf("zkserver: log: %w", err)
	}
	if info.Size() >= int64(len(magic)) {
		return 0, nil
	}
	return last, nil
}

// replayLog applies the log of the transactions after first, which must reach
// those of the next one, 0 if there is none. The last one that holds anything
// is opened to be written on, without the record at its end that a crash has
// cut short, if there is one.
func (s *store) replayLog(m *machine, first, next int64, last bool) error {
	path := s.path(logPrefix, first)
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("zkserver: log: %w", err)
	}
	good := 0
	if rest, ok := bytes.CutPrefix(b, []byte(magic)); ok {
		good = len(magic)
		for len(rest) > 0 {
			payload, after, err := nextRecord(rest)
			if last && (errors.Is(err, io.ErrUnexpectedEOF) || zeros(rest)) {
				s.logger.Warn("zkserver: the log's last record was cut short and never acknowledged, dropping it", "log", path, "offset", good)
				break
			}
			if err == nil {
				err = m.replay(payload)
			}
			if err != nil {
				return fmt.Errorf("zkserver: log %q at offset %d: %w; restore it from a copy, or cut it there to give up what follows", path, good, err)
			}
			good, rest = len(b)-len(after), after
		}
	} else if !last || len(b) >= len(magic) && !zeros(b) {
		return fmt.Errorf("zkserver: log %q at offset 0: does not begin with %q; restore it from a copy", path, magic)
	}
	if m.zxid < next {
		return fmt.Errorf("zkserver: log %q at offset %d: ends with transaction %s, the next log begins after %s; restore it from a copy",
			path, good, hex(m.zxid), hex(next))
	}
	if !last {
		return nil
	}
	if good == 0 { // not even its beginning was written
		return s.begin(first)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("zkserver: log: %w", err)
	}
	if err := f.Truncate(int64(good)); err != nil {
		_ = f.Close()
		return fmt.Errorf("zkserver: log: %w", err)
	}
	if _, err := f.Seek(int64(good), io.SeekStart); err != nil {
		_ = f.Close()
		return fmt.Errorf("zkserver: log: %w", err)
	}
	s.log, s.size = f, int64(good)
	return s.flush(f)
}

// zeros reports whether b is nothing else: a file's new length may reach the
// disk before its bytes do. No record begins so, nor does a log.
func zeros(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }
