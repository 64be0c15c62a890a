// Package release holds the name under which gubbo shows itself to peers.
package release

// Name is the value of the parameter "release" in the URLs that we publish.
const Name = "gubbo/0.1.0"
