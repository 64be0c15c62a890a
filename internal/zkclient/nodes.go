package zkclient

import (
	"context"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
)

// Mode says how a node lives and how it is named.
type Mode int32

// The modes of CreateNode. A sequential node gets ten digits at its name's
// end; a container goes some time after its last child, a TTL node when it was
// left alone for its time.
const (
	Persistent Mode = iota
	Ephemeral
	PersistentSequential
	EphemeralSequential
	Container
	PersistentTTL
	SequentialTTL
)

// AnyVersion is the version that matches every node's.
const AnyVersion = -1

// NewNode is what CreateNode makes. Its parent must exist.
type NewNode struct {
	Path string
	// Data is what it holds; nil is null, which differs from nothing.
	Data []byte
	// ACL is its access list; nil is that of Create.
	ACL  []ACL
	Mode Mode
	// TTL is for the two modes that have one; servers count in milliseconds.
	TTL time.Duration
}

// CreateNode makes a node and returns its path as the server tells it, which
// is longer than n.Path if the node is sequential.
func (c *Conn) CreateNode(ctx context.Context, n NewNode) (path string, err error) {
	acls := n.ACL
	if acls == nil {
		acls = c.acls
	}
	b := jute.AppendString(nil, n.Path)
	b = jute.AppendBuffer(b, n.Data)
	b = appendACLs(b, acls)
	b = jute.AppendInt(b, int32(n.Mode))
	op := int32(opCreate)
	switch n.Mode {
	case Container:
		op = opCreateContainer
	case PersistentTTL, SequentialTTL:
		op = opCreateTTL
		b = jute.AppendLong(b, n.TTL.Milliseconds())
	}
	d, err := c.ask(ctx, op, b)
	if err != nil {
		return "", err
	}
	path = d.String() // what may follow is its Stat
	return path, c.checked(&d)
}

// DeleteVersion removes a node if it has this version.
func (c *Conn) DeleteVersion(ctx context.Context, path string, version int32) error {
	_, err := c.ask(ctx, opDelete, jute.AppendInt(jute.AppendString(nil, path), version))
	return err
}

// DeleteNodes removes all of these nodes, in this order, or none.
func (c *Conn) DeleteNodes(ctx context.Context, paths []string) error {
	var b []byte
	for _, path := range paths {
		b = appendMultiHeader(b, opDelete, false)
		b = jute.AppendInt(jute.AppendString(b, path), AnyVersion)
	}
	d, err := c.ask(ctx, opMulti, appendMultiHeader(b, -1, true))
	if err != nil {
		return err
	}
	if code := readMulti(&d); code != 0 {
		return code
	}
	return c.checked(&d)
}

// Get returns what the node holds, at most Config.MaxFrame bytes, nil for null,
// or ErrNoNode. With watch, the next change or deletion is an Event; after
// ErrNoNode there is no watch.
func (c *Conn) Get(ctx context.Context, path string, watch bool) ([]byte, Stat, error) {
	d, err := c.ask(ctx, opGetData, jute.AppendBool(jute.AppendString(nil, path), watch))
	if err != nil {
		return nil, Stat{}, err
	}
	data, s := d.Buffer(), readStat(&d)
	return data, s, c.checked(&d)
}

// Set replaces what the node holds if it has this version.
func (c *Conn) Set(ctx context.Context, path string, data []byte, version int32) (Stat, error) {
	d, err := c.ask(ctx, opSetData, jute.AppendInt(jute.AppendBuffer(jute.AppendString(nil, path), data), version))
	if err != nil {
		return Stat{}, err
	}
	return readStat(&d), c.checked(&d)
}

// List is Children that returns the node's Stat, too.
func (c *Conn) List(ctx context.Context, path string, watch bool) ([]string, Stat, error) {
	d, err := c.ask(ctx, opGetChildren2, jute.AppendBool(jute.AppendString(nil, path), watch))
	if err != nil {
		return nil, Stat{}, err
	}
	names, s := d.Strings(), readStat(&d)
	return names, s, c.checked(&d)
}

// CountBelow returns how many nodes there are below path, at every depth.
// Servers know this since 3.6.
func (c *Conn) CountBelow(ctx context.Context, path string) (int, error) {
	d, err := c.ask(ctx, opAllChildrenNumber, jute.AppendString(nil, path))
	if err != nil {
		return 0, err
	}
	return int(d.Int()), c.checked(&d)
}

// ACL returns the node's access list. Who may not change it is told no hashes.
func (c *Conn) ACL(ctx context.Context, path string) ([]ACL, Stat, error) {
	d, err := c.ask(ctx, opGetACL, jute.AppendString(nil, path))
	if err != nil {
		return nil, Stat{}, err
	}
	acls, s := readACLs(&d), readStat(&d)
	return acls, s, c.checked(&d)
}

// SetACL replaces the node's access list if that has this version, which is
// Stat.Aversion.
func (c *Conn) SetACL(ctx context.Context, path string, acls []ACL, version int32) (Stat, error) {
	d, err := c.ask(ctx, opSetACL, jute.AppendInt(appendACLs(jute.AppendString(nil, path), acls), version))
	if err != nil {
		return Stat{}, err
	}
	return readStat(&d), c.checked(&d)
}

// ask is call with a Decoder over the answer.
func (c *Conn) ask(ctx context.Context, op int32, record []byte) (jute.Decoder, error) {
	body, err := c.call(ctx, op, record)
	return jute.NewDecoder(body), err
}
