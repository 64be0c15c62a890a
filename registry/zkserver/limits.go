package zkserver

import "time"

// Limits bound what clients may cost. A zero field takes its default.
type Limits struct {
	// Frame is the largest request in bytes; a longer one closes its connection.
	// A multi whose transaction takes four times as much in the log fails with
	// QuotaExceeded (-125) and a line in the log, at most one a second. Default 1 MiB - 1.
	Frame int
	// Connections is how many there may be at a time; a further one is closed
	// at once. Default 10,000.
	Connections int
	// PerAddress is how many of them one address may have, so that it cannot take
	// all; a further one is closed at once. Default 0: as many as there are. A
	// real server has 60.
	PerAddress int
	// Outstanding is how many requests of one connection may wait for their
	// replies to be written; beyond it the connection is not read from. Nor is
	// it while it has 4 KiB of such requests and all connections together have
	// 256 KiB beyond that. Default 1,000.
	Outstanding int
	// Requests is how many bytes of requests, beyond 16 KiB of each, all
	// connections together may have sent that are not applied; the connection
	// that sends more is closed. Default 512 MiB.
	Requests int64
	// Outbox is how many bytes may wait for one connection to read them; beyond
	// it, or with a multiRead whose reply alone is longer, the connection is
	// closed. Default 64 MiB.
	Outbox int
	// Outboxes is how many bytes may wait for all connections together; beyond it
	// those are closed that are owed most, down to three quarters of it. A
	// transaction of a thousand changes is a thousand events to each persistent
	// watcher. Default 512 MiB.
	Outboxes int64
	// Watches is how many there may be in all; a connection that wants one more
	// is closed. Default 1,000,000.
	Watches int
	// WatchBytes is the sum of the lengths of the paths that connections watch,
	// in all; a connection that wants more is closed. Default 256 MiB.
	WatchBytes int64
	// EphemeralBytes is the sum of the lengths of one session's ephemeral
	// paths; a create beyond it fails with QuotaExceeded (-125) and a line in
	// the log, at most one a second. Real servers have no such limit and die of the transaction that
	// ends the session. Default 2,000,000.
	EphemeralBytes int
	// TreeBytes is what all nodes together may take in memory: their paths,
	// their data, their ACLs and 300 bytes each. A create or set beyond it fails
	// with QuotaExceeded (-125) and a line in the log, at most one a second;
	// what makes nodes smaller or removes them goes on. Default 1 GiB.
	TreeBytes int64
}

func (l *Limits) defaults() {
	def(&l.Frame, 1<<20-1)
	def(&l.Connections, 10_000)
	def(&l.Outstanding, 1000)
	def(&l.Requests, 512<<20)
	def(&l.Outbox, 64<<20)
	def(&l.Outboxes, 512<<20)
	def(&l.Watches, 1_000_000)
	def(&l.WatchBytes, 256<<20)
	def(&l.EphemeralBytes, 2_000_000)
	def(&l.TreeBytes, 1<<30)
}

// fullness is when the log may tell again of each limit that refuses writes: a
// client can make as many of those as it likes.
type fullness struct{ tree, session, record pace }

// pace is one line a second.
type pace struct{ next time.Duration }

func (p *pace) due(now time.Duration) bool {
	if now < p.next {
		return false
	}
	p.next = now + time.Second
	return true
}

// mayGrow refuses what would make the tree larger than it may be: grow bytes,
// and a list of its own.
func (m *machine) mayGrow(c *client, path string, grow int, list acl) bool {
	if list != nil {
		if key := appendACL(nil, list); m.tree.acls[string(key)] == nil {
			grow += len(key)
		}
	}
	size := m.tree.size()
	if grow <= 0 || size+int64(grow) <= m.limits.TreeBytes {
		return true
	}
	if m.full.tree.due(m.at.mono) {
		m.log.Error("zkserver: write refused, the nodes take all the memory that they may; delete some or raise the limit",
			"path", path, "bytes", size, "more", grow, "limit", m.limits.TreeBytes, "peer", c.peer)
	}
	return false
}

// mayOwn refuses an ephemeral whose path would make the transaction that ends
// the session too large: a real ensemble dies of that.
func (m *machine) mayOwn(c *client, path string) bool {
	s := c.session
	if s.bytes+len(path) <= m.limits.EphemeralBytes {
		return true
	}
	if m.full.session.due(m.at.mono) {
		m.log.Error("zkserver: create refused, the session's ephemerals take all that one transaction may; spread them over several sessions",
			"session", hex(s.id), "path", path, "bytes", s.bytes, "limit", m.limits.EphemeralBytes, "peer", c.peer)
	}
	return false
}

// mayRecord refuses a multi whose record is far larger than a request: auth in
// an ACL becomes all that the client is, in each entry that has it. A real
// server logs it, and cannot read its log again when it is too large.
func (m *machine) mayRecord(c *client, tx *txn) bool {
	limit := 4 * m.limits.Frame
	if len(tx.record) <= limit {
		return true
	}
	if m.full.record.due(m.at.mono) {
		m.log.Error("zkserver: multi refused, its transaction is too large for the log; divide it",
			"session", hex(tx.session), "limit", limit, "peer", c.peer)
	}
	return false
}
