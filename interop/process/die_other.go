//go:build !linux

package process

import "syscall"

// DieWithParent is not supported here: a killed test run leaves its peers,
// which end with their input.
func DieWithParent() *syscall.SysProcAttr { return nil }
