package zkserver

import (
	"strings"

	"github.com/gubbo/gubbo/internal/zkquota"
)

// The limits of a quota are the clients' to write and bind nobody, as by
// default in a real server; the counts are the server's. They change without a
// transaction of their own: whoever reads them sees no other version.

// quotaOf is the path whose quota the node at path belongs to.
func quotaOf(path, name string) (of string, ok bool) {
	of, ok = strings.CutPrefix(strings.TrimSuffix(path, "/"+name), zkquota.Root)
	return of, ok && strings.HasPrefix(of, "/")
}

// quotaLinked follows a node that came: what it adds to a count, and whether it
// is a part of a quota itself.
func (t *tree) quotaLinked(path, name string, n *node) {
	switch name {
	case zkquota.LimitsName:
		if of, ok := quotaOf(path, name); ok {
			t.quotas[of] = struct{}{}
		}
	case zkquota.StatsName:
		if of, ok := quotaOf(path, name); ok {
			t.recount(of)
		}
	}
	t.counted(path, 1, len(n.data))
}

// quotaUnlinked follows a node that went.
func (t *tree) quotaUnlinked(path, name string, n *node) {
	if name == zkquota.LimitsName {
		if of, ok := quotaOf(path, name); ok {
			delete(t.quotas, of)
		}
	}
	t.counted(path, -1, -len(n.data))
}

// counted adds to the counts of the nearest quota at or above path.
func (t *tree) counted(path string, nodes, bytes int) {
	if len(t.quotas) == 0 {
		return
	}
	for at := path; at != "/"; at = parentOf(at) {
		if _, ok := t.quotas[at]; !ok {
			continue
		}
		stats := t.nodes[zkquota.Stats(at)]
		if stats == nil {
			return
		}
		// A client may have written anything there: that is left alone.
		if track, err := zkquota.Parse(stats.data); err == nil {
			track[zkquota.Count] = track.Get(zkquota.Count) + int64(nodes)
			track[zkquota.Bytes] = track.Get(zkquota.Bytes) + int64(bytes)
			t.setCounts(stats, track)
		}
		return
	}
}

// recount counts anew what is at and below the path of a quota.
func (t *tree) recount(of string) {
	if stats := t.nodes[zkquota.Stats(of)]; stats != nil {
		nodes, bytes := t.measure(of)
		t.setCounts(stats, zkquota.Track{zkquota.Count: nodes, zkquota.Bytes: bytes})
	}
}

// recountAll recounts each quota: a snapshot's nodes come in an order in which
// no count can be right.
func (t *tree) recountAll() {
	for of := range t.quotas {
		t.recount(of)
	}
}

func (t *tree) measure(path string) (nodes, bytes int64) {
	n := t.nodes[path]
	if n == nil {
		return 0, 0
	}
	nodes, bytes = 1, int64(len(n.data))
	for name := range n.children {
		moreNodes, moreBytes := t.measure(path + "/" + name)
		nodes, bytes = nodes+moreNodes, bytes+moreBytes
	}
	return nodes, bytes
}

func (t *tree) setCounts(stats *node, track zkquota.Track) {
	data := []byte(track.String())
	t.bytes += int64(len(data) - len(stats.data))
	stats.data = data
}
