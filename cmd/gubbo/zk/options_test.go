package zk

import (
	"slices"
	"strings"
	"testing"
)

// What is no error here was compared with zkCli; see testdata/zkcli.txt.
func TestOptions(t *testing.T) {
	known := append(flags("s", "w"), valued("v", "file")...)
	known = append(known, choices(true)...)
	for _, c := range []struct {
		line, words, options, err string
	}{
		{"cmd", "cmd", "", ""},
		{"cmd a -s b", "cmd a b", "s=", ""},
		{"cmd -sw a", "cmd a", "s= w=", ""},
		{"cmd -v 3 a", "cmd a", "v=3", ""},
		{"cmd -v3 a", "cmd a", "v=3", ""},
		{"cmd -v=3 a", "cmd a", "v=3", ""},
		{"cmd -sv3 a", "cmd a", "s= v=3", ""},
		{"cmd -v -1 a", "cmd a", "v=-1", ""},
		{"cmd -v 1 -v 2", "cmd", "v=1", ""},
		{"cmd -file x", "cmd", "file=x", ""},
		{"cmd - a", "cmd - a", "", ""},
		{"cmd -- -s", "cmd -s", "", ""},
		{"cmd a -v", "", "", "MissingArgumentException: Missing argument for option: v"},
		{"cmd -v -s", "", "", "MissingArgumentException: Missing argument for option: v"},
		{"cmd -x", "", "", "UnrecognizedOptionException: Unrecognized option: -x"},
		{"cmd -sx", "", "", "UnrecognizedOptionException: Unrecognized option: -sx"},
		{"cmd -s=1", "", "", "UnrecognizedOptionException: Unrecognized option: -s=1"},
		{"cmd -file=x", "", "", "UnrecognizedOptionException: Unrecognized option: -file=x"},
		{"cmd --s", "", "", "UnrecognizedOptionException: Unrecognized option: --s"},
		{"cmd -n 1 -b 2", "", "", "AlreadySelectedException: The option 'b' was specified but an option from this group has already been selected: 'n'"},
	} {
		p, err := parseOptions(known, strings.Fields(c.line))
		if c.err != "" {
			if err == nil || err.Error() != "org.apache.commons.cli."+c.err {
				t.Errorf("%q: %v, want %s", c.line, err, c.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.line, err)
			continue
		}
		var options []string
		for name, value := range p.values {
			options = append(options, name+"="+value)
		}
		slices.Sort(options)
		if got := strings.Join(p.words, " "); got != c.words || strings.Join(options, " ") != c.options {
			t.Errorf("%q: words %q, options %q", c.line, got, options)
		}
	}
}

func TestSplitLine(t *testing.T) {
	for line, want := range map[string][]string{
		`create /a x`:           {"create", "/a", "x"},
		`  create   /a `:        {"create", "/a"},
		`create /a "two words"`: {"create", "/a", "two words"},
		`create /a 'it is'`:     {"create", "/a", "it is"},
		`create /a "it's"`:      {"create", "/a", "it's"},
		`create /a ""`:          {"create", "/a", ""},
		`set /a {"x":"y z"}`:    {"set", "/a", `{"x":"y`, `z"}`},
		`set /a "open`:          {"set", "/a", "open"},
		``:                      nil,
	} {
		if got := splitLine(line); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestEnsembleOfAText(t *testing.T) {
	for text, want := range map[string]string{
		"a:1":                "a:1 ",
		"a":                  "a:2181 ",
		"a:1,b, c:3/app/x":   "a:1 b:2181 c:3 /app/x",
		"[::1]:5/":           "[::1]:5 ",
		"::1":                "[::1]:2181 ",
		"127.0.0.1:2181/a":   "127.0.0.1:2181 /a",
		"127.0.0.1:2181//":   "Path must not end with / character",
		"127.0.0.1:2181/a/.": `Invalid path string "/a/." caused by relative paths not allowed @3`,
		"/a":                 `"/a" names no server; write host:port[,host:port][/root]`,
	} {
		e, err := parseEnsemble(text)
		got := strings.Join(append(e.servers, e.root), " ")
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	e := ensemble{root: "/app"}
	for client, server := range map[string]string{"/": "/app", "/x": "/app/x", "/app": "/app/app"} {
		if got := e.toServer(client); got != server {
			t.Errorf("%s is the server's %s, want %s", client, got, server)
		}
		if got := e.toClient(server); got != client {
			t.Errorf("the server's %s is %s, want %s", server, got, client)
		}
	}
}

func TestPathsWithMistakes(t *testing.T) {
	for path, want := range map[string]string{
		"/": "", "/a": "", "/a/b.c": "", "/...": "", "/a..": "", "/..a": "", "/ü": "",
		"":         "Path length must be > 0",
		"a":        "Path must start with / character",
		"/a/":      "Path must not end with / character",
		"/a//b":    `Invalid path string "/a//b" caused by empty node name specified @3`,
		"/a/..":    `Invalid path string "/a/.." caused by relative paths not allowed @4`,
		"/./a":     `Invalid path string "/./a" caused by relative paths not allowed @1`,
		"/a\x00":   "Invalid path string \"/a\x00\" caused by null character not allowed @2",
		"/a\n":     "Invalid path string \"/a\n\" caused by invalid character @2",
		"/a\u0085": "Invalid path string \"/a\u0085\" caused by invalid character @2",
		"/ü/😀":     "Invalid path string \"/ü/😀\" caused by invalid character @3",
	} {
		got := ""
		if err := validPath(path); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", path, got, want)
		}
	}
}

func TestClientAddresses(t *testing.T) {
	config := "server.1=10.0.0.1:2888:3888:participant;0.0.0.0:2181\nserver.2=b:2888:3888;127.0.0.1:2182\nserver.3=c:2888:3888\nversion=100000000\n"
	if got := clientAddresses(config); got != "100000000 0.0.0.0:2181,127.0.0.1:2182," {
		t.Error(got)
	}
}
