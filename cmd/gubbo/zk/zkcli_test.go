package zk

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/internal/require"
	"github.com/gubbo/gubbo/internal/zookeepertest"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

//go:embed testdata/zkcli.txt
var script string

// Every command of zkCli 3.8.0, by zkCli and by gubbo zk, against a real 3.8.0
// and against zkserver: the output is the same but for times, ids and addresses.
func TestSameAsZkCli(t *testing.T) {
	var addr [4]string
	for i := range addr { // the script leaves things behind
		if i%2 == 0 {
			addr[i] = zookeepertest.Start(t, zookeepertest.Options{Tick: 2 * time.Second}).Addr()
		} else {
			addr[i] = zktest.Start(t, zktest.Tick(2*time.Second)).Addr()
		}
	}
	want := startZkCli(t, addr[0]).play(addr[0], script)
	differ(t, "zkCli on zkserver", want, startZkCli(t, addr[1]).play(addr[1], script))
	differ(t, "gubbo zk on ZooKeeper", want, startZk(t, addr[2]).play(addr[2], script))
	differ(t, "gubbo zk on zkserver", want, startZk(t, addr[3]).play(addr[3], script))
}

// One command on the command line: its output, and the exit code.
func TestSameOneCommandAsZkCli(t *testing.T) {
	real := zookeepertest.Start(t, zookeepertest.Options{Tick: 2 * time.Second}).Addr()
	embedded := zktest.Start(t, zktest.Tick(2*time.Second)).Addr()
	for _, command := range [][]string{
		{"ls", "-s", "/zookeeper"},
		{"get", "/none"},
		{"nosuch", "x"},
	} {
		want := zkCliOnce(t, real, command...)
		for _, addr := range []string{real, embedded} {
			if got := zkOnce(t, addr, command...); got != want {
				t.Errorf("%q: got\n%s\nwant\n%s", command, got, want)
			}
		}
	}
}

func zkCliOnce(t *testing.T, addr string, command ...string) string {
	t.Helper()
	cmd := exec.Command("java", zkCliArgs(t, append([]string{"-server", addr}, command...)...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return once(addr, out.String(), errs.String(), cmd.ProcessState.ExitCode())
}

func zkOnce(t *testing.T, addr string, command ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	code, err := Run(t.Context(), Config{Server: addr, Out: &out, Err: &errs}, command)
	if err != nil {
		t.Fatal(err)
	}
	return once(addr, out.String(), errs.String(), code)
}

// once tells of one command. Whether the event of the connection comes before
// its output or at all is chance in zkCli.
func once(addr, out, errs string, code int) string {
	n := normal{addr: addr}
	out = event.ReplaceAllString(eventHead.ReplaceAllString(out, ""), "")
	return fmt.Sprintf("%s--- errors\n%sexit code %d\n", n.text(out), n.text(errs), code)
}

// turn is one command and what came of it.
type turn struct {
	command   string
	out, errs string
	events    []string
}

func (u turn) String() string {
	return fmt.Sprintf("%s\n--- out\n%s--- errors\n%s--- events\n%s\n", u.command, u.out, u.errs, strings.Join(u.events, "\n"))
}

func differ(t *testing.T, name string, want, got []turn) {
	t.Helper()
	same := 0
	for i := range want {
		if w, g := want[i].String(), got[i].String(); w != g {
			t.Errorf("%s differs\n=== zkCli on ZooKeeper\n%s=== %s\n%s", name, w, name, g)
		} else {
			same++
		}
	}
	t.Logf("%s: %d of %d turns are the same", name, same, len(want))
}

// peer is a client that reads commands.
type peer struct {
	t         *testing.T
	in        io.WriteCloser
	out, errs *heard
}

// heard collects what a program writes and lets a test wait for it.
type heard struct {
	mu   sync.Mutex
	text []byte
	news chan struct{} // has something after a Write
}

func (w *heard) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, p...)
	select {
	case w.news <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (w *heard) from(i int) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.text[i:])
}

func newPeer(t *testing.T) *peer {
	return &peer{t: t, out: &heard{news: make(chan struct{}, 1)}, errs: &heard{news: make(chan struct{}, 1)}}
}

func startZkCli(t *testing.T, server string) *peer {
	p := newPeer(t)
	cmd := exec.Command("java", zkCliArgs(t, "-server", server)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.in, cmd.Stdout, cmd.Stderr = in, p.out, p.errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return p
}

func zkCliArgs(t *testing.T, args ...string) []string {
	return append([]string{
		"-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.net.preferIPv4Stack=true",
		"-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8",
		"-cp", require.ZooKeeper(t) + ":/usr/share/java/slf4j-nop.jar", "org.apache.zookeeper.ZooKeeperMain",
	}, args...)
}

func startZk(t *testing.T, server string) *peer {
	p := newPeer(t)
	in, to := io.Pipe()
	p.in = to
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if _, err := Run(ctx, Config{Server: server, In: in, Out: p.out, Err: p.errs}, nil); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		_ = to.Close()
		cancel()
		<-done
	})
	return p
}

// After each command come two whose output nothing else has: they say that the
// command is done, on both streams.
const (
	marks   = "---\nprintwatches\n"
	errMark = "Command not found: Command not found ---\n"
	usage   = " args\n" // ends the first line of what comes before errMark
)

var (
	outMark   = regexp.MustCompile(`printwatches is o(n|ff)\n`)
	eventHead = regexp.MustCompile(`\nWATCHER::\n`)
	event     = regexp.MustCompile(`\nWatchedEvent [^\n]*\n`)
)

// play tells p the script and returns the turns, the first of which is the
// connecting.
func (p *peer) play(addr, script string) []turn {
	p.t.Helper()
	a := actor{peer: p, normal: normal{addr: addr}}
	a.turn("", 1)
	for line := range strings.Lines(script) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		events := 0
		if rest, ok := strings.CutPrefix(line, "+"); ok {
			count, command, _ := strings.Cut(rest, " ")
			events, _ = strconv.Atoi(count)
			line = command
		}
		a.turn(line, events)
	}
	return a.turns
}

// actor is a peer on its way through the script.
type actor struct {
	*peer
	normal
	outAt, errAt, events int // how far its output was read
	turns                []turn
}

func (a *actor) turn(command string, events int) {
	a.t.Helper()
	u := turn{command: command}
	said := strings.ReplaceAll(command, "ADDR", a.addr) + "\n" + marks
	switch command {
	case "":
		said = marks
	case "quit":
		said = "quit\n"
	}
	if _, err := io.WriteString(a.in, said); err != nil {
		a.t.Fatal(err)
	}
	want := a.events + events
	if command == "quit" {
		a.wait(command, func() bool { return len(a.allEvents()) >= want })
		u.out = a.out.from(a.outAt)
	} else {
		u.out, u.errs = a.mark(command)
		// An event may come later, and change what the second mark says, such
		// as "Not connected"; after another all is settled.
		a.wait(command, func() bool { return len(a.allEvents()) >= want })
		if events > 0 {
			if _, err := io.WriteString(a.in, marks); err != nil {
				a.t.Fatal(err)
			}
			a.mark(command)
		}
	}
	for _, e := range a.allEvents()[a.events:] {
		u.events = append(u.events, a.text(strings.TrimSpace(e)))
	}
	if strings.HasPrefix(command, "removewatches") {
		slices.Sort(u.events) // zkCli tells them in the order of a Java hash of addresses
	}
	if len(u.events) != events {
		a.t.Errorf("%q: %d events %v, the script says %d", command, len(u.events), u.events, events)
	}
	a.events += len(u.events)
	u.out = a.text(event.ReplaceAllString(eventHead.ReplaceAllString(u.out, ""), ""))
	u.errs = a.text(u.errs)
	a.turns = append(a.turns, u)
}

func (a *actor) allEvents() []string { return event.FindAllString(a.out.from(0), -1) }

// mark waits for the marks and returns what comes before them.
func (a *actor) mark(command string) (out, errs string) {
	a.t.Helper()
	own := 0
	if command == "printwatches" {
		own = 1
	}
	a.wait(command, func() bool {
		out, errs = a.out.from(a.outAt), a.errs.from(a.errAt)
		at := outMark.FindAllStringIndex(out, -1)
		e := strings.Index(errs, errMark)
		if len(at) <= own || e < 0 {
			return false
		}
		a.outAt += at[own][1]
		a.errAt += e + len(errMark)
		out, errs = out[:at[own][0]], errs[:e]
		errs = errs[:strings.LastIndex(errs, usage)]
		errs = errs[:strings.LastIndexByte(errs, '\n')+1]
		return true
	})
	return out, errs
}

func (a *actor) wait(command string, for_ func() bool) {
	a.t.Helper()
	patience := time.NewTimer(60 * time.Second)
	defer patience.Stop()
	for !for_() {
		select {
		case <-a.out.news:
		case <-a.errs.news:
		case <-patience.C:
			a.t.Fatalf("%q: its output has no end\n--- out\n%s\n--- errors\n%s", command, a.out.from(a.outAt), a.errs.from(a.errAt))
		}
	}
}

// normal takes out what differs from run to run: addresses, times, sessions,
// and where the zxids begin. Three lines are the client's own: its version, how
// it is called, and that zkCli on Debian finds no JLine.
type normal struct {
	addr string
	base int64 // of the zxids; 0 until one was seen
}

var (
	zxidLine    = regexp.MustCompile(`(?m)^([cmp]Zxid) = 0x([0-9a-f]+)$`)
	timeLine    = regexp.MustCompile(`(?m)^([cm]time) = (Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d [A-Z0-9+-]+ 20\d\d$`)
	epochLine   = regexp.MustCompile(`(?m)^([cm]time) = [A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:00 [A-Z0-9+-]+ (1969|1970)$`)
	ownerLine   = regexp.MustCompile(`(?m)^ephemeralOwner = 0x[0-9a-f]{2,}$`)
	versionLine = regexp.MustCompile(`(?m)^ZooKeeper CLI version: .*$`)
	usageLine   = regexp.MustCompile(`(?m)^(ZooKeeper -server host:port -client-configuration properties-file cmd args|gubbo zk --server host:port command args)$`)
	jlineLine   = regexp.MustCompile(`(?m)^JLine support is disabled\n`)
)

func (n *normal) text(s string) string {
	s = strings.ReplaceAll(s, n.addr, "ADDR")
	s = timeLine.ReplaceAllString(s, "$1 = TIME")
	s = epochLine.ReplaceAllString(s, "$1 = EPOCH")
	s = ownerLine.ReplaceAllString(s, "ephemeralOwner = SESSION")
	s = versionLine.ReplaceAllString(s, "ZooKeeper CLI version: VERSION")
	s = usageLine.ReplaceAllString(s, "USAGE command args")
	s = jlineLine.ReplaceAllString(s, "")
	return zxidLine.ReplaceAllStringFunc(s, func(line string) string {
		m := zxidLine.FindStringSubmatch(line)
		z, err := strconv.ParseUint(m[2], 16, 64)
		if err != nil || z == 0 {
			return line
		}
		if n.base == 0 {
			n.base = int64(z)
		}
		return fmt.Sprintf("%s = ZXID%+d", m[1], int64(z)-n.base)
	})
}
