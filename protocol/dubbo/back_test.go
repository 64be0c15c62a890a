package dubbo

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/gubbo/gubbo/protocol/hessian"
)

// contents is all that a body holds.
type contents struct {
	head        []string // of a request
	kind        int32    // of a response with status OK
	values      []any    // arguments, value, exception or text
	attachments []any    // pairs, in order; nil if there is no map
}

func contentsOf(h header, body []byte) (c contents, err error) {
	var d hessian.Decoder
	d.Reset(body, nil)
	n := 1
	attached := h.request()
	if h.request() {
		for range 5 {
			c.head = append(c.head, d.String())
		}
		if n, err = countParams(c.head[4]); err != nil {
			return c, err
		}
	} else if h.status == statusOK {
		c.kind = d.Int()
		attached = c.kind >= replyExceptionAttached
		if c.kind == replyNull || c.kind == replyNullAttached {
			n = 0
		}
	}
	for range n {
		c.values = append(c.values, d.Tree())
	}
	if attached {
		for d.Map(); d.MapMore(); {
			c.attachments = append(c.attachments, d.Tree())
		}
	}
	if err = d.Err(); err == nil && len(d.Rest()) > 0 {
		err = fmt.Errorf("%d bytes are left", len(d.Rest()))
	}
	return c, err
}

func (c contents) encode(h header) ([]byte, error) {
	e := hessian.NewEncoder(make([]byte, headerSize))
	for _, s := range c.head {
		e.String(s)
	}
	if !h.request() && h.status == statusOK {
		e.Int(c.kind)
	}
	for _, v := range c.values {
		e.Any(v)
	}
	if c.attachments != nil {
		e.Map("")
		for _, v := range c.attachments {
			e.Any(v)
		}
		e.MapEnd()
	}
	out := e.Bytes()
	h.length = len(out) - headerSize
	putHeader(out, h)
	return out, e.Err()
}

// What Java wrote, read into Go values and written again, is what Java wrote,
// byte by byte.
func TestFramesOfJavaEncodeBack(t *testing.T) {
	same := 0
	for _, f := range javaFrames(t) {
		if f.Header == nil {
			continue
		}
		h, _ := parseHeader(f.bytes, defaultMaxBody)
		if h.codec() != codecHessian2 || h.event() {
			continue // see TestOurEventsEqualJavas
		}
		c, err := contentsOf(h, f.bytes[headerSize:])
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		got, err := c.encode(h)
		if err != nil || !bytes.Equal(got, f.bytes) {
			t.Errorf("%s: we write %x, %v, Java %x", f.Name, got, err, f.bytes)
			continue
		}
		same++
	}
	if same < 297 {
		t.Errorf("only %d frames came back as they were", same)
	}
}

// Our heartbeats, their answers and readonly events are Java's.
func TestOurEventsEqualJavas(t *testing.T) {
	seen := map[byte]int{}
	for _, f := range javaFrames(t) {
		if f.Header == nil {
			continue
		}
		h, err := parseHeader(f.bytes, defaultMaxBody)
		if err != nil || !h.event() || h.codec() != codecHessian2 {
			continue
		}
		seen[h.flag]++
		c := &conn{w: newWriter(nil)}
		c.w.asleep = false // nobody flushes
		switch h.flag {
		case 0xe2:
			p := new(pending)
			p.next.Store(h.id)
			c.pending.Store(p)
			if err := c.quietClient(1); err != nil {
				t.Error(err)
			}
		case 0x22:
			c.event(header{flag: 0xe2, id: h.id, length: 1}, heartbeatBody)
		case 0xa2:
			c.sendReadonly()
			copy(c.w.buf[4:12], f.bytes[4:12]) // 2.6 and 2.7 write 0, later ones a number at random
		}
		if !bytes.Equal(c.w.buf, f.bytes) {
			t.Errorf("%s: we write %x, Java %x", f.Name, c.w.buf, f.bytes)
		}
	}
	if seen[0xe2] < 11 || seen[0x22] < 11 || seen[0xa2] < 3 {
		t.Errorf("events %x", seen)
	}
}
