package zk

import (
	"context"
	"strings"

	"github.com/gubbo/gubbo/internal/zkclient"
)

const lsHelp = `usage: ls [options] path
 -?   help
 -R   recurse
 -s   stat
 -w   watch`

func (c *call) ls(ctx context.Context) error {
	if c.has("?") {
		c.print(lsHelp)
	}
	if len(c.words) < 2 {
		return c.cmd.misused()
	}
	path, watch := c.words[1], c.has("w")
	if c.has("R") {
		return c.walk(ctx, path, watch, func(path string) error {
			c.print(path)
			return nil
		})
	}
	names, s, err := c.children(ctx, path, watch)
	if err != nil {
		return err
	}
	c.print("[" + strings.Join(names, ", ") + "]")
	if c.has("s") {
		c.printStat(s)
	}
	return nil
}

// walk visits a node and all below it, the children of each together and
// before what is below them. What went away meanwhile is passed over.
func (c *call) walk(ctx context.Context, path string, watch bool, visit func(path string) error) error {
	if _, _, err := c.data(ctx, path, watch); err != nil {
		return err
	}
	if err := visit(path); err != nil {
		return err
	}
	return c.walkBelow(ctx, path, watch, visit)
}

func (c *call) walkBelow(ctx context.Context, path string, watch bool, visit func(path string) error) error {
	names, _, err := c.children(ctx, path, watch)
	if isCode(err, zkclient.ErrNoNode) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := visit(join(path, name)); err != nil {
			return err
		}
	}
	for _, name := range names {
		if err := c.walkBelow(ctx, join(path, name), watch, visit); err != nil {
			return err
		}
	}
	return nil
}
