// Package store keeps the rows of reporters. SQLite is the store of a monitor
// on one machine: one file for each UTC day, so that forgetting a day is
// unlinking a file.
//
// A row is kept under (minute, series, reporter) and replaced only by one of a
// higher revision, so writing the same batch any number of times, in any order
// with others, gives the same store.
package store

import (
	"context"

	"github.com/gubbo/gubbo/monitor"
)

// Store is what a monitor node asks of a store. All methods may be called from
// many goroutines.
type Store interface {
	// Write keeps batches. When it returns nil they are durable; after an error
	// none of them may be relied on, and writing them again does no harm.
	// received is the time in milliseconds since 1970.
	Write(ctx context.Context, received int64, batches ...*monitor.Batch) error
	// Rows calls yield for each row that answers q, in order of the minutes,
	// until yield returns false.
	Rows(ctx context.Context, q Query, yield func(*Row) bool) error
	// Heard returns what was heard of reporters about the minutes from ≤ minute
	// < to, in order of reporter and minute.
	Heard(ctx context.Context, from, to int64) ([]Heard, error)
	// Expire forgets all minutes that lie wholly before a minute, as far as
	// the store forgets: SQLite forgets days.
	Expire(ctx context.Context, before int64) error
	// Close ends the use of the store. It may be called twice.
	Close() error
}

// Query selects rows: minutes From ≤ minute < To, and of the names those that
// are equal. A nil name is not asked for.
type Query struct {
	From, To                                                   int64
	Side, Application, Interface, Group, Version, Method, Peer *string
}

// Row is a stored row with its reporter.
type Row struct {
	monitor.Row
	Reporter monitor.Reporter
}

// Heard is what a reporter said about one minute: all but the rows.
type Heard struct {
	Reporter monitor.Reporter
	Minute   int64
	Seq, Rev int64
	Through  int64
	Every    int64
	Dropped  int64
	Received int64
	Sealed   bool
	Final    bool
}
