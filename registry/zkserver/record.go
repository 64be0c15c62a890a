package zkserver

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
)

// A record of the log is one transaction:
//
//	length int | crc32c of the length | crc32c of the payload | payload: zxid long, time long, changes...
//
// Each change begins with its kind. A failed transaction has none; its number
// counts all the same. The length has a sum of its own, so that a record that
// was cut short is told from one whose length is damaged. A snapshot is a file
// of such records too (store.go).
const (
	recCreate  = 1 // path, data, acl, owner long
	recDelete  = 2 // path
	recSetData = 3 // path, data, version int
	recSetACL  = 4 // path, acl, version int
	recOpen    = 5 // session long, timeout long (ns)
	recClose   = 6 // session long; takes its ephemerals along
	recNode    = 7 // only in snapshots: path, data, acl, the stat
	recEnd     = 8 // only in snapshots: nothing is missing
)

const recordHead = 12

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var (
	errRecord  = errors.New("zkserver: record does not fit the tree")
	errDamaged = errors.New("zkserver: record is damaged")
)

func appendRecord(b []byte, zxid, wall int64, changes []byte) []byte {
	start := len(b)
	b = append(b, make([]byte, recordHead)...)
	b = jute.AppendLong(b, zxid)
	b = jute.AppendLong(b, wall)
	return sealRecord(append(b, changes...), start)
}

func sealRecord(b []byte, start int) []byte {
	payload := b[start+recordHead:]
	binary.BigEndian.PutUint32(b[start:], uint32(len(payload)))
	binary.BigEndian.PutUint32(b[start+4:], crc32.Checksum(b[start:start+4], castagnoli))
	binary.BigEndian.PutUint32(b[start+8:], crc32.Checksum(payload, castagnoli))
	return b
}

func appendCreate(b []byte, path string, data []byte, a acl, owner int64) []byte {
	b = jute.AppendString(append(b, recCreate), path)
	return jute.AppendLong(appendACL(jute.AppendBuffer(b, data), a), owner)
}

func appendDelete(b []byte, path string) []byte {
	return jute.AppendString(append(b, recDelete), path)
}

func appendSetData(b []byte, path string, data []byte, version int32) []byte {
	b = jute.AppendString(append(b, recSetData), path)
	return jute.AppendInt(jute.AppendBuffer(b, data), version)
}

func appendSetACL(b []byte, path string, a acl, version int32) []byte {
	b = jute.AppendString(append(b, recSetACL), path)
	return jute.AppendInt(appendACL(b, a), version)
}

func appendOpen(b []byte, id int64, timeout time.Duration) []byte {
	return jute.AppendLong(jute.AppendLong(append(b, recOpen), id), int64(timeout))
}

func appendClose(b []byte, id int64) []byte { return jute.AppendLong(append(b, recClose), id) }

func appendNode(b []byte, path string, n *node) []byte {
	b = jute.AppendString(append(b, recNode), path)
	b = appendACL(jute.AppendBuffer(b, n.data), n.acl)
	for _, v := range []int64{n.czxid, n.mzxid, n.pzxid, n.ctime, n.mtime, n.owner} {
		b = jute.AppendLong(b, v)
	}
	for _, v := range []int32{n.version, n.aversion, n.created} {
		b = jute.AppendInt(b, v)
	}
	return b
}

// replay applies the payload of a record without watches. A record at or
// below the machine's zxid is in the snapshot already and passed over; every
// number after it has a record, so that one that is missing is noticed.
func (m *machine) replay(payload []byte) error {
	d := jute.NewDecoder(payload)
	zxid, wall := d.Long(), d.Long()
	if d.Err() != nil {
		return d.Err()
	}
	if zxid <= m.zxid {
		return nil
	}
	if zxid != m.zxid+1 {
		return fmt.Errorf("%w: transaction %s comes after %s, those between are missing", errRecord, hex(zxid), hex(m.zxid))
	}
	if _, err := m.replayChanges(zxid, wall, &d); err != nil {
		return err
	}
	m.zxid = zxid
	return nil
}

// replayChanges applies what is left of a payload; end is true after recEnd.
func (m *machine) replayChanges(zxid, wall int64, d *jute.Decoder) (end bool, err error) {
	for d.Len() > 0 && !end {
		kind := d.Rest()[0]
		d.Bool() // passes over it
		if kind == recEnd {
			m.tree.recountAll()
			return true, nil
		}
		if err := m.replayChange(kind, zxid, wall, d); err != nil {
			return false, err
		}
	}
	return false, nil
}

// nextRecord cuts the first record off b. It returns io.ErrUnexpectedEOF for
// one that is cut short and errDamaged for one that was changed.
func nextRecord(b []byte) (payload, rest []byte, err error) {
	if len(b) < recordHead {
		return nil, nil, io.ErrUnexpectedEOF
	}
	if binary.BigEndian.Uint32(b[4:]) != crc32.Checksum(b[:4], castagnoli) {
		return nil, nil, errDamaged
	}
	n := int64(binary.BigEndian.Uint32(b))
	if n > int64(len(b)-recordHead) {
		return nil, nil, io.ErrUnexpectedEOF
	}
	payload, rest = b[recordHead:recordHead+n], b[recordHead+n:]
	if binary.BigEndian.Uint32(b[8:]) != crc32.Checksum(payload, castagnoli) {
		return nil, nil, errDamaged
	}
	return payload, rest, nil
}

func (m *machine) replayChange(kind byte, zxid, wall int64, d *jute.Decoder) error {
	switch kind {
	case recOpen:
		id, timeout := d.Long(), time.Duration(d.Long())
		if d.Err() == nil {
			m.addSession(id, timeout)
			m.nextID = max(m.nextID, id)
		}
		return d.Err()
	case recClose:
		id := d.Long()
		if d.Err() != nil {
			return d.Err()
		}
		for _, path := range slices.Collect(maps.Keys(m.tree.ephemerals[id])) {
			m.tree.remove(path, zxid)
		}
		if s := m.sessions[id]; s != nil {
			m.untrack(s)
			delete(m.sessions, id)
		}
		return nil
	}
	path := d.String()
	n := m.tree.nodes[path]
	switch kind {
	case recCreate, recNode:
		data, a := slices.Clone(d.Buffer()), decodeACL(d)
		if kind == recNode {
			return m.replayNode(path, data, a, d)
		}
		owner := d.Long()
		parent, _, ok := split(path)
		if d.Err() != nil {
			return d.Err()
		}
		if !ok || n != nil || m.tree.nodes[parent] == nil {
			return fmt.Errorf("%w: create %q", errRecord, path)
		}
		m.tree.create(path, data, a, owner, zxid, wall)
		m.owns(owner, len(path))
	case recDelete:
		if d.Err() != nil {
			return d.Err()
		}
		if n == nil || len(n.children) > 0 || path == "/" {
			return fmt.Errorf("%w: delete %q", errRecord, path)
		}
		m.tree.remove(path, zxid)
		m.owns(n.owner, -len(path))
	case recSetData:
		data, version := slices.Clone(d.Buffer()), d.Int()
		if d.Err() != nil {
			return d.Err()
		}
		if n == nil {
			return fmt.Errorf("%w: set %q", errRecord, path)
		}
		m.tree.setData(path, n, data, version, zxid, wall)
	case recSetACL:
		a, version := decodeACL(d), d.Int()
		if d.Err() != nil {
			return d.Err()
		}
		if n == nil {
			return fmt.Errorf("%w: set the ACL of %q", errRecord, path)
		}
		m.tree.setACL(n, a, version)
	default:
		return fmt.Errorf("%w: kind %d", errRecord, kind)
	}
	return nil
}

// replayNode puts a node of a snapshot into the tree; parents come first.
func (m *machine) replayNode(path string, data []byte, a acl, d *jute.Decoder) error {
	var longs [6]int64
	var ints [3]int32
	for i := range longs {
		longs[i] = d.Long()
	}
	for i := range ints {
		ints[i] = d.Int()
	}
	if d.Err() != nil {
		return d.Err()
	}
	s := stat{
		czxid: longs[0], mzxid: longs[1], pzxid: longs[2], ctime: longs[3], mtime: longs[4], owner: longs[5],
		version: ints[0], aversion: ints[1], created: ints[2],
	}
	if n := m.tree.nodes[path]; n != nil { // one of those that every tree has
		m.tree.setACL(n, a, s.aversion)
		m.tree.setData(path, n, data, s.version, s.mzxid, s.mtime)
		n.stat = s
		return nil
	}
	parentPath, name, ok := split(path)
	parent := m.tree.nodes[parentPath]
	if !ok || parent == nil {
		return fmt.Errorf("%w: node %q", errRecord, path)
	}
	m.tree.link(path, name, parent, &node{stat: s, data: data, acl: m.tree.share(a)})
	m.owns(s.owner, len(path))
	return nil
}
