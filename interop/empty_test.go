package interop

import (
	"slices"
	"strings"

	"github.com/gubbo/gubbo/interop/java"
)

// empty is a cell, or one of a few versions, that may be empty.
type empty struct {
	call     string // one that ends with a slash or a dot is all that begin so
	versions []string
	via      string // how the provider is found begins so; "" is any way
	strict   bool   // is filled where Java is told to be lenient
	pair     bool   // only the version's own pair may fail
	// why says what these versions of Dubbo lack, or how their own pair fails.
	why string
	// lacks is a feature that the versions do not have: the peer found that its
	// jar lacks it, the result of the cell is "lacks" and no other. Else the pair of two peers of the version must
	// fail, and then the calls between that version and Go may fail, too.
	lacks bool
}

// empties are all that is excused.
var empties = slices.Concat(byAddress("register", "called", "again", "second", "exception", "remove", "later"), byRegistry(
	"generic/raw", "generic/descriptor.bean", "generic/descriptor.enum", "generic/descriptor.scalar", "generic/descriptor.list", "generic/descriptor.map",
	"generic/descriptor.exception", "generic/nativejava", "generic/protobuf-json",
	"gson/overload", "gson/everything", "gson/library", "gson/collections", "gson/relations"), []empty{
	{call: "features/attach.application", versions: only26, why: "2.6 does not tell the application that calls", lacks: true},
	{call: "features/attach.int", versions: only26, why: "2.6 has attachments of type String alone", lacks: true},
	{call: "features/attach.list", versions: only26, why: "2.6 has attachments of type String alone", lacks: true},
	{call: "features/attach.reply.int", versions: only26, why: "2.6 has attachments of type String alone", lacks: true},
	{call: "features/attach.object.", versions: only26, why: "2.6 has attachments of type String alone", lacks: true},
	{call: "features/future", versions: only26, why: "2.6 has no methods that return a CompletableFuture", lacks: true},
	{call: "features/future.both", versions: only26, why: "2.6 has no methods that return a CompletableFuture", lacks: true},
	{call: "features/future.exception", versions: only26, why: "2.6 has no methods that return a CompletableFuture", lacks: true},
	{call: "types/any.optional", versions: only26, why: "an Optional is not Serializable, so its hessian-lite refuses it, and no option allows it"},
	{call: "types/any.optional", versions: java.Versions[1:], strict: true, why: "an Optional is not Serializable, so its hessian-lite refuses it by default"},
	{call: "types/bitSet.2", versions: only26, why: "its hessian-lite reads every BitSet as empty"},
	{call: "types/any.bitset", versions: only26, why: "its hessian-lite reads every BitSet as empty"},
	{call: "features/version.any", versions: only26, why: "its provider knows no version by *, which its consumer sends where a URL has none"},
	{call: "features/version.any", versions: []string{"3.2.16", "3.3.6"}, via: "direct", why: "an address says nothing of versions, and its provider looks for the service of version *"},
	{call: "features/group.list", versions: java.Versions, via: "direct", why: "an address says nothing of groups, and it asks for one that is called like the list"},
	{call: "types/list.open", versions: java.Versions, why: "it cannot read a list of no length into an Object, though it writes them for an Iterator"},
	{call: "features/exception.unlisted", versions: []string{"3.2.16", "3.3.6"}, strict: true, why: "its serialization security refuses classes of no signature and no allowlist"},
	{call: "generic/async", versions: only26, why: "2.6 has no $invokeAsync", lacks: true},
	{call: "generic/raw", versions: only26, why: "2.6 has no generic=raw.return", lacks: true},
	{call: "generic/protobuf-json", versions: only26, why: "2.6 has no generic=protobuf-json", lacks: true},
	{call: "generic/descriptor.cycle", versions: java.Versions, why: "it reads a descriptor that contains itself until its stack overflows"},
	{call: "gson/", versions: only26, why: "2.6 has no generic=gson", lacks: true},
	{call: "gson/enum.null", versions: valuing, why: "it cannot make maps of an array of enums with null"},
	{call: "gson/calendar", versions: valuing, why: "it cannot make a map of a Calendar on Java 17"},
	{call: "access/accesskey.right", versions: before3, why: "its jar has no authentication, and no other of its line is published", lacks: true},
	{call: "access/accesskey.wrong", versions: before3, why: "its jar has no authentication, and no other of its line is published", lacks: true},
	{call: "access/accesskey.none", versions: before3, why: "its jar has no authentication, and no other of its line is published", lacks: true},
	{call: "access/basic.right", versions: before33, why: "only 3.3 has the authenticator basic", lacks: true},
	{call: "access/basic.wrong", versions: before33, why: "only 3.3 has the authenticator basic", lacks: true},
	{call: "access/basic.none", versions: before33, why: "only 3.3 has the authenticator basic", lacks: true},
	{call: "access/accesskey.wrong", versions: []string{"3.2.16"}, strict: true, why: "it cannot read the exception that it sends"},
	{call: "access/accesskey.none", versions: []string{"3.2.16"}, strict: true, why: "it cannot read the exception that it sends"},
})

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

// byRegistry are the calls in whose mode Dubbo 2.7 does not make them if a
// registry names the provider: its URL has generic=false, and that counts. Those of
// Go do not have it.
func byRegistry(calls ...string) []empty {
	var list []empty
	for _, c := range calls {
		for _, via := range []string{"zookeeper", "zkserver"} {
			list = append(list, empty{call: c, versions: []string{"2.7.23"}, via: via, pair: true,
				why: "it makes generic calls in the default mode to providers that a registry names, whatever the reference says"})
		}
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
	valuing  = []string{"2.7.23", "3.2.16"} // what they answer to generic=gson
	before33 = []string{"2.6.12", "2.7.23", "3.2.16"}
)

// lacking says whether version lacks what the call needs.
func lacking(version, call string) bool {
	return slices.ContainsFunc(empties, func(e empty) bool {
		return e.lacks && e.is(call) && slices.Contains(e.versions, version)
	})
}

// is says whether e is about the call.
func (e empty) is(call string) bool {
	return e.call == call || (strings.HasSuffix(e.call, "/") || strings.HasSuffix(e.call, ".")) && strings.HasPrefix(call, e.call)
}

// emptyCell returns why r may be empty.
func emptyCell(r row) (empty, bool) {
	i := slices.IndexFunc(empties, func(e empty) bool {
		return e.is(r.call) && slices.Contains(e.versions, r.version) && strings.HasPrefix(r.via, e.via) && !(e.strict && strings.HasSuffix(r.via, lenientWay)) && e.lacks == (r.result == "lacks") && (!e.pair || r.pair())
	})
	if i < 0 {
		return empty{}, false
	}
	return empties[i], true
}
