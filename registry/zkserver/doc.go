// Package zkserver is a server that speaks ZooKeeper's protocol as a
// standalone ZooKeeper 3.8 does, so that demo, tests and small installations
// need no JVM. It knows nodes, not services: whoever runs a registry on it
// uses any ZooKeeper client.
//
// Inside, a machine (tree, sessions, watches; no clock, no socket, no lock)
// turns each input into frames for connections and records for the log. The
// Server is the thin shell around it: one goroutine applies inputs in order,
// commits the log once per batch, and only then lets the frames go, so that a
// connection sees replies in the order of its requests and each watch event
// before the replies that follow it.
//
// It is one node: there is no ensemble, no reconfiguration and no SASL.
package zkserver
