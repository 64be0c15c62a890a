// Package kazoo runs the test suite of kazoo, the ZooKeeper client for Python,
// against any server. It needs a Python 3 with venv and pip, and the network
// once; what it fetched lies in the user's cache directory after that.
package kazoo

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Version is kazoo's. Its source package has the suite.
const Version = "2.11.0"

//go:embed requirements.txt
var requirements []byte

//go:embed one_server.py
var plugin []byte

// Kit is the suite with all that it needs.
type Kit struct{ dir string }

// Build returns the suite. It fetches what is not in the cache.
func Build(ctx context.Context) (*Kit, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("kazoo: %w", err)
	}
	sum := sha256.Sum256(append(requirements, plugin...))
	dir := filepath.Join(cache, "gubbo", "kazoo", Version+"-"+hex.EncodeToString(sum[:])[:12])
	if _, err := os.Stat(dir); err == nil {
		return &Kit{dir}, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, fmt.Errorf("kazoo: %w", err)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "building-")
	if err != nil {
		return nil, fmt.Errorf("kazoo: %w", err)
	}
	defer os.RemoveAll(tmp)
	for name, data := range map[string][]byte{"requirements.txt": requirements, "one_server.py": plugin} {
		if err := os.WriteFile(filepath.Join(tmp, name), data, 0o644); err != nil {
			return nil, fmt.Errorf("kazoo: %w", err)
		}
	}
	archive := "kazoo-" + Version + ".tar.gz"
	for _, command := range [][]string{
		{"python3", "-m", "venv", "venv"},
		{"venv/bin/python", "-m", "pip", "-q", "install", "-r", "requirements.txt"},
		{"venv/bin/python", "-m", "pip", "-q", "download", "--no-deps", "--no-binary", ":all:", "kazoo==" + Version},
		{"python3", "-m", "tarfile", "-e", archive, "."},
	} {
		cmd := exec.CommandContext(ctx, command[0], command[1:]...)
		cmd.Dir = tmp
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("kazoo: %q: %w\n%s", command, err, bytes.TrimSpace(out))
		}
	}
	if err := os.Rename(tmp, dir); err != nil {
		if _, there := os.Stat(dir); there != nil { // else another build was faster
			return nil, fmt.Errorf("kazoo: %w", err)
		}
	}
	return &Kit{dir}, nil
}

// Server is what the suite meets. It stops and starts it at times.
type Server interface {
	Addr() string
	Stop() error
	Start() error
}

// Secure is a Server with a TLS port.
type Secure interface {
	Server
	TLSAddr() string
	// Client names the PEM files of a certificate that the server takes, of its
	// key, and of the authority of the server's own.
	Client() (key, cert, authority string)
}

// Run runs the tests that args choose, as pytest takes them, at s, and returns
// how each ended: "passed", "skipped", or else why it failed. log is the name
// of a new file for what pytest prints. A test that fails is no error.
func (k *Kit) Run(ctx context.Context, s Server, log string, args ...string) (map[string]string, error) {
	control, err := listen(s)
	if err != nil {
		return nil, err
	}
	defer control.Close()
	out, err := os.Create(log)
	if err != nil {
		return nil, fmt.Errorf("kazoo: %w", err)
	}
	defer out.Close()
	report := log + ".xml"
	cmd := exec.CommandContext(ctx, filepath.Join(k.dir, "venv/bin/python"), append([]string{
		"-m", "pytest", "-p", "one_server", "-p", "no:cacheprovider", "-o", "log_cli=false", "--timeout", "120", "--junitxml", report}, args...)...)
	cmd.Dir = filepath.Join(k.dir, "kazoo-"+Version)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH="+k.dir, "ZOOKEEPER_VERSION=3.8.0", "CI=1",
		"GUBBO_KAZOO_SERVER="+s.Addr(), "GUBBO_KAZOO_CONTROL=http://"+control.addr+"/")
	if s, ok := s.(Secure); ok {
		key, cert, authority := s.Client()
		cmd.Env = append(cmd.Env, "GUBBO_KAZOO_SECURE="+strings.Join([]string{s.TLSAddr(), key, cert, authority}, ","))
	}
	cmd.Stdout, cmd.Stderr = out, out
	ran := cmd.Run() // not nil if a test failed
	data, err := os.ReadFile(report)
	if err != nil {
		return nil, fmt.Errorf("kazoo: %w (pytest: %w; see %s)", err, ran, log)
	}
	return parse(data)
}

// control stops and starts the server for the suite.
type control struct {
	*http.Server
	addr string
	done chan struct{}
}

func listen(s Server) (*control, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("kazoo: %w", err)
	}
	mux := http.NewServeMux()
	for path, do := range map[string]func() error{"POST /stop": s.Stop, "POST /start": s.Start} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			if err := do(); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		})
	}
	c := &control{&http.Server{Handler: mux}, ln.Addr().String(), make(chan struct{})}
	go func() {
		defer close(c.done)
		_ = c.Serve(ln)
	}()
	return c, nil
}

func (c *control) Close() {
	_ = c.Server.Close()
	<-c.done
}

// parse reads pytest's report.
func parse(data []byte) (map[string]string, error) {
	type trouble struct {
		Message string `xml:"message,attr"`
	}
	var report struct {
		Cases []struct {
			Class   string   `xml:"classname,attr"`
			Name    string   `xml:"name,attr"`
			Failure *trouble `xml:"failure"`
			Error   *trouble `xml:"error"`
			Skipped *trouble `xml:"skipped"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal(data, &report); err != nil {
		return nil, fmt.Errorf("kazoo: pytest's report: %w", err)
	}
	results := make(map[string]string, len(report.Cases))
	for _, c := range report.Cases {
		result := "passed"
		switch {
		case c.Error != nil:
			result = "error: " + c.Error.Message
		case c.Failure != nil:
			result = "failed: " + c.Failure.Message
		case c.Skipped != nil:
			result = "skipped"
		}
		results[c.Class+"."+c.Name] = result
	}
	return results, nil
}
