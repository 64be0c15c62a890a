package process

import "syscall"

// dieWithParent has the kernel kill the peer when this process is gone, also
// by SIGKILL, and keeps a terminal's Ctrl-C from it.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
