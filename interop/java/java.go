// Package java builds and runs the Java peer of the interop tests: one program,
// compiled against each Dubbo that is judged, that provides or consumes the
// services of src/lab. It needs a JDK 17 and Maven, and the network once,
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
	folder := packages(version)
	pom, _, err := digest("pom.xml")
	if err != nil {
		return nil, err
	}
	sum, sources, err := digest("pom.xml", "src", folder)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(cache, "gubbo", "java-peer")
	jars, peer := filepath.Join(dir, version+"-jars-"+pom), filepath.Join(dir, version+"-"+sum)
	err = build(ctx, jars, version, "mvn", "-q", "-B", "-P", version, "dependency:copy-dependencies",
		"-DincludeScope=runtime", "-DincludeTypes=jar", "-DoutputDirectory=.")
	if err == nil {
		err = build(ctx, peer, version, "javac", append([]string{"--release", "8", "-Xlint:-options", "-nowarn",
			"-encoding", "UTF-8", "-d", "classes", "-cp", filepath.Join(jars, "*")}, sources...)...)
	}
	if err != nil {
		return nil, err
	}
	return &Kit{Version: version, classpath: strings.Join([]string{
		filepath.Join(peer, "classes"), filepath.Join(peer, "src"), filepath.Join(peer, folder), filepath.Join(jars, "*"),
	}, string(os.PathListSeparator))}, nil
}

// build runs command in a directory that has the files, unless that is there
// already. It renames it to dir when it is whole, so that an interrupted or a
// second build at the same time does no harm.
func build(ctx context.Context, dir, version, command string, args ...string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
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
	cmd := exec.CommandContext(ctx, command, args...)
	cmd.Dir = tmp
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("java: %s for dubbo %s: %w\n%s", command, version, err, bytes.TrimSpace(out))
	}
	if err := os.Rename(tmp, dir); err != nil {
		if _, there := os.Stat(dir); there == nil {
			return nil
		}
		return fmt.Errorf("java: %w", err)
	}
	return nil
}

// digest returns a short hash of files and folders, and the Java sources among
// them.
func digest(names ...string) (sum string, sources []string, err error) {
	h := sha256.New()
	for _, name := range names {
		err := fs.WalkDir(files, name, func(path string, d fs.DirEntry, err error) error {
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
	}
	return hex.EncodeToString(h.Sum(nil))[:12], sources, nil
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
	for _, p := range opens {
		command = append(command, "--add-opens", "java.base/"+p+"=ALL-UNNAMED")
	}
	command = append(command, "-cp", k.classpath, class)
	return process.Start(exec.Command("java", append(command, args...)...), log)
}
