package zkclient

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gubbo/gubbo/internal/jute"
)

// flags of create.
const ephemeralFlag = 1

// Create makes a node without data, ephemeral with this session or persistent.
// Its parent must exist.
func (c *Conn) Create(ctx context.Context, path string, ephemeral bool) error {
	return c.create(ctx, path, c.createRecord(nil, path, []byte{}, ephemeral))
}

// CreateData makes a persistent node that holds data. Its parent must exist.
func (c *Conn) CreateData(ctx context.Context, path string, data []byte) error {
	return c.create(ctx, path, c.createRecord(nil, path, data, false))
}

func (c *Conn) create(ctx context.Context, path string, record []byte) error {
	body, err := c.call(ctx, opCreate, record)
	if err != nil {
		return err
	}
	d := jute.NewDecoder(body)
	if made := d.String(); d.Err() == nil && made != path {
		d.Fail(fmt.Errorf("zkclient: asked to create %q, the server made %q", path, made))
	}
	return c.checked(&d)
}

func (c *Conn) createRecord(b []byte, path string, data []byte, ephemeral bool) []byte {
	b = jute.AppendString(b, path)
	b = jute.AppendBuffer(b, data)
	b = appendACLs(b, c.acls)
	if ephemeral {
		return jute.AppendInt(b, ephemeralFlag)
	}
	return jute.AppendInt(b, 0)
}

// Delete removes a node of any version.
func (c *Conn) Delete(ctx context.Context, path string) error {
	_, err := c.call(ctx, opDelete, jute.AppendInt(jute.AppendString(nil, path), -1))
	return err
}

// Replace removes the node at path and makes it anew, in one transaction, so
// that nobody ever reads a list without it.
func (c *Conn) Replace(ctx context.Context, path string, ephemeral bool) error {
	b := appendMultiHeader(nil, opDelete, false)
	b = jute.AppendInt(jute.AppendString(b, path), -1)
	b = appendMultiHeader(b, opCreate, false)
	b = c.createRecord(b, path, []byte{}, ephemeral)
	b = appendMultiHeader(b, -1, true)
	body, err := c.call(ctx, opMulti, b)
	if err != nil {
		return err
	}
	d := jute.NewDecoder(body)
	if code := readMulti(&d); code != 0 {
		return code
	}
	return c.checked(&d)
}

func appendMultiHeader(b []byte, op int32, done bool) []byte {
	return jute.AppendInt(jute.AppendBool(jute.AppendInt(b, op), done), -1)
}

// readMulti returns the first error of a transaction's answer that says
// something: the parts before the culprit carry 0, those after it -2.
func readMulti(d *jute.Decoder) ServerError {
	var failed ServerError
	for {
		op, done, code := d.Int(), d.Bool(), ServerError(d.Int())
		if d.Err() != nil {
			return 0
		}
		if done {
			return failed
		}
		switch op {
		case -1:
			code = ServerError(d.Int())
			if failed == 0 || failed == errInconsistent {
				failed = code
			}
		case opCreate:
			_ = d.String()
		case opDelete:
		default:
			d.Fail(fmt.Errorf("zkclient: an answer of the unknown kind %d in a transaction (code %d)", op, int32(code)))
			return 0
		}
	}
}

// Exists returns what is known of the node, or ErrNoNode. With watch, the next
// creation, deletion or change of data of path is an Event, also after ErrNoNode.
func (c *Conn) Exists(ctx context.Context, path string, watch bool) (Stat, error) {
	body, err := c.call(ctx, opExists, jute.AppendBool(jute.AppendString(nil, path), watch))
	if err != nil {
		return Stat{}, err
	}
	d := jute.NewDecoder(body)
	return readStat(&d), c.checked(&d)
}

// Data returns what the node holds, or ErrNoNode. More than limit bytes are an
// error, and are not asked for if the node is known to hold them.
func (c *Conn) Data(ctx context.Context, path string, limit int) ([]byte, error) {
	s, err := c.Exists(ctx, path, false)
	if err != nil {
		return nil, err
	}
	if int(s.DataLength) > limit {
		return nil, tooLarge(path, int(s.DataLength), limit)
	}
	body, err := c.call(ctx, opGetData, jute.AppendBool(jute.AppendString(nil, path), false))
	if err != nil {
		return nil, err
	}
	d := jute.NewDecoder(body)
	data := d.Buffer()
	readStat(&d)
	if err := c.checked(&d); err != nil {
		return nil, err
	}
	if len(data) > limit { // it grew in between
		return nil, tooLarge(path, len(data), limit)
	}
	return data, nil
}

// SetData replaces what the node holds, whatever its version.
func (c *Conn) SetData(ctx context.Context, path string, data []byte) error {
	_, err := c.call(ctx, opSetData, jute.AppendInt(jute.AppendBuffer(jute.AppendString(nil, path), data), -1))
	return err
}

func tooLarge(path string, n, limit int) error {
	return fmt.Errorf("zkclient: node %q holds %d bytes; at most %d are read", path, n, limit)
}

// Children returns the names of the node's children, in no order, or ErrNoNode.
// With watch, the next creation or deletion of a child is an Event; after
// ErrNoNode there is no watch, see Exists.
func (c *Conn) Children(ctx context.Context, path string, watch bool) ([]string, error) {
	body, err := c.call(ctx, opGetChildren, jute.AppendBool(jute.AppendString(nil, path), watch))
	if err != nil {
		return nil, err
	}
	d := jute.NewDecoder(body)
	return d.Strings(), c.checked(&d)
}

// Sync returns when this server has caught up with the leader.
func (c *Conn) Sync(ctx context.Context, path string) error {
	_, err := c.call(ctx, opSync, jute.AppendString(nil, path))
	return err
}

// MakeParents makes the persistent nodes above path that are missing.
func (c *Conn) MakeParents(ctx context.Context, path string) error {
	end := strings.LastIndexByte(path, '/')
	if end <= 0 {
		return nil
	}
	parent := path[:end]
	err := c.Create(ctx, parent, false)
	if errors.Is(err, ErrNoNode) {
		if err = c.MakeParents(ctx, parent); err == nil {
			err = c.Create(ctx, parent, false)
		}
	}
	if errors.Is(err, ErrNodeExists) {
		return nil
	}
	return err
}

// checked returns the error of a decoded answer and ends the connection for
// it: a server that answers nonsense once is not believed again.
func (c *Conn) checked(d *jute.Decoder) error {
	if err := d.Err(); err != nil {
		c.fail(err)
		return err
	}
	return nil
}
