// Package process runs a peer of the interop tests: a program that prints rows
// of fields between tabs and ends with its input. Java's Peer says which rows;
// every other peer prints the same.
package process

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"

	"github.com/gubbo/gubbo/internal/task"
)

// Process is a running peer. It dies with the process that started it.
type Process struct {
	// Log is the file that has what the process wrote to its standard error.
	Log string

	cmd   *exec.Cmd
	stdin io.WriteCloser
	task  task.Group

	mu     sync.Mutex
	rows   [][]string
	news   chan struct{} // closed and replaced at each row and at the end
	ended  bool
	status error // set before ended
}

// Start starts cmd, which has no standard streams yet, with log as the name of
// a new file for its standard error. It returns at once.
func Start(cmd *exec.Cmd, log string) (*Process, error) {
	cmd.SysProcAttr = DieWithParent()
	file, err := os.Create(log)
	if err != nil {
		return nil, fmt.Errorf("process: %w", err)
	}
	defer file.Close()
	cmd.Stderr = file
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("process: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("process: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("process: %w", err)
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
			return nil, fmt.Errorf("process: the peer ended (%v) without a row %q; its log ends with\n%s", status, fields, p.Tail(20))
		}
		select {
		case <-news:
		case <-ctx.Done():
			return nil, fmt.Errorf("process: no row %q from the peer: %w; its log ends with\n%s", fields, ctx.Err(), p.Tail(20))
		}
	}
}

// Ask writes a line to the peer's input and returns the row that it answers
// with, which Rows does not keep. The peer's first row, PEER, is no answer. One asks
// at a time.
func (p *Process) Ask(ctx context.Context, line string) ([]string, error) {
	if _, err := io.WriteString(p.stdin, line+"\n"); err != nil {
		return nil, fmt.Errorf("process: %w", err)
	}
	for {
		p.mu.Lock()
		var row []string
		if len(p.rows) > 1 {
			row = p.rows[1]
			p.rows = slices.Delete(p.rows, 1, 2)
		}
		news, ended, status := p.news, p.ended, p.status
		p.mu.Unlock()
		switch {
		case row != nil:
			return row, nil
		case ended:
			return nil, fmt.Errorf("process: the peer ended (%v) without an answer; its log ends with\n%s", status, p.Tail(20))
		}
		select {
		case <-news:
		case <-ctx.Done():
			return nil, fmt.Errorf("process: no answer from the peer: %w", ctx.Err())
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
		return fmt.Errorf("process: the peer did not end: %w; its log ends with\n%s", ctx.Err(), p.Tail(20))
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

// Signal sends the process a signal, such as SIGSTOP.
func (p *Process) Signal(s os.Signal) error {
	if err := p.cmd.Process.Signal(s); err != nil {
		return fmt.Errorf("process: %w", err)
	}
	return nil
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
