package store

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/gubbo/gubbo/monitor"
)

// schemaVersion is kept in each file's user_version; a file of another version
// is refused, never guessed at.
const schemaVersion = 1

// The minute comes first in the keys: what is written together lies together,
// so that the cost of a write does not grow with the file.
const schema = `
CREATE TABLE series (
	id          INTEGER PRIMARY KEY, -- hash of the names
	side        TEXT NOT NULL,
	application TEXT NOT NULL,
	interface   TEXT NOT NULL,
	"group"     TEXT NOT NULL,
	version     TEXT NOT NULL,
	method      TEXT NOT NULL,
	peer        TEXT NOT NULL
);
CREATE TABLE reporter (
	id          INTEGER PRIMARY KEY, -- hash of application, instance and boot
	application TEXT NOT NULL,
	instance    TEXT NOT NULL,
	boot        TEXT NOT NULL,
	started     INTEGER NOT NULL
);
CREATE TABLE stat (
	minute   INTEGER NOT NULL,
	series   INTEGER NOT NULL,
	reporter INTEGER NOT NULL,
	rev      INTEGER NOT NULL,
	success INTEGER NOT NULL, business INTEGER NOT NULL, timeout INTEGER NOT NULL, rejected INTEGER NOT NULL,
	network INTEGER NOT NULL, codec INTEGER NOT NULL, no_provider INTEGER NOT NULL, other INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	elapsed  INTEGER NOT NULL, max_elapsed INTEGER NOT NULL, -- microseconds
	concurrency INTEGER NOT NULL, max_concurrency INTEGER NOT NULL,
	bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL,
	latency  BLOB NOT NULL,
	PRIMARY KEY (minute, series, reporter)
) WITHOUT ROWID;
CREATE TABLE heard (
	minute   INTEGER NOT NULL,
	reporter INTEGER NOT NULL,
	rev      INTEGER NOT NULL,
	seq      INTEGER NOT NULL,
	through  INTEGER NOT NULL, -- milliseconds, as every and received
	every    INTEGER NOT NULL,
	dropped  INTEGER NOT NULL,
	received INTEGER NOT NULL,
	sealed   INTEGER NOT NULL,
	final    INTEGER NOT NULL,
	PRIMARY KEY (minute, reporter)
) WITHOUT ROWID;
`

const statColumns = `success, business, timeout, rejected, network, codec, no_provider, other,
	attempts, elapsed, max_elapsed, concurrency, max_concurrency, bytes_in, bytes_out, latency`

var upsertStat = upsert("stat", "minute, series, reporter", "rev, "+statColumns)

var upsertHeard = upsert("heard", "minute, reporter", "rev, seq, through, every, dropped, received, sealed, final")

// upsert writes the statement that replaces a row by one of a higher rev.
func upsert(table, key, columns string) string {
	var sets []string
	for _, c := range strings.Split(columns, ",") {
		c = strings.TrimSpace(c)
		sets = append(sets, c+" = excluded."+c)
	}
	all := key + ", " + columns
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (?%s) ON CONFLICT (%s) DO UPDATE SET %s WHERE excluded.rev > rev",
		table, all, strings.Repeat(",?", strings.Count(all, ",")), key, strings.Join(sets, ", "))
}

// idOf is the key of names: the same in every file and on every machine. Names
// come from outside, so the hash is one that cannot be aimed at.
func idOf(names ...string) int64 {
	h := sha256.New()
	var n [4]byte
	for _, s := range names {
		binary.BigEndian.PutUint32(n[:], uint32(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	return int64(binary.BigEndian.Uint64(h.Sum(nil)))
}

func seriesNames(s *monitor.Series) []any {
	return []any{s.Side.String(), s.Application, s.Service.Interface, s.Service.Group, s.Service.Version, s.Method, s.Peer}
}

func seriesID(s *monitor.Series) int64 {
	return idOf(s.Side.String(), s.Application, s.Service.Interface, s.Service.Group, s.Service.Version, s.Method, s.Peer)
}

func reporterID(r *monitor.Reporter) int64 { return idOf(r.Application, r.Instance, r.Boot) }
