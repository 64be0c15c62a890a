package zkserver

import (
	"math"

	"github.com/gubbo/gubbo/internal/jute"
)

// stat is what the tree keeps about a node; what a client sees adds the data's
// length and the number of children, and counts cversion differently.
type stat struct {
	czxid, mzxid, pzxid int64
	ctime, mtime        int64 // milliseconds of the wall clock
	version, aversion   int32
	created             int32 // children ever created: the stored cversion
	owner               int64 // 0, a session, containerOwner, ttlOwner and a time
}

type node struct {
	stat
	data     []byte // nil is null; never changed in place
	acl      acl
	children map[string]struct{} // nil while there are none
	list     []byte              // the children as clients read them; nil until one does, and after each change
}

// appendChildren appends the names of the children. A registry's lists are read
// far more often than they change.
func (n *node) appendChildren(b []byte) []byte {
	if n.list == nil {
		size := 4
		for name := range n.children {
			size += 4 + len(name)
		}
		n.list = jute.AppendInt(make([]byte, 0, size), int32(len(n.children)))
		for name := range n.children {
			n.list = jute.AppendString(n.list, name)
		}
	}
	return append(b, n.list...)
}

// appendStat appends the 68 bytes that clients know as Stat.
func (n *node) appendStat(b []byte) []byte {
	b = jute.AppendLong(b, n.czxid)
	b = jute.AppendLong(b, n.mzxid)
	b = jute.AppendLong(b, n.ctime)
	b = jute.AppendLong(b, n.mtime)
	b = jute.AppendInt(b, n.version)
	// Deletes do not raise the stored figure, yet clients expect that each
	// change of the children raises theirs: creates + deletes.
	b = jute.AppendInt(b, n.created*2-int32(len(n.children)))
	b = jute.AppendInt(b, n.aversion)
	owner := n.owner
	if !ofSession(owner) {
		owner = 0 // the marks are the server's own
	}
	b = jute.AppendLong(b, owner)
	b = jute.AppendInt(b, int32(len(n.data)))
	b = jute.AppendInt(b, int32(len(n.children)))
	return jute.AppendLong(b, n.pzxid)
}

// tree holds the nodes by path. Its four changes check nothing: the machine
// has checked, or the log says that they once happened.
type tree struct {
	nodes      map[string]*node
	ephemerals map[int64]map[string]struct{} // by owner
	mortal     map[string]struct{}           // containers and TTL nodes
	acls       map[string]*sharedACL
	quotas     map[string]struct{} // paths that have limits
	bytes      int64               // lengths of paths and data
	aclBytes   int64               // lengths of the lists in acls
}

// nodeCost is about what a node takes in memory beside its path and its data.
const nodeCost = 300

// size is about what the tree takes in memory.
func (t *tree) size() int64 { return t.bytes + t.aclBytes + nodeCost*int64(len(t.nodes)) }

type sharedACL struct {
	acl  acl
	refs int
}

func newTree() *tree {
	t := &tree{
		nodes:      map[string]*node{},
		ephemerals: map[int64]map[string]struct{}{},
		mortal:     map[string]struct{}{},
		acls:       map[string]*sharedACL{},
		quotas:     map[string]struct{}{},
	}
	t.nodes["/"] = &node{data: []byte{}, acl: t.share(aclOpen)}
	t.create("/zookeeper", []byte{}, aclOpen, 0, 0, 0)
	t.create("/zookeeper/quota", []byte{}, aclOpen, 0, 0, 0)
	t.create("/zookeeper/config", []byte{}, aclRead, 0, 0, 0)
	// No transaction made these nodes, and the figures of a real server show so.
	t.nodes["/"].created, t.nodes["/zookeeper"].created = 0, 0
	t.nodes["/zookeeper/config"].aversion = -1
	t.bytes++ // the root's path
	return t
}

// share returns the one copy of a that nodes keep.
func (t *tree) share(a acl) acl {
	key := string(appendACL(nil, a))
	s := t.acls[key]
	if s == nil {
		s = &sharedACL{acl: a}
		t.acls[key] = s
		t.aclBytes += int64(len(key))
	}
	s.refs++
	return s.acl
}

func (t *tree) unshare(a acl) {
	key := string(appendACL(nil, a))
	if s := t.acls[key]; s != nil {
		if s.refs--; s.refs == 0 {
			delete(t.acls, key)
			t.aclBytes -= int64(len(key))
		}
	}
}

// get returns the node at path or nil. The empty path is the root, as in Java.
func (t *tree) get(path string) *node {
	if path == "" {
		path = "/"
	}
	return t.nodes[path]
}

// create adds a node below a parent that is there.
func (t *tree) create(path string, data []byte, a acl, owner, zxid, now int64) *node {
	parentPath, name, _ := split(path)
	parent := t.nodes[parentPath]
	n := &node{data: data, acl: t.share(a), stat: stat{
		czxid: zxid, mzxid: zxid, pzxid: zxid, ctime: now, mtime: now, owner: owner,
	}}
	t.link(path, name, parent, n)
	parent.created++
	parent.pzxid = zxid
	return n
}

func (t *tree) link(path, name string, parent, n *node) {
	if parent.children == nil {
		parent.children = map[string]struct{}{}
	}
	parent.children[name] = struct{}{}
	parent.list = nil
	t.nodes[path] = n
	t.bytes += int64(len(path) + len(n.data))
	switch {
	case ofSession(n.owner):
		set := t.ephemerals[n.owner]
		if set == nil {
			set = map[string]struct{}{}
			t.ephemerals[n.owner] = set
		}
		set[path] = struct{}{}
	case n.owner != 0:
		t.mortal[path] = struct{}{}
	}
	t.quotaLinked(path, name, n)
}

// remove deletes the node at path and returns it and its parent.
func (t *tree) remove(path string, zxid int64) (n, parent *node) {
	n, parent = t.unlink(path)
	t.unshare(n.acl)
	if zxid > parent.pzxid {
		parent.pzxid = zxid
	}
	return n, parent
}

func (t *tree) unlink(path string) (n, parent *node) {
	parentPath, name, _ := split(path)
	n, parent = t.nodes[path], t.nodes[parentPath]
	delete(parent.children, name)
	parent.list = nil
	if len(parent.children) == 0 {
		parent.children = nil
	}
	delete(t.nodes, path)
	t.bytes -= int64(len(path) + len(n.data))
	switch {
	case ofSession(n.owner):
		delete(t.ephemerals[n.owner], path)
		if len(t.ephemerals[n.owner]) == 0 {
			delete(t.ephemerals, n.owner)
		}
	case n.owner != 0:
		delete(t.mortal, path)
	}
	t.quotaUnlinked(path, name, n)
	return n, parent
}

func (t *tree) setData(path string, n *node, data []byte, version int32, zxid, now int64) {
	t.counted(path, 0, len(data)-len(n.data))
	t.bytes += int64(len(data) - len(n.data))
	n.data, n.version, n.mzxid, n.mtime = data, version, zxid, now
}

func (t *tree) setACL(n *node, a acl, version int32) {
	shared := t.share(a)
	t.unshare(n.acl)
	n.acl, n.aversion = shared, version
}

// nextVersion follows version; -1 is skipped, since it means "any" to clients.
func nextVersion(version int32) int32 {
	switch version {
	case math.MaxInt32:
		return math.MinInt32
	case -2:
		return 0
	}
	return version + 1
}
