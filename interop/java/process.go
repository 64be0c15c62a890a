package java

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/gubbo/gubbo/internal/task"
)

// opens are the packages of java.base that Dubbo reflects on; JDK 17 hides
// them.
var opens = []string{"java.lang", "java.lang.reflect", "java.math", "java.util", "java.util.concurrent", "java.util.concurrent.atomic", "java.time", "java.io", "java.net", "java.nio"}

// Process is a running peer. It dies with the process that started it.
type Process struct {
	// Log is the file that has what the process wrote to its standard error.
	Log string

	cmd   *exec.Cmd
	stdin io.Closer
	task  task.Group

	mu     sync.Mutex
	rows   [][]string
	news   chan struct{} // closed and replaced at each row and at the end
	ended  bool
	status error // set before ended
}

// Start runs the peer with args, which Peer.java explains, and log as the name
// of a new file for its log. It returns at once.
func (k *Kit) Start(log string, args ...string) (*Process, error) {
	command := []string{"-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Ddubbo.service.shutdown.wait=1000",
		"-Duser.home=" + filepath.Dir(log)} // Dubbo keeps lists of providers there; those of another run must not help
	for _, p := range opens {
		command = append(command, "--add-opens", "java.base/"+p+"=ALL-UNNAMED")
	}
	command = append(command, "-cp", k.classpath, "lab.greet.peer.Peer")
	cmd := exec.Command("java", append(command, args...)...)
	cmd.SysProcAttr = dieWithParent()
	file, err := os.Create(log)
	if err != nil {
		return nil, fmt.Errorf("java: %w", err)
	}
	defer file.Close()
	cmd.Stderr = file
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("java: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("java: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("java: %w", err)
	}
	p := &Process{Log: log, cmd: cmd, stdin: stdin, news: make(chan struct{})}
	p.task.Go(func(context.Context) { p.read(stdout) })
	return p, nil
}

// read keeps the rows until the process has ended.
func (p *Process) read(stdout io.Reader) {
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		row := strings.Split(lines.Text(), "\t")
		p.tell(func() { p.rows = append(p.rows, row) })
	}
	status := p.cmd.Wait()
	p.tell(func() { p.ended, p.status = true, status })
}

func (p *Process) tell(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
	close(p.news)
	p.news = make(chan struct{})
}

// Await returns the first row that begins with the given fields, as soon as
// there is one.
func (p *Process) Await(ctx context.Context, fields ...string) ([]string, error) {
	for {
		p.mu.Lock()
		i := slices.IndexFunc(p.rows, func(row []string) bool {
			return len(row) >= len(fields) && slices.Equal(row[:len(fields)], fields)
		})
		news, ended, status := p.news, p.ended, p.status
		var row []string
		if i >= 0 {
			row = p.rows[i]
		}
		p.mu.Unlock()
		if row != nil {
			return row, nil
		}
		if ended {
			return nil, fmt.Errorf("java: the peer ended (%v) without a row %q; its log ends with\n%s", status, fields, p.Tail(20))
		}
		select {
		case <-news:
		case <-ctx.Done():
			return nil, fmt.Errorf("java: no row %q from the peer: %w; its log ends with\n%s", fields, ctx.Err(), p.Tail(20))
		}
	}
}

// Rows returns the rows so far.
func (p *Process) Rows() [][]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.rows)
}

// Wait waits for the end of the process and returns its status.
func (p *Process) Wait(ctx context.Context) error {
	select {
	case <-p.task.Idle():
	case <-ctx.Done():
		return fmt.Errorf("java: the peer did not end: %w; its log ends with\n%s", ctx.Err(), p.Tail(20))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

// Stop has a provider leave, by the end of its input, and waits for it.
func (p *Process) Stop(ctx context.Context) error {
	p.stdin.Close()
	return p.Wait(ctx)
}

// Kill ends the process by SIGKILL and waits for it.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	p.task.Wait()
}

// Tail returns the last n lines of the log.
func (p *Process) Tail(n int) string {
	data, err := os.ReadFile(p.Log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
