package zkclient

import (
	"context"

	"github.com/gubbo/gubbo/internal/jute"
)

// Authenticate proves an identity on this connection, e.g. with the scheme
// "digest" and the secret "user:password". Unlike Config.Login it changes
// nothing in what nodes are created with. A server that refuses it answers
// ErrAuthFailed and ends the connection.
func (c *Conn) Authenticate(ctx context.Context, scheme string, secret []byte) error {
	_, err := c.call(ctx, opAuth, authRecord(scheme, secret))
	return err
}

func authRecord(scheme string, secret []byte) []byte {
	return jute.AppendBuffer(jute.AppendString(jute.AppendInt(nil, 0), scheme), secret)
}

// Identity is who a server takes a connection for.
type Identity struct{ Scheme, User string }

// WhoAmI returns the identities of this connection. Servers know this since 3.7.
func (c *Conn) WhoAmI(ctx context.Context) ([]Identity, error) {
	d, err := c.ask(ctx, opWhoAmI, nil)
	if err != nil {
		return nil, err
	}
	var all []Identity
	for range d.Count(8) {
		all = append(all, Identity{Scheme: d.String(), User: d.String()})
	}
	return all, c.checked(&d)
}

// Ephemerals returns the paths of this session's ephemeral nodes that begin
// with prefix. Servers know this since 3.6.
func (c *Conn) Ephemerals(ctx context.Context, prefix string) ([]string, error) {
	d, err := c.ask(ctx, opGetEphemerals, jute.AppendString(nil, prefix))
	if err != nil {
		return nil, err
	}
	return d.Strings(), c.checked(&d)
}

// Reconfiguration changes the members of an ensemble: either by Joining and
// Leaving, or to Members. Each is a list as ZooKeeper writes it, "" is none.
type Reconfiguration struct {
	Joining, Leaving, Members string
	// Version is that of the configuration to change, AnyVersion any.
	Version int64
}

// Reconfigure returns the new configuration, which is what the node
// /zookeeper/config holds then.
func (c *Conn) Reconfigure(ctx context.Context, r Reconfiguration) ([]byte, Stat, error) {
	var b []byte
	for _, list := range []string{r.Joining, r.Leaving, r.Members} {
		if list == "" {
			b = jute.AppendBuffer(b, nil)
		} else {
			b = jute.AppendString(b, list)
		}
	}
	d, err := c.ask(ctx, opReconfig, jute.AppendLong(b, r.Version))
	if err != nil {
		return nil, Stat{}, err
	}
	config, s := d.Buffer(), readStat(&d)
	return config, s, c.checked(&d)
}
