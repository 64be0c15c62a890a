package zkserver

import (
	"log/slog"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
)

// client is the machine's side of one connection. Everything in it belongs to
// the goroutine that drives the machine.
type client struct {
	peer    string     // address, for the log
	ids     []identity // who it is: its address, and what it proved
	session *session   // nil before the handshake and after drop
	modern  bool       // its handshake had the readOnly byte
	watched map[string]struct{}

	out     []byte // frames that the shell takes with take
	dirty   bool   // in machine.dirty
	closing bool   // nothing of it is applied any more; the shell closes it once out is written

	received, sent int64
	last           lastRequest

	conn      *conn // the shell's side; the machine only carries it, as what follows
	replied   flow  // of the requests that out answers
	latencies latencies
}

// lastRequest is what four-letter words tell of the last request of a
// connection; xid is -1 while there is none with an xid of its own.
type lastRequest struct {
	op, xid int32
	zxid    int64
}

// instant is a reading of both clocks: the machine has none.
type instant struct {
	mono time.Duration // since the machine began; for timeouts
	wall int64         // milliseconds since 1970; for the times in a Stat
}

// machine is the tree, the sessions and the watches. Its inputs are connect,
// request, gone, ticked and expire; its effects are the frames of the clients
// in dirty, and the records in txlog. It reads no clock (the caller sets at),
// knows no socket and takes no lock.
type machine struct {
	at      instant
	tree    *tree
	watches watches
	zxid    int64 // of the last transaction, failed ones included

	sessions map[int64]*session
	buckets  map[int64]map[*session]struct{} // by the tick at which they expire
	nextID   int64                           // the session id given out last
	secret   []byte
	swept    time.Duration // when containers were looked at last
	lastTick int64         // the last tick that came
	full     fullness

	dirty   []*client
	owed    int64  // bytes in the out of all clients
	room    int64  // what owed may be
	relieve func() // called beyond that, by whoever knows what else the clients have not read
	txlog   []byte // framed records of transactions since the shell took them
	logging bool
	scratch []byte // body of the reply in the making

	tick, minSession, maxSession, sweepEvery time.Duration
	limits                                   Limits
	super                                    string // "super:…" as digestID makes it, "" for none
	x509                                     bool   // clients may have certificates
	extended                                 bool   // there may be TTL nodes
	log                                      *slog.Logger
	stats                                    stats
}

// stats are counters for the four-letter words.
type stats struct {
	received, sent, expired, authFailed, handshakes int64
}

func newMachine(cfg *Config, secret []byte, wall int64) *machine {
	m := &machine{
		at:         instant{wall: wall},
		tree:       newTree(),
		zxid:       firstZxid(wall),
		room:       math.MaxInt64,
		sessions:   map[int64]*session{},
		buckets:    map[int64]map[*session]struct{}{},
		nextID:     (wall << 24 >> 8) & 0x00ff_ffff_ffff_ffff,
		secret:     secret,
		tick:       cfg.Tick,
		minSession: cfg.MinSession,
		maxSession: cfg.MaxSession,
		sweepEvery: cfg.ContainerCheck,
		limits:     cfg.Limits,
		super:      cfg.superID,
		x509:       cfg.TLS != nil,
		extended:   cfg.ExtendedTypes,
		log:        cfg.Logger,
	}
	m.watches.init()
	return m
}

// newClient makes the machine's side of a connection from the address ip.
func (m *machine) newClient(peer, ip string) *client {
	return &client{peer: peer, ids: []identity{{"ip", ip}}}
}

// outOf returns c's frames to append to, and remembers that there are some.
func (m *machine) outOf(c *client) []byte {
	m.mark(c)
	return c.out
}

func (m *machine) mark(c *client) {
	if !c.dirty {
		c.dirty = true
		m.dirty = append(m.dirty, c)
	}
}

// drop detaches c from its session and its watches and has it closed after
// what it is still owed.
func (m *machine) drop(c *client) {
	if c.closing {
		return
	}
	m.gone(c)
	m.mark(c)
}

// gone is drop for a connection that has ended by itself.
func (m *machine) gone(c *client) {
	c.closing = true
	m.unwatch(c)
	if c.session != nil && c.session.client == c {
		c.session.client = nil
	}
	c.session = nil
}

// request applies one request of a connection that has its session.
func (m *machine) request(c *client, frame []byte) {
	if c.closing {
		return
	}
	m.stats.received++
	c.received++
	d := jute.NewDecoder(frame)
	xid, op := d.Int(), d.Int()
	if d.Err() != nil {
		m.log.Warn("zkserver: request without a header, closing the connection", "peer", c.peer)
		m.drop(c)
		return
	}
	if op != opAuth && op != opSASL { // who only proves things does not live
		m.touch(c.session)
	}
	if !m.serve(c, xid, op, &d) {
		op = opError
	}
	if op != opAuth && op != opSASL {
		c.answered(op, xid, m.zxid)
	}
}

// serve answers one request. It is false for a write that failed.
func (m *machine) serve(c *client, xid, op int32, d *jute.Decoder) bool {
	m.scratch = m.scratch[:0]
	switch op {
	case opPing:
		m.reply(c, xidPing, m.zxid, codeOK)
	case opAuth:
		m.authenticate(c, xid, d)
	case opCloseSession:
		m.close(c.session)
		m.reply(c, xid, m.zxid, codeOK)
		m.drop(c)
	case opSASL:
		// As a standalone server without SASL: a null token for a token, and
		// for a null one, with which some clients answer, the end.
		if d.Buffer() == nil {
			m.drop(c)
			return true
		}
		m.scratch = jute.AppendBuffer(m.scratch, nil)
		m.reply(c, xid, 0, codeOK)
	case opCreate, opCreate2, opCreateContainer, opCreateTTL, opDelete, opSetData, opSetACL, opReconfig, opMulti:
		err := m.write(c, op, d)
		m.reply(c, xid, m.zxid, err)
		return err == codeOK
	default:
		read := reads(op)
		if read == nil {
			m.reply(c, xid, -1, codeUnimplemented)
			m.drop(c)
			return true
		}
		err := read(m, c, d)
		if d.Err() != nil {
			err = codeMarshalling
		}
		m.reply(c, xid, m.zxid, err)
	}
	return true
}

// answered remembers a request for four-letter words.
func (c *client) answered(op, xid int32, zxid int64) {
	if xid < 0 { // real servers keep the one before
		xid = c.last.xid
	}
	c.last = lastRequest{op, xid, zxid}
}

// reply appends a reply with the body in scratch, or none after an error.
func (m *machine) reply(c *client, xid int32, zxid int64, err code) {
	if c.closing {
		return // dropped while it was served
	}
	b, start := jute.BeginFrame(m.outOf(c))
	b = jute.AppendInt(b, xid)
	b = jute.AppendLong(b, zxid)
	b = jute.AppendInt(b, int32(err))
	if err == codeOK {
		b = append(b, m.scratch...)
	}
	m.owe(c, jute.EndFrame(b, start))
	m.stats.sent++
	c.sent++
	if cap(m.scratch) > 1<<20 {
		m.scratch = nil // one large list must not stay for ever
	}
}

// maxProved is how many bytes of logins one connection may have.
const maxProved = 64 << 10

func (c *client) proved() (n int) {
	for _, id := range c.ids {
		n += len(id.id)
	}
	return n
}

// authenticate adds what a client proves to what it is. Any user and password
// are taken; they matter where an ACL names them.
func (m *machine) authenticate(c *client, xid int32, d *jute.Decoder) {
	d.Int()
	scheme, secret := d.String(), d.Buffer()
	if d.Err() != nil {
		m.drop(c)
		return
	}
	if c.proved()+len(secret) > maxProved {
		scheme = "" // whoever has so many logins is up to no good
	}
	switch scheme {
	case "digest":
		if secret == nil {
			m.refuse(c, xid)
			return
		}
		id := digestID(string(secret))
		if m.super != "" && id == m.super {
			c.addID(identity{"super", ""})
		}
		c.addID(identity{"digest", id})
	case "ip":
		// The address counts already, whatever the client says here.
	case "x509":
		// So does the certificate, if there is one.
		if !slices.ContainsFunc(c.ids, func(id identity) bool { return id.scheme == "x509" }) {
			m.stats.authFailed++
			m.reply(c, xid, 0, codeAuthFailed)
			m.drop(c)
			return
		}
	default:
		m.refuse(c, xid)
		return
	}
	m.reply(c, xid, 0, codeOK)
}

// refuse answers a proof that proves nothing, which ends the connection.
func (m *machine) refuse(c *client, xid int32) {
	m.stats.authFailed++
	m.reply(c, xid, 0, codeAuthFailed)
	m.drop(c)
}

func (c *client) addID(id identity) {
	for _, have := range c.ids {
		if have == id {
			return
		}
	}
	c.ids = append(c.ids, id)
	sortAsJava(c.ids)
}

// readPath reads a path; null is an error, as in Java.
func readPath(d *jute.Decoder) string {
	p := d.Buffer()
	if p == nil {
		d.Fail(errNullPath)
	}
	return string(p)
}

func hex(id int64) string { return "0x" + strconv.FormatUint(uint64(id), 16) }
