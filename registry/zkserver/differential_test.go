package zkserver_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
	"github.com/gubbo/gubbo/internal/zookeepertest"
	"github.com/gubbo/gubbo/registry/zkserver/zktest"
)

// side is one of the two servers under comparison with its connections.
type side struct {
	addr  string
	conns []*raw
	auth  [][]string // what each connection proved, to prove it again
	base  int64      // the zxid at the start; what came later is told relative to it
}

// The random operations avoid what 3.8.0 does and later versions repaired: a
// one-shot watch on a path replaces the same connection's persistent one there
// (so the last connection alone has persistent ones), checkWatches sees the
// watches of others, and events tell of nodes that one may not read (so those
// are below /s, where nobody watches).
func TestSameAsRealZooKeeper(t *testing.T) {
	t.Parallel()
	peer := zookeepertest.Start(t, zookeepertest.Options{})
	embedded := zktest.Start(t, zktest.Tick(2*time.Second))
	compareRandomly(t, peer.Addr(), embedded.Addr(), 10_000)
}

func compareRandomly(t *testing.T, a, b string, steps int) {
	t.Helper()
	if testing.Short() {
		steps = 300
	}
	seed := uint64(time.Now().UnixNano())
	if s, ok := seedFromEnv(t); ok {
		seed = s
	}
	t.Logf("seed %d (GUBBO_SEED repeats it)", seed)
	compare(t, a, b, seed, steps)
}

func compare(t *testing.T, a, b string, seed uint64, steps int) {
	sides := [2]*side{{addr: a}, {addr: b}}
	for _, s := range sides {
		for range 3 {
			s.conns = append(s.conns, session(t, s.addr, 30*time.Second))
			s.auth = append(s.auth, nil)
		}
		s.base = s.conns[0].call(11, nil).zxid
	}
	rnd := rand.New(rand.NewPCG(seed, 1))
	var trail []string
	for i := range steps {
		step := randomStep(rnd)
		if i%200 < 6 { // grow again what random deletes have felled
			path := []string{"/d", "/s", "/d/a", "/d/b", "/d/c", "/s/a"}[i%200]
			body := createBody(path, nil, worldAll, 0)
			step.conn, step.op, step.name = 0, 1, "create "+path
			step.body = func(*side) []byte { return body }
		} else if i%200 == 6 { // the root by a name that hardly ever comes up
			step.conn, step.op, step.name = 0, 104, `count below ""`
			step.body = func(*side) []byte { return jute.AppendString(nil, "") }
		}
		var told [2]string
		for k, s := range sides {
			told[k] = s.do(t, step)
		}
		trail = append(trail, fmt.Sprintf("%d: connection %d %s\n   -> %s", i, step.conn, step.name, told[0]))
		if told[0] != told[1] {
			t.Fatalf("step %d differs, seed %d\n%s\n   real     %s\n   embedded %s",
				i, seed, strings.Join(trail[max(0, len(trail)-25):], "\n"), told[0], told[1])
		}
	}
}

// step is one thing that one connection does.
type step struct {
	conn int
	name string
	op   int32
	body func(*side) []byte
}

const (
	stepReattach = -1000 // drop the connection, come back with the same session
	stepReplace  = -1001 // close the session, begin another
)

// do performs a step and tells, in words that must not depend on the server,
// what came of it on every connection.
func (s *side) do(t *testing.T, st step) string {
	t.Helper()
	var b strings.Builder
	c := s.conns[st.conn]
	switch st.op {
	case stepReattach:
		_ = c.nc.Close()
		n := dialRaw(t, s.addr)
		if err := n.handshake(0, 30*time.Second, c.id, c.password); err != nil || n.id != c.id {
			t.Fatalf("%s: reattach: %v", s.addr, err)
		}
		s.conns[st.conn] = n
		for _, secret := range s.auth[st.conn] {
			n.call(100, authBody("digest", secret))
		}
	case stepReplace:
		p := c.call(-11, nil)
		fmt.Fprintf(&b, "closed %d zxid +%d", p.err, p.zxid-s.base)
		slices.SortFunc(c.events, func(x, y event) int { return strings.Compare(x.String(), y.String()) })
		fmt.Fprintf(&b, " events %v", c.events)
		s.conns[st.conn] = session(t, s.addr, 30*time.Second)
		s.auth[st.conn] = nil
	default:
		p := c.call(st.op, st.body(s))
		if st.op == 100 && p.err == 0 {
			s.auth[st.conn] = append(s.auth[st.conn], strings.TrimPrefix(st.name, "auth "))
		}
		zxid := p.zxid
		if zxid != 0 {
			zxid -= s.base
		}
		fmt.Fprintf(&b, "err %d zxid +%d events %v", p.err, zxid, c.events)
		if p.err == 0 {
			d := jute.NewDecoder(p.body)
			s.tell(&b, st.op, &d)
			if d.Err() != nil || d.Len() != 0 {
				t.Fatalf("%s: operation %d: reply %x: %v, %d bytes left", s.addr, st.op, p.body, d.Err(), d.Len())
			}
		}
	}
	for i, other := range s.conns {
		if i == st.conn && st.op > stepReattach {
			continue
		}
		other.call(11, nil) // whatever the step fired has come before this reply
		if st.op == stepReplace {
			slices.SortFunc(other.events, func(x, y event) int { return strings.Compare(x.String(), y.String()) })
		}
		if len(other.events) > 0 {
			fmt.Fprintf(&b, " | %d hears %v", i, other.events)
		}
	}
	return b.String()
}

func (s *side) tell(b *strings.Builder, op int32, d *jute.Decoder) {
	switch op {
	case 1, 9:
		fmt.Fprintf(b, " path %q", d.String())
	case 15, 19, 21:
		fmt.Fprintf(b, " path %q", d.String())
		s.tellStat(b, d)
	case 3, 5, 7:
		s.tellStat(b, d)
	case 4:
		s.tellData(b, d)
		s.tellStat(b, d)
	case 6:
		var list []string
		for range d.Count(12) {
			list = append(list, fmt.Sprintf("%d:%s:%s", d.Int(), d.String(), d.String()))
		}
		fmt.Fprintf(b, " acl %q", list)
		s.tellStat(b, d)
	case 8, 12, 103:
		names := d.Strings()
		slices.Sort(names)
		fmt.Fprintf(b, " names %q", names)
		if op == 12 {
			s.tellStat(b, d)
		}
	case 104, 106:
		fmt.Fprintf(b, " %d", d.Int())
	case 107:
		var who []string
		for range d.Count(8) {
			who = append(who, d.String()+"="+d.String())
		}
		fmt.Fprintf(b, " %q", who)
	case 14, 22:
		for {
			op, done, err := d.Int(), d.Bool(), d.Int()
			fmt.Fprintf(b, " {%d %v %d", op, done, err)
			if done || d.Err() != nil {
				b.WriteString("}")
				return
			}
			if op == -1 {
				fmt.Fprintf(b, " %d", d.Int())
			} else {
				s.tell(b, op, d)
			}
			b.WriteString("}")
		}
	}
}

func (s *side) tellData(b *strings.Builder, d *jute.Decoder) {
	data := d.Buffer()
	fmt.Fprintf(b, " data %q null %v", data, data == nil)
}

func (s *side) tellStat(b *strings.Builder, d *jute.Decoder) {
	zxid := func() int64 {
		if z := d.Long(); z != 0 {
			return z - s.base
		}
		return 0
	}
	czxid, mzxid := zxid(), zxid()
	ctime, mtime := d.Long(), d.Long()
	fmt.Fprintf(b, " [c+%d m+%d touched %v v%d cv%d av%d", czxid, mzxid, mzxid > czxid && mtime >= ctime, d.Int(), d.Int(), d.Int())
	owner := d.Long()
	switch i := slices.IndexFunc(s.conns, func(r *raw) bool { return r.id == owner }); {
	case owner == 0:
	case i >= 0:
		fmt.Fprintf(b, " of %d", i)
	case owner == -1<<63:
		b.WriteString(" container")
	case owner>>56 == -1:
		fmt.Fprintf(b, " ttl %d", owner&(1<<40-1))
	default:
		b.WriteString(" of another")
	}
	fmt.Fprintf(b, " len %d children %d p+%d]", d.Int(), d.Int(), zxid())
}

// randomStep draws one step. Names, versions and flags come from small sets, so
// that operations meet one another.
func randomStep(rnd *rand.Rand) step {
	pick := func(list ...string) string { return list[rnd.IntN(len(list))] }
	st := step{conn: rnd.IntN(3)}
	persistent := st.conn == 2
	path := func() string {
		switch rnd.IntN(40) {
		case 0:
			return pick("/", "", "x", "/d/", "//d", "/d//a", "/d/./a", "/d/../a", "/d/a\x00", "/d/a\x01", "/d/\u0085", "/d/\ue000", "/d/\U0001F600", "/d/\xff", "/d/..a", "/d/a..")
		case 1:
			return pick("/zookeeper", "/zookeeper/config", "/zookeeper/quota", "/nope/a")
		case 2, 3, 4:
			return pick("/s", "/s/a", "/s/b", "/s/a/x")
		}
		return "/d" + pick("", "/a", "/b", "/c") + pick("", "", "/x", "/y") + pick("", "", "", "/q")
	}
	version := func() int32 { return []int32{-1, -1, -1, 0, 1, 2}[rnd.IntN(6)] }
	data := func() []byte { return [][]byte{nil, {}, []byte("one"), []byte("longer data")}[rnd.IntN(4)] }
	list := func(path string) []aclEntry {
		if !strings.HasPrefix(path, "/s") && rnd.IntN(12) > 0 {
			return worldAll
		}
		lists := [][]aclEntry{
			worldAll,
			{},
			{{1, "world", "anyone"}, {31, "auth", ""}},
			{{31, "world", "everyone"}},
			{{31, "nonsense", "x"}},
			{{31, "digest", "nocolon"}},
			{{31, "digest", ":"}},
			{{31, "digest", "a:"}},
			{{31, "digest", ":a"}},
			{{31, "digest", "a:b:c"}},
			{{31, "digest", "a:b:"}, {1, "world", "anyone"}},
			{{31, "ip", "127.0.0.0/8"}, {1, "world", "anyone"}},
			{{31, "ip", "10.0.0.1"}, {1, "world", "anyone"}},
			{{31, "ip", "300.0.0.1"}},
			{{31, "ip", "127.0.0.1/99"}},
			{{1, "world", "anyone"}, {1, "world", "anyone"}, {6, "digest", "u1:KTY6XOMrQQJKPZUuKmEjnOGOOJk="}},
		}
		if strings.HasPrefix(path, "/s") {
			lists = append(lists,
				[]aclEntry{{31, "auth", ""}},
				[]aclEntry{{2, "world", "anyone"}},
				[]aclEntry{{16, "world", "anyone"}, {2, "digest", "u1:x"}},
				[]aclEntry{{15, "world", "anyone"}, {31, "digest", "u1:x"}})
		}
		return lists[rnd.IntN(len(lists))]
	}
	flags := func() int32 { return []int32{0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, -1}[rnd.IntN(12)] }
	watch := !persistent && rnd.IntN(2) == 0
	fixed := func(op int32, name string, body []byte) {
		st.op, st.body = op, func(*side) []byte { return body }
		st.name = fmt.Sprintf("op %d %s", op, name)
	}
	create := func() (int32, string, []byte) {
		op := []int32{1, 1, 15, 15, 19, 21}[rnd.IntN(6)]
		p, f := path(), flags()
		a := list(p)
		body := createBody(p, data(), a, f)
		if op == 21 {
			ttl := []int64{3_600_000, 3_600_000, 3_600_000, 0, -1, 1<<40 - 1, 1 << 40}[rnd.IntN(7)] // none is over before the test
			body = jute.AppendLong(body, ttl)
			if f < 5 {
				body = createBody(p, nil, a, 5+f&1)
				body = jute.AppendLong(body, ttl)
			}
		}
		return op, fmt.Sprintf("%q flags %d acl %v", p, f, a), body
	}
	write := func() (int32, string, []byte) {
		switch rnd.IntN(6) {
		case 0:
			p, v := path(), version()
			return 2, fmt.Sprintf("%q v%d", p, v), versionBody(p, v)
		case 1:
			p, v := path(), version()
			return 5, fmt.Sprintf("%q v%d", p, v), setBody(p, data(), v)
		case 2:
			p, v := path(), version()
			return 13, fmt.Sprintf("check %q v%d", p, v), versionBody(p, v)
		}
		return create()
	}
	switch rnd.IntN(25) {
	case 0, 1, 2, 3, 4, 5:
		fixed(create())
	case 6, 7, 8:
		p, v := path(), version()
		fixed(2, fmt.Sprintf("%q v%d", p, v), versionBody(p, v))
	case 9, 10:
		p, v := path(), version()
		fixed(5, fmt.Sprintf("%q v%d", p, v), setBody(p, data(), v))
	case 11:
		p, v := path(), version()
		a := list(p)
		fixed(7, fmt.Sprintf("%q v%d %v", p, v, a), jute.AppendInt(appendEntries(pathBody(p), a), v))
	case 12, 13, 14:
		p := path()
		w := watch && !strings.HasPrefix(p, "/s")
		fixed([]int32{3, 4, 8, 12}[rnd.IntN(4)], fmt.Sprintf("%q watch %v", p, w), watchBody(p, w))
	case 15:
		p, op := path(), []int32{6, 9, 104}[rnd.IntN(3)]
		if op == 9 && strings.ContainsAny(p, "\U0001F600\xff") {
			p = "/d" // Java's own encoding of such a path comes back
		}
		fixed(op, fmt.Sprintf("%q", p), pathBody(p))
	case 16, 17:
		var subs []sub
		var names []string
		for range 1 + rnd.IntN(4) {
			op, name, body := write()
			subs = append(subs, sub{op, body})
			names = append(names, fmt.Sprintf("%d %s", op, name))
		}
		fixed(14, strings.Join(names, "; "), multiBody(subs...))
	case 18:
		var subs []sub
		var names []string
		for range 1 + rnd.IntN(3) {
			p, op := path(), []int32{4, 8}[rnd.IntN(2)]
			subs = append(subs, sub{op, watchBody(p, false)})
			names = append(names, fmt.Sprintf("%d %q", op, p))
		}
		fixed(22, strings.Join(names, "; "), multiBody(subs...))
	case 19:
		if !persistent {
			// Any watch the connection may have, or has not.
			p, kind := "/d"+pick("", "/a", "/b"), int32(1+rnd.IntN(3))
			fixed(18, fmt.Sprintf("%q %d", p, kind), versionBody(p, kind))
			break
		}
		p := "/d" + pick("", "/a", "/b")
		md := int32(len(p) % 2) // one mode for each path
		if rnd.IntN(3) == 0 {
			fixed(18, fmt.Sprintf("%q any", p), versionBody(p, 3))
		} else {
			fixed(106, fmt.Sprintf("%q mode %d", p, md), versionBody(p, md))
		}
	case 20:
		if persistent {
			fixed(107, "who", nil)
			break
		}
		back := int64(rnd.IntN(40))
		d, e, c := []string{"/d/a", "/d/b"}, []string{"/d/c", "/d/a/x"}, []string{"/d", "/d/a"}
		st.name, st.op = fmt.Sprintf("setWatches %d back", back), 105
		st.body = func(s *side) []byte {
			now := s.conns[st.conn].call(11, nil).zxid
			return setWatchesBody(max(now-back, s.base), d, e, c, nil, nil)
		}
	case 21:
		fixed(103, "ephemerals", pathBody(pick("/", "/d/a", "")))
	case 22:
		// Enough for Java's table of them to grow; no two share a slot then, for
		// growing may turn those round.
		secret := pick("u1:p1", "u2:p2", "u3:p3", "u4:p4", "u5:p5", "u6:p6", "u7:p7", "u8:p8", "u9:p9", "ü10:p", "u12:p", "u13:p", "nocolon")
		fixed(100, secret, authBody("digest", secret))
		st.name = "auth " + secret
	case 23:
		st.op, st.name = stepReattach, "reattach"
		if rnd.IntN(2) == 0 {
			st.op, st.name = stepReplace, "close the session, begin another"
		}
	case 24:
		// What clients write as limits nobody checks, yet real servers read it.
		p := "/zookeeper/quota" + pick("/d", "/d/a") + pick("", "/zookeeper_limits", "/zookeeper_stats", "/zookeeper_stats")
		switch rnd.IntN(4) {
		case 0:
			fixed(2, fmt.Sprintf("%q", p), versionBody(p, -1))
		case 1:
			fixed(4, fmt.Sprintf("%q", p), watchBody(p, false))
		default:
			fixed(1, fmt.Sprintf("%q", p), createBody(p, []byte("count=5,bytes=-1"), worldAll, 0))
		}
	}
	return st
}
