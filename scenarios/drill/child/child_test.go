//go:build unix

package child_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill/child"
)

// start starts a script of the shell.
func start(t *testing.T, script string, out io.Writer) *child.Child {
	t.Helper()
	c, err := child.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start([]string{"sh", "-c", script}, append(os.Environ(), "OWN="+c.Dir()), out); err != nil {
		t.Fatal(errors.Join(err, c.Stop(0)))
	}
	return c
}

// A command's children are in its group and end with it.
func TestStopEndsTheWholeGroup(t *testing.T) {
	r, w := net.Pipe()
	c := start(t, "trap '' TERM; sleep 300 & echo $!; wait; wait", w)
	b := make([]byte, 64)
	n, _ := r.Read(b)
	grandchild, err := strconv.Atoi(strings.TrimSpace(string(b[:n])))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(50 * time.Millisecond); err != nil {
		t.Fatal(err)
	}
	// The child was killed with its group; init may take a moment to reap it.
	for deadline := time.Now().Add(5 * time.Second); ; {
		if err := syscall.Kill(grandchild, 0); errors.Is(err, syscall.ESRCH) || zombie(grandchild) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("child %d outlived the app", grandchild)
		}
	}
}

// zombie reports whether a process has ended and only waits to be reaped.
func zombie(pid int) bool {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(b), ") Z ")
}

func TestAChildThatEndsByItself(t *testing.T) {
	var out bytes.Buffer
	c := start(t, `echo kept > "$OWN/file"; echo said; echo complained >&2; exit 3`, &out)
	err := <-c.Died()
	<-c.Gone()
	if err == nil || c.End() != "exit status 3" || c.Tail() != "said\ncomplained\n" || out.String() != c.Tail() {
		t.Errorf("it ended with %v, %q, and said %q, %q", err, c.End(), c.Tail(), out.String())
	}
	if _, err := os.Stat(c.Dir() + "/file"); err != nil {
		t.Errorf("its directory did not wait for its end: %v", err)
	}
	if err := c.Stop(0); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(c.Dir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its directory is still there: %v", err)
	}
}

// The tail begins where a line does: what is left of a key would not be known for one.
func TestTailIsOfWholeLines(t *testing.T) {
	c := start(t, `for i in 1 2 3; do printf '%01000d\n' $i; done`, io.Discard)
	<-c.Gone()
	defer c.Stop(0)
	if lines := strings.Split(c.Tail(), "\n"); len(lines) != 3 || len(lines[0]) != 1000 {
		t.Errorf("%d lines, the first of %d bytes", len(lines), len(lines[0]))
	}
}

func TestACommandThatIsNone(t *testing.T) {
	c, err := child.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start([]string{"no-such-program-here"}, nil, io.Discard); err == nil {
		t.Error("it was started")
	}
	if err := c.Stop(time.Minute); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(c.Dir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("its directory is still there: %v", err)
	}
}
