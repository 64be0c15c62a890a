// Package zookeeper keeps the tree of Dubbo on a ZooKeeper ensemble:
//
//	/<group, default dubbo>/<interface>/<category>/<URL, encoded>
//
// New makes a registry.Registry. What is wanted (a registered URL, a watched
// directory) is a chore of a loop that compares it with what stands and repairs
// it, after every change, at every new connection and once a minute, for ever:
// a lost session, a wiped tree, a node deleted by hand or left by the last
// process, a registry that was down at the start are all the same case.
//
// Locks: Registry.mu is the outer one, then loop.mu and session.mu; none of
// them is held over a request.
package zookeeper
