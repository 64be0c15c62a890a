package zk

import (
	"maps"
	"slices"

	"github.com/gubbo/gubbo/internal/zkclient"
)

// watchKind is how a watch came to be.
type watchKind int

const (
	dataWatch  watchKind = iota // get -w, stat -w
	existWatch                  // stat -w of what is not there
	childWatch                  // ls -w
	nodeWatch                   // addWatch -m PERSISTENT
	treeWatch                   // addWatch -m PERSISTENT_RECURSIVE
	watchKinds
)

// watchTable is what the client believes to watch, by its own paths: a server
// that tells of anything else is not listened to, and after a new connection
// all of it is asked for again.
type watchTable [watchKinds]map[string]struct{}

func (t *watchTable) add(kind watchKind, path string) (isNew bool) {
	if _, old := t[kind][path]; old {
		return false
	}
	if t[kind] == nil {
		t[kind] = map[string]struct{}{}
	}
	t[kind][path] = struct{}{}
	return true
}

func (t *watchTable) drop(kind watchKind, path string) bool {
	_, had := t[kind][path]
	delete(t[kind], path)
	return had
}

func (t *watchTable) has(kind watchKind, path string) bool {
	_, ok := t[kind][path]
	return ok
}

// fired takes out what an event has used up, and reports whether somebody
// waited for it.
func (t *watchTable) fired(e zkclient.Event) bool {
	waited := t.has(nodeWatch, e.Path)
	for path := e.Path; ; path = parentOf(path) {
		waited = waited || t.has(treeWatch, path)
		if path == "/" {
			break
		}
	}
	if e.Type == zkclient.NodeChildrenChanged || e.Type == zkclient.NodeDeleted {
		waited = t.drop(childWatch, e.Path) || waited
	}
	if e.Type != zkclient.NodeChildrenChanged {
		waited = t.drop(dataWatch, e.Path) || waited
		waited = t.drop(existWatch, e.Path) || waited
	}
	return waited
}

// removed takes out what a removal from the server was about and returns the
// events that tell of it, or no such watcher. Persistent watches answer to
// every kind and go with AnyWatches alone, as in Java's client.
func (t *watchTable) removed(path string, kind zkclient.WatchKind) ([]string, error) {
	var events []string
	take := func(event string, kinds ...watchKind) {
		had := false
		for _, k := range kinds {
			had = t.drop(k, path) || had
		}
		if had {
			events = append(events, event)
		}
	}
	if kind != zkclient.DataWatches {
		take("ChildWatchRemoved", childWatch)
	}
	if kind != zkclient.ChildWatches {
		take("DataWatchRemoved", dataWatch, existWatch)
	}
	if kind == zkclient.AnyWatches {
		take("PersistentWatchRemoved", nodeWatch, treeWatch)
	}
	if len(events) == 0 {
		return nil, &refusal{code: zkclient.ErrNoWatcher, path: path}
	}
	return events, nil
}

// all lists the table for a server.
func (t *watchTable) all(e *ensemble) (w zkclient.Watches, any bool) {
	for kind, list := range map[watchKind]*[]string{
		dataWatch: &w.Data, existWatch: &w.Exist, childWatch: &w.Child, nodeWatch: &w.Nodes, treeWatch: &w.Trees,
	} {
		for _, path := range slices.Sorted(maps.Keys(t[kind])) {
			*list = append(*list, e.toServer(path))
			any = true
		}
	}
	return w, any
}

// parentOf is the path above; that of "/a" is "/".
func parentOf(path string) string {
	for i := len(path) - 1; i > 0; i-- {
		if path[i] == '/' {
			return path[:i]
		}
	}
	return "/"
}
