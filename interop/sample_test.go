//go:build !soak

package interop

const soak = false
