package child

import "os/exec"

// A keeper there is none: Windows has no process groups that a signal reaches.
type keeper struct{}

func keep(string) *keeper      { return nil }
func (*keeper) leader() int    { return 0 }
func (*keeper) gone()          {}
func intoGroup(*exec.Cmd, int) {}

// terminate cannot be asked for politely here.
func (c *Child) terminate() { c.kill() }

// kill ends the command.
func (c *Child) kill() {
	if c.cmd.Process != nil {
		_ = c.cmd.Process.Kill()
	}
}
