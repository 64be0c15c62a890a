package consumer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/registry"
)

// Client owns what the references of one process share: connections, the
// entry in the registry, observers. Its methods may be called from many
// goroutines.
type Client struct {
	cfg          Config
	protocols    map[string]protocol.Protocol
	pool         *pool
	tasks        task.Group
	cache        cache
	calls        *task.Gate // calls that observers see
	futures      task.Pool  // what Go runs
	observations observations

	mu            sync.Mutex
	closed        bool                    // guarded by mu, like all below
	subscriptions []registry.Subscription //
	listings      map[string]*listing     // by service key

	closing  sync.Once
	closeErr error
}

// New makes a Client. It starts nothing until Refer.
func New(cfg Config) (*Client, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	c := &Client{
		cfg: cfg, protocols: make(map[string]protocol.Protocol), calls: task.NewGate(),
		cache:    cache{dir: cfg.CacheDir, log: cfg.Logger},
		listings: make(map[string]*listing),
	}
	for _, p := range cfg.Protocols {
		c.protocols[p.Name()] = p
	}
	c.pool = &pool{
		tasks:   &c.tasks,
		options: protocol.DialOptions{Application: cfg.Application, Dial: cfg.Dial, MaxMessage: cfg.MaxMessage, Listen: c.listen},
		open:    make(map[poolKey]*endpoint),
	}
	return c, nil
}

// Refer makes a reference to the service that desc describes: generated
// clients call it. Its providers come from the registry or from Direct. By
// default it waits until one of them is connected and fails if none is within
// Config.CheckWait; see Check.
func (c *Client) Refer(desc *api.ServiceDesc, opts ...Option) (*Reference, error) {
	if desc == nil || desc.Service.Interface == "" {
		return nil, errors.New("consumer: Refer needs a service with an interface name")
	}
	call := callSettings{retries: c.cfg.Retries}
	refer := referSettings{
		cluster: Failover, balancer: Random, routers: []Router{TagRouter},
		check: c.cfg.Check == nil || *c.cfg.Check,
	}
	s := settings{call: &call, refer: &refer}
	if err := s.apply(opts); err != nil {
		return nil, fmt.Errorf("consumer: refer %s: %w", desc.Service.Key(), err)
	}
	service := desc.Service
	if refer.groupSet {
		service.Group = refer.group
	}
	if refer.versionSet {
		service.Version = refer.version
	}
	d := newDirectory(c, &service, desc.Methods, &refer)
	undo, err := c.feed(d, &refer)
	if err == nil && refer.check {
		err = c.check(d)
	}
	if err != nil {
		undo()
		return nil, fmt.Errorf("consumer: refer %s: %w", service.Key(), err)
	}
	return &Reference{
		client: c, dir: d, service: &service, call: call,
		chain: api.Chain(refer.cluster.Bind(d), c.cfg.Filters...),
	}, nil
}

// feed starts d and connects it with where its list comes from. undo takes
// that back.
func (c *Client) feed(d *Directory, s *referSettings) (undo func(), err error) {
	undo = func() {}
	var direct []api.URL
	if s.directSet {
		if direct, err = c.parseDirect(s.direct, d.service.Group); err != nil {
			return undo, err
		}
		d.learn(&list{urls: direct, source: "consumer.Direct"})
	} else if c.cfg.Registry == nil {
		return undo, errors.New("nobody knows its providers: set Config.Registry, or name them with consumer.Direct(\"dubbo://host:port\")")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return undo, errClosed
	}
	ctx, cancel := context.WithCancel(c.tasks.Context())
	ended := make(chan struct{})
	if !c.tasks.Go(func(context.Context) { defer close(ended); d.run(ctx) }) {
		cancel()
		return undo, errClosed
	}
	undo = func() { cancel(); <-ended }
	if s.directSet {
		return undo, nil
	}
	sub, err := c.cfg.Registry.Subscribe(registry.Query{
		Service:    *d.service,
		Categories: []registry.Category{registry.Providers, registry.Configurators, registry.Routers},
	}, d.deliver)
	if err != nil {
		return undo, err
	}
	c.subscriptions = append(c.subscriptions, sub)
	forget := c.announceLocked(d)
	undo = func() {
		sub.Close()
		c.mu.Lock()
		c.subscriptions = slices.DeleteFunc(c.subscriptions, func(s registry.Subscription) bool { return s == sub })
		c.mu.Unlock()
		cancel()
		<-ended
		forget()
	}
	return undo, nil
}

// listing is this consumer's entry under a service.
type listing struct {
	registry.Registration
	references int // guarded by Client.mu
}

// announceLocked lists this consumer under the service, once; c.mu is held.
// The entry only informs people, so without it calls go on. forget takes it
// back if no other reference needs it.
func (c *Client) announceLocked(d *Directory) (forget func()) {
	key := d.service.Key()
	l := c.listings[key]
	if l == nil {
		reg, err := c.cfg.Registry.Register(c.consumerURL(d, time.Now()))
		if err != nil {
			d.log.Warn("consumer: this consumer cannot be listed in the registry", "err", err)
			return func() {}
		}
		l = &listing{Registration: reg}
		c.listings[key] = l
	}
	l.references++
	return func() {
		c.mu.Lock()
		l.references--
		last := l.references == 0 && c.listings[key] == l
		if last {
			delete(c.listings, key)
		}
		c.mu.Unlock()
		if last {
			ctx, cancel := context.WithTimeout(c.tasks.Context(), time.Second)
			defer cancel()
			_ = l.Close(ctx) // else it goes with the session
		}
	}
}

// parseDirect checks URLs given by hand strictly: a mistake there would reach
// nobody, or somebody else.
func (c *Client) parseDirect(texts []string, group string) ([]api.URL, error) {
	if len(texts) == 0 {
		return nil, errors.New("consumer.Direct names no URL")
	}
	urls := make([]api.URL, 0, len(texts))
	for _, text := range texts {
		u, err := api.ParseURL(text)
		if err != nil {
			return nil, fmt.Errorf("direct URL: %w; valid schemes: %s", err, c.spoken())
		}
		if c.protocols[u.Protocol()] == nil {
			return nil, fmt.Errorf("direct URL %q: scheme %q is not spoken here; valid schemes: %s", u.Redacted(), u.Protocol(), c.spoken())
		}
		if u.Host() == "" {
			return nil, fmt.Errorf("direct URL %q has no host; write \"%s://host:port\"", u.Redacted(), u.Protocol())
		}
		if u.Port() == 0 {
			return nil, fmt.Errorf("direct URL %q has no port; write \"%s://%s:20880\", say (valid schemes: %s)", u.Redacted(), u.Protocol(), u.Host(), c.spoken())
		}
		if one, _, several := strings.Cut(group, ","); several && u.Param("group") == "" {
			return nil, fmt.Errorf("direct URL %q does not say which of the groups %q it is; write \"%s://%s?group=%s\", say", u.Redacted(), group, u.Protocol(), u.Address(), one)
		}
		urls = append(urls, u)
	}
	return urls, nil
}

// spoken lists the schemes of the protocols.
func (c *Client) spoken() string {
	names := make([]string, 0, len(c.cfg.Protocols))
	for _, p := range c.cfg.Protocols {
		names = append(names, p.Name())
	}
	return strings.Join(names, ", ")
}

// check waits until a provider is connected.
func (c *Client) check(d *Directory) error {
	timer := time.NewTimer(c.cfg.CheckWait)
	defer timer.Stop()
	select {
	case <-d.ready:
		return nil
	case <-c.tasks.Context().Done():
		return errClosed
	case <-timer.C:
	}
	s := d.current.Load()
	if len(s.providers) > 0 {
		addresses := make([]string, 0, 5)
		for _, p := range s.providers[:min(len(s.providers), 5)] {
			addresses = append(addresses, p.address)
		}
		return fmt.Errorf("none of %d providers (%s) could be reached within %v; start one, or use consumer.Check(false)", len(s.providers), strings.Join(addresses, ", "), c.cfg.CheckWait)
	}
	why, cause := d.nobody(s, s.other.root)
	return api.NewError(api.NoProvider, api.SentNo, fmt.Sprintf("none within %v: %s; consumer.Check(false) does not wait", c.cfg.CheckWait, why), cause)
}

// Close withdraws this consumer from the registry, closes subscriptions and
// connections, ends the functions that Go runs, and returns when all goroutines
// are gone and the observers are closed. Calls under way fail with
// api.Disconnected. It takes at most some 10 s, if registry, functions and
// observers do not answer, and may be called twice.
func (c *Client) Close() error {
	c.closing.Do(func() { c.closeErr = c.close() })
	return c.closeErr
}

// Close waits this long for the registry, and then for functions, calls and
// observers.
const closeWait = 5 * time.Second

func (c *Client) close() error {
	c.mu.Lock()
	c.closed = true
	subscriptions, listings := c.subscriptions, c.listings
	c.subscriptions, c.listings = nil, nil
	c.mu.Unlock()

	ctx, cancel := context.WithTimeout(context.Background(), closeWait)
	defer cancel()
	var wait sync.WaitGroup
	errs := make(chan error, len(listings))
	for key, l := range listings {
		wait.Go(func() {
			if err := l.Close(ctx); err != nil {
				errs <- fmt.Errorf("consumer: withdraw %s: %w", key, err)
			}
		})
	}
	wait.Wait()
	close(errs)
	var all error
	for err := range errs {
		all = errors.Join(all, err)
	}
	for _, s := range subscriptions {
		s.Close()
	}
	c.tasks.Stop()
	c.futures.Stop()
	c.pool.close()
	c.tasks.Wait()

	ctx, cancel = context.WithTimeout(context.Background(), closeWait)
	defer cancel()
	select {
	case <-c.futures.Idle():
		c.futures.Wait()
	case <-ctx.Done():
		all = errors.Join(all, fmt.Errorf("consumer: %d functions of consumer.Go still run after %v; they ignore their ctx", c.futures.Running(), closeWait))
	}
	select {
	case <-c.calls.Close():
	case <-ctx.Done():
		all = errors.Join(all, fmt.Errorf("consumer: %d calls still run after %v; a filter holds them", c.calls.Inside(), closeWait))
	}
	for _, o := range c.cfg.Observers {
		all = errors.Join(all, o.Close(ctx))
	}
	return all
}
