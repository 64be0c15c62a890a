package provider

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/internal/accesskey"
)

// Handler is one method of a service's implementation. Generated code makes
// them, in the order of the methods in api.ServiceDesc.
type Handler struct {
	// New returns a fresh call with Args and Reply set; the Server adds Service
	// and Method.
	New func() *api.Invocation
	// Call runs the method: it reads inv.Args and fills inv.Reply. inv is one
	// that New made.
	Call func(ctx context.Context, inv *api.Invocation) error
}

// ServiceOption changes how one service is published.
type ServiceOption func(*service)

// Group publishes the service under a group; "" is none. The default is the
// group of the interface's directive.
func Group(group string) ServiceOption { return func(s *service) { s.Group = group } }

// Version publishes the service under a version; "" is none. The default is
// the version of the interface's directive.
func Version(version string) ServiceOption { return func(s *service) { s.Version = version } }

// Path publishes the service under a path of its own in the URL, which is by
// what consumers address it on the wire; the default is the interface. Group
// and version count beside it as ever.
func Path(path string) ServiceOption {
	return func(s *service) {
		path = strings.Trim(path, "/")
		if path == "" || strings.ContainsAny(path, urlReserved+":@") {
			s.fail("option Path(%q) is no path such as \"shop/users\"", path)
		}
		s.path = path
	}
}

// Weight is this provider's share of the calls relative to others, 100 if the
// option is absent; 0 takes no calls.
func Weight(weight int) ServiceOption {
	return func(s *service) {
		if weight < 0 {
			s.fail("option Weight(%d) is negative", weight)
		}
		s.set("weight", fmt.Sprint(weight))
	}
}

// Token makes callers prove that they found this provider through the
// registry: it is published in the URL, and a call without it is refused.
// "true" and "default" stand for a random token, new with each start; "" is
// none.
func Token(token string) ServiceOption {
	return func(s *service) {
		switch token {
		case "":
			s.token = ""
			delete(s.params, "token")
			return
		case "true", "default":
			token = rand.Text()
		}
		s.token = token
		s.set("token", token)
	}
}

// Timeout is the time that consumers give a call of the service where they
// have no opinion of their own. Whole milliseconds, at least one.
func Timeout(d time.Duration) ServiceOption {
	return func(s *service) { s.setTimeout("timeout", d) }
}

// MethodTimeout is Timeout for the methods with one Java name. The default is
// the timeout of the method's directive.
func MethodTimeout(method string, d time.Duration) ServiceOption {
	return func(s *service) {
		if !slices.ContainsFunc(s.desc.Methods, func(m api.Method) bool { return m.Name == method }) {
			s.fail("option MethodTimeout names the method %q; the service has %s", method, strings.Join(methodNames(s.desc), ", "))
		}
		s.setTimeout(method+".timeout", d)
	}
}

// Param adds a parameter to the published URL, for routers, rules and tools.
func Param(key, value string) ServiceOption {
	return func(s *service) {
		if key == accesskey.ParamSign {
			s.fail("option Param(%q) asks for a signature over arguments as Java serializes them, which is not supported; use AccessKey, which signs the rest", key)
		}
		if why := secretParam(key); why != "" {
			s.fail("option Param(%q) would publish a secret; use %s", key, why)
		}
		if slices.Contains(ownParams, key) {
			s.fail("option Param(%q) sets a parameter that the provider writes itself", key)
		}
		if key == "" {
			s.fail("option Param has an empty key")
		}
		s.set(key, value)
	}
}

// secretParam returns the option that keeps what Java configures by the
// parameter key; "" for those that are no secret.
func secretParam(key string) string {
	switch key {
	case ".accessKeyId", ".secretAccessKey":
		return "AccessKey"
	case "username", "password":
		return "BasicAuth"
	}
	return ""
}

// service is one published service. It does not change after Register.
type service struct {
	api.Service
	desc      *api.ServiceDesc
	handlers  []Handler
	token     string
	generic   bool              // "$invoke" is answered
	path      string            // under which it is published; "" is the interface
	auth      api.Filter        // acts before all others; nil for none
	callbacks int               // limit of listeners; 0 is the default
	params    map[string]string // of the URL, beside those that every URL has
	err       error             // the first option that was wrong
}

func newService(desc *api.ServiceDesc, handlers []Handler, opts []ServiceOption) (*service, error) {
	s := &service{desc: desc, handlers: handlers, params: make(map[string]string)}
	if desc == nil || desc.Service.Interface == "" {
		return nil, fmt.Errorf("provider: Register needs a description with an interface name; use the Register function that gubbo-gen wrote")
	}
	s.Service = desc.Service
	if len(desc.Methods) == 0 {
		return nil, fmt.Errorf("provider: service %q has no method", desc.Service.Interface)
	}
	if len(handlers) != len(desc.Methods) {
		return nil, fmt.Errorf("provider: service %q has %d methods but %d handlers; run gubbo-gen again", desc.Service.Interface, len(desc.Methods), len(handlers))
	}
	seen := make(map[[2]string]bool)
	longest := make(map[string]time.Duration)
	for i := range desc.Methods {
		m := &desc.Methods[i]
		if m.Name == "" {
			return nil, fmt.Errorf("provider: service %q: method %d has no name", desc.Service.Interface, i)
		}
		if key := [2]string{m.Name, m.Desc}; seen[key] {
			return nil, fmt.Errorf("provider: service %q has two methods %q with the parameters %q; give one another Java name", desc.Service.Interface, m.Name, m.Desc)
		} else {
			seen[key] = true
		}
		if handlers[i].New == nil || handlers[i].Call == nil {
			return nil, fmt.Errorf("provider: service %q: the handler of method %q has no New or no Call", desc.Service.Interface, m.Name)
		}
		if m.Timeout > 0 {
			// Overloads share the key; the longest time suits them all.
			longest[m.Name] = max(longest[m.Name], m.Timeout)
		}
	}
	for name, d := range longest {
		s.setTimeout(name+".timeout", max(d, time.Millisecond))
	}
	s.publishCallbacks()
	for _, opt := range opts {
		opt(s)
	}
	// The registry calls a missing version "0.0.0" on the wire.
	if s.Version == "0.0.0" {
		s.Version = ""
	}
	for _, v := range []string{s.Interface, s.Group, s.Version} {
		if strings.ContainsAny(v, urlReserved) {
			s.fail("%q holds one of %q, which a URL cannot carry", v, urlReserved)
		}
	}
	return s, s.err
}

func (s *service) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf("provider: service %q: "+format, append([]any{s.Interface}, args...)...)
	}
}

func (s *service) set(key, value string) {
	if strings.ContainsAny(key, urlReserved) || strings.ContainsAny(value, urlReserved) {
		s.fail("parameter %q with value %q holds one of %q, which a URL cannot carry", key, value, urlReserved)
	}
	s.params[key] = value
}

func (s *service) setTimeout(key string, d time.Duration) {
	if d < time.Millisecond {
		s.fail("%s %v is shorter than 1ms", key, d)
	}
	s.set(key, fmt.Sprint(d.Milliseconds()))
}

// methodNames returns the Java names of d's methods, sorted, each once.
func methodNames(d *api.ServiceDesc) []string {
	var names []string
	for i := range d.Methods {
		names = append(names, d.Methods[i].Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
