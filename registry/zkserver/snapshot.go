package zkserver

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// snapshot is all sessions and nodes at one moment. The machine goes on while
// it is encoded: what it refers to, data and ACLs, is never changed in place.
type snapshot struct {
	zxid, wall int64
	lastID     int64 // the session id given out last
	sessions   []sessionEntry
	nodes      []nodeEntry
}

type sessionEntry struct {
	id      int64
	timeout time.Duration
}

type nodeEntry struct {
	path string
	node node // without children
}

func (m *machine) snapshot() *snapshot {
	s := &snapshot{zxid: m.zxid, wall: m.at.wall, lastID: m.nextID}
	for id, session := range m.sessions {
		s.sessions = append(s.sessions, sessionEntry{id, session.timeout})
	}
	s.nodes = make([]nodeEntry, 0, len(m.tree.nodes))
	for path, n := range m.tree.nodes {
		s.nodes = append(s.nodes, nodeEntry{path, node{stat: n.stat, data: n.data, acl: n.acl}})
	}
	return s
}

// encode returns the snapshot as records, parents before children.
func (s *snapshot) encode() []byte {
	const chunk = 64 << 10
	b := []byte(magic)
	var changes []byte
	seal := func() {
		b = appendRecord(b, s.zxid, s.wall, changes)
		changes = changes[:0]
	}
	slices.SortFunc(s.sessions, func(a, b sessionEntry) int { return cmp.Compare(a.id, b.id) })
	// The last id is used up even when its session is gone.
	changes = appendClose(appendOpen(changes, s.lastID, 0), s.lastID)
	for _, e := range s.sessions {
		changes = appendOpen(changes, e.id, e.timeout)
	}
	slices.SortFunc(s.nodes, func(a, b nodeEntry) int { return strings.Compare(a.path, b.path) })
	for i := range s.nodes {
		if changes = appendNode(changes, s.nodes[i].path, &s.nodes[i].node); len(changes) > chunk {
			seal()
		}
	}
	changes = append(changes, recEnd)
	seal()
	return b
}
