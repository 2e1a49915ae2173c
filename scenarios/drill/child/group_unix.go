//go:build unix

package child

import (
	"cmp"
	"os"
	"os/exec"
	"syscall"
)

// A keeper leads the process group of an app and ends it when we have ended,
// however that was: kill -9 leaves nobody else who could. It waits at a pipe of
// which we hold the other end.
type keeper struct {
	cmd   *exec.Cmd
	leash *os.File
}

// keeping is what the keeper does, a shell: it outlives what asks the group to
// end, for the app may want time for that, and takes the app's directory along.
const keeping = `trap '' HUP INT TERM
read -r _
rm -rf -- "$1"
kill -KILL 0`

// keep starts a keeper; nil where there is no shell for it. Then a killed drill
// leaves what its app has started, and on other systems than Linux the app.
func keep(dir string) *keeper {
	end, leash, err := os.Pipe()
	if err != nil {
		return nil
	}
	defer end.Close()
	cmd := exec.Command("/bin/sh", "-c", keeping, "brownout-keeper", dir) //nolint:noctx // it ends with its group
	cmd.Stdin = end
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		leash.Close()
		return nil
	}
	return &keeper{cmd, leash}
}

// leader is the group's, 0 without a keeper.
func (k *keeper) leader() int {
	if k == nil {
		return 0
	}
	return k.cmd.Process.Pid
}

// gone waits for the end of a keeper whose group was killed.
func (k *keeper) gone() {
	if k != nil {
		_ = k.cmd.Wait() // it says that it was killed
		_ = k.leash.Close()
	}
}

// terminate asks the whole group to end.
func (c *Child) terminate() { c.signal(syscall.SIGTERM) }

// kill ends whatever is left of the group.
func (c *Child) kill() { c.signal(syscall.SIGKILL) }

func (c *Child) signal(s syscall.Signal) {
	leader := c.keeper.leader()
	if c.cmd.Process != nil {
		leader = cmp.Or(leader, c.cmd.Process.Pid)
	}
	if leader != 0 { // which would be ourselves
		_ = syscall.Kill(-leader, s)
	}
}
