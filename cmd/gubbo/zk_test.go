package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// What follows the command's name is the command's, and its exit code is
// gubbo's.
func TestZkCommand(t *testing.T) {
	s := zktest.Start(t)
	for _, c := range []struct {
		args      []string
		in        string
		code      int
		out, errs string
	}{
		{[]string{"-q", "--server", s.Addr(), "create", "-s", "/a-", "x"}, "", 0, "", "Created /a-0000000000\n"},
		{[]string{"-q", "--server", s.Addr(), "ls", "-R", "/a-0000000000"}, "", 0, "/a-0000000000\n", ""},
		{[]string{"-q", "--server", s.Addr(), "get", "/none"}, "", 1, "", "Node does not exist: /none\n"},
		{[]string{"-q", "--server", s.Addr()}, "get /none\nget /a-0000000000", 0, "x\n", "Node does not exist: /none\n"},
		{[]string{"-q", "--server", s.Addr()}, "get /none\nquit\nget /a-0000000000\n", 1, "", "Node does not exist: /none\n"},
	} {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"zk"}, c.args...), strings.NewReader(c.in), &out, &errs)
		if code != c.code || out.String() != c.out || errs.String() != c.errs {
			t.Errorf("%q: exit code %d, out %q, errors %q", c.args, code, out.String(), errs.String())
		}
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"zk", "--server", s.Addr(), "nosuch"}, strings.NewReader(""), &out, &errs); code != 127 || !strings.HasSuffix(errs.String(), "nosuch\n") {
		t.Errorf("no such command: exit code %d, errors %q", code, errs.String())
	}
}
