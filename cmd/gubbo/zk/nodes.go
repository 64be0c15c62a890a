package zk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gubbo/gubbo/internal/zkclient"
)

// maxTTL is the longest that a node's owner field can hold, in milliseconds.
const maxTTL = 1<<40 - 1

func (c *call) create(ctx context.Context) error {
	n := zkclient.NewNode{Path: c.words[1]}
	ephemeral, sequential, container, lives := c.has("e"), c.has("s"), c.has("c"), c.has("t")
	if container && (ephemeral || sequential) {
		return fail("-c cannot be combined with -s or -e. Containers cannot be ephemeral or sequential.")
	}
	if lives {
		ms, err := strconv.ParseInt(c.values["t"], 10, 64)
		switch {
		case err != nil:
			return fail("-t argument must be a long value")
		case ephemeral:
			return fail("TTLs cannot be used with Ephemeral znodes")
		case container:
			return fail("TTLs cannot be used with Container znodes")
		case ms <= 0 || ms > maxTTL:
			return fail("ttl must be positive and cannot be larger than: %d", maxTTL)
		}
		n.TTL = time.Duration(ms) * time.Millisecond
	}
	switch {
	case ephemeral && sequential:
		n.Mode = zkclient.EphemeralSequential
	case ephemeral:
		n.Mode = zkclient.Ephemeral
	case sequential && lives:
		n.Mode = zkclient.SequentialTTL
	case sequential:
		n.Mode = zkclient.PersistentSequential
	case container:
		n.Mode = zkclient.Container
	case lives:
		n.Mode = zkclient.PersistentTTL
	}
	if len(c.words) > 2 {
		n.Data = []byte(c.words[2])
	}
	if len(c.words) > 3 {
		n.ACL = c.parseACL(c.words[3])
	}
	made, err := c.makeNode(ctx, n)
	if isCode(err, zkclient.ErrInvalidACL) {
		c.warn(refused(err).plain())
	}
	if err != nil {
		return err
	}
	c.warn("Created " + made)
	return nil
}

// makeNode makes a node by the client's path.
func (c *call) makeNode(ctx context.Context, n zkclient.NewNode) (made string, err error) {
	checked := n.Path
	if n.Mode == zkclient.PersistentSequential || n.Mode == zkclient.EphemeralSequential || n.Mode == zkclient.SequentialTTL {
		checked += "1" // "/a/" is a fine beginning of a name
	}
	if err := validPath(checked); err != nil {
		return "", err
	}
	if n.ACL != nil && len(n.ACL) == 0 {
		return "", &refusal{code: zkclient.ErrInvalidACL}
	}
	conn, err := c.session.live(ctx)
	if err != nil {
		return "", about(n.Path, err)
	}
	path := n.Path
	n.Path = c.session.ensemble.toServer(path)
	made, err = conn.CreateNode(ctx, n)
	return c.session.ensemble.toClient(made), about(path, err)
}

// version is that which -v asks for.
func (c *call) wantedVersion() (int32, error) {
	if !c.has("v") {
		return zkclient.AnyVersion, nil
	}
	v, err := strconv.ParseInt(c.values["v"], 10, 32)
	if err != nil {
		return 0, fail("-v %s is no version", c.values["v"])
	}
	return int32(v), nil
}

func (c *call) set(ctx context.Context) error {
	version, err := c.wantedVersion()
	if err != nil {
		return err
	}
	var s zkclient.Stat
	err = c.session.ask(ctx, c.words[1], func(conn *zkclient.Conn, path string) (err error) {
		s, err = conn.Set(ctx, path, []byte(c.words[2]), version)
		return err
	})
	if err == nil && c.has("s") {
		c.printStat(s)
	}
	return err
}

func (c *call) delete(ctx context.Context) error {
	version, err := c.wantedVersion()
	if err != nil {
		return err
	}
	return c.remove(ctx, c.words[1], version)
}

func (c *call) remove(ctx context.Context, path string, version int32) error {
	return c.session.ask(ctx, path, func(conn *zkclient.Conn, path string) error {
		return conn.DeleteVersion(ctx, path, version)
	})
}

func (c *call) deleteall(ctx context.Context) error {
	size := 1000
	if c.has("b") {
		var err error
		if size, err = strconv.Atoi(c.values["b"]); err != nil {
			return fail("-b argument must be an int value")
		}
	}
	root := c.words[1]
	all := []string{root}
	for i := 0; i < len(all); i++ { // it grows
		names, _, err := c.children(ctx, all[i], false)
		if err != nil {
			return err
		}
		for _, name := range names {
			all = append(all, join(all[i], name))
		}
	}
	slices.Reverse(all)
	for i, path := range all {
		all[i] = c.session.ensemble.toServer(path)
	}
	if size <= 0 {
		size = len(all)
	}
	for some := range slices.Chunk(all, size) {
		err := c.session.ask(ctx, root, func(conn *zkclient.Conn, _ string) error { return conn.DeleteNodes(ctx, some) })
		if err != nil {
			c.warn("Failed to delete some node(s) in the subtree!")
			return nil
		}
	}
	return nil
}

func join(path, name string) string { return strings.TrimSuffix(path, "/") + "/" + name }

func (c *call) get(ctx context.Context) error {
	data, s, err := c.data(ctx, c.words[1], c.has("w"))
	if err != nil {
		return err
	}
	c.print(orNull(data))
	if c.has("s") {
		c.printStat(s)
	}
	return nil
}

func orNull(data []byte) string {
	if data == nil {
		return "null"
	}
	return strings.ToValidUTF8(string(data), "\uFFFD")
}

// data reads a node, and watches it if told so.
func (c *call) data(ctx context.Context, path string, watch bool) (data []byte, s zkclient.Stat, err error) {
	get := func(conn *zkclient.Conn, path string) (err error) {
		data, s, err = conn.Get(ctx, path, watch)
		return err
	}
	if watch {
		err = c.session.askWatching(ctx, dataWatch, path, get)
	} else {
		err = c.session.ask(ctx, path, get)
	}
	return data, s, err
}

// children lists a node sorted, and watches the list if told so.
func (c *call) children(ctx context.Context, path string, watch bool) (names []string, s zkclient.Stat, err error) {
	list := func(conn *zkclient.Conn, path string) (err error) {
		names, s, err = conn.List(ctx, path, watch)
		return err
	}
	if watch {
		err = c.session.askWatching(ctx, childWatch, path, list)
	} else {
		err = c.session.ask(ctx, path, list)
	}
	slices.Sort(names)
	return names, s, err
}

// exists looks whether there is a node.
func (c *call) exists(ctx context.Context, path string) (found bool, err error) {
	err = c.session.ask(ctx, path, func(conn *zkclient.Conn, path string) error {
		_, err := conn.Exists(ctx, path, false)
		return err
	})
	if isCode(err, zkclient.ErrNoNode) {
		return false, nil
	}
	return err == nil, err
}

func (c *call) stat(ctx context.Context) error {
	var s zkclient.Stat
	watch := c.has("w")
	look := func(conn *zkclient.Conn, path string) (err error) {
		s, err = conn.Exists(ctx, path, watch)
		return err
	}
	ask := c.session.ask
	if watch {
		ask = c.session.askExists
	}
	if err := ask(ctx, c.words[1], look); err != nil {
		return err
	}
	c.printStat(s)
	return nil
}

// printStat prints times as Java does, in the local zone.
func (c *call) printStat(s zkclient.Stat) {
	date := func(ms int64) string { return time.UnixMilli(ms).Format("Mon Jan 02 15:04:05 MST 2006") }
	fmt.Fprintf(c.out, `cZxid = 0x%x
ctime = %s
mZxid = 0x%x
mtime = %s
pZxid = 0x%x
cversion = %d
dataVersion = %d
aclVersion = %d
ephemeralOwner = 0x%x
dataLength = %d
numChildren = %d
`, uint64(s.Czxid), date(s.Ctime), uint64(s.Mzxid), date(s.Mtime), uint64(s.Pzxid),
		s.Cversion, s.Version, s.Aversion, uint64(s.EphemeralOwner), s.DataLength, s.NumChildren)
}

func (c *call) countBelow(ctx context.Context) error {
	return c.session.ask(ctx, c.words[1], func(conn *zkclient.Conn, path string) error {
		n, err := conn.CountBelow(ctx, path)
		if err == nil {
			c.print(strconv.Itoa(n))
		}
		return err
	})
}

func (c *call) sync(ctx context.Context) error {
	err := c.session.ask(ctx, c.words[1], func(conn *zkclient.Conn, path string) error { return conn.Sync(ctx, path) })
	text := "Sync is OK"
	if r := refused(err); r != nil {
		text, err = fmt.Sprintf("Sync has failed. rc=%d", int32(r.code)), nil
	}
	if err == nil {
		c.print(text)
	}
	return err
}
