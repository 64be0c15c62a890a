package main

import (
	"bytes"
	"net"
	"strings"
	"testing"
)

// A mistake in a flag is told with the flag's name and the value.
func TestMistakesNameTheirFlag(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"ls", "--registry", "foo://x"}, []string{"--registry", `"foo"`, "zookeeper://"}},
		{[]string{"ls", "--registry", "127.0.0.1:2181"}, []string{"--registry", `"127.0.0.1:2181"`, "no scheme"}},
		{[]string{"ls", "--wait", "-1s"}, []string{"--wait -1s"}},
		{[]string{"call", "a.B", "c", "--timeout", "-1s"}, []string{"--timeout -1s"}},
		{[]string{"registry", "--listen", "nonsense"}, []string{"--listen", `"nonsense"`}},
		{[]string{"registry", "--listen", address}, []string{"--listen", address, "in use"}},
		{[]string{"registry", "--listen", "127.0.0.1:0", "--tls-listen", address, "--tls-cert", "none.pem"}, []string{"--tls-cert", "none.pem"}},
		{[]string{"registry", "--tls-key", "k.pem"}, []string{"--tls-key", "--tls-listen"}},
		{[]string{"registry", "--acl", "world:anyone:x"}, []string{"--acl", "world:anyone:x"}},
		{[]string{"registry", "--super", "none"}, []string{"--super", "none"}},
		{[]string{"registry", "--4lw", "srvr,nope"}, []string{"--4lw", `"nope"`, "srvr"}},
		{[]string{"registry", "--metrics", address}, []string{"--metrics", address, "in use"}},
		{[]string{"monitor", "--retention", "-3h", "--data", t.TempDir()}, []string{"--retention", "-3h"}},
		{[]string{"gen", "--service", "a.B"}, []string{"--service", "--from api.jar"}},
		{[]string{"gen", "--from", "a.jar", "x"}, []string{"--from takes no DIR", "--out x"}},
		{[]string{"gen", "--from", "a.jar", "--check"}, []string{"gubbo check a.jar"}},
		{[]string{"gen", "--from", "none.jar", "--package", "x"}, []string{"none.jar"}},
		{[]string{"check", "none.jar"}, []string{"none.jar"}},
		{[]string{"check", shopJar, "../../examples/greet/..."}, []string{"no class in common", shopJar}},
		{[]string{"zk", "--server", ",", "ls", "/"}, []string{"--server", `","`, "host:port"}},
		{[]string{"zk", "--timeout", "-1s", "ls", "/"}, []string{"--timeout -1s"}},
		{[]string{"zk", "--auth", "digest", "ls", "/"}, []string{"--auth", `"digest"`, "scheme:secret"}},
		{[]string{"zk", "--tls-ca", "ca.pem", "ls", "/"}, []string{"--tls-ca", "--tls"}},
		{[]string{"zk", "--tls", "--tls-cert", "none.pem", "ls", "/"}, []string{"--tls-cert", "--tls-key"}},
		{[]string{"zk", "--tls", "--tls-ca", "none.pem", "ls", "/"}, []string{"--tls-ca", "none.pem"}},
		{[]string{"zk", "--tls", "--tls-cert", "none.pem", "--tls-key", "none.pem", "ls", "/"}, []string{"--tls-cert", "none.pem"}},
		{[]string{"demo", "--duration", "-1s"}, []string{"--duration -1s"}},
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), c.args, strings.NewReader(""), &out, &errs); code != 1 {
			t.Errorf("%q: exit code %d, want 1", c.args, code)
		}
		for _, want := range c.want {
			if !strings.Contains(errs.String(), want) {
				t.Errorf("%q: %q does not hold %q", c.args, errs.String(), want)
			}
		}
	}
}
