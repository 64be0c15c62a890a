package zkserver

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"
)

// What an error of New wraps whose cause is the field of Config.
var (
	ErrRootACL = errors.New("the ACL of the root cannot be")
	ErrWord    = errors.New("no such four-letter word")
)

// Config says how a Server runs. Its zero value serves on a free port of
// 127.0.0.1, in memory.
type Config struct {
	// Listen is the address to serve on, host:port; default "127.0.0.1:0".
	Listen string
	// Listener is used instead of Listen when it is set; the Server closes it.
	Listener net.Listener
	// TLSListen is the address of a second port that speaks TLS, host:port;
	// default "": none.
	TLSListen string
	// TLSListener is used instead of TLSListen when it is set. It gives plain
	// connections; the Server closes it.
	TLSListener net.Listener
	// TLS is needed with either: the certificate of the TLS port and, by its
	// ClientAuth and ClientCAs, whose certificates clients may or must show. Who
	// shows one is known to ACLs as x509 and the certificate's subject.
	TLS *tls.Config
	// SuperSubject lets a client pass every ACL whose certificate has this
	// subject, as "CN=name,O=org"; default "": nobody.
	SuperSubject string

	// Dir keeps the tree and the sessions across restarts: a log and snapshots,
	// each acknowledged write on disk. Default "": in memory.
	Dir string
	// NoSync leaves out the fsync before each acknowledgement: a crash of the
	// machine, not of the process, may then lose writes.
	NoSync bool

	// Tick is the unit in which sessions expire; default 2 s.
	Tick time.Duration
	// MinSession and MaxSession bound the timeout that a client may have;
	// defaults 2 and 20 ticks.
	MinSession, MaxSession time.Duration
	// ContainerCheck is how often containers that lost their last child, and TTL
	// nodes whose time is over, are removed; default 60 s.
	ContainerCheck time.Duration
	// ExtendedTypes lets clients make TTL nodes, which go some time after their
	// last change unless they have children. Default false, as in 3.8: such a
	// create is answered Unimplemented.
	ExtendedTypes bool

	// RootACL is given to the root at each start: a list as zkCli writes it,
	// scheme:id:perms[,...], with schemes world, digest, ip and x509. Who may
	// neither create nor delete there can add no tree of its own and take none
	// away; what lies below has the ACL that its creator gave it. Default "": the
	// root is left as it is, which is world:anyone:cdrwa at first.
	RootACL string
	// SuperPassword lets a client that authenticates with digest as
	// "super:PASSWORD" pass every ACL; default "": nobody.
	SuperPassword string
	// Words are the four-letter words that are answered, "*" for all of Words;
	// default ruok, srvr, stat, mntr, conf, cons, dump, envi, isro, wchs. The
	// real server answers srvr alone unless told otherwise, as does gubbo registry.
	Words []string

	// Limits bound what clients may cost.
	Limits Limits
	// Logger gets what happens; default slog.Default().
	Logger *slog.Logger

	superID       string
	rootACL       acl
	snapshotAfter int64 // bytes of log after which a snapshot is taken
}

func (c *Config) validate() error {
	def(&c.Listen, "127.0.0.1:0")
	def(&c.Tick, 2*time.Second)
	def(&c.MinSession, 2*c.Tick)
	def(&c.MaxSession, 20*c.Tick)
	def(&c.ContainerCheck, time.Minute)
	def(&c.snapshotAfter, 64<<20)
	c.Limits.defaults()
	if c.Words == nil {
		c.Words = []string{"ruok", "srvr", "stat", "mntr", "conf", "cons", "dump", "envi", "isro", "wchs"}
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.SuperPassword != "" {
		c.superID = digestID("super:" + c.SuperPassword)
	}
	list, err := c.rootList()
	if err != nil {
		return err
	}
	c.rootACL = list
	for _, w := range c.Words {
		if w != "*" && words[w] == nil {
			return fmt.Errorf("zkserver: %w: %q; there are %s, and * for all", ErrWord, w, strings.Join(Words(), ", "))
		}
	}
	switch {
	case c.Tick < time.Millisecond:
		return fmt.Errorf("zkserver: tick %v is under 1 ms", c.Tick)
	case c.MinSession < 0 || c.MaxSession < c.MinSession:
		return fmt.Errorf("zkserver: session timeouts from %v to %v: the first must not be above the second", c.MinSession, c.MaxSession)
	case (c.TLS != nil) != (c.TLSListen != "" || c.TLSListener != nil):
		return errors.New("zkserver: a TLS port needs both an address and a configuration with a certificate")
	case c.Limits.Frame < 64:
		return errors.New("zkserver: a frame limit under 64 bytes leaves no room for a handshake")
	}
	return nil
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
