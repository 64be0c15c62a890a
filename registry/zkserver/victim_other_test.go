//go:build !linux

package zkserver_test

import (
	"errors"
	"os/exec"
)

func limitFiles(uint64) error         { return errors.ErrUnsupported }
func mountTmpfs(string, string) error { return errors.ErrUnsupported }
func ownMounts(*exec.Cmd)             {}
func mayMount() error                 { return errors.ErrUnsupported }
