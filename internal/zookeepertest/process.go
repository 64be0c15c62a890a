package zookeepertest

import (
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// process is a child process that dies with this one.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when the process is gone
}

func startProcess(logFile, name string, args ...string) (*process, error) {
	log, err := os.Create(logFile)
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(name, args...), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = log, log
	dieWithParent(p.cmd)
	started := make(chan error)
	go func() {
		// The kernel ties a child's death to the thread that made it, so this
		// thread must not be given back while the child lives.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		_ = log.Close()
		started <- err
		if err == nil {
			_ = p.cmd.Wait() // how it ended is the log's to tell
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *process) signal(sig syscall.Signal) error { return p.cmd.Process.Signal(sig) }

// end sends sig and waits; what ignores it for 15 s is killed.
func (p *process) end(sig syscall.Signal) error {
	if p.ended() {
		return nil
	}
	if err := p.signal(sig); err != nil && !p.ended() {
		return err
	}
	_ = p.signal(syscall.SIGCONT) // a paused process takes SIGTERM only when it goes on
	select {
	case <-p.done:
		return nil
	case <-time.After(15 * time.Second):
	}
	if err := p.signal(syscall.SIGKILL); err != nil && !p.ended() {
		return err
	}
	<-p.done
	return nil
}

func tail(file string, n int) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-n):])
}
