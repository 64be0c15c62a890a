package zkserver

import "slices"

// owe gives c the frames of outOf with more appended.
func (m *machine) owe(c *client, out []byte) {
	m.owed += int64(len(out) - len(c.out))
	c.out = out
	if m.owed > m.room {
		m.relieve()
	}
}

// relieve closes the connections that are owed most when all together are owed
// too much, down to three quarters, so that it need not look again soon. It runs
// while events are gathered: one request may have a million of them.
func (s *Server) relieve() {
	limit := s.cfg.Limits.Outboxes
	s.m.room = limit - s.unwritten.Load() // less than it was known to be, most likely
	if s.m.owed <= s.m.room {
		return
	}
	peers := s.peers()
	debts := make(map[*conn]int, len(peers))
	for _, c := range peers {
		debts[c] = c.debt()
	}
	slices.SortFunc(peers, func(a, b *conn) int { return debts[b] - debts[a] })
	closed := 0
	for _, c := range peers {
		if s.m.owed+s.unwritten.Load() <= limit/4*3 {
			break
		}
		s.m.drop(c.client)
		s.m.owed -= int64(len(c.client.out))
		c.client.out = nil
		c.cut()
		closed++
	}
	s.m.room = limit - s.unwritten.Load()
	if closed > 0 {
		s.cfg.Logger.Warn("zkserver: clients leave too much unread, closing those that are owed most",
			"closed", closed, "peer", peers[0].client.peer, "bytes", debts[peers[0]], "limit", limit)
	}
}
