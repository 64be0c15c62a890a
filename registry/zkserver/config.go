package zkserver

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"
)

// Config says how a Server runs. Its zero value serves on a free port of
// 127.0.0.1, in memory.
type Config struct {
	// Listen is the address to serve on, host:port; default "127.0.0.1:0".
	Listen string
	// Listener is used instead of Listen when it is set; the Server closes it.
	Listener net.Listener
	// Dir keeps the tree and the sessions across restarts: a log and snapshots,
	// each acknowledged write on disk. Default "": in memory.
	Dir string
	// NoSync leaves out the fsync before each acknowledgement: a crash of the
	// machine, not of the process, may then lose writes.
	NoSync bool

	// Tick is the unit in which sessions expire; default 2 s.
	Tick time.Duration
	// MinSession and MaxSession bound the timeout that a client may have;
	// defaults 2 and 20 ticks.
	MinSession, MaxSession time.Duration
	// ContainerCheck is how often containers that lost their last child are
	// removed; default 60 s.
	ContainerCheck time.Duration

	// SuperPassword lets a client that authenticates with digest as
	// "super:PASSWORD" pass every ACL; default "": nobody.
	SuperPassword string
	// Words are the four-letter words that are answered; default ruok, srvr,
	// stat, mntr, conf, cons, dump, envi, isro, wchs. The real server answers
	// srvr alone unless told otherwise.
	Words []string

	// Limits bound what clients may cost.
	Limits Limits
	// Logger gets what happens; default slog.Default().
	Logger *slog.Logger

	superID       string
	snapshotAfter int64 // bytes of log after which a snapshot is taken
}

// Limits bound what clients may cost. A zero field takes its default.
type Limits struct {
	// Frame is the largest request in bytes; a longer one closes its
	// connection. Default 1 MiB - 1.
	Frame int
	// Connections is how many there may be at a time; a further one is closed
	// at once. Default 10,000.
	Connections int
	// Outstanding is how many requests of one connection may wait; beyond it
	// the connection is not read from. Default 1,000.
	Outstanding int
	// Outbox is how many bytes may wait for one connection to read them; beyond
	// it the connection is closed. Default 64 MiB.
	Outbox int
	// Watches is how many there may be in all; a connection that wants one more
	// is closed. Default 1,000,000.
	Watches int
	// EphemeralBytes is the sum of the lengths of one session's ephemeral
	// paths; a create beyond it fails with QuotaExceeded (-125) and a line in
	// the log. Real servers have no such limit and die of the transaction that
	// ends the session. Default 2,000,000.
	EphemeralBytes int
}

func (c *Config) validate() error {
	def(&c.Listen, "127.0.0.1:0")
	def(&c.Tick, 2*time.Second)
	def(&c.MinSession, 2*c.Tick)
	def(&c.MaxSession, 20*c.Tick)
	def(&c.ContainerCheck, time.Minute)
	def(&c.snapshotAfter, 64<<20)
	def(&c.Limits.Frame, 1<<20-1)
	def(&c.Limits.Connections, 10_000)
	def(&c.Limits.Outstanding, 1000)
	def(&c.Limits.Outbox, 64<<20)
	def(&c.Limits.Watches, 1_000_000)
	def(&c.Limits.EphemeralBytes, 2_000_000)
	if c.Words == nil {
		c.Words = []string{"ruok", "srvr", "stat", "mntr", "conf", "cons", "dump", "envi", "isro", "wchs"}
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.SuperPassword != "" {
		c.superID = digestID("super:" + c.SuperPassword)
	}
	switch {
	case c.Tick < time.Millisecond:
		return fmt.Errorf("zkserver: tick %v is under 1 ms", c.Tick)
	case c.MinSession < 0 || c.MaxSession < c.MinSession:
		return fmt.Errorf("zkserver: session timeouts from %v to %v: the first must not be above the second", c.MinSession, c.MaxSession)
	case c.Limits.Frame < 64:
		return errors.New("zkserver: a frame limit under 64 bytes leaves no room for a handshake")
	}
	return nil
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
