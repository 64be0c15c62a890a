package zookeeper

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gubbo/gubbo/internal/zkclient"
	"github.com/gubbo/gubbo/registry"
)

const (
	// tries bounds the changes that one run of a chore follows.
	tries = 5
	// contested is how long a node must have been ours before it may be taken
	// back from another session at once.
	contested     = 10 * time.Second
	longestDefeat = 10 * time.Second
)

// node is a URL that should stand, or is being withdrawn. It outlives a
// Registration that was closed until the znode is surely gone.
type node struct {
	r         *Registry
	lane      *lane
	url, path string
	ephemeral bool
	chore     *chore

	// Guarded by Registry.mu.
	wanted   *registration // nil: it is being withdrawn
	gone     chan struct{} // closed when it surely does not stand for the last Registration
	changed  chan struct{} // closed and made anew when standing or err changes
	standing bool
	tried    bool      // a request to create it was made that may have been done
	left     bool      // the registry was closed and could not withdraw it
	session  int64     // in which it was made
	err      error     // why it does not stand
	taken    time.Time // when it was last taken from another session
	defeats  int       // how often in a row that was undone soon
}

// newNode makes the node for path; r.mu is held.
func newNode(r *Registry, url, path string, ephemeral bool) *node {
	n := &node{r: r, url: url, path: path, ephemeral: ephemeral, changed: make(chan struct{})}
	n.lane = r.lanes[0]
	if ephemeral {
		n.lane = r.laneFor(len(path))
		n.lane.bytes += len(path)
	}
	n.chore = &chore{run: n.run, at: -1}
	n.lane.loop.add(n.chore)
	return n
}

// want makes a Registration of the node, which has none; r.mu is held.
func (n *node) want() *registration {
	if n.gone != nil {
		close(n.gone) // of the one before: what stands from now on is the new one's
	}
	n.gone = make(chan struct{})
	n.wanted = &registration{n: n, gone: n.gone}
	n.lane.loop.poke(n.chore)
	return n.wanted
}

// unwant begins to withdraw the node and returns what is closed at the end;
// r.mu is held.
func (n *node) unwant() <-chan struct{} {
	gone := n.gone
	n.wanted = nil
	n.set(false, errWithdrawn)
	if n.tried {
		n.lane.loop.poke(n.chore)
	} else {
		n.forget()
	}
	return gone
}

var errWithdrawn = errors.New("zookeeper: the registration is closed")

// forget ends the node: nothing of it stands; r.mu is held.
func (n *node) forget() {
	n.lane.loop.remove(n.chore)
	if n.ephemeral {
		n.lane.bytes -= len(n.path)
	}
	delete(n.r.nodes, n.path)
	n.ended()
}

// ended tells all who wait; r.mu is held.
func (n *node) ended() {
	n.set(false, errWithdrawn)
	if n.gone != nil {
		close(n.gone)
		n.gone = nil
	}
}

// stands tells whether the node was found to stand, in a session that may
// still live; r.mu is held.
func (n *node) stands() bool {
	return n.standing && (!n.ephemeral || n.lane.session.alive(n.session))
}

// set notes how the node is doing; r.mu is held.
func (n *node) set(standing bool, err error) {
	n.standing, n.err = standing, err
	close(n.changed)
	n.changed = make(chan struct{})
}

// run is the node's chore.
func (n *node) run(ctx context.Context, conn *zkclient.Conn) (time.Duration, error) {
	n.r.mu.Lock()
	if n.r.nodes[n.path] != n { // forgotten before it was tried; the path may be another's now
		n.r.mu.Unlock()
		return never, nil
	}
	wanted := n.wanted != nil
	known := n.standing && n.session == conn.SessionID()
	if wanted {
		n.tried = true
	}
	n.r.mu.Unlock()
	if !wanted {
		return n.withdraw(ctx, conn)
	}
	again, err := n.stand(ctx, conn, known)
	n.r.mu.Lock()
	defer n.r.mu.Unlock()
	if n.wanted == nil {
		return 0, nil
	}
	n.session = conn.SessionID()
	n.set(err == nil, err)
	return again, err
}

// stand sees to it that the node is there and belongs to the session of conn,
// with a watch that tells of its end.
func (n *node) stand(ctx context.Context, conn *zkclient.Conn, known bool) (time.Duration, error) {
	owner := int64(0)
	if n.ephemeral {
		owner = conn.SessionID()
	}
	create := !known
	for range tries {
		if create {
			err := withParents(ctx, conn, n.path, func() error { return conn.Create(ctx, n.path, n.ephemeral) })
			if errors.Is(err, zkclient.ErrNodeExists) {
				err = conn.Sync(ctx, n.path) // this server may lag behind the leader, which said so
			}
			if err != nil {
				return 0, err
			}
			create = false
		}
		stat, err := conn.Exists(ctx, n.path, true)
		switch {
		case errors.Is(err, zkclient.ErrNoNode):
			create = true
			continue
		case err != nil:
			return 0, err
		case stat.EphemeralOwner == owner:
			return soon(audit), nil
		}
		// A server ends a session in two steps: who asks in between is told that
		// it has expired and still finds its nodes. That is no rival.
		if !n.lane.session.owns(stat.EphemeralOwner) {
			if wait := n.defeated(); wait > 0 {
				return wait, fmt.Errorf("zookeeper: session 0x%x also registers %q and takes the node away", uint64(stat.EphemeralOwner), n.url)
			}
		}
		if err := conn.Replace(ctx, n.path, n.ephemeral); err != nil && !errors.Is(err, zkclient.ErrNoNode) {
			return 0, err
		}
	}
	return 0, fmt.Errorf("zookeeper: %q changes faster than it can be registered", n.url)
}

// withParents runs create, which makes the node at path, and makes the node's
// parents where they are missing.
func withParents(ctx context.Context, conn *zkclient.Conn, path string, create func() error) error {
	err := create()
	if !errors.Is(err, zkclient.ErrNoNode) {
		return err
	}
	if err := conn.MakeParents(ctx, path); err != nil {
		return err
	}
	return create()
}

// defeated tells how long to leave a node to another session that holds it.
// Mostly that is what the last process left: it is replaced at once. But where
// two live processes register one URL, they must not fight at full speed.
func (n *node) defeated() time.Duration {
	n.r.mu.Lock()
	defer n.r.mu.Unlock()
	if since := time.Since(n.taken); since > contested+longestDefeat {
		n.defeats = 0
	} else if wait := min(time.Second<<n.defeats, longestDefeat); since < wait {
		return wait - since
	} else {
		n.defeats = min(n.defeats+1, 10)
	}
	n.taken = time.Now()
	return 0
}

// withdraw sees to it that no node of ours is there.
func (n *node) withdraw(ctx context.Context, conn *zkclient.Conn) (time.Duration, error) {
	stat, err := conn.Exists(ctx, n.path, false)
	owner := stat.EphemeralOwner
	if err == nil && (owner == 0 && !n.ephemeral || owner != 0 && n.lane.session.owns(owner)) {
		err = conn.Delete(ctx, n.path)
	}
	if err != nil && !errors.Is(err, zkclient.ErrNoNode) {
		return 0, err
	}
	n.r.mu.Lock()
	defer n.r.mu.Unlock()
	if n.wanted != nil {
		return 0, nil // wanted again meanwhile
	}
	n.forget()
	return never, nil
}

// registration is a node as its registrant sees it.
type registration struct {
	n    *node
	gone <-chan struct{}
}

var _ registry.Registration = (*registration)(nil)

func (g *registration) Wait(ctx context.Context) error {
	n := g.n
	for {
		n.r.mu.Lock()
		standing, changed, wanted := n.stands(), n.changed, n.wanted == g
		n.r.mu.Unlock()
		switch {
		case !wanted:
			return errWithdrawn
		case standing:
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("zookeeper: %q does not stand yet (%w): %w", n.url, ctx.Err(), n.why())
		}
	}
}

// why says what keeps the node from standing.
func (n *node) why() error {
	n.r.mu.Lock()
	defer n.r.mu.Unlock()
	if connected, err := n.lane.session.state(); !connected {
		return err
	}
	if n.err != nil {
		return n.err
	}
	return errNoAnswer
}

func (g *registration) Close(ctx context.Context) error {
	g.n.r.mu.Lock()
	if g.n.wanted == g {
		g.n.unwant()
	}
	g.n.r.mu.Unlock()
	select {
	case <-g.gone:
	case <-ctx.Done():
		select {
		case <-g.gone:
		default:
			return fmt.Errorf("zookeeper: %q is not surely withdrawn: %w", g.n.url, ctx.Err())
		}
	}
	g.n.r.mu.Lock()
	defer g.n.r.mu.Unlock()
	if g.n.left {
		return fmt.Errorf("zookeeper: %q was not withdrawn before the registry was closed", g.n.url)
	}
	return nil
}
