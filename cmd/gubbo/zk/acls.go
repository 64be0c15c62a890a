package zk

import (
	"context"
	"fmt"
	"strings"

	"github.com/gubbo/gubbo/internal/zkacl"
	"github.com/gubbo/gubbo/internal/zkclient"
)

// parseACL reads "scheme:id:perms,…" and passes over what is none, with a word
// to the user.
func (c *call) parseACL(text string) []zkclient.ACL {
	acls := []zkclient.ACL{}
	for entry := range strings.SplitSeq(strings.TrimRight(text, ","), ",") {
		scheme, id, perms, ok := zkacl.Split(entry)
		if !ok {
			c.warn(entry + " does not have the form scheme:id:perm")
			continue
		}
		a := zkclient.ACL{Scheme: scheme, ID: id}
		for _, letter := range perms {
			bit := zkacl.Bit(letter)
			if bit == 0 {
				c.warn("Unknown perm type: " + string(letter))
			}
			a.Perms |= bit
		}
		acls = append(acls, a)
	}
	return acls
}

// quoteID keeps the marks of a Java record's text out of its strings.
var quoteID = strings.NewReplacer("\x00", "%00", "\n", "%0A", "\r", "%0D", "%", "%25", ",", "%2C", "}", "%7D")

func (c *call) getACL(ctx context.Context) error {
	var acls []zkclient.ACL
	var s zkclient.Stat
	err := c.session.ask(ctx, c.words[1], func(conn *zkclient.Conn, path string) (err error) {
		acls, s, err = conn.ACL(ctx, path)
		return err
	})
	if err != nil {
		return err
	}
	for _, a := range acls {
		perms := ""
		for _, letter := range zkacl.Letters {
			if a.Perms&zkacl.Bit(letter) != 0 {
				perms += string(letter)
			}
		}
		c.print(fmt.Sprintf("'%s,'%s\n: %s", quoteID.Replace(a.Scheme), quoteID.Replace(a.ID), perms))
	}
	if c.has("s") {
		c.printStat(s)
	}
	return nil
}

func (c *call) setACL(ctx context.Context) error {
	acls := c.parseACL(c.words[2])
	version, err := c.wantedVersion()
	if err != nil {
		return err
	}
	var s zkclient.Stat
	set := func(path string) error {
		if err := validPath(path); err != nil {
			return err
		}
		if len(acls) == 0 {
			return &refusal{code: zkclient.ErrInvalidACL}
		}
		return c.session.ask(ctx, path, func(conn *zkclient.Conn, path string) (err error) {
			s, err = conn.SetACL(ctx, path, acls, version)
			return err
		})
	}
	if c.has("R") {
		return c.walk(ctx, c.words[1], false, func(path string) error {
			if r := refused(set(path)); r != nil {
				fmt.Fprint(c.out, r.plain()) // and goes on, with no new line, as zkCli
			}
			return nil
		})
	}
	if err := set(c.words[1]); err != nil {
		return err
	}
	if c.has("s") {
		c.printStat(s)
	}
	return nil
}

func (c *call) addauth(ctx context.Context) error {
	p := proof{scheme: c.words[1]}
	if len(c.words) > 2 {
		p.secret = []byte(c.words[2])
	}
	return c.session.prove(ctx, p)
}

func (c *call) whoami(ctx context.Context) error {
	conn, err := c.session.live(ctx)
	if err != nil {
		return about("", err)
	}
	who, err := conn.WhoAmI(ctx)
	if err != nil {
		return about("", err)
	}
	c.print("Auth scheme: User")
	for _, id := range who {
		c.print(id.Scheme + ": " + id.User)
	}
	return nil
}
