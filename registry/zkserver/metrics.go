package zkserver

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
)

// figure is one number that mntr and the metrics tell, by the name that it has
// in a real server.
type figure struct {
	name  string
	value string
	kind  string // counter or gauge
	help  string
}

// figures are the numbers of now. They belong to the run goroutine.
func (s *Server) figures() []figure {
	ephemerals := 0
	for _, set := range s.m.tree.ephemerals {
		ephemerals += len(set)
	}
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	const gauge, counter = "gauge", "counter"
	st := &s.m.stats
	list := []figure{
		{"ephemerals_count", number(int64(ephemerals)), gauge, "Nodes that go with their sessions."},
		{"num_alive_connections", number(int64(len(s.peers()))), gauge, "Connections now."},
		{"avg_latency", s.count.average(), gauge, "Milliseconds from a request to its reply, on average."},
		{"outstanding_requests", number(int64(s.outstanding())), gauge, "Requests whose replies are not written yet."},
		{"znode_count", number(int64(s.m.nodeCount())), gauge, "Nodes, the root twice."},
		{"global_sessions", number(int64(len(s.m.sessions))), gauge, "Sessions now."},
		{"packets_sent", number(st.sent), counter, "Replies and events."},
		{"packets_received", number(st.received), counter, "Requests, handshakes and four-letter words."},
		{"watch_count", number(int64(s.m.watchCount() + s.m.watches.data.recursive)), // which Java has in both tables
			gauge, "Watches on data and on children."},
		{"auth_failed_count", number(st.authFailed), counter, "Logins that failed."},
		{"min_latency", number(s.count.min), gauge, "Least milliseconds from a request to its reply."},
		{"approximate_data_size", number(s.m.tree.bytes), gauge, "Bytes of all paths and data."},
		{"open_file_descriptor_count", number(openFiles()), gauge, "Open files and sockets of the process."},
		{"local_sessions", "0", gauge, "Sessions that only one server knows; there are none here."},
		{"uptime", number(s.m.at.mono.Milliseconds()), gauge, "Milliseconds since the start."},
		{"max_latency", number(s.count.max), gauge, "Most milliseconds from a request to its reply."},
		{"outstanding_tls_handshake", number(s.handshakes.Load()), gauge, "TLS handshakes that are going on."},
		{"connection_rejected", number(s.rejected.Load()), counter, "Connections beyond the limit."},
		{"connection_request_count", number(st.handshakes), counter, "Handshakes that asked for a session."},
		{"unsuccessful_handshake", number(s.unsuccessful.Load()), counter, "TLS handshakes that failed."},
		{"stale_sessions_expired", number(st.expired), counter, "Sessions whose time was over."},
	}
	return list
}

// outstanding is how many requests have no written reply yet.
func (s *Server) outstanding() (n int) {
	for _, c := range s.peers() {
		n += c.waiting()
	}
	return n
}

// openFiles counts the process's descriptors where the system tells, else 0.
func openFiles() int64 {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return int64(len(entries) - 1) // without the one that lists
}

func (s *Server) wordMonitor(b *bytes.Buffer) {
	fmt.Fprintf(b, "zk_version\t%s\nzk_server_state\tstandalone\n", version)
	for _, f := range s.figures() {
		fmt.Fprintf(b, "zk_%s\t%s\n", f.name, f.value)
	}
}

// WriteMetrics writes what a Server counts as text for Prometheus, by the names
// that ZooKeeper's own exporter uses, and two of this server's own: what nodes
// take in memory and may take. Once the Server ended it writes nothing.
func (s *Server) WriteMetrics(w io.Writer) error {
	var b bytes.Buffer
	s.do(func(m *machine) {
		for _, f := range append(s.figures(),
			figure{"gubbo_tree_bytes", strconv.FormatInt(m.tree.size(), 10), "gauge", "About what all nodes take in memory."},
			figure{"gubbo_tree_bytes_limit", strconv.FormatInt(m.limits.TreeBytes, 10), "gauge", "What they may take."},
		) {
			fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n%s %s\n", f.name, f.help, f.name, f.kind, f.name, f.value)
		}
	})
	_, err := w.Write(b.Bytes())
	return err
}
