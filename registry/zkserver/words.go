package zkserver

import (
	"bytes"
	"fmt"
	"maps"
	"net"
	"os"
	"os/user"
	"runtime"
	"slices"
	"strings"
	"time"
)

// version is what four-letter words tell: clients parse the number and expect
// a date after "built on".
const version = "3.8.0-gubbo, built on 2022-02-25 08:49 UTC"

// isWord reports whether the first bytes of a connection are a four-letter
// word rather than the length of a handshake.
func isWord(b []byte) bool {
	for _, c := range b {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// answerWord writes the answer to a four-letter word and ends the connection.
func (s *Server) answerWord(c *conn, word string) {
	s.m.stats.received++
	answer, ok := s.words()[word]
	switch {
	case !ok:
		// As a real server: what is no command is a bad length.
	case !slices.Contains(s.cfg.Words, word):
		c.client.out = fmt.Appendf(s.m.outOf(c.client), "%s is not executed because it is not in the whitelist.\n", word)
	default:
		var b bytes.Buffer
		answer(&b)
		c.client.out = append(s.m.outOf(c.client), b.Bytes()...)
		s.m.stats.sent++
	}
	s.m.drop(c.client)
}

func (s *Server) words() map[string]func(*bytes.Buffer) {
	return map[string]func(*bytes.Buffer){
		"ruok": func(b *bytes.Buffer) { b.WriteString("imok") },
		"isro": func(b *bytes.Buffer) { b.WriteString("rw") },
		"srvr": func(b *bytes.Buffer) { s.wordHead(b); s.wordServer(b) },
		"stat": s.wordStat,
		"mntr": s.wordMonitor,
		"conf": s.wordConf,
		"cons": s.wordCons,
		"envi": s.wordEnv,
		"dump": s.wordDump,
		"wchs": s.wordWatches,
	}
}

func (s *Server) wordHead(b *bytes.Buffer) {
	fmt.Fprintf(b, "Zookeeper version: %s\n", version)
}

func (s *Server) wordServer(b *bytes.Buffer) {
	fmt.Fprintf(b, "Latency min/avg/max: %d/%s/%d\n", s.count.min, s.count.average(), s.count.max)
	fmt.Fprintf(b, "Received: %d\nSent: %d\nConnections: %d\nOutstanding: %d\n",
		s.m.stats.received, s.m.stats.sent, len(s.peers()), s.outstanding())
	fmt.Fprintf(b, "Zxid: %s\nMode: standalone\nNode count: %d\n", hex(s.m.zxid), s.m.nodeCount())
}

// average is in Java's format: at least one decimal, at most four.
func (l *latencies) average() string {
	if l.n == 0 {
		return "0.0"
	}
	text := strings.TrimRight(fmt.Sprintf("%.4f", float64(l.sum)/float64(l.n)), "0")
	if strings.HasSuffix(text, ".") {
		text += "0"
	}
	return text
}

// nodeCount counts as a real server does, which has the root under two names.
func (m *machine) nodeCount() int { return len(m.tree.nodes) + 1 }

func (s *Server) peers() []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Keys(s.conns), func(a, b *conn) int { return a.began.Compare(b.began) })
}

func (s *Server) outstanding() (n int) {
	for _, c := range s.peers() {
		n += c.waiting()
	}
	return n
}

func (s *Server) wordStat(b *bytes.Buffer) {
	s.wordHead(b)
	b.WriteString("Clients:\n")
	for _, c := range s.peers() {
		fmt.Fprintf(b, " /%s[%d](queued=%d,recved=%d,sent=%d)\n", c.client.peer, interest(c), c.waiting(), c.client.received, c.client.received)
	}
	b.WriteString("\n")
	s.wordServer(b)
}

// interest is what a real server's selector waits for: reads, once there is a session.
func interest(c *conn) int {
	if c.client.session == nil {
		return 0
	}
	return 1
}

func (s *Server) wordCons(b *bytes.Buffer) {
	for _, c := range s.peers() {
		fmt.Fprintf(b, " /%s[%d](queued=%d,recved=%d,sent=%d", c.client.peer, interest(c), c.waiting(), c.client.received, c.client.received)
		if ses := c.client.session; ses != nil {
			fmt.Fprintf(b, ",sid=%s,est=%d,to=%d,lcxid=0x%x", hex(ses.id), c.began.UnixMilli(), ses.timeout.Milliseconds(), uint32(c.client.lastXid))
		}
		b.WriteString(")\n")
	}
	b.WriteString("\n")
}

func (s *Server) wordMonitor(b *bytes.Buffer) {
	ephemerals := 0
	for _, set := range s.m.tree.ephemerals {
		ephemerals += len(set)
	}
	line := func(key string, value any) { fmt.Fprintf(b, "zk_%s\t%v\n", key, value) }
	line("version", version)
	line("server_state", "standalone")
	line("ephemerals_count", ephemerals)
	line("num_alive_connections", len(s.peers()))
	line("avg_latency", s.count.average())
	line("outstanding_requests", s.outstanding())
	line("znode_count", s.m.nodeCount())
	line("global_sessions", len(s.m.sessions))
	line("local_sessions", 0)
	line("packets_sent", s.m.stats.sent)
	line("packets_received", s.m.stats.received)
	line("watch_count", s.m.watchCount())
	line("auth_failed_count", s.m.stats.authFailed)
	line("min_latency", s.count.min)
	line("max_latency", s.count.max)
	line("approximate_data_size", s.m.tree.bytes)
	line("uptime", s.m.at.mono.Milliseconds())
	line("stale_sessions_expired", s.m.stats.expired)
	if n := openFiles(); n > 0 {
		line("open_file_descriptor_count", n)
	}
}

// openFiles counts the process's descriptors where the system tells, else 0.
func openFiles() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(entries) - 1 // without the one that lists
}

func (s *Server) wordConf(b *bytes.Buffer) {
	secure := "-1"
	if s.tls != nil {
		secure = port(s.tls.Addr())
	}
	fmt.Fprintf(b, "clientPort=%s\nsecureClientPort=%s\ndataDir=%s\ndataLogDir=%s\n", port(s.ln.Addr()), secure, s.cfg.Dir, s.cfg.Dir)
	fmt.Fprintf(b, "tickTime=%d\nmaxClientCnxns=0\nminSessionTimeout=%d\nmaxSessionTimeout=%d\nclientPortListenBacklog=-1\nserverId=0\n",
		s.cfg.Tick.Milliseconds(), s.cfg.MinSession.Milliseconds(), s.cfg.MaxSession.Milliseconds())
}

func port(a net.Addr) string {
	text := a.String()
	return text[strings.LastIndexByte(text, ':')+1:]
}

func (s *Server) wordEnv(b *bytes.Buffer) {
	host, _ := os.Hostname()
	name, home := "?", "?"
	if u, err := user.Current(); err == nil {
		name, home = u.Username, u.HomeDir
	}
	dir, _ := os.Getwd()
	fmt.Fprintf(b, "Environment:\nzookeeper.version=%s\nhost.name=%s\ngo.version=%s\nos.name=%s\nos.arch=%s\nuser.name=%s\nuser.home=%s\nuser.dir=%s\n",
		version, host, runtime.Version(), runtime.GOOS, runtime.GOARCH, name, home, dir)
}

func (s *Server) wordDump(b *bytes.Buffer) {
	fmt.Fprintf(b, "SessionTracker dump:\nSession Sets (%d)/(%d):\n", len(s.m.buckets), len(s.m.sessions))
	for _, bucket := range slices.Sorted(maps.Keys(s.m.buckets)) {
		set := s.m.buckets[bucket]
		at := s.began.Add(time.Duration(bucket) * s.m.tick)
		fmt.Fprintf(b, "%d expire at %s:\n", len(set), at.Format("Mon Jan 02 15:04:05 MST 2006"))
		for ses := range set {
			fmt.Fprintf(b, "\t%s\n", hex(ses.id))
		}
	}
	fmt.Fprintf(b, "ephemeral nodes dump:\nSessions with Ephemerals (%d):\n", len(s.m.tree.ephemerals))
	for _, id := range slices.Sorted(maps.Keys(s.m.tree.ephemerals)) {
		fmt.Fprintf(b, "%s:\n", hex(id))
		for _, path := range slices.Sorted(maps.Keys(s.m.tree.ephemerals[id])) {
			fmt.Fprintf(b, "\t%s\n", path)
		}
	}
	peers := s.peers()
	fmt.Fprintf(b, "Connections dump:\nConnections Sets (1)/(%d):\n%d connected:\n", len(peers), len(peers))
	for _, c := range peers {
		id := int64(0)
		if c.client.session != nil {
			id = c.client.session.id
		}
		fmt.Fprintf(b, "\tip: /%s sessionId: %s\n", c.client.peer, hex(id))
	}
}

func (s *Server) wordWatches(b *bytes.Buffer) {
	connections := 0
	for _, c := range s.peers() {
		if len(c.client.watched) > 0 {
			connections++
		}
	}
	paths := map[string]struct{}{}
	for path := range s.m.watches.data.byPath {
		paths[path] = struct{}{}
	}
	for path := range s.m.watches.child.byPath {
		paths[path] = struct{}{}
	}
	fmt.Fprintf(b, "%d connections watching %d paths\nTotal watches:%d\n", connections, len(paths), s.m.watchCount())
}
