package consumer

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/gubbo/gubbo/api"
	"github.com/gubbo/gubbo/protocol/hessian"
)

// maxJSON bounds what InvokeJSON makes of a value in which objects occur often.
const maxJSON = 64 << 20

// InvokeJSON is InvokeGeneric with JSON in place of values, Dubbo's generic=gson:
// each argument is a JSON text, "null" for null, and so is the result; "null" is
// also that of a method without one. Java reads and writes it with Gson, which a
// provider of Dubbo 3 must have among its jars: an object has the names of its
// fields, null ones are left out, and a date is English text in the provider's
// zone, as "Oct 27, 2024, 3:33:20 AM". Dubbo 2.6 lacks it.
//
// Java providers before 3.3 answer with values as InvokeGeneric has them; what
// is returned is their JSON, with the name of an object's class under "class".
// Which a string is, JSON or value, is told by the release in the provider's
// URL; without one, as at an address given by hand, it is JSON if it can be.
func (g *Generic) InvokeJSON(ctx context.Context, method string, types, args []string) (string, error) {
	if err := sameLength(method, types, len(args)); err != nil {
		return "", err
	}
	inner := &invokeArgs{method: method, types: types, args: make([]any, len(args))}
	for i, a := range args {
		inner.args[i] = a
	}
	reply := new(anyReply)
	inv := &api.Invocation{Method: invokeMethod, Args: inner, Reply: reply}
	ref := g.ref.With(Attach("generic", "gson"))
	if err := ref.Invoke(ctx, inv); err != nil {
		return "", unwrapGeneric(err)
	}
	if text, ok := reply.value.(string); ok && isJSON(text, ref.release(inv.Peer)) {
		return text, nil
	}
	return hessian.ToJSON(reply.value, nil, maxJSON)
}

// isJSON tells whether a string that a provider of that release answered with
// is the JSON of its result, and not the result.
func isJSON(text, release string) bool {
	if release == "" {
		return json.Valid([]byte(text))
	}
	for _, values := range []string{"2.", "3.0.", "3.1.", "3.2."} {
		if strings.HasPrefix(release, values) {
			return false
		}
	}
	return true
}

// release returns the release that the provider at address names in its URL, ""
// if it names none or is there no more.
func (r *Reference) release(address string) string {
	for _, p := range r.dir.current.Load().providers {
		if p.address == address {
			return p.url.Param("release")
		}
	}
	return ""
}
