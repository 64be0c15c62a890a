// Package java builds and runs the Java peer of the interop tests: one program,
// compiled against each Dubbo that is judged, that provides or consumes
// lab.greet.GreetService. It needs a JDK 17 and Maven, and the network once,
// for the jars; what it built lies in the user's cache directory after that.
package java

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gubbo/gubbo/interop/process"
)

// Versions are the Dubbo versions that pom.xml has a profile for.
var Versions = []string{"2.7.23", "3.3.6"}

//go:embed pom.xml src resources
var files embed.FS

// Kit is the peer compiled against one version of Dubbo.
type Kit struct {
	// Version is the version that was asked for; a running process tells the
	// one that it really has.
	Version   string
	classpath string
}

// Build returns the peer for a version of Versions. It fetches the jars and
// compiles unless a cached build of the same sources is there.
func Build(ctx context.Context, version string) (*Kit, error) {
	if !slices.Contains(Versions, version) {
		return nil, fmt.Errorf("java: no profile for dubbo %q; there are %s", version, strings.Join(Versions, ", "))
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("java: %w", err)
	}
	sum, sources, err := digest()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(cache, "gubbo", "java-peer", version+"-"+sum)
	if _, err := os.Stat(dir); err != nil {
		if err := build(ctx, dir, version, sources); err != nil {
			return nil, err
		}
	}
	return &Kit{Version: version, classpath: strings.Join([]string{
		filepath.Join(dir, "classes"), filepath.Join(dir, "resources"), filepath.Join(dir, "jars", "*"),
	}, string(os.PathListSeparator))}, nil
}

// build fills a directory beside dir and renames it to dir when it is whole, so
// that an interrupted or a second build at the same time does no harm.
func build(ctx context.Context, dir, version string, sources []string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("java: %w", err)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "building-")
	if err != nil {
		return fmt.Errorf("java: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := os.CopyFS(tmp, files); err != nil {
		return fmt.Errorf("java: %w", err)
	}
	mvn := []string{"mvn", "-q", "-B", "-P", version, "dependency:copy-dependencies", "-DincludeScope=runtime", "-DincludeTypes=jar", "-DoutputDirectory=jars"}
	javac := append([]string{"javac", "-nowarn", "-encoding", "UTF-8", "-d", "classes", "-cp", filepath.Join("jars", "*")}, sources...)
	for _, command := range [][]string{mvn, javac} {
		cmd := exec.CommandContext(ctx, command[0], command[1:]...)
		cmd.Dir = tmp
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("java: %s for dubbo %s: %w\n%s", command[0], version, err, bytes.TrimSpace(out))
		}
	}
	if err := os.Rename(tmp, dir); err != nil {
		if _, there := os.Stat(dir); there == nil {
			return nil
		}
		return fmt.Errorf("java: %w", err)
	}
	return nil
}

// digest returns a short hash of everything that goes into a build, and the
// Java sources.
func digest() (sum string, sources []string, err error) {
	h := sha256.New()
	err = fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := files.ReadFile(path)
		fmt.Fprintf(h, "%s %d\n", path, len(data))
		h.Write(data)
		if strings.HasSuffix(path, ".java") {
			sources = append(sources, path)
		}
		return err
	})
	if err != nil {
		return "", nil, fmt.Errorf("java: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil))[:12], sources, nil
}

// opens are the packages of java.base that Dubbo reflects on; JDK 17 hides
// them.
var opens = []string{"java.lang", "java.lang.reflect", "java.math", "java.util", "java.util.concurrent", "java.util.concurrent.atomic", "java.time", "java.io", "java.net", "java.nio"}

// Start runs the peer with args, which Peer.java explains, and log as the name
// of a new file for its log. It returns at once.
func (k *Kit) Start(log string, args ...string) (*process.Process, error) {
	command := []string{"-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Ddubbo.service.shutdown.wait=1000",
		"-Duser.home=" + filepath.Dir(log)} // Dubbo keeps lists of providers there; those of another run must not help
	for _, p := range opens {
		command = append(command, "--add-opens", "java.base/"+p+"=ALL-UNNAMED")
	}
	command = append(command, "-cp", k.classpath, "lab.greet.peer.Peer")
	return process.Start(exec.Command("java", append(command, args...)...), log)
}
