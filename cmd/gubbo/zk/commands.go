package zk

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// command is one of zkCli's. What concerns the shell itself is done by own,
// before anybody asks for a connection; all else by run, with one.
type command struct {
	name, usage string
	own         func(s *shell, ctx context.Context, words []string) error
	options     []option
	words       int    // at least so many after the command, or it is told its usage
	old         string // the advice for who ends a command with the word "watch", as one once did
	raw         bool   // its options are not looked at
	run         func(c *call, ctx context.Context) error
}

// call is one command that runs.
type call struct {
	*shell
	*parsed
	cmd *command
}

func (c *call) print(text string) { fmt.Fprintln(c.out, text) }
func (c *call) warn(text string)  { fmt.Fprintln(c.errs, text) }

// misused is the error of who is told how to use the command.
func (cmd *command) misused() error { return fail("%s %s", cmd.name, cmd.usage) }

func flags(names ...string) (all []option) {
	for _, name := range names {
		all = append(all, option{name: name})
	}
	return all
}

func valued(names ...string) (all []option) {
	for _, name := range names {
		all = append(all, option{name: name, value: true})
	}
	return all
}

func choices(value bool) (all []option) {
	for _, name := range []string{"n", "b", "N", "B"} {
		all = append(all, option{name, value, true})
	}
	return all
}

// commands are all commands, in the order in which the usage lists them.
func commands() []command {
	return []command{
		{name: "addWatch", usage: "[-m mode] path # optional mode is one of [PERSISTENT, PERSISTENT_RECURSIVE] - default is PERSISTENT_RECURSIVE", options: valued("m"), words: 1, run: (*call).addWatch},
		{name: "addauth", usage: "scheme auth", words: 1, run: (*call).addauth},
		{name: "close", raw: true, run: (*call).close},
		{name: "config", usage: "[-c] [-w] [-s]", options: flags("s", "w", "c"), run: (*call).config},
		{name: "connect", usage: "host:port", own: (*shell).reconnect},
		{name: "create", usage: "[-s] [-e] [-c] [-t ttl] path [data] [acl]", options: append(flags("e", "s", "c"), valued("t")...), words: 1, run: (*call).create},
		{name: "delete", usage: "[-v version] path", options: valued("v"), words: 1, old: "'delete path [version]' has been deprecated. Please use 'delete [-v version] path' instead.", run: (*call).delete},
		{name: "deleteall", usage: "path [-b batch size]", options: valued("b"), words: 1, run: (*call).deleteall},
		{name: "delquota", usage: "[-n|-b|-N|-B] path", options: choices(false), words: 1, run: (*call).delquota},
		{name: "get", usage: "[-s] [-w] path", options: flags("s", "w"), words: 1, old: "'get path [watch]' has been deprecated. Please use 'get [-s] [-w] path' instead.", run: (*call).get},
		{name: "getAcl", usage: "[-s] path", options: flags("s"), words: 1, run: (*call).getACL},
		{name: "getAllChildrenNumber", usage: "path", words: 1, run: (*call).countBelow},
		{name: "getEphemerals", usage: "path", run: (*call).getEphemerals},
		{name: "history", own: (*shell).history},
		{name: "listquota", usage: "path", words: 1, run: (*call).listquota},
		{name: "ls", usage: "[-s] [-w] [-R] path", options: flags("?", "s", "w", "R"), old: "'ls path [watch]' has been deprecated. Please use 'ls [-w] path' instead.", run: (*call).ls},
		{name: "printwatches", usage: "on|off", own: (*shell).printwatches},
		{name: "quit", own: (*shell).quit},
		{name: "reconfig", usage: "[-s] [-v version] [[-file path] | [-members serverID=host:port1:port2;port3[,...]*]] | [-add serverId=host:port1:port2;port3[,...]]* [-remove serverId[,...]*]", options: append(flags("s"), valued("v", "file", "members", "add", "remove")...), run: (*call).reconfig},
		{name: "redo", usage: "cmdno", own: (*shell).redo},
		{name: "removewatches", usage: "path [-c|-d|-a] [-l]", options: flags("c", "d", "a", "l"), words: 1, run: (*call).removewatches},
		{name: "set", usage: "[-s] [-v version] path data", options: append(flags("s"), valued("v")...), words: 2, run: (*call).set},
		{name: "setAcl", usage: "[-s] [-v version] [-R] path acl", options: append(flags("s", "R"), valued("v")...), words: 2, run: (*call).setACL},
		{name: "setquota", usage: "-n|-b|-N|-B val path", options: choices(true), run: (*call).setquota},
		{name: "stat", usage: "[-w] path", options: flags("w"), words: 1, old: "'stat path [watch]' has been deprecated. Please use 'stat [-w] path' instead.", run: (*call).stat},
		{name: "sync", usage: "path", words: 1, run: (*call).sync},
		{name: "version", run: (*call).version},
		{name: "whoami", raw: true, run: (*call).whoami},
	}
}

// Commands lists the commands, one a line, with their options and arguments.
func Commands() string {
	var b strings.Builder
	for _, cmd := range commands() {
		fmt.Fprintf(&b, "\t%s %s\n", cmd.name, cmd.usage)
	}
	return b.String()
}

func commandNamed(name string) *command {
	all := commands()
	if i := slices.IndexFunc(all, func(c command) bool { return c.name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// parse reads the options of cmd.
func (cmd *command) parse(s *shell, words []string) (*parsed, error) {
	if cmd.raw {
		return &parsed{words: words}, nil
	}
	p, err := parseOptions(cmd.options, words)
	if err != nil {
		return nil, err
	}
	if len(p.words) <= cmd.words && cmd.words > 0 {
		return nil, cmd.misused()
	}
	if len(p.words) > 2 && cmd.old != "" {
		fmt.Fprintln(s.errs, cmd.old)
		if cmd.name != "delete" {
			// As in zkCli, where the third word on the line becomes the option.
			words = slices.Clone(words)
			words[2] = "-w"
			if p, err = parseOptions(cmd.options, words); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}
