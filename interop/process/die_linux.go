package process

import "syscall"

// DieWithParent has the kernel kill a child when this process is gone, also
// by SIGKILL, and keeps a terminal's Ctrl-C from it.
func DieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
