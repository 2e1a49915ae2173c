package scenarios_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/seed-76a9de92/brownout/scenarios"
)

// TestSavedOnWindows loads every case as an editor on Windows saves it: with a byte order
// mark and line ends of its own. It is the same plan, or has the same mistakes in the
// same places.
func TestSavedOnWindows(t *testing.T) {
	saved := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS("testdata"), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(name, ".out") {
			return err
		}
		text, err := fs.ReadFile(os.DirFS("testdata"), name)
		saved[name] = &fstest.MapFile{Data: []byte("\ufeff" + strings.ReplaceAll(string(text), "\n", "\r\n"))}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"ok", "bad", "unwise"} {
		for _, file := range pairs(t, dir) {
			opts := optionsOf(t, file)
			opts.FS = saved
			plan, problems := scenarios.Load(file, opts)
			if dir == "ok" && plan != nil {
				compare(t, file, dump(t, plan))
			} else {
				compare(t, file, printed(t, problems))
			}
		}
	}
}
