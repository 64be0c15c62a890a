// Package registry says what gubbo asks of a registry: make URLs stand, and
// tell who serves what. It knows services, not znodes; registry/zookeeper is
// the implementation, registry/registrytest the conformance test that every
// implementation passes.
package registry

import (
	"context"

	"github.com/gubbo/gubbo/api"
)

// Registry keeps URLs standing and brings the news of others. What is asked
// of it is wanted state: an implementation compares it with what stands and
// repairs the difference for as long as it is wanted, through every loss of
// session, connection or data. All methods may be called from many goroutines.
type Registry interface {
	// Register makes u stand, in the category that its parameter "category"
	// names ("providers" if absent). It returns at once; see Registration. It
	// fails only if u can never be registered (too large, no interface, the
	// same URL already registered here).
	Register(u api.URL) (Registration, error)

	// Subscribe delivers what stands for q, now and after each change, to
	// deliver: always the whole list, the newest one, and never the same list
	// twice in a row. deliver is called from one goroutine, one call at a time,
	// first as soon as the registry was read. It must not block for long.
	Subscribe(q Query, deliver func(Snapshot)) (Subscription, error)

	// State tells how the registry is doing.
	State() State

	// Close withdraws all registrations, ends all subscriptions and returns
	// when all goroutines are gone. It may be called twice.
	Close() error
}

// Definitions is what a Registry may be able to do besides: keep what
// providers say of their services, for tools and people. Calls do not need it.
// All methods may be called from many goroutines.
type Definitions interface {
	// Define makes definition, a JSON text (a ServiceDefinition of Dubbo), stand
	// as what application says of s. It returns at once, and fails only if that
	// can never stand. The text replaces whatever was there once; from then on
	// another process of the application may replace it, but if it vanishes it
	// is put back until Close of the Registry. Close leaves it, as Java does:
	// others may provide the same.
	Define(s api.Service, application, definition string) error

	// Definitions returns what is published of the service, one JSON text (a
	// ServiceDefinition of Dubbo) for each application that did; none is no
	// error. The texts are as their writers left them and are not checked.
	Definitions(ctx context.Context, s api.Service) ([]string, error)
}

// Registration is a URL that should stand.
type Registration interface {
	// Wait returns nil as soon as the URL stands, or an error that says why it
	// does not yet when ctx ends. The registry goes on trying either way.
	Wait(ctx context.Context) error

	// Close withdraws the URL. It returns nil when it is surely gone, or an
	// error when ctx ends before (it then goes when the session ends). It may
	// be called twice.
	Close(ctx context.Context) error
}

// Subscription is a standing question.
type Subscription interface {
	// Wait returns nil after the first delivery, or an error that says why
	// there was none when ctx ends.
	Wait(ctx context.Context) error
	// Close ends the subscription; when it returns deliver is not running and
	// is not called again, so deliver must not call it. It may be called twice.
	Close()
}

// Category is a kind of URL that stands below a service.
type Category string

// The categories of Dubbo's tree.
const (
	Providers     Category = "providers"
	Consumers     Category = "consumers"
	Configurators Category = "configurators"
	Routers       Category = "routers"
)

// Query says which URLs are wanted.
type Query struct {
	// Service is what is asked for. Interface "*" means every interface under
	// the root. Group and Version "" match only URLs without one, "*" matches
	// any, and Group may be a comma list.
	Service api.Service
	// Categories are the kinds of URLs wanted; empty is providers,
	// configurators and routers, what a consumer needs.
	Categories []Category
}

// Snapshot is all that stands for a Query at one moment. Its slices are sorted
// by text and must not be changed.
type Snapshot struct {
	Providers, Consumers, Configurators, Routers []api.URL

	// Unreadable are names of nodes that no URL could be made of; they are left
	// out of the lists above.
	Unreadable []string
}

// State is how a registry is doing, for people and tools.
type State struct {
	// Connected tells whether there is a live session.
	Connected bool
	// Wanted and Standing count registrations.
	Wanted, Standing int
	// Err is what the last failed attempt said; nil if all is well.
	Err error
}

// Match reports whether u answers q, by the rules of Dubbo: the interface is
// equal, group and version are equal or "*" was asked for, the group may be in
// the asked comma list, and a provider with enabled=false is hidden unless
// everything is asked for. Unlike on the wire, version "0.0.0" is not the same
// as none.
func Match(q Query, u api.URL) bool {
	s := u.Service()
	if q.Service.Interface != "*" && q.Service.Interface != s.Interface {
		return false
	}
	if q.Service.Interface != "*" && !u.Bool("enabled", true) {
		return false
	}
	if q.Service.Version != "*" && q.Service.Version != s.Version {
		return false
	}
	return matchGroup(q.Service.Group, s.Group)
}

func matchGroup(asked, group string) bool {
	if asked == "*" || asked == group {
		return true
	}
	for asked != "" {
		one := asked
		asked = ""
		for i := range len(one) {
			if one[i] == ',' {
				one, asked = one[:i], one[i+1:]
				break
			}
		}
		if one == group && one != "" {
			return true
		}
	}
	return false
}
