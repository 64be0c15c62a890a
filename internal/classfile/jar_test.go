package classfile

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shop is a jar of internal/javaapi/testdata/java8, which javac made.
const shop = "../javaapi/testdata/shop.jar"

// classBytes returns the class files of shop by their names.
func classBytes(t testing.TB) map[string][]byte {
	t.Helper()
	z, err := zip.OpenReader(shop)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	files := make(map[string][]byte)
	for _, f := range z.File {
		name, ok := strings.CutSuffix(f.Name, ".class")
		if !ok {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[dotted(name)], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 10 {
		t.Fatalf("%s has only %d classes", shop, len(files))
	}
	return files
}

// entry is a file of a jar.
type entry struct {
	name string
	data []byte
}

func jar(t *testing.T, entries ...entry) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "api.jar")
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestJar(t *testing.T) {
	j, err := Open(shop, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range j.Names() {
		c, err := j.Class(name)
		if err != nil {
			t.Error(err)
		} else if c.Name != name || c.Where != shop+"!"+strings.ReplaceAll(name, ".", "/")+".class" {
			t.Errorf("class %q is %q at %q", name, c.Name, c.Where)
		}
	}
	if _, err := j.Class("com.acme.None"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no class: %v", err)
	}
}

func TestHostileJars(t *testing.T) {
	user := classBytes(t)["com.acme.user.User"]
	bomb := make([]byte, 3<<20)
	copy(bomb, user)
	whole, err := os.ReadFile(jar(t, entry{"a/A.class", user}))
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.jar")
	if err := os.WriteFile(cut, whole[:len(whole)-10], 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path, class string
		limits            Limits
		want              string
	}{
		{"no file", filepath.Join(t.TempDir(), "none.jar"), "", Limits{}, "no such file"},
		{"no jar", "jar.go", "", Limits{}, "jar.go is no jar that can be read"},
		{"cut", cut, "", Limits{}, "cut.jar is no jar that can be read"},
		{"too large", shop, "", Limits{Jar: 100}, "more than 100 bytes"},
		{"too many entries", shop, "", Limits{Entries: 3}, "more than the 3 that are taken"},
		{"twice", jar(t, entry{"a/A.class", user}, entry{"a/A.class", user}), "", Limits{}, "api.jar!a/A.class is there twice"},
		{"no path of a class", jar(t, entry{"../../A.class", user}), "", Limits{}, "is no path of a class"},
		{"a bomb", jar(t, entry{"com/acme/user/User.class", bomb}), "com.acme.user.User", Limits{}, "api.jar!com/acme/user/User.class: more than 2097152 bytes"},
		{"too much in all", shop, "com.acme.user.User", Limits{Total: 500}, "more than 500 bytes together"},
		{"another class", jar(t, entry{"a/A.class", user}), "a.A", Limits{}, `api.jar!a/A.class holds the class "com.acme.user.User"`},
		{"trailing bytes", jar(t, entry{"a/A.class", append(bytes.Clone(user), 0)}), "a.A", Limits{}, "api.jar!a/A.class: offset"},
	} {
		j, err := Open(c.path, c.limits)
		if err == nil && c.class != "" {
			_, err = j.Class(c.class)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}
