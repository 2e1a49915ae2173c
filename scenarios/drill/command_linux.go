package drill

import (
	"os/exec"
	"syscall"
)

// ownGroup puts the command into a process group of its own, which dies with
// us even when we are killed.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
