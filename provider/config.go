package provider

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/registry"
)

// Config says how a Server is to be. Application and one of Listen and
// Listener are required; every other field's zero value works.
type Config struct {
	// Application is this program's name, as registry and monitor show it.
	Application string

	// Registry is where the services' URLs are published; nil publishes
	// nowhere, so that consumers need the URL by hand. The Server does not
	// close it: it may be shared.
	Registry registry.Registry

	// Listen is the address to listen on, "host:port". Port 0 takes a free one.
	Listen string
	// Listener is an open listener to serve instead of Listen. The Server owns
	// it from Run on.
	Listener net.Listener

	// Advertise is the "host" or "host:port" that is published. What it leaves
	// out is that of the listener; if the listener has no particular host
	// (":20880") it is the machine's first IPv4 address that is not loopback.
	Advertise string

	// Protocols are what is spoken on the port; nil is dubbo. More than one on
	// one port is not supported yet.
	Protocols []protocol.Protocol

	// Logger takes what nobody returns: panics of methods, refused
	// connections, a registry that is away. nil is slog.Default().
	Logger *slog.Logger

	// Filters wrap every method, once per call; the first acts first.
	Filters []api.Filter
	// Observers see every call that reached a method's filters. Run closes
	// them, last, when it ends.
	Observers []api.Observer

	// Check says whether Run fails when the registry does not have all URLs
	// within RegisterTimeout. The zero value, CheckOn, does as Java does.
	Check Check
	// RegisterTimeout is how long Run waits for that; 0 is 10 s.
	RegisterTimeout time.Duration

	// DrainWait bounds how long Run goes on answering after its context is
	// done; 0 is 10 s. A leave ends earlier, when the peers have gone quiet.
	DrainWait time.Duration

	// MaxMessage bounds the body of a message in bytes, Java's payload; 0 is
	// 8 MiB. A larger request ends its connection, as its sender should have
	// refused it; a larger reply becomes the error api.TooLarge. The calls of one
	// connection may hold eight times as much together; the next is answered
	// as overloaded.
	MaxMessage int
}

// Check says what a registry that is away means at the start.
type Check uint8

const (
	// CheckOn makes Run fail if the services could not be registered in time.
	CheckOn Check = iota
	// CheckOff makes Run serve at once; the registry goes on trying.
	CheckOff
)

const (
	defaultRegisterTimeout = 10 * time.Second
	defaultDrainWait       = 10 * time.Second
)

// validate checks c and fills in defaults.
func (c *Config) validate() error {
	switch {
	case c.Application == "":
		return errors.New(`provider: Config.Application is empty; set it to this program's name, e.g. "user-center"`)
	case strings.ContainsAny(c.Application, urlReserved):
		return fmt.Errorf("provider: Config.Application %q holds one of %q, which a URL cannot carry; use letters, digits and dashes", c.Application, urlReserved)
	case c.Listen == "" && c.Listener == nil:
		return errors.New(`provider: Config.Listen is empty; set it to "host:port", e.g. "127.0.0.1:20880"`)
	case c.Listen != "" && c.Listener != nil:
		return errors.New("provider: Config.Listen and Config.Listener are both set; set one")
	case c.Check > CheckOff:
		return fmt.Errorf("provider: Config.Check is %d; use CheckOn or CheckOff", c.Check)
	case c.RegisterTimeout < 0:
		return fmt.Errorf("provider: Config.RegisterTimeout %v is negative; 0 is %v", c.RegisterTimeout, defaultRegisterTimeout)
	case c.DrainWait < 0:
		return fmt.Errorf("provider: Config.DrainWait %v is negative; 0 is %v", c.DrainWait, defaultDrainWait)
	case c.MaxMessage < 0:
		return fmt.Errorf("provider: Config.MaxMessage %d is negative; 0 is 8 MiB", c.MaxMessage)
	case len(c.Protocols) > 1:
		return fmt.Errorf("provider: Config.Protocols has %d protocols; more than one on one port is not supported yet, run one Server for each", len(c.Protocols))
	}
	if c.Listen != "" {
		if _, _, err := net.SplitHostPort(c.Listen); err != nil {
			return fmt.Errorf(`provider: Config.Listen %q has no port; write "host:port", e.g. "127.0.0.1:20880"`, c.Listen)
		}
	}
	if c.Advertise != "" {
		if _, _, err := splitAdvertise(c.Advertise); err != nil {
			return err
		}
	}
	for i, f := range c.Filters {
		if f == nil {
			return fmt.Errorf("provider: Config.Filters[%d] is nil", i)
		}
	}
	for i, o := range c.Observers {
		if o == nil {
			return fmt.Errorf("provider: Config.Observers[%d] is nil", i)
		}
	}
	if c.Protocols == nil {
		c.Protocols = defaultProtocols()
	}
	if len(c.Protocols) == 0 || c.Protocols[0] == nil {
		return errors.New("provider: Config.Protocols names no protocol; set it to e.g. []protocol.Protocol{dubbo.New()}")
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.RegisterTimeout == 0 {
		c.RegisterTimeout = defaultRegisterTimeout
	}
	if c.DrainWait == 0 {
		c.DrainWait = defaultDrainWait
	}
	return nil
}
