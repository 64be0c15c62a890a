package interop

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	greet "github.com/gubbo/gubbo/examples/greet/api"
	"github.com/gubbo/gubbo/internal/require"
	"github.com/gubbo/gubbo/internal/zookeepertest"
	"github.com/gubbo/gubbo/registry"
)

// A Java provider that is killed by SIGKILL fails no idempotent call of a Go
// consumer that has another provider, a Go one; its node goes with its session
// and `gubbo ls` shows it before and not after.
func TestJavaProviderKilled(t *testing.T) {
	require.ZooKeeper(t)
	if !namespaced(t) {
		return
	}
	zk := zookeepertest.Start(t, zookeepertest.Options{})
	address := "zookeeper://" + zk.Addr()
	l := newLab(t)
	reg := open(t, address)
	port := freePort(t)
	peer, name := l.start("3.3.6", "provider", port, "-", address)
	if _, err := peer.Await(l.ctx, "READY"); err != nil {
		t.Fatal(err)
	}
	goes := l.goProvider(reg, "")

	lists := make(chan []api.URL, 16)
	sub, err := reg.Subscribe(registry.Query{Service: api.Service{Interface: "lab.greet.GreetService"}}, func(s registry.Snapshot) { lists <- s.Providers })
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	awaitProviders(t, l.ctx, lists, 2)

	cli, err := consumer.New(consumer.Config{Application: "go-consumer", Registry: reg, Advertise: "127.0.0.1", CheckWait: 10 * time.Second, Timeout: 8 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer cli.Close()
	c, err := greet.NewGreetServiceClient(cli)
	if err != nil {
		t.Fatal(err)
	}
	javaAddress, goAddress := "127.0.0.1:"+port, strings.TrimPrefix(goes.address, "dubbo://")
	answered := make(map[string]int)
	call := func() {
		t.Helper()
		var info consumer.CallInfo
		if _, err := c.With(consumer.Capture(&info)).SayHello(l.ctx, "Ada"); err != nil {
			t.Errorf("after the calls %v: %v", answered, err)
		}
		answered[info.Peer]++
	}
	for answered[javaAddress] < 20 || answered[goAddress] < 20 {
		if call(); t.Failed() {
			return
		}
	}
	gubbo := filepath.Join(t.TempDir(), "gubbo")
	build := exec.CommandContext(l.ctx, "go", "build", "-o", gubbo, "./cmd/gubbo")
	build.Dir = ".." // the command's own module
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out := ls(t, gubbo, address); !strings.Contains(out, javaAddress) || !strings.Contains(out, goAddress) {
		t.Errorf("gubbo ls shows\n%s\nwant %s and %s", out, javaAddress, goAddress)
	}

	peer.Kill()
	clear(answered)
	for range 200 {
		call()
	}
	if answered[javaAddress] > 0 || answered[goAddress] != 200 {
		t.Errorf("after the kill the calls went to %v, want %s", answered, goAddress)
	}
	start := time.Now()
	awaitProviders(t, l.ctx, lists, 1)
	t.Logf("%s was killed; its node went after %v", name, time.Since(start).Round(time.Millisecond))
	if out := ls(t, gubbo, address); strings.Contains(out, javaAddress) || !strings.Contains(out, goAddress) {
		t.Errorf("after the kill gubbo ls shows\n%s\nwant only %s", out, goAddress)
	}
}

func awaitProviders(t *testing.T, ctx context.Context, lists <-chan []api.URL, want int) {
	t.Helper()
	for {
		select {
		case urls := <-lists:
			if len(urls) == want {
				return
			}
		case <-ctx.Done():
			t.Fatalf("the list never had %d providers", want)
		}
	}
}

func ls(t *testing.T, gubbo, address string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), gubbo, "ls", "--registry", address).CombinedOutput()
	if err != nil {
		t.Errorf("gubbo ls: %v\n%s", err, out)
	}
	return string(out)
}
