package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The module of a user who follows README.md: what README.md leaves out (the
// imports, the functions around, the service itself) is here.
const (
	userImports = `
import (
	"context"
	"fmt"

	"github.com/gubbo/gubbo/protocol/hessian"
)
`
	shopHead = `package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"example.com/shop/user"
	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/consumer"
	"github.com/gubbo/gubbo/monitor/report"
	"github.com/gubbo/gubbo/provider"
	"github.com/gubbo/gubbo/registry/zookeeper"
)

type service struct{}

func (*service) GetUser(_ context.Context, id int64) (*user.User, error) {
	if id != 42 {
		return nil, &user.NotFound{ID: id}
	}
	return &user.User{ID: id, Name: "Zaphod"}, nil
}
`
	// The same two halves without ZooKeeper, to run.
	shopMain = `
func main() {
	if err := try(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func try() error {
	ctx, leave := context.WithCancel(context.Background())
	defer leave()
	srv, err := provider.New(provider.Config{Application: "user-center", Listen: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	if err := user.RegisterUserService(srv, &service{}); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	<-srv.Ready()
	cli, err := consumer.New(consumer.Config{Application: "shop"})
	if err != nil {
		return err
	}
	users, err := user.NewUserServiceClient(cli, consumer.Direct(srv.URLs()[0].String()))
	if err != nil {
		return err
	}
	u, err := users.GetUser(ctx, 42)
	fmt.Println(u.Name, u.Age == nil, err)
	_, err = users.GetUser(ctx, 7)
	var missing *user.NotFound
	fmt.Println(errors.As(err, &missing), err)
	if err := cli.Close(); err != nil {
		return err
	}
	leave()
	return <-done
}
`
)

func TestReadmeInAModuleOfItsOwn(t *testing.T) {
	repo, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	contract, provide, consume := readmeExample(t, filepath.Join(repo, "README.md"))
	sum, err := os.ReadFile(filepath.Join(repo, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	m := userModule{t, t.TempDir()}
	m.write("go.mod", "module example.com/shop\n\ngo 1.26.0\n\nrequire github.com/gubbo/gubbo v0.0.0\n\nreplace github.com/gubbo/gubbo => "+repo+"\n")
	m.write("go.sum", string(sum))
	m.write("user/user.go", strings.Replace(contract, "package user\n", "package user\n"+userImports, 1))
	m.write("main.go", shopHead+
		"\nfunc Provide(ctx context.Context) error {\n"+provide+"\nreturn err\n}\n"+
		"\nfunc Consume(ctx context.Context) (*user.User, error) {\n"+consume+"\nreturn u, err\n}\n"+shopMain)

	m.run("get", "-tool", module+"/cmd/gubbo-gen")
	if out := m.run("generate", "./..."); out != "wrote user_gubbo.go\n" {
		t.Errorf("go generate says %q", out)
	}
	m.run("tool", "gubbo-gen", "-check", "./...")
	m.run("vet", "./...")
	want := "Zaphod true <nil>\ntrue "
	if out := m.run("run", "."); !strings.HasPrefix(out, want) || !strings.Contains(out, "no user 7") {
		t.Errorf("the program says %q, want %q and then the exception", out, want)
	}
}

const module = "github.com/gubbo/gubbo"

// readmeExample returns the Go code in README.md: the contract, and the code
// of the provider and of the consumer.
func readmeExample(t *testing.T, path string) (contract, provide, consume string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for i, part := range strings.Split(string(b), "```") {
		if code, ok := strings.CutPrefix(part, "go\n"); ok && i%2 == 1 {
			blocks = append(blocks, code)
		}
	}
	if len(blocks) < 2 {
		t.Fatalf("README.md has %d blocks of Go, want the contract and its use first", len(blocks))
	}
	provide, consume, ok := strings.Cut(blocks[1], "// the consumer\n")
	if !ok || !strings.Contains(provide, "provider.New") || !strings.Contains(consume, "consumer.New") {
		t.Fatal("README.md's second block of Go is not the provider, then the consumer")
	}
	return blocks[0], provide, consume
}

type userModule struct {
	t   *testing.T
	dir string
}

func (m userModule) write(name, text string) {
	m.t.Helper()
	path := filepath.Join(m.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		m.t.Fatal(err)
	}
}

// run runs the go command in the module, without a network, and returns what
// it printed.
func (m userModule) run(args ...string) string {
	m.t.Helper()
	cmd := exec.CommandContext(m.t.Context(), "go", args...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "GOTOOLCHAIN=local")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		m.t.Fatalf("go %s: %v\n%s%s", strings.Join(args, " "), err, stdout.Bytes(), stderr.Bytes())
	}
	return stdout.String()
}
