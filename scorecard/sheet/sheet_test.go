package sheet_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/sheet"
)

func TestClock(t *testing.T) {
	start := time.Date(2026, 10, 1, 23, 59, 30, 0, time.UTC)
	for _, test := range []struct {
		start time.Time
		since time.Duration
		want  string
	}{
		{time.Time{}, 0, "+0:00"},
		{time.Time{}, 65 * time.Second, "+1:05"},
		{time.Time{}, time.Hour + 61*time.Second, "+1:01:01"},
		{start, 59*time.Second + 600*time.Millisecond, "00:00:30 (+1:00)"},
	} {
		if got := sheet.Clock(test.start, test.since); got != test.want {
			t.Errorf("%v: %q, want %q", test.since, got, test.want)
		}
	}
}

// A sheet before and one after the drill have the same headings, but for what only
// the later one can tell.
func TestSameHeadings(t *testing.T) {
	filled := sheet.Sheet{
		Title: "A drill", Roles: sheet.Roles(), Course: []sheet.Stretch{{At: "+0:00", Phase: "baseline"}},
		Signs:  []sheet.Sign{{Kind: "stall", Looks: "nothing more comes"}},
		Limits: []sheet.Limit{{Bar: "harm ≤ 0", Where: "whole drill"}}, Abort: sheet.Abort(nil),
		Questions: []sheet.Question{{Asked: "What surprised us?"}},
	}
	before := headings(t, filled)
	filled.After, filled.Moments = true, []sheet.Moment{{At: "+0:10", What: "an alarm"}}
	after := headings(t, filled)
	got := strings.Replace(strings.Join(after, "|"), "|What happened", "", 1)
	if want := strings.Join(before, "|") + "|Actions"; got != want {
		t.Errorf("after %q, want %q", got, want)
	}
}

func headings(t *testing.T, s sheet.Sheet) []string {
	t.Helper()
	var names []string
	for line := range strings.Lines(written(t, s)) {
		if name, ok := strings.CutPrefix(line, "## "); ok {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names
}

// What anybody said makes no table, row or link of its own.
func TestForeignTexts(t *testing.T) {
	got := written(t, sheet.Sheet{
		Title: "<script>|", After: true,
		Moments: []sheet.Moment{{At: "+0:01", What: "a | b\x1b[31m @everyone [x](http://evil)"}},
	})
	for _, bad := range []string{"<script>", " a | b", "\x1b", "[x](", "@everyone"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q stands in\n%s", bad, got)
		}
	}
}

func written(t *testing.T, s sheet.Sheet) string {
	t.Helper()
	var b strings.Builder
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
