//go:build unix && !linux

package child

import (
	"os/exec"
	"syscall"
)

// intoGroup puts the command into the process group of a leader; 0: into one of
// its own.
func intoGroup(cmd *exec.Cmd, leader int) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: leader}
}
