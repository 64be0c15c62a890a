package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"github.com/gubbo/gubbo/monitor"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// day is the file of one UTC day.
type day struct {
	db *sql.DB
	// What the dictionaries of the file surely hold, so that it is not asked
	// for each row. Guarded by the store's write lock.
	series    map[monitor.Series]int64
	reporters map[monitor.Reporter]int64
}

// openDay opens the file at path, making it unless readOnly.
func openDay(ctx context.Context, path string) (*day, error) {
	pragmas := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(0)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+pragmas.Encode())
	if err != nil {
		return nil, fmt.Errorf("store: open %q: %w", path, err)
	}
	db.SetMaxOpenConns(4)
	d := &day{db: db, series: make(map[monitor.Series]int64), reporters: make(map[monitor.Reporter]int64)}
	if err := d.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("store: %q: %w", path, err), db.Close())
	}
	return d, nil
}

func (d *day) migrate(ctx context.Context) error {
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var version int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	switch version {
	case schemaVersion:
		return nil
	case 0:
		if _, err := tx.ExecContext(ctx, schema+fmt.Sprintf("PRAGMA user_version = %d", schemaVersion)); err != nil {
			return err
		}
		return tx.Commit()
	}
	return fmt.Errorf("has schema version %d, this gubbo knows %d; move the file away or use the gubbo that wrote it", version, schemaVersion)
}

// write writes the batches in one transaction. The store's write lock is held.
func (d *day) write(ctx context.Context, received int64, batches []*monitor.Batch) (err error) {
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	// Only a committed transaction may be remembered in the dictionaries.
	series, reporters := make(map[monitor.Series]int64), make(map[monitor.Reporter]int64)
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreDone(tx.Rollback()))
			return
		}
		for s, id := range series {
			d.series[s] = id
		}
		for r, id := range reporters {
			d.reporters[r] = id
		}
	}()
	stat, err := tx.PrepareContext(ctx, upsertStat)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	for _, b := range batches {
		reporter, known := d.reporters[b.Reporter]
		if !known {
			if reporter, err = addReporter(ctx, tx, &b.Reporter); err != nil {
				return err
			}
			reporters[b.Reporter] = reporter
		}
		if _, err = tx.ExecContext(ctx, upsertHeard, b.Minute, reporter, b.Rev, b.Seq, b.Through, b.Every, b.Dropped, received, b.Sealed, b.Final); err != nil {
			return fmt.Errorf("store: %w", err)
		}
		for i := range b.Rows {
			r := &b.Rows[i]
			id, known := d.series[r.Series]
			if !known {
				if id, known = series[r.Series]; !known {
					if id, err = addSeries(ctx, tx, &r.Series); err != nil {
						return err
					}
					series[r.Series] = id
				}
			}
			c := &r.Counts
			latency := r.Latency
			if latency == nil {
				latency = []byte{}
			}
			if _, err = stat.ExecContext(ctx, b.Minute, id, reporter, r.Rev, c.Calls[0], c.Calls[1], c.Calls[2], c.Calls[3], c.Calls[4], c.Calls[5], c.Calls[6], c.Calls[7],
				c.Attempts, c.Elapsed, c.MaxElapsed, c.Concurrency, c.MaxConcurrency, c.BytesIn, c.BytesOut, latency); err != nil {
				return fmt.Errorf("store: %w", err)
			}
		}
	}
	if err = tx.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// addSeries puts s in the dictionary and makes sure that its key stands for s
// and for nothing else.
func addSeries(ctx context.Context, tx *sql.Tx, s *monitor.Series) (int64, error) {
	id := seriesID(s)
	if _, err := tx.ExecContext(ctx, `INSERT INTO series (id, side, application, interface, "group", version, method, peer) VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (id) DO NOTHING`,
		append([]any{id}, seriesNames(s)...)...); err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	var same bool
	if err := tx.QueryRowContext(ctx, `SELECT side = ? AND application = ? AND interface = ? AND "group" = ? AND version = ? AND method = ? AND peer = ? FROM series WHERE id = ?`,
		append(seriesNames(s), id)...).Scan(&same); err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	if !same {
		return 0, fmt.Errorf("store: series %+v has the key %d of another series", *s, id)
	}
	return id, nil
}

func addReporter(ctx context.Context, tx *sql.Tx, r *monitor.Reporter) (int64, error) {
	id := reporterID(r)
	if _, err := tx.ExecContext(ctx, "INSERT INTO reporter (id, application, instance, boot, started) VALUES (?,?,?,?,?) ON CONFLICT (id) DO NOTHING",
		id, r.Application, r.Instance, r.Boot, r.Started); err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	var same bool
	if err := tx.QueryRowContext(ctx, "SELECT application = ? AND instance = ? AND boot = ? AND started = ? FROM reporter WHERE id = ?",
		r.Application, r.Instance, r.Boot, r.Started, id).Scan(&same); err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	if !same {
		return 0, fmt.Errorf("store: reporter %+v has the key %d of another reporter", *r, id)
	}
	return id, nil
}
