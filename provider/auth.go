package provider

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/accesskey"
)

// clockSkew is how far the time of a signed call may be from ours. Java checks
// none; here a recorded call is of no use after it.
const clockSkew = 5 * time.Minute

// authException is how Java names a call without valid credentials. It is only
// named, in the text of a status: Java 3 allows itself neither to send nor to
// read that exception, and 2.7 mostly lacks its class.
const authException = "org.apache.dubbo.auth.exception.RpcAuthenticationException"

// AccessKey has callers sign each call with a secret that they share with this
// provider: Dubbo's authenticator "accesskey". secretOf returns the secret of
// an access key id, "" for an id that it does not know; it is called for each
// call, from many goroutines. A signature holds for one method of the service
// and for 5 minutes around the caller's clock; a recorded call can be repeated
// within them. Arguments are not signed. The URL tells consumers to sign; it
// has no secret. What fails is answered as api.Forbidden, before any filter
// runs.
func AccessKey(secretOf func(id string) string) ServiceOption {
	return func(s *service) {
		if secretOf == nil {
			s.fail("option AccessKey(nil) has no function that knows the secrets")
			return
		}
		s.authenticate(accesskey.Authenticator, func(inv *api.Invocation) error { return checkAccessKey(inv, secretOf, time.Now()) })
	}
}

// BasicAuth has callers send a user name and a password with each call:
// Dubbo's authenticator "basic", since Java 3.3. check tells whether the two
// are right, best in constant time; it is called for each call, from many
// goroutines. Nothing encrypts them on the way, nor ties them to the call. The
// URL tells consumers to send them; unlike Java's it does not hold them. What
// fails is answered as api.Forbidden, before any filter runs.
func BasicAuth(check func(username, password string) bool) ServiceOption {
	return func(s *service) {
		if check == nil {
			s.fail("option BasicAuth(nil) has no function that knows the passwords")
			return
		}
		s.authenticate("basic", func(inv *api.Invocation) error { return checkBasic(inv, check) })
	}
}

// authenticate puts check before all filters and tells consumers of it.
func (s *service) authenticate(authenticator string, check func(*api.Invocation) error) {
	if s.auth != nil {
		s.fail("options AccessKey and BasicAuth are given more than once; a service has one authenticator")
	}
	s.set("auth", "true")
	s.set("authenticator", authenticator)
	s.auth = func(next api.Invoker) api.Invoker {
		return api.InvokerFunc(func(ctx context.Context, inv *api.Invocation) error {
			if err := check(inv); err != nil {
				return err
			}
			return next.Invoke(ctx, inv)
		})
	}
}

// unauthentic never says which of the credentials was wrong.
func unauthentic(inv *api.Invocation, why string) error {
	return api.NewError(api.Forbidden, api.SentNo, fmt.Sprintf("provider: call of %s.%s is not authenticated: %s (%s)", inv.Service.Key(), inv.Method.Name, why, authException), nil)
}

func checkAccessKey(inv *api.Invocation, secretOf func(id string) string, now time.Time) error {
	a := &inv.Attachments
	id, at, signature := a.Get(accesskey.KeyID), a.Get(accesskey.KeyTime), a.Get(accesskey.KeySignature)
	if id == "" || at == "" || signature == "" {
		return unauthentic(inv, "it is not signed; give the consumer an access key")
	}
	ms, err := strconv.ParseInt(at, 10, 64)
	if age := now.Sub(time.UnixMilli(ms)); err != nil || age > clockSkew || age < -clockSkew {
		return unauthentic(inv, fmt.Sprintf("its timestamp is not within %v of this provider's clock", clockSkew))
	}
	c := accesskey.Call{Interface: inv.Service.Interface, Version: inv.Service.Version, Group: inv.Service.Group, Method: inv.Method.Name, Time: at}
	secret := secretOf(id)
	if !c.Verify(secret, signature) || secret == "" {
		return unauthentic(inv, "unknown access key or wrong signature")
	}
	return nil
}

func checkBasic(inv *api.Invocation, check func(username, password string) bool) error {
	header := inv.Attachments.Get("authorization")
	if header == "" {
		header = inv.Attachments.Get("Authorization") // Java looks at both
	}
	encoded, ok := strings.CutPrefix(header, "Basic ")
	if !ok {
		return unauthentic(inv, "it has no user name and password; give the consumer both")
	}
	text, err := base64.StdEncoding.DecodeString(encoded)
	username, password, ok := strings.Cut(string(text), ":")
	if err != nil || !ok || !check(username, password) {
		return unauthentic(inv, "unknown user name or wrong password")
	}
	return nil
}
