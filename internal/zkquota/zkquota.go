// Package zkquota knows ZooKeeper's quotas as the nodes that they are: below
// /zookeeper/quota, the quota of a path is a node of limits and a node of
// counts. Clients write the limits, the server keeps the counts. It is plain
// text and paths; it talks to nobody.
package zkquota

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Root is the node below which all quotas are.
const Root = "/zookeeper/quota"

// The names of the two nodes of a quota.
const (
	LimitsName = "zookeeper_limits"
	StatsName  = "zookeeper_stats"
)

// Dir returns the node that holds the quota of path.
func Dir(path string) string { return Root + path }

// Limits returns the node with the limits of path.
func Limits(path string) string { return Root + path + "/" + LimitsName }

// Stats returns the node with the counts of path.
func Stats(path string) string { return Root + path + "/" + StatsName }

// The keys that limits and counts have.
const (
	Count     = "count" // nodes, with the path itself
	Bytes     = "bytes" // of their data
	HardCount = "countHardLimit"
	HardBytes = "byteHardLimit"
)

// Track is what a node of limits or counts holds: a number for each key.
type Track map[string]int64

// Parse reads the text of such a node. An empty number counts as -1.
func Parse(text []byte) (Track, error) {
	t := Track{}
	for pair := range strings.FieldsFuncSeq(string(text), func(r rune) bool { return r == ',' || r == ';' }) {
		key, value, ok := strings.Cut(pair, "=")
		value, _, _ = strings.Cut(value, "=")
		if !ok {
			return nil, fmt.Errorf("zkquota: %q in %q has no number", pair, text)
		}
		if value == "" {
			value = "-1"
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("zkquota: %q in %q is no number", value, text)
		}
		t[key] = n
	}
	return t, nil
}

// Get returns the number of key; one that is not there is -1: no limit.
func (t Track) Get(key string) int64 {
	if n, ok := t[key]; ok {
		return n
	}
	return -1
}

// String writes t as a node holds it. The second "=" after the bytes keeps
// what old readers do not know from them.
func (t Track) String() string {
	b := fmt.Appendf(nil, "%s=%d,%s=%d", Count, t.Get(Count), Bytes, t.Get(Bytes))
	mark := "="
	for _, key := range slices.Sorted(maps.Keys(t)) {
		if key != Count && key != Bytes {
			b = fmt.Appendf(b, "%s;%s=%d", mark, key, t[key])
			mark = ""
		}
	}
	return string(b)
}
