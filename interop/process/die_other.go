//go:build !linux

package process

import "syscall"

// dieWithParent is not supported here: a killed test run leaves its peers,
// which end with their input.
func dieWithParent() *syscall.SysProcAttr { return nil }
