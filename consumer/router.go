package consumer

import "github.com/gubbo/gubbo/api"

// Router narrows the providers that a call may go to. It is split in two so
// that routing costs a call next to nothing: Key reduces the call to the one
// text that the router's choice depends on, and Route, whose answer must
// depend on nothing else, runs once per key and list.
type Router interface {
	// Key is called for each pick, from many goroutines, and must not allocate
	// in the common case. It may only read inv. Few distinct keys are best:
	// beyond 1024 the answers are no longer kept.
	Key(inv *api.Invocation) string

	// Route returns those of list that calls with this key may go to, in the
	// same order; it may return list itself and must not change it.
	Route(key string, list []*Provider) []*Provider

	// String names the router in errors and tools.
	String() string
}

// TagRouter is the default router: a call with attachment "dubbo.tag" goes to
// the providers whose URL has that tag, or, if there is none, to the untagged
// ones unless attachment "dubbo.force.tag" is "true". A call without a tag
// goes to untagged providers only. Tag rules kept in the registry are not
// supported yet.
var TagRouter Router = tagRouter{}

type tagRouter struct{}

var _ Router = tagRouter{}

const (
	tagKey      = "dubbo.tag"
	forceTagKey = "dubbo.force.tag"
	forced      = "!" // ends the key of a call that must not fall back
)

func (tagRouter) Key(inv *api.Invocation) string {
	tag := inv.Attachments.Get(tagKey)
	if tag != "" && inv.Attachments.Get(forceTagKey) == "true" {
		return tag + forced
	}
	return tag
}

func (tagRouter) Route(key string, list []*Provider) []*Provider {
	tag, must := key, false
	if n := len(key) - len(forced); n > 0 && key[n:] == forced {
		tag, must = key[:n], true
	}
	with := func(tag string) []*Provider {
		var kept []*Provider
		for _, p := range list {
			if p.url.Param(tagKey) == tag {
				kept = append(kept, p)
			}
		}
		return kept
	}
	kept := with(tag)
	if len(kept) == 0 && tag != "" && !must {
		kept = with("")
	}
	return kept
}

func (tagRouter) String() string { return "tag router" }
