package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/zkclient"
)

// Define keeps definition at /<root>/metadata/…/provider/<application>, in a
// persistent node; see registry.Definitions. It takes up to 1,000,000 bytes.
func (r *Registry) Define(s api.Service, application, definition string) error {
	dir, err := r.definitionPath(s)
	if err != nil {
		return err
	}
	if application == "" {
		return fmt.Errorf("zookeeper: the definition of %q names no application", s.Key())
	}
	path := dir + "/" + api.EncodeName(application)
	if n := len(path) + len(definition); n > maxPath {
		return fmt.Errorf("zookeeper: the definition of %q by %q has %d bytes with its path; ZooKeeper takes %d", s.Key(), application, n, maxPath)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return errClosed
	}
	t := r.texts[path]
	if t == nil {
		t = &text{r: r, path: path, data: definition}
		t.chore = &chore{run: t.run, at: -1}
		r.texts[path] = t
		r.lanes[0].loop.add(t.chore)
		return nil
	}
	if t.data != definition {
		t.data, t.put = definition, false
		r.lanes[0].loop.poke(t.chore)
	}
	return nil
}

// text is a persistent node that should hold data.
type text struct {
	r     *Registry
	path  string
	chore *chore

	// Guarded by Registry.mu.
	data string
	put  bool // data stood once; what others made of it since stays
	err  error
}

// run is the text's chore.
func (t *text) run(ctx context.Context, conn *zkclient.Conn) (time.Duration, error) {
	t.r.mu.Lock()
	data, put := t.data, t.put
	t.r.mu.Unlock()
	err := t.stand(ctx, conn, []byte(data), put)
	if err != nil {
		err = fmt.Errorf("zookeeper: cannot write the definition %q: %w", t.path, err)
	}
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	t.err = err
	t.put = err == nil && t.data == data || put && t.put
	if err != nil {
		return 0, err
	}
	return soon(audit), nil
}

// stand sees to it that the node is there, with a watch that tells of its end,
// and, unless that was done before, that it holds data.
func (t *text) stand(ctx context.Context, conn *zkclient.Conn, data []byte, put bool) error {
	for range tries {
		stat, err := conn.Exists(ctx, t.path, true)
		switch {
		case err == nil && put:
			return nil
		case err == nil:
			if int(stat.DataLength) == len(data) {
				if have, err := conn.Data(ctx, t.path, len(data)); err == nil && string(have) == string(data) {
					return nil // a write would wake whoever watches
				}
			}
			err = conn.SetData(ctx, t.path, data)
		case errors.Is(err, zkclient.ErrNoNode):
			err = withParents(ctx, conn, t.path, func() error { return conn.CreateData(ctx, t.path, data) })
			if errors.Is(err, zkclient.ErrNodeExists) { // this server may lag behind the leader, which said so
				if err = conn.Sync(ctx, t.path); err == nil {
					continue
				}
			}
		}
		if !errors.Is(err, zkclient.ErrNoNode) {
			return err
		}
	}
	return errors.New("it comes and goes")
}
