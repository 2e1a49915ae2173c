package child

import (
	"os/exec"
	"syscall"
)

// intoGroup puts the command into the process group of a leader; 0: into one of
// its own. The command dies with us even when we are killed.
func intoGroup(cmd *exec.Cmd, leader int) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: leader, Pdeathsig: syscall.SIGKILL}
}
