//go:build !soak

package main

import "time"

// demoLength is how long the demo runs in a test.
const demoLength = 25 * time.Second
