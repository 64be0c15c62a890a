// Package java builds and runs the Java peer of the interop tests: one program,
// compiled against each Dubbo that is judged, that provides or consumes the
// services of src/lab. It needs a JDK 17 and Maven, and the network once,
// for the jars; what it built lies in the user's cache directory after that.
package java

import (
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gubbo/gubbo/interop/maven"
	"github.com/gubbo/gubbo/interop/process"
)

// Versions are the Dubbo versions that pom.xml has a profile for.
var Versions = []string{"2.6.12", "2.7.23", "3.2.16", "3.3.6"}

//go:embed pom.xml src alibaba apache
var files embed.FS

// packages returns the folder whose classes speak to a version of Dubbo: 2.6
// is in com.alibaba.dubbo, all later ones in org.apache.dubbo.
func packages(version string) string {
	if strings.HasPrefix(version, "2.6.") {
		return "alibaba"
	}
	return "apache"
}

// Kit is the peer compiled against one version of Dubbo.
type Kit struct {
	// Version is the version that was asked for; a running process tells the
	// one that it really has.
	Version            string
	classes, classpath string
	// properties are Java's system properties, KEY=VALUE each.
	properties []string
}

// Classes is the directory of the compiled classes.
func (k *Kit) Classes() string { return k.classes }

// With returns the same peer with system properties, KEY=VALUE each, which it
// gets when it is started.
func (k *Kit) With(properties ...string) *Kit {
	c := *k
	c.properties = slices.Concat(k.properties, properties)
	return &c
}

// Build returns the peer for a version of Versions. It fetches the jars and
// compiles unless a cached build of the same sources is there.
func Build(ctx context.Context, version string) (*Kit, error) {
	if !slices.Contains(Versions, version) {
		return nil, fmt.Errorf("java: no profile for dubbo %q; there are %s", version, strings.Join(Versions, ", "))
	}
	classpath, err := maven.Project{Name: "java-peer", Files: files, Sources: []string{"src", packages(version)}, Profile: version}.Build(ctx)
	if err != nil {
		return nil, fmt.Errorf("java: dubbo %s: %w", version, err)
	}
	classes, _, _ := strings.Cut(classpath, string(os.PathListSeparator))
	return &Kit{Version: version, classes: classes, classpath: classpath}, nil
}

// opens are the packages of java.base that Dubbo reflects on; JDK 17 hides
// them.
var opens = []string{"java.lang", "java.lang.reflect", "java.math", "java.util", "java.util.concurrent", "java.util.concurrent.atomic", "java.time", "java.io", "java.net", "java.nio"}

// Start runs a main class of the peer, such as lab.peer.Peer, with args, which
// the class explains, and log as the name of a new file for its log. It returns
// at once.
func (k *Kit) Start(log, class string, args ...string) (*process.Process, error) {
	command := []string{"-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Ddubbo.service.shutdown.wait=1000", "-Ddubbo.application.logger=jdk",
		"-Duser.home=" + filepath.Dir(log)} // Dubbo keeps lists of providers there; those of another run must not help
	for _, p := range k.properties {
		command = append(command, "-D"+p)
	}
	for _, p := range opens {
		command = append(command, "--add-opens", "java.base/"+p+"=ALL-UNNAMED")
	}
	command = append(command, "-cp", k.classpath, class)
	return process.Start(exec.Command("java", append(command, args...)...), log)
}
