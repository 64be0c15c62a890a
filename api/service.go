package api

import (
	"strings"
	"time"
)

// Service names what a provider offers and a consumer asks for. Two services
// are the same if all three fields are equal.
type Service struct {
	// Interface is the Java interface name, e.g. "com.example.UserService".
	Interface string
	// Group separates several implementations of one interface; "" is no
	// group. A consumer may ask for "*" or for a comma list.
	Group string
	// Version separates incompatible contracts; "" is no version. A consumer
	// may ask for "*".
	Version string
}

// Key returns the service key of Dubbo, "[group/]interface[:version]". It
// names the service in logs, cache files and rules.
func (s Service) Key() string {
	var b strings.Builder
	b.Grow(len(s.Group) + 1 + len(s.Interface) + 1 + len(s.Version))
	if s.Group != "" {
		b.WriteString(s.Group)
		b.WriteByte('/')
	}
	b.WriteString(s.Interface)
	if s.Version != "" {
		b.WriteByte(':')
		b.WriteString(s.Version)
	}
	return b.String()
}

// String returns Key.
func (s Service) String() string { return s.Key() }

// ParseService reads a service key as Key writes it.
func ParseService(key string) Service {
	var s Service
	if i := strings.IndexByte(key, '/'); i >= 0 {
		s.Group, key = key[:i], key[i+1:]
	}
	if i := strings.IndexByte(key, ':'); i >= 0 {
		key, s.Version = key[:i], key[i+1:]
	}
	s.Interface = key
	return s
}

// Method describes one method of a service. It is made once, by generated
// code, is shared by all calls and never changes.
type Method struct {
	// Name is the name on the wire, i.e. the Java method's name.
	Name string
	// Desc is the JVM descriptor of the parameters as Dubbo writes it, e.g.
	// "ILjava/lang/String;", "" for none. Name and Desc together are unique
	// within a service: they select an overload.
	Desc string
	// Params are the Java type names of the parameters, e.g. "int",
	// "java.lang.String", "java.lang.String[]"; the generic call, Triple and
	// the published metadata use them.
	Params []string
	// Result is the Java type name of the result, "void" for none.
	Result string
	// Idempotent says that running the method twice does no harm, so that a
	// call whose outcome is unknown may be retried.
	Idempotent bool
	// Oneway says that no answer is wanted: the call returns when the request
	// is handed to the connection, or as Invocation.AwaitSent says.
	Oneway bool
	// Timeout bounds a call where nothing nearer to it says otherwise;
	// 0 leaves it to the client.
	Timeout time.Duration
	// Callbacks are the parameters that are listeners; nil for nearly all
	// methods.
	Callbacks []Callback
}

// ServiceDesc is the contract of a service: its name and its methods.
// Generated code declares one for each interface; it never changes.
type ServiceDesc struct {
	Service Service
	Methods []Method
}
