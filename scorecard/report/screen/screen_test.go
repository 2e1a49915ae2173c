package screen_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/report/screen"
)

// Lines break at spaces where they can, and never between a figure and its unit.
func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"failover took 4.2 s", 18, []string{"failover took", "4.2 s"}},
		{"one two three", 20, []string{"one two three"}},
		{"abcdefghijklmnop is long", 10, []string{"abcdefghij", "klmnop is", "long"}},
		{"ends 世界世界世界", 10, []string{"ends", "世界世界世", "界"}},
		{"", 10, []string{""}},
	} {
		if diff := cmp.Diff(c.want, screen.Wrap(c.text, c.width)); diff != "" {
			t.Errorf("%q in %d columns (-want +got):\n%s", c.text, c.width, diff)
		}
	}
}

func TestPad(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{screen.Pad("ab", 4), "ab  "},
		{screen.Pad("abcdef", 4), "abc…"},
		{screen.Pad("世界", 5), "世界 "},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// A table has its columns under each other, fits whatever the width, and wraps its last
// column.
func TestTable(t *testing.T) {
	rows := func() [][]screen.Cell {
		return [][]screen.Cell{
			{{Text: "continuity"}, {Text: "97.2 %", Right: true}, {Text: "the surge was ridden through by retries, and by failover"}},
			{{Text: "cost"}, {Text: "8 %", Right: true}, {Text: "✓"}},
		}
	}
	text := screen.New(0, false, false)
	text.Table(rows())
	want := `  continuity  97.2 %  the surge was ridden through by retries, and by failover
  cost           8 %  ✓
`
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for width := range 100 {
		text := screen.New(width, false, true)
		text.Table(rows())
		text.Wrapped("  - ", strings.Repeat("word ", 40))
		for line := range strings.Lines(text.String()) {
			if n := plain.Width(strings.TrimSuffix(line, "\n")); n > text.Width {
				t.Errorf("of %d columns %d are used: %q", text.Width, n, line)
			}
			if strings.ContainsFunc(line, func(r rune) bool { return r > '~' }) {
				t.Errorf("not in ASCII: %q", line)
			}
		}
	}
}

// Colours are only where they are wanted, and not on spaces.
func TestPaint(t *testing.T) {
	for color, want := range map[bool]string{true: "\x1b[31mFAIL\x1b[0m  ", false: "FAIL  "} {
		if got := screen.New(80, color, false).Paint("31", "FAIL  "); got != want {
			t.Errorf("with colour %v: %q, want %q", color, got, want)
		}
	}
	if got := screen.New(80, true, false).Paint("31", "  "); got != "  " {
		t.Errorf("spaces are painted: %q", got)
	}
}
