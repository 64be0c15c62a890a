package zk

import (
	"bufio"
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/gubbo/gubbo/internal/release"
	"github.com/gubbo/gubbo/internal/zkclient"
)

// configPath is the node of the configuration, whatever the client's root is.
const configPath = "/zookeeper/config"

func (c *call) close(context.Context) error {
	c.session.close()
	return nil
}

func (c *call) version(context.Context) error {
	if len(c.words) > 1 {
		return c.cmd.misused()
	}
	c.print("ZooKeeper CLI version: " + release.Name)
	return nil
}

func (c *call) config(ctx context.Context) error {
	var data []byte
	var s zkclient.Stat
	get := func(conn *zkclient.Conn, _ string) (err error) {
		data, s, err = conn.Get(ctx, configPath, c.has("w"))
		return err
	}
	var err error
	if c.has("w") {
		err = c.session.askWatching(ctx, dataWatch, configPath, get)
	} else {
		err = c.session.ask(ctx, configPath, get)
	}
	if err != nil {
		return err
	}
	if c.has("c") {
		c.print(clientAddresses(string(data)))
	} else {
		c.print(orNull(data))
	}
	if c.has("s") {
		c.printStat(s)
	}
	return nil
}

// clientAddresses turns a configuration into its version and the addresses
// that clients connect to, one for each server and "" for one that tells none.
func clientAddresses(config string) string {
	version := ""
	var addresses []string
	for line := range strings.Lines(config) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key = strings.TrimSpace(key); {
		case key == "version":
			version = strings.TrimSpace(value)
		case strings.HasPrefix(key, "server."):
			// host:port:port[:role][;[client host:]client port]
			_, client, _ := strings.Cut(value, ";")
			client = strings.TrimSpace(client)
			if client != "" && !strings.Contains(client, ":") {
				client = "0.0.0.0:" + client
			}
			addresses = append(addresses, client)
		}
	}
	return version + " " + strings.Join(addresses, ",")
}

func (c *call) reconfig(ctx context.Context) error {
	whole, partly := c.has("file") || c.has("members"), c.has("add") || c.has("remove")
	if !whole && !partly {
		return c.cmd.misused()
	}
	r := zkclient.Reconfiguration{
		Joining: strings.ToLower(c.values["add"]), Leaving: strings.ToLower(c.values["remove"]), Members: strings.ToLower(c.values["members"]),
		Version: zkclient.AnyVersion,
	}
	if c.has("v") {
		v, err := strconv.ParseInt(c.values["v"], 16, 64)
		if err != nil {
			return fail("-v must be followed by a long (configuration version)")
		}
		r.Version = v
	}
	switch {
	case whole && partly:
		return fail("Can't use -file or -members together with -add or -remove (mixing incremental and non-incremental modes is not allowed)")
	case c.has("file") && c.has("members"):
		return fail("Can't use -file and -members together (conflicting non-incremental modes)")
	case c.has("file"):
		members, err := membersOf(c.values["file"])
		if err != nil {
			return fail("Error processing %s%s", c.values["file"], err)
		}
		r.Members = members
	}
	conn, err := c.session.live(ctx)
	if err != nil {
		return about("", err)
	}
	config, s, err := conn.Reconfigure(ctx, r)
	if err != nil {
		err = about("", err)
		if r := refused(err); r != nil {
			r.named = true // by nothing, as zkCli has it
		}
		return err
	}
	c.print("Committed new configuration:\n" + string(config))
	if c.has("s") {
		c.printStat(s)
	}
	return nil
}

// membersOf takes the lines about members out of a configuration's file; the
// server checks them.
func membersOf(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		if e := (*os.PathError)(nil); errors.As(err, &e) {
			return "", fail("%s (%s)", file, sentence(e.Err.Error()))
		}
		return "", err
	}
	defer f.Close()
	var members []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, value, _ := strings.Cut(strings.TrimSpace(lines.Text()), "=")
		switch kind, _, _ := strings.Cut(key, "."); kind {
		case "server", "group", "weight":
			members = append(members, strings.TrimSpace(key)+"="+strings.TrimSpace(value))
		}
	}
	slices.Sort(members)
	return strings.Join(members, "\n"), lines.Err()
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (c *call) getEphemerals(ctx context.Context) error {
	prefix := "/"
	if len(c.words) > 1 {
		prefix = c.words[1]
	}
	if err := validPath(prefix); err != nil {
		return err
	}
	conn, err := c.session.live(ctx)
	if err != nil {
		return about("", err)
	}
	paths, err := conn.Ephemerals(ctx, prefix)
	if err != nil {
		return about("", err)
	}
	c.print("[" + strings.Join(paths, ", ") + "]")
	return nil
}

func (c *call) addWatch(ctx context.Context) error {
	if len(c.words) != 2 {
		return c.cmd.misused()
	}
	kind, mode := treeWatch, zkclient.WatchTree
	if c.has("m") {
		switch strings.ToUpper(c.values["m"]) {
		case "PERSISTENT":
			kind, mode = nodeWatch, zkclient.WatchNode
		case "PERSISTENT_RECURSIVE":
		default:
			return c.cmd.misused()
		}
	}
	return c.session.askWatching(ctx, kind, c.words[1], func(conn *zkclient.Conn, path string) error {
		return conn.AddWatch(ctx, path, mode)
	})
}

func (c *call) removewatches(ctx context.Context) error {
	kind := zkclient.AnyWatches
	switch {
	case c.has("c"):
		kind = zkclient.ChildWatches
	case c.has("d"):
		kind = zkclient.DataWatches
	}
	return c.session.unwatch(ctx, c.words[1], kind, c.has("l"))
}
