package zookeepertest

import (
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel kill the child when this process is gone, also
// by SIGKILL, and keeps a terminal's Ctrl-C from it.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
