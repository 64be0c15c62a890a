//go:build soak

package interop

// soak prints the table whole, and has every version meet every registry.
const soak = true
