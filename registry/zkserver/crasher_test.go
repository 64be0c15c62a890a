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

// resume takes the sessions over that a server knows.
func (c *crasher) resume(addr string) error {
	for _, r := range c.conns {
		_ = r.nc.Close()
	}
	c.conns = map[int64]*raw{}
	for id := range c.sure.sessions {
		nc, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		r := &raw{t: c.t, nc: nc}
		if err := r.handshake(c.seen, crashTimeout, id, c.passwords[id]); err != nil || r.id != id {
			_ = nc.Close()
			if err != nil {
				return fmt.Errorf("session %#x and zxid %#x are not let in: %w", id, c.seen, err)
			}
			continue
		}
		c.conns[id] = r
	}
	return nil
}

// check compares what a restarted server holds with what it should, and takes
// the sessions over.
func (c *crasher) check(addr string, reader *raw) {
	c.t.Helper()
	if err := c.resume(addr); err != nil {
		c.t.Fatalf("%s: %v", c.root, err)
	}
	found := &state{map[string]held{}, map[int64]bool{}}
	for id := range c.conns {
		found.sessions[id] = true
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

// crashers are several at one server.
type crashers struct {
	t       testing.TB
	all     []*crasher
	readers int // sessions of the checks themselves
}

func newCrashers(t testing.TB, n int, seed uint64) *crashers {
	cs := &crashers{t: t}
	for i := range n {
		cs.all = append(cs.all, newCrasher(t, fmt.Sprintf("/w%d", i), rand.New(rand.NewPCG(seed, uint64(i+1)))))
	}
	return cs
}

// check compares all that a restarted server holds with what it should.
func (cs *crashers) check(addr string) {
	cs.t.Helper()
	reader := session(cs.t, addr, crashTimeout)
	if cs.readers++; cs.readers == 1 {
		for _, c := range cs.all {
			reader.call(1, createBody(c.root, nil, worldAll, 0))
			clear(c.sure.nodes)
			read(reader, c.root, c.sure.nodes)
		}
	}
	known := cs.readers
	for _, c := range cs.all {
		c.check(addr, reader)
		known += len(c.sure.sessions) + c.opened
	}
	d := jute.NewDecoder(reader.call(8, watchBody("/", false)).body)
	if names := d.Strings(); len(names) != len(cs.all)+1 {
		cs.t.Errorf("at the top are %q", names)
	}
	var sessions int
	for line := range strings.Lines(word(cs.t, addr, "mntr")) {
		_, _ = fmt.Sscanf(line, "zk_global_sessions %d", &sessions)
	}
	if sessions == 0 || sessions > known {
		cs.t.Errorf("%d sessions live, at most %d were asked for", sessions, known)
	}
}

// acknowledged counts the requests that were; nobody may be at work.
func (cs *crashers) acknowledged() (n int) {
	for _, c := range cs.all {
		n += c.acknowledged
	}
	return n
}

// log tells what became of the requests.
func (cs *crashers) log(kills int) {
	var done, lost int
	for _, c := range cs.all {
		done, lost = done+c.done, lost+c.lost
	}
	cs.t.Logf("%d kills; %d requests acknowledged, and all there; of those under way %d done and %d not", kills, cs.acknowledged(), done, lost)
}
