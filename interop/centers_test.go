package interop

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/zkclient"
	"github.com/gubbo/gubbo/interop/process"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// A Java fleet has our server for its registry, its config center and its
// metadata center: a provider that is killed leaves the consumer's list when its
// session ends, what the centers hold reaches the processes, and Dubbo 3 is
// registered by interface and by instance.
func TestCenters(t *testing.T) {
	if !namespaced(t) {
		return
	}
	versions := []string{"3.3.6"}
	if soak {
		versions = []string{"2.7.23", "3.3.6"}
	}
	for _, version := range versions {
		t.Run(version, func(t *testing.T) { newLab(t).centers(version) })
	}
}

const (
	serviceConfigurators = "/dubbo/config/dubbo/lab.greet.GreetService::.configurators"
	consumerMigration    = "/dubbo/config/DUBBO_SERVICEDISCOVERY_MIGRATION/java-consumer.migration"
)

func (l *lab) centers(version string) {
	t := l.t
	// The bounds of sessions are 1 and 10 s; Dubbo asks for 60.
	zk := zktest.Start(t, zktest.Tick(500*time.Millisecond))
	f := &fleet{lab: l, see: look(t, l.ctx, zk.Addr()), version: version, address: "zookeeper://" + zk.Addr()}
	f.put("/dubbo/config/dubbo/dubbo.properties", "dubbo.application.owner=wang\n")
	f.put(consumerMigration, "key: java-consumer\nstep: FORCE_INTERFACE\n")

	first, second := f.provider(), f.provider()
	consumer, _ := l.startClass(version, "lab.peer.Centers", "consume", f.address)
	f.listed(consumer, "interface", first.port, second.port)
	for _, node := range f.children("/dubbo/lab.greet.GreetService/providers") {
		if !strings.Contains(node, "%26owner%3Dwang%26") {
			t.Errorf("the config center names an owner, a provider registered as %s", node)
		}
	}
	f.described()

	f.put(serviceConfigurators, "configVersion: v2.7\nscope: service\nkey: lab.greet.GreetService\nenabled: true\nconfigs:\n"+
		"- side: consumer\n  addresses: [\"0.0.0.0\"]\n  parameters: {timeout: 100}\n")
	ports := f.ask(consumer, "list")[2]
	f.until(consumer, "list", "LIST", "interface", ports, "100") // a call in this moment can hang for ever in 2.7
	f.until(consumer, "slow 1000", "SLOW", "timeout")
	f.remove(serviceConfigurators)
	f.until(consumer, "list", "LIST", "interface", ports, "8000")
	f.until(consumer, "slow 200", "SLOW", "ok")

	three := strings.HasPrefix(version, "3.")
	if three {
		f.put(consumerMigration, "key: java-consumer\nstep: FORCE_APPLICATION\n")
		f.listed(consumer, "instance", first.port, second.port)
		f.instances(first, second)
		f.kill(consumer, "instance", first, second)
	}
	if three && soak {
		first = f.provider()
		f.listed(consumer, "instance", first.port, second.port)
		f.put(consumerMigration, "key: java-consumer\nstep: FORCE_INTERFACE\n")
		f.listed(consumer, "interface", first.port, second.port)
	}
	if !three || soak {
		f.kill(consumer, "interface", first, second)
	}
	t.Logf("gubbo-table dubbo %-6s registry, config center, metadata center zkserver ok", version)
}

// fleet is a few Java processes whose centers are at one address.
type fleet struct {
	*lab
	see              *zkclient.Conn
	version, address string
}

type member struct {
	*process.Process
	port string
}

func (f *fleet) provider() member {
	f.t.Helper()
	port := freePort(f.t)
	p, _ := f.startClass(f.version, "lab.peer.Centers", "provide", port, f.address)
	if _, err := p.Await(f.ctx, "READY"); err != nil {
		f.t.Fatal(err)
	}
	return member{p, port}
}

// kill kills a provider under the consumer's calls: none fails, it leaves the
// consumer's list, and the other one answers alone from then on.
func (f *fleet) kill(consumer *process.Process, level string, dead, lives member) {
	f.t.Helper()
	f.ask(consumer, "start")
	dead.Kill()
	killed := time.Now()
	f.listed(consumer, level, lives.port)
	f.t.Logf("dubbo %s: the %s list followed the kill after %v", f.version, level, time.Since(killed).Round(100*time.Millisecond))
	if row := f.ask(consumer, "stop"); row[2] != "0" {
		f.t.Errorf("while %s died %s calls failed: %s", dead.port, row[2], row[3])
	}
	f.ask(consumer, "start")
	if row := f.ask(consumer, "stop"); !strings.HasPrefix(row[1]+"=", lives.port+"=") || strings.Contains(row[1], ",") || row[2] != "0" {
		f.t.Errorf("after %s died the calls went to %q, %s failed: %s", dead.port, row[1], row[2], row[3])
	}
}

// listed waits until the consumer knows the providers on these ports and no
// others, by interface or by instance.
func (f *fleet) listed(consumer *process.Process, level string, ports ...string) {
	f.t.Helper()
	slices.SortFunc(ports, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	f.until(consumer, "list", "LIST", level, strings.Join(ports, ","))
}

// until asks until the answer begins with the wanted one.
func (f *fleet) until(p *process.Process, line string, want ...string) {
	f.t.Helper()
	for {
		row := f.ask(p, line)
		if len(row) >= len(want) && slices.Equal(row[:len(want)], want) {
			return
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-f.ctx.Done():
			f.t.Fatalf("%s answers %q, want %q; the log ends with\n%s", line, row, want, p.Tail(20))
		}
	}
}

func (f *fleet) ask(p *process.Process, line string) []string {
	f.t.Helper()
	row, err := p.Ask(f.ctx, line)
	if err != nil {
		f.t.Fatalf("%s: %v", line, err)
	}
	return row
}

// described checks that the metadata center has the definition of the service.
func (f *fleet) described() {
	f.t.Helper()
	var definition struct {
		CanonicalName string
		Methods       []struct{ Name string }
	}
	if err := json.Unmarshal(f.data("/dubbo/metadata/lab.greet.GreetService/provider/java-provider"), &definition); err != nil {
		f.t.Fatal(err)
	}
	if definition.CanonicalName != "lab.greet.GreetService" || len(definition.Methods) != 14 {
		f.t.Errorf("the definition is of %q with %d methods", definition.CanonicalName, len(definition.Methods))
	}
}

// instances checks what Dubbo 3 registers of an application: its instances, the
// name that the interface maps to, and the metadata that the instances point to.
func (f *fleet) instances(members ...member) {
	f.t.Helper()
	var want []string
	for _, m := range members {
		want = append(want, "127.0.0.1:"+m.port)
	}
	slices.Sort(want)
	names := f.children("/services/java-provider")
	if slices.Sort(names); !slices.Equal(names, want) {
		f.t.Errorf("the instances are %q, want %q", names, want)
	}
	if mapped := string(f.data("/dubbo/mapping/lab.greet.GreetService")); mapped != "java-provider" {
		f.t.Errorf("the interface maps to %q", mapped)
	}
	for _, name := range names {
		var instance struct {
			Payload struct{ Metadata map[string]string }
		}
		if err := json.Unmarshal(f.data("/services/java-provider/"+name), &instance); err != nil {
			f.t.Fatal(err)
		}
		revision := instance.Payload.Metadata["dubbo.metadata.revision"]
		var metadata struct {
			App      string
			Services map[string]any
		}
		if err := json.Unmarshal(f.data("/dubbo/metadata/java-provider/"+revision), &metadata); err != nil {
			f.t.Fatal(err)
		}
		if metadata.App != "java-provider" || len(metadata.Services) == 0 {
			f.t.Errorf("the metadata of %s, revision %s: %+v", name, revision, metadata)
		}
	}
}

func (f *fleet) children(path string) []string {
	f.t.Helper()
	names, err := f.see.Children(f.ctx, path, false)
	if err != nil {
		f.t.Fatalf("%s: %v", path, err)
	}
	return names
}

// data waits for a node: processes write some of them after they serve.
func (f *fleet) data(path string) []byte {
	f.t.Helper()
	for {
		data, err := f.see.Data(f.ctx, path, 1<<20)
		switch {
		case err == nil:
			return data
		case !errors.Is(err, zkclient.ErrNoNode) || f.ctx.Err() != nil:
			f.t.Fatalf("%s: %v", path, err)
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-f.ctx.Done():
		}
	}
}

// put writes a node as an administrator does.
func (f *fleet) put(path, text string) {
	f.t.Helper()
	err := f.see.MakeParents(f.ctx, path)
	if err == nil {
		err = f.see.CreateData(f.ctx, path, []byte(text))
	}
	if errors.Is(err, zkclient.ErrNodeExists) {
		err = f.see.SetData(f.ctx, path, []byte(text))
	}
	if err != nil {
		f.t.Fatalf("%s: %v", path, err)
	}
}

func (f *fleet) remove(path string) {
	f.t.Helper()
	if err := f.see.Delete(f.ctx, path); err != nil {
		f.t.Fatalf("%s: %v", path, err)
	}
}

// look opens a session at the registry that ends with t.
func look(t *testing.T, ctx context.Context, address string) *zkclient.Conn {
	t.Helper()
	nc, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	c, err := zkclient.Open(ctx, nc, zkclient.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
