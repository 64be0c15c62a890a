//go:build unix

package zkserver_test

import (
	"errors"
	"net"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
	"github.com/gubbo/gubbo/registry/zkserver"
)

// dear is what a connection that says nothing, or never reads, may cost the
// server: heap and stacks, in bytes.
const dear = 20 << 10

// A socket outside of Go's runtime: it costs this process nothing that
// memory counts, so that the figures are the server's alone.
func socket(t *testing.T, addr net.Addr) int {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	for _, buffer := range []int{syscall.SO_RCVBUF, syscall.SO_SNDBUF} { // so that one that does not read is full soon
		if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, buffer, 8<<10); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Connect(fd, &syscall.SockaddrInet4{Port: addr.(*net.TCPAddr).Port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	return fd
}

// affordable is n, or as many connections as there are descriptors for both
// ends of them.
func affordable(t *testing.T, n int) int {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	most := (int(min(limit.Cur, 1<<20)) - 200) / 2
	if most < 100 {
		t.Fatalf("%d file descriptors are too few; raise ulimit -n", limit.Cur)
	}
	return min(n, most)
}

func frameOf(xid, op int32, body []byte) []byte {
	b, start := jute.BeginFrame(nil)
	return jute.EndFrame(append(jute.AppendInt(jute.AppendInt(b, xid), op), body...), start)
}

// greet gives the socket a session of 40 s.
func greet(t *testing.T, fd int) {
	t.Helper()
	b, start := jute.BeginFrame(nil)
	b = jute.AppendInt(jute.AppendLong(jute.AppendInt(b, 0), 0), 40_000)
	b = jute.AppendBuffer(jute.AppendLong(b, 0), make([]byte, 16))
	if _, err := syscall.Write(fd, jute.EndFrame(jute.AppendBool(b, false), start)); err != nil {
		t.Fatal(err)
	}
	var reply [64]byte
	if n, err := syscall.Read(fd, reply[:]); n != 41 || err != nil {
		t.Fatalf("the handshake is answered with %d bytes, %v", n, err)
	}
}

func memory() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

func TestSilentConnectionsAreCheap(t *testing.T) {
	n := 5000
	if testing.Short() {
		n = 500
	}
	n = affordable(t, n)
	for name, session := range map[string]bool{"without a session": false, "with a session": true} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, zkserver.Config{})
			before := memory()
			for range n {
				fd := socket(t, s.Addr())
				if session {
					greet(t, fd)
				}
			}
			waitForConnections(t, s.Addr().String(), n)
			each := (memory() - before) / int64(n)
			t.Logf("%d connections, %d bytes each", n, each)
			if each > dear {
				t.Errorf("%d bytes a connection, want at most %d", each, dear)
			}
		})
	}
}

// waitForConnections returns when the server has n connections beside the one
// that asks.
func waitForConnections(t *testing.T, addr string, n int) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; {
		m := regexp.MustCompile(`Connections: (\d+)`).FindStringSubmatch(word(t, addr, "srvr"))
		if m == nil {
			t.Fatal("srvr tells no number of connections")
		}
		if have, _ := strconv.Atoi(m[1]); have == n+1 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s connections, want %d", m[1], n+1)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// tight gives the server's connections small buffers, too.
type tight struct{ net.Listener }

func (l tight) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err == nil {
		_ = nc.(*net.TCPConn).SetWriteBuffer(8 << 10)
		_ = nc.(*net.TCPConn).SetReadBuffer(8 << 10)
	}
	return nc, err
}

// flood sends the request to all sockets for as long as the server takes more
// of it.
func flood(t *testing.T, fds []int, one []byte) {
	t.Helper()
	chunk := slices.Repeat(one, max(1, 4096/len(one)))
	offset := make([]int, len(fds)) // into chunk: requests are not to be cut
	last := time.Now()
	for time.Since(last) < 300*time.Millisecond {
		for i, fd := range fds {
			n, err := syscall.Write(fd, chunk[offset[i]:])
			if err != nil && !errors.Is(err, syscall.EAGAIN) {
				t.Fatal(err)
			}
			if n > 0 {
				offset[i] = (offset[i] + n) % len(chunk)
				last = time.Now()
			}
		}
	}
}

// A client that asks and asks and never reads is not read from any more, costs
// little and nobody else a thing.
func TestClientsThatNeverReadAreCheap(t *testing.T) {
	const n = 32
	calm := serve(t, zkserver.Config{})
	for name, c := range map[string]struct {
		one  []byte
		size int // of the node /a
	}{
		"reads":  {frameOf(1, 4, watchBody("/a", false)), 100},
		"writes": {frameOf(1, 5, setBody("/a", make([]byte, 1000), -1)), 100},
	} {
		t.Run(name, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			s := serve(t, zkserver.Config{Listener: tight{ln}})
			good := session(t, s.Addr().String(), 40*time.Second)
			good.call(1, createBody("/a", make([]byte, c.size), worldAll, 0))
			before := memory()
			var fds []int
			for range n {
				fd := socket(t, s.Addr())
				greet(t, fd)
				if err := syscall.SetNonblock(fd, true); err != nil {
					t.Fatal(err)
				}
				fds = append(fds, fd)
			}
			flood(t, fds, c.one)
			each := (memory() - before) / n
			for deadline := time.Now().Add(10 * time.Second); each > dear && time.Now().Before(deadline); {
				each = (memory() - before) / n // what it has read it may still be at work on
			}
			t.Logf("%d bytes each", each)
			if each > dear {
				t.Errorf("%d bytes a connection, want at most %d", each, dear)
			}
			ratio := slower(t, good, session(t, calm.Addr().String(), 40*time.Second))
			t.Logf("the others wait %.1f times as long as on a calm server", ratio)
			if soak && ratio > 3 {
				t.Errorf("the others wait %.1f times as long as on a calm server, want at most 3", ratio)
			}
		})
	}
}

// slower tells how many times as long a takes for a read as b, by the medians
// of reads that take turns.
func slower(t *testing.T, a, b *raw) float64 {
	t.Helper()
	var took [2][]time.Duration
	for range 200 {
		for i, r := range []*raw{a, b} {
			began := time.Now()
			r.call(3, watchBody("/", false))
			took[i] = append(took[i], time.Since(began))
		}
	}
	for i := range took {
		slices.Sort(took[i])
	}
	return float64(took[0][100]) / float64(took[1][100])
}
