// Package maven builds the Java programs of the interop tests: it fetches the
// jars that a pom.xml names and compiles sources against them. It needs a JDK 17
// and Maven, and the network once; what it built lies in the user's cache
// directory after that.
package maven

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Project is a Java program.
type Project struct {
	// Name is its folder in the cache.
	Name string
	// Files has pom.xml and the sources.
	Files fs.FS
	// Sources are the folders of Files that are compiled, and are on the class
	// path as they are, for what else lies in them.
	Sources []string
	// Profile is the profile of pom.xml that names the jars; "" is none.
	Profile string
}

// Build returns the class path of the program, which begins with the folder of
// the compiled classes. It fetches the jars and compiles unless a cached build
// of the same files is there.
func (p Project) Build(ctx context.Context) (classpath string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("maven: %w", err)
	}
	pom, _, err := p.digest("pom.xml")
	if err != nil {
		return "", err
	}
	sum, sources, err := p.digest(append([]string{"pom.xml"}, p.Sources...)...)
	if err != nil {
		return "", err
	}
	prefix, fetch := "", []string{"-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime", "-DincludeTypes=jar", "-DoutputDirectory=."}
	if p.Profile != "" {
		prefix, fetch = p.Profile+"-", append(fetch, "-P", p.Profile)
	}
	dir := filepath.Join(cache, "gubbo", p.Name)
	jars, program := filepath.Join(dir, prefix+"jars-"+pom), filepath.Join(dir, prefix+sum)
	err = p.build(ctx, jars, "mvn", fetch...)
	if err == nil {
		err = p.build(ctx, program, "javac", append([]string{"--release", "8", "-Xlint:-options", "-nowarn",
			"-encoding", "UTF-8", "-d", "classes", "-cp", filepath.Join(jars, "*")}, sources...)...)
	}
	if err != nil {
		return "", err
	}
	path := []string{filepath.Join(program, "classes")}
	for _, folder := range p.Sources {
		path = append(path, filepath.Join(program, folder))
	}
	return strings.Join(append(path, filepath.Join(jars, "*")), string(os.PathListSeparator)), nil
}

// build runs command in a directory that has the files, unless that is there
// already. It renames it to dir when it is whole, so that an interrupted or a
// second build at the same time does no harm.
func (p Project) build(ctx context.Context, dir, command string, args ...string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("maven: %w", err)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "building-")
	if err != nil {
		return fmt.Errorf("maven: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := os.CopyFS(tmp, p.Files); err != nil {
		return fmt.Errorf("maven: %w", err)
	}
	cmd := exec.CommandContext(ctx, command, args...)
	cmd.Dir = tmp
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("maven: %s for %s: %w\n%s", command, strings.TrimSpace(p.Name+" "+p.Profile), err, bytes.TrimSpace(out))
	}
	if err := os.Rename(tmp, dir); err != nil {
		if _, there := os.Stat(dir); there == nil {
			return nil
		}
		return fmt.Errorf("maven: %w", err)
	}
	return nil
}

// digest returns a short hash of files and folders, and the Java sources among
// them.
func (p Project) digest(names ...string) (sum string, sources []string, err error) {
	h := sha256.New()
	for _, name := range names {
		err := fs.WalkDir(p.Files, name, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(p.Files, path)
			fmt.Fprintf(h, "%s %d\n", path, len(data))
			h.Write(data)
			if strings.HasSuffix(path, ".java") {
				sources = append(sources, path)
			}
			return err
		})
		if err != nil {
			return "", nil, fmt.Errorf("maven: %w", err)
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:12], sources, nil
}
