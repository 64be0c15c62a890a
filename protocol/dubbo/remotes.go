package dubbo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/task"
	"github.com/gubbo/gubbo/protocol"
)

// errPeerClosed is the cause where a peer just closed the connection.
var errPeerClosed = errors.New("dubbo: the peer closed the connection")

// remotes are the listeners that the peer of one connection of a server handed
// to it. The zero value is empty.
type remotes struct {
	mu    sync.Mutex
	byID  map[remoteKey]*remote // guarded by mu
	count map[string]int        // of byID, by interface; guarded by mu
	ended bool                  // the connection has; guarded by mu
}

type remoteKey struct {
	iface string
	id    int32
}

// remote is one listener of a peer; its calls may come from any goroutine and
// at any time, long after the call that brought it.
type remote struct {
	key         remoteKey
	id          string // as it travels
	conn        *conn
	back        *backCaller
	application string // of the peer
	stub        any    // what the user's methods are given

	claims int           // calls that brought it and did not fail; guarded by remotes.mu
	done   chan struct{} // closed by whoever takes it out of remotes.byID
}

// backCaller is what a server calls its peers' listeners with.
type backCaller struct {
	caller
	calls *task.Gate // closed once the server leaves
}

// Done implements protocol.Listener.
func (r *remote) Done() <-chan struct{} { return r.done }

// Invoke implements protocol.Listener.
func (r *remote) Invoke(ctx context.Context, inv *api.Invocation) error {
	args, err := bodyOf(inv)
	if err != nil {
		return err
	}
	inv.Peer, inv.PeerApplication = r.conn.peer, r.application
	if err := ctx.Err(); err != nil {
		return contextError(inv, err, api.SentNo)
	}
	select {
	case <-r.done:
		return r.gone(inv)
	default:
	}
	if !r.back.calls.Enter() {
		return api.NewError(api.GoingAway, api.SentNo, "dubbo: "+callName(inv)+" at "+inv.Peer+": this server is leaving and calls its consumers no more", nil)
	}
	defer r.back.calls.Exit()
	inv.Attachments.Set(keyInstance, r.id)
	w := r.back.waiter()
	ours, err := r.back.call(ctx, r.conn, w, inv, args)
	r.back.put(w, ours)
	if err == errEnded { //nolint:errorlint // it is never wrapped
		return r.gone(inv)
	}
	return err
}

func (r *remote) gone(inv *api.Invocation) error {
	why := "the consumer took its listener back"
	if r.conn.ctx.Err() != nil {
		why = "the connection that brought the listener has ended, the consumer must register it again"
	}
	return api.NewError(api.Unavailable, api.SentNo, "dubbo: "+callName(inv)+" at "+inv.Peer+": "+why+"; drop this one", nil)
}

// invokeWithListeners runs a method that has callback parameters.
func (k *call) invokeWithListeners(ctx context.Context, ep *protocol.Endpoint, inv *api.Invocation) error {
	s := &k.conn.theirs
	bound, err := s.bind(k, ep, inv)
	if err == nil {
		err = ep.Invoker.Invoke(ctx, inv)
	}
	s.settle(bound, ep.Method.Callbacks, err)
	return err
}

// bind sets the callback arguments of inv. It returns those that it found or
// made also if it fails.
func (s *remotes) bind(k *call, ep *protocol.Endpoint, inv *api.Invocation) ([]*remote, error) {
	args, ok := inv.Args.(api.CallbackArgs)
	if !ok || ep.Callbacks == nil || k.runner.back == nil {
		return nil, api.NewError(api.Internal, api.SentNo, fmt.Sprintf("dubbo: %s takes a listener, for which its arguments, of type %T, or its server have no place", &k.req, inv.Args), nil)
	}
	var bound []*remote
	for i := range ep.Method.Callbacks {
		cb := &ep.Method.Callbacks[i]
		key := keyCallbackArg + strconv.Itoa(cb.Param)
		text := inv.Attachments.Get(key)
		id, err := strconv.ParseInt(text, 10, 32)
		if err != nil || id < 0 {
			return bound, k.badRequest(fmt.Sprintf("dubbo: argument %d of %s", cb.Param, &k.req),
				fmt.Errorf("it is a listener, for which the attachment %q must hold a number, not %q; the caller must know the parameter %s.%d.callback of the provider's URL", key, clip(text), ep.Method.Name, cb.Param))
		}
		r, err := s.claim(k, ep, cb, int32(id))
		if err != nil {
			return bound, err
		}
		bound = append(bound, r)
		args.SetCallback(cb.Param, r.stub)
	}
	return bound, nil
}

// clip keeps a peer's text from filling a message.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// claim returns the listener with id, a new one unless it is to be released.
func (s *remotes) claim(k *call, ep *protocol.Endpoint, cb *api.Callback, id int32) (*remote, error) {
	iface := cb.Listener.Interface
	key := remoteKey{iface, id}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.byID[key]
	switch {
	case r != nil:
	case s.ended:
		return nil, api.NewError(api.Disconnected, api.SentNo, "dubbo: the connection ended before "+k.req.String()+" ran", nil)
	case cb.Release:
		return nil, api.NewError(api.NotFound, api.SentNo, fmt.Sprintf("dubbo: listener %d of %s is not registered on this connection", id, iface), nil)
	case s.count[iface] >= ep.Callbacks.Limit:
		return nil, api.NewError(api.Forbidden, api.SentNo, fmt.Sprintf("dubbo: this connection has %d listeners of %s, and the limit is %d (parameter callbacks); take one back first", s.count[iface], iface, ep.Callbacks.Limit), nil)
	default:
		r = &remote{
			key: key, id: strconv.Itoa(int(id)), conn: k.conn, back: k.runner.back, application: k.req.application,
			done: make(chan struct{}),
		}
		r.stub = ep.Callbacks.Bind(cb.Listener, r)
		if s.byID == nil {
			s.byID, s.count = make(map[remoteKey]*remote), make(map[string]int)
		}
		s.byID[key] = r
		s.count[iface]++
	}
	if !cb.Release {
		r.claims++
	}
	return r, nil
}

// settle is told how the call with bound listeners ended: one that failed has
// changed nothing.
func (s *remotes) settle(bound []*remote, callbacks []api.Callback, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, r := range bound {
		release := callbacks[i].Release && err == nil
		if !callbacks[i].Release && err != nil {
			r.claims--
			release = r.claims == 0
		}
		if release && s.byID[r.key] == r {
			delete(s.byID, r.key)
			s.count[r.key.iface]--
			close(r.done)
		}
	}
}

// end is the end of the connection.
func (s *remotes) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.byID {
		close(r.done)
	}
	s.byID, s.count, s.ended = nil, nil, true
}

var _ protocol.Listener = (*remote)(nil)
