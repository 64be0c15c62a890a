//go:build !linux

package zookeepertest

import "os/exec"

// dieWithParent is not supported here: a killed test run leaves its servers.
func dieWithParent(*exec.Cmd) {}
