package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gubbo/gubbo/monitor"
)

const minutesPerDay = 24 * 60

// SQLite is a Store in a directory. One process may use a directory at a time;
// a second one finds it locked.
type SQLite struct {
	dir  string
	lock *os.File

	write sync.Mutex // one writer; taken before mu

	mu     sync.RWMutex // guards what follows; a reader of a day holds it
	days   map[int64]*day
	closed bool
}

var _ Store = (*SQLite)(nil)

// Open opens the store in dir and makes the directory if there is none.
func Open(dir string) (*SQLite, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	s := &SQLite{dir: dir, lock: lock, days: make(map[int64]*day)}
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		number, ok := dayOfFile(e.Name())
		if !ok {
			continue
		}
		d, openErr := openDay(context.Background(), filepath.Join(dir, e.Name()))
		if err = errors.Join(err, openErr); openErr == nil {
			s.days[number] = d
		}
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

const filePrefix, fileSuffix, fileDate = "statistics-", ".db", "2006-01-02"

func fileOfDay(number int64) string {
	return filePrefix + time.Unix(number*24*3600, 0).UTC().Format(fileDate) + fileSuffix
}

func dayOfFile(name string) (int64, bool) {
	date, ok := strings.CutPrefix(name, filePrefix)
	if !ok {
		return 0, false
	}
	if date, ok = strings.CutSuffix(date, fileSuffix); !ok {
		return 0, false
	}
	t, err := time.Parse(fileDate, date)
	return t.Unix() / (24 * 3600), err == nil
}

var errClosed = errors.New("store: closed")

// Write implements Store.
func (s *SQLite) Write(ctx context.Context, received int64, batches ...*monitor.Batch) error {
	s.write.Lock()
	defer s.write.Unlock()
	byDay := make(map[int64][]*monitor.Batch, 1)
	for _, b := range batches {
		byDay[b.Minute/minutesPerDay] = append(byDay[b.Minute/minutesPerDay], b)
	}
	for number, batches := range byDay {
		if err := s.writeDay(ctx, number, received, batches); err != nil {
			return err
		}
	}
	return nil
}

func (s *SQLite) writeDay(ctx context.Context, number, received int64, batches []*monitor.Batch) error {
	s.mu.RLock()
	d, closed := s.days[number], s.closed
	s.mu.RUnlock()
	if closed {
		return errClosed
	}
	if d == nil {
		var err error
		if d, err = openDay(ctx, filepath.Join(s.dir, fileOfDay(number))); err != nil {
			return err
		}
		s.mu.Lock()
		s.days[number] = d
		s.mu.Unlock()
	}
	return d.write(ctx, received, batches)
}

// each calls visit for the days that hold minutes from ≤ minute < to, oldest
// first, and with those of the minutes that lie in the day: what a visit costs
// is bounded, whatever was asked for.
func (s *SQLite) each(from, to int64, visit func(d *day, from, to int64) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return errClosed
	}
	var numbers []int64
	for n := range s.days {
		if n*minutesPerDay < to && (n+1)*minutesPerDay > from {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		if err := visit(s.days[n], max(from, n*minutesPerDay), min(to, (n+1)*minutesPerDay)); err != nil {
			return err
		}
	}
	return nil
}

// Expire implements Store: it unlinks the files of days that ended before.
func (s *SQLite) Expire(_ context.Context, before int64) error {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for n, d := range s.days {
		if (n+1)*minutesPerDay > before {
			continue
		}
		delete(s.days, n)
		errs = append(errs, d.db.Close())
		path := filepath.Join(s.dir, fileOfDay(n))
		for _, suffix := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(path + suffix); !errors.Is(err, os.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("store: expire: %w", err)
	}
	return nil
}

// Close implements Store.
func (s *SQLite) Close() error {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	var errs []error
	for _, d := range s.days {
		errs = append(errs, d.db.Close())
	}
	return errors.Join(append(errs, s.lock.Close())...)
}
