package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gubbo/gubbo/internal/zookeepertest"
)

// server is one that runs: gubbo's or a real one.
type server struct {
	addr string
	pid  int
	stop func() error
}

// kind is a way to start one in an empty directory.
type kind struct {
	name  string
	disk  bool // each acknowledged write is on disk
	start func(dir string) (*server, error)
}

// kinds returns ours and the real one, in memory (as far as the real one can:
// it writes, and does not wait for the disk) or on disk.
func kinds(program string, disk bool) [2]kind {
	return [2]kind{
		{"zkserver", disk, func(dir string) (*server, error) {
			if disk {
				return startOurs(program, "--data", dir)
			}
			return startOurs(program)
		}},
		{"3.8.0", disk, func(dir string) (*server, error) {
			force := "forceSync=no"
			if disk {
				force = "forceSync=yes"
			}
			return startReal(dir, force)
		}},
	}
}

// build makes the program that a user runs.
func build(dir string) (string, error) {
	program := filepath.Join(dir, "gubbo")
	cmd := exec.Command("go", "build", "-C", "..", "-trimpath", "-o", program, "./cmd/gubbo")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building gubbo: %w\n%s", err, out)
	}
	return program, nil
}

func startOurs(program string, args ...string) (*server, error) {
	cmd := exec.Command(program, append([]string{"registry", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{pid: cmd.Process.Pid, stop: func() error {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		return cmd.Wait()
	}}
	line, err := bufio.NewReader(out).ReadString('\n')
	_, rest, ok := strings.Cut(line, "zookeeper://")
	if err != nil || !ok {
		_ = s.stop()
		return nil, fmt.Errorf("gubbo registry says %q, %w", line, err)
	}
	s.addr, _, _ = strings.Cut(rest, " ")
	return s, nil
}

// startReal runs a real one with the heap of its own start script and without
// flags that make it small or slow.
func startReal(dir string, config ...string) (*server, error) {
	s, err := zookeepertest.Open(zookeepertest.Options{Dir: dir, Tick: 2 * time.Second, JVM: []string{"-Xmx1000m"}, Config: config})
	if err != nil {
		return nil, err
	}
	return &server{addr: s.Addr(), pid: s.Pid(), stop: s.Stop}, nil
}

// cpu is the processor time that the server has used.
func (s *server) cpu() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * (time.Second / 100) // the kernel's USER_HZ
}

// resident is the memory of the server in bytes.
func (s *server) resident() int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	for line := range strings.Lines(string(text)) {
		var kb int64
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kb); n == 1 {
			return kb << 10
		}
	}
	return 0
}
