// Package child runs a command that leaves nothing behind. It has a process group and a
// directory of its own, and all of that ends with whoever started it, even if that is
// killed, where there is a shell (/bin/sh) to see to it; without one Linux ends the
// command alone.
//
//	c, err := child.New()
//	…
//	defer c.Stop(5 * time.Second)
//	err = c.Start([]string{"python", "app.py"}, os.Environ(), log)
//	…
//	select {
//	case err := <-c.Died(): // by itself
//	…
package child

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

// A Child is a command with a process group and a directory of its own. One that is not
// started yet has the directory only.
type Child struct {
	cmd    *exec.Cmd // empty until it is started
	tail   *tail
	dir    string
	keeper *keeper
	died   chan error
	gone   chan struct{} // closed at its end; nil: it was not started
	err    error         // valid when gone is closed
}

// New makes a child's directory; the error says why there can be none. Whatever becomes
// of the child, [Child.Stop] it.
func New() (*Child, error) {
	c := &Child{cmd: &exec.Cmd{}, tail: &tail{}, died: make(chan error, 1)}
	c.dir = filepath.Join(os.TempDir(), fmt.Sprintf("brownout-app-%d-%08x", os.Getpid(), rand.Uint32()))
	c.keeper = keep(c.dir) // which comes first, so that it knows of all else
	if err := os.Mkdir(c.dir, 0o700); err != nil {
		return nil, errors.Join(err, c.Stop(0))
	}
	return c, nil
}

// Dir is the child's own directory, for files that it alone needs. It is removed when
// the child is stopped.
func (c *Child) Dir() string { return c.dir }

// Start starts a command, its name and its arguments, with an environment, NAME=value.
// What it prints, on both of its outputs, goes to out. An error says why it could not be
// started. A child is started once.
func (c *Child) Start(argv, environ []string, out io.Writer) error {
	c.cmd = exec.Command(argv[0], argv[1:]...) //nolint:noctx // it is stopped as a group, not killed by a context
	c.cmd.Env = environ
	c.cmd.Stdout = io.MultiWriter(out, c.tail)
	c.cmd.Stderr = c.cmd.Stdout
	c.cmd.WaitDelay = time.Second // a grandchild that keeps the pipe open must not hold us
	intoGroup(c.cmd, c.keeper.leader())
	started, gone := make(chan error), make(chan struct{})
	go c.run(started, gone)
	if err := <-started; err != nil {
		return err
	}
	c.gone = gone
	return nil
}

// run starts the command and waits for its end, on one thread: the kernel sends
// the parent-death signal when the thread that started a child ends.
func (c *Child) run(started chan<- error, gone chan<- struct{}) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := c.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	err = c.cmd.Wait()
	c.err = err
	c.died <- err
	close(gone)
}

// Died gets one value when the command has ended: nil for exit status 0, else what
// [exec.Cmd.Wait] says.
func (c *Child) Died() <-chan error { return c.died }

// Gone is closed when the command has ended.
func (c *Child) Gone() <-chan struct{} { return c.gone }

// End is how the command ended, in words such as "exit status 1". It is not to be asked
// for before it has.
func (c *Child) End() string {
	if c.err == nil {
		return "exit status 0"
	}
	return c.err.Error()
}

// Tail is the last lines that the command printed, 2 kB at most, in valid UTF-8.
func (c *Child) Tail() string { return c.tail.String() }

// Stop ends the whole group, politely first, and returns when the command has gone, which
// takes little longer than the grace. Whatever it left behind in its group is killed, and
// its directory removed; the error says why that stays. A child is stopped once.
func (c *Child) Stop(grace time.Duration) error {
	if c.gone != nil {
		c.end(grace)
	}
	c.kill()
	if c.gone != nil {
		<-c.gone
	}
	c.keeper.gone()
	return os.RemoveAll(c.dir)
}

// end asks the group to end, and waits for the command as long as the grace.
func (c *Child) end(grace time.Duration) {
	select {
	case <-c.gone:
		return
	default:
	}
	c.terminate()
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-c.gone:
	case <-timer.C:
	}
}
