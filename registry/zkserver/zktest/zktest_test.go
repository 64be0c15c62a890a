package zktest_test

import (
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
	"go.uber.org/goleak"

	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type quiet struct{}

func (quiet) Printf(string, ...any) {}

type client struct {
	*zk.Conn
	t      *testing.T
	events <-chan zk.Event
}

func connect(t *testing.T, s *zktest.Server) *client {
	t.Helper()
	conn, events, err := zk.Connect([]string{s.Addr()}, time.Second, zk.WithLogger(quiet{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	c := &client{conn, t, events}
	c.until(zk.StateHasSession)
	return c
}

// until waits for a state of the session.
func (c *client) until(state zk.State) {
	c.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case e := <-c.events:
			if e.State == state {
				return
			}
		case <-deadline:
			c.t.Fatalf("not %v in 20 s, but %v", state, c.State())
		}
	}
}

var open = zk.WorldACL(zk.PermAll)

func (c *client) create(path string, flags int32) {
	c.t.Helper()
	if _, err := c.Create(path, nil, flags, open); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) exists(path string) bool {
	c.t.Helper()
	ok, _, err := c.Exists(path)
	if err != nil {
		c.t.Fatal(err)
	}
	return ok
}

// patient makes sessions of 10 s: go-zookeeper waits a second before it comes
// back, which a session of one may outlast by a tick or not.
var patient = zktest.Tick(5 * time.Second)

func TestExpire(t *testing.T) {
	s := zktest.Start(t, patient)
	c := connect(t, s)
	for range 3 {
		c.create("/e", zk.FlagEphemeral)
		id := c.SessionID()
		s.Expire(id)
		c.until(zk.StateExpired)
		c.until(zk.StateHasSession)
		if c.SessionID() == id || c.exists("/e") {
			t.Fatal("the session lives on")
		}
	}
}

func TestDropConnectionsKeepsTheSession(t *testing.T) {
	s := zktest.Start(t, patient)
	c := connect(t, s)
	c.create("/e", zk.FlagEphemeral)
	id := c.SessionID()
	s.DropConnections()
	c.until(zk.StateDisconnected)
	c.until(zk.StateHasSession)
	if c.SessionID() != id || !c.exists("/e") {
		t.Error("the session ended with its connection")
	}
}

func TestRefuse(t *testing.T) {
	s := zktest.Start(t)
	c := connect(t, s)
	s.Refuse()
	c.until(zk.StateDisconnected)
	if _, _, err := c.Exists("/"); err == nil {
		t.Error("served while refusing")
	}
	s.Accept()
	c.until(zk.StateHasSession)
}

func TestFreezeOutlastsASession(t *testing.T) {
	s := zktest.Start(t)
	c := connect(t, s)
	c.create("/e", zk.FlagEphemeral)
	id := c.SessionID()
	s.Freeze()
	c.until(zk.StateDisconnected) // its pings go unanswered
	for len(s.Sessions()) > 0 {
		time.Sleep(10 * time.Millisecond)
	}
	s.Thaw()
	c.until(zk.StateHasSession)
	if c.SessionID() == id || c.exists("/e") {
		t.Error("the session outlived the freeze")
	}
}

func TestPartitionAndHeal(t *testing.T) {
	s := zktest.Start(t)
	c := connect(t, s)
	s.Partition()
	c.until(zk.StateDisconnected)
	for len(s.Sessions()) > 0 {
		time.Sleep(10 * time.Millisecond)
	}
	s.Heal()
	c.until(zk.StateHasSession)
	c.create("/after", 0)
}

func TestStopWhilePartitioned(t *testing.T) {
	s := zktest.Start(t)
	connect(t, s)
	s.Partition()
	s.Stop() // must not wait for connections that nothing comes from
}

func TestForgetAndStopResume(t *testing.T) {
	s := zktest.Start(t, zktest.Dir(t.TempDir()))
	c := connect(t, s)
	c.create("/n", 0)
	addr := s.Addr()
	s.Stop()
	c.until(zk.StateDisconnected)
	s.Resume()
	c.until(zk.StateHasSession)
	if !c.exists("/n") {
		t.Error("the data did not survive Stop and Resume")
	}
	id := c.SessionID()
	s.Forget()
	c.until(zk.StateExpired)
	c.until(zk.StateHasSession)
	if c.SessionID() == id || c.exists("/n") || s.Addr() != addr {
		t.Error("something survived Forget, or the address moved")
	}
}

func TestDelay(t *testing.T) {
	s := zktest.Start(t)
	c := connect(t, s)
	s.Delay(100 * time.Millisecond)
	began := time.Now()
	c.exists("/")
	if took := time.Since(began); took < 100*time.Millisecond {
		t.Errorf("answered after %v, want 100 ms and more", took)
	}
	s.Delay(0)
}
