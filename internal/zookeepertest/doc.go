// Package zookeepertest starts real ZooKeeper servers on loopback, one or an
// ensemble, and breaks them on purpose: stop, kill, pause, wipe, expire a
// session. Tests use Start and StartEnsemble; acceptance runs outside of tests
// use Open and OpenEnsemble. It needs a Java 17 and Debian's package zookeeper.
package zookeepertest
