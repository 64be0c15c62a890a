//go:build soak

package zookeeper

// manyNodes of 600 bytes stop a real server for good if one session has them.
const manyNodes = 5000
