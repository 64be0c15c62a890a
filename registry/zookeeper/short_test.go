//go:build !soak

package zookeeper

// manyNodes are enough for a second session.
const manyNodes = 1500
