//go:build !unix

package main

import "time"

var start = time.Now()

// cpu is the clock's time where the processor's is not to be had.
func cpu() time.Duration { return time.Since(start) }
