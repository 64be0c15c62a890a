package zkserver_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
)

// state is what a server should hold for one crasher.
type state struct {
	nodes    map[string]held
	sessions map[int64]bool
}

// held is a node as its clients see it.
type held struct {
	data    string
	version int32
	created int32 // children ever
	owner   int64
	mzxid   int64 // 0 while nobody has told
}

func (s *state) clone() *state { return &state{maps.Clone(s.nodes), maps.Clone(s.sessions)} }

func (s *state) hasChildren(path string) bool {
	for p := range s.nodes {
		if strings.HasPrefix(p, path+"/") {
			return true
		}
	}
	return false
}

// request is one that a crasher sends; op 1 create, 2 delete, 5 set, 14 multi,
// -11 the end of the session.
type request struct {
	op      int32
	session int64
	path    string
	data    string
	flags   int32 // 1 ephemeral, 2 sequential
	version int32
	subs    []request
}

func (r *request) body() []byte {
	switch r.op {
	case 1:
		return createBody(r.path, []byte(r.data), worldAll, r.flags)
	case 2:
		return versionBody(r.path, r.version)
	case 5:
		return setBody(r.path, []byte(r.data), r.version)
	case 14:
		var subs []sub
		for i := range r.subs {
			subs = append(subs, sub{r.subs[i].op, r.subs[i].body()})
		}
		return multiBody(subs...)
	}
	return nil
}

// apply does what a server does with r in transaction zxid and returns the code
// that it answers with.
func (s *state) apply(r *request, zxid int64) int32 {
	n, there := s.nodes[r.path]
	switch r.op {
	case 1:
		parentPath := r.path[:strings.LastIndexByte(r.path, '/')]
		parent, ok := s.nodes[parentPath]
		path := r.path
		if r.flags&2 != 0 {
			path = fmt.Sprintf("%s%010d", path, parent.created)
			_, there = s.nodes[path]
		}
		switch {
		case !ok:
			return -101
		case there:
			return -110
		case parent.owner != 0:
			return -108
		}
		n := held{data: r.data, mzxid: zxid}
		if r.flags&1 != 0 {
			n.owner = r.session
		}
		s.nodes[path] = n
		parent.created++
		s.nodes[parentPath] = parent
	case 2, 5:
		switch {
		case !there:
			return -101
		case r.version != -1 && r.version != n.version:
			return -103
		case r.op == 5:
			n.data, n.version, n.mzxid = r.data, n.version+1, zxid
			s.nodes[r.path] = n
		case s.hasChildren(r.path):
			return -111
		default:
			delete(s.nodes, r.path)
		}
	case 14:
		whole := s.clone()
		for i := range r.subs {
			if whole.apply(&r.subs[i], zxid) != 0 {
				return 0 // all or nothing, and the entries tell
			}
		}
		*s = *whole
	case -11:
		maps.DeleteFunc(s.nodes, func(_ string, n held) bool { return n.owner == r.session })
		delete(s.sessions, r.session)
	}
	return 0
}

// differs tells the first thing in which found is not s, "" if there is none.
func (s *state) differs(found *state) string {
	for _, path := range slices.Sorted(maps.Keys(s.nodes)) {
		want, got := s.nodes[path], found.nodes[path]
		if want.mzxid == 0 {
			want.mzxid = got.mzxid
		}
		if got != want {
			return fmt.Sprintf("%s is %+v, want %+v", path, got, want)
		}
	}
	for path := range found.nodes {
		if _, ok := s.nodes[path]; !ok {
			return fmt.Sprintf("%s is there, and should not be", path)
		}
	}
	if !maps.Equal(s.sessions, found.sessions) {
		return fmt.Sprintf("sessions %v, want %v", found.sessions, s.sessions)
	}
	return ""
}

// crasher writes below a node of its own, a few requests at a time over one of
// its sessions, so that what must be there after a crash follows from what was
// acknowledged to it, and what may be there from what it asked for.
type crasher struct {
	t         testing.TB
	root      string
	rnd       *rand.Rand
	conns     map[int64]*raw // by session
	passwords map[int64][]byte
	seen      int64 // the highest zxid that a reply had

	sure   *state    // with all that was acknowledged
	unsure []request // sent and not acknowledged, in order
	opened int       // handshakes for a new session without an answer

	acknowledged, done, lost int // requests: acknowledged, and the fate of the others
}

func newCrasher(t testing.TB, root string, rnd *rand.Rand) *crasher {
	return &crasher{
		t: t, root: root, rnd: rnd, passwords: map[int64][]byte{},
		sure: &state{map[string]held{root: {}}, map[int64]bool{}},
	}
}

// crashTimeout of sessions is long: none may expire here.
const crashTimeout = 40 * time.Second

var errWrong = errors.New("wrong answer")

// work writes until the connection breaks or, which is errWrong, the server
// answers what it should not.
func (c *crasher) work(addr string) error {
	for {
		var err error
		ids := slices.Sorted(maps.Keys(c.conns))
		switch k := c.rnd.IntN(25); {
		case len(ids) == 0 || k == 0 && len(ids) < 3:
			err = c.open(addr)
		case k == 1:
			err = c.send(c.conns[ids[0]], request{op: -11, session: ids[0]})
			if err == nil {
				_ = c.conns[ids[0]].nc.Close()
				delete(c.conns, ids[0])
			}
		default:
			id := ids[c.rnd.IntN(len(ids))]
			batch := make([]request, 1+c.rnd.IntN(4))
			for i := range batch {
				batch[i] = c.request(id)
			}
			err = c.send(c.conns[id], batch...)
		}
		if err != nil {
			return err
		}
	}
}

func (c *crasher) open(addr string) error {
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	r := &raw{t: c.t, nc: nc}
	c.opened++
	if err := r.handshake(c.seen, crashTimeout, 0, make([]byte, 16)); err != nil {
		_ = nc.Close()
		return err
	}
	if r.id == 0 {
		return fmt.Errorf("%w: no new session", errWrong)
	}
	c.opened--
	c.conns[r.id], c.passwords[r.id], c.sure.sessions[r.id] = r, r.password, true
	return nil
}

func (c *crasher) request(session int64) request {
	path := fmt.Sprintf("%s/%c", c.root, 'a'+rune(c.rnd.IntN(4)))
	if c.rnd.IntN(3) == 0 {
		path += fmt.Sprintf("/%c", 'x'+rune(c.rnd.IntN(3)))
	}
	r := request{session: session, path: path, version: -1, data: strings.Repeat(string('A'+rune(c.rnd.IntN(26))), c.rnd.IntN(300))}
	switch c.rnd.IntN(12) {
	case 0, 1, 2:
		r.op = 1
	case 3:
		r.op, r.flags = 1, 1
	case 4:
		r.op, r.flags, r.path = 1, 2+int32(c.rnd.IntN(2)), c.root+"/s-"
	case 5, 6:
		r.op = 2
		for p := range c.sure.nodes { // sequential ones must not pile up
			if strings.HasPrefix(p, c.root+"/s-") && c.rnd.IntN(2) == 0 {
				r.path = p
				break
			}
		}
	case 7, 8:
		r.op = 5
	case 9:
		r.op, r.version = 5, int32(c.rnd.IntN(3))
	default:
		r.op = 14
		for range 1 + c.rnd.IntN(4) {
			if sub := c.request(session); sub.op != 14 {
				r.subs = append(r.subs, sub)
			}
		}
	}
	return r
}

// send sends the batch at once and takes the replies.
func (c *crasher) send(r *raw, batch ...request) error {
	var frames []byte
	first := r.xid
	for i := range batch {
		r.xid++
		var start int
		frames, start = jute.BeginFrame(frames)
		frames = append(jute.AppendInt(jute.AppendInt(frames, r.xid), batch[i].op), batch[i].body()...)
		frames = jute.EndFrame(frames, start)
	}
	c.unsure = batch
	if _, err := r.nc.Write(frames); err != nil {
		return err
	}
	for i := range batch {
		p, err := r.receive()
		if err != nil {
			return err
		}
		if p.xid != first+1+int32(i) || p.zxid <= c.seen {
			return fmt.Errorf("%w: xid %d zxid %#x to request %d after zxid %#x", errWrong, p.xid, p.zxid, first+1+int32(i), c.seen)
		}
		c.seen = p.zxid
		if want := c.sure.apply(&batch[i], p.zxid); p.err != want {
			return fmt.Errorf("%w: %d to %+v, want %d", errWrong, p.err, batch[i], want)
		}
		c.unsure = batch[i+1:]
		c.acknowledged++
	}
	return nil
}

// check compares what a restarted server holds with what it should, and takes
// the sessions over again.
func (c *crasher) check(addr string, reader *raw) {
	c.t.Helper()
	found := &state{map[string]held{}, map[int64]bool{}}
	for _, r := range c.conns {
		_ = r.nc.Close()
	}
	c.conns = map[int64]*raw{}
	for id := range c.sure.sessions {
		r := dialRaw(c.t, addr)
		if err := r.handshake(c.seen, crashTimeout, id, c.passwords[id]); err != nil {
			c.t.Fatalf("%s: session %#x and zxid %#x are not let in: %v", c.root, id, c.seen, err)
		}
		if r.id == id {
			c.conns[id], found.sessions[id] = r, true
		}
	}
	read(reader, c.root, found.nodes)
	missing := ""
	for {
		differs := c.sure.differs(found)
		if differs == "" {
			break
		}
		missing = cmp.Or(missing, differs)
		if len(c.unsure) == 0 {
			c.t.Fatalf("%s: %s; and what was not acknowledged does not explain it: %s", c.root, missing, differs)
		}
		c.sure.apply(&c.unsure[0], 0)
		c.unsure = c.unsure[1:]
		c.done++
	}
	c.lost += len(c.unsure)
	c.sure, c.unsure = found, nil
}

// read reads the node at path and all below it.
func read(r *raw, path string, into map[string]held) {
	p := r.call(12, watchBody(path, false))
	if p.err != 0 {
		return
	}
	d := jute.NewDecoder(p.body)
	children := d.Strings()
	p = r.call(4, watchBody(path, false))
	d = jute.NewDecoder(p.body)
	n := held{data: string(d.Buffer())}
	d.Long()
	n.mzxid = d.Long()
	d.Long()
	d.Long()
	n.version = d.Int()
	cversion := d.Int()
	d.Int()
	n.owner = d.Long()
	n.created = (cversion + int32(len(children))) / 2 // creates and deletes
	if d.Err() != nil || p.err != 0 {
		r.t.Errorf("%s: code %d, %v", path, p.err, d.Err())
	}
	into[path] = n
	for _, name := range children {
		read(r, path+"/"+name, into)
	}
}
