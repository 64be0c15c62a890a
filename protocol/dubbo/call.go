package dubbo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/protocol"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// maxCalls is how many calls of one connection may be under way; the next is
// answered as overloaded. Services that want fewer say so with a filter.
const maxCalls = 1 << 13

// maxHeld is how many messages of full size a connection's calls may hold, in
// bytes of requests and of answers that wait to be sent; the next call is
// answered as overloaded.
const maxHeld = 8

// handlerGrace is how long Close waits for handlers that ignore their ctx.
const handlerGrace = time.Second

// callRunner runs the calls that peers make, each in a goroutine of its own while
// it runs.
type callRunner struct {
	handler protocol.Handler             // of a server; a client's connections have their own
	back    *backCaller                  // calls the listeners of a server's peers; nil on a client
	onError func(peer string, err error) // may be nil
	reader  requestReader
	tasks   task.Pool // the calls under way
	pool    sync.Pool // of *call
}

// close ends the run of calls whose connections have ended.
func (r *callRunner) close() {
	r.tasks.Stop()
	timer := time.NewTimer(handlerGrace)
	defer timer.Stop()
	select {
	case <-r.tasks.Idle():
		r.tasks.Wait()
	case <-timer.C:
	}
}

func (r *callRunner) report(peer string, err error) {
	if r.onError != nil {
		r.onError(peer, err)
	}
}

// start runs the request in a goroutine. The connection's reader calls it.
func (r *callRunner) start(c *conn, h header, body []byte, owned bool) {
	if h.codec() != codecHessian2 {
		c.answerError(h, api.Codec, unknownCodec(h))
		r.report(c.peer, unknownCodec(h))
		return
	}
	if c.underWay.Load() >= maxCalls {
		c.answerError(h, api.Overloaded, fmt.Errorf("dubbo: %d calls of this connection are under way", maxCalls))
		return
	}
	if held := c.held.Load(); held >= maxHeld*int64(c.max) {
		c.answerError(h, api.Overloaded, fmt.Errorf("dubbo: the calls of this connection hold %d bytes, the limit is %d times %d (MaxMessage)", held, maxHeld, c.max))
		return
	}
	k, _ := r.pool.Get().(*call)
	if k == nil {
		k = &call{runner: r}
		k.start = k.run
	}
	k.conn, k.header, k.arrived = c, h, c.r.arrived
	if owned {
		k.body = body
	} else {
		k.body = append(k.body[:0], body...)
	}
	c.underWay.Add(1)
	k.hold(len(body))
	if !r.tasks.Go(k.start) {
		c.underWay.Add(-1)
		c.held.Add(-k.held)
		c.answerError(h, api.GoingAway, errors.New("dubbo: the server is closing"))
	}
}

// call is one request from a peer, with everything that each needs again, so
// that serving allocates little. It is recycled when the call has ended.
type call struct {
	runner *callRunner
	start  func(context.Context) // run, bound once

	conn    *conn
	header  header
	body    []byte
	arrived time.Time
	held    int64 // bytes that conn counts for this call
	req     request
	inv     *api.Invocation // nil until an endpoint was found
	ran     bool            // the user's method has returned a value
	encoded bool            // out holds that value

	out []byte // the response's frame
	dec hessian.Decoder
	enc hessian.Encoder
}

func (k *call) run(context.Context) {
	err := k.invoke()
	if k.header.twoway() {
		k.tell(err)
	}
	k.conn.underWay.Add(-1)
	k.conn.held.Add(-k.held)
	k.recycle()
}

// hold counts n more bytes.
func (k *call) hold(n int) {
	k.held += int64(n)
	k.conn.held.Add(int64(n))
}

// tell answers also where the user's error panics when it is asked for its
// text or its fields, as one made of a nil pointer does.
func (k *call) tell(err error) {
	defer func() {
		if p := recover(); p != nil {
			k.answer(api.NewError(api.Internal, api.SentMaybe, fmt.Sprintf("dubbo: %s failed, and its error cannot be told: it panicked: %v", &k.req, p), nil))
		}
	}()
	k.answer(err)
}

// invoke decodes the request and runs it.
func (k *call) invoke() error {
	r := &k.req
	if err := k.runner.reader.read(r, &k.dec, k.body); err != nil {
		return k.badRequest("dubbo: request body", err)
	}
	ep, err := k.find(protocol.Target{
		Path: r.path, Group: r.group, Version: r.version,
		Method: r.head.method, Desc: r.head.desc, DescKnown: true,
	})
	if err != nil {
		return err
	}
	k.runner.reader.remember(r, k.body)
	if ep.Invoker == nil {
		return k.echo()
	}
	inv := ep.New()
	args, ok := inv.Args.(hessian.Body)
	if !ok {
		return api.NewError(api.Internal, api.SentNo, fmt.Sprintf("dubbo: arguments of %s have type %T, which does not implement hessian.Body; generate it with gubbo-gen", r, inv.Args), nil)
	}
	data := r.args
	if len(r.attachments.objects) > 0 {
		data = r.rest
	}
	k.dec.Reset(data, args.HessianTypes())
	k.dec.SetLimits(k.runner.reader.limits)
	args.DecodeHessian(&k.dec)
	if err := k.dec.Err(); err != nil {
		return k.badRequest("dubbo: arguments of "+r.String(), err)
	}
	if len(r.attachments.objects) > 0 && k.dec.Offset() == len(r.args) {
		r.attachments.retype(&k.dec)
	}
	k.inv = inv
	inv.Attempt = 1
	inv.Peer, inv.PeerApplication = k.conn.peer, r.application
	inv.BytesIn = headerSize + len(k.body)
	inv.Attachments.SetLazy(&r.attachments)
	inv.Sink = k
	if r.timeout > 0 {
		inv.Deadline = k.arrived.Add(r.timeout)
	}
	if r.expired || !inv.Deadline.IsZero() && !time.Now().Before(inv.Deadline) {
		return api.NewError(api.Timeout, api.SentNo, fmt.Sprintf("dubbo: %s was not run: its deadline had passed", r), nil)
	}
	ctx := newCallContext(k.conn.ctx, inv)
	if len(ep.Method.Callbacks) > 0 {
		err = k.invokeWithListeners(ctx, ep, inv)
	} else {
		err = ep.Invoker.Invoke(ctx, inv)
	}
	ctx.finish()
	return err
}

func (k *call) find(t protocol.Target) (*protocol.Endpoint, error) {
	if k.conn.client {
		return k.conn.ours.find(k.req.instance, t)
	}
	return k.runner.handler.Find(t)
}

// badRequest tells the owner of the server of a request that was refused. The
// stream is intact, so no other call suffers.
func (k *call) badRequest(what string, err error) error {
	e := api.NewError(api.Codec, api.SentNo, what, err)
	k.runner.report(k.conn.peer, e)
	return e
}

// echo answers "$echo" with the argument as it came: it stands at the beginning
// of a Hessian message in both, so the bytes mean the same.
func (k *call) echo() error {
	k.out = append(beginResponse(k.out), k.req.args...)
	constant := byte(replyValue)
	if a := k.req.args; len(a) == 0 || len(a) == 1 && a[0] == tagNull {
		k.out, constant = k.out[:headerSize+1], replyNull
	}
	k.out = markReply(k.out, constant, k.req.head.attached)
	k.encoded = true
	return nil
}

// EncodeReply makes call an api.ReplySink.
func (k *call) EncodeReply(reply any) error {
	k.ran = true
	if !k.header.twoway() {
		return nil
	}
	var err error
	k.out, err = appendReply(beginResponse(k.out), &k.enc, reply, k.req.head.attached)
	if err != nil {
		return api.NewError(api.Codec, api.SentMaybe, "dubbo: reply of "+k.req.String(), err)
	}
	if err := k.checkSize(); err != nil {
		return err
	}
	k.encoded = true
	k.inv.BytesOut = len(k.out)
	if k.req.head.attached {
		k.inv.BytesOut += len(plainTail)
	}
	return nil
}

func (k *call) checkSize() error {
	if n := len(k.out) - headerSize; n > k.conn.max {
		return tooLarge(api.SentMaybe, "response of "+k.req.String(), n, k.conn.max)
	}
	return nil
}

// answer sends the response.
func (k *call) answer(err error) {
	if err == nil && !k.encoded {
		err = k.EncodeReply(k.inv.Reply) // a filter answered instead of the method
	}
	if err == nil {
		err = k.attach()
	}
	status := byte(statusOK)
	if err != nil && (api.CodeOf(err) != api.Business || !k.encodeException(err)) {
		code := api.CodeOf(err)
		if code == api.Business {
			code = api.Internal
		}
		status = statusOf(code, k.ran)
		k.out = hessian.AppendString(beginResponse(k.out)[:headerSize], errorText(code, err))
	}
	if k.inv != nil {
		k.inv.BytesOut = len(k.out)
	}
	putHeader(k.out, header{flag: codecHessian2, status: status, id: k.header.id, length: len(k.out) - headerSize})
	k.hold(len(k.out))
	k.conn.send(k.out)
}

// encodeException writes err as the thrown exception. It reports false if that
// exception cannot be sent; its text always can.
func (k *call) encodeException(err error) bool {
	if k.inv == nil {
		return false // it was not the user's method that failed
	}
	attached := k.req.head.attached
	var bad error
	k.out, bad = appendException(beginResponse(k.out), &k.enc, err, attached)
	if bad == nil {
		bad = k.attach()
	}
	if bad == nil {
		return true
	}
	k.out, bad = appendException(beginResponse(k.out), &k.enc, errors.New(errorText(api.Business, err)), attached)
	return bad == nil && k.attach() == nil
}

// attach ends an encoded reply with the attachments of the answer.
func (k *call) attach() error {
	if k.req.head.attached {
		var own *api.Attachments
		if k.inv != nil {
			own = &k.inv.ReplyAttachments
		}
		var err error
		if k.out, err = appendReplyAttachments(k.out, &k.enc, own); err != nil {
			return api.NewError(api.Codec, api.SentMaybe, "dubbo: reply of "+k.req.String(), err)
		}
	}
	return k.checkSize()
}

func (k *call) recycle() {
	if k.inv != nil {
		k.inv.Sink = nil
		k.inv.Attachments.Reset() // they lie in our body
	}
	k.inv, k.conn, k.req, k.held, k.ran, k.encoded = nil, nil, request{}, 0, false, false
	if cap(k.body) > keepBuffer {
		k.body = nil
	}
	if cap(k.out) > keepBuffer {
		k.out = nil
		k.enc.Reset(nil)
	}
	k.runner.pool.Put(k)
}

var _ api.ReplySink = (*call)(nil)
