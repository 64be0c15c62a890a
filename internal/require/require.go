// Package require tells a test which real peers this machine has: a
// ZooKeeper, a JDK with Maven, a Chromium, a Python, a network namespace. A suite whose
// peer is missing is skipped with the reason; with GUBBO_REQUIRE=all, or with
// the suite's name in that comma list, a missing peer is a failure instead.
//
// Each call leaves one line in the test's log that internal/testrun collects
// into the closing list of `make test`.
package require

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// The names of the suites, as GUBBO_REQUIRE and the closing list spell them.
const (
	SuiteZooKeeper = "zookeeper"
	SuiteJava      = "java"
	SuiteJDK       = "jdk"
	SuiteNetns     = "netns"
	SuiteChromium  = "chromium"
	SuiteKazoo     = "kazoo"
	SuiteKafka     = "kafka"
	SuiteCurator   = "curator"
	SuiteTmpfs     = "tmpfs"
)

// Marker begins the log lines that internal/testrun reads:
// "gubbo-suite ran NAME VERSION" and "gubbo-suite skipped NAME REASON".
const Marker = "gubbo-suite"

// ZooKeeperJar is where Debian's package zookeeper puts its server; the jar's
// manifest names the jars it depends on.
const ZooKeeperJar = "/usr/share/java/zookeeper.jar"

// Ran notes in the closing list that suite ran against peer version, as the
// peer itself told it.
func Ran(t testing.TB, suite, version string) {
	t.Helper()
	t.Logf("%s ran %s %s", Marker, suite, version)
}

// missing skips or fails t.
func missing(t testing.TB, suite string, err error) {
	t.Helper()
	must := strings.Split(os.Getenv("GUBBO_REQUIRE"), ",")
	if slices.Contains(must, "all") || slices.Contains(must, suite) {
		t.Fatalf("suite %s is required but cannot run: %v", suite, err)
	}
	t.Logf("%s skipped %s %v", Marker, suite, err)
	t.Skipf("suite %s: %v", suite, err)
}

// ZooKeeper returns the path of the server's jar, or skips t.
func ZooKeeper(t testing.TB) (jar string) {
	t.Helper()
	if _, err := exec.LookPath("java"); err != nil {
		missing(t, SuiteZooKeeper, errors.New("no java on the path; install a JRE 17"))
	}
	if _, err := os.Stat(ZooKeeperJar); err != nil {
		missing(t, SuiteZooKeeper, fmt.Errorf("no %s; install Debian's package zookeeper", ZooKeeperJar))
	}
	return ZooKeeperJar
}

// Java skips t, which belongs to suite, unless a JDK and Maven are here.
func Java(t testing.TB, suite string) {
	t.Helper()
	for _, tool := range []string{"java", "javac", "mvn"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing(t, suite, fmt.Errorf("no %s on the path; install a JDK 17 and Maven", tool))
		}
	}
}

// JDK skips t unless a JDK is here: javac, jar and javap alone, without Maven.
func JDK(t testing.TB) {
	t.Helper()
	for _, tool := range []string{"javac", "jar", "javap"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing(t, SuiteJDK, fmt.Errorf("no %s on the path; install a JDK 17", tool))
		}
	}
	Ran(t, SuiteJDK, jdkVersion(t))
}

func jdkVersion(t testing.TB) string {
	out, err := exec.Command("javac", "-version").CombinedOutput()
	if err != nil {
		missing(t, SuiteJDK, fmt.Errorf("javac -version: %v: %s", err, out))
	}
	return strings.TrimSpace(string(out))
}

// Netns returns the command that runs what is appended to it in a network
// namespace of its own whose only interface is a loopback that is up, or
// skips t. Java dials the machine's outer address even for 127.0.0.1, so tests
// with Java run in one.
func Netns(t testing.TB) []string {
	t.Helper()
	unshare := []string{"unshare", "-n"}
	if os.Geteuid() != 0 {
		unshare = []string{"unshare", "-rn"}
	}
	command := append(unshare, "sh", "-c", `ip link set lo up && exec "$@"`, "sh")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	probe := append(slices.Clone(command), "true")
	if out, err := exec.CommandContext(ctx, probe[0], probe[1:]...).CombinedOutput(); err != nil {
		missing(t, SuiteNetns, fmt.Errorf("no network namespace of one's own (%v: %s); needs util-linux, iproute2 and the right to unshare", err, strings.TrimSpace(string(out))))
	}
	return command
}

// Tmpfs skips t unless err, of a test's child that was to have mounts of its
// own, is nil.
func Tmpfs(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		missing(t, SuiteTmpfs, fmt.Errorf("no namespace of one's own in which to mount one: %v; needs Linux and the right to unshare", err))
	}
	Ran(t, SuiteTmpfs, "in a mount namespace of its own")
}

// Python skips t unless a Python 3 is here that can make environments for
// packages, such as kazoo.
func Python(t testing.TB) {
	t.Helper()
	if out, err := exec.Command("python3", "-c", "import venv, ensurepip").CombinedOutput(); err != nil {
		missing(t, SuiteKazoo, fmt.Errorf("no python3 with venv (%v: %s); install Debian's package python3-venv", err, strings.TrimSpace(string(out))))
	}
}

// Chromium returns the path of a Chromium, or skips t.
func Chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, SuiteChromium, errors.New("no chromium on the path; install Debian's package chromium"))
	return ""
}
