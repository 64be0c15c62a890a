package consumer

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/registry"
)

// Config is what a Client is made of. The zero value works for direct URLs.
type Config struct {
	// Application is the name under which this process is known to registry,
	// providers and monitor; "" is the name of the executable.
	Application string

	// Registry tells who provides what; nil: only references with Direct work.
	// The Client does not close it.
	Registry registry.Registry

	// Protocols are the wire protocols spoken; nil is dubbo:// alone.
	// Providers of other protocols are ignored, and counted in errors.
	Protocols []protocol.Protocol

	// Logger is told of changes that a person may want to know; nil is
	// slog.Default(). Calls are never logged.
	Logger *slog.Logger

	// Filters wrap each call once, AttemptFilters each try of it. The first
	// acts first. They are composed at Refer, never per call.
	Filters, AttemptFilters []api.Filter

	// Observers see calls and tries begin and end. Client.Close closes them,
	// last.
	Observers []api.Observer

	// Timeout bounds a call, retries included, for which neither an option, nor
	// the method, nor the provider's URL says otherwise; 0 is 1 s.
	Timeout time.Duration

	// Retries is how many further tries a failed call may have; 0 is the
	// default 2, negative is none. See Retries the option.
	Retries int

	// Check says whether Refer fails when no provider can be reached within
	// CheckWait; nil is true. See Check the option.
	Check *bool
	// CheckWait bounds that wait; 0 is 3 s.
	CheckWait time.Duration

	// CacheDir is a directory in which the last list of providers of each
	// service is kept, so that a process starts while the registry is down; ""
	// keeps none. It is made if absent. Processes may share one.
	CacheDir string

	// Advertise is the host under which this consumer is listed in the
	// registry; "" is the machine's first address that is not loopback.
	Advertise string

	// Dial opens connections; nil is a net.Dialer with a 3 s timeout.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// MaxMessage bounds the body of a message in bytes, Java's payload; 0 is
	// 8 MiB. A larger request is not sent, and a larger answer fails its call
	// and ends the connection; both are api.TooLarge.
	MaxMessage int
}

// Defaults of Config.
const (
	DefaultTimeout   = time.Second
	DefaultRetries   = 2
	DefaultCheckWait = 3 * time.Second
)

// validate checks c and fills in its defaults.
func (c *Config) validate() error {
	if c.Timeout < 0 {
		return fmt.Errorf("consumer: Config.Timeout %v is negative; leave it 0 for %v", c.Timeout, DefaultTimeout)
	}
	if c.CheckWait < 0 {
		return fmt.Errorf("consumer: Config.CheckWait %v is negative; leave it 0 for %v", c.CheckWait, DefaultCheckWait)
	}
	if c.Application == "" {
		c.Application = filepath.Base(os.Args[0])
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	switch {
	case c.Retries == 0:
		c.Retries = DefaultRetries
	case c.Retries < 0:
		c.Retries = 0
	}
	if c.CheckWait == 0 {
		c.CheckWait = DefaultCheckWait
	}
	if len(c.Protocols) == 0 {
		c.Protocols = defaultProtocols()
	}
	if len(c.Protocols) == 0 {
		return fmt.Errorf("consumer: Config.Protocols is empty; give at least one protocol")
	}
	seen := make(map[string]bool)
	for i, p := range c.Protocols {
		if p == nil {
			return fmt.Errorf("consumer: Config.Protocols[%d] is nil", i)
		}
		if seen[p.Name()] {
			return fmt.Errorf("consumer: Config.Protocols names %q twice", p.Name())
		}
		seen[p.Name()] = true
	}
	return nil
}
