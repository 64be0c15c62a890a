//go:build soak

package main

import "time"

// demoLength is how long the demo runs in a test; over a minute, so that a
// whole sealed minute is among its rows.
const demoLength = 75 * time.Second
