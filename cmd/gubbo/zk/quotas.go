package zk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gubbo/gubbo/internal/zkclient"
	"github.com/gubbo/gubbo/internal/zkquota"
)

// quotaKeys are the options of the quota commands, in the order in which they
// are listed.
var quotaKeys = []struct{ option, key, help string }{
	{"n", zkquota.Count, "num soft quota"},
	{"b", zkquota.Bytes, "bytes soft quota"},
	{"N", zkquota.HardCount, "num hard quota"},
	{"B", zkquota.HardBytes, "bytes hard quota"},
}

func (c *call) track(ctx context.Context, path string) (zkquota.Track, error) {
	text, _, err := c.data(ctx, path, false)
	if err != nil {
		return nil, err
	}
	return zkquota.Parse(text)
}

func (c *call) listquota(ctx context.Context) error {
	path := c.words[1]
	c.warn("absolute path is " + zkquota.Limits(path))
	limits, err := c.track(ctx, zkquota.Limits(path))
	var stats zkquota.Track
	if err == nil {
		stats, err = c.track(ctx, zkquota.Stats(path))
	}
	if isCode(err, zkclient.ErrNoNode) {
		c.warn("quota for " + path + " does not exist.")
		return nil
	}
	if err != nil {
		return err
	}
	c.print(fmt.Sprintf("Output quota for %s %s\nOutput stat for %s %s", path, limits, path, stats))
	return nil
}

// setquota asks what zkCli asks, in its order: a quota is several nodes, and
// nothing binds them together.
func (c *call) setquota(ctx context.Context) error {
	wanted, key, err := c.wantedQuota()
	if err != nil {
		return err
	}
	if len(c.words) < 2 {
		return c.cmd.misused()
	}
	path := c.words[1]
	if strings.HasPrefix(path, zkquota.Root) {
		c.warn("cannot set a quota under the path: " + zkquota.Root)
		return nil
	}
	limit, complaint := parseLimit(wanted, key)
	if complaint != "" {
		c.warn(complaint)
		return nil
	}
	switch found, err := c.exists(ctx, path); {
	case err != nil:
		return err
	case !found:
		return fail("%s does not exist.", path)
	}
	if err := c.mayHaveQuota(ctx, path); err != nil {
		return err
	}
	for _, dir := range quotaDirs(path) {
		if err := c.ensure(ctx, dir, nil); err != nil {
			return err
		}
	}
	limits := zkquota.Track{}
	found, err := c.exists(ctx, zkquota.Limits(path))
	switch {
	case err != nil:
		return err
	case found:
		if limits, err = c.track(ctx, zkquota.Limits(path)); err != nil {
			return err
		}
		limits[key] = limit
	default:
		for _, k := range quotaKeys {
			limits[k.key] = -1
		}
		limits[key] = limit
		if err := c.makeQuota(ctx, path, limits); err != nil {
			return err
		}
	}
	stats, err := c.track(ctx, zkquota.Stats(path))
	if err != nil {
		return err
	}
	c.compare(limits, stats)
	if found {
		return c.session.ask(ctx, zkquota.Limits(path), func(conn *zkclient.Conn, path string) error {
			_, err := conn.Set(ctx, path, []byte(limits.String()), zkclient.AnyVersion)
			return err
		})
	}
	return nil
}

// wantedQuota is the one option and its value.
func (c *call) wantedQuota() (value, key string, err error) {
	var names []string
	for _, k := range quotaKeys {
		if c.has(k.option) {
			return c.values[k.option], k.key, nil
		}
		names = append(names, "-"+k.option+" "+k.help)
	}
	return "", "", mistake("MissingOption", "Missing required option: [%s]", strings.Join(names, ", "))
}

func parseLimit(text, key string) (n int64, complaint string) {
	bits := 64
	count := key == zkquota.Count || key == zkquota.HardCount
	if count {
		bits = 32
	}
	n, err := strconv.ParseInt(text, 10, bits)
	switch {
	case err != nil:
		return 0, "NumberFormatException happens when parsing the option value"
	case count && n <= 0:
		return 0, "the num quota must be greater than zero"
	case n < 0:
		return 0, "the bytes quota must be greater than or equal to zero"
	}
	return n, ""
}

// mayHaveQuota refuses a path with a quota above or below it.
func (c *call) mayHaveQuota(ctx context.Context, path string) error {
	own := zkquota.Dir(path)
	err := c.walk(ctx, own, false, func(dir string) error {
		names, _, err := c.children(ctx, dir, false)
		if err == nil && dir != own && slices.Contains(names, zkquota.LimitsName) {
			return fail("%s has a child %s which has a quota", path, strings.TrimPrefix(dir, zkquota.Root))
		}
		return nil
	})
	if err != nil && !isCode(err, zkclient.ErrNoNode) {
		return err
	}
	dirs := quotaDirs(path)
	for _, dir := range dirs[:max(0, len(dirs)-1)] {
		if dir == zkquota.Root || dir == parentOf(zkquota.Root) {
			continue
		}
		names, _, err := c.children(ctx, dir, false)
		if isCode(err, zkclient.ErrNoNode) {
			return nil
		}
		if err != nil {
			return err
		}
		if slices.Contains(names, zkquota.LimitsName) {
			return fail("%s has a parent %s which has a quota", path, strings.TrimPrefix(dir, zkquota.Root))
		}
	}
	return nil
}

// quotaDirs are the nodes that lead to the quota of path, from above.
func quotaDirs(path string) []string {
	dirs := []string{parentOf(zkquota.Root), zkquota.Root}
	at := zkquota.Root
	for name := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		at += "/" + name
		dirs = append(dirs, at)
	}
	return dirs
}

// ensure makes a node unless it is there.
func (c *call) ensure(ctx context.Context, path string, data []byte) error {
	found, err := c.exists(ctx, path)
	if found || err != nil {
		return err
	}
	_, err = c.makeNode(ctx, zkclient.NewNode{Path: path, Data: data})
	if isCode(err, zkclient.ErrNodeExists) {
		return nil
	}
	return err
}

// makeQuota makes the two nodes; the server counts once the second is there.
func (c *call) makeQuota(ctx context.Context, path string, limits zkquota.Track) error {
	if _, err := c.makeNode(ctx, zkclient.NewNode{Path: zkquota.Limits(path), Data: []byte(limits.String())}); err != nil {
		return err
	}
	none := zkquota.Track{zkquota.Count: 0, zkquota.Bytes: 0}
	_, err := c.makeNode(ctx, zkclient.NewNode{Path: zkquota.Stats(path), Data: []byte(none.String())})
	return err
}

// compare warns of limits that are passed already.
func (c *call) compare(limits, stats zkquota.Track) {
	for _, k := range []struct{ what, soft, hard string }{
		{zkquota.Count, zkquota.Count, zkquota.HardCount},
		{zkquota.Bytes, zkquota.Bytes, zkquota.HardBytes},
	} {
		have := stats.Get(k.what)
		passed := func(limit int64) bool { return limit > -1 && limit < have }
		if passed(limits.Get(k.soft)) || passed(limits.Get(k.hard)) {
			c.print(fmt.Sprintf("[Warning]: the %s quota you create is less than the existing %s:%d", k.what, k.what, have))
		}
	}
}

func (c *call) delquota(ctx context.Context) error {
	path := c.words[1]
	err := c.removeQuota(ctx, path)
	if isCode(err, zkclient.ErrNoNode) {
		c.warn("quota for " + path + " does not exist.")
		return nil
	}
	return err
}

func (c *call) removeQuota(ctx context.Context, path string) error {
	found, err := c.exists(ctx, zkquota.Limits(path))
	if err != nil {
		return err
	}
	if !found {
		c.print("Quota does not exist for " + path)
		return nil
	}
	limits, err := c.track(ctx, zkquota.Limits(path))
	if err != nil {
		return err
	}
	for _, k := range quotaKeys {
		if c.has(k.option) {
			limits[k.key] = -1
			return c.session.ask(ctx, zkquota.Limits(path), func(conn *zkclient.Conn, path string) error {
				_, err := conn.Set(ctx, path, []byte(limits.String()), zkclient.AnyVersion)
				return err
			})
		}
	}
	names, _, err := c.children(ctx, zkquota.Dir(path), false)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := c.remove(ctx, join(zkquota.Dir(path), name), zkclient.AnyVersion); err != nil {
			return err
		}
	}
	// What led there alone goes, too.
	for dir := zkquota.Dir(path); dir != zkquota.Root; dir = parentOf(dir) {
		names, _, err := c.children(ctx, dir, false)
		if err != nil || len(names) > 0 {
			return err
		}
		if err := c.remove(ctx, dir, zkclient.AnyVersion); err != nil {
			return err
		}
	}
	return nil
}
