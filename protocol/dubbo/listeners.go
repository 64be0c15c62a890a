package dubbo

import (
	"context"
	"fmt"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol"
)

// A listener, Dubbo's callback argument, is null among the arguments. An
// attachment, keyCallbackArg and the argument's index, holds the number under
// which the provider calls it: a request of its own on the same connection,
// with the listener's interface as its path and the number as keyInstance.
const (
	keyCallbackArg = "sys_callback_arg-"
	keyInstance    = "callback.service.instid"
)

// listeners are those that the calls over one connection of a client handed to
// the provider. The zero value is empty.
type listeners struct {
	mu      sync.Mutex // guards the rest
	last    int32      // the number given last
	byValue map[listenerKey]*ourListener
	byID    map[int32]*ourListener
}

// listenerKey is what makes a listener the same one: the same Go value.
type listenerKey struct {
	desc  *api.ListenerDesc
	value any
}

// ourListener is one listener that the provider may call.
type ourListener struct {
	id      int32
	key     listenerKey
	handler protocol.ListenerHandler
	claims  int // calls that brought it and did not fail; guarded by listeners.mu
}

// bring numbers the listeners of a call over cn and attaches the numbers to it.
// If it succeeds, settle must follow.
func (c *client) bring(cn *conn, inv *api.Invocation) (brought []*ourListener, err error) {
	defer func() {
		if err != nil {
			cn.ours.settle(brought, inv.Method.Callbacks, err)
		}
	}()
	fail := func(code api.Code, cb *api.Callback, format string, args ...any) error {
		return api.NewError(code, api.SentNo, fmt.Sprintf("dubbo: argument %d of %s, a listener %s, ", cb.Param, callName(inv), cb.Listener.Interface)+fmt.Sprintf(format, args...), nil)
	}
	for i := range inv.Method.Callbacks {
		cb := &inv.Method.Callbacks[i]
		if c.calls == nil {
			return brought, fail(api.Codec, cb, "cannot be handed over: this client takes no calls")
		}
		if inv.Args == nil || cb.Param >= inv.Args.Len() {
			return brought, fail(api.Codec, cb, "is missing")
		}
		key := listenerKey{cb.Listener, inv.Args.At(cb.Param)}
		if v := reflect.ValueOf(key.value); !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
			return brought, fail(api.Codec, cb, "is nil")
		} else if !v.Comparable() {
			return brought, fail(api.Codec, cb, "is a %T, which cannot be told from another one; hand over a pointer", key.value)
		}
		var l *ourListener
		if cb.Release {
			if l = cn.ours.known(key); l == nil {
				return brought, fail(api.NotFound, cb, "is not registered at %s, or was over a connection that has ended", cn.peer)
			}
		} else {
			l = cn.ours.claim(key, c.o.Listen)
		}
		brought = append(brought, l)
		inv.Attachments.Set(keyCallbackArg+strconv.Itoa(cb.Param), strconv.Itoa(int(l.id)))
	}
	return brought, nil
}

func (s *listeners) known(key listenerKey) *ourListener {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byValue[key]
}

// claim returns the listener for key, a new one if need be.
func (s *listeners) claim(key listenerKey, listen func(*api.ListenerDesc, any) protocol.ListenerHandler) *ourListener {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.byValue[key]
	if l == nil {
		if s.byValue == nil {
			s.byValue, s.byID = make(map[listenerKey]*ourListener), make(map[int32]*ourListener)
		}
		s.last++
		l = &ourListener{id: s.last, key: key, handler: listen(key.desc, key.value)}
		s.byValue[key], s.byID[l.id] = l, l
	}
	l.claims++
	return l
}

// settle is told how the call that brought listeners ended. A call that failed
// has changed nothing, unless nobody knows whether it ran: then the provider
// may still call what it was handed.
func (s *listeners) settle(brought []*ourListener, callbacks []api.Callback, err error) {
	e, _ := err.(*api.Error) //nolint:errorlint // call returns its own
	maybe := e != nil && e.Sent == api.SentMaybe && e.Code != api.Business
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, l := range brought {
		release := callbacks[i].Release && err == nil
		if !callbacks[i].Release && err != nil && !maybe {
			l.claims--
			release = l.claims == 0
		}
		if release && s.byID[l.id] == l {
			delete(s.byID, l.id)
			delete(s.byValue, l.key)
		}
	}
}

// find returns the endpoint for a call of the provider.
func (s *listeners) find(id int32, t protocol.Target) (*protocol.Endpoint, error) {
	if id == 0 {
		return nil, api.NewError(api.NotFound, api.SentNo, fmt.Sprintf("dubbo: this is a consumer, which serves listeners only, and a call of %q without %s names none", t.Path, keyInstance), nil)
	}
	s.mu.Lock()
	l := s.byID[id]
	s.mu.Unlock()
	if l == nil || l.key.desc.Interface != t.Path {
		return nil, api.NewError(api.NotFound, api.SentNo, fmt.Sprintf("dubbo: this consumer has no listener %d of %q on this connection; it was taken back, or registered over a connection that has ended", id, t.Path), nil)
	}
	return l.handler.Find(t)
}

// endListeners tells the listeners of a connection that has ended.
func (c *client) endListeners(cn *conn, err error) {
	s := &cn.ours
	s.mu.Lock()
	ended := s.byID
	s.byID, s.byValue = nil, nil
	s.mu.Unlock()
	if err == nil {
		err = errPeerClosed
	}
	for _, l := range ended {
		c.calls.tasks.Go(func(ctx context.Context) { l.handler.Ended(ctx, err) })
	}
}

// drain refuses new calls and gives those that run, and their answers, a moment
// to end before cn is closed.
func (r *callRunner) drain(cn *conn) {
	r.tasks.Stop()
	if r.tasks.Running() == 0 {
		return
	}
	timer := time.NewTimer(handlerGrace)
	defer timer.Stop()
	select {
	case <-r.tasks.Idle():
	case <-timer.C:
		return
	}
	select {
	case <-cn.w.idle():
	case <-timer.C:
	}
}
