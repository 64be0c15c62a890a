package dubbo

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// The body of a response with status OK is an int, one of the reply constants,
// then the value or the exception, if there is one, then the attachments, if
// the constant says so. With any other status it is one string.

// plainTail is the attachments of a response whose service set none.
var plainTail = append(appendAttachment([]byte{tagMap}, keyDubbo, protocolVersion), tagEnd)

// plainReplyAttachments is what plainTail decodes to.
var plainReplyAttachments = []api.Attachment{{Key: keyDubbo, Value: protocolVersion}}

// tagReply is the int 0 in its short form; the reply constants follow it.
const tagReply = 0x90

// beginResponse leaves room for the header and the reply constant.
func beginResponse(dst []byte) []byte {
	return append(dst[:0], make([]byte, headerSize+1)...)
}

// appendReply encodes the value of a response begun with beginResponse. A null
// leaves only its constant. enc goes on with the attachments.
func appendReply(dst []byte, enc *hessian.Encoder, reply any, attached bool) ([]byte, error) {
	constant := byte(replyValue)
	at := len(dst)
	enc.Reset(dst)
	if reply != nil {
		body, ok := reply.(hessian.Body)
		if !ok {
			return dst, fmt.Errorf("dubbo: reply of type %T does not implement hessian.Body; generate it with gubbo-gen", reply)
		}
		body.EncodeHessian(enc)
		dst = enc.Bytes()
		if err := enc.Err(); err != nil {
			return dst, err
		}
	}
	if len(dst) == at || len(dst) == at+1 && dst[at] == tagNull {
		dst, constant = dst[:at], replyNull
		enc.Reset(dst)
	}
	return markReply(dst, constant, attached), nil
}

// appendException encodes err as the exception of a response begun with
// beginResponse: a declared exception as its class, others as a
// java.lang.RuntimeException, which every Java accepts.
func appendException(dst []byte, enc *hessian.Encoder, err error, attached bool) ([]byte, error) {
	enc.Reset(dst)
	enc.Exception(throwable(err))
	return markReply(enc.Bytes(), replyException, attached), enc.Err()
}

// throwable finds in err's chain what can travel as itself.
func throwable(err error) error {
	if x := hessian.ThrowableIn(err); x != nil {
		return x
	}
	if e, ok := errors.AsType[*api.Error](err); ok && e.Code == api.Business && e.Cause != nil {
		return e.Cause
	}
	return err
}

func markReply(dst []byte, constant byte, attached bool) []byte {
	if attached {
		constant += replyExceptionAttached
	}
	dst[headerSize] = tagReply + constant
	return dst
}

// appendReplyAttachments ends a response whose peer reads attachments; enc
// wrote it so far. nil is none.
func appendReplyAttachments(dst []byte, enc *hessian.Encoder, own *api.Attachments) ([]byte, error) {
	if own == nil {
		return append(dst, plainTail...), nil
	}
	dst = append(dst, plainTail[:len(plainTail)-1]...)
	dst = appendAttachments(dst, own.All())
	if objects := own.Objects(); len(objects) > 0 {
		var err error
		if dst, err = appendObjects(dst, enc, objects); err != nil {
			return dst, err
		}
	}
	return append(dst, tagEnd), nil
}

// nullValue is what the value of a null reply would look like.
var nullValue = []byte{tagNull}

// decodeResponse decodes a response with status OK into inv. The error is an
// *api.Error.
func decodeResponse(inv *api.Invocation, d *hessian.Decoder, body []byte, limits hessian.Limits) error {
	reply, _ := inv.Reply.(hessian.Body)
	var types *hessian.Types
	if reply != nil {
		types = reply.HessianTypes()
	}
	// The constant and the value are one Hessian message.
	d.Reset(body, types)
	d.SetLimits(limits)
	constant := int(d.Int())
	var thrown error
	switch constant {
	case replyValue, replyValueAttached:
		if reply != nil {
			reply.DecodeHessian(d)
		} else {
			d.Skip()
		}
	case replyException, replyExceptionAttached:
		if thrown = d.Exception(); thrown == nil && d.Err() == nil {
			thrown = errors.New("dubbo: the provider threw null")
		}
	case replyNull, replyNullAttached:
	default:
		if d.Err() == nil {
			return codecError(inv, fmt.Errorf("dubbo: response starts with %d instead of 0 to 5", constant))
		}
	}
	if constant >= replyExceptionAttached && d.Err() == nil {
		if err := decodeReplyAttachments(inv, d); err != nil {
			return codecError(inv, err)
		}
	}
	if err := d.Err(); err != nil {
		return codecError(inv, err)
	}
	if thrown != nil {
		return thrownError(thrown)
	}
	if (constant == replyNull || constant == replyNullAttached) && reply != nil {
		d.Reset(nullValue, types)
		reply.DecodeHessian(d)
		if err := d.Err(); err != nil {
			return codecError(inv, err)
		}
	}
	return nil
}

func decodeReplyAttachments(inv *api.Invocation, d *hessian.Decoder) error {
	rest := d.Rest()
	if bytes.Equal(rest, plainTail) {
		inv.ReplyAttachments = api.AttachmentsOf(plainReplyAttachments)
		return nil
	}
	raw, err := readAttachments(d)
	if err != nil {
		return err
	}
	raw.plain = bytes.Clone(raw.plain) // the body's buffer is used again
	inv.ReplyAttachments.SetLazy(&raw)
	return nil
}
