package drill

import "os/exec"

// A keeper there is none: Windows has no process groups that a signal reaches.
type keeper struct{}

func keep(string) *keeper      { return nil }
func (*keeper) leader() int    { return 0 }
func (*keeper) gone()          {}
func intoGroup(*exec.Cmd, int) {}

// terminate cannot be asked for politely here.
func (p *process) terminate() { p.kill() }

// kill ends the command.
func (p *process) kill() {
	if p.cmd.Process != nil {
		_ = p.cmd.Process.Kill()
	}
}
