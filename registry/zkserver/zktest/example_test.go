package zktest_test

import (
	"fmt"
	"log"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// standIn is what an Example has in place of a test's t.
type standIn struct {
	testing.TB
	cleanups []func()
}

func (t *standIn) Helper()                      {}
func (t *standIn) Cleanup(f func())             { t.cleanups = append(t.cleanups, f) }
func (t *standIn) Fatal(args ...any)            { log.Fatal(args...) }
func (t *standIn) Errorf(text string, a ...any) { log.Printf(text, a...) }
func (t *standIn) connect(addr string) *zk.Conn {
	return t.must(zk.Connect([]string{addr}, time.Second, zk.WithLogger(quiet{})))
}
func (t *standIn) end() {
	for i := len(t.cleanups) - 1; i >= 0; i-- {
		t.cleanups[i]()
	}
}

func (t *standIn) must(c *zk.Conn, events <-chan zk.Event, err error) *zk.Conn {
	if err != nil {
		log.Fatal(err)
	}
	for e := range events {
		if e.State == zk.StateHasSession {
			break
		}
	}
	t.Cleanup(c.Close)
	return c
}

// A session expires while its client lives: the client gets another one, and
// what it had registered is gone.
func ExampleStart() {
	t := &standIn{} // a test has its own
	defer t.end()

	s := zktest.Start(t)
	c := t.connect(s.Addr()) // any ZooKeeper client
	_, err := c.Create("/me", nil, zk.FlagEphemeral, zk.WorldACL(zk.PermAll))
	fmt.Println("registered:", err)

	id := c.SessionID()
	s.Expire(id)
	there, _, err := c.Exists("/me")
	for err != nil { // it reconnects
		there, _, err = c.Exists("/me")
	}
	fmt.Println("still there:", there, "same session:", c.SessionID() == id)
	// Output:
	// registered: <nil>
	// still there: false same session: false
}

// A watch event is lost: whoever relies on events alone never learns of the
// change, whoever reads again now and then does.
func ExampleServer_DropWatches() {
	t := &standIn{}
	defer t.end()

	s := zktest.Start(t)
	writer, reader := t.connect(s.Addr()), t.connect(s.Addr())
	_, _ = writer.Create("/price", []byte("1"), 0, zk.WorldACL(zk.PermAll))
	_, _, changed, _ := reader.GetW("/price")

	s.DropWatches()
	_, _ = writer.Set("/price", []byte("2"), -1)
	price, _, _ := reader.Get("/price") // a reply, before which an event would have come
	select {
	case <-changed:
		fmt.Println("told")
	default:
		fmt.Printf("not told, and it is %s by now\n", price)
	}
	// Output: not told, and it is 2 by now
}
