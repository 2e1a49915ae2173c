//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// child is a process that is measured. It ends when its standard input does, or is
// told to.
type child struct {
	cmd *exec.Cmd
	in  io.Closer
	url string
}

// usage is what a process took.
type usage struct {
	cpu  time.Duration
	peak float64 // MB resident
}

// command is a process that ends when the bench does, with those that it started. It
// is a group of its own, so that Ctrl-C reaches it through the bench alone: who asks
// it ends before it.
func (b *bench) command(bin string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(b.ctx, bin, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second // then it is killed
	return cmd
}

// self starts this binary as a server that prints its URL.
func (b *bench) self(args ...string) (*child, error) {
	cmd := b.command(os.Args[0], append([]string{"serve"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c, err := start(cmd)
	if err != nil {
		return nil, err
	}
	if c.url, err = bufio.NewReader(out).ReadString('\n'); err != nil {
		c.end()
		return nil, fmt.Errorf("%s: %w", cmd, err)
	}
	c.url = strings.TrimSpace(c.url)
	return c, nil
}

// serve starts brownout's mocks of a scenario, and gives the provider p's URL.
func (b *bench) serve(scenario string, more ...string) (*child, error) {
	dir, err := os.MkdirTemp(b.scratch, "serve")
	if err != nil {
		return nil, err
	}
	file, ready := filepath.Join(dir, "x.drill.yaml"), filepath.Join(dir, "ready.json")
	if err := os.WriteFile(file, []byte(scenario), 0o600); err != nil {
		return nil, err
	}
	args := append([]string{"serve", file, "--any-port", "--until-eof", "--ready-file", ready}, more...)
	c, err := start(b.command(b.brownout, args...))
	if err != nil {
		return nil, err
	}
	for range 10_000 {
		if b.ctx.Err() != nil {
			break
		}
		var said struct {
			Providers map[string]struct{ URL string }
		}
		if data, err := os.ReadFile(ready); err == nil && json.Unmarshal(data, &said) == nil {
			c.url = said.Providers["p"].URL
			return c, nil
		}
		time.Sleep(time.Millisecond)
	}
	c.end()
	return nil, fmt.Errorf("brownout serve did not get ready: %s", c.cmd.Stderr)
}

func start(cmd *exec.Cmd) (*child, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &child{cmd: cmd, in: in}, nil
}

// end lets the process end, and says what it took.
func (c *child) end() usage {
	_ = c.in.Close()
	late := time.AfterFunc(5*time.Second, func() { _ = c.cmd.Process.Kill() })
	defer late.Stop()
	_ = c.cmd.Wait()
	return used(c.cmd)
}

// kill ends a process that has no better way to end.
func (c *child) kill() {
	_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL)
	_ = c.cmd.Wait()
}

func used(cmd *exec.Cmd) usage {
	u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return usage{}
	}
	unit := 1024.0 // KiB on Linux
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	return usage{time.Duration(u.Utime.Nano() + u.Stime.Nano()), float64(u.Maxrss) * unit / 1e6}
}

// resident is what a process has in memory now, in MB; 0 where /proc is not.
func (c *child) resident() float64 { return status(c.cmd.Process.Pid, "VmRSS:") }

// sofar is what a process has used until now: it alone, and not the processes that it
// started or the one that it was forked from, whose memory the system's own account of
// an ended process takes for its peak. Nothing where /proc is not.
func (c *child) sofar() usage {
	pid := c.cmd.Process.Pid
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return usage{}
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	const user, system, hertz = 11, 12, 100 // of the fields behind the name; ticks a second
	if len(fields) <= system {
		return usage{}
	}
	u, _ := strconv.ParseFloat(fields[user], 64)
	s, _ := strconv.ParseFloat(fields[system], 64)
	return usage{time.Duration((u + s) / hertz * float64(time.Second)), status(pid, "VmHWM:")}
}

func status(pid int, key string) float64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), key)
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, _ := strconv.ParseFloat(fields[0], 64)
	return kib * 1024 / 1e6
}

// peer is the path of a peer, "" and a row that says so where it is not there.
func (b *bench) peer(part string, path ...string) string {
	file := filepath.Join(append([]string{b.peers}, path...)...)
	if _, err := os.Stat(file); err != nil {
		b.note(part, path[len(path)-1]+" is not there")
		return ""
	}
	return file
}
