package interop

import (
	"slices"
	"strings"

	"github.com/gubbo/gubbo/interop/java"
)

// empty is a cell, or one of a few versions, that may be empty.
type empty struct {
	call     string
	versions []string
	via      string // how the provider is found begins so; "" is any way
	strict   bool   // is filled where Java is told to be lenient
	// why says what these versions of Dubbo lack, or how their own pair fails.
	why string
	// lacks is a feature that the versions do not have: the peer found that its
	// jar lacks it, the result of the cell is "lacks" and no other. Else the pair of two peers of the version must
	// fail, and then the calls between that version and Go may fail, too.
	lacks bool
}

// empties are all that is excused.
var empties = append(byAddress("register", "called", "again", "second", "exception", "remove", "later"), []empty{
	{call: "features/attach.int", versions: only26, why: "2.6 has attachments of type String alone", lacks: true},
	{call: "features/attach.list", versions: only26, why: "2.6 has attachments of type String alone", lacks: true},
	{call: "features/attach.reply.int", versions: only26, why: "2.6 has attachments of type String alone", lacks: true},
	{call: "features/future", versions: only26, why: "2.6 has no methods that return a CompletableFuture", lacks: true},
	{call: "features/future.both", versions: only26, why: "2.6 has no methods that return a CompletableFuture", lacks: true},
	{call: "features/future.exception", versions: only26, why: "2.6 has no methods that return a CompletableFuture", lacks: true},
	{call: "types/any.optional", versions: only26, why: "an Optional is not Serializable, so its hessian-lite refuses it, and no option allows it"},
	{call: "types/any.optional", versions: java.Versions[1:], strict: true, why: "an Optional is not Serializable, so its hessian-lite refuses it by default"},
	{call: "types/bitSet.2", versions: only26, why: "its hessian-lite reads every BitSet as empty"},
	{call: "types/any.bitset", versions: only26, why: "its hessian-lite reads every BitSet as empty"},
	{call: "features/exception.unlisted", versions: []string{"3.2.16", "3.3.6"}, strict: true, why: "its serialization security refuses classes of no signature and no allowlist"},
	{call: "generic/async", versions: only26, why: "2.6 has no $invokeAsync", lacks: true},
	{call: "generic/raw", versions: only26, why: "2.6 has no generic=raw.return", lacks: true},
	{call: "generic/raw", versions: []string{"2.7.23"}, via: "zookeeper", why: "it gets maps from providers that a registry names, whatever the reference says"},
	{call: "generic/raw", versions: []string{"2.7.23"}, via: "zkserver", why: "it gets maps from providers that a registry names, whatever the reference says"},
	{call: "access/accesskey.right", versions: before3, why: "its jar has no authentication, and no other of its line is published", lacks: true},
	{call: "access/accesskey.wrong", versions: before3, why: "its jar has no authentication, and no other of its line is published", lacks: true},
	{call: "access/accesskey.none", versions: before3, why: "its jar has no authentication, and no other of its line is published", lacks: true},
	{call: "access/basic.right", versions: before33, why: "only 3.3 has the authenticator basic", lacks: true},
	{call: "access/basic.wrong", versions: before33, why: "only 3.3 has the authenticator basic", lacks: true},
	{call: "access/basic.none", versions: before33, why: "only 3.3 has the authenticator basic", lacks: true},
	{call: "access/accesskey.wrong", versions: []string{"3.2.16"}, strict: true, why: "it cannot read the exception that it sends"},
	{call: "access/accesskey.none", versions: []string{"3.2.16"}, strict: true, why: "it cannot read the exception that it sends"},
}...)

// byAddress are the calls of listeners that Dubbo 3 does not make without a
// registry.
func byAddress(calls ...string) []empty {
	var list []empty
	for _, c := range calls {
		list = append(list, empty{call: "callback/" + c, versions: []string{"3.2.16", "3.3.6"}, via: "direct",
			why: "it takes a parameter for a listener only if a registry's URL says so"})
	}
	return list
}

// lenient lets Java write and read what it refuses by default; lenientWay ends
// the word for how a provider is found whose cells were filled so.
var lenient = []string{"dubbo.application.serialize-check-status=WARN", "dubbo.application.check-serializable=false", "dubbo.hessian.allowNonSerializable=true"}

const lenientWay = ", lenient"

var (
	only26   = []string{"2.6.12"}
	before3  = []string{"2.6.12", "2.7.23"}
	before33 = []string{"2.6.12", "2.7.23", "3.2.16"}
)

// lacking says whether version lacks what the call needs.
func lacking(version, call string) bool {
	return slices.ContainsFunc(empties, func(e empty) bool {
		return e.lacks && e.call == call && slices.Contains(e.versions, version)
	})
}

// emptyCell returns why r may be empty.
func emptyCell(r row) (empty, bool) {
	i := slices.IndexFunc(empties, func(e empty) bool {
		return e.call == r.call && slices.Contains(e.versions, r.version) && strings.HasPrefix(r.via, e.via) && !(e.strict && strings.HasSuffix(r.via, lenientWay)) && e.lacks == (r.result == "lacks")
	})
	if i < 0 {
		return empty{}, false
	}
	return empties[i], true
}
