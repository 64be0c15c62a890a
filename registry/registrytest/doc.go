// Package registrytest holds what every registry.Registry must do, as tests
// that any implementation runs: Run for a service that can be broken on
// purpose, RunPlain for one that cannot. Memory is a small registry without a
// server, for the tests of those who need one.
package registrytest
