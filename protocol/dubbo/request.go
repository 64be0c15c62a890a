package dubbo

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// The body of a request is, in Hessian2:
//
//	string  protocol version, "2.0.2"
//	string  interface (Dubbo 2.6: path)
//	string  service version, "0.0.0" for none
//	string  method
//	string  descriptor of the parameters
//	...     the arguments
//	map     attachments
//
// The five strings are the head. They and the first attachments are the same in
// every call of a method.

// requestTemplate is what all requests to one method of one service share.
type requestTemplate struct {
	head []byte // with room for the frame's header before it
	tail []byte // the attachments' map, without its end
}

type templateKey struct {
	service *api.Service
	method  *api.Method
}

func newRequestTemplate(s *api.Service, m *api.Method, application string) *requestTemplate {
	version := s.Version
	if version == "" {
		version = noVersion
	}
	head := make([]byte, headerSize)
	for _, text := range []string{protocolVersion, s.Interface, version, m.Name, m.Desc} {
		head = hessian.AppendString(head, text)
	}
	tail := []byte{tagMap}
	tail = appendAttachment(tail, keyPath, s.Interface)
	if application != "" {
		tail = appendAttachment(tail, keyApplication, application)
	}
	tail = appendAttachment(tail, keyInterface, s.Interface)
	tail = appendAttachment(tail, keyVersion, version)
	if s.Group != "" {
		tail = appendAttachment(tail, keyGroup, s.Group)
	}
	return &requestTemplate{head: head, tail: tail}
}

// appendRequest appends a request's frame to dst; its header is still to be
// written. An attachment of the caller's own that has the key of one of ours
// comes later in the map and so counts instead of it.
func appendRequest(dst []byte, enc *hessian.Encoder, t *requestTemplate, args hessian.Body, timeout time.Duration, own *api.Attachments) ([]byte, error) {
	dst = append(dst, t.head...)
	enc.Reset(dst)
	if args != nil {
		args.EncodeHessian(enc)
	}
	if err := enc.Err(); err != nil {
		return enc.Bytes(), err
	}
	dst = append(enc.Bytes(), t.tail...)
	if timeout > 0 {
		dst = hessian.AppendString(dst, keyTimeout)
		// A number below 1e31 in the short form of a string.
		at := len(dst)
		dst = strconv.AppendInt(append(dst, 0), max(1, timeout.Milliseconds()), 10)
		dst[at] = byte(len(dst) - at - 1)
	}
	dst = appendAttachments(dst, own.All())
	if objects := own.Objects(); len(objects) > 0 {
		var err error
		if dst, err = appendObjects(dst, enc, objects); err != nil {
			return dst, err
		}
	}
	return append(dst, tagEnd), nil
}

// requestHead is the decoded head of a request.
type requestHead struct {
	path, version, method, desc string
	args                        int  // number of arguments
	attached                    bool // the peer wants attachments in the response
}

// headEnd finds where the five strings end, if they are plain.
func headEnd(body []byte) (end int, ok bool) {
	rest := body
	for range 5 {
		if len(rest) > 0 && rest[0] == tagNull {
			rest = rest[1:]
		} else if _, rest, ok = plainString(rest); !ok {
			return 0, false
		}
	}
	return len(body) - len(rest), true
}

// decodeHead reads the head with d, which stands at the beginning of the body.
func decodeHead(d *hessian.Decoder) (*requestHead, error) {
	wire := nullable(d)
	h := &requestHead{path: nullable(d), version: nullable(d), method: nullable(d), desc: nullable(d)}
	if err := d.Err(); err != nil {
		return nil, err
	}
	h.attached = wantsAttachments(wire)
	if h.version == noVersion || h.version == anyVersion {
		h.version = ""
	}
	var err error
	h.args, err = countParams(h.desc)
	return h, err
}

func nullable(d *hessian.Decoder) string {
	if d.Null() {
		return ""
	}
	return d.String()
}

// wantsAttachments tells whether a peer that wrote this protocol version reads
// reply attachments: "2.0.2" to "2.0.99", the rule of Dubbo 3.
func wantsAttachments(version string) bool {
	last, ok := strings.CutPrefix(version, "2.0.")
	if !ok {
		return false
	}
	n, err := strconv.ParseUint(last, 10, 8)
	return err == nil && 2 <= n && n <= 99
}

// countParams counts the types of a JVM descriptor, e.g.
// "ILjava/lang/String;[[J" has 3. V, which Java has for results only, is what
// dubbo-go writes for a null.
func countParams(desc string) (n int, err error) {
	for i := 0; i < len(desc); n++ {
		for i < len(desc) && desc[i] == '[' {
			i++
		}
		if i < len(desc) && desc[i] == 'L' {
			semicolon := strings.IndexByte(desc[i:], ';')
			if semicolon < 2 {
				return 0, badDesc(desc)
			}
			i += semicolon + 1
			continue
		}
		if i == len(desc) || strings.IndexByte("ZBCSIJFDV", desc[i]) < 0 {
			return 0, badDesc(desc)
		}
		i++
	}
	return n, nil
}

func badDesc(desc string) error {
	if len(desc) > 200 {
		desc = desc[:200] + "…"
	}
	return fmt.Errorf("dubbo: bad parameter descriptor %q", desc)
}

// request is a decoded request, arguments excepted.
type request struct {
	head        *requestHead
	path        string // what routes, after the attachments had their say
	version     string
	group       string
	application string
	timeout     time.Duration // 0: none told
	expired     bool          // the countdown was over when the peer sent it
	instance    int32         // the listener that a provider calls, from 1; 0 is none
	fresh       bool          // holds something that the requestReader did not know

	rest        []byte // of the body: arguments and attachments
	args        []byte // the arguments alone
	attachments rawAttachments
}

// requestReader decodes requests. It remembers heads and names that led to an
// endpoint, so that a repeated one costs a look-up and no allocation.
type requestReader struct {
	limits hessian.Limits
	heads  cache[string, *requestHead]
	names  cache[string, string]
}

// maxRemembered bounds the length of what a requestReader remembers.
const maxRemembered = 512

// read decodes body up to the arguments, passes these and reads the
// attachments. d is left in no useful state.
func (rr *requestReader) read(r *request, d *hessian.Decoder, body []byte) error {
	*r = request{}
	end, plain := headEnd(body)
	if plain {
		r.head = rr.heads.all()[string(body[:end])]
	}
	if r.head == nil {
		d.Reset(body, nil)
		head, err := decodeHead(d)
		if err != nil {
			return err
		}
		r.head, end, r.fresh = head, d.Offset(), true
	}
	r.rest = body[end:]
	d.Reset(r.rest, nil)
	d.SetLimits(rr.limits)
	for range r.head.args {
		d.Skip()
	}
	r.args = r.rest[:d.Offset()]
	var err error
	if r.attachments, err = readAttachments(d); err != nil {
		return err
	}
	r.path, r.version = r.head.path, r.head.version
	plainAttachments := r.attachments.plain
	for {
		k, v, rest, more := nextPair(plainAttachments)
		if !more {
			break
		}
		rr.attachment(r, k, v)
		plainAttachments = rest
	}
	for _, a := range r.attachments.list {
		rr.attachment(r, []byte(a.Key), []byte(a.Value))
	}
	return nil
}

func (rr *requestReader) attachment(r *request, key, value []byte) {
	switch string(key) {
	case keyPath:
		if len(value) > 0 && string(value) != r.path {
			r.path = rr.name(r, value)
		}
	case keyVersion:
		if len(value) > 0 && string(value) != noVersion && string(value) != anyVersion && string(value) != r.version {
			r.version = rr.name(r, value)
		}
	case keyGroup:
		r.group = rr.name(r, value)
	case keyApplication:
		r.application = rr.name(r, value)
	case keyInstance:
		if id, err := strconv.ParseInt(string(value), 10, 32); err == nil && id > 0 {
			r.instance = int32(id)
		}
	case keyTimeout, keyCountdown:
		ms, err := strconv.ParseInt(string(value), 10, 64)
		switch {
		case err != nil || ms > int64((1<<63-1)/time.Millisecond):
		case ms > 0:
			if t := time.Duration(ms) * time.Millisecond; r.timeout == 0 || t < r.timeout {
				r.timeout = t
			}
		case string(key) == keyCountdown:
			r.expired = true
		}
	}
}

func (rr *requestReader) name(r *request, b []byte) string {
	if s, ok := rr.names.all()[string(b)]; ok {
		return s
	}
	r.fresh = true
	return string(b)
}

// remember is called with a request that found its endpoint.
func (rr *requestReader) remember(r *request, body []byte) {
	if !r.fresh {
		return
	}
	if end := len(body) - len(r.rest); end <= maxRemembered {
		if _, ok := rr.heads.all()[string(body[:end])]; !ok {
			rr.heads.add(string(body[:end]), r.head)
		}
	}
	for _, s := range [...]string{r.path, r.version, r.group, r.application} {
		if _, ok := rr.names.all()[s]; !ok && len(s) <= maxRemembered {
			rr.names.add(s, s)
		}
	}
}

func (r *request) String() string {
	key := api.Service{Interface: r.path, Group: r.group, Version: r.version}.Key()
	return key + "." + r.head.method + "(" + r.head.desc + ")"
}
