package zkserver_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/registry/zkserver"
)

// victimEnv makes this test binary be a server that a test kills.
const victimEnv = "GUBBO_ZKSERVER_VICTIM"

// victimSpec says what a victim does, in JSON in its environment.
type victimSpec struct {
	Dir      string
	NoSync   bool
	After    int64  // bytes of log after which it takes a snapshot; 0 is the default
	FileSize uint64 // no file may grow beyond it; 0 is no limit
	Tmpfs    string // size of a file system of its own at Dir; "" for none
	Inject   string // what strace does to it, "" for nothing
}

// beVictim serves until it is killed or its parent is gone. A server that
// ended by itself is followed by another one.
func beVictim(spec string) {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	var v victimSpec
	err := json.Unmarshal([]byte(spec), &v)
	if err == nil && v.Tmpfs != "" {
		err = mountTmpfs(v.Dir, v.Tmpfs)
	}
	if err == nil && v.FileSize > 0 {
		err = limitFiles(v.FileSize)
	}
	for err == nil {
		cfg := zkserver.Config{Dir: v.Dir, NoSync: v.NoSync}
		zkserver.SnapshotAfter(&cfg, v.After)
		var s *zkserver.Server
		if s, err = zkserver.New(cfg); err != nil {
			break
		}
		fmt.Println("serving", s.Addr())
		<-s.Done()
		fmt.Println("ended", s.Close())
	}
	fmt.Println("error", err)
}

// victim is such a process.
type victim struct {
	t   testing.TB
	cmd *exec.Cmd
	in  io.Closer
	out *bufio.Reader
	log strings.Builder // what it says on standard error; to be read after kill
}

func startVictim(t testing.TB, spec victimSpec) *victim {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	v := &victim{t: t, cmd: exec.Command(self)}
	if spec.Inject != "" {
		v.cmd = exec.Command("strace", "-f", "-qq", "-o", os.DevNull, "-e", "inject="+spec.Inject, self)
	}
	v.cmd.Env = append(os.Environ(), victimEnv+"="+string(text))
	v.cmd.Stderr = &v.log
	if spec.Tmpfs != "" {
		ownMounts(v.cmd)
	}
	in, err := v.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := v.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.kill)
	v.in, v.out = in, bufio.NewReader(out)
	return v
}

// says returns what follows word in the victim's next line.
func (v *victim) says(word string) string {
	v.t.Helper()
	rest, err := v.line(word)
	if err != nil {
		v.kill()
		v.t.Fatalf("%v; its log:\n%s", err, v.log.String())
	}
	return rest
}

// line is says for a victim that may be dead.
func (v *victim) line(word string) (string, error) {
	line, err := v.out.ReadString('\n')
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), word+" ")
	if err == nil && !ok {
		err = errWrong
	}
	if err != nil {
		err = fmt.Errorf("the server says %q, want %q: %w", line, word, err)
	}
	return rest, err
}

// kill returns when the victim is gone.
func (v *victim) kill() {
	v.stop()
	_ = v.cmd.Wait()
}

// stop is kill without the wait.
func (v *victim) stop() {
	_ = v.cmd.Process.Kill()
	_ = v.in.Close() // if that was strace, the victim itself ends of this
}
