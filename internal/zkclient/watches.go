package zkclient

import (
	"context"

	"github.com/gubbo/gubbo/internal/jute"
)

// WatchMode is how far a watch of AddWatch sees; both stay until they are
// removed or the connection ends.
type WatchMode int32

// The modes of AddWatch.
const (
	// WatchNode sees the node and the coming and going of its children.
	WatchNode WatchMode = 0
	// WatchTree sees the node and all below it, and no NodeChildrenChanged.
	WatchTree WatchMode = 1
)

// WatchKind is which watches RemoveWatches removes.
type WatchKind int32

// The kinds of RemoveWatches.
const (
	ChildWatches WatchKind = 1
	DataWatches  WatchKind = 2
	AnyWatches   WatchKind = 3
)

// AddWatch watches a path, whether there is a node or not. Servers know this
// since 3.6.
func (c *Conn) AddWatch(ctx context.Context, path string, mode WatchMode) error {
	_, err := c.call(ctx, opAddWatch, jute.AppendInt(jute.AppendString(nil, path), int32(mode)))
	return err
}

// RemoveWatches removes this connection's watches on path, or returns
// ErrNoWatcher. Servers know this since 3.5.
func (c *Conn) RemoveWatches(ctx context.Context, path string, kind WatchKind) error {
	_, err := c.call(ctx, opRemoveWatches, jute.AppendInt(jute.AppendString(nil, path), int32(kind)))
	return err
}

// Watches are the paths that a connection watches, by how it came to: Data by
// Get or by Exists of a node, Exist by Exists of none, Child by Children, Nodes
// and Trees by AddWatch.
type Watches struct{ Data, Exist, Child, Nodes, Trees []string }

// SetWatches takes over the watches of a connection that ended after it had
// seen the transaction seen. What they missed since are Events at once, save
// for Nodes and Trees: there the caller must look by itself.
func (c *Conn) SetWatches(ctx context.Context, seen int64, w Watches) error {
	op := int32(opSetWatches)
	b := jute.AppendLong(nil, seen)
	b = jute.AppendStrings(jute.AppendStrings(jute.AppendStrings(b, w.Data), w.Exist), w.Child)
	if len(w.Nodes)+len(w.Trees) > 0 {
		op = opSetWatches2
		b = jute.AppendStrings(jute.AppendStrings(b, w.Nodes), w.Trees)
	}
	_, err := c.call(ctx, op, b)
	return err
}
