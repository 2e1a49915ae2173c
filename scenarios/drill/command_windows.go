package drill

import "os/exec"

// ownGroup does nothing: Windows has no process groups that a signal reaches.
func ownGroup(*exec.Cmd) {}

// terminate cannot be asked for politely here.
func terminate(cmd *exec.Cmd) { _ = cmd.Process.Kill() }

// kill ends the command.
func kill(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
