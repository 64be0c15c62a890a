package zkserver_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/registry/zkserver"
)

// crashDir makes this test binary be a server over that directory, for
// TestKilledServerKeepsWhatItAcknowledged to kill.
const crashDir = "GUBBO_ZKSERVER_CRASH_DIR"

func serveUntilKilled(dir string) {
	s, err := zkserver.New(zkserver.Config{Dir: dir, NoSync: true}) // the system outlives the kill
	if err != nil {
		fmt.Println("error", err)
		return
	}
	fmt.Println("serving", s.Addr())
	<-s.Done()
}

func TestKilledServerKeepsWhatItAcknowledged(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	acknowledged := map[string]bool{}
	rounds := 8
	for round := range rounds {
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), crashDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		addr, ok := strings.CutPrefix(strings.TrimSpace(line), "serving ")
		if err != nil || !ok {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			t.Fatalf("round %d: the server says %q, %v", round, line, err)
		}
		r := session(t, addr, 10*time.Second)
		for path := range acknowledged {
			if p := r.call(3, watchBody(path, false)); p.err != 0 {
				t.Errorf("round %d: %s was acknowledged and is gone", round, path)
			}
		}
		killer := time.AfterFunc(time.Duration(rand.IntN(60))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		for i := 0; ; i++ {
			path := fmt.Sprintf("/r%d-%d", round, i)
			p, err := r.try(1, createBody(path, []byte(path), worldAll, 0))
			if err != nil {
				break
			}
			if p.err == 0 {
				acknowledged[path] = true
			}
		}
		killer.Stop()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	if len(acknowledged) < rounds {
		t.Errorf("only %d writes in %d rounds: nothing was tried", len(acknowledged), rounds)
	}
	t.Logf("%d acknowledged writes survived %d kills", len(acknowledged), rounds)
}
