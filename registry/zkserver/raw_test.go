package zkserver_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/gubbo/gubbo/internal/jute"
)

// raw speaks the protocol byte by byte, so that tests see the order of frames.
type raw struct {
	t        testing.TB
	nc       net.Conn
	xid      int32
	id       int64
	password []byte
	timeout  int32
	events   []event // those that came before the last reply
}

type event struct {
	kind int32
	path string
}

type reply struct {
	xid  int32
	zxid int64
	err  int32
	body []byte
}

func dialRaw(t testing.TB, addr string) *raw {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = nc.Close() })
	return &raw{t: t, nc: nc}
}

// handshake sends one with id and password of an earlier session or zeros and
// returns the error of reading the answer.
func (r *raw) handshake(seen int64, timeout time.Duration, id int64, password []byte) error {
	b := jute.AppendInt(nil, 0)
	b = jute.AppendLong(b, seen)
	b = jute.AppendInt(b, int32(timeout.Milliseconds()))
	b = jute.AppendLong(b, id)
	b = jute.AppendBuffer(b, password)
	if err := r.tryWrite(jute.AppendBool(b, false)); err != nil {
		return err
	}
	frame, err := r.frame()
	if err != nil {
		return err
	}
	d := jute.NewDecoder(frame)
	d.Int()
	r.timeout, r.id = d.Int(), d.Long()
	r.password = append([]byte(nil), d.Buffer()...)
	return d.Err()
}

// session is dialRaw with a new session.
func session(t testing.TB, addr string, timeout time.Duration) *raw {
	t.Helper()
	r := dialRaw(t, addr)
	if err := r.handshake(0, timeout, 0, make([]byte, 16)); err != nil || r.id == 0 {
		t.Fatalf("handshake: session %#x, %v", r.id, err)
	}
	return r
}

func (r *raw) write(body []byte) {
	r.t.Helper()
	if err := r.tryWrite(body); err != nil {
		r.t.Fatal(err)
	}
}

func (r *raw) tryWrite(body []byte) error {
	b, start := jute.BeginFrame(nil)
	_, err := r.nc.Write(jute.EndFrame(append(b, body...), start))
	return err
}

// try is call for a server that may be dying.
func (r *raw) try(op int32, body []byte) (reply, error) {
	r.xid++
	if err := r.tryWrite(append(jute.AppendInt(jute.AppendInt(nil, r.xid), op), body...)); err != nil {
		return reply{}, err
	}
	return r.receive()
}

func (r *raw) frame() ([]byte, error) {
	_ = r.nc.SetReadDeadline(time.Now().Add(10 * time.Second))
	var head [4]byte
	if _, err := io.ReadFull(r.nc, head[:]); err != nil {
		return nil, err
	}
	frame := make([]byte, binary.BigEndian.Uint32(head[:]))
	_, err := io.ReadFull(r.nc, frame)
	return frame, err
}

func (r *raw) send(op int32, body []byte) int32 {
	r.t.Helper()
	r.xid++
	xid := r.xid
	if op == 11 {
		xid = -2
	}
	r.write(append(jute.AppendInt(jute.AppendInt(nil, xid), op), body...))
	return xid
}

// receive reads events into r.events until a reply comes.
func (r *raw) receive() (reply, error) {
	r.events = nil
	for {
		frame, err := r.frame()
		if err != nil {
			return reply{}, err
		}
		d := jute.NewDecoder(frame)
		p := reply{xid: d.Int(), zxid: d.Long(), err: d.Int()}
		if p.xid != -1 {
			p.body = d.Rest()
			return p, d.Err()
		}
		e := event{kind: d.Int()}
		if state := d.Int(); state != 3 || p.zxid != -1 {
			r.t.Errorf("event with state %d and zxid %d", state, p.zxid)
		}
		e.path = d.String()
		r.events = append(r.events, e)
	}
}

// call sends a request and waits for its reply, which must be the next one.
func (r *raw) call(op int32, body []byte) reply {
	r.t.Helper()
	xid := r.send(op, body)
	p, err := r.receive()
	if err != nil {
		r.t.Fatalf("operation %d: %v", op, err)
	}
	if p.xid != xid {
		r.t.Fatalf("operation %d: reply to xid %d, want %d", op, p.xid, xid)
	}
	return p
}

// Bodies of requests.

func pathBody(path string) []byte              { return jute.AppendString(nil, path) }
func watchBody(path string, watch bool) []byte { return jute.AppendBool(pathBody(path), watch) }
func versionBody(path string, v int32) []byte  { return jute.AppendInt(pathBody(path), v) }

type aclEntry struct {
	perms      int32
	scheme, id string
}

var worldAll = []aclEntry{{31, "world", "anyone"}}

func appendEntries(b []byte, list []aclEntry) []byte {
	b = jute.AppendInt(b, int32(len(list)))
	for _, e := range list {
		b = jute.AppendString(jute.AppendString(jute.AppendInt(b, e.perms), e.scheme), e.id)
	}
	return b
}

func createBody(path string, data []byte, list []aclEntry, flags int32) []byte {
	return jute.AppendInt(appendEntries(jute.AppendBuffer(pathBody(path), data), list), flags)
}

func setBody(path string, data []byte, version int32) []byte {
	return jute.AppendInt(jute.AppendBuffer(pathBody(path), data), version)
}

func setWatchesBody(seen int64, lists ...[]string) []byte {
	b := jute.AppendLong(nil, seen)
	for _, l := range lists {
		b = jute.AppendStrings(b, l)
	}
	return b
}

type sub struct {
	op   int32
	body []byte
}

func multiBody(subs ...sub) []byte {
	var b []byte
	for _, s := range subs {
		b = append(jute.AppendInt(jute.AppendBool(jute.AppendInt(b, s.op), false), -1), s.body...)
	}
	return jute.AppendInt(jute.AppendBool(jute.AppendInt(b, -1), true), -1)
}

func authBody(scheme, secret string) []byte {
	return jute.AppendBuffer(jute.AppendString(jute.AppendInt(nil, 0), scheme), []byte(secret))
}

func (e event) String() string { return fmt.Sprintf("%d@%s", e.kind, e.path) }
