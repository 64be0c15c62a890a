package dubbo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/protocol/hessian"
)

const (
	// stallLimit is how long a full batch may not move before the connection is
	// given up: its peer sends but does not read.
	stallLimit = 30 * time.Second
	// lingerLimit is how long the last answer before a close may take to be read.
	lingerLimit = time.Second
	// missedHeartbeats is how many silent intervals mean that the peer is dead.
	missedHeartbeats = 3
)

// maxNull is how long null is in any serialization.
const maxNull = 16

// Bodies of events.
var (
	heartbeatBody = []byte{tagNull}
	readonlyBody  = []byte{1, 'R'}
	// What Java 3.2 sends with fastjson2.
	readonlyJSONB = []byte{0, 0, 0, 2, jsonbShortASCII + 1, 'R'}
	writableBody  = []byte{1, 'W'}
)

// conn is one connection, of a client or of a server: both read the same
// frames. Two goroutines serve it, the reader (run) and the flusher.
type conn struct {
	nc      net.Conn
	peer    string
	max     int
	w       *writer
	r       *frameReader
	client  bool
	pending atomic.Pointer[pending] // of our own calls; nil on a server until a peer has a listener
	drops   *drops                  // responses that nobody waited for
	calls   *callRunner             // runs the peer's calls; nil refuses them
	onDrain func(bool)              // told of readonly events; nil on a server
	onEnd   func()                  // called before calls fail, perhaps twice; nil on a server
	parting atomic.Bool             // client.part looks whether the connection is needed

	ours   listeners // what we handed to the peer
	theirs remotes   // what the peer handed to us

	underWay atomic.Int32 // calls of the peer that run
	held     atomic.Int64 // bytes that these hold: see maxHeld
	busy     int          // the last silent interval that found calls under way; the reader's
	sent     uint64       // how much was sent at the end of the first silent interval; the reader's

	ctx    context.Context // ends with the connection: the parent of the peer's calls
	cancel context.CancelFunc

	failOnce sync.Once
	cause    error // why the connection was given up, if it was; set in failOnce
}

func newConn(nc net.Conn, max int, heartbeat time.Duration, client bool, drops *drops) *conn {
	c := &conn{nc: nc, peer: nc.RemoteAddr().String(), max: max, w: newWriter(nc), client: client, drops: drops}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	quiet := c.quietServer
	if client {
		c.pending.Store(new(pending))
		quiet = c.quietClient
	}
	c.r = newFrameReader(nc, max, heartbeat, quiet)
	return c
}

// giveUp closes the connection because of err; the first err counts.
func (c *conn) giveUp(err error) {
	c.failOnce.Do(func() { c.cause = err })
	c.nc.Close()
}

// run reads until the connection ends, and returns why when flusher and reader
// are done and no call waits any more. It is the reader's whole life.
func (c *conn) run(tasks *task.Group) error {
	flushed := make(chan struct{})
	if !tasks.Go(func(context.Context) {
		defer close(flushed)
		if err := c.w.flush(); err != nil {
			c.giveUp(err)
		}
		c.stopTaking() // the reader may be waiting for space
	}) {
		close(flushed)
		c.giveUp(net.ErrClosed)
	}
	err := c.r.arm()
	if err == nil {
		err = c.read()
	}
	c.cancel()
	if _, refused := errors.AsType[*frameError](err); refused && !c.client {
		c.linger(flushed)
	}
	c.stopTaking()
	c.giveUp(err)
	<-flushed
	c.theirs.end()
	c.failAll()
	return c.cause
}

// stopTaking takes no more frames. On a client new calls look for another
// connection from then on.
func (c *conn) stopTaking() {
	if c.onEnd != nil {
		c.onEnd()
	}
	c.w.close()
}

// linger lets the peer read our last answer: closing a socket that holds unread
// bytes would throw it away.
func (c *conn) linger(flushed <-chan struct{}) {
	c.w.end()
	timer := time.AfterFunc(lingerLimit, func() { c.nc.Close() })
	defer timer.Stop()
	<-flushed
	if half, ok := c.nc.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		// Not more than a peer may have had under way.
		c.nc.SetReadDeadline(time.Now().Add(lingerLimit))
		_, _ = io.CopyN(io.Discard, c.nc, int64(c.max))
	}
}

// calling returns the table of our own calls.
func (c *conn) calling() *pending {
	p := c.pending.Load()
	if p == nil {
		p = new(pending)
		if !c.pending.CompareAndSwap(nil, p) {
			p = c.pending.Load()
		}
	}
	return p
}

// failAll ends all calls that wait. The flusher has returned, so what it wrote
// is known.
func (c *conn) failAll() {
	pending := c.pending.Load()
	if pending == nil {
		return
	}
	sent := c.w.sentBytes()
	pending.takeAll(func(w *waiter) {
		e := &api.Error{Code: api.Disconnected, Message: "dubbo: connection to " + c.peer + " ended", Cause: c.cause}
		if w.end > sent {
			e.Sent = api.SentNo
		}
		w.deliver(header{}, nil, false, e)
	})
}

func (c *conn) read() error {
	for {
		h, body, owned, err := c.r.next()
		if err != nil {
			return c.refuse(h, err)
		}
		switch {
		case h.event():
			c.event(h, body)
		case !h.request():
			c.response(h, body, owned)
		case c.calls != nil:
			c.calls.start(c, h, body, owned)
		case h.twoway():
			c.answerError(h, api.NotFound, errors.New("dubbo: this consumer takes no calls"))
		}
	}
}

func (c *conn) response(h header, body []byte, owned bool) {
	p := c.pending.Load()
	if p == nil { // a server that has called nobody
		c.drops.count(false)
	} else if w := p.take(h.id); w != nil {
		w.deliver(h, body, owned, nil)
	} else {
		c.drops.count(p.made(h.id))
	}
}

// refuse is called with the error that ends reading. It tells the peer, or the
// call whose response cannot be read, as far as the header says which.
func (c *conn) refuse(h header, err error) error {
	if _, refused := errors.AsType[*frameError](err); !refused {
		return err
	}
	if p := c.pending.Load(); p != nil && h.length > 0 && !h.request() && !h.event() {
		if w := p.take(h.id); w != nil {
			w.deliver(header{}, nil, false, api.NewError(api.TooLarge, api.SentMaybe, "dubbo: response from "+c.peer, err))
			return err
		}
	}
	if !c.client {
		c.answerError(h, api.Codec, err)
	}
	return err
}

func (c *conn) event(h header, body []byte) {
	if !h.request() {
		return // the answer to our heartbeat: having read it is all
	}
	if h.twoway() && isHeartbeat(h, body) {
		c.sendSmall(header{flag: flagEvent | h.codec(), status: statusOK, id: h.id}, body)
	}
	if c.onDrain == nil {
		return
	}
	switch string(body) {
	case string(readonlyBody), string(readonlyJSONB):
		c.onDrain(true)
	case string(writableBody):
		c.onDrain(false)
	}
}

// isHeartbeat tells a heartbeat from other events: its body is null. Of a
// serialization that is not ours a short body is taken for that, and sent back
// as it came.
func isHeartbeat(h header, body []byte) bool {
	if h.codec() != codecHessian2 {
		return len(body) <= maxNull
	}
	return string(body) == string(heartbeatBody)
}

// sendSmall sends a frame from the reader. If the batch is full the reader
// waits for space, so that a peer that does not read is not read from either.
func (c *conn) sendSmall(h header, body []byte) {
	var space [headerSize + 64]byte
	frame := append(space[:headerSize], body...)
	h.length = len(body)
	putHeader(frame, h)
	c.send(frame)
}

// send queues a frame that no call waits for. It gives the
// frame up if the connection has ended, and both if nothing moved for stallLimit.
func (c *conn) send(frame []byte) {
	for {
		full, ok := c.w.append(frame, nil)
		if !ok || full == nil {
			return
		}
		stalled := time.NewTimer(stallLimit)
		select {
		case <-full:
			stalled.Stop()
		case <-stalled.C:
			c.giveUp(fmt.Errorf("dubbo: peer %s has read nothing for %v", c.peer, stallLimit))
			return
		}
	}
}

// answerError answers the request with header h by a status and a text, unless
// its peer wants no answer.
func (c *conn) answerError(h header, code api.Code, err error) {
	if h.request() && !h.twoway() {
		return
	}
	text := hessian.AppendString(make([]byte, headerSize, headerSize+128), errorText(code, err))
	putHeader(text, header{flag: codecHessian2, status: statusOf(code, false), id: h.id, length: len(text) - headerSize})
	c.send(text)
}

// quietClient sends a heartbeat after each silent interval and gives up after
// the third.
func (c *conn) quietClient(intervals int) error {
	if intervals >= missedHeartbeats {
		return fmt.Errorf("dubbo: peer %s has sent nothing for %v, heartbeats included", c.peer, time.Duration(intervals)*c.r.interval)
	}
	c.sendHeartbeat()
	return nil
}

func (c *conn) sendHeartbeat() {
	var frame [headerSize + 1]byte
	putHeader(frame[:], header{flag: flagRequest | flagTwoway | flagEvent | codecHessian2, id: c.calling().newID(), length: 1})
	frame[headerSize] = tagNull
	c.w.append(frame[:], nil) // a full batch is no place for a heartbeat
}

// quietServer closes a connection whose client is silent. Silence while the
// client waits for an answer does not count. A client that reads one-way calls
// to its listeners sees no reason to send a heartbeat, so the server asks then.
func (c *conn) quietServer(intervals int) error {
	sent := c.w.sentBytes()
	if intervals == 1 {
		c.busy, c.sent = 0, sent
	} else if sent != c.sent {
		c.sendHeartbeat()
	}
	if c.underWay.Load() > 0 {
		c.busy = intervals
	}
	if intervals-c.busy >= missedHeartbeats {
		return fmt.Errorf("dubbo: peer %s has sent nothing for %v", c.peer, time.Duration(intervals)*c.r.interval)
	}
	return nil
}

// sendReadonly tells the peer that this server is leaving.
func (c *conn) sendReadonly() {
	frame := append(make([]byte, headerSize), readonlyBody...)
	putHeader(frame, header{flag: flagRequest | flagEvent | codecHessian2, id: 0, length: len(readonlyBody)})
	c.w.append(frame, nil) // a peer whose batch is full is not listening
}

// ordinaryEnd tells whether a connection ended in a way that nobody needs to
// hear of.
func ordinaryEnd(err error) bool {
	return err == nil || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrClosedPipe)
}
