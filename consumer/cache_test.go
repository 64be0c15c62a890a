package consumer

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/api"
)

func TestCacheFile(t *testing.T) {
	c := cache{dir: filepath.Join(t.TempDir(), "a", "b"), log: slog.Default()}
	s := api.Service{Interface: "lab.greet.Greeter", Group: "g/x", Version: "1.0.0"}
	if urls, _, err := c.load(s); err != nil || urls != nil {
		t.Fatalf("without a file: %v, %v", urls, err)
	}
	u, err := api.ParseURL(url("10.0.0.1:1", "group=g/x&version=1.0.0&methods=a,b"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c.save(s, []api.URL{u, u.WithAddress("10.0.0.2", 2)})
	}
	urls, file, err := c.load(s)
	if err != nil || len(urls) != 2 || !urls[0].Equal(u) || urls[1].Address() != "10.0.0.2:2" {
		t.Fatalf("loaded %v, %v", urls, err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if list, _ := os.ReadDir(c.dir); len(list) != 1 {
		t.Errorf("files left over: %v", list)
	}

	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"cut short":      string(good[:len(good)-3]),
		"one bit off":    strings.Replace(string(good), "10.0.0.1", "10.0.0.7", 1),
		"empty":          "",
		"something else": "hello\nworld\n",
	} {
		if err := os.WriteFile(file, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if urls, _, err := c.load(s); err == nil || urls != nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v, %v", name, urls, err)
		}
	}
	other := s
	other.Version = "2"
	if err := os.WriteFile(c.file(other), good, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.load(other); err == nil || !strings.Contains(err.Error(), `"g/x/lab.greet.Greeter:1.0.0"`) {
		t.Errorf("the file of another service: %v", err)
	}
	long := api.Service{Interface: strings.Repeat("x", 4000)}
	c.save(long, []api.URL{u})
	if urls, _, err := c.load(long); err != nil || len(urls) != 1 {
		t.Errorf("a long name: %v, %v", urls, err)
	}
}

func TestCacheThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := cache{dir: file}
	if err := c.write(api.Service{Interface: "a"}, nil); err == nil {
		t.Error("a file was taken for a directory")
	}
}

func FuzzParseCache(f *testing.F) {
	f.Add([]byte("gubbo-providers 1 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"))
	f.Add([]byte("gubbo-providers 1 \n\n\n"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		_, _ = parseCache(api.Service{Interface: "a"}, data)
	})
}
