//go:build soak

package kazoo_test

const soak = true
