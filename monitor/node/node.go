// Package node is a monitor: it takes reports in, keeps them, and serves them
// as JSON and as a dashboard, beside what the registry knows of the fleet.
package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/monitor"
	"github.com/gubbo/gubbo/monitor/statistics"
	"github.com/gubbo/gubbo/monitor/store"
	"github.com/gubbo/gubbo/provider"
	"github.com/gubbo/gubbo/registry"
)

// Application is the name under which a node stands in the registry.
const Application = "gubbo-monitor"

// Config says how a Node is to be. Dir is required; every other field's zero
// value works.
type Config struct {
	// Registry is where reporters find the node and where it sees the fleet;
	// nil means that reporters are given its address by hand. The Node does not
	// close it.
	Registry registry.Registry
	// HTTP is the address of API and dashboard; "" is DefaultHTTP. Whoever can
	// reach it can read everything: there is no login yet.
	HTTP string
	// Listen is the address that takes reports; "" is a free port of loopback.
	Listen string
	// Advertise is the "host" or "host:port" under which reporters reach
	// Listen, where it is not the address itself; see provider.Config.
	Advertise string
	// Dir is the directory of the store. One node at a time may use it.
	Dir string
	// Retention is how long minutes are kept; 0 is three days. Whole UTC days
	// are forgotten.
	Retention time.Duration
	// Logger takes what nobody returns; nil is slog.Default().
	Logger *slog.Logger
	// Now is the clock; nil is time.Now. For tests.
	Now func() time.Time
}

// DefaultHTTP is where a node serves its dashboard unless told otherwise.
const DefaultHTTP = "127.0.0.1:8640"

const (
	defaultListen    = "127.0.0.1:0"
	defaultRetention = 3 * 24 * time.Hour
	expireEvery      = 10 * time.Minute
	shutdownWait     = 3 * time.Second
)

func (c *Config) validate() error {
	if c.Dir == "" {
		return errors.New("monitor: Config.Dir is empty; name a directory for the statistics (flag --data)")
	}
	if c.Retention < 0 {
		return fmt.Errorf("monitor: Config.Retention (flag --retention) %v is negative; 0 is %v", c.Retention, defaultRetention)
	}
	if c.Retention == 0 {
		c.Retention = defaultRetention
	}
	if c.HTTP == "" {
		c.HTTP = DefaultHTTP
	}
	if c.Listen == "" {
		c.Listen = defaultListen
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	for flag, address := range map[string]string{"HTTP (flag --http)": c.HTTP, "Listen (flag --listen)": c.Listen} {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return fmt.Errorf(`monitor: Config.%s %q has no port; write "host:port"`, flag, address)
		}
	}
	return nil
}

// Node is a monitor node.
type Node struct {
	config Config
	ready  chan struct{} // closed by Run once everything serves

	mu      sync.Mutex // guards what follows
	started bool
	http    net.Addr
	server  *provider.Server
}

// New makes a Node; nothing is opened before Run.
func New(c Config) (*Node, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	return &Node{config: c, ready: make(chan struct{})}, nil
}

// Ready is closed when the node takes reports and serves its dashboard.
func (n *Node) Ready() <-chan struct{} { return n.ready }

// URL returns the dashboard's address as a browser wants it, "" before Ready.
func (n *Node) URL() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.http == nil {
		return ""
	}
	return "http://" + n.http.String() + "/"
}

// ReportURL returns the address for reporters that do not ask the registry,
// "" before Ready.
func (n *Node) ReportURL() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.server == nil {
		return ""
	}
	if urls := n.server.URLs(); len(urls) > 0 {
		return urls[0].Protocol() + "://" + urls[0].Address()
	}
	return ""
}

// Run is the monitor's life: it returns an error if it cannot start, and nil
// when ctx is done and everything is closed. It may be called once.
func (n *Node) Run(ctx context.Context) (err error) {
	n.mu.Lock()
	if n.started {
		n.mu.Unlock()
		return errors.New("monitor: Run was called twice; make another Node")
	}
	n.started = true
	n.mu.Unlock()
	c := &n.config

	web, err := listen(ctx, c.HTTP, "Config.HTTP", "--http")
	if err != nil {
		return err
	}
	defer web.Close() // for the returns before it is served
	in, err := listen(ctx, c.Listen, "Config.Listen", "--listen")
	if err != nil {
		return err
	}
	defer in.Close() // likewise
	db, err := store.Open(c.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	minute := monitor.MinuteOf(c.Now())
	heard, err := db.Heard(ctx, minute-int64(c.Retention/time.Minute), minute+ahead+1)
	if err != nil {
		return err
	}

	v := &view{now: c.Now, registry: c.Registry, store: db, fleet: newFleet(c.Now), reporters: newReporters(heard)}
	if c.Registry != nil {
		sub, err := c.Registry.Subscribe(registry.Query{
			Service:    api.Service{Interface: "*", Group: "*", Version: "*"},
			Categories: []registry.Category{registry.Providers, registry.Consumers},
		}, v.fleet.update)
		if err != nil {
			return fmt.Errorf("monitor: %w", err)
		}
		defer sub.Close()
	}
	server, err := provider.New(provider.Config{Application: Application, Registry: c.Registry, Listener: in, Advertise: c.Advertise,
		Check: provider.CheckOff, Logger: c.Logger})
	if err != nil {
		return err
	}
	if err := statistics.RegisterStatisticsService(server, &intake{c.Now, db, v.reporters, c.Retention, c.Logger}); err != nil {
		return err
	}
	return n.serve(ctx, v, web, server)
}

// serve runs the two servers until ctx is done or one of them fails.
func (n *Node) serve(ctx context.Context, v *view, web net.Listener, server *provider.Server) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var tasks task.Group
	var failed [2]error // of each server; read after Wait
	tasks.Go(func(context.Context) {
		defer stop()
		failed[0] = server.Run(ctx)
	})
	site := newHTTPServer(handler(v, isLoopback(web.Addr())))
	tasks.Go(func(context.Context) {
		defer stop()
		if err := site.Serve(web); !errors.Is(err, http.ErrServerClosed) {
			failed[1] = fmt.Errorf("monitor: the dashboard's server ended: %w", err)
		}
	})
	tasks.Go(func(context.Context) { n.expire(ctx, v) })
	select {
	case <-server.Ready():
		n.mu.Lock()
		n.http, n.server = web.Addr(), server
		n.mu.Unlock()
		close(n.ready)
	case <-ctx.Done():
	}
	<-ctx.Done()
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWait)
	defer cancel()
	if err := site.Shutdown(wait); err != nil {
		_ = site.Close() // whoever still reads had time
	}
	tasks.Stop()
	tasks.Wait()
	return errors.Join(failed[:]...)
}

// expire forgets what is older than the retention, from time to time.
func (n *Node) expire(ctx context.Context, v *view) {
	tick := time.NewTicker(expireEvery)
	defer tick.Stop()
	for {
		oldest := monitor.MinuteOf(n.config.Now().Add(-n.config.Retention))
		if err := v.store.Expire(ctx, oldest); err != nil {
			n.config.Logger.Error("monitor: old statistics could not be removed", "err", err)
		}
		v.reporters.expire(oldest)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func listen(ctx context.Context, address, field, flag string) (net.Listener, error) {
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	switch {
	case err == nil:
		return ln, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("monitor: address %q is in use; stop who listens there, or set %s (flag %s) to another, port 0 takes a free one: %w", address, field, flag, err)
	}
	return nil, fmt.Errorf("monitor: cannot listen on %q; check %s (flag %s): %w", address, field, flag, err)
}
