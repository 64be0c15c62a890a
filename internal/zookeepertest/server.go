package zookeepertest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Options say how servers run. The zero value works in tests.
type Options struct {
	// Dir holds configuration, data and log; Open needs it, tests get one.
	Dir string
	// Jar is the server's jar, whose manifest names the others;
	// "" is Debian's /usr/share/java/zookeeper.jar.
	Jar string
	// Tick is the tickTime: session timeouts are clamped to 2..20 ticks and
	// expire with about one tick's delay. 0 is 500 ms.
	Tick time.Duration
	// HeapMB is the -Xmx of each server in megabytes; 0 is 96.
	HeapMB int
	// Secure has the server speak TLS on a second port, see SecureAddr; Config
	// must name its key store and what it trusts.
	Secure bool
	// JVM replaces the JVM's flags by which a server starts fast and stays
	// small, -Xmx included; nil keeps them. A benchmark gives what users run with.
	JVM []string
	// Config holds more lines of zoo.cfg, "key=value".
	Config []string
}

// readyWithin is how long a server may take to serve on a busy machine.
const readyWithin = 90 * time.Second

// Server is one ZooKeeper process, or none while it is stopped. Its methods
// are for one goroutine.
type Server struct {
	o       Options
	port    int
	secure  int      // the TLS port, 0 for none
	quorum  []string // the "server.N=" lines of an ensemble
	id      int      // in the ensemble, from 1; 0 is standalone
	proc    *process
	version string
}

// Open starts one server in o.Dir and returns when it serves. The caller ends
// it with Stop or Kill; it also dies with this process.
func Open(o Options) (*Server, error) {
	var err error
	for range 5 {
		s := &Server{o: o}
		var ports []int
		if ports, err = freePorts(2); err != nil {
			return nil, err
		}
		s.port = ports[0]
		if o.Secure {
			s.secure = ports[1]
		}
		if err = s.Start(); err == nil {
			return s, nil
		}
		if !errors.Is(err, errPortTaken) {
			break
		}
	}
	return nil, err
}

// Addr returns "127.0.0.1:port"; it stays the same across restarts.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// SecureAddr is Addr for TLS; only with Options.Secure.
func (s *Server) SecureAddr() string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.secure))
}

// Version returns the version that the server itself told when it was last
// started, e.g. "3.8.0".
func (s *Server) Version() string { return s.version }

// Pid returns the process's id, 0 while there is none.
func (s *Server) Pid() int {
	if s.proc == nil {
		return 0
	}
	return s.proc.cmd.Process.Pid
}

// Running tells whether the process exists; a paused one does.
func (s *Server) Running() bool { return s.proc != nil && !s.proc.ended() }

// Start starts the server again on its port, with the data that it left, and
// returns when it serves. It does nothing if it runs already.
func (s *Server) Start() error {
	deadline := time.Now().Add(readyWithin)
	for {
		err := s.launch()
		if err == nil {
			err = s.waitReady(deadline)
		}
		if err == nil {
			return nil
		}
		_ = s.Kill()
		// The first start may look for another port; a restart may not, and what
		// took the port (a client's own end of a connection) goes away again.
		if s.version == "" || !errors.Is(err, errPortTaken) || time.Now().After(deadline) {
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// Stop ends the process by SIGTERM and keeps the data.
func (s *Server) Stop() error { return s.end(syscall.SIGTERM) }

// Kill ends the process by SIGKILL and keeps the data.
func (s *Server) Kill() error { return s.end(syscall.SIGKILL) }

// Pause stops the process by SIGSTOP: its ports accept and nothing answers.
func (s *Server) Pause() error { return s.signal(syscall.SIGSTOP) }

// Resume ends Pause.
func (s *Server) Resume() error { return s.signal(syscall.SIGCONT) }

// Wipe deletes the data of a stopped server.
func (s *Server) Wipe() error {
	if s.Running() {
		return fmt.Errorf("zookeepertest: %s runs; stop it before Wipe", s.Addr())
	}
	return os.RemoveAll(s.dataDir())
}

// ExpireSession ends the session with this id, as if it had timed out: its
// owner learns of it at its next connect.
func (s *Server) ExpireSession(id int64) error { return expireSession(s.Addr(), id) }

// Mode returns "standalone", "leader" or "follower", or an error while the
// server does not serve.
func (s *Server) Mode() (string, error) {
	_, mode, err := s.ask()
	return mode, err
}

func (s *Server) dataDir() string { return filepath.Join(s.o.Dir, "data") }
func (s *Server) logFile() string { return filepath.Join(s.o.Dir, "zookeeper.log") }

func (s *Server) end(sig syscall.Signal) error {
	if s.proc == nil {
		return nil
	}
	err := s.proc.end(sig)
	s.proc = nil
	return err
}

func (s *Server) signal(sig syscall.Signal) error {
	if !s.Running() {
		return fmt.Errorf("zookeepertest: %s is not running", s.Addr())
	}
	return s.proc.signal(sig)
}

// launch writes the configuration and starts the process.
func (s *Server) launch() error {
	if s.Running() {
		return nil
	}
	if s.o.Dir == "" {
		return errors.New("zookeepertest: Options.Dir is empty")
	}
	if err := os.MkdirAll(s.dataDir(), 0o755); err != nil {
		return err
	}
	tick, heap, jar := s.o.Tick, s.o.HeapMB, s.o.Jar
	if tick == 0 {
		tick = 500 * time.Millisecond
	}
	if heap == 0 {
		heap = 96
	}
	if jar == "" {
		jar = "/usr/share/java/zookeeper.jar"
	}
	lines := []string{
		fmt.Sprint("tickTime=", tick.Milliseconds()),
		"dataDir=" + s.dataDir(),
		fmt.Sprint("clientPort=", s.port),
		"clientPortAddress=127.0.0.1",
		"admin.enableServer=false",
		"4lw.commands.whitelist=*",
		"maxClientCnxns=0",
	}
	if s.id > 0 {
		lines = append(lines, "initLimit=20", "syncLimit=10", "standaloneEnabled=false")
		lines = append(lines, s.quorum...)
		if err := os.WriteFile(filepath.Join(s.dataDir(), "myid"), fmt.Appendf(nil, "%d\n", s.id), 0o644); err != nil {
			return err
		}
	}
	if s.secure > 0 {
		lines = append(lines, fmt.Sprint("secureClientPort=", s.secure), "secureClientPortAddress=127.0.0.1",
			"serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory")
	}
	lines = append(lines, s.o.Config...)
	cfg := filepath.Join(s.o.Dir, "zoo.cfg")
	if err := os.WriteFile(cfg, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		return err
	}
	args := s.o.JVM
	if args == nil {
		args = []string{fmt.Sprintf("-Xmx%dm", heap), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"}
	}
	args = append(slices.Clone(args),
		"-Djava.net.preferIPv4Stack=true", "-Dzookeeper.admin.enableServer=false",
		"-Dorg.slf4j.simpleLogger.showDateTime=true",
		"-cp", Classpath(jar),
		"org.apache.zookeeper.server.quorum.QuorumPeerMain", cfg)
	var err error
	s.proc, err = startProcess(s.logFile(), "java", args...)
	return err
}

// Classpath is what a JVM needs to run the server or a client of jar: the
// manifest names the jars it depends on, but for a logger and some that only
// TLS needs.
func Classpath(jar string) string {
	for _, more := range []string{"slf4j-simple", "netty-codec", "netty-resolver", "netty-transport-native-unix-common"} {
		jar += ":/usr/share/java/" + more + ".jar"
	}
	return jar
}

// errPortTaken is wrapped by what Start returns when another process got the
// port first.
var errPortTaken = errors.New("the port is taken")

// waitReady returns when the server answers srvr with its mode; ruok is
// answered before it serves.
func (s *Server) waitReady(deadline time.Time) error {
	for {
		version, _, err := s.ask()
		if err == nil {
			s.version = version
			return nil
		}
		if s.proc.ended() {
			log := tail(s.logFile(), 4000)
			if strings.Contains(log, "Address already in use") {
				return fmt.Errorf("zookeepertest: %s: %w", s.Addr(), errPortTaken)
			}
			return fmt.Errorf("zookeepertest: the server of %s exited; its log ends:\n%s", s.Addr(), log)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("zookeepertest: %s does not serve after %v (%w); its log ends:\n%s", s.Addr(), readyWithin, err, tail(s.logFile(), 4000))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// ask reads version and mode by the four-letter word srvr.
func (s *Server) ask() (version, mode string, err error) {
	text, err := FourLetter(s.Addr(), "srvr")
	if err != nil {
		return "", "", err
	}
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "Zookeeper version":
			version, _, _ = strings.Cut(value, ",")
			version, _, _ = strings.Cut(version, "-")
		case "Mode":
			mode = value
		}
	}
	if mode == "" {
		return "", "", fmt.Errorf("zookeepertest: %s answers srvr with %q", s.Addr(), text)
	}
	return version, mode, nil
}
