//go:build soak

package zk

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gubbo/gubbo/internal/zookeepertest"
)

// What a standalone server refuses: the configuration of an ensemble and its
// change. The script leaves the ensemble as it was.
func TestSameAsZkCliOnAnEnsemble(t *testing.T) {
	e := zookeepertest.StartEnsemble(t, 3, zookeepertest.Options{Config: []string{"reconfigEnabled=true", "skipACL=yes"}})
	// Who takes away the leader, or the server that it asks, loses its connection.
	leader, err := e.Leader()
	if err != nil {
		t.Fatal(err)
	}
	addr, other := leader.Addr(), (slices.Index(e.Servers, leader)+1)%3
	before := ""
	ask := startZk(t, addr)
	for _, u := range ask.play(addr, "config\n+1 quit\n") {
		before += u.out
	}
	servers := regexp.MustCompile(`(?m)^server\.\d=.*$`).FindAllString(before, -1)
	if len(servers) != 3 {
		t.Fatalf("the configuration is\n%s", before)
	}
	file := filepath.Join(t.TempDir(), "members")
	if err := os.WriteFile(file, []byte(strings.Join(servers, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf(`config
config -c
config -s
reconfig -members x
reconfig -v 5 -remove %[1]d
reconfig -add x
reconfig -remove %[1]d
config
config -c
reconfig -s -add %[2]s;%[3]s
config -c
reconfig -file %[4]s
config -c
+1 quit
`, other+1, servers[other], e.Servers[other].Addr(), file)
	version := regexp.MustCompile(`(?m)^(version=)?[0-9a-f]{9,}`)
	zxid := regexp.MustCompile(`ZXID[+]\d+`) // members have transactions of their own
	play := func(p *peer) []turn {
		turns := p.play(addr, script)
		for i := range turns {
			out := version.ReplaceAllString(zxid.ReplaceAllString(turns[i].out, "ZXID"), "${1}VERSION")
			if turns[i].command == "config -c" { // in zkCli in the order of a Java hash
				addresses := strings.Split(strings.TrimSpace(out[len("VERSION "):]), ",")
				slices.Sort(addresses)
				out = "VERSION " + strings.Join(addresses, ",") + "\n"
			}
			turns[i].out = out
		}
		return turns
	}
	want := play(startZkCli(t, addr))
	differ(t, "gubbo zk", want, play(startZk(t, addr)))
}
