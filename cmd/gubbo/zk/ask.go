package zk

import (
	"context"
	"errors"

	"github.com/gubbo/gubbo/internal/zkclient"
)

// live waits for a connection, until each server has failed to give one.
func (s *session) live(ctx context.Context) (*zkclient.Conn, error) {
	s.mu.Lock()
	enough := s.misses + len(s.ensemble.servers)
	for {
		conn, st, misses, news := s.conn, s.state, s.misses, s.news
		s.mu.Unlock()
		switch {
		case conn != nil && st == connected:
			return conn, nil
		case !st.alive() || misses >= enough:
			return nil, errConnectionLoss
		}
		select {
		case <-news:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		s.mu.Lock()
	}
}

// ask has do ask the server about a path of the client; do gets the server's
// name for it. An error is about the path.
func (s *session) ask(ctx context.Context, path string, do func(c *zkclient.Conn, path string) error) error {
	if err := validPath(path); err != nil {
		return err
	}
	conn, err := s.live(ctx)
	if err == nil {
		err = do(conn, s.ensemble.toServer(path))
	}
	return about(path, err)
}

// askWatching is ask for what sets a watch. It is noted before the question, so
// that its event finds it, and taken back after an error.
func (s *session) askWatching(ctx context.Context, kind watchKind, path string, do func(c *zkclient.Conn, path string) error) error {
	s.mu.Lock()
	isNew := s.watches.add(kind, path)
	s.mu.Unlock()
	err := s.ask(ctx, path, do)
	if err == nil || !isNew {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watches.drop(kind, path)
	return err
}

// askExists is askWatching for the question whether there is a node, which sets
// a watch in either case.
func (s *session) askExists(ctx context.Context, path string, do func(c *zkclient.Conn, path string) error) error {
	s.mu.Lock()
	isNew := s.watches.add(existWatch, path)
	s.mu.Unlock()
	err := s.askWatching(ctx, dataWatch, path, do)
	if isNew && !isCode(err, zkclient.ErrNoNode) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.watches.drop(existWatch, path)
	}
	return err
}

// prove tells the server who is there, now and on each later connection.
func (s *session) prove(ctx context.Context, p proof) error {
	conn, err := s.live(ctx)
	s.proving.Lock()
	defer s.proving.Unlock()
	if err == nil {
		err = conn.Authenticate(ctx, p.scheme, p.secret)
	}
	if errors.Is(err, zkclient.ErrAuthFailed) {
		s.turn(authFailed, "state:AuthFailed type:None path:null")
		return nil // the event says it
	}
	s.mu.Lock()
	s.proofs = append(s.proofs, p)
	s.mu.Unlock()
	return about("", err)
}

// unwatch takes watches off the server and then off the table, with events
// that say so; with local the server's refusal counts for nothing.
func (s *session) unwatch(ctx context.Context, path string, kind zkclient.WatchKind, local bool) error {
	err := s.ask(ctx, path, func(c *zkclient.Conn, path string) error { return c.RemoveWatches(ctx, path, kind) })
	if err != nil && (!local || refused(err) == nil) {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	events, err := s.watches.removed(path, kind)
	for _, event := range events {
		s.queue("state:SyncConnected type:" + event + " path:" + path)
	}
	return err
}
