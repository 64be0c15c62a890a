package consumer

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/accesskey"
)

// AccessKey signs each call with a secret that the provider knows by id:
// Dubbo's authenticator "accesskey", e.g. provider.AccessKey. The secret itself
// is never sent. Every provider that is called gets the signature, whether its
// URL asks for one or not. It takes the place of BasicAuth.
func AccessKey(id, secret string) Option {
	return func(s *settings) {
		if id == "" || secret == "" {
			s.fail("option AccessKey needs an id and a secret")
			return
		}
		s.call.credentials = func(p *Provider, inv *api.Invocation) error {
			if p.url.Bool(accesskey.ParamSign, false) {
				return api.NewError(api.Forbidden, api.SentNo, fmt.Sprintf("consumer: %s asks for %s=true, a signature over arguments as Java serializes them, which is not supported; switch it off there", p.address, accesskey.ParamSign), nil)
			}
			now := strconv.FormatInt(time.Now().UnixMilli(), 10)
			c := accesskey.Call{Interface: inv.Service.Interface, Version: inv.Service.Version, Group: inv.Service.Group, Method: calledMethod(inv), Time: now}
			a := &inv.Attachments
			a.Set(accesskey.KeyID, id)
			a.Set(accesskey.KeyTime, now)
			a.Set(accesskey.KeySignature, c.Sign(secret))
			a.Set(accesskey.KeyConsumer, p.dir.client.cfg.Application)
			return nil
		}
	}
}

// BasicAuth sends user name and password with each call: Dubbo's authenticator
// "basic", since Java 3.3, e.g. provider.BasicAuth. Nothing encrypts them on
// the way. Every provider that is called gets them, whether its URL asks for
// them or not. It takes the place of AccessKey.
func BasicAuth(username, password string) Option {
	header := "Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password))
	return func(s *settings) {
		if username == "" || strings.Contains(username, ":") {
			s.fail("option BasicAuth needs a user name without a colon")
			return
		}
		s.call.credentials = func(_ *Provider, inv *api.Invocation) error {
			inv.Attachments.Set("authorization", header)
			return nil
		}
	}
}

// calledMethod is the method that the provider will run: that of a generic call
// is among its arguments.
func calledMethod(inv *api.Invocation) string {
	if name := inv.Method.Name; name != "$invoke" && name != "$invokeAsync" || inv.Method.Desc != invokeMethod.Desc {
		return name
	}
	name, _ := inv.Args.At(0).(string)
	return name
}
