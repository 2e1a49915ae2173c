//go:build unix

package aside_test

import (
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/seed-76a9de92/brownout/cmd/brownout/aside"
)

// TestAFullDiskLeavesTheEarlierFilesAlone, also those that there was room for.
func TestAFullDiskLeavesTheEarlierFilesAlone(t *testing.T) {
	dir := t.TempDir()
	say := func(text string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
	}
	full := func(w io.Writer) error {
		return errors.Join(say(strings.Repeat("half of it", 1000))(w), syscall.ENOSPC)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := aside.WriteAll(aside.File{at("one"), say("earlier")}, aside.File{at("two"), say("earlier")}); err != nil {
		t.Fatal(err)
	}
	err := aside.WriteAll(aside.File{at("one"), say("later")}, aside.File{at("two"), full}, aside.File{at("three"), say("later")})
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "write "+at("two")) {
		t.Errorf("error %v", err)
	}
	left := filesIn(t, dir)
	if names := slices.Sorted(maps.Keys(left)); !slices.Equal(names, []string{"one", "two"}) {
		t.Errorf("left: %q", names)
	}
	for name, data := range left {
		if string(data) != "earlier" {
			t.Errorf("%s holds %.20q", name, data)
		}
	}
}

// TestWhatIsNoFileIsWrittenTo and not replaced by one: a pipe stays a pipe.
func TestWhatIsNoFileIsWrittenTo(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	said := make(chan error, 1)
	go func() {
		said <- aside.Write(pipe, func(w io.Writer) error { _, err := io.WriteString(w, "through it"); return err })
	}()
	got, err := os.ReadFile(pipe)
	if err := errors.Join(err, <-said); err != nil || string(got) != "through it" {
		t.Errorf("read %q, %v", got, err)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode().Type() != os.ModeNamedPipe {
		t.Errorf("what was a pipe is %v, %v", info.Mode(), err)
	}
}

// filesIn are the files of a directory and what they hold.
func filesIn(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}
