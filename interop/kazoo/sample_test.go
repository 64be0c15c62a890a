//go:build !soak

package kazoo_test

// soak runs the suite whole, at a real ZooKeeper too.
const soak = false
