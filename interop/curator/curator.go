// Package curator runs the recipes of Apache Curator 5.7.1, what Java programs
// use ZooKeeper through, against any server. It needs a JDK 17 and Maven, and
// the network once, for the jars.
package curator

import (
	"context"
	"embed"
	"fmt"
	"os/exec"

	"github.com/gubbo/gubbo/interop/maven"
	"github.com/gubbo/gubbo/interop/process"
)

// Version is that of pom.xml.
const Version = "5.7.1"

//go:embed pom.xml src
var files embed.FS

// Kit is Curator with the program that uses it.
type Kit struct{ classpath string }

// Build returns Curator. It fetches what is not in the cache.
func Build(ctx context.Context) (*Kit, error) {
	classpath, err := maven.Project{Name: "curator", Files: files, Sources: []string{"src"}}.Build(ctx)
	if err != nil {
		return nil, fmt.Errorf("curator: %w", err)
	}
	return &Kit{classpath}, nil
}

// Recipes starts lab.curator.Recipes at a server, with log as the name of a new
// file for its log. It returns at once.
func (k *Kit) Recipes(log, server string) (*process.Process, error) {
	return process.Start(exec.Command("java", "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-cp", k.classpath, "lab.curator.Recipes", server), log)
}
