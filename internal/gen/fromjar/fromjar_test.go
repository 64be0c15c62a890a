package fromjar

import (
	"archive/zip"
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/internal/gen/drift"
	"github.com/gubbo/gubbo/internal/javaapi"
	"github.com/gubbo/gubbo/internal/javaapi/javatest"
)

const (
	shop   = "../../javaapi/testdata/shop.jar"
	golden = "testdata/shop.go.txt"
)

var update = flag.Bool("update", false, "write testdata anew")

func TestShop(t *testing.T) {
	r, err := Generate(Options{Jars: []string{shop}, Package: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, r.Source, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(r.Source, want) {
		t.Errorf("the contract is not %s; look at what go test -update changes", golden)
	}
	if got := strings.Join(r.Services, " "); got != "com.acme.shop.StockService com.acme.user.UserService" {
		t.Errorf("services %s", got)
	}
	if r.LeftOut["com.acme.base.Crud"] != "com.acme.user.UserService extends it" || len(r.LeftOut) != 2 {
		t.Errorf("left out %q", r.LeftOut)
	}
}

// What is written compiles with what the generator makes of it, and has not
// drifted from the jar. So it is with each Java that we can compile for.
func TestRoundTrip(t *testing.T) {
	module := t.TempDir()
	repo, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(repo, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(module, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module example.com/shop\n\ngo 1.26.0\n\nrequire github.com/gubbo/gubbo v0.0.0\n\nreplace github.com/gubbo/gubbo => "+repo+"\n")
	write("go.sum", string(sum))
	agree := func(jar, dir string, services ...string) {
		t.Helper()
		dir = filepath.Join(module, dir)
		var out bytes.Buffer
		o := WriteOptions{Options: Options{Jars: []string{jar}, Services: services}, Dir: dir, Out: &out}
		if err := Write(o); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "wrote "+filepath.Join(dir, filepath.Base(dir)+"_gubbo.go")) {
			t.Errorf("it says %s", out.String())
		}
		lib, err := javaapi.Open(jar)
		if err != nil {
			t.Fatal(err)
		}
		r, err := drift.Compare(lib, dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Differences) > 0 || r.Services == 0 || r.Methods < 2 {
			t.Errorf("%s: %d services, %d methods, differences %s", dir, r.Services, r.Methods, r.Differences)
		}
	}
	agree(shop, "shop")
	agree(shop, "crud", "com.acme.base.Crud") // its type variables stand for nothing
	vet := func() {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "go", "vet", "./...")
		cmd.Dir = module
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "GOTOOLCHAIN=local")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go vet: %v\n%s", err, out)
		}
	}
	vet()
	t.Run("java 17", func(t *testing.T) {
		agree(javatest.Jar(t, 17, "../../javaapi/testdata/java17"), "modern")
		vet()
	})
}

func TestWriteKeepsWhatIsThere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "stock-api")
	o := WriteOptions{Options: Options{Jars: []string{shop}, Services: []string{"com.acme.shop.StockService"}}, Dir: dir}
	if err := Write(o); err != nil {
		t.Fatal(err)
	}
	if err := Write(o); err != nil {
		t.Errorf("the same again: %v", err)
	}
	path := filepath.Join(dir, "stockapi.go")
	mine, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	mine = append(mine, "\n// mine\n"...)
	if err := os.WriteFile(path, mine, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := Write(o); err == nil || !strings.Contains(err.Error(), "stockapi.go is there and differs") {
		t.Errorf("over an edited file: %v", err)
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, mine) {
		t.Errorf("the edited file was changed: %v", err)
	}
	o.Force = true
	if err := Write(o); err != nil {
		t.Error(err)
	}
	if now, err := os.ReadFile(path); err != nil || bytes.Equal(now, mine) {
		t.Errorf("--force changed nothing: %v", err)
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"no jar", Options{Package: "x"}, "no jar given"},
		{"no package", Options{Jars: []string{shop}, Package: "a-b"}, `"a-b" is no name of a Go package; give one with --package`},
		{"no such service", Options{Jars: []string{shop}, Package: "x", Services: []string{"com.acme.None"}}, "class com.acme.None is not in " + shop + "; add its jar with --from"},
		{"a class", Options{Jars: []string{shop}, Package: "x", Services: []string{"com.acme.shop.Circle"}}, "com.acme.shop.Circle is no interface"},
		{"skip nothing", Options{Jars: []string{shop}, Package: "x", Skip: []string{"com.acme.user.UserService.fnd"}}, "--skip com.acme.user.UserService.fnd: nothing that is written has that name"},
	} {
		if _, err := Generate(c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

func TestSkip(t *testing.T) {
	r, err := Generate(Options{Jars: []string{shop}, Package: "x", Services: []string{"com.acme.user.UserService"},
		Skip: []string{"com.acme.user.UserService.find", "com.acme.user.User.kind", "com.acme.base.Crud.each"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{"find", "Each(", "\tKind  "} {
		if strings.Contains(string(r.Source), gone) {
			t.Errorf("%q was not left out", gone)
		}
	}
}

// What Go cannot say is an error that names the class, the member and the way
// out, all of them at once.
func TestWhatCannotBeMapped(t *testing.T) {
	jar := javatest.Jar(t, 8, "testdata/java")
	_, err := Generate(Options{Jars: []string{jar}, Package: "x"})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"com.acme.odd.OddService.watch: parameter 1: streams (com.acme.odd.StreamObserver) are not supported; change it in Java, or leave it out with --skip com.acme.odd.OddService.watch",
		"com.acme.odd.Odd.follower: streams (com.acme.odd.StreamObserver) are not supported; change it in Java, or leave it out with --skip com.acme.odd.Odd.follower",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q:\n%v", want, err)
		}
	}
	r, err := Generate(Options{Jars: []string{jar}, Package: "x", Skip: []string{"com.acme.odd.OddService.watch", "com.acme.odd.Odd.follower"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.LeftOut["com.acme.odd.Marker"]; got != "it has no methods" || slices.Contains(r.Services, "com.acme.odd.Marker") {
		t.Errorf("the interface without methods: %q, services %s", got, r.Services)
	}
	if want := "Cube [][][]int32   `java:\"cube,type=int[][][]\"`"; !strings.Contains(string(r.Source), want) {
		t.Errorf("the source lacks %s:\n%s", want, r.Source)
	}
}

// Classes may lie in several jars; one that is missing is named with the flag.
func TestSeveralJars(t *testing.T) {
	api, base := filepath.Join(t.TempDir(), "api.jar"), filepath.Join(t.TempDir(), "base.jar")
	split(t, api, func(name string) bool { return !strings.HasPrefix(name, "com/acme/base/") })
	split(t, base, func(name string) bool { return strings.HasPrefix(name, "com/acme/base/") })
	services := []string{"com.acme.user.UserService", "com.acme.shop.StockService"}
	_, err := Generate(Options{Jars: []string{api}, Package: "x", Services: services})
	if want := "interface com.acme.user.UserService extends com.acme.base.Crud: class com.acme.base.Crud is not in " + api + "; add its jar with --from"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
	both, err := Generate(Options{Jars: []string{api, base}, Package: "x", Services: services})
	if err != nil {
		t.Fatal(err)
	}
	one, err := Generate(Options{Jars: []string{shop}, Package: "x", Services: services})
	if err != nil {
		t.Fatal(err)
	}
	_, a, _ := bytes.Cut(both.Source, []byte("package x"))
	_, b, _ := bytes.Cut(one.Source, []byte("package x"))
	if !bytes.Equal(a, b) {
		t.Error("two jars make another contract than one")
	}
}

// split writes the entries of shop that keep names into a jar.
func split(t *testing.T, path string, keep func(name string) bool) {
	t.Helper()
	from, err := zip.OpenReader(shop)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	to := zip.NewWriter(out)
	for _, f := range from.File {
		if keep(f.Name) {
			if err := to.Copy(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, err := range []error{to.Close(), out.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestNames(t *testing.T) {
	for java, want := range map[string]string{
		"getUser": "GetUser", "userId": "UserID", "id": "ID", "URLPath": "URLPath", "httpUrl": "HTTPURL", "aB": "AB",
		"user_name": "UserName", "$x": "X", "_": "X", "名": "X名", "x2y": "X2y", "HTTPServer": "HTTPServer",
	} {
		if got := exported(java, false); got != want {
			t.Errorf("%s is %s, want %s", java, got, want)
		}
	}
	for java, want := range map[string]string{"LOW": "Low", "IN_PROGRESS": "InProgress", "V2": "V2", "lower": "Lower", "NO_ID": "NoID"} {
		if got := exported(java, true); got != want {
			t.Errorf("constant %s is %s, want %s", java, got, want)
		}
	}
	for java, want := range map[string]string{"type": "type_", "string": "string_", "a$b": "a_b", "_": "arg", "id": "id"} {
		if got := parameter(java); got != want {
			t.Errorf("parameter %s is %s, want %s", java, got, want)
		}
	}
}
