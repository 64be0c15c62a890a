package interop

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/require"
	"github.com/gubbo/gubbo/internal/zookeepertest"
	"github.com/gubbo/gubbo/interop/process"
	"github.com/gubbo/gubbo/registry"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// dubboGoVersion is what interop/dubbogo/go.mod asks for.
const dubboGoVersion = "v3.3.2"

// dubboGoVar tells the copy of the test in the namespace where the peer is.
const dubboGoVar = "GUBBO_INTEROP_DUBBOGO"

// dubboGoLimits are the calls at which dubbo-go fails when it calls itself, and
// that a Go consumer of a dubbo-go provider may fail at therefore.
var dubboGoLimits = map[string]string{
	"greet/pojo.null": "a dubbo-go provider gets a zero struct for null",
	"greet/enum.null": "a dubbo-go provider gets the first constant for null",
	"greet/null":      "a dubbo-go provider gets an empty string for null",
}

// dubbo-go calls itself, which shows where it fails by itself, calls Go, and is
// called: by address, through the real ZooKeeper and through our server.
func TestDubboGo(t *testing.T) {
	program := built(t, dubboGoVar, "dubbogo", ".")
	require.ZooKeeper(t)
	if !isolated(t) {
		return
	}
	all := newLab(t)
	zk := zookeepertest.Start(t, zookeepertest.Options{})
	addresses := map[string]string{
		"direct":                    "",
		"zookeeper " + zk.Version(): "zookeeper://" + zk.Addr(),
		"zkserver":                  "zookeeper://" + zktest.Start(t, zktest.Tick(time.Second)).Addr(),
	}
	t.Run("ways", func(t *testing.T) {
		for via, address := range addresses {
			t.Run(via, func(t *testing.T) {
				t.Parallel()
				all.in(t).dubboGo(program, via, address)
			})
		}
	})
	all.closeDubboGo(len(addresses))
}

// The structs of a user of dubbo-go go as they are through gubbo's Codec and
// through the code that gubbo-gen writes for them: the tests of packages pojo and
// coded, in the peer's module.
func TestDubboGoStructs(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "./pojo", "./coded")
	cmd.Dir = "dubbogo"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// dubboGo makes the calls of the three directions, which find their providers
// in the registry at address unless that is "".
func (l *lab) dubboGo(program, via, address string) {
	l.t.Helper()
	var reg registry.Registry
	if address != "" {
		reg = open(l.t, address)
	}
	goes := l.goProvider(reg, "go")
	port := freePort(l.t)
	args := []string{"provider", port, "dubbo-go"}
	to := target{group: "dubbo-go", direct: "dubbo://127.0.0.1:" + port, version: dubboGoVersion}
	if address != "" {
		args = append(args, address)
		goes.address, to.address = address, address
	}
	goes.via, to.via = via, via
	var p *process.Process
	p, to.callee = l.startDubboGo(program, args...)
	to = l.ready(p, to, []suite{greets})
	l.goConsumer(reg, to)
	targets := []target{to, goes}
	p, name := l.startDubboGo(program, consumerArgs(targets)...)
	l.callsOf(p, name, dubboGoVersion, targets)
}

func (l *lab) startDubboGo(program string, args ...string) (p *process.Process, name string) {
	l.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = l.t.TempDir() // it may write files where it runs
	p, err := process.Start(cmd, l.t.TempDir()+"/log")
	return p, l.started(p, err, "dubbo-go "+dubboGoVersion+",")
}

// closeDubboGo prints the rows, or in short how many of each direction are ok,
// and checks them: three directions for each way to find a provider, with
// the calls that gubbo or Java makes.
func (l *lab) closeDubboGo(ways int) {
	l.t.Helper()
	of := make(map[string][]row)
	for _, r := range l.table.rows {
		of[r.direction()] = append(of[r.direction()], r)
	}
	for _, d := range slices.Sorted(maps.Keys(of)) {
		l.checkDubboGo(d, of[d])
	}
	if len(of) != 3*ways {
		l.t.Errorf("%d directions were tried, want %d", len(of), 3*ways)
	}
}

func (l *lab) checkDubboGo(direction string, rows []row) {
	l.t.Helper()
	var names []string
	ok := 0
	for _, r := range rows {
		names = append(names, r.call)
		why, limited := dubboGoLimits[r.call]
		limited = limited && r.callee != "go"
		switch {
		case limited && r.result != "ok":
			l.t.Logf("gubbo-table %s %-32s empty: %s", direction, r.call, why)
			l.t.Logf("%s: %s: %s", direction, r.call, r.detail)
		case limited && r.pair():
			l.t.Errorf("%s: %s is ok, so it is not true that %s", direction, r.call, why)
		case r.result != "ok":
			l.t.Logf("gubbo-table %s %-32s %s", direction, r.call, r.result)
			l.t.Errorf("%s: %s: %s: %s", direction, r.call, r.result, r.detail)
		default:
			ok++
			if soak {
				l.t.Logf("gubbo-table %s %-32s ok", direction, r.call)
			}
		}
	}
	l.t.Logf("gubbo-table %s %-32s %d of %d ok", direction, greets.name, ok, len(rows))
	want := greets.byJava // dubbo-go makes the same calls
	if rows[0].byGo() {
		want = greets.byGo
	}
	if !slices.Equal(names, want) {
		l.t.Errorf("%s has the rows\n%s\nwant\n%s", direction, strings.Join(names, " "), strings.Join(want, " "))
	}
}
