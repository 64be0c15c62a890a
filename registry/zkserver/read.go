package zkserver

import (
	"maps"
	"slices"
	"strings"

	"github.com/gubbo/gubbo/internal/jute"
)

// readOp serves a request that changes no node: it appends the reply's body to
// scratch. Whoever calls it turns a decoding error into codeMarshalling, but
// the operation must look at it before it touches a watch.
type readOp func(*machine, *client, *jute.Decoder) code

// reads returns what serves op, nil for an operation that is not known.
func reads(op int32) readOp {
	switch op {
	case opExists:
		return (*machine).exists
	case opGetData:
		return (*machine).getData
	case opGetACL:
		return (*machine).getACL
	case opGetChildren:
		return (*machine).getChildren
	case opGetChildren2:
		return (*machine).getChildren2
	case opSync:
		return (*machine).sync
	case opCheckWatches:
		return (*machine).checkWatches
	case opRemoveWatches:
		return (*machine).removeWatches
	case opMultiRead:
		return (*machine).multiRead
	case opSetWatches:
		return (*machine).setWatches
	case opSetWatches2:
		return (*machine).setWatches2
	case opGetEphemerals:
		return (*machine).getEphemerals
	case opAllChildrenNumber:
		return (*machine).allChildrenNumber
	case opAddWatch:
		return (*machine).addWatch
	case opWhoAmI:
		return (*machine).whoAmI
	}
	return nil
}

// readable is the node at path if c may read it.
func (m *machine) readable(c *client, path string) (*node, code) {
	n := m.tree.get(path)
	if n == nil {
		return nil, codeNoNode
	}
	if !n.acl.allows(c.ids, permRead) {
		return nil, codeNoAuth
	}
	return n, codeOK
}

func (m *machine) exists(c *client, d *jute.Decoder) code {
	path, watch := readPath(d), d.Bool()
	if d.Err() != nil {
		return codeMarshalling
	}
	if strings.IndexByte(path, 0) >= 0 {
		return codeBadArguments
	}
	if watch {
		m.arm(&m.watches.data, c, path, watchOnce)
	}
	n := m.tree.get(path)
	if n == nil {
		return codeNoNode
	}
	m.scratch = n.appendStat(m.scratch)
	return codeOK
}

func (m *machine) getData(c *client, d *jute.Decoder) code {
	path, watch := readPath(d), d.Bool()
	if d.Err() != nil {
		return codeMarshalling
	}
	n, err := m.readable(c, path)
	if err != codeOK {
		return err
	}
	if watch {
		m.arm(&m.watches.data, c, path, watchOnce)
	}
	m.scratch = n.appendStat(jute.AppendBuffer(m.scratch, n.data))
	return codeOK
}

func (m *machine) getACL(c *client, d *jute.Decoder) code {
	path := readPath(d)
	if d.Err() != nil {
		return codeMarshalling
	}
	n := m.tree.get(path)
	if n == nil {
		return codeNoNode
	}
	if !n.acl.allows(c.ids, permRead|permAdmin) {
		return codeNoAuth
	}
	list := n.acl
	if !list.allows(c.ids, permAdmin) {
		list = list.masked()
	}
	m.scratch = n.appendStat(appendACL(m.scratch, list))
	return codeOK
}

func (m *machine) getChildren(c *client, d *jute.Decoder) code {
	_, err := m.children(c, d)
	return err
}

func (m *machine) getChildren2(c *client, d *jute.Decoder) code {
	n, err := m.children(c, d)
	if err == codeOK {
		m.scratch = n.appendStat(m.scratch)
	}
	return err
}

func (m *machine) children(c *client, d *jute.Decoder) (*node, code) {
	path, watch := readPath(d), d.Bool()
	if d.Err() != nil {
		return nil, codeMarshalling
	}
	n, err := m.readable(c, path)
	if err != codeOK {
		return nil, err
	}
	if watch {
		m.arm(&m.watches.child, c, path, watchOnce)
	}
	m.scratch = n.appendChildren(m.scratch)
	return n, codeOK
}

// sync has nothing to wait for: there is one node, and order is kept.
func (m *machine) sync(_ *client, d *jute.Decoder) code {
	m.scratch = jute.AppendString(m.scratch, readPath(d))
	return codeOK
}

// multiRead serves getData and getChildren in one request; each failure is an
// entry of its own. Its entries set no watches.
func (m *machine) multiRead(c *client, d *jute.Decoder) code {
	for {
		op, done := d.Int(), d.Bool()
		d.Int()
		if d.Err() != nil {
			return codeMarshalling
		}
		if done {
			break
		}
		if op != opGetData && op != opGetChildren {
			return codeMarshalling
		}
		start := len(m.scratch)
		m.scratch = appendMultiHeader(m.scratch, op, false, codeOK)
		if err := reads(op)(m, c, d); err != codeOK {
			m.scratch = appendMultiError(m.scratch[:start], err)
		}
		if len(m.scratch) > m.limits.Outbox { // a small request may ask for a large node many times
			m.log.Warn("zkserver: reply larger than may wait for a client, closing the connection",
				"peer", c.peer, "limit", m.limits.Outbox)
			m.scratch = nil
			m.drop(c)
			return codeOK
		}
	}
	m.scratch = appendMultiHeader(m.scratch, opError, true, -1)
	return codeOK
}

func (m *machine) getEphemerals(c *client, d *jute.Decoder) code {
	prefix := d.String()
	if p := strings.TrimSpace(prefix); p == "/" || p == "" {
		prefix = ""
	}
	var paths []string
	for _, path := range slices.Sorted(maps.Keys(m.tree.ephemerals[c.session.id])) {
		if strings.HasPrefix(path, prefix) {
			paths = append(paths, path)
		}
	}
	m.scratch = jute.AppendStrings(m.scratch, paths)
	return codeOK
}

func (m *machine) allChildrenNumber(c *client, d *jute.Decoder) code {
	path := readPath(d)
	if d.Err() != nil {
		return codeMarshalling
	}
	n, err := m.readable(c, path)
	if err != codeOK {
		return err
	}
	count := len(m.tree.nodes) - 1
	switch path {
	case "/":
	case "": // the root by its other name: a real server counts the root, too
		count++
	default:
		count = m.descendants(path, n)
	}
	m.scratch = jute.AppendInt(m.scratch, int32(count))
	return codeOK
}

func (m *machine) descendants(path string, n *node) int {
	count := len(n.children)
	for name := range n.children {
		child := path + "/" + name
		count += m.descendants(child, m.tree.nodes[child])
	}
	return count
}

func (m *machine) whoAmI(c *client, _ *jute.Decoder) code {
	m.scratch = jute.AppendInt(m.scratch, int32(len(c.ids)))
	for _, id := range c.ids {
		user := id.id
		if id.scheme == "digest" {
			user, _, _ = strings.Cut(user, ":")
		}
		m.scratch = jute.AppendString(m.scratch, id.scheme)
		m.scratch = jute.AppendString(m.scratch, user)
	}
	return codeOK
}
