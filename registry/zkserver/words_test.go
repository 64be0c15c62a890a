package zkserver_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/zookeepertest"
	"github.com/gubbo/gubbo/registry/zkserver"
)

// plainly takes out of a word's answer what differs from server to server and
// from second to second.
func plainly(text string, ids map[int64]string) string {
	for id, name := range ids {
		text = strings.ReplaceAll(text, fmt.Sprintf("0x%x", uint64(id)), name)
	}
	for pattern, by := range map[string]string{
		`(?m)^Zookeeper version: 3\.8\.0-\S+, built on \d{4}-\d\d-\d\d \d\d:\d\d UTC$`: "VERSION",
		`Latency min/avg/max: \d+/\d+\.\d+/\d+`:                                        "LATENCY",
		`127\.0\.0\.1:\d+`:                                                             "ADDRESS",
		`[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d UTC \d{4}`:                    "DATE",
		`Zxid: 0x[0-9a-f]+`:                                                            "ZXID",
		`lzxid=0x[0-9a-e][0-9a-f]*`:                                                    "lzxid=Z",
		`est=\d{13}`:                                                                   "EST",
		`lresp=\d+`:                                                                    "LRESP",
		`llat=\d+,minlat=\d+,avglat=\d+,maxlat=\d+`:                                    "LATENCIES",
		`(?m)^((?:client|secureClient)Port|data(?:Log)?Dir(?:Size)?|dataLogSize)=.*$`: "$1=",
		`(?m)_size: \d+$`:              "_size: N",
		`(?m)^maxClientCnxns=\d+$`:     "maxClientCnxns=N",
		`(?m)^Session Sets \(\d\)`:     "Session Sets (N)",
		`(?m)^Connections Sets \(\d\)`: "Connections Sets (N)",
		`(?m)^\d expire at DATE:\n`:    "",
	} {
		text = regexp.MustCompile(pattern).ReplaceAllString(text, by)
	}
	return text
}

// unordered sorts the lines of what a real server tells in the order of a hash
// table.
func unordered(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// keys are what stands before sep in each line.
func keys(text, sep string) []string {
	var all []string
	for line := range strings.Lines(text) {
		key, _, _ := strings.Cut(line, sep)
		all = append(all, key)
	}
	return all
}

// wordSide is one of two servers that are asked the same words.
type wordSide struct {
	addr string
	a, b *raw // its two sessions
}

func (s *wordSide) ask(t *testing.T, w string) string {
	t.Helper()
	text := plainly(word(t, s.addr, w), map[int64]string{s.a.id: "SESSION-A", s.b.id: "SESSION-B"})
	if w == "srvr" || w == "conf" {
		return text
	}
	return unordered(text)
}

// Every four-letter word of 3.8 is answered in the layout of a real server, and
// with its counts.
func TestWordsAreThoseOfRealZooKeeper(t *testing.T) {
	real := zookeepertest.Start(t, zookeepertest.Options{Tick: 2 * time.Second})
	ours := serve(t, zkserver.Config{Words: []string{"*"}, Dir: t.TempDir()})
	var sides []*wordSide
	for _, addr := range []string{real.Addr(), ours.Addr().String()} {
		word(t, addr, "srst") // whoever came before, such as the look whether it serves
		sides = append(sides, &wordSide{addr, session(t, addr, 30*time.Second), session(t, addr, 20*time.Second)})
	}
	ask := func(words ...string) {
		t.Helper()
		for _, w := range words {
			// A real server replies first and counts then: both are asked again.
			for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
				want, got := sides[0].ask(t, w), sides[1].ask(t, w)
				if got == want {
					break
				}
				if time.Now().After(deadline) {
					t.Errorf("%s: %q, of a real server %q", w, got, want)
					break
				}
			}
		}
	}
	ask("cons", "stat")
	for _, s := range sides {
		s.a.call(1, createBody("/e", []byte("data"), worldAll, 1))
		s.a.call(1, createBody("/e2", []byte("data"), worldAll, 1))
		s.a.call(4, watchBody("/e", true))
		s.a.call(3, watchBody("/nope", true))
		s.b.call(4, watchBody("/e", true))
		s.b.call(8, watchBody("/", true))
		s.b.call(106, versionBody("/p", 0))
		s.b.call(106, versionBody("/r", 1))
	}
	ask("cons", "wchs", "wchp", "wchc", "dump", "stat", "srvr", "ruok", "isro", "conf", "dirs", "gtmk", "hash")
	for _, s := range sides {
		s.a.call(5, setBody("/e", nil, -1)) // an event to each
		s.b.call(11, nil)
	}
	ask("cons", "wchs", "crst", "cons")
	for _, one := range []struct {
		op   int32
		body []byte
	}{
		{3, watchBody("/e", false)}, {4, watchBody("/e", false)}, {6, pathBody("/e")}, {8, watchBody("/", false)}, {12, watchBody("/", false)},
		{9, pathBody("/e")}, {5, setBody("/e", nil, -1)}, {2, versionBody("/none", -1)}, {15, createBody("/c2", nil, worldAll, 0)},
		{19, createBody("/cc", nil, worldAll, 4)}, {14, multiBody(sub{13, versionBody("/e", -1)})}, {22, multiBody(sub{4, watchBody("/e", false)})},
		{14, multiBody(sub{13, versionBody("/none", -1)})}, {4, watchBody("/none", false)},
		{101, setWatchesBody(1<<60, nil, nil, nil)}, {105, setWatchesBody(1<<60, nil, nil, nil, nil, nil)}, {106, versionBody("/p", 0)},
		{17, versionBody("/p", 3)}, {18, versionBody("/p", 3)}, {103, pathBody("/")}, {104, pathBody("/")}, {107, nil}, {11, nil},
		{100, authBody("digest", "u:p")}, {7, append(appendEntries(pathBody("/e"), worldAll), 0xff, 0xff, 0xff, 0xff)},
	} {
		for _, s := range sides {
			s.b.call(one.op, one.body)
		}
		ask("cons")
	}
	ask("srst", "srvr")
	for _, s := range sides {
		nc, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		_ = nc.SetDeadline(time.Now().Add(5 * time.Second))
		if _, err := nc.Write(binary.BigEndian.AppendUint64([]byte("stmk"), 5)); err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(nc); string(text) != "5" || err != nil {
			t.Errorf("%s: stmk: %q, %v", s.addr, text, err)
		}
		_ = nc.Close()
	}
	ask("gtmk", "nope", "orst", "srvr")

	envi := func(addr string) (told []string) {
		for _, key := range keys(word(t, addr, "envi"), "=") {
			if !strings.HasPrefix(key, "java.") && !strings.HasPrefix(key, "os.memory") && key != "os.version" && key != "go.version" {
				told = append(told, key)
			}
		}
		return told
	}
	if got, want := envi(ours.Addr().String()), envi(real.Addr()); !slices.Equal(got, want) {
		t.Errorf("envi tells %q, a real server %q", got, want)
	}

	figures := func(addr string) map[string]string {
		told := map[string]string{}
		for line := range strings.Lines(word(t, addr, "mntr")) {
			key, value, ok := strings.Cut(strings.TrimSpace(line), "\t")
			if !ok {
				t.Errorf("%s: mntr has the line %q", addr, line)
			}
			told[key] = value
		}
		return told
	}
	mine, theirs := figures(ours.Addr().String()), figures(real.Addr())
	for key := range mine {
		if _, ok := theirs[key]; !ok {
			t.Errorf("mntr tells %s, and a real server does not", key)
		}
	}
	for _, key := range []string{
		"zk_server_state", "zk_ephemerals_count", "zk_num_alive_connections", "zk_znode_count", "zk_global_sessions", "zk_local_sessions",
		"zk_watch_count", "zk_packets_received", "zk_packets_sent", "zk_auth_failed_count", "zk_outstanding_requests", "zk_approximate_data_size",
		"zk_outstanding_tls_handshake", "zk_connection_rejected", "zk_unsuccessful_handshake", "zk_stale_sessions_expired",
	} {
		if mine[key] != theirs[key] {
			t.Errorf("%s is %q, of a real server %q", key, mine[key], theirs[key])
		}
	}
}

// The whitelist answers for the words that are off it.
func TestWordsOffTheList(t *testing.T) {
	real := zookeepertest.Start(t, zookeepertest.Options{Config: []string{"4lw.commands.whitelist=srvr"}})
	ours := serve(t, zkserver.Config{Words: []string{"srvr"}})
	for _, w := range append(zkserver.Words(), "nope") {
		if w == "srvr" || w == "stmk" {
			continue
		}
		if got, want := word(t, ours.Addr().String(), w), word(t, real.Addr(), w); got != want {
			t.Errorf("%s: %q, of a real server %q", w, got, want)
		}
	}
}
