package dubbo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// This file is the one place where errors become statuses and texts of the
// wire, and the other way round.

// maxErrorText bounds the text of an error that is sent.
const maxErrorText = 8 << 10

// errorText is what a response with err says. It starts with the name of the
// code, because several codes share a status; see refine.
func errorText(code api.Code, err error) string {
	text := code.String() + ": " + err.Error()
	if len(text) > maxErrorText {
		text = strings.ToValidUTF8(text[:maxErrorText], "") + "…"
	}
	return text
}

// statusOf returns the status for err. ran says that the user's method has
// run: then no status may be sent that means a rejection, lest the caller try
// elsewhere.
func statusOf(code api.Code, ran bool) byte {
	if ran && rejection(code) {
		if code == api.Codec {
			return statusBadResponse
		}
		return statusService
	}
	return code.DubboStatus()
}

// rejection tells whether a peer that answers with code has not run the call.
func rejection(code api.Code) bool {
	switch code {
	case api.NotFound, api.Forbidden, api.Overloaded, api.GoingAway, api.NoProvider, api.Codec:
		return true
	}
	return false
}

// statusError is the error for a response with another status than OK.
func statusError(inv *api.Invocation, h header, body []byte, d *hessian.Decoder) error {
	text, err := decodeErrorText(h, body, d)
	if err != nil {
		text = fmt.Sprintf("status %d with a text that cannot be read: %v", h.status, err)
	}
	code := refine(h.status, text)
	sent := api.SentMaybe
	switch {
	case h.status == statusBadRequest, code == api.Overloaded, code == api.NotFound:
		sent = api.SentNo // of every Dubbo: refused before it ran
	case rejection(code) && code.DubboStatus() == h.status && h.status != statusBadResponse:
		sent = api.SentNo
	}
	return api.NewError(code, sent, fmt.Sprintf("dubbo: %s at %s: status %d: %s", callName(inv), inv.Peer, h.status, text), nil)
}

func decodeErrorText(h header, body []byte, d *hessian.Decoder) (string, error) {
	switch h.codec() {
	case codecHessian2:
		d.Reset(body, nil)
		text := nullable(d)
		return text, d.Err()
	case codecFastjson2:
		return decodeJSONBText(body)
	}
	return "", unknownCodec(h)
}

// javaTexts are failures of Java's framework whose text says more than their
// status. Each stands behind the name of an exception's class, at the beginning
// or in a sentence of Java's own.
var javaTexts = [...]struct {
	status byte
	text   string
	code   api.Code
}{
	{statusService, "RemotingException: Not found exported service: ", api.NotFound},
	{statusService, "RpcException: No such method ", api.NotFound},
	{statusService, "RpcException: Invalid token! Forbid invoke remote service ", api.Forbidden},
	{statusBadResponse, "Data length too large", api.TooLarge},
	{statusSerialization, "Data length too large", api.TooLarge},
}

// refine returns the code for a status and its text. A text that starts with
// the name of a code that has this status came from a gubbo provider.
func refine(status byte, text string) api.Code {
	first, _, _ := strings.Cut(text, "\n")
	for _, j := range javaTexts {
		if at := strings.Index(first, j.text); j.status == status && at >= 0 && (j.code == api.TooLarge || !strings.Contains(first[:at], " ")) {
			return j.code
		}
	}
	for c := api.Timeout; c <= api.Internal; c++ {
		if c.DubboStatus() == status {
			if rest, ok := strings.CutPrefix(text, c.String()); ok && strings.HasPrefix(rest, ": ") {
				return c
			}
		}
	}
	return api.CodeOfDubboStatus(status)
}

func unknownCodec(h header) error {
	return fmt.Errorf("dubbo: serialization id %d is not supported; use hessian2 (id %d), e.g. prefer.serialization=hessian2", h.codec(), codecHessian2)
}

// thrownError wraps what a provider threw.
func thrownError(thrown error) error {
	code := api.Business
	if x, ok := thrown.(*hessian.Exception); ok {
		code = codeOfException(x)
	}
	return api.NewError(code, api.SentMaybe, "", thrown)
}

// codeOfException finds the failures of Java's framework that travel as
// exceptions.
func codeOfException(x *hessian.Exception) api.Code {
	if x.Class == "org.apache.dubbo.auth.exception.RpcAuthenticationException" {
		return api.Forbidden
	}
	if x.Class != "org.apache.dubbo.rpc.RpcException" && x.Class != "com.alibaba.dubbo.rpc.RpcException" {
		return api.Business
	}
	for _, f := range x.Fields {
		if f.Name != "code" {
			continue
		}
		switch n, _ := f.Value.(int32); n {
		case 2, 8:
			return api.Timeout
		case 3:
			return api.Business
		case 4:
			return api.Forbidden
		case 5:
			return api.Codec
		case 6:
			return api.NoProvider
		case 7:
			return api.Overloaded
		}
	}
	return api.Internal
}

func codecError(inv *api.Invocation, err error) error {
	return api.NewError(api.Codec, api.SentMaybe, "dubbo: response to "+callName(inv)+" from "+inv.Peer, err)
}

// contextError is the error of a caller whose ctx ended.
func contextError(inv *api.Invocation, err error, sent api.Sent) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return timeoutError(inv, sent)
	}
	return api.NewError(api.Canceled, sent, "dubbo: "+callName(inv)+peerName(inv), err)
}

func timeoutError(inv *api.Invocation, sent api.Sent) error {
	what := ": no answer before the deadline"
	switch {
	case sent == api.SentNo:
		what = ": not sent before the deadline"
	case inv.Method.Oneway:
		what = ": not written before the deadline"
	}
	return api.NewError(api.Timeout, sent, "dubbo: "+callName(inv)+peerName(inv)+what, context.DeadlineExceeded)
}

// silentError is the error of a call that leaves a peer which has said nothing
// for quiet.
func silentError(inv *api.Invocation, sent api.Sent, quiet time.Duration) *api.Error {
	return api.NewError(api.Disconnected, sent, fmt.Sprintf("dubbo: %s%s: the peer has sent nothing for %v and does not answer a heartbeat", callName(inv), peerName(inv), quiet.Round(time.Millisecond)), nil)
}

// tooLarge is the error for a message that is not sent, in the words of Java, so
// that one search finds it in the logs of a mixed fleet.
func tooLarge(sent api.Sent, what string, n, max int) error {
	return api.NewError(api.TooLarge, sent, fmt.Sprintf("dubbo: %s: Data length too large: %d, max payload: %d (MaxMessage)", what, n, max), nil)
}

func callName(inv *api.Invocation) string { return inv.Service.Interface + "." + inv.Method.Name }

func peerName(inv *api.Invocation) string {
	if inv.Peer == "" {
		return ""
	}
	return " at " + inv.Peer
}
