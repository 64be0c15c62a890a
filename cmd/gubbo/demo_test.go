package main

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/cmd/gubbo/demo"
	"github.com/gubbo/gubbo/internal/zookeepertest"
)

// lab runs the demo for d and returns what it printed.
func lab(t *testing.T, c demo.Config, d time.Duration) (string, error) {
	t.Helper()
	var out strings.Builder
	c.OpenRegistry, c.Out, c.HTTP, c.Duration = openRegistry, &out, "127.0.0.1:0", d
	err := demo.Run(t.Context(), c)
	return out.String(), err
}

func TestDemoUnderChaos(t *testing.T) {
	out, err := lab(t, demo.Config{Chaos: true}, demoLength)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"chaos: killed provider-1", "(killed): the monitor shows a gap", "(idempotent): ", "every comparison holds"} {
		if !strings.Contains(out, want) {
			t.Errorf("the demo did not print %q:\n%s", want, out)
		}
	}
}

// One call more in one stored row is seen.
func TestDemoSeesASpoiltRow(t *testing.T) {
	out, err := lab(t, demo.Config{BeforeVerify: addOne}, 4*time.Second)
	if err == nil || !strings.Contains(err.Error(), "1 comparisons do not hold") {
		t.Fatalf("a row with one call too many: %v\n%s", err, out)
	}
}

// addOne adds one success to one row of the store in dir.
func addOne(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no store in %s: %v", dir, err)
	}
	db, err := sql.Open("sqlite", files[len(files)-1])
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(context.Background(), `UPDATE stat SET success = success + 1 WHERE (minute, series, reporter) IN (SELECT minute, series, reporter FROM stat LIMIT 1)`)
	return err
}

// Who leaves before the demo ends, as head does, leaves nothing behind.
func TestDemoEndsWithItsReader(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), self, "demo", "--http", "127.0.0.1:0", "--duration", "5m")
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "registry ") {
		t.Errorf("it begins with %q, %v", line, err)
	}
	folders := func() []string {
		names, err := filepath.Glob(filepath.Join(dir, "gubbo-demo-*"))
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	if len(folders()) != 1 {
		t.Errorf("its folders are %q, want one", folders())
	}
	out.Close()
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() < 0 {
		t.Errorf("a signal ended it: %v", err)
	}
	if left := folders(); len(left) > 0 {
		t.Errorf("it left %q", left)
	}
}

// The same on a real ensemble whose leader is killed in the middle.
func TestDemoOnAnEnsembleThatLosesItsLeader(t *testing.T) {
	ensemble := zookeepertest.StartEnsemble(t, 3, zookeepertest.Options{})
	killed := make(chan error, 1)
	timer := time.AfterFunc(demoLength/2, func() {
		_, err := ensemble.KillLeader()
		killed <- err
	})
	defer timer.Stop()
	out, err := lab(t, demo.Config{Registry: "zookeeper://" + ensemble.Addr()}, demoLength)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := <-killed; err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, "every comparison holds") {
		t.Errorf("the demo's end is missing:\n%s", out)
	}
	t.Logf("the demo on an ensemble without its leader:\n%s", out[strings.Index(out, "the monitor's rows"):])
}
