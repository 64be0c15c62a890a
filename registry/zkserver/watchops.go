package zkserver

import "github.com/gubbo/gubbo/internal/jute"

// The modes and types of watches as requests number them.
const (
	addPersistent = 0
	addRecursive  = 1

	ofChildren   = 1
	ofData       = 2
	ofAny        = 3
	ofPersistent = 4 // these two since 3.9
	ofRecursive  = 5
)

// setWatches arms again what a client had on its last connection, or tells it
// at once what it missed since the zxid that it saw last.
func (m *machine) setWatches(c *client, d *jute.Decoder) code {
	return m.rearm(c, d, false)
}

func (m *machine) setWatches2(c *client, d *jute.Decoder) code {
	return m.rearm(c, d, true)
}

func (m *machine) rearm(c *client, d *jute.Decoder, persistent bool) code {
	seen := d.Long()
	data, exist, child := d.Strings(), d.Strings(), d.Strings()
	var stay, recursive []string
	if persistent {
		stay, recursive = d.Strings(), d.Strings()
	}
	if d.Err() != nil {
		return codeMarshalling
	}
	for _, path := range data {
		switch n := m.tree.get(path); {
		case n == nil:
			m.sendEvent(c, eventDeleted, path)
		case n.mzxid > seen:
			m.sendEvent(c, eventDataChanged, path)
		default:
			m.arm(&m.watches.data, c, path, watchOnce)
		}
	}
	for _, path := range exist {
		if m.tree.get(path) != nil {
			m.sendEvent(c, eventCreated, path)
		} else {
			m.arm(&m.watches.data, c, path, watchOnce)
		}
	}
	for _, path := range child {
		switch n := m.tree.get(path); {
		case n == nil:
			m.sendEvent(c, eventDeleted, path)
		case n.pzxid > seen:
			m.sendEvent(c, eventChildrenChanged, path)
		default:
			m.arm(&m.watches.child, c, path, watchOnce)
		}
	}
	// No event tells of what was missed here: the client must read again.
	for _, path := range stay {
		m.armBoth(c, path)
	}
	for _, path := range recursive {
		m.arm(&m.watches.data, c, path, watchRecursive)
	}
	return codeOK
}

func (m *machine) armBoth(c *client, path string) {
	m.arm(&m.watches.data, c, path, watchPersistent)
	m.arm(&m.watches.child, c, path, watchPersistent)
}

func (m *machine) addWatch(c *client, d *jute.Decoder) code {
	path, md := readPath(d), d.Int()
	if d.Err() != nil {
		return codeMarshalling
	}
	switch md {
	case addPersistent:
		m.armBoth(c, path)
	case addRecursive:
		m.arm(&m.watches.data, c, path, watchRecursive)
	default:
		return codeMarshalling
	}
	m.scratch = jute.AppendInt(m.scratch, 0)
	return codeOK
}

// selected says which modes of which table a watcher type means. Java keeps
// recursive watches in both tables, so that those of one connection answer to
// ofChildren too; seenAsChild tells of them.
func selected(kind int32) (data, child mode, ok bool) {
	switch kind {
	case ofChildren:
		return 0, watchAny, true
	case ofData:
		return watchAny, 0, true
	case ofAny:
		return watchAny, watchAny, true
	case ofPersistent:
		return watchPersistent, watchPersistent, true
	case ofRecursive:
		return watchRecursive, 0, true
	}
	return 0, 0, false
}

func (m *machine) seenAsChild(c *client, path string, kind int32) bool {
	return kind == ofChildren && m.watches.data.has(c, path, watchRecursive)
}

func (m *machine) checkWatches(c *client, d *jute.Decoder) code {
	path, kind := readPath(d), d.Int()
	data, child, ok := selected(kind)
	if d.Err() != nil || !ok {
		return codeMarshalling
	}
	if m.watches.data.has(c, path, data) || m.watches.child.has(c, path, child) || m.seenAsChild(c, path, kind) {
		return codeOK
	}
	return codeNoWatcher
}

func (m *machine) removeWatches(c *client, d *jute.Decoder) code {
	path, kind := readPath(d), d.Int()
	data, child, ok := selected(kind)
	if d.Err() != nil || !ok {
		return codeMarshalling
	}
	removed := m.watches.data.drop(c, path, data)
	removed = m.watches.child.drop(c, path, child) || removed
	if !removed && !m.seenAsChild(c, path, kind) {
		return codeNoWatcher
	}
	m.watches.data.forget(c, path)
	return codeOK
}
