package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/history"
)

// An index that cannot be written is told, and undoes no drill.
func TestRunOutsideTheHistory(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, history.File), 0o755); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	remember(newTerminal(&said, &said), filepath.Join(dir, "run"), filepath.Join(dir, "run"), &scorecard.Card{})
	if !strings.HasPrefix(said.String(), "the run is not in the history: ") {
		t.Errorf("%q", said.String())
	}
}
