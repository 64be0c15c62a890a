package consumer

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gubbo/gubbo/api"
)

// Option sets one thing of a reference. Client.Refer takes all of them,
// Reference.With those that may differ from call to call: Timeout, Retries,
// RetryOn, Sent, Attach, AttachObject, Capture, AccessKey and BasicAuth. An option given later wins.
type Option func(*settings)

// settings is what options write to.
type settings struct {
	call  *callSettings
	refer *referSettings // nil in With
	err   error
}

// callSettings may differ from call to call. It is copied, never changed,
// once a Reference holds it.
type callSettings struct {
	timeout     time.Duration // 0: not set
	retries     int
	retryOn     func(*api.Error) bool
	sent        *bool // nil: not set
	attachments []api.Attachment
	objects     []api.ObjectAttachment
	capture     *CallInfo
	// credentials proves to a provider who calls; nil for nobody.
	credentials func(*Provider, *api.Invocation) error
}

// referSettings are fixed when a reference is made.
type referSettings struct {
	group, version       string
	groupSet, versionSet bool
	direct               []string
	directSet            bool
	cluster              ClusterMode
	balancer             Balancer
	routers              []Router
	check                bool
}

func (s *settings) apply(opts []Option) error {
	for _, o := range opts {
		if o != nil {
			o(s)
		}
	}
	return s.err
}

func (s *settings) fail(format string, args ...any) {
	s.err = errors.Join(s.err, fmt.Errorf("consumer: "+format, args...))
}

// forRefer returns an option that With refuses.
func forRefer(name string, set func(*settings)) Option {
	return func(s *settings) {
		if s.refer == nil {
			s.fail("option %s is for Refer, not for With: it shapes what all calls of a reference share", name)
			return
		}
		set(s)
	}
}

// Timeout bounds a call from its beginning to its end, dialling and retries
// included; all tries share it. It goes before the method's directive, the
// provider's URL and Config.Timeout; an earlier deadline of ctx goes before
// it.
func Timeout(d time.Duration) Option {
	return func(s *settings) {
		if d <= 0 {
			s.fail("option Timeout(%v) must be positive", d)
			return
		}
		s.call.timeout = d
	}
}

// Retries sets how many further tries a failed call may have, where failing
// over is allowed at all; see Failover. Going on to another provider because
// the one picked could not even be reached does not count.
func Retries(n int) Option {
	return func(s *settings) {
		if n < 0 {
			s.fail("option Retries(%d) must not be negative", n)
			return
		}
		s.call.retries = n
	}
}

// RetryOn also retries those failures for which rule returns true, whether the
// method is idempotent or not: a call may then run more than once. An
// exception of the user's service is never retried, and neither is a call
// whose deadline has passed.
func RetryOn(rule func(*api.Error) bool) Option {
	return func(s *settings) { s.call.retryOn = rule }
}

// AnyFailure is a rule for RetryOn: whatever fails is retried, as Java Dubbo
// does by default.
func AnyFailure(err *api.Error) bool {
	switch err.Code {
	case api.Business, api.Canceled, api.NoProvider:
		return false
	case api.Codec, api.TooLarge:
		return err.Sent == api.SentMaybe // what cannot be encoded here never can
	}
	return true
}

// Sent says when a call of a oneway method returns: with true when the
// connection has taken its bytes, and it fails if that does not happen within the
// timeout; with false, the default, when they are queued, so that nobody learns
// of a connection that breaks right then. Neither says that the provider has run
// the call. It goes before the parameters "<method>.sent" and "sent" of the
// provider's URL.
func Sent(wait bool) Option {
	return func(s *settings) { s.call.sent = &wait }
}

// Attach sends an attachment with the call. A key that the Invocation already
// has, set by a filter or the caller, stays as it is.
func Attach(key, value string) Option {
	return func(s *settings) {
		if key == "" {
			s.fail("option Attach has no key")
			return
		}
		// The slice may be shared with other references: never append in place.
		list := make([]api.Attachment, 0, len(s.call.attachments)+1)
		for _, a := range s.call.attachments {
			if a.Key != key {
				list = append(list, a)
			}
		}
		s.call.attachments = append(list, api.Attachment{Key: key, Value: value})
		s.call.objects = slices.DeleteFunc(slices.Clone(s.call.objects), func(o api.ObjectAttachment) bool { return o.Key == key })
	}
}

// AttachObject sends an attachment that is no string: what a hessian.Encoder's
// Any takes. Java reads it by getObjectAttachment; Dubbo 2.6 knows strings
// alone, see docs/wire/dubbo.md. The value must not change while the call runs,
// and one that cannot be encoded fails the call before it is sent. The last of
// Attach and AttachObject with a key counts; a key that the Invocation already
// has stays as it is.
func AttachObject(key string, value any) Option {
	if text, ok := value.(string); ok {
		return Attach(key, text)
	}
	return func(s *settings) {
		if key == "" || value == nil {
			s.fail("option AttachObject has no key or no value")
			return
		}
		s.call.attachments = slices.DeleteFunc(slices.Clone(s.call.attachments), func(a api.Attachment) bool { return a.Key == key })
		objects := slices.DeleteFunc(slices.Clone(s.call.objects), func(o api.ObjectAttachment) bool { return o.Key == key })
		s.call.objects = append(objects, api.ObjectAttachment{Key: key, Value: value})
	}
}

// Capture fills info while a call runs. A reference with Capture serves one
// call at a time; info may be used again for the next.
func Capture(info *CallInfo) Option {
	return func(s *settings) { s.call.capture = info }
}

// Direct names the providers to call by URL, "dubbo://host:port", instead of
// asking the registry. The path may be left out: it is the interface.
func Direct(urls ...string) Option {
	return forRefer("Direct", func(s *settings) {
		s.refer.direct = append(s.refer.direct, urls...)
		s.refer.directSet = true
	})
}

// Cluster says what happens around the tries of a call; the default is
// Failover.
func Cluster(mode ClusterMode) Option {
	return forRefer("Cluster", func(s *settings) {
		if mode == nil {
			s.fail("option Cluster(nil) names no mode; use Failover or Failfast")
			return
		}
		s.refer.cluster = mode
	})
}

// Balance sets who picks among the eligible providers; the default is Random.
func Balance(b Balancer) Option {
	return forRefer("Balance", func(s *settings) {
		if b == nil {
			s.fail("option Balance(nil) names no balancer; use Random")
			return
		}
		s.refer.balancer = b
	})
}

// Routers replaces the routers, which act one after the other on what the one
// before left; the default is TagRouter alone.
func Routers(routers ...Router) Option {
	return forRefer("Routers", func(s *settings) {
		for i, r := range routers {
			if r == nil {
				s.fail("option Routers: router %d is nil", i)
				return
			}
		}
		s.refer.routers = routers
	})
}

// Group overrides the service's group: "" is none, "a,b" any of these, "*"
// any.
func Group(group string) Option {
	return forRefer("Group", func(s *settings) { s.refer.group, s.refer.groupSet = group, true })
}

// Version overrides the service's version: "" is none, "*" any.
func Version(version string) Option {
	return forRefer("Version", func(s *settings) { s.refer.version, s.refer.versionSet = version, true })
}

// Check says whether Refer fails when no provider can be reached within
// Config.CheckWait. Without the check Refer returns at once, and calls fail
// with api.ErrNoProvider until there is a provider.
func Check(check bool) Option {
	return forRefer("Check", func(s *settings) { s.refer.check = check })
}
