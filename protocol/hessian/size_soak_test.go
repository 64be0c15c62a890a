//go:build soak

package hessian

// hostileSize is what a frame may have by default.
const hostileSize = 8 << 20
