// Package release holds the name under which gubbo shows itself to peers.
package release

// Name is the value of the parameter "release" in the URLs that we publish.
const Name = "gubbo/0.1.0"

// ParamGeneric is "true" in the URLs of our providers that answer "$invoke".
// Dubbo's own parameter "generic" must not say it: there it means a service
// without types of its own.
const ParamGeneric = "gubbo.generic"
