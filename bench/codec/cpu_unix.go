//go:build unix

package main

import (
	"syscall"
	"time"
)

// cpu is the processor time that this process has had, the collector's
// included. A busy machine does not stretch it much, as it does the clock's.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // the kernel refuses only other arguments
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
