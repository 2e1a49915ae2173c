package subjects_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/seed-76a9de92/brownout/cmd/brownout/subjects"
)

// Every row of every table has a page that begins with its name and says something, in
// lines that fit.
func TestEverySubjectIsTold(t *testing.T) {
	const width = 100
	var names []string
	for _, s := range subjects.All() {
		var b strings.Builder
		s.Write(&b, width)
		head, rest, _ := strings.Cut(b.String(), "\n")
		if !strings.HasPrefix(head, s.Name) || strings.TrimSpace(rest) == "" || strings.Contains(b.String(), "%!") {
			t.Errorf("%s:\n%s", s.Name, b.String())
		}
		for line := range strings.Lines(rest) {
			// What is to be copied, and a word that is longer than a line, is not broken.
			if text := strings.TrimSpace(line); utf8.RuneCountInString(line) > width+1 && !strings.HasPrefix(text, "-") && !strings.Contains(text, ": ") && strings.Contains(text, " ") {
				t.Errorf("%s has a line of %d columns: %s", s.Name, utf8.RuneCountInString(line), line)
			}
		}
		names = append(names, s.Name)
	}
	slices.Sort(names)
	if own := slices.Compact(slices.Clone(names)); len(own) != len(names) {
		t.Errorf("of %d subjects, %d have a name of their own", len(names), len(own))
	}
	for _, one := range []string{"fault.stall", "metric.failover_time", "finding.no_jitter", "key.phases.faults.share", "scenario.smoke"} {
		if !slices.Contains(names, one) {
			t.Errorf("there is no %s", one)
		}
	}
}

func TestCalled(t *testing.T) {
	s := subjects.Plain("key.phases.faults.share", "A share.")
	for word, want := range map[string]bool{
		"key.phases.faults.share": true, "faults.share": true, "share": true,
		"are": false, "": false, "key.phases": false,
	} {
		if s.Called(word) != want {
			t.Errorf("Called(%q) = %v", word, !want)
		}
	}
	var b strings.Builder
	s.Write(&b, 80)
	if b.String() != "key.phases.faults.share\nA share.\n" {
		t.Errorf("%q", b.String())
	}
}
