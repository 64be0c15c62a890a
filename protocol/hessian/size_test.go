//go:build !soak

package hessian

// hostileSize is small here, since the race detector makes all of it slow.
const hostileSize = 1 << 20
