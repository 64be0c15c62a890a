package interop

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// toolVar tells the copy of this test in the namespace, which may have no way
// to build it, where the command gubbo is.
const toolVar = "GUBBO_INTEROP_TOOL"

// tool builds the command gubbo unless it was built outside.
func tool(t *testing.T) string { return built(t, toolVar, "..", "./cmd/gubbo") }

// built builds the command at path in the module at dir, and keeps its name in
// the environment variable for the copy of the test in the namespace.
func built(t *testing.T, variable, dir, path string) string {
	t.Helper()
	if program := os.Getenv(variable); program != "" {
		return program
	}
	program := filepath.Join(t.TempDir(), "program")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, path)
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Setenv(variable, program)
	return program
}

// toolCall is one `gubbo call` of the service; want are parts of what it
// prints, on standard error if it fails.
type toolCall struct {
	args  []string
	fails bool
	want  []string
}

// toolCalls name no types but where they say so: Java converts.
var toolCalls = []toolCall{
	{args: []string{"sayHello", `["you é漢😀"]`}, want: []string{`"hello, you é漢😀"`}},
	{args: []string{"addLong", `[9007199254740992, 1]`}, want: []string{"9007199254740993"}},
	{args: []string{"addLong", `[1, 2]`, "--types", "long,long"}, want: []string{"3"}},
	{args: []string{"addLong", `[1, 2]`, "--generic=false"}, want: []string{"3"}},
	{args: []string{"half", `[5]`}, want: []string{"2.5"}},
	{args: []string{"not", `[true]`}, want: []string{"false"}},
	{args: []string{"maybe", `[null]`}, want: []string{"null"}},
	{args: []string{"nextLevel", `["LOW"]`}, want: []string{`"MID"`}},
	{args: []string{"nextLevel", `["LOW"]`, "--generic=false", "--types", "lab.greet.Level"}, want: []string{`"class": "lab.greet.Level"`, `"name": "MID"`}},
	{args: []string{"count", `[["a", "b", "a"]]`}, want: []string{`"a": 2`, `"b": 1`}},
	{args: []string{"list", `[2]`}, want: []string{`"class": "lab.greet.User"`, `"id": 1`, `"name": "user 1"`, `"level": "MID"`, `"born": "1970-01-01T00:01:00.000Z"`}},
	{args: []string{"echoUser", `[{"id": 7, "name": "Bob", "level": "HIGH", "tags": ["x"], "friend": {"name": "Eve"}}]`}, want: []string{`"id": 7`, `"level": "HIGH"`, `"name": "Eve"`}},
	{args: []string{"echoUser", `[{"class": "lab.greet.User", "id": 7, "name": "Bob"}]`, "--generic=false"}, want: []string{`"id": 7`, `"name": "Bob"`}},
	{args: []string{"find", `[42]`}, want: []string{`"name": "Ada é漢😀"`, `"$ref": "$"`}},
	{args: []string{"find", `[1]`}, fails: true, want: []string{"business: ", ": lab.greet.NotFoundException: no user 1\n"}},
	{args: []string{"find", `[1]`, "--types", "long", "--generic=false"}, fails: true, want: []string{"business: ", ": lab.greet.NotFoundException: no user 1\n"}},
	{args: []string{"fail", `["boom"]`}, fails: true, want: []string{"business: ", ": java.lang.IllegalStateException: boom\n"}},
	{args: []string{"sayHello", `[]`}, fails: true, want: []string{"internal: ", "args.length != types.length"}},
	{args: []string{"list", `["x"]`}, fails: true, want: []string{"internal: ", "NumberFormatException: For input string: \"x\"\n"}},
	{args: []string{"slow", `[5000]`, "--timeout", "200ms"}, fails: true, want: []string{"timeout: "}},
	{args: []string{"attach", `["k"]`, "--attach", "k=v"}, want: []string{`"v"`}},
}

// The command gubbo looks at Java providers and calls them: 3.3.6 as the
// registry has it, 2.7.23 by its address.
func TestTool(t *testing.T) {
	path := tool(t)
	if !namespaced(t) {
		return
	}
	l := newLab(t)
	registry := "zookeeper://" + zktest.Start(t, zktest.Tick(time.Second)).Addr()
	listed := l.javaProvider("3.3.6", "java", registry)
	direct := l.javaProvider("2.7.23", "")
	gubbo := func(args ...string) (out, errs string, err error) {
		var o, e bytes.Buffer
		cmd := exec.CommandContext(l.ctx, path, args...)
		cmd.Stdout, cmd.Stderr = &o, &e
		err = cmd.Run()
		return o.String(), e.String(), err
	}
	out, errs, err := gubbo("ls", "--registry", registry)
	if err != nil || !strings.Contains(out, "java/lab.greet.GreetService\n  provider  "+listed.address+"  java-provider  weight 100  3.3.6\n") {
		t.Errorf("ls: %v\n%s%s", err, out, errs)
	}
	for _, c := range toolCalls {
		for _, to := range []struct {
			callee, service string
			flags           []string
		}{
			{listed.callee, "java/lab.greet.GreetService", []string{"--registry", registry}},
			{direct.callee, "lab.greet.GreetService", []string{"--direct", direct.address, "--generic"}},
		} {
			args := append(append([]string{"call"}, to.flags...), to.service)
			out, errs, err := gubbo(append(args, c.args...)...)
			if c.fails {
				out, errs = errs, out
			}
			if (err != nil) != c.fails || errs != "" || strings.Contains(out, ".java:") {
				t.Errorf("%s: %q: %v\n%s%s", to.callee, c.args, err, out, errs)
				continue
			}
			for _, want := range c.want {
				if !strings.Contains(out, want) {
					t.Errorf("%s: %q: got\n%s\nwant %s", to.callee, c.args, out, want)
				}
			}
		}
	}
}
