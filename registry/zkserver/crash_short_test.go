//go:build !soak

package zkserver_test

// soak says that this run may take its time, and has the machine for itself.
const soak = false

// kills is how often the server is killed.
const kills = 10
