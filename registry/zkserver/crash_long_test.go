//go:build soak

package zkserver_test

// kills is how often the server is killed.
const kills = 200
