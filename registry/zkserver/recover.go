package zkserver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gubbo/gubbo/internal/jute"
)

func (s *store) recover(m *machine) error {
	if err := s.secret(m); err != nil {
		return err
	}
	snapshots, err := s.numbered(snapshotPrefix)
	if err != nil {
		return err
	}
	logs, err := s.numbered(logPrefix)
	if err != nil {
		return err
	}
	if len(snapshots) == 0 {
		if len(logs) > 0 {
			return fmt.Errorf("zkserver: %q has a log but no snapshot; something removed it: bring it back, or empty the directory to begin anew", s.dir)
		}
		if err := s.save(s.path(snapshotPrefix, m.zxid), m.snapshot()); err != nil {
			return err
		}
		return s.begin(m.zxid)
	}
	newest := snapshots[len(snapshots)-1]
	if err := s.load(m, newest); err != nil {
		return err
	}
	for i, first := range logs {
		if err := s.replayLog(m, first, i == len(logs)-1); err != nil {
			return err
		}
	}
	if s.log == nil { // a crash between a snapshot and its log
		return s.begin(m.zxid)
	}
	return nil
}

func (s *store) secret(m *machine) error {
	path := filepath.Join(s.dir, secretName)
	secret, err := os.ReadFile(path)
	switch {
	case err == nil && len(secret) == len(m.secret):
		m.secret = secret
		return nil
	case err == nil || errors.Is(err, fs.ErrNotExist):
		return s.save(path, m.secret)
	}
	return fmt.Errorf("zkserver: data directory: %w", err)
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
		return fmt.Errorf("zkserver: snapshot %q does not begin with %q", path, magic)
	}
	for whole := false; !whole; {
		offset := len(b) - len(rest)
		var payload []byte
		if payload, rest, err = nextRecord(rest); err != nil {
			return fmt.Errorf("zkserver: snapshot %q at offset %d: %w", path, offset, err)
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

// replayLog applies one log. The last one is opened to be written on, without
// the record at its end that a crash has cut short, if there is one.
func (s *store) replayLog(m *machine, first int64, last bool) error {
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
			if last && errors.Is(err, io.ErrUnexpectedEOF) {
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
	} else if !last || len(b) >= len(magic) {
		return fmt.Errorf("zkserver: log %q does not begin with %q", path, magic)
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

