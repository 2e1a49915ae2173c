package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// A result that could not be written is no success, and no wrong usage either.
func TestResultThatCannotBeWritten(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"list"}, {"explain", "stall"}, {"schema"}, {"plan", "smoke"}, {"validate", "../../examples/supportbot/short.drill.yaml"}, {"--help"}} {
		var said bytes.Buffer
		if code := run(t.Context(), args, full{}, &said); code != exitTool || !strings.Contains(said.String(), "no space left") || strings.Contains(said.String(), "--help") {
			t.Errorf("%v: exit code %d\n%s", args, code, said.String())
		}
	}
}
