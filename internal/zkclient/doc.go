// Package zkclient is one connection to a ZooKeeper server, with the session
// that it carries: handshake, login, pipelined requests, watch events, pings.
// registry/zookeeper and gubbo zk build their sessions on it; it does not
// reconnect, and it knows nodes, not services.
//
// What a server sends is hostile: each frame is checked before memory is spent
// on it, a wrong answer ends the connection with an error that says why, and a
// server that stops answering is noticed by deadlines on everything. Locks: a
// request takes Conn.writing and then Conn.mu; the reader only Conn.mu.
package zkclient
