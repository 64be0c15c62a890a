package zktest_test

import (
	"crypto/tls"
	"net"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"

	"github.com/gubbo/gubbo/internal/testcert"
	"github.com/gubbo/gubbo/registry/zkserver"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// The TLS port stays over a restart, and what breaks the other breaks it.
func TestTLSPort(t *testing.T) {
	authority := testcert.New(t)
	s := zktest.Start(t, patient, zktest.Dir(t.TempDir()), func(c *zkserver.Config) {
		c.TLSListen = "127.0.0.1:0"
		c.TLS = &tls.Config{Certificates: []tls.Certificate{authority.Issue(t, testcert.Name("server"))}}
	})
	addr := s.TLSAddr()
	dial := func(network, address string, _ time.Duration) (net.Conn, error) {
		return tls.Dial(network, address, &tls.Config{RootCAs: authority.Pool()})
	}
	conn, events, err := zk.Connect([]string{addr}, 10*time.Second, zk.WithLogger(quiet{}), zk.WithDialer(dial))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	c := &client{conn, t, events}
	c.until(zk.StateHasSession)
	c.create("/n", 0)
	id := c.SessionID()
	for _, fault := range []func(){s.DropConnections, s.Restart, func() { s.Refuse(); s.Accept() }} {
		fault()
		c.until(zk.StateDisconnected)
		c.until(zk.StateHasSession)
		if s.TLSAddr() != addr || !c.exists("/n") || c.SessionID() != id {
			t.Error("the address moved, or something is lost")
		}
	}
}
