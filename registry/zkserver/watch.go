package zkserver

import "github.com/gubbo/gubbo/internal/jute"

// mode says what a watch does; a connection may hold several on one path.
type mode uint8

const (
	watchOnce       mode = 1 << iota // fires once
	watchPersistent                  // stays
	watchRecursive                   // stays, and sees the data of all descendants
	watchAny        = watchOnce | watchPersistent | watchRecursive
)

// watchTable is one of the two tables: data (the node itself) or child (the
// names below it).
type watchTable struct {
	byPath    map[string]map[*client]mode
	other     *watchTable // the other of the two
	bytes     *int64      // of both
	recursive int         // entries with watchRecursive; 0 spares the walk up the path
	size      int         // pairs of connection and path
}

// watches is both tables; each connection also has the list of its paths.
type watches struct {
	data, child watchTable
	bytes       int64 // lengths of the paths in the connections' lists
}

func (w *watches) init() {
	w.data = watchTable{byPath: map[string]map[*client]mode{}, other: &w.child, bytes: &w.bytes}
	w.child = watchTable{byPath: map[string]map[*client]mode{}, other: &w.data, bytes: &w.bytes}
}

func (w *watchTable) add(c *client, path string, m mode) {
	set := w.byPath[path]
	if set == nil {
		set = make(map[*client]mode, 1)
		w.byPath[path] = set
	}
	old := set[c]
	if old == 0 {
		w.size++
	}
	if m&watchRecursive != 0 && old&watchRecursive == 0 {
		w.recursive++
	}
	set[c] = old | m
}

// drop removes the modes m of c on path and reports whether any was there.
func (w *watchTable) drop(c *client, path string, m mode) bool {
	set := w.byPath[path]
	old := set[c]
	if old&m == 0 {
		return false
	}
	if old&m&watchRecursive != 0 {
		w.recursive--
	}
	if old &^= m; old != 0 {
		set[c] = old
		return true
	}
	w.size--
	delete(set, c)
	if len(set) == 0 {
		delete(w.byPath, path)
	}
	return true
}

func (w *watchTable) has(c *client, path string, m mode) bool { return w.byPath[path][c]&m != 0 }

// fire calls tell for each connection that an event of this kind at path
// concerns, once each, and takes the one-shot watches off the table.
func (w *watchTable) fire(path string, kind int32, tell func(*client)) {
	var told map[*client]struct{} // only when a walk up the path can meet one twice
	if w.recursive > 0 && kind != eventChildrenChanged {
		told = map[*client]struct{}{}
	}
	for c, m := range w.byPath[path] {
		if kind == eventChildrenChanged && m&^watchRecursive == 0 {
			continue
		}
		if told != nil {
			told[c] = struct{}{}
		}
		tell(c)
		if m&watchOnce != 0 {
			w.drop(c, path, watchOnce)
			w.forget(c, path)
		}
	}
	if told == nil {
		return
	}
	for at := path; at != "/"; {
		at = parentOf(at)
		for c, m := range w.byPath[at] {
			if _, again := told[c]; m&watchRecursive != 0 && !again {
				told[c] = struct{}{}
				tell(c)
			}
		}
	}
}

func (m *machine) arm(t *watchTable, c *client, path string, md mode) {
	if c.closing {
		return // dropped for a watch before this one, and nobody would remove it
	}
	if _, old := c.watched[path]; !old {
		if m.watchCount() >= m.limits.Watches || m.watches.bytes+int64(len(path)) > m.limits.WatchBytes {
			m.log.Warn("zkserver: too many watches, closing the connection",
				"limit", m.limits.Watches, "bytes limit", m.limits.WatchBytes, "peer", c.peer)
			m.drop(c)
			return
		}
		if c.watched == nil {
			c.watched = map[string]struct{}{}
		}
		c.watched[path] = struct{}{}
		m.watches.bytes += int64(len(path))
	}
	t.add(c, path, md)
}

func (m *machine) watchCount() int { return m.watches.data.size + m.watches.child.size }

// forget keeps the connection's list of paths true after a watch on path went.
func (w *watchTable) forget(c *client, path string) {
	if _, watched := c.watched[path]; watched && !w.has(c, path, watchAny) && !w.other.has(c, path, watchAny) {
		delete(c.watched, path)
		*w.bytes -= int64(len(path))
	}
}

// unwatch removes all watches of a connection that is gone.
func (m *machine) unwatch(c *client) {
	for path := range c.watched {
		m.watches.data.drop(c, path, watchAny)
		m.watches.child.drop(c, path, watchAny)
		m.watches.bytes -= int64(len(path))
	}
	c.watched = nil
}

// sendEvent appends a watch event to a connection's frames.
func (m *machine) sendEvent(c *client, kind int32, path string) {
	if c.closing {
		return // dropped for an event before this one
	}
	b, start := jute.BeginFrame(m.outOf(c))
	b = jute.AppendInt(b, xidEvent)
	b = jute.AppendLong(b, -1)
	b = jute.AppendInt(b, 0)
	b = jute.AppendInt(b, kind)
	b = jute.AppendInt(b, 3) // the client's state: connected
	b = jute.AppendString(b, path)
	m.owe(c, jute.EndFrame(b, start))
	m.stats.sent++
	c.sent++
}

// tellAbout returns what fire calls for an event at path: it withholds the
// event from connections that may not read the node.
func (m *machine) tellAbout(kind int32, path string, a acl) func(*client) {
	return func(c *client) {
		if a.allows(c.ids, permRead) {
			m.sendEvent(c, kind, path)
		}
	}
}

// change is one node's change within a transaction, for its watchers.
type change struct {
	kind   int32
	path   string
	acl    acl // of the node
	parent acl // of its parent, for created and deleted
}

// notify fires the watches that a change concerns, in the order of a real
// server: the node's data watches, for a deletion its child watches (a
// connection with both hears once), then the parent's child watches.
func (m *machine) notify(ch change) {
	switch ch.kind {
	case eventDataChanged:
		m.watches.data.fire(ch.path, eventDataChanged, m.tellAbout(eventDataChanged, ch.path, ch.acl))
		return
	case eventCreated:
		m.watches.data.fire(ch.path, eventCreated, m.tellAbout(eventCreated, ch.path, ch.acl))
	case eventDeleted:
		var told map[*client]struct{}
		both := m.watches.child.size > 0
		tell := m.tellAbout(eventDeleted, ch.path, ch.acl)
		m.watches.data.fire(ch.path, eventDeleted, func(c *client) {
			if both {
				if told == nil {
					told = map[*client]struct{}{}
				}
				told[c] = struct{}{}
			}
			tell(c)
		})
		m.watches.child.fire(ch.path, eventDeleted, func(c *client) {
			if _, again := told[c]; !again {
				tell(c)
			}
		})
	}
	parent := parentOf(ch.path)
	m.watches.child.fire(parent, eventChildrenChanged, m.tellAbout(eventChildrenChanged, parent, ch.parent))
}
