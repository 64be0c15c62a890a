package main

import (
	"strings"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/gubbo/gubbo/provider"
)

// definition is the node where the provider of serve puts its definition.
type definition struct {
	conn *zk.Conn
	path string
}

// openDefinition waits until the provider has put it.
func openDefinition(t *testing.T, registry string) definition {
	t.Helper()
	conn, _, err := zk.Connect([]string{strings.TrimPrefix(registry, "zookeeper://")}, 10*time.Second, zk.WithLogInfo(false))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	d := definition{conn, "/dubbo/metadata/" + interfaceName + "/1.0/g/provider/people"}
	for {
		exists, _, events, err := conn.ExistsW(d.path)
		if err != nil {
			t.Fatal(err)
		}
		if exists {
			return d
		}
		select {
		case <-events:
		case <-time.After(20 * time.Second):
			t.Fatalf("there is no %s", d.path)
		}
	}
}

// replace writes another text, as another process of the application would.
func (d definition) replace(t *testing.T, text string) {
	t.Helper()
	if _, err := d.conn.Set(d.path, []byte(text), -1); err != nil {
		t.Fatal(err)
	}
}

func TestCallWithPublishedTypes(t *testing.T) {
	address := serveRegistered(t, provider.Group("g"), provider.Version("1.0"))
	d := openDefinition(t, address)
	call := func(method, args string, flags ...string) (string, string, int) {
		return gubbo(t, append([]string{"call", "--timeout", "30s", "--registry", address, "g/" + interfaceName + ":1.0", method, args}, flags...)...)
	}
	type example struct{ name, method, args, want string }
	all := func(calls ...example) {
		t.Helper()
		for _, c := range calls {
			if out, errs, code := call(c.method, c.args); code != 0 || out != c.want+"\n" {
				t.Errorf("%s: exit %d, got %s%s\nwant %s", c.name, code, out, errs, c.want)
			}
		}
	}
	own := []example{
		{"int", "list", "[0]", "[]"},
		{"whole number for a double", "half", "[5]", "2.5"},
		{"enum", "nextLevel", `["LOW"]`, "{\n  \"class\": \"lab.greet.Level\",\n  \"name\": \"MID\"\n}"},
		{"list", "count", `[["a"]]`, "{\n  \"a\": 1\n}"},
	}
	all(own...)
	if out, errs, code := gubbo(t, "call", "--timeout", "30s", "--registry", address, interfaceName, "list", "[0]", "--group", "*", "--version", "*"); code != 0 || out != "[]\n" {
		t.Errorf("any group and version: exit %d, %s%s", code, out, errs)
	}

	d.replace(t, `{"canonicalName":"lab.greet.GreetService","methods":[
		{"name":"list","parameterTypes":["int"],"returnType":"java.util.List<lab.greet.User>"},
		{"name":"count","parameterTypes":["java.util.List<java.lang.String>"]},
		{"name":"nextLevel","parameterTypes":["lab.greet.Level"]},
		{"name":"half","parameterTypes":["double"]},
		{"name":"addLong","parameterTypes":["int","int"]},
		{"name":"not","parameterTypes":["int"]},{"name":"not","parameterTypes":["java.lang.String"]}],"types":[]}`)
	all(append(own,
		example{"two overloads of one length", "not", "[true]", "false"},
		example{"a method that is not in it", "sayHello", `["you"]`, `"hello, you"`})...)
	if _, errs, code := call("addLong", "[1,2]"); code != 1 || !strings.Contains(errs, "the types int,int are those of the published definition: name the right ones with --types") {
		t.Errorf("a definition that is wrong: exit %d, %s", code, errs)
	}
	if out, errs, code := call("addLong", "[1,2]", "--types", "long,long"); code != 0 || out != "3\n" {
		t.Errorf("--types against the definition: exit %d, %s%s", code, out, errs)
	}

	d.replace(t, "{}")
	if out, errs, code := call("list", "[0]"); code != 1 || !strings.Contains(errs, "the types long were guessed") {
		t.Errorf("without a definition: exit %d, %s%s", code, out, errs)
	}
	d.replace(t, `{"methods":[`+"\x1b")
	if out, errs, code := call("half", "[5.0]", "-v"); code != 0 || out != "2.5\n" || !strings.Contains(errs, "no published types: ") {
		t.Errorf("no JSON: exit %d, %s%s", code, out, errs)
	}
}

func TestSignatures(t *testing.T) {
	var s signatures
	for _, text := range []string{
		`{"methods":[{"name":"a"},{"name":"a","parameterTypes":["int"]}]}`,
		`{"methods":[{"name":"a","parameterTypes":["int"]},{"name":"a","parameterTypes":["x","y"]},{"name":"a","parameterTypes":["y","x"]}]}`,
	} {
		var err error
		if s, err = s.add(text, "a"); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.taking(0); got == nil || len(got) != 0 {
		t.Errorf("none: %#v", got)
	}
	if got := s.taking(1); len(got) != 1 || got[0] != "int" {
		t.Errorf("one: %q", got)
	}
	if got := s.taking(2); got != nil {
		t.Errorf("two that differ: %q", got)
	}
	for _, text := range []string{``, `[]`, `{"methods":{}}`, `{"methods":[{"name":7}]}`, strings.Repeat("[", 1<<20)} {
		if _, err := s.add(text, "a"); err == nil {
			t.Errorf("no error for %.20q", text)
		}
	}
	for in, want := range map[string]string{
		"java.util.Map<java.lang.String, java.util.List<a.B>>": "java.util.Map", "a.B<c.D>[]": "a.B[]", "int": "int", "a>b": "a>b", "a<<": "a",
	} {
		if got := erased(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
