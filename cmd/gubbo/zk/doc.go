// Package zk is the client of `gubbo zk`: the commands of ZooKeeper's own
// zkCli, with its output, on any ZooKeeper. A shell reads lines and runs
// commands, a session keeps one ZooKeeper session over its connections and
// knows what it watches.
//
// Locks: session.proving before session.mu, which is over what the goroutine
// that connects, the reader of events and the shell share. Nothing that waits is
// called with it held.
package zk
