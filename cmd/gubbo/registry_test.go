package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/gubbo/gubbo/internal/testcert"
)

// registryLines runs gubbo registry with args until the test ends and returns
// the lines that it prints first.
func registryLines(t *testing.T, n int, args ...string) (lines []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, w := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"registry"}, args...), strings.NewReader(""), w, w)
		_ = w.Close()
	}()
	t.Cleanup(func() {
		cancel()
		_, _ = io.Copy(io.Discard, out)
		if code := <-ended; code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
	in := bufio.NewReader(out)
	for range n {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatalf("after %q: %v", lines, err)
		}
		lines = append(lines, line)
	}
	return lines
}

type quietLog struct{}

func (quietLog) Printf(string, ...any) {}

func TestRegistryWithEveryFlag(t *testing.T) {
	authority := testcert.New(t)
	server := authority.Write(t, authority.Issue(t, testcert.Name("server")))
	super := filepath.Join(t.TempDir(), "super")
	if err := os.WriteFile(super, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	lines := registryLines(t, 3, "--listen", "127.0.0.1:0", "--data", t.TempDir(),
		"--tls-listen", "127.0.0.1:0", "--tls-cert", server.Cert, "--tls-key", server.Key, "--tls-client-ca", server.CA,
		"--acl", "world:anyone:r,x509:CN=provider:cdrwa", "--super", super, "--4lw", "srvr,ruok", "--metrics", ":0")
	plain := strings.TrimPrefix(strings.Fields(lines[0])[2], "zookeeper://")
	secure := strings.Fields(lines[1])[2]
	metrics := strings.Fields(lines[2])[2]
	if !strings.HasPrefix(metrics, "http://127.0.0.1:") {
		t.Errorf("metrics leave loopback without being told: %s", metrics)
	}

	config := &tls.Config{RootCAs: authority.Pool(), Certificates: []tls.Certificate{authority.Issue(t, testcert.Name("provider"))}}
	client := func(addr string, dial zk.Dialer) *zk.Conn {
		t.Helper()
		c, _, err := zk.Connect([]string{addr}, 10*time.Second, zk.WithDialer(dial), zk.WithLogger(quietLog{}))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
	provider := client(secure, func(network, address string, _ time.Duration) (net.Conn, error) {
		return tls.Dial(network, address, config)
	})
	if _, err := provider.Create("/dubbo", nil, 0, zk.WorldACL(zk.PermAll)); err != nil {
		t.Errorf("who has the certificate creates: %v", err)
	}
	stranger := client(plain, net.DialTimeout)
	if _, err := stranger.Create("/other", nil, 0, zk.WorldACL(zk.PermAll)); err != zk.ErrNoAuth {
		t.Errorf("a stranger creates: %v", err)
	}
	if err := stranger.AddAuth("digest", []byte("super:secret")); err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Create("/other", nil, 0, zk.WorldACL(zk.PermAll)); err != nil {
		t.Errorf("super creates: %v", err)
	}

	for word, want := range map[string]string{"ruok": "imok", "mntr": "not in the whitelist"} {
		nc, err := net.Dial("tcp", plain)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(nc, word)
		text, err := io.ReadAll(nc)
		_ = nc.Close()
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %q, %v", word, text, err)
		}
	}

	resp, err := http.Get(metrics)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(text), "\nznode_count 7\n") || !strings.Contains(string(text), "\nglobal_sessions 2\n") {
		t.Errorf("metrics: %v\n%s", err, text)
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestRegistryAnswersOneWordByDefault(t *testing.T) {
	line := registryLines(t, 1, "--listen", "127.0.0.1:0")[0]
	nc, err := net.Dial("tcp", strings.TrimPrefix(strings.Fields(line)[2], "zookeeper://"))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	_, _ = io.WriteString(nc, "ruok")
	if text, err := io.ReadAll(nc); err != nil || !strings.Contains(string(text), "whitelist") {
		t.Errorf("ruok: %q, %v", text, err)
	}
}
