//go:build soak

package interop

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/require"
	"github.com/gubbo/gubbo/internal/zkclient"
	"github.com/gubbo/gubbo/interop/kafka"
	"github.com/gubbo/gubbo/interop/process"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// Three brokers of Kafka keep their cluster in our server. The one that is the
// controller is killed under a producer: another one becomes it, no message is
// refused and none that was acknowledged is lost, and the killed broker comes
// back. The topic has two replicas and Kafka's own min.insync.replicas, 1: what
// is acknowledged was on both, or the one that had it is waited for.
func TestKafka(t *testing.T) {
	kit := kafkaKit(t)
	if !isolated(t) {
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	zk := zktest.Start(t, zktest.Tick(2*time.Second), zktest.Dir(t.TempDir()))
	c := &cluster{t: t, ctx: ctx, kit: kit, zookeeper: zk.Addr(), see: look(t, ctx, zk.Addr())}
	for id := range 3 {
		c.brokers = append(c.brokers, broker{dir: t.TempDir(), port: freePort(t)})
		c.start(id)
	}
	c.await("three brokers and a controller", func() bool { return slices.Equal(c.ids(), []int{0, 1, 2}) && c.controller() >= 0 })
	first := c.controller()

	client, err := kit.Client(t.TempDir()+"/log", c.addresses(), "wang")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Kill)
	peer, err := client.Await(ctx, "PEER")
	if err != nil || !strings.HasPrefix(peer[1], "kafka "+kafka.Version+",") {
		t.Fatalf("the client is %q, %v", peer, err)
	}
	require.Ran(t, require.SuiteKafka, peer[1])
	made := c.ask(client, "create 3 2")
	for _, replicas := range strings.Split(made[2], ";") {
		if len(strings.Split(replicas, ",")) != 2 {
			t.Errorf("the topic has the replicas %s, want two of each partition", made[2])
		}
	}
	c.ask(client, "start")
	c.acknowledged(client, 2000)

	c.brokers[first].process.Kill()
	killed := time.Now()
	c.await("another controller", func() bool { n := c.controller(); return n >= 0 && n != first })
	second, moved := c.controller(), time.Since(killed)
	if ids := c.ids(); slices.Contains(ids, first) || len(ids) != 2 {
		t.Errorf("after the kill of broker %d the brokers are %v", first, ids)
	}
	c.await("a living leader of each partition", func() bool {
		leaders := strings.Split(c.ask(client, "describe")[1], ";")
		return !slices.Contains(leaders, "none") && !slices.Contains(leaders, strconv.Itoa(first))
	})
	c.acknowledged(client, 2000)

	// Our server restarts under them: their sessions, and so their nodes, stay.
	owners := c.owners()
	zk.Restart()
	c.see = look(t, ctx, zk.Addr())
	c.acknowledged(client, 2000)
	if now := c.owners(); !maps.Equal(now, owners) || c.controller() != second {
		t.Errorf("before the restart of the registry the brokers had the sessions %x, now %x; the controller was %d and is %d", owners, now, second, c.controller())
	}

	c.start(first)
	c.await("the killed broker", func() bool { return slices.Equal(c.ids(), []int{0, 1, 2}) })
	c.await("both replicas of each partition in sync", func() bool {
		row := c.ask(client, "describe")
		return row[2] == row[3]
	})
	c.acknowledged(client, 2000)
	stopped := c.ask(client, "stop")
	consumed := c.ask(client, "consume")
	t.Logf("gubbo-table kafka %s: controller %d killed, %d took over after %v; %s messages acknowledged, %s failed; %s read, %s lost",
		kafka.Version, first, second, moved.Round(100*time.Millisecond), stopped[1], stopped[2], consumed[1], consumed[2])
	if stopped[2] != "0" || consumed[2] != "0" || consumed[3] != "0" {
		t.Errorf("of %s acknowledged messages %s were lost, %s failed, %s were read that nobody sent", stopped[1], consumed[2], stopped[2], consumed[3])
	}
}

// kafkaKit returns Kafka, or skips t.
func kafkaKit(t *testing.T) *kafka.Kit {
	t.Helper()
	if os.Getenv(insideVar) == "" {
		require.Java(t, require.SuiteKafka)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	kit, err := kafka.Build(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return kit
}

type cluster struct {
	t         *testing.T
	ctx       context.Context
	kit       *kafka.Kit
	zookeeper string
	see       *zkclient.Conn
	brokers   []broker // by id
}

type broker struct {
	dir, port string
	process   *process.Process
}

// start starts a broker, or starts it again.
func (c *cluster) start(id int) {
	c.t.Helper()
	b := &c.brokers[id]
	var err error
	if b.process, err = c.kit.Broker(b.dir, id, b.port, c.zookeeper); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(b.process.Kill)
}

func (c *cluster) addresses() string {
	var list []string
	for _, b := range c.brokers {
		list = append(list, "127.0.0.1:"+b.port)
	}
	return strings.Join(list, ",")
}

// ids returns the brokers that have a node now.
func (c *cluster) ids() (ids []int) {
	c.t.Helper()
	names, err := c.see.Children(c.ctx, "/brokers/ids", false)
	if err != nil && err != zkclient.ErrNoNode {
		c.t.Fatal(err)
	}
	for _, name := range names {
		id, err := strconv.Atoi(name)
		if err != nil {
			c.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// owners returns the session of each broker.
func (c *cluster) owners() map[int]int64 {
	c.t.Helper()
	owners := make(map[int]int64)
	for _, id := range c.ids() {
		stat, err := c.see.Exists(c.ctx, fmt.Sprint("/brokers/ids/", id), false)
		if err != nil {
			c.t.Fatal(err)
		}
		owners[id] = stat.EphemeralOwner
	}
	return owners
}

// controller returns the broker that its node names, -1 while there is none.
func (c *cluster) controller() int {
	c.t.Helper()
	data, err := c.see.Data(c.ctx, "/controller", 4096)
	if err == zkclient.ErrNoNode {
		return -1
	}
	var node struct{ BrokerID int }
	if err == nil {
		err = json.Unmarshal(data, &node)
	}
	if err != nil {
		c.t.Fatalf("the controller's node %q: %v", data, err)
	}
	return node.BrokerID
}

// await returns when there is what, which is looked at again and again.
func (c *cluster) await(what string, there func() bool) {
	c.t.Helper()
	for !there() {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-c.ctx.Done():
			var logs strings.Builder
			for id, b := range c.brokers {
				fmt.Fprintf(&logs, "\nbroker %d:\n%s", id, b.process.Tail(20))
			}
			c.t.Fatalf("there never was %s; brokers %v%s", what, c.ids(), logs.String())
		}
	}
}

// ask returns the client's answer.
func (c *cluster) ask(client *process.Process, line string) []string {
	c.t.Helper()
	row, err := client.Ask(c.ctx, line)
	if err == nil && row[0] == "FAILED" {
		err = fmt.Errorf("%q; its log ends with\n%s", row, client.Tail(20))
	}
	if err != nil {
		c.t.Fatalf("%s: %v", line, err)
	}
	return row
}

// acknowledged returns when n more messages are.
func (c *cluster) acknowledged(client *process.Process, n int) {
	c.t.Helper()
	count := func() int {
		got, err := strconv.Atoi(c.ask(client, "count")[1])
		if err != nil {
			c.t.Fatal(err)
		}
		return got
	}
	want := count() + n
	c.await(fmt.Sprintf("%d acknowledged messages", want), func() bool { return count() >= want })
}
