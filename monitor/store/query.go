package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/monitor"
)

// statement writes the query of rows: the minutes and the series that are
// asked for, and for each pair a look-up by key. CROSS JOIN keeps SQLite from
// turning the loops around and reading whole minutes.
func statement(q *Query) (string, []any) {
	args := []any{q.From, q.To}
	var where []string
	for _, c := range []struct {
		column string
		value  *string
	}{{"side", q.Side}, {"application", q.Application}, {"interface", q.Interface}, {`"group"`, q.Group}, {"version", q.Version}, {"method", q.Method}, {"peer", q.Peer}} {
		if c.value != nil {
			where = append(where, c.column+" = ?")
			args = append(args, *c.value)
		}
	}
	from, wanted := "", `CROSS JOIN stat t ON t.minute = m.minute CROSS JOIN wanted w ON w.id = t.series`
	if len(where) > 0 {
		from = " WHERE " + strings.Join(where, " AND ")
		wanted = `CROSS JOIN wanted w CROSS JOIN stat t ON t.minute = m.minute AND t.series = w.id`
	}
	return `WITH RECURSIVE minutes(minute) AS (SELECT ?1 WHERE ?1 < ?2 UNION ALL SELECT minute + 1 FROM minutes WHERE minute + 1 < ?2),
wanted AS (SELECT * FROM series` + from + `)
SELECT t.minute, t.rev, w.side, w.application, w.interface, w."group", w.version, w.method, w.peer,
	r.application, r.instance, r.boot, r.started, ` + statColumns + `
FROM minutes m ` + wanted + ` CROSS JOIN reporter r ON r.id = t.reporter`, args
}

// Rows implements Store.
func (s *SQLite) Rows(ctx context.Context, q Query, yield func(*Row) bool) error {
	stopped := false
	return s.each(q.From, q.To, func(d *day, from, to int64) error {
		if stopped {
			return nil
		}
		q.From, q.To = from, to
		text, args := statement(&q)
		rows, err := d.db.QueryContext(ctx, text, args...)
		if err != nil {
			return fmt.Errorf("store: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var r Row
			var side string
			c := &r.Counts
			if err := rows.Scan(&r.Minute, &r.Rev, &side, &r.Series.Application, &r.Series.Service.Interface, &r.Series.Service.Group, &r.Series.Service.Version, &r.Series.Method, &r.Series.Peer,
				&r.Reporter.Application, &r.Reporter.Instance, &r.Reporter.Boot, &r.Reporter.Started,
				&c.Calls[0], &c.Calls[1], &c.Calls[2], &c.Calls[3], &c.Calls[4], &c.Calls[5], &c.Calls[6], &c.Calls[7],
				&c.Attempts, &c.Elapsed, &c.MaxElapsed, &c.Concurrency, &c.MaxConcurrency, &c.BytesIn, &c.BytesOut, &r.Latency); err != nil {
				return fmt.Errorf("store: %w", err)
			}
			r.Series.Side = sideOf(side)
			if stopped = !yield(&r); stopped {
				return nil
			}
		}
		if err := rows.Err(); err != nil {
			return fmt.Errorf("store: %w", err)
		}
		return nil
	})
}

func sideOf(s string) api.Side {
	if s == api.ConsumerSide.String() {
		return api.ConsumerSide
	}
	return api.ProviderSide
}

// Heard implements Store.
func (s *SQLite) Heard(ctx context.Context, from, to int64) ([]Heard, error) {
	var all []Heard
	err := s.each(from, to, func(d *day, from, to int64) error {
		rows, err := d.db.QueryContext(ctx, `SELECT r.application, r.instance, r.boot, r.started,
	h.minute, h.rev, h.seq, h.through, h.every, h.dropped, h.received, h.sealed, h.final
FROM heard h JOIN reporter r ON r.id = h.reporter WHERE h.minute >= ? AND h.minute < ?`, from, to)
		if err != nil {
			return fmt.Errorf("store: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var h Heard
			if err := rows.Scan(&h.Reporter.Application, &h.Reporter.Instance, &h.Reporter.Boot, &h.Reporter.Started,
				&h.Minute, &h.Rev, &h.Seq, &h.Through, &h.Every, &h.Dropped, &h.Received, &h.Sealed, &h.Final); err != nil {
				return fmt.Errorf("store: %w", err)
			}
			all = append(all, h)
		}
		if err := rows.Err(); err != nil {
			return fmt.Errorf("store: %w", err)
		}
		return nil
	})
	slices.SortFunc(all, func(a, b Heard) int {
		if c := compareReporters(a.Reporter, b.Reporter); c != 0 {
			return c
		}
		return int(a.Minute - b.Minute)
	})
	return all, err
}

func compareReporters(a, b monitor.Reporter) int {
	if c := strings.Compare(a.Application, b.Application); c != 0 {
		return c
	}
	if c := strings.Compare(a.Instance, b.Instance); c != 0 {
		return c
	}
	if a.Started != b.Started {
		if a.Started < b.Started {
			return -1
		}
		return 1
	}
	return strings.Compare(a.Boot, b.Boot)
}
