package zkserver

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gubbo/gubbo/internal/jute"
)

var errNullPath = errors.New("zkserver: null path")

// txn is one transaction in the making: its number, what it changed, how to
// take that back, and its record for the log.
type txn struct {
	zxid    int64
	session int64
	changes []change
	undo    []func() // newest last; only kept for multi
	undoing bool
	record  []byte // of the changes, see log.go
}

// begin takes the next number, which is used up even if nothing comes of it.
func (m *machine) begin(session int64, undoing bool) *txn {
	m.zxid++
	return &txn{zxid: m.zxid, session: session, undoing: undoing}
}

// commit logs tx and fires the watches that it concerns.
func (m *machine) commit(tx *txn) {
	if m.logging {
		m.txlog = appendRecord(m.txlog, tx.zxid, m.at.wall, tx.record)
	}
	for _, ch := range tx.changes {
		m.notify(ch)
	}
}

// rollback takes back what tx did to the tree.
func (tx *txn) rollback() {
	for _, undo := range slices.Backward(tx.undo) {
		undo()
	}
	tx.changes, tx.undo, tx.record = nil, nil, nil
}

// writeRequest is any of the requests that change the tree.
type writeRequest struct {
	op      int32
	path    string
	data    []byte
	acl     acl
	flags   int32
	ttl     int64
	version int32
}

func decodeWrite(op int32, d *jute.Decoder) writeRequest {
	r := writeRequest{op: op, path: readPath(d), ttl: -1}
	switch op {
	case opCreate, opCreate2, opCreateContainer, opCreateTTL:
		r.data = slices.Clone(d.Buffer())
		r.acl = decodeACL(d)
		r.flags = d.Int()
		if op == opCreateTTL {
			r.ttl = d.Long()
		}
	case opDelete, opCheck:
		r.version = d.Int()
	case opSetData:
		r.data = slices.Clone(d.Buffer())
		r.version = d.Int()
	case opSetACL:
		r.acl = decodeACL(d)
		r.version = d.Int()
	default:
		d.Fail(fmt.Errorf("zkserver: operation %d writes nothing", op))
	}
	return r
}

// write applies a request that changes the tree and leaves the reply's body in
// scratch.
func (m *machine) write(c *client, op int32, d *jute.Decoder) code {
	tx := m.begin(c.session.id, op == opMulti)
	var err code
	switch op {
	case opMulti:
		err = m.multi(c, tx, d)
	case opReconfig:
		err = codeReconfigDisabled
	default:
		r := decodeWrite(op, d)
		if d.Err() != nil {
			err = codeMarshalling
			break
		}
		err = m.apply(c, tx, &r)
	}
	m.commit(tx)
	return err
}

// multi applies all or nothing. Its reply tells of each entry; only a frame
// that cannot be read fails as a whole.
func (m *machine) multi(c *client, tx *txn, d *jute.Decoder) code {
	var requests []writeRequest
	for {
		op, done := d.Int(), d.Bool()
		d.Int()
		if d.Err() != nil {
			return codeMarshalling
		}
		if done {
			break
		}
		switch op {
		case opCreate, opCreate2, opCreateContainer, opCreateTTL, opDelete, opSetData, opCheck:
			r := decodeWrite(op, d)
			r.op = multiOp(&r)
			requests = append(requests, r)
		default:
			return codeMarshalling
		}
	}
	for i := range requests {
		op := requests[i].op
		if op == opCreateContainer || op == opCreateTTL {
			op = opCreate2 // the result with a Stat has one name
		}
		m.scratch = appendMultiHeader(m.scratch, op, false, codeOK)
		err := m.apply(c, tx, &requests[i])
		if err == codeOK && !m.mayRecord(c, tx) {
			err = codeQuotaExceeded
		}
		if err == codeOK {
			continue
		}
		tx.rollback()
		if err == codeMarshalling {
			return err
		}
		m.scratch = m.scratch[:0]
		for j := range requests {
			entry := codeOK
			switch {
			case j == i:
				entry = err
			case j > i:
				entry = codeInconsistency
			}
			m.scratch = appendMultiError(m.scratch, entry)
		}
		break
	}
	m.scratch = appendMultiHeader(m.scratch, opError, true, -1)
	return codeOK
}

// opMistyped is an entry of a multi that Java cannot cast to what its flags say.
const opMistyped = -1000

// multiOp is the operation that an entry of a multi becomes: real servers
// forget which create was asked for and go by the flags alone.
func multiOp(r *writeRequest) int32 {
	switch r.op {
	case opCreate, opCreate2, opCreateContainer, opCreateTTL:
	default:
		return r.op
	}
	switch {
	case r.flags == flagContainer:
		return opCreateContainer
	case r.flags != flagTTL && r.flags != flagTTLSequential:
		return opCreate
	case r.op == opCreateTTL:
		return opCreateTTL
	}
	return opMistyped
}

func appendMultiHeader(b []byte, op int32, done bool, err code) []byte {
	b = jute.AppendInt(b, op)
	b = jute.AppendBool(b, done)
	return jute.AppendInt(b, int32(err))
}

func appendMultiError(b []byte, err code) []byte {
	return jute.AppendInt(appendMultiHeader(b, opError, false, err), int32(err))
}

// apply checks one request in the order of a real server, changes the tree and
// appends the result's body to scratch.
func (m *machine) apply(c *client, tx *txn, r *writeRequest) code {
	switch r.op {
	case opCreate, opCreate2, opCreateContainer, opCreateTTL:
		return m.applyCreate(c, tx, r)
	case opDelete:
		return m.applyDelete(c, tx, r)
	case opSetData:
		return m.applySetData(c, tx, r)
	case opSetACL:
		return m.applySetACL(c, tx, r)
	case opCheck:
		return m.applyCheck(c, r)
	}
	return codeMarshalling
}

func (m *machine) applyCreate(c *client, tx *txn, r *writeRequest) code {
	if r.flags < flagPersistent || r.flags > flagTTLSequential {
		return codeBadArguments
	}
	mortal := r.flags >= flagTTL
	if mortal && !m.extended {
		return codeUnimplemented
	}
	if mortal && (r.ttl <= 0 || r.ttl > maxTTL) || !mortal && r.op == opCreateTTL {
		return codeBadArguments
	}
	path := r.path
	parentPath, _, ok := split(path)
	if !ok {
		return codeBadArguments
	}
	list := settle(r.acl, c.ids, m.x509)
	if len(list) == 0 {
		return codeInvalidACL
	}
	parent := m.tree.nodes[parentPath]
	if parent == nil {
		return codeNoNode
	}
	if !parent.acl.allows(c.ids, permCreate) {
		return codeNoAuth
	}
	if r.flags == flagSequential || r.flags == flagEphemeralSeq || r.flags == flagTTLSequential {
		path += fmt.Sprintf("%010d", parent.created)
	}
	if !validPath(path) {
		return codeBadArguments
	}
	if m.tree.nodes[path] != nil {
		return codeNodeExists
	}
	if ofSession(parent.owner) {
		return codeEphemeralNoChildren
	}
	if !m.mayGrow(c, path, nodeCost+len(path)+len(r.data), list) {
		return codeQuotaExceeded
	}
	var owner int64
	switch {
	case r.op == opCreateContainer:
		owner = containerOwner
	case mortal:
		owner = ttlOwner | r.ttl
	case r.flags == flagEphemeral || r.flags == flagEphemeralSeq:
		owner = tx.session
		if !m.mayOwn(c, path) {
			return codeQuotaExceeded
		}
	}
	created, pzxid := parent.created, parent.pzxid
	n := m.createNode(tx, path, r.data, list, owner)
	if tx.undoing {
		tx.undo = append(tx.undo, func() {
			m.tree.unlink(path)
			m.tree.unshare(n.acl)
			m.owns(owner, -len(path))
			parent.created, parent.pzxid = created, pzxid
		})
	}
	m.scratch = jute.AppendString(m.scratch, path)
	if r.op != opCreate {
		m.scratch = n.appendStat(m.scratch)
	}
	return codeOK
}

func (m *machine) owns(owner int64, n int) {
	if s := m.sessions[owner]; s != nil {
		s.bytes += n
	}
}

func (m *machine) createNode(tx *txn, path string, data []byte, a acl, owner int64) *node {
	n := m.tree.create(path, data, a, owner, tx.zxid, m.at.wall)
	m.owns(owner, len(path))
	if m.logging {
		tx.record = appendCreate(tx.record, path, data, a, owner)
	}
	tx.changes = append(tx.changes, change{eventCreated, path, n.acl, m.tree.nodes[parentOf(path)].acl})
	return n
}

func (m *machine) applyDelete(c *client, tx *txn, r *writeRequest) code {
	parentPath, _, ok := split(r.path)
	if !ok || reserved(r.path) {
		return codeBadArguments
	}
	parent := m.tree.nodes[parentPath]
	if parent == nil {
		return codeNoNode
	}
	if !parent.acl.allows(c.ids, permDelete) {
		return codeNoAuth
	}
	n := m.tree.nodes[r.path]
	switch {
	case n == nil:
		return codeNoNode
	case r.version != -1 && r.version != n.version:
		return codeBadVersion
	case len(n.children) > 0:
		return codeNotEmpty
	}
	pzxid := parent.pzxid
	m.removeNode(tx, r.path)
	if tx.undoing {
		tx.undo = append(tx.undo, func() {
			_, name, _ := split(r.path)
			n.acl = m.tree.share(n.acl)
			m.tree.link(r.path, name, parent, n)
			m.owns(n.owner, len(r.path))
			parent.pzxid = pzxid
		})
	}
	return codeOK
}

func (m *machine) removeNode(tx *txn, path string) {
	n, parent := m.tree.remove(path, tx.zxid)
	m.owns(n.owner, -len(path))
	if m.logging {
		tx.record = appendDelete(tx.record, path)
	}
	tx.changes = append(tx.changes, change{eventDeleted, path, n.acl, parent.acl})
}

func (m *machine) applySetData(c *client, tx *txn, r *writeRequest) code {
	n, err := m.writable(c, r, permWrite)
	if err != codeOK {
		return err
	}
	if r.version != -1 && r.version != n.version {
		return codeBadVersion
	}
	if !m.mayGrow(c, r.path, len(r.data)-len(n.data), nil) {
		return codeQuotaExceeded
	}
	if tx.undoing {
		data, version, mzxid, mtime := n.data, n.version, n.mzxid, n.mtime
		tx.undo = append(tx.undo, func() { m.tree.setData(r.path, n, data, version, mzxid, mtime) })
	}
	m.tree.setData(r.path, n, r.data, nextVersion(n.version), tx.zxid, m.at.wall)
	if m.logging {
		tx.record = appendSetData(tx.record, r.path, n.data, n.version)
	}
	tx.changes = append(tx.changes, change{kind: eventDataChanged, path: r.path, acl: n.acl})
	m.scratch = n.appendStat(m.scratch)
	return codeOK
}

func (m *machine) applySetACL(c *client, tx *txn, r *writeRequest) code {
	if !validPath(r.path) {
		return codeBadArguments
	}
	list := settle(r.acl, c.ids, m.x509)
	if len(list) == 0 {
		return codeInvalidACL
	}
	n, err := m.writable(c, r, permAdmin)
	if err != codeOK {
		return err
	}
	if r.version != -1 && r.version != n.aversion {
		return codeBadVersion
	}
	if !m.mayGrow(c, r.path, 0, list) {
		return codeQuotaExceeded
	}
	m.tree.setACL(n, list, nextVersion(n.aversion))
	if m.logging {
		tx.record = appendSetACL(tx.record, r.path, list, n.aversion)
	}
	m.scratch = n.appendStat(m.scratch)
	return codeOK
}

func (m *machine) applyCheck(c *client, r *writeRequest) code {
	n, err := m.writable(c, r, permRead)
	if err != codeOK {
		return err
	}
	if r.version != -1 && r.version != n.version {
		return codeBadVersion
	}
	return codeOK
}

// writable is the node that r names if c has perm on it.
func (m *machine) writable(c *client, r *writeRequest, perm int32) (*node, code) {
	if !validPath(r.path) {
		return nil, codeBadArguments
	}
	n := m.tree.nodes[r.path]
	if n == nil {
		return nil, codeNoNode
	}
	if !n.acl.allows(c.ids, perm) {
		return nil, codeNoAuth
	}
	return n, codeOK
}
