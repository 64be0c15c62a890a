package provider

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/registry"
)

const (
	// unregisterWait bounds how long a leave waits for the registry.
	unregisterWait = 3 * time.Second
	// quiet is how long no request may arrive before a leaving server believes
	// that its callers have heard.
	quiet = 500 * time.Millisecond
	// flushWait bounds the observers' last flush.
	flushWait = 5 * time.Second
)

// Run serves the registered services until ctx is done, then leaves: it
// withdraws the URLs, tells connected peers, goes on answering until they are
// quiet (at most DrainWait), closes everything, flushes the observers and
// returns nil. It returns an error if it cannot listen or, with CheckOn, if
// the registry does not have the URLs in time. It may be called once.
//
// A registry that keeps definitions also gets one of each service, with its
// methods and their types, as Java's metadata report has it. It stays there.
func (s *Server) Run(ctx context.Context) error {
	services, err := s.start()
	if errors.Is(err, errNoService) { // it was our only Run, and what Config holds is ours to close
		s.flush(ctx)
		if s.config.Listener != nil {
			err = errors.Join(err, s.config.Listener.Close())
		}
	}
	if err != nil {
		return err
	}
	defer s.flush(ctx)

	ln, err := s.listen(ctx)
	if err != nil {
		return err
	}
	host, port, err := published(s.config.Advertise, ln.Addr())
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	t := newTable(services, &s.config)
	proto := s.config.Protocols[0]
	started := time.Now()
	urls := make([]api.URL, len(services))
	for i, svc := range services {
		urls[i] = svc.url(proto.Name(), s.config.Application, host, port, started)
	}
	server, err := proto.Serve(ln, t, protocol.ServeOptions{Application: s.config.Application, MaxMessage: s.config.MaxMessage, OnError: refused(s.config.Logger)})
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	s.mu.Lock()
	s.addr, s.urls, s.server = ln.Addr().String(), urls, server
	s.mu.Unlock()

	regs, err := s.publish(ctx, services, urls)
	if err == nil && ctx.Err() == nil {
		close(s.ready)
		<-ctx.Done()
	}
	s.leave(context.WithoutCancel(ctx), regs, t, server)
	return err
}

func (s *Server) listen(ctx context.Context) (net.Listener, error) {
	if s.config.Listener != nil {
		return s.config.Listener, nil
	}
	ln, err := new(net.ListenConfig).Listen(ctx, "tcp", s.config.Listen)
	switch {
	case err == nil:
		return ln, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("provider: address %q is in use; stop who listens there or set Config.Listen to another port (0 takes a free one): %w", s.config.Listen, err)
	}
	return nil, fmt.Errorf("provider: cannot listen on %q; check Config.Listen: %w", s.config.Listen, err)
}

// publish registers urls and, with CheckOn, waits until they stand. It returns
// what it registered also if it fails. A ctx that ends meanwhile is no error.
func (s *Server) publish(ctx context.Context, services []*service, urls []api.URL) ([]registry.Registration, error) {
	if s.config.Registry == nil {
		return nil, nil
	}
	var regs []registry.Registration
	for _, u := range urls {
		r, err := s.config.Registry.Register(u)
		if err != nil {
			return regs, fmt.Errorf("provider: service %q cannot be registered: %w", u.Service().Key(), err)
		}
		regs = append(regs, r)
	}
	s.define(services, urls)
	if s.config.Check == CheckOff {
		return regs, nil
	}
	wait, cancel := context.WithTimeout(ctx, s.config.RegisterTimeout)
	defer cancel()
	for i, r := range regs {
		if err := r.Wait(wait); err != nil && ctx.Err() == nil {
			return regs, fmt.Errorf("provider: service %q is not registered after %v; start the registry first or set Config.Check to provider.CheckOff: %w", urls[i].Service().Key(), s.config.RegisterTimeout, err)
		}
	}
	return regs, nil
}

// leave takes the server out of the fleet. New callers must not find it, those
// who have it must hear, and whoever calls all the same is still answered.
func (s *Server) leave(ctx context.Context, regs []registry.Registration, t *table, server protocol.Server) {
	ctx, cancel := context.WithTimeout(ctx, s.config.DrainWait)
	defer cancel()
	t.phase.Store(draining)

	unregister, stop := context.WithTimeout(ctx, min(unregisterWait, s.config.DrainWait/2))
	for _, r := range regs {
		if err := r.Close(unregister); err != nil {
			s.config.Logger.Warn("provider: a URL is not surely withdrawn; it goes when the registry's session ends", "err", err)
		}
	}
	stop()

	err := server.Drain(ctx)
	for late := int64(-1); err == nil && late != t.late.Load(); {
		late = t.late.Load()
		select {
		case <-time.After(quiet):
			err = server.Drain(ctx)
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	t.phase.Store(gone)
	if err != nil {
		s.config.Logger.Warn("provider: calls still arrive or run after DrainWait; they are cut off", "wait", s.config.DrainWait)
	}
	if err := server.Close(); err != nil {
		s.config.Logger.Warn("provider: the server did not close cleanly", "err", err)
	}
	<-t.back.Close() // without connections such calls fail at once
}

// flush closes the observers, also if nothing was ever served: whoever owns
// the Config relies on it.
func (s *Server) flush(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushWait)
	defer cancel()
	for _, o := range s.config.Observers {
		if err := o.Close(ctx); err != nil {
			// The server itself did its job, so Run does not fail.
			s.config.Logger.Warn("provider: an observer could not flush", "err", err)
		}
	}
}

// refused logs connections and frames that a protocol refused.
func refused(log *slog.Logger) func(peer string, err error) {
	return func(peer string, err error) {
		log.Warn("provider: refused a connection or frame", "peer", peer, "err", err)
	}
}
