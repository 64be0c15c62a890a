// Package kafka runs brokers of Apache Kafka 3.3.1 that keep their cluster in
// ZooKeeper, and a client of one topic. It needs a JDK 17 and Maven, and the
// network once, for the jars.
package kafka

import (
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/gubbo/gubbo/interop/maven"
	"github.com/gubbo/gubbo/interop/process"
)

// Version is that of pom.xml.
const Version = "3.3.1"

//go:embed pom.xml src
var files embed.FS

// Kit is Kafka with all that it needs.
type Kit struct{ classpath string }

// Build returns Kafka. It fetches what is not in the cache.
func Build(ctx context.Context) (*Kit, error) {
	classpath, err := maven.Project{Name: "kafka", Files: files, Sources: []string{"src"}}.Build(ctx)
	if err != nil {
		return nil, fmt.Errorf("kafka: %w", err)
	}
	return &Kit{classpath}, nil
}

// Broker starts the broker with this id on a port of 127.0.0.1, its data and
// its log in dir and its cluster in the ZooKeeper at zookeeper, host:port. It
// returns at once; the broker serves when it has its node in /brokers/ids. One
// that was killed is started again by the same call.
func (k *Kit) Broker(dir string, id int, port, zookeeper string) (*process.Process, error) {
	config := filepath.Join(dir, "server.properties")
	err := os.WriteFile(config, []byte(strings.Join([]string{
		fmt.Sprintf("broker.id=%d", id),
		"listeners=PLAINTEXT://127.0.0.1:" + port,
		"zookeeper.connect=" + zookeeper,
		"log.dirs=" + filepath.Join(dir, "data"),
		"auto.create.topics.enable=false",
		"num.network.threads=2",
		"num.io.threads=2",
		"log.cleaner.enable=false", // its buffer alone is half of this heap
	}, "\n")), 0o644)
	if err != nil {
		return nil, fmt.Errorf("kafka: %w", err)
	}
	return k.start(filepath.Join(dir, "log"), "-Xmx256m", "kafka.Kafka", config)
}

// Client starts lab.kafka.Client for a topic at brokers, host:port between
// commas, with log as the name of a new file for its log.
func (k *Kit) Client(log, brokers, topic string) (*process.Process, error) {
	return k.start(log, "-Xmx128m", "lab.kafka.Client", brokers, topic)
}

func (k *Kit) start(log, heap string, class string, args ...string) (*process.Process, error) {
	return process.Start(exec.Command("java", append([]string{heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-cp", k.classpath, class}, args...)...), log)
}
