package demo

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/gubbo/gubbo/examples/greet/load"
)

// message is a line that a child process prints for the lab. A child prints
// one when it is ready, a consumer one per second, and each one at its end.
type message struct {
	Ready bool `json:"ready,omitempty"`
	// Reporter is the name under which the child's statistics are stored.
	Reporter string                 `json:"reporter,omitempty"`
	Address  string                 `json:"address,omitempty"`
	Counts   map[string]load.Counts `json:"counts,omitempty"`
	Final    bool                   `json:"final,omitempty"`
	// Failure is the text of a call that failed, for people.
	Failure string `json:"failure,omitempty"`
}

// process is a child of the lab: this program again, with other arguments. It
// ends when its standard input is closed, so none outlives the lab.
type process struct {
	name   string
	cmd    *exec.Cmd
	stdin  io.Closer
	ready  chan struct{} // closed by read after the ready message
	gone   chan struct{} // closed when the process has ended and all is read
	killed bool          // set by kill, before gone; read after gone

	mu       sync.Mutex
	reporter string                 // guarded by mu
	address  string                 // guarded by mu
	counts   map[string]load.Counts // newest; guarded by mu
	final    bool                   // guarded by mu
	err      error                  // how it ended; guarded by mu
}

// start runs this program with args as a child called name. Lines that are no
// message, and failures, go to log.
func start(name string, args []string, log func(line string)) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("demo: the program's own file: %w", err)
	}
	p := &process{name: name, cmd: exec.Command(self, args...), ready: make(chan struct{}), gone: make(chan struct{})}
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("demo: %s: %w", name, err)
	}
	p.stdin = stdin
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("demo: %s: %w", name, err)
	}
	errs, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("demo: %s: %w", name, err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("demo: start %s: %w", name, err)
	}
	var readers sync.WaitGroup
	readers.Go(func() { p.read(out, log) })
	readers.Go(func() {
		lines := bufio.NewScanner(errs)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			log(lines.Text())
		}
		_, _ = io.Copy(io.Discard, errs) // behind a longer line: who writes must not wait for ever
	})
	go func() { // ends with the process; gone tells
		readers.Wait()
		err := p.cmd.Wait()
		p.mu.Lock()
		p.err = err
		p.mu.Unlock()
		close(p.gone)
	}()
	return p, nil
}

func (p *process) read(out io.Reader, log func(line string)) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var m message
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			log(lines.Text())
			continue
		}
		if m.Failure != "" {
			log(m.Failure)
		}
		p.mu.Lock()
		if m.Reporter != "" {
			p.reporter = m.Reporter
		}
		if m.Address != "" {
			p.address = m.Address
		}
		if m.Counts != nil {
			p.counts = m.Counts
		}
		p.final = p.final || m.Final
		p.mu.Unlock()
		if m.Ready {
			close(p.ready)
		}
	}
}

// waitReady returns when the child is ready, or why it is not after limit.
func (p *process) waitReady(limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.ready:
		return nil
	case <-p.gone:
		return fmt.Errorf("demo: %s ended before it was ready: %v", p.name, p.result())
	case <-timer.C:
		return fmt.Errorf("demo: %s is not ready after %s", p.name, limit)
	}
}

func (p *process) result() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

func (p *process) snapshot() (reporter string, counts map[string]load.Counts, final bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reporter, p.counts, p.final
}

// isGone reports whether the child has ended.
func (p *process) isGone() bool {
	select {
	case <-p.gone:
		return true
	default:
		return false
	}
}

// where is the address that the child gave.
func (p *process) where() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.address
}

// kill ends the child with SIGKILL and returns when it is gone.
func (p *process) kill() {
	p.killed = true
	_ = p.cmd.Process.Kill()
	<-p.gone
	_ = p.stdin.Close()
}

// stop asks the child to leave and returns when it is gone; a child that does
// not leave within limit is killed, which is an error.
func (p *process) stop(limit time.Duration) error {
	_ = p.stdin.Close()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.gone:
		if err := p.result(); err != nil {
			return fmt.Errorf("demo: %s: %w", p.name, err)
		}
		return nil
	case <-timer.C:
		p.kill()
		return fmt.Errorf("demo: %s did not leave within %s", p.name, limit)
	}
}
