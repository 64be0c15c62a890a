package zkserver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
)

// session outlives its connections until it is closed or expires.
type session struct {
	id      int64
	timeout time.Duration
	client  *client // the connection it is attached to, nil while there is none
	bucket  int64   // the tick at which it expires
	bytes   int     // lengths of its ephemerals' paths
}

// maxSkew is how far ahead of this server's clock that of the one before it
// may have been.
const maxSkew = 365 * 24 * time.Hour

// firstZxid is where numbers begin in memory. Two starts on one port differ by
// more than one of them has transactions, so that a client that knew the last
// one is let in.
func firstZxid(wall int64) int64 { return wall << 20 }

// password proves to the server that it gave out the id; nobody without the
// secret can compute it.
func (m *machine) password(id int64) []byte {
	mac := hmac.New(sha256.New, m.secret)
	_, _ = mac.Write(binary.BigEndian.AppendUint64(nil, uint64(id)))
	return mac.Sum(nil)[:16]
}

// connect answers a handshake. The caller has not used c before.
func (m *machine) connect(c *client, frame []byte) {
	m.stats.received++
	m.stats.handshakes++
	c.received++
	d := jute.NewDecoder(frame)
	d.Int() // protocol version
	seen, want, id, password := d.Long(), d.Int(), d.Long(), d.Buffer()
	if d.Err() != nil {
		m.log.Warn("zkserver: handshake that cannot be read, closing the connection", "peer", c.peer, "error", d.Err())
		m.drop(c)
		return
	}
	c.modern = d.Len() > 0 // go-zookeeper leaves the readOnly byte out
	if seen > m.zxid && !m.logging && seen <= firstZxid(m.at.wall+maxSkew.Milliseconds()) {
		// It knows the server that was here before, and the clock, from which
		// numbers begin, has gone back since. If it lies, the others see numbers
		// as high, which are in bounds again at the next start: the bound moves
		// on with the clock, and faster than transactions come.
		m.zxid = seen
	}
	if seen > m.zxid {
		// The client has seen more than this server knows; answering would let
		// it go back in time. It will try another server, or this one again.
		m.log.Warn("zkserver: client has seen a later zxid, refusing it", "peer", c.peer, "seen", seen, "last", m.zxid)
		m.drop(c)
		return
	}
	timeout := min(max(time.Duration(want)*time.Millisecond, m.minSession), m.maxSession)
	if id == 0 {
		c.session = m.open(timeout)
	} else {
		s := m.sessions[id]
		if s == nil || !hmac.Equal(password, m.password(id)) {
			m.greet(c, 0, 0, make([]byte, 16))
			m.drop(c)
			return
		}
		if s.client != nil {
			m.drop(s.client)
		}
		s.timeout = timeout
		m.touch(s)
		c.session = s
	}
	c.session.client = c
	c.last = lastRequest{op: opCreateSession, zxid: m.zxid}
	m.greet(c, timeout, c.session.id, m.password(c.session.id))
}

func (m *machine) greet(c *client, timeout time.Duration, id int64, password []byte) {
	b, start := jute.BeginFrame(m.outOf(c))
	b = jute.AppendInt(b, 0)
	b = jute.AppendInt(b, int32(timeout.Milliseconds()))
	b = jute.AppendLong(b, id)
	b = jute.AppendBuffer(b, password)
	if c.modern {
		b = jute.AppendBool(b, false)
	}
	m.owe(c, jute.EndFrame(b, start))
	m.stats.sent++
	c.sent++
}

// open starts a session; that is a transaction.
func (m *machine) open(timeout time.Duration) *session {
	for m.nextID++; m.sessions[m.nextID] != nil || m.nextID == 0; m.nextID++ {
	}
	tx := m.begin(m.nextID, false)
	tx.record = appendOpen(tx.record, m.nextID, timeout)
	m.addSession(m.nextID, timeout)
	m.commit(tx)
	return m.sessions[m.nextID]
}

func (m *machine) addSession(id int64, timeout time.Duration) {
	s := &session{id: id, timeout: timeout}
	m.sessions[id] = s
	m.touch(s)
}

// alive is touch for what is no request.
func (m *machine) alive(c *client) {
	if c.session != nil {
		m.touch(c.session)
	}
}

// touch gives s its whole timeout again, rounded up to a tick.
func (m *machine) touch(s *session) {
	bucket := int64((m.at.mono+s.timeout)/m.tick) + 1
	if bucket == s.bucket {
		return
	}
	m.untrack(s)
	set := m.buckets[bucket]
	if set == nil {
		set = map[*session]struct{}{}
		m.buckets[bucket] = set
	}
	set[s] = struct{}{}
	s.bucket = bucket
}

func (m *machine) untrack(s *session) {
	if set := m.buckets[s.bucket]; set != nil {
		delete(set, s)
		if len(set) == 0 {
			delete(m.buckets, s.bucket)
		}
	}
}

// close ends a session in one transaction that takes its ephemerals along.
func (m *machine) close(s *session) {
	tx := m.begin(s.id, false)
	for _, path := range slices.Sorted(maps.Keys(m.tree.ephemerals[s.id])) {
		n, parent := m.tree.remove(path, tx.zxid)
		tx.changes = append(tx.changes, change{eventDeleted, path, n.acl, parent.acl})
	}
	tx.record = appendClose(tx.record, s.id)
	m.untrack(s)
	delete(m.sessions, s.id)
	m.commit(tx)
}

// expire ends the session with this id as if its time were over and reports
// whether it was there.
func (m *machine) expire(id int64) bool {
	s := m.sessions[id]
	if s == nil {
		return false
	}
	m.stats.expired++
	m.close(s)
	if s.client != nil {
		m.drop(s.client)
	}
	return true
}

// ticked expires the sessions whose tick has come and, once an interval,
// removes the containers that had children and have none any more.
//
// A tick that comes late says that this process stood still, stopped or
// starved, while its clients' pings waited to be read: nobody expires then, and
// the next tick counts.
func (m *machine) ticked() {
	now := int64(m.at.mono / m.tick)
	late := now > m.lastTick+2
	m.lastTick = now
	if late {
		m.log.Warn("zkserver: this process stood still, no session expires for it", "tick", m.tick)
		return
	}
	for _, bucket := range slices.Sorted(maps.Keys(m.buckets)) {
		if bucket > now {
			break
		}
		for s := range m.buckets[bucket] {
			m.log.Info("zkserver: session expired", "session", hex(s.id), "timeout", s.timeout)
			m.expire(s.id)
		}
	}
	if m.at.mono-m.swept < m.sweepEvery {
		return
	}
	m.swept = m.at.mono
	for _, path := range slices.Sorted(maps.Keys(m.tree.mortal)) {
		n := m.tree.nodes[path]
		old := n.created > 0 // a container that had children
		if ttl := ttlOf(n.owner); ttl > 0 {
			old = m.at.wall-n.mtime > ttl
		}
		if old && len(n.children) == 0 {
			tx := m.begin(0, false)
			m.removeNode(tx, path)
			m.commit(tx)
		}
	}
}
