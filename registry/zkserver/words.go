package zkserver

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"os/user"
	"path/filepath"
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

// words are the four-letter words of 3.8 and what answers each.
var words = map[string]func(*Server, *bytes.Buffer){
	"conf": (*Server).wordConf,
	"cons": (*Server).wordCons,
	"crst": (*Server).wordResetConnections,
	"dirs": (*Server).wordDirs,
	"dump": (*Server).wordDump,
	"envi": (*Server).wordEnv,
	"gtmk": func(s *Server, b *bytes.Buffer) { fmt.Fprint(b, s.traceMask) },
	"hash": func(*Server, *bytes.Buffer) {}, // the tree keeps no digests of itself
	"isro": func(_ *Server, b *bytes.Buffer) { b.WriteString("rw") },
	"mntr": (*Server).wordMonitor,
	"ruok": func(_ *Server, b *bytes.Buffer) { b.WriteString("imok") },
	"srst": (*Server).wordReset,
	"srvr": func(s *Server, b *bytes.Buffer) { s.wordHead(b); s.wordServer(b) },
	"stat": (*Server).wordStat,
	"stmk": func(s *Server, b *bytes.Buffer) { fmt.Fprint(b, s.traceMask) }, // conn has read the mask
	"wchc": (*Server).wordWatchesByConnection,
	"wchp": (*Server).wordWatchesByPath,
	"wchs": (*Server).wordWatches,
}

// Words returns the four-letter words that Config.Words may name, sorted.
func Words() []string { return slices.Sorted(maps.Keys(words)) }

// answerWord writes the answer to a four-letter word and ends the connection.
func (s *Server) answerWord(c *conn, word string) {
	answer, ok := words[word]
	if ok {
		s.m.stats.received++
		c.client.received++
	}
	switch {
	case !ok:
		// As a real server: what is no command is a bad length.
	case !slices.Contains(s.cfg.Words, word) && !slices.Contains(s.cfg.Words, "*"):
		s.m.owe(c.client, fmt.Appendf(s.m.outOf(c.client), "%s is not executed because it is not in the whitelist.\n", word))
	default:
		var b bytes.Buffer
		answer(s, &b)
		s.m.owe(c.client, append(s.m.outOf(c.client), b.Bytes()...))
		s.m.stats.sent++
	}
	s.m.drop(c.client)
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

func (s *Server) wordStat(b *bytes.Buffer) {
	s.wordHead(b)
	b.WriteString("Clients:\n")
	for _, c := range s.peers() {
		s.wordClient(b, c)
		b.WriteString(")\n")
	}
	b.WriteString("\n")
	s.wordServer(b)
}

func (s *Server) wordClient(b *bytes.Buffer, c *conn) {
	interest := 0 // what a real server's selector waits for: reads, once there is a session
	if c.client.session != nil {
		interest = 1
	}
	fmt.Fprintf(b, " /%s[%d](queued=%d,recved=%d,sent=%d", c.client.peer, interest, c.waiting(), c.client.received, c.client.sent)
}

func (s *Server) wordCons(b *bytes.Buffer) {
	for _, c := range s.peers() {
		s.wordClient(b, c)
		if ses := c.client.session; ses != nil {
			last := &c.client.last
			fmt.Fprintf(b, ",sid=%s,lop=%s,est=%d,to=%d", hex(ses.id), opNames[last.op], c.began.UnixMilli(), ses.timeout.Milliseconds())
			if last.xid >= 0 {
				fmt.Fprintf(b, ",lcxid=0x%x", last.xid)
			}
			l := &c.client.latencies
			fmt.Fprintf(b, ",lzxid=%s,lresp=%d,llat=%d,minlat=%d,avglat=%d,maxlat=%d",
				hex(last.zxid), l.at.Milliseconds(), l.last, l.min, l.sum/max(l.n, 1), l.max)
		}
		b.WriteString(")\n")
	}
	b.WriteString("\n")
}

func (s *Server) wordResetConnections(b *bytes.Buffer) {
	for _, c := range s.peers() {
		c.client.received, c.client.sent, c.client.latencies = 0, 0, latencies{}
		c.client.last = lastRequest{op: opError, xid: -1, zxid: -1}
	}
	b.WriteString("Connection stats reset.\n")
}

func (s *Server) wordReset(b *bytes.Buffer) {
	s.m.stats, s.count = stats{}, latencies{}
	b.WriteString("Server stats reset.\n")
}

// dataSize is what lies in Config.Dir, in bytes.
func (s *Server) dataSize() (n int64) {
	_ = filepath.WalkDir(s.cfg.Dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil { // it may have gone meanwhile
				n += info.Size()
			}
		}
		return nil
	})
	return n
}

func (s *Server) wordDirs(b *bytes.Buffer) {
	size := s.dataSize() // logs and snapshots share one directory
	fmt.Fprintf(b, "datadir_size: %d\nlogdir_size: %d\n", size, size)
}

func (s *Server) wordConf(b *bytes.Buffer) {
	secure := "-1"
	if s.tls != nil {
		secure = port(s.tls.Addr())
	}
	fmt.Fprintf(b, "clientPort=%s\nsecureClientPort=%s\n", port(s.ln.Addr()), secure)
	size := s.dataSize()
	fmt.Fprintf(b, "dataDir=%s\ndataDirSize=%d\ndataLogDir=%s\ndataLogSize=%d\n", s.cfg.Dir, size, s.cfg.Dir, size)
	fmt.Fprintf(b, "tickTime=%d\nmaxClientCnxns=%d\nminSessionTimeout=%d\nmaxSessionTimeout=%d\nclientPortListenBacklog=-1\nserverId=0\n",
		s.cfg.Tick.Milliseconds(), s.cfg.Limits.PerAddress, s.cfg.MinSession.Milliseconds(), s.cfg.MaxSession.Milliseconds())
}

func port(a net.Addr) string {
	text := a.String()
	return text[strings.LastIndexByte(text, ':')+1:]
}

// wordEnv has what a real server tells, but for the properties of a JVM.
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

const dateLayout = "Mon Jan 02 15:04:05 MST 2006" // as Java has it

func (s *Server) wordDump(b *bytes.Buffer) {
	fmt.Fprintf(b, "SessionTracker dump:\nSession Sets (%d)/(%d):\n", len(s.m.buckets), len(s.m.sessions))
	for _, bucket := range slices.Sorted(maps.Keys(s.m.buckets)) {
		set := s.m.buckets[bucket]
		fmt.Fprintf(b, "%d expire at %s:\n", len(set), s.bucketTime(bucket).Format(dateLayout))
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
	sets := map[int64][]*conn{} // by the second at which each is closed if it says nothing
	for _, c := range peers {
		at := c.began.Add(handshakeTime)
		if c.client.session != nil {
			at = s.bucketTime(c.client.session.bucket)
		}
		sets[at.Unix()] = append(sets[at.Unix()], c)
	}
	fmt.Fprintf(b, "Connections dump:\nConnections Sets (%d)/(%d):\n", len(sets), len(peers))
	for _, at := range slices.Sorted(maps.Keys(sets)) {
		fmt.Fprintf(b, "%d expire at %s:\n", len(sets[at]), time.Unix(at, 0).Format(dateLayout))
		for _, c := range sets[at] {
			id := int64(0)
			if c.client.session != nil {
				id = c.client.session.id
			}
			fmt.Fprintf(b, "\tip: /%s sessionId: %s\n", c.client.peer, hex(id))
		}
	}
}

func (s *Server) bucketTime(bucket int64) time.Time {
	return s.began.Add(time.Duration(bucket) * s.m.tick)
}

// The words about watches tell of those on data only, as a real server's do.

func (s *Server) wordWatches(b *bytes.Buffer) {
	connections := map[*client]struct{}{}
	for _, set := range s.m.watches.data.byPath {
		for c := range set {
			connections[c] = struct{}{}
		}
	}
	fmt.Fprintf(b, "%d connections watching %d paths\nTotal watches:%d\n", len(connections), len(s.m.watches.data.byPath), s.m.watches.data.size)
}

func (s *Server) wordWatchesByPath(b *bytes.Buffer) {
	for _, path := range slices.Sorted(maps.Keys(s.m.watches.data.byPath)) {
		fmt.Fprintf(b, "%s\n", path)
		for c := range s.m.watches.data.byPath[path] {
			fmt.Fprintf(b, "\t%s\n", hex(c.session.id))
		}
	}
	b.WriteString("\n")
}

func (s *Server) wordWatchesByConnection(b *bytes.Buffer) {
	for _, c := range s.peers() {
		var paths []string
		for path := range c.client.watched {
			if s.m.watches.data.has(c.client, path, watchAny) {
				paths = append(paths, path)
			}
		}
		if len(paths) == 0 {
			continue
		}
		slices.Sort(paths)
		fmt.Fprintf(b, "%s\n\t%s\n", hex(c.client.session.id), strings.Join(paths, "\n\t"))
	}
	b.WriteString("\n")
}
